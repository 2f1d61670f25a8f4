// Reflections: written once by the person or a service, read by those whom they concern.
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

std::string reflection_body(const std::string& session_id, double sentiment = 0.4) {
    return std::format(
        R"({{"session_id":"{}","recurring_themes":["rest","water"],"emotional_tone":"calm",)"
        R"("action_items":["walk"],"unresolved_questions":["why now?"],"sentiment_score":{},)"
        R"("word_count":312,"next_session_recommendation":"the same again",)"
        R"("agent_summary":"A quiet session."}})",
        session_id, sentiment);
}

class Reflections : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string new_session(HttpClient& user) {
        std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    static std::string new_reflection(HttpClient& writer, const std::string& session) {
        std::string id = new_id();
        EXPECT_EQ(writer.put("/v1/reflections/" + id, reflection_body(session)).status, 201);
        return id;
    }
    void assign(const HttpClient& clinician, const HttpClient& user) const {
        EXPECT_EQ(sql(std::format("INSERT INTO clinician_assignments (clinician_id, user_id) "
                                  "VALUES ('{}', '{}') RETURNING 'yes'",
                                  clinician.id, user.id)),
                  "yes");
    }

    TestServer server;
};

TEST_F(Reflections, EveryColumnIsWrittenAndReadBack) {
    HttpClient user = server.new_user();
    const std::string session = new_session(user);
    const std::string id = new_id();
    const Reply stored = user.put("/v1/reflections/" + id, reflection_body(session, -0.125));
    EXPECT_EQ(stored.status, 201) << stored.body;
    EXPECT_EQ(json_at(stored.body, "/id"), id);
    const Reply read = user.get("/v1/reflections/" + id);
    EXPECT_EQ(read.status, 200) << read.body;
    EXPECT_EQ(json_at(read.body, "/id"), id);
    EXPECT_EQ(json_at(read.body, "/session_id"), session);
    EXPECT_EQ(json_at(read.body, "/user_id"), user.id);
    EXPECT_EQ(json_at(read.body, "/recurring_themes"), R"(["rest","water"])");
    EXPECT_EQ(json_at(read.body, "/emotional_tone"), "calm");
    EXPECT_EQ(json_at(read.body, "/action_items"), R"(["walk"])");
    EXPECT_EQ(json_at(read.body, "/unresolved_questions"), R"(["why now?"])");
    EXPECT_EQ(json_at(read.body, "/sentiment_score"), "-0.125");
    EXPECT_EQ(json_at(read.body, "/word_count"), "312");
    EXPECT_EQ(json_at(read.body, "/next_session_recommendation"), "the same again");
    EXPECT_EQ(json_at(read.body, "/agent_summary"), "A quiet session.");
    EXPECT_TRUE(json_at(read.body, "/created_at").ends_with("Z")) << read.body;
    EXPECT_EQ(sql("SELECT is_phi_access::text || response_status FROM audit_logs "
                  "WHERE action = 'reflection_read'"),
              "true200");
}

TEST_F(Reflections, OnlyTheSessionMustBeNamed) {
    HttpClient user = server.new_user();
    const std::string id = new_id();
    const std::string session = new_session(user);
    EXPECT_EQ(user.put("/v1/reflections/" + id,
                       std::format(R"({{"session_id":"{}","sentiment_score":null}})", session))
                  .status,
              201);
    const Reply read = user.get("/v1/reflections/" + id);
    EXPECT_EQ(json_at(read.body, "/recurring_themes"), "null");
    EXPECT_EQ(json_at(read.body, "/sentiment_score"), "null");
    EXPECT_EQ(json_at(read.body, "/agent_summary"), "null");
}

TEST_F(Reflections, TheSameAgainIsASuccessAndSomethingElseAConflict) {
    HttpClient user = server.new_user();
    const std::string session = new_session(user);
    const std::string path = "/v1/reflections/" + new_id();
    EXPECT_EQ(user.put(path, reflection_body(session)).status, 201);
    EXPECT_EQ(user.put(path, reflection_body(session)).status, 200);
    EXPECT_EQ(user.put(path, reflection_body(session, 0.5)).status, 409);
    EXPECT_EQ(json_at(user.get(path).body, "/sentiment_score"), "0.4");
    HttpClient stranger = server.new_user();
    EXPECT_EQ(stranger.put(path, reflection_body(new_session(stranger))).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM reflections"), "1");
}

TEST_F(Reflections, AHundredEqualWritesAtOnceGiveOneRow) {
    HttpClient user = server.new_user();
    const std::string body = reflection_body(new_session(user));
    const std::string path = "/v1/reflections/" + new_id();
    std::array<int, 100> statuses{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t first = 0; first < 10; ++first) {
            threads.emplace_back([&, first] {
                HttpClient client = server.client();
                client.token = user.token;
                for (std::size_t i = first; i < statuses.size(); i += 10) {
                    statuses.at(i) = client.put(path, body).status;
                }
            });
        }
    }
    EXPECT_EQ(std::ranges::count(statuses, 201), 1);
    EXPECT_EQ(std::ranges::count(statuses, 200), 99);
    EXPECT_EQ(sql("SELECT count(*) FROM reflections"), "1");
}

TEST_F(Reflections, WhatIsWrongIsNamed) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    const std::string session = new_session(user);
    const std::string theirs = new_session(stranger);
    const auto answer = [&](const std::string& members) {
        return user.put("/v1/reflections/" + new_id(),
                        std::format(R"({{"session_id":"{}"{}}})", session, members));
    };
    struct Try {
        const char* members;
        const char* pointer;
    };
    for (const Try& each : std::vector<Try>{
             {R"(,"sentiment_score":1.01)", "/sentiment_score"},
             {R"(,"sentiment_score":-1.01)", "/sentiment_score"},
             {R"(,"sentiment_score":"good")", "/sentiment_score"},
             {R"(,"word_count":-1)", "/word_count"},
             {R"(,"word_count":1.5)", "/word_count"},
             {R"(,"action_items":"walk")", "/action_items"},
             {R"(,"action_items":["walk",""])", "/action_items/1"},
             {R"(,"user_id":"0190163d-8694-739b-aea5-966c26f8ad91")", "/user_id"},
         }) {
        const Reply reply = answer(each.members);
        EXPECT_EQ(reply.status, 422) << each.members << reply.body;
        EXPECT_EQ(json_at(reply.body, "/errors/0/pointer"), each.pointer) << reply.body;
    }
    const Reply tone = answer(std::format(R"(,"emotional_tone":"{}")", std::string(101, 'x')));
    EXPECT_EQ(json_at(tone.body, "/errors/0/pointer"), "/emotional_tone") << tone.body;
    EXPECT_EQ(answer(R"(,"sentiment_score":1)").status, 201);
    // A foreign session and a missing one are named alike.
    const Reply foreign = user.put("/v1/reflections/" + new_id(), reflection_body(theirs));
    const Reply missing = user.put("/v1/reflections/" + new_id(), reflection_body(new_id()));
    EXPECT_EQ(foreign.status, 422);
    EXPECT_EQ(json_at(foreign.body, "/errors/0/pointer"), "/session_id");
    EXPECT_EQ(foreign.body_without_request_id(), missing.body_without_request_id());
    EXPECT_EQ(sql("SELECT count(*) FROM reflections"), "1");
}

TEST_F(Reflections, AServiceWritesForAPersonAndReads) {
    HttpClient user = server.new_user();
    HttpClient agents = server.new_service("agents");
    const std::string session = new_session(user);
    const std::string id = new_reflection(agents, session);
    EXPECT_EQ(json_at(user.get("/v1/reflections/" + id).body, "/user_id"), user.id);
    EXPECT_EQ(agents.get("/v1/reflections/" + id).status, 200);
    EXPECT_EQ(json_at(agents.get("/v1/sessions/" + session + "/reflections").body, "/items/0/id"),
              id);
    EXPECT_EQ(sql("SELECT user_id::text FROM audit_logs WHERE action = 'reflection_create'"),
              user.id);
    EXPECT_EQ(agents.get("/v1/reflections").status, 403);
    EXPECT_EQ(agents.get("/v1/users/" + user.id + "/reflections").status, 403);
}

TEST_F(Reflections, OnlyCliniciansWhoCareForThePersonSeeThem) {
    HttpClient user = server.new_user();
    HttpClient carer = server.new_clinician("reviewer");
    HttpClient other = server.new_clinician("senior");
    HttpClient supervisor = server.new_clinician("supervisor");
    assign(carer, user);
    const std::string session = new_session(user);
    const std::string id = new_reflection(user, session);
    for (const std::string& path :
         {"/v1/reflections/" + id, "/v1/sessions/" + session + "/reflections",
          "/v1/users/" + user.id + "/reflections"}) {
        EXPECT_EQ(carer.get(path).status, 200) << path;
        EXPECT_EQ(supervisor.get(path).status, 200) << path;
        EXPECT_EQ(other.get(path).status, 404) << path;
        EXPECT_EQ(server.client().get(path).status, 401) << path;
    }
    EXPECT_EQ(json_at(carer.get("/v1/users/" + user.id + "/reflections").body, "/items/0/id"), id);
    EXPECT_EQ(carer.put("/v1/reflections/" + new_id(), reflection_body(session)).status, 403);
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'reflection_read' AND "
                  "clinician_id = '" +
                  carer.id + "' AND user_id = '" + user.id + "'"),
              "1");
}

TEST_F(Reflections, AnotherPersonsAnswersLikeOneThatDoesNotExist) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    const std::string session = new_session(user);
    const std::string id = new_reflection(user, session);
    const auto expect_alike = [&](const std::string& theirs, const std::string& nobodys) {
        const Reply foreign = stranger.get(theirs);
        EXPECT_EQ(foreign.status, 404) << theirs;
        EXPECT_EQ(foreign.body_without_request_id(),
                  stranger.get(nobodys).body_without_request_id());
    };
    expect_alike("/v1/reflections/" + id, "/v1/reflections/" + new_id());
    expect_alike("/v1/sessions/" + session + "/reflections",
                 "/v1/sessions/" + new_id() + "/reflections");
    EXPECT_EQ(json_at(stranger.get("/v1/reflections").body, "/items"), "[]");
}

TEST_F(Reflections, PagesNeitherSkipNorRepeat) {
    HttpClient user = server.new_user();
    const std::string session = new_session(user);
    std::vector<std::string> written;
    for (int i = 0; i < 7; ++i) {
        written.push_back(new_reflection(user, session));
    }
    // All at one moment: the id decides.
    sql("UPDATE reflections SET created_at = '2026-11-01T00:00:00Z' RETURNING 1");
    for (const std::string& list :
         {std::string("/v1/reflections"), "/v1/sessions/" + session + "/reflections"}) {
        std::vector<std::string> seen;
        std::string path = list + "?limit=3";
        while (!path.empty()) {
            const Reply page = user.get(path);
            ASSERT_EQ(page.status, 200) << page.body;
            for (int i = 0; !json_at(page.body, std::format("/items/{}", i)).empty(); ++i) {
                seen.push_back(json_at(page.body, std::format("/items/{}/id", i)));
            }
            const std::string cursor = json_at(page.body, "/next_cursor");
            path = cursor.empty() ? "" : list + "?limit=3&cursor=" + cursor;
        }
        EXPECT_EQ(seen.size(), written.size());
        EXPECT_EQ(std::set(seen.begin(), seen.end()), std::set(written.begin(), written.end()));
    }
    EXPECT_EQ(user.get("/v1/reflections?limit=0").status, 400);
    EXPECT_EQ(user.get("/v1/reflections?order=up").status, 400);
}

TEST_F(Reflections, WithoutConsentNothingIsStored) {
    HttpClient user = server.new_user();
    const std::string session = new_session(user);
    sql("UPDATE consent_records SET withdrawn_at = now() WHERE consent_type = 'data_processing' "
        "RETURNING 1");
    const Reply refused = user.put("/v1/reflections/" + new_id(), reflection_body(session));
    EXPECT_EQ(refused.status, 403) << refused.body;
    EXPECT_EQ(sql("SELECT count(*) FROM reflections"), "0");
}

} // namespace
} // namespace haven::test
