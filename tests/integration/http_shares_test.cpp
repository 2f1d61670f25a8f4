// Nobody holds what all need: while one account or one address has slow bodies, large files,
// answers that it does not read and idle connections open, another person writes and reads.
#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <latch>
#include <list>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t large_bytes = 8U << 20U;
constexpr std::size_t small_bytes = 256U << 10U;
constexpr std::size_t attackers = 8;

/// Nobody's time is up but who waits for room.
http::Limits patient(std::chrono::milliseconds admission_wait_max) {
    http::Limits limits;
    limits.header_time_max = 10min;
    limits.idle_time_max = 10min;
    limits.body_progress_time_max = 10min;
    limits.admission_wait_max = admission_wait_max;
    return limits;
}

std::string large_head(const std::string& path, const std::string& token,
                       std::string_view media_type) {
    return std::format("PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
                       "Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
                       path, token, media_type, large_bytes);
}

double gauge(const TestServer& server, std::string_view name) {
    HttpClient scraper(std::format("http://127.0.0.1:{}", server.metrics_port()));
    const std::string text = "\n" + scraper.get("/metrics").body;
    const std::string line = std::format("\n{} ", name);
    const std::size_t at = text.find(line);
    return at == std::string::npos ? -1 : std::stod(text.substr(at + line.size()));
}

/// All attackers' requests have been seen: they hold room or wait for it.
bool all_are_held(const TestServer& server, std::size_t count = attackers,
                  std::size_t bytes = large_bytes) {
    const double waiting = gauge(server, "haven_body_waiting");
    const double held = gauge(server, "haven_body_bytes_in_flight");
    const auto each = static_cast<double>(bytes);
    return held >= each && held + waiting * each >= static_cast<double>(count) * each;
}

std::string sealed_recording(HttpClient& client) {
    const std::string session = new_id();
    const std::string exercise = new_id();
    std::string artifact = new_id();
    EXPECT_EQ(client.put("/v1/sessions/" + session, session_body()).status, 201);
    EXPECT_EQ(client.put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
    EXPECT_EQ(client
                  .put("/v1/exercise-artifacts/" + artifact,
                       std::format(R"({{"exercise_id":"{}","artifact_type":"audio_recording",)"
                                   R"("sealed":true}})",
                                   exercise))
                  .status,
              201);
    return artifact;
}

void expect_written(HttpClient& person) {
    const Reply small = person.put("/v1/sessions/" + new_id(), session_body());
    EXPECT_EQ(small.status, 201) << small.body << small.error;
    (void)write_drawing(person);
}

/// One that has a share of what is large: `points` of about 20 bytes a hand.
Reply write_large_drawing(HttpClient& person, const Ids& ids, const std::string& drawing,
                          int points = 12'000, const std::vector<std::string>& headers = {}) {
    std::vector<std::string> all = {"Content-Type: application/json"};
    all.insert(all.end(), headers.begin(), headers.end());
    return person.send("PUT", "/v1/bilateral-drawings/" + drawing,
                       drawing_body(ids.exercise, ids.vr_session, points / 1000, 1000), all);
}

/// The address of a drawing of so many points, whose answer is 8 MB or more.
std::string write_and_read_back(HttpClient& person, int points) {
    const Ids ids = write_drawing(person);
    const std::string drawing = new_id();
    const Reply written = write_large_drawing(person, ids, drawing, points);
    EXPECT_EQ(written.status, 201) << written.body;
    std::string path = "/v1/bilateral-drawings/" + drawing;
    const Reply read = person.get(path);
    EXPECT_EQ(read.status, 200);
    EXPECT_GT(read.body.size(), 8'000'000U);
    return path;
}

TEST(HttpShares, SlowBodiesOfOneAccountLeaveRoomForAnother) {
    const TestServer server(patient(2s));
    HttpClient attacker = server.new_user();
    HttpClient person = server.new_user();
    std::vector<RawConnection> held;
    for (std::size_t i = 0; i < attackers; ++i) {
        held.emplace_back(server.port());
        held.back().send(
            large_head("/v1/bilateral-drawings/" + new_id(), attacker.token, "application/json") +
            std::string(4096, ' '));
    }
    ASSERT_TRUE(await(30s, [&] { return all_are_held(server); }));
    expect_written(person);
    const Ids ids = write_drawing(person);
    const Reply large = write_large_drawing(person, ids, new_id());
    EXPECT_EQ(large.status, 201) << large.body;
}

TEST(HttpShares, SmallSlowBodiesOfOneAccountLeaveRoomForAnother) {
    const TestServer server(patient(20s));
    HttpClient attacker = server.new_user();
    HttpClient person = server.new_user();
    constexpr std::size_t many = 140; // a fourth of a MiB each: more than all small ones together
    std::vector<RawConnection> held;
    for (std::size_t i = 0; i < many; ++i) {
        held.emplace_back(server.port());
        held.back().send(std::format(
            "PUT /v1/vr-sessions/{}/metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n    ",
            new_id(), attacker.token, small_bytes));
    }
    ASSERT_TRUE(await(30s, [&] { return all_are_held(server, many, small_bytes); }));
    expect_written(person);
}

TEST(HttpShares, SlowBodiesOfManyAccountsAtOneAddressLeaveRoomForAnother) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.trusted_proxies = "127.0.0.1";
    const TestServer server(patient(20s), config);
    HttpClient person = server.new_user();
    const Ids ids = write_drawing(person);
    std::vector<RawConnection> held;
    for (std::size_t i = 0; i < attackers; ++i) {
        HttpClient attacker = server.new_user();
        held.emplace_back(server.port());
        held.back().send(
            large_head("/v1/bilateral-drawings/" + new_id(), attacker.token, "application/json") +
            std::string(4096, ' '));
    }
    ASSERT_TRUE(await(30s, [&] { return all_are_held(server); }));
    expect_written(person);
    const Reply large =
        write_large_drawing(person, ids, new_id(), 12'000, {"X-Forwarded-For: 203.0.113.9"});
    EXPECT_EQ(large.status, 201) << large.body;
}

TEST(HttpShares, AnswersThatNobodyReadsLeaveRoomForAnother) {
    const TestServer server(patient(2s));
    HttpClient attacker = server.new_user();
    HttpClient person = server.new_user();
    // Larger than what the sockets' own buffers take.
    constexpr int points = 260'000;
    const std::string theirs = write_and_read_back(attacker, points);
    const std::string own = write_and_read_back(person, points);
    std::list<RawConnection> unread;
    for (std::size_t i = 0; i < attackers; ++i) {
        unread.emplace_back(server.port());
        unread.back().send(std::format("GET {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
                                       "Connection: close\r\n\r\n",
                                       theirs, attacker.token));
    }
    std::size_t refused = 0;
    ASSERT_TRUE(await(30s, [&] {
        refused += std::erase_if(unread, [](const RawConnection& connection) {
            return connection.peek(1ms).starts_with("HTTP/1.1 503");
        });
        return refused + 1 >= attackers;
    })) << refused;
    EXPECT_GE(gauge(server, "haven_answer_bytes_in_flight"), 8'000'000);
    EXPECT_EQ(person.get(own).status, 200);
    EXPECT_EQ(person.get("/v1/sessions").status, 200);
    const Reply again = attacker.get(theirs);
    EXPECT_EQ(again.status, 503);
    EXPECT_EQ(again.headers.at("retry-after"), "1");
    EXPECT_GT(unread.front().read_to_end().size(), 8'000'000U)
        << "the one that has room comes whole";
    EXPECT_TRUE(await(30s, [&] { return gauge(server, "haven_answer_bytes_in_flight") == 0; }));
    EXPECT_EQ(attacker.get(theirs).status, 200);
}

TEST(HttpShares, AnAnswerThatIsTakenTooSlowlyOnAverageIsEnded) {
    http::Limits limits = patient(2s);
    limits.write_progress_time_max = 5s;
    limits.body_rate_min_bytes_per_s = 1U << 30U;
    const TestServer server(limits);
    HttpClient attacker = server.new_user();
    const std::string drawing = write_and_read_back(attacker, 260'000);
    const RawConnection slow(server.port());
    slow.send(std::format("GET {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", drawing,
                          attacker.token));
    EXPECT_TRUE(await(30s, [&] { return gauge(server, "haven_answer_bytes_in_flight") > 0; }));
    EXPECT_TRUE(await(30s, [&] { return gauge(server, "haven_answer_bytes_in_flight") == 0; }));
}

TEST(HttpShares, LargeSealedFilesThatCloseTogetherAreAllStoredAndNobodyWaitsForThem) {
    const TestServer server(patient(5min));
    HttpClient attacker = server.new_user();
    HttpClient person = server.new_user();
    const std::string file = "OggS" + std::string(1, '\0') + std::string(large_bytes - 5, 'o');
    std::vector<std::string> artifacts;
    for (std::size_t i = 0; i < attackers; ++i) {
        artifacts.push_back(sealed_recording(attacker));
    }
    std::latch last_bytes(1);
    std::atomic<std::size_t> stored = 0;
    std::list<RawConnection> connections;
    std::vector<std::jthread> senders;
    for (const std::string& artifact : artifacts) {
        RawConnection& connection = connections.emplace_back(server.port());
        senders.emplace_back([&, path = "/v1/exercise-artifacts/" + artifact + "/file"] {
            connection.send(large_head(path, attacker.token, "application/octet-stream") +
                            file.substr(0, file.size() - 1));
            last_bytes.wait();
            connection.send(file.substr(file.size() - 1));
            // What waits for its turn is answered when that comes, however long this machine takes.
            std::string answer;
            for (int i = 0; i < 10 && answer.empty(); ++i) {
                answer = connection.read_answer();
            }
            EXPECT_TRUE(answer.starts_with("HTTP/1.1 201")) << answer;
            stored += answer.starts_with("HTTP/1.1 201") ? 1 : 0;
        });
    }
    ASSERT_TRUE(await(30s, [&] { return all_are_held(server); }));
    expect_written(person);
    last_bytes.count_down();
    expect_written(person);
    senders.clear(); // joined
    EXPECT_EQ(stored, attackers);
}

TEST(HttpShares, ABodyThatComesTooSlowlyOnAverageIsEnded) {
    http::Limits limits = patient(2s);
    limits.body_progress_time_max = 1s;
    limits.body_rate_min_bytes_per_s = 1 << 20;
    const TestServer server(limits);
    HttpClient attacker = server.new_user();
    const RawConnection slow(server.port());
    slow.send(large_head("/v1/bilateral-drawings/" + new_id(), attacker.token, "application/json"));
    // A little every now and then, for as long as it is not refused.
    std::string answer;
    for (std::size_t sent = 0; sent < large_bytes && answer.empty(); sent += 4096) {
        slow.send(std::string(4096, ' '));
        answer = slow.read_within(20ms);
    }
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408")) << answer;
}

TEST(HttpShares, TheOldestIdleConnectionsGoWhenANewOneComes) {
    http::Limits limits = patient(2s);
    limits.connections_max = 40;
    const TestServer server(limits);
    HttpClient person = server.new_user();
    std::vector<RawConnection> idle;
    for (std::size_t i = 0; i < 100; ++i) {
        idle.emplace_back(server.port());
        if (i % 2 == 1) {
            idle.back().send("GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: "); // and no more
        }
    }
    HttpClient newcomer = server.client();
    newcomer.token = person.token;
    expect_written(newcomer);
    EXPECT_EQ(idle.front().read_to_end(), "") << "the oldest was given up";
    EXPECT_LE(gauge(server, "haven_http_connections"), 41);
}

TEST(HttpShares, WhatIsBeingAnsweredIsNotGivenUpForANewcomer) {
    http::Limits limits = patient(2s);
    limits.connections_max = 4;
    const TestServer server(limits);
    HttpClient person = server.new_user();
    const std::string body = session_body();
    const RawConnection writing(server.port());
    writing.send(std::format("PUT /v1/sessions/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}"
                             "\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                             new_id(), person.token, body.size(), body.substr(0, 10)));
    ASSERT_TRUE(await(30s, [&] { return gauge(server, "haven_body_bytes_in_flight") > 0; }));
    std::vector<RawConnection> idle;
    for (std::size_t i = 0; i < 20; ++i) {
        idle.emplace_back(server.port());
    }
    HttpClient newcomer = server.client();
    EXPECT_EQ(newcomer.get("/livez").status, 200);
    writing.send(body.substr(10));
    EXPECT_TRUE(writing.read_answer().starts_with("HTTP/1.1 201"));
}

TEST(HttpShares, HealthAnswersOnAListenerOfItsOwn) {
    http::Limits limits = patient(2s);
    limits.connections_max = 8;
    const TestServer server(limits);
    std::vector<RawConnection> idle;
    for (std::size_t i = 0; i < 50; ++i) {
        idle.emplace_back(server.port());
    }
    HttpClient health(std::format("http://127.0.0.1:{}", server.metrics_port()));
    health.described = false; // the API's document is not of this listener
    EXPECT_EQ(health.get("/livez").status, 200);
    EXPECT_EQ(health.get("/readyz").status, 200);
    EXPECT_EQ(health.get("/v1/sessions").status, 404);
}

std::string registration_from(const std::string& address) {
    const std::string body = registration_body(new_id() + "@example.org");
    return std::format("POST /v1/users HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {}\r\n"
                       "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       address, body.size(), body);
}

TEST(HttpShares, WhileOneAddressHasPasswordsHashedAPersonAtAnotherLogsIn) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.trusted_proxies = "127.0.0.0/8";
    config.password_threads = 1;
    const TestServer server({}, config, Company::none);
    HttpClient person = server.client();
    const std::string email = new_id() + "@example.org";
    const auto post = [&](const char* path, const std::string& body) {
        return person
            .send("POST", path, body,
                  {"Content-Type: application/json", "X-Forwarded-For: 198.51.100.7"})
            .status;
    };
    ASSERT_EQ(post("/v1/users", registration_body(email)), 202);
    server.confirm(email);
    std::list<RawConnection> flood;
    for (int i = 0; i < 200; ++i) {
        flood.emplace_back(server.port()).send(registration_from("203.0.113.5"));
    }
    ASSERT_TRUE(await(60s, [&] { return gauge(server, "haven_password_jobs") >= 150; }));
    EXPECT_EQ(post("/v1/auth/tokens", credentials_body(email)), 201);
    EXPECT_EQ(post("/v1/users", registration_body(new_id() + "@example.org")), 202);
    EXPECT_GE(gauge(server, "haven_password_jobs"), 50) << "before those who came before them";
}

} // namespace
} // namespace haven::test
