#include "net/uploader/http_client.hpp"

#include "net/api/limits.hpp"
#include "net/uploader/server_url.hpp"
#include "scripted_server.hpp"
#include "tests/support/process.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace haven::uploader {
namespace {

using test::ScriptedServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using std::chrono_literals::operator""s;

TEST(ServerUrl, PlainHttpIsForThisMachineAlone) {
    EXPECT_TRUE(checked_server_url("http://127.0.0.1:8080"));
    EXPECT_TRUE(checked_server_url("http://localhost"));
    EXPECT_TRUE(checked_server_url("http://[::1]:8080"));
    EXPECT_TRUE(checked_server_url("https://haven.example.org"));
    EXPECT_FALSE(checked_server_url("http://haven.example.org"));
    EXPECT_FALSE(checked_server_url("http://127.0.0.1.example.org"));
    EXPECT_FALSE(checked_server_url("file:///etc/passwd"));
    EXPECT_FALSE(checked_server_url("haven"));
    EXPECT_FALSE(checked_server_url(""));
}

TEST(ServerUrl, SecretsInItAreRefusedAndNotRepeated) {
    for (const char* url :
         {"https://ann:hunter2@haven.example.org", "https://haven.example.org/?token=hunter2",
          "https://haven.example.org/#hunter2", "ht!tp://hunter2"}) {
        const auto checked = checked_server_url(url);
        ASSERT_FALSE(checked) << url;
        EXPECT_THAT(checked.error(), Not(HasSubstr("hunter2")));
    }
}

TEST(ServerUrl, LosesItsLastSlash) {
    EXPECT_EQ(checked_server_url("https://haven.example.org/")->address,
              "https://haven.example.org");
}

TEST(HttpClient, BodyAndAnswerGoThroughUnchanged) {
    ScriptedServer server({{.status = 201,
                            .body = R"({"id":1})",
                            .headers = {"Content-Type: application/json", "Retry-After: 3"}}});
    auto client = HttpClient::create({.server_url = server.url()});
    std::string body(300'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) {
        body[i] = static_cast<char>(i * 7);
    }
    const auto answer = client->perform({.method = "PUT",
                                         .path = "/v1/x",
                                         .content_type = "application/octet-stream",
                                         .body = body,
                                         .headers = {"X-One: 1"}});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->body, R"({"id":1})");
    EXPECT_EQ(answer->content_type, "application/json");
    EXPECT_EQ(answer->retry_after, 3s);
    const ScriptedServer::Seen seen = server.seen().at(0);
    EXPECT_EQ(seen.method, "PUT");
    EXPECT_EQ(seen.body, body);
    EXPECT_EQ(seen.headers.at("content-type"), "application/octet-stream");
    EXPECT_EQ(seen.headers.at("x-one"), "1");
    EXPECT_FALSE(seen.headers.contains("authorization"));
}

TEST(HttpClient, OneRequestsKindDoesNotColourTheNext) {
    ScriptedServer server;
    auto client = HttpClient::create({.server_url = server.url()});
    ASSERT_TRUE(client->perform({.method = "PUT", .path = "/a", .body = "abc"}));
    ASSERT_TRUE(client->perform({.method = "GET", .path = "/b"}));
    ASSERT_TRUE(client->perform({.method = "DELETE", .path = "/c"}));
    ASSERT_TRUE(client->perform({.method = "POST", .path = "/d", .body = "d"}));
    const auto seen = server.seen();
    ASSERT_EQ(seen.size(), 4U);
    EXPECT_EQ(seen[1].method, "GET");
    EXPECT_EQ(seen[1].body, "");
    EXPECT_EQ(seen[2].method, "DELETE");
    EXPECT_EQ(seen[3].method, "POST");
    EXPECT_EQ(seen[3].body, "d");
}

TEST(HttpClient, ServerThatDoesNotRunIsNamedWithAdviceAndWithoutTheToken) {
    auto client =
        HttpClient::create({.server_url = std::format("http://127.0.0.1:{}", test::free_port())});
    client->set_token("hunter2");
    const auto answer = client->perform({.path = "/v1/sessions"});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message,
                AllOf(HasSubstr("GET http://127.0.0.1:"), HasSubstr("/v1/sessions"),
                      HasSubstr("check that the server runs"), Not(HasSubstr("hunter2"))));
}

TEST(HttpClient, AServerThatStandsStillIsGivenUp) {
    ScriptedServer server({{.hold = true}});
    auto client = HttpClient::create({.server_url = server.url(), .low_speed_time = 1s});
    const auto answer = client->perform({.path = "/"});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, HasSubstr("too slow"));
}

/// Whether the kernel asks by itself after the other end of a connection to this server.
bool kernel_asks_after(const std::string& server_url) {
    const int port = std::stoi(server_url.substr(server_url.rfind(':') + 1));
    const std::string remote = std::format("0100007F:{:04X} 01 ", port); // 01: established
    std::ifstream connections("/proc/net/tcp");
    for (std::string line; std::getline(connections, line);) {
        if (line.contains(remote) && line.contains(" 02:")) { // 02: only the keepalive's timer runs
            return true;
        }
    }
    return false;
}

TEST(HttpClient, AMachineThatIsGoneIsNoticedWhileItsAnswerIsAwaited) {
    const ScriptedServer server({{.hold = true}});
    auto client = HttpClient::create({.server_url = server.url()});
    client->begin({.path = "/"});
    EXPECT_TRUE(test::await(20s, [&] {
        EXPECT_FALSE(client->poll());
        return server.seen().size() == 1 && kernel_asks_after(server.url());
    }));
}

TEST(HttpClient, ARequestMayTakeLongAsLongAsItMoves) {
    constexpr auto still_max = 1s;
    ScriptedServer server;
    server.become_slow();
    auto client = HttpClient::create({.server_url = server.url(), .low_speed_time = still_max});
    const auto answer = client->perform(
        {.method = "PUT", .path = "/v1/x", .body = std::string(std::size_t{3} << 20U, 'x')});
    ASSERT_TRUE(answer) << answer.error().message;
}

TEST(HttpClient, GivesUpNothingThatAServerStillTakesOrHoldsInLine) {
    const HttpConfig config;
    EXPECT_LE(config.low_speed_bytes_per_s, api::body_rate_min_bytes_per_s);
    EXPECT_GT(config.low_speed_time, 2 * api::admission_wait_max); // body, and whole trace
}

TEST(HttpClient, AnswerOverTheLimitIsRefused) {
    ScriptedServer server({{.body = std::string(2000, 'x')}, {.body = std::string(1000, 'x')}});
    auto client = HttpClient::create({.server_url = server.url(), .response_bytes_max = 1000});
    EXPECT_FALSE(client->perform({.path = "/"}));
    EXPECT_TRUE(client->perform({.path = "/"}));
}

TEST(HttpClient, WakeEndsTheWaitOfItsThread) {
    auto client = HttpClient::create({.server_url = "http://127.0.0.1:1"});
    std::atomic<bool> woken = false;
    const std::jthread waits([&] {
        client->wait(std::chrono::hours(24));
        woken = true;
    });
    client->wake();
    EXPECT_TRUE(test::await(60s, [&] { return woken.load(); }));
}

/// A real TLS server (openssl s_server) with a certificate nobody else vouches for.
class TlsTest : public testing::Test {
  protected:
    void SetUp() override {
        certificate = folder.path() / "certificate.pem";
        const std::string key = folder.path() / "key.pem";
        const auto made = test::run(
            {.argv = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                      "-keyout", key, "-out", certificate},
             .output_stem = folder.path() / "req"},
            60s);
        ASSERT_TRUE(made) << made.error();
        ASSERT_EQ(made->exit_status, 0) << test::read_text(folder.path() / "req.err");
        port = test::free_port();
        auto started =
            test::Process::start({.argv = {"openssl", "s_server", "-accept", std::to_string(port),
                                           "-cert", certificate, "-key", key, "-www", "-quiet"},
                                  .output_stem = folder.path() / "server"});
        ASSERT_TRUE(started) << started.error();
        server.emplace(*std::move(started));
        ASSERT_TRUE(test::await(20s, [this] { return test::port_is_listened_on(port); }));
    }

    test::TempDirectory folder;
    std::filesystem::path certificate;
    std::uint16_t port = 0;
    std::optional<test::Process> server;
};

TEST_F(TlsTest, CertificateOfAnUnknownAuthorityIsRefused) {
    auto client = HttpClient::create({.server_url = std::format("https://localhost:{}", port)});
    const auto answer = client->perform({.path = "/"});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, HasSubstr("certificate is not trusted"));
}

TEST_F(TlsTest, CertificateOfTheGivenAuthorityIsTaken) {
    auto client = HttpClient::create(
        {.server_url = std::format("https://localhost:{}", port), .ca_file = certificate});
    const auto answer = client->perform({.path = "/"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
}

TEST_F(TlsTest, CertificateForAnotherNameIsRefused) {
    auto client = HttpClient::create(
        {.server_url = std::format("https://127.0.0.1:{}", port), .ca_file = certificate});
    EXPECT_FALSE(client->perform({.path = "/"}));
}

} // namespace
} // namespace haven::uploader
