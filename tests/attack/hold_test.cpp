// While somebody attacks, another person writes on: their 99th percentile stays under a second.
#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "tests/attack/crowd.hpp"
#include "tests/integration/certificate.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <format>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

std::string put_head(const std::string& path, const std::string& token, std::size_t bytes) {
    return std::format("PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: "
                       "application/json\r\nContent-Length: {}\r\n\r\n",
                       path, token, bytes);
}

std::string post(std::string_view path, const std::string& body) {
    return std::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                       "Content-Length: {}\r\n\r\n{}",
                       path, body.size(), body);
}

class Hold : public ::testing::Test {
  protected:
    /// A hundred writes while the crowd holds on.
    void expect_writes(CrowdPlan plan) {
        HttpClient person = server.new_user();
        const WriteTimes quiet = write_sessions(person, 100);
        ASSERT_EQ(quiet.failed, 0U);
        const std::size_t connections = plan.connections;
        const Crowd crowd(server.port(), std::move(plan));
        ASSERT_TRUE(await(60s, [&] { return crowd.sent() >= connections; }));
        const double bound_s = write_bound_s(quiet);
        const WriteTimes during = write_sessions_within(person, 100, bound_s);
        EXPECT_EQ(during.failed, 0U);
        EXPECT_LT(during.p99(), bound_s) << "quiet " << quiet.p99();
    }

    TestServer server;
};

TEST_F(Hold, SlowBodiesOfOneAccountFromManyAddresses) {
    const HttpClient attacker = server.new_user();
    expect_writes({.connections = 900,
                   .addresses = 900,
                   .opening =
                       [&attacker](std::size_t) {
                           return put_head("/v1/bilateral-drawings/" + new_id(), attacker.token,
                                           8U << 20U) +
                                  std::string(512, ' ');
                       },
                   .drip = " "});
}

TEST_F(Hold, SlowBodiesFromManyAddressesWithoutAnAccount) {
    expect_writes({.connections = 1500,
                   .addresses = 1500,
                   .opening =
                       [](std::size_t number) {
                           const char* const path =
                               number % 2 == 0 ? "/v1/auth/tokens" : "/v1/users";
                           const std::string whole = post(path, std::string(65'536, ' '));
                           return whole.substr(0, 200);
                       },
                   .drip = " "});
}

TEST_F(Hold, SlowBodiesAsLargeAsStrangersMaySend) {
    expect_writes({.connections = 1500,
                   .addresses = 1500,
                   .opening =
                       [](std::size_t) {
                           return post("/v1/auth/tokens", std::string(8'192, ' ')).substr(0, 200);
                       },
                   .drip = " "});
}

TEST_F(Hold, SlowHeadersFromOneAddressAndFromMany) {
    for (const std::size_t addresses : {std::size_t{1}, std::size_t{1500}}) {
        expect_writes({.connections = 1500,
                       .addresses = addresses,
                       .opening =
                           [](std::size_t number) {
                               return std::format("GET /v1/sessions HTTP/1.1\r\nHost: x\r\n"
                                                  "X-Number: {}\r\n",
                                                  number);
                           },
                       .drip = "X-More: of it\r\n"});
    }
}

TEST_F(Hold, AnswersThatNobodyReads) {
    std::string asks;
    for (int i = 0; i < 5; ++i) {
        asks += "GET /v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    expect_writes({.connections = 900,
                   .addresses = 900,
                   .opening = [asks](std::size_t) { return asks; },
                   .reads = false});
}

TEST_F(Hold, LogInsOfManyAddressesAndOfOne) {
    for (const std::size_t addresses : {std::size_t{5'000}, std::size_t{1}}) {
        expect_writes({.connections = 64,
                       .addresses = addresses,
                       .opening =
                           [](std::size_t number) {
                               return post("/v1/auth/tokens", credentials_body(std::format(
                                                                  "nobody{}@example.org", number)));
                           },
                       .asks_again = true});
    }
}

TEST_F(Hold, TokensThatAreGuessed) {
    expect_writes({.connections = 64,
                   .addresses = 5'000,
                   .opening =
                       [](std::size_t number) {
                           return std::format("GET /v1/sessions HTTP/1.1\r\nHost: x\r\n"
                                              "Authorization: Bearer {:0>43}\r\n\r\n",
                                              number);
                       },
                   .asks_again = true});
}

TEST_F(Hold, ReadinessThatIsAskedWithoutEnd) {
    expect_writes({.connections = 256,
                   .addresses = 5'000,
                   .opening = [](std::size_t) { return "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"; },
                   .asks_again = true});
}

TEST_F(Hold, AnyByteInAHead) {
    expect_writes({.connections = 64,
                   .addresses = 64,
                   .opening =
                       [](std::size_t number) {
                           std::minstd_rand dice(static_cast<unsigned>(number + 1));
                           std::string head = "GET /v1/sessions HTTP/1.1\r\nHost: x\r\n"
                                              "User-Agent: ";
                           for (int i = 0; i < 40; ++i) {
                               head += static_cast<char>(dice() % 256);
                           }
                           return head + "\r\nX-Forwarded-For: \xFF\r\n\r\n";
                       },
                   .drip = "\r\n\r\n",
                   .drip_every = 50ms,
                   .asks_again = true});
}

TEST(HoldOfTls, HandshakesThatNobodyFinishes) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    give_certificate(config, directory.path());
    const TestServer server({}, config);
    HttpClient person(server.url(), config.tls_certificate);
    const std::string email = new_id() + "@example.org";
    ASSERT_EQ(person.post("/v1/users", registration_body(email)).status, 202);
    server.confirm(email);
    person.token = person.post("/v1/auth/tokens", credentials_body(email)).member("access_token");
    const WriteTimes quiet = write_sessions(person, 50);
    const Crowd crowd(server.port(),
                      {.connections = 1500, .addresses = 1500, .opening = [](std::size_t) {
                           return std::string("\x16\x03\x01", 3);
                       }});
    ASSERT_TRUE(await(60s, [&] { return crowd.sent() >= 1500; }));
    const double bound_s = write_bound_s(quiet);
    const WriteTimes during = write_sessions_within(person, 50, bound_s);
    EXPECT_EQ(during.failed, 0U);
    EXPECT_LT(during.p99(), bound_s) << "quiet " << quiet.p99();
}

} // namespace
} // namespace haven::test
