// What the server refuses, and with which words: bodies that do not say what they must, and HTTP
// that is not HTTP.
#include "server/http/listener.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <string>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class HttpLimits : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// The first line of the answer to these bytes.
    std::string status_line(const std::string& bytes) const {
        const RawConnection connection(server.port());
        connection.send(bytes);
        const std::string answer = connection.read_answer();
        return answer.substr(0, answer.find("\r\n"));
    }

    TestServer server;
};

TEST_F(HttpLimits, BadInputIsNamedByItsPointerAndNothingIsStored) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string rows = sql("SELECT count(*) FROM write_receipts");
    const std::string good = drawing_body(ids.exercise, ids.vr_session);
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string body = good;
        body.replace(body.find(from), from.size(), to);
        return body;
    };
    struct Bad {
        std::string path;
        std::string body;
        const char* pointer;
    };
    const std::string session = "/v1/sessions/" + new_id();
    const std::string drawing = "/v1/bilateral-drawings/" + new_id();
    const std::vector<Bad> table = {
        {session, R"({"modality":"telepathy","started_at":"2026-11-22T10:00:00Z"})", "/modality"},
        {session, R"({"modality":"vr","started_at":"yesterday"})", "/started_at"},
        {session, R"({"modality":"vr"})", "/started_at"},
        {session, R"({"modality":"vr","started_at":"2026-11-22T10:00:00Z","mood":3})", "/mood"},
        {session, "[1,2]", "/"},
        {session, R"({"modality":null,"started_at":"2026-11-22T10:00:00Z"})", "/modality"},
        {drawing, with("\"duration_seconds\":60", "\"duration_seconds\":20.5"),
         "/duration_seconds"},
        {drawing, with("\"duration_seconds\":60", "\"duration_seconds\":9223372036854775808"),
         "/duration_seconds"},
        {drawing, with("\"version\":1", "\"version\":1,\"deep\":[1e400]"),
         "/left_hand_strokes/deep/0"},
        {"/v1/exercises/" + new_id(), R"({"session_id":"x","started_at":"2026-11-22T10:00:00Z"})",
         "/session_id"},
        {"/v1/exercises/" + ids.exercise + "/end",
         R"({"status":"paused","completed_at":"2026-11-22T10:00:00Z"})", "/status"},
        {"/v1/vr-sessions/" + ids.vr_session + "/metrics", R"({"performance_metrics":[]})",
         "/performance_metrics"},
        {drawing, with("\"duration_seconds\":60", "\"duration_seconds\":-1"), "/duration_seconds"},
        {drawing, with("\"hand\":\"left\"", "\"hand\":\"right\""), "/left_hand_strokes/hand"},
        {drawing, with("\"version\":1", "\"version\":99"), "/left_hand_strokes/version"},
    };
    for (const Bad& bad : table) {
        const Reply reply = client.put(bad.path, bad.body);
        EXPECT_EQ(reply.status, 422) << bad.pointer << reply.body;
        EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
        EXPECT_TRUE(reply.points_to(bad.pointer)) << bad.pointer << ": " << reply.body;
    }
    EXPECT_EQ(sql("SELECT count(*) FROM write_receipts"), rows);
}

TEST_F(HttpLimits, ARegistrationNeedsAnAddressAPasswordAndConsent) {
    HttpClient client = server.client();
    const Reply reply = client.post(
        "/v1/users", R"({"email":"nobody","password":"brief1","consent_data_processing":true})");
    EXPECT_EQ(reply.status, 422);
    EXPECT_TRUE(reply.points_to("/password")) << reply.body;
    EXPECT_EQ(reply.body.find("brief1"), std::string::npos);
    EXPECT_EQ(client
                  .post("/v1/users", R"({"email":"nobody","password":"long-enough-words",)"
                                     R"("consent_data_processing":true})")
                  .status,
              422);
    EXPECT_EQ(sql("SELECT count(*) FROM users"), "0");
}

TEST_F(HttpLimits, BodiesOfTheWrongTypeLengthOrSizeAreRefusedUnread) {
    HttpClient client = server.new_user();
    const std::string path = "/v1/sessions/" + new_id();
    EXPECT_EQ(client.send("PUT", path, session_body(), {"Content-Type: text/plain"}).status, 415);
    EXPECT_EQ(client.put(path, std::string(70'000, ' ')).status, 413);
    const std::string head = std::format("PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                         "{}\r\nContent-Type: application/json\r\n",
                                         path, client.token);
    EXPECT_EQ(status_line(head + "\r\n"), "HTTP/1.1 411 Length Required");
    EXPECT_EQ(status_line(head + "Content-Length: 99999999999\r\n\r\n"),
              "HTTP/1.1 413 Payload Too Large");
    EXPECT_EQ(status_line(head + "Transfer-Encoding: chunked\r\n\r\n" +
                          std::format("{:x}\r\n", 70'000) + std::string(70'000, ' ') +
                          "\r\n0\r\n\r\n"),
              "HTTP/1.1 413 Payload Too Large");
    EXPECT_EQ(status_line(head + "Expect: miracles\r\nContent-Length: 5\r\n\r\n"),
              "HTTP/1.1 417 Expectation Failed");
}

TEST_F(HttpLimits, AChunkedBodyIsTakenLikeAnyOther) {
    HttpClient client = server.new_user();
    const std::string body = session_body();
    const std::string bytes = std::format(
        "PUT /v1/sessions/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n{:x}\r\n{}\r\n{:x}\r\n{}"
        "\r\n0\r\n\r\n",
        new_id(), client.token, 10, body.substr(0, 10), body.size() - 10, body.substr(10));
    EXPECT_EQ(status_line(bytes), "HTTP/1.1 201 Created");
}

TEST_F(HttpLimits, HttpThatCouldBeReadInTwoWaysIsRefused) {
    const std::string get = "GET /livez HTTP/1.1\r\n";
    const std::string put = "PUT /v1/sessions/x HTTP/1.1\r\nHost: x\r\n";
    EXPECT_EQ(status_line(get + "Host: x\r\n\r\n"), "HTTP/1.1 200 OK");
    const std::vector<std::string> refused = {
        get + "\r\n",
        get + "Host: a\r\nHost: b\r\n\r\n",
        put + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        put + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        put + "Content-Length: -3\r\n\r\n",
        "GET /livez HTTP/3.0\r\nHost: x\r\n\r\n",
        "NONSENSE\r\n\r\n",
        get + "Host: x\r\nBad Name: y\r\n\r\n",
    };
    for (const std::string& bytes : refused) {
        EXPECT_EQ(status_line(bytes), "HTTP/1.1 400 Bad Request") << bytes;
    }
    EXPECT_EQ(status_line(put + "Transfer-Encoding: gzip\r\n\r\n"), "HTTP/1.1 501 Not Implemented");
    EXPECT_EQ(status_line(get + "Host: x\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
              "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST_F(HttpLimits, UnknownPathsAndMethodsAreToldApart) {
    HttpClient client = server.client();
    EXPECT_EQ(client.get("/v2/sessions").status, 404);
    EXPECT_EQ(client.get("/v1/sessions/not-an-id").status, 404);
    const Reply reply = client.send("PATCH", "/v1/sessions/" + new_id(), "", {});
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.headers.at("allow"), "OPTIONS, HEAD, GET, PUT, DELETE");
}

/// Each limit alone is short, so that no other request has to be quick.
TEST(HttpTimeouts, WhoStopsSendingIsToldSo) {
    constexpr const char* too_slow = "HTTP/1.1 408 Request Timeout";
    const TempDirectory directory;
    const ServerConfig config = TestServer::fresh_config(directory);
    std::string token;
    {
        const TestServer server({}, config);
        token = server.new_user().token;
    }
    {
        const TestServer server({.header_time_max = 300ms}, config);
        const RawConnection slow(server.port());
        slow.send("GET /livez HTTP/1.1\r\nHost: x\r\n");
        EXPECT_TRUE(slow.read_answer().starts_with(too_slow));
    }
    {
        const TestServer server({.body_progress_time_max = 300ms}, config);
        const RawConnection slow(server.port());
        slow.send(std::format("PUT /v1/sessions/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                              "{}\r\nContent-Type: application/json\r\nContent-Length: "
                              "100\r\n\r\n{{",
                              new_id(), token));
        EXPECT_TRUE(slow.read_answer().starts_with(too_slow));
    }
    const TestServer server({.idle_time_max = 300ms}, config);
    const RawConnection idle(server.port());
    EXPECT_EQ(idle.read_to_end(), ""); // closed without a word
}

TEST_F(HttpLimits, RequestsSentAheadAreAnsweredInOrder) {
    const RawConnection connection(server.port());
    const std::string live = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    connection.send(live + "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" +
                    "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string answers = connection.read_to_end();
    const std::size_t first = answers.find("HTTP/1.1 200");
    const std::size_t second = answers.find("HTTP/1.1 404", first);
    EXPECT_EQ(first, 0U);
    EXPECT_NE(second, std::string::npos);
    EXPECT_NE(answers.find("HTTP/1.1 200", second), std::string::npos);
}

TEST(HttpAdmission, BodiesBeyondTheBudgetWaitAndAreThenRefusedWithATime) {
    http::Limits limits;
    limits.admission_wait_max = 200ms;
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.body_memory_bytes = 60'000;
    const TestServer server(limits, config);
    HttpClient client = server.new_user();
    const auto head = [&](std::size_t length) {
        return std::format("PUT /v1/sessions/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
                           "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                           new_id(), client.token, length);
    };
    std::string body = session_body();
    body.insert(1, std::string(50'000 - body.size(), ' '));
    const RawConnection first(server.port());
    first.send(head(body.size()) + body.substr(0, 10)); // holds its room while it is slow
    HttpClient scraper(std::format("http://127.0.0.1:{}", server.metrics_port()));
    ASSERT_TRUE(await(60s, [&] {
        return scraper.get("/metrics").body.find("haven_body_bytes_in_flight 50000") !=
               std::string::npos;
    }));
    const RawConnection second(server.port());
    second.send(head(body.size()) + body);
    const std::string refused = second.read_to_end();
    EXPECT_TRUE(refused.starts_with("HTTP/1.1 503")) << refused;
    EXPECT_NE(refused.find("Retry-After: "), std::string::npos);
    first.send(body.substr(10));
    EXPECT_TRUE(first.read_answer().starts_with("HTTP/1.1 201"));
    ASSERT_TRUE(await(60s, [&] {
        return scraper.get("/metrics").body.find("haven_body_bytes_in_flight 0") !=
               std::string::npos;
    }));
    EXPECT_EQ(client.put("/v1/sessions/" + new_id(), body).status, 201);
}

} // namespace
} // namespace haven::test
