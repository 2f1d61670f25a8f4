// Whose is whose: another person's id is no id at all. And what is written twice is written once.
#include "server/http/listener.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/await.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class HttpRights : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }

    TestServer server;
};

TEST_F(HttpRights, AnotherPersonsIdAnswersLikeOneThatDoesNotExist) {
    HttpClient owner = server.new_user();
    HttpClient stranger = server.new_user();
    const Ids theirs = write_drawing(owner);
    const Ids nobodys;
    const std::string rows = sql("SELECT count(*) FROM write_receipts");
    struct Try {
        const char* method;
        std::string (*path)(const Ids&);
        std::string body;
    };
    const std::vector<Try> tries = {
        {"GET", [](const Ids& i) { return "/v1/sessions/" + i.session; }, ""},
        {"GET", [](const Ids& i) { return "/v1/sessions/" + i.session + "/exercises"; }, ""},
        {"GET", [](const Ids& i) { return "/v1/sessions/" + i.session + "/vr-sessions"; }, ""},
        {"GET", [](const Ids& i) { return "/v1/exercises/" + i.exercise; }, ""},
        {"GET", [](const Ids& i) { return "/v1/exercises/" + i.exercise + "/bilateral-drawings"; },
         ""},
        {"GET", [](const Ids& i) { return "/v1/vr-sessions/" + i.vr_session; }, ""},
        {"GET", [](const Ids& i) { return "/v1/bilateral-drawings/" + i.drawing; }, ""},
        {"GET",
         [](const Ids& i) { return "/v1/bilateral-drawings/" + i.drawing + "/canvases/left"; }, ""},
        {"GET", [](const Ids& i) { return "/v1/bilateral-drawings/" + i.drawing + "/trace"; }, ""},
        {"PUT", [](const Ids& i) { return "/v1/exercises/" + i.exercise + "/end"; },
         R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})"},
        {"PUT", [](const Ids& i) { return "/v1/vr-sessions/" + i.vr_session + "/metrics"; },
         R"({"performance_metrics":{"format":1}})"},
        {"PUT", [](const Ids& i) { return "/v1/vr-sessions/" + i.vr_session + "/end"; },
         R"({"ended_at":"2026-11-22T10:20:06Z"})"},
        {"PUT", [](const Ids& i) { return "/v1/bilateral-drawings/" + i.drawing + "/trace"; },
         completion_body("abc")},
    };
    for (const Try& each : tries) {
        const std::vector<std::string> headers =
            each.body.empty() ? std::vector<std::string>{}
                              : std::vector<std::string>{"Content-Type: application/json"};
        const Reply foreign = stranger.send(each.method, each.path(theirs), each.body, headers);
        const Reply missing = stranger.send(each.method, each.path(nobodys), each.body, headers);
        EXPECT_EQ(foreign.status, 404) << each.method << ' ' << each.path(theirs);
        EXPECT_EQ(missing.status, 404) << each.method << ' ' << each.path(nobodys);
        EXPECT_EQ(foreign.body_without_request_id(), missing.body_without_request_id());
    }
    const Reply foreign_chunk = put_chunk(stranger, theirs.drawing, 0, "abc");
    const Reply missing_chunk = put_chunk(stranger, nobodys.drawing, 0, "abc");
    EXPECT_EQ(foreign_chunk.status, 404);
    EXPECT_EQ(foreign_chunk.body_without_request_id(), missing_chunk.body_without_request_id());
    EXPECT_EQ(sql("SELECT count(*) FROM write_receipts"), rows);
    EXPECT_EQ(sql("SELECT count(*) FROM trace_chunks"), "0");
}

TEST_F(HttpRights, WritingAnIdThatIsSomebodyElsesIsNotFoundAndChangesNothing) {
    HttpClient owner = server.new_user();
    HttpClient stranger = server.new_user();
    const Ids theirs = write_drawing(owner);
    const Ids mine = write_drawing(stranger);
    const Reply replies[] = {
        stranger.put("/v1/sessions/" + theirs.session, session_body()),
        stranger.put("/v1/exercises/" + theirs.exercise, exercise_body(mine.session)),
        stranger.put("/v1/vr-sessions/" + theirs.vr_session, vr_session_body(mine.session)),
        stranger.put("/v1/bilateral-drawings/" + theirs.drawing,
                     drawing_body(mine.exercise, mine.vr_session)),
    };
    for (const Reply& reply : replies) {
        EXPECT_EQ(reply.status, 404);
        EXPECT_EQ(reply.body_without_request_id(), replies[0].body_without_request_id());
    }
    EXPECT_EQ(sql("SELECT count(*) FROM sessions"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "2");
}

TEST_F(HttpRights, AParentThatIsForeignOrMissingIsNamedAlike) {
    HttpClient owner = server.new_user();
    HttpClient stranger = server.new_user();
    const Ids theirs = write_drawing(owner);
    const Ids mine = write_drawing(stranger);
    const Ids nobodys;
    const auto expect_alike = [](const Reply& foreign, const Reply& missing, const char* pointer) {
        EXPECT_EQ(foreign.status, 422) << foreign.body;
        EXPECT_TRUE(foreign.points_to(pointer)) << foreign.body;
        EXPECT_EQ(foreign.body_without_request_id(), missing.body_without_request_id());
    };
    expect_alike(stranger.put("/v1/exercises/" + new_id(), exercise_body(theirs.session)),
                 stranger.put("/v1/exercises/" + new_id(), exercise_body(nobodys.session)),
                 "/session_id");
    expect_alike(stranger.put("/v1/vr-sessions/" + new_id(), vr_session_body(theirs.session)),
                 stranger.put("/v1/vr-sessions/" + new_id(), vr_session_body(nobodys.session)),
                 "/parent_session_id");
    const auto put_event = [&](const std::string& session) {
        return stranger.put(
            "/v1/session-events/" + new_id(),
            std::format(R"({{"session_id":"{}","happened_at":"2026-11-22T10:05:00Z"}})", session));
    };
    expect_alike(put_event(theirs.session), put_event(nobodys.session), "/session_id");
    const auto put_drawing = [&](const std::string& exercise, const std::string& vr_session) {
        return stranger.put("/v1/bilateral-drawings/" + new_id(),
                            drawing_body(exercise, vr_session));
    };
    expect_alike(put_drawing(theirs.exercise, mine.vr_session),
                 put_drawing(nobodys.exercise, mine.vr_session), "/exercise_id");
    expect_alike(put_drawing(mine.exercise, theirs.vr_session),
                 put_drawing(mine.exercise, nobodys.vr_session), "/vr_session_id");
    EXPECT_EQ(sql("SELECT count(*) FROM bilateral_drawings"), "2");
    EXPECT_EQ(sql("SELECT count(*) FROM exercises"), "2");
}

TEST_F(HttpRights, EveryRouteOfAPersonAsksForAToken) {
    HttpClient nobody = server.client();
    const Ids ids;
    for (const std::string& path :
         {std::string("/v1/sessions"), "/v1/sessions/" + ids.session,
          "/v1/exercises/" + ids.exercise, "/v1/vr-sessions/" + ids.vr_session,
          "/v1/bilateral-drawings/" + ids.drawing,
          "/v1/bilateral-drawings/" + ids.drawing + "/canvases/left"}) {
        const Reply reply = nobody.get(path);
        EXPECT_EQ(reply.status, 401) << path;
        EXPECT_EQ(reply.headers.at("www-authenticate"), "Bearer");
    }
    HttpClient user = server.new_user();
    EXPECT_EQ(nobody.get("/v1/sessions?access_token=" + user.token).status, 400);
}

TEST_F(HttpRights, AHundredEqualWritesAtOnceGiveOneRow) {
    HttpClient user = server.new_user();
    const std::string id = new_id();
    std::vector<int> statuses(100);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            threads.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = user.token;
                statuses[i] = client.put("/v1/sessions/" + id, session_body()).status;
            });
        }
    }
    int created = 0;
    for (const int status : statuses) {
        created += status == 201 ? 1 : 0;
        EXPECT_TRUE(status == 200 || status == 201) << status;
    }
    EXPECT_EQ(created, 1);
    EXPECT_EQ(sql("SELECT count(*) FROM sessions"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM session_events"), "1");
}

TEST_F(HttpRights, SessionsBegunAtOnceAreNumberedWithoutGaps) {
    HttpClient user = server.new_user();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                HttpClient client = server.client();
                client.token = user.token;
                for (int n = 0; n < 5; ++n) {
                    EXPECT_EQ(client.put("/v1/sessions/" + new_id(), session_body()).status, 201);
                }
            });
        }
    }
    EXPECT_EQ(sql("SELECT string_agg(session_number::text, ',' ORDER BY session_number) = "
                  "(SELECT string_agg(n::text, ',' ORDER BY n) FROM generate_series(1, 40) AS n) "
                  "FROM sessions"),
              "t");
}

TEST_F(HttpRights, TheSameAgainIsASuccessAndSomethingElseAConflict) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string drawing = "/v1/bilateral-drawings/" + ids.drawing;
    EXPECT_EQ(client.put("/v1/sessions/" + ids.session, session_body()).status, 200);
    EXPECT_EQ(client.put("/v1/exercises/" + ids.exercise, exercise_body(ids.session)).status, 200);
    EXPECT_EQ(client.put("/v1/vr-sessions/" + ids.vr_session, vr_session_body(ids.session)).status,
              200);
    EXPECT_EQ(client
                  .put("/v1/sessions/" + ids.session,
                       R"({"modality":"web","started_at":"2026-11-22T10:00:00Z"})")
                  .status,
              409);
    const std::string before = sql("SELECT md5(bilateral_drawings::text) FROM bilateral_drawings");
    const Reply other = client.put(drawing, drawing_body(ids.exercise, ids.vr_session, 3));
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(sql("SELECT md5(bilateral_drawings::text) FROM bilateral_drawings"), before);
    const std::string end = R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})";
    EXPECT_EQ(client.put("/v1/exercises/" + ids.exercise + "/end", end).status, 201);
    EXPECT_EQ(client.put("/v1/exercises/" + ids.exercise + "/end", end).status, 200);
    EXPECT_EQ(client
                  .put("/v1/exercises/" + ids.exercise + "/end",
                       R"({"status":"abandoned","completed_at":"2026-11-22T10:12:05Z"})")
                  .status,
              409);
    EXPECT_EQ(client.get(drawing + "/canvases/left").status, 200);
}

class SlowBody : public ::testing::Test {
  protected:
    static http::Limits quick_to_look_again() {
        http::Limits limits;
        limits.identity_time_max = 0ms;
        return limits;
    }
    /// The first line of the answer to a body during which something happened in the database.
    std::string answer_after(const std::string& path, const std::string& token,
                             const std::string& body, const std::string& change) {
        const RawConnection slow(server.port());
        slow.send(std::format("PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
                              "Content-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}",
                              path, token,
                              path.starts_with("/v1/clinicians/") ? "If-Match: *\r\n" : "",
                              body.size(), body.substr(0, 10)));
        EXPECT_TRUE(await(60s, [&] {
            return scraper.get("/metrics")
                .body.contains(std::format("haven_body_bytes_in_flight {}\n", body.size()));
        }));
        sql_do(server.config().database_url, change);
        slow.send(body.substr(10));
        const std::string answer = slow.read_answer();
        EXPECT_TRUE(await(60s, [&] {
            return scraper.get("/metrics").body.contains("haven_body_bytes_in_flight 0\n");
        }));
        return answer.substr(0, answer.find("\r\n"));
    }

    const TestServer server{quick_to_look_again()};
    HttpClient scraper{std::format("http://127.0.0.1:{}", server.metrics_port())};
};

TEST_F(SlowBody, WhoseTokenEndedWhileItCameWritesNothing) {
    const char* const gone = "HTTP/1.1 401 Unauthorized";
    const std::string path = "/v1/sessions/" + new_id();
    const auto of_new_user = [&](const std::string& change) {
        const HttpClient user = server.new_user();
        return answer_after(path, user.token, session_body(), change);
    };
    EXPECT_EQ(of_new_user("UPDATE access_tokens SET revoked_at = now()"), gone);
    EXPECT_EQ(of_new_user("UPDATE access_tokens SET expires_at = now()"), gone);
    EXPECT_EQ(of_new_user("UPDATE token_families SET revoked_at = now(), revoked_why = 'ended'"),
              gone);
    EXPECT_EQ(of_new_user("UPDATE users SET status = 'suspended'"), gone);
    EXPECT_EQ(sql_text(server.config().database_url, "SELECT count(*) FROM sessions"), "0");
    EXPECT_EQ(sql_text(server.config().database_url,
                       "SELECT count(*) FROM audit_logs WHERE response_status = 401 AND action = "
                       "'session_create'"),
              "4");
    EXPECT_EQ(of_new_user("UPDATE users SET full_name = 'Grace'"), "HTTP/1.1 201 Created");
}

TEST_F(SlowBody, WhoIsNoSupervisorAnyMoreChangesNoClinician) {
    const HttpClient other = server.new_clinician("reviewer");
    const auto answer_of_supervisor = [&](const std::string& change) {
        const HttpClient supervisor = server.new_clinician("supervisor");
        return answer_after("/v1/clinicians/" + other.id, supervisor.token,
                            R"({"full_name":"Dr. Lee","role":"supervisor","status":"active"})",
                            change);
    };
    EXPECT_EQ(answer_of_supervisor("UPDATE clinicians SET role = 'reviewer'"),
              "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(answer_of_supervisor("UPDATE clinicians SET status = 'inactive'"),
              "HTTP/1.1 401 Unauthorized");
    EXPECT_EQ(sql_text(server.config().database_url,
                       "SELECT full_name FROM clinicians WHERE id = '" + other.id + "'"),
              "Dr. Grey");
}

} // namespace
} // namespace haven::test
