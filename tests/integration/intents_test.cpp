// The intake: what a person comes for, and how it moves their session on.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Intents : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::string status(const std::string& id) const {
        return sql("SELECT status FROM sessions WHERE id = '" + id + "'");
    }
    static std::string begin(HttpClient& user) {
        const std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    static std::string with_members(const std::string& session, const std::string& members) {
        return std::format(R"({{"session_id":"{}"{}}})", session, members);
    }
    static std::string whole(const std::string& session) {
        return with_members(session,
                            R"(,"goal_category":"career","intensity_level":3,"readiness_score":7,)"
                            R"("contraindications":["migraine","grief"],)"
                            R"("recommended_techniques":["sprint","unsent_letter"],)"
                            R"("estimated_duration_minutes":30,"agent_confidence_score":0.85)");
    }
    static Reply write(HttpClient& who, const std::string& body) {
        return who.put("/v1/session-intents/" + new_id(), body);
    }

    TestServer server;
};

TEST_F(Intents, EveryColumnIsWrittenAndReadBack) {
    HttpClient user = server.new_user();
    const std::string session = begin(user);
    const std::string path = "/v1/session-intents/" + new_id();
    ASSERT_EQ(user.put(path, whole(session)).status, 201);
    EXPECT_EQ(user.put(path, whole(session)).status, 200);
    EXPECT_EQ(user.put(path, with_members(session, "")).status, 409);
    const Reply read = user.get(path);
    ASSERT_EQ(read.status, 200) << read.body;
    EXPECT_EQ(sql("SELECT ('" + read.body +
                  "'::jsonb - '{created_at,contraindications,recommended_techniques}'::text[]) = "
                  "(SELECT to_jsonb(session_intents) - '{created_at,contraindications,"
                  "recommended_techniques,sealed_words,encryption_key_id}'::text[] FROM "
                  "session_intents)"),
              "t");
    EXPECT_TRUE(read.body.contains(R"("contraindications": ["migraine","grief"])")) << read.body;
    EXPECT_TRUE(read.body.contains(R"("recommended_techniques": ["sprint","unsent_letter"])"))
        << read.body;
    EXPECT_EQ(read.member("goal_category"), "career");
    EXPECT_EQ(read.member("agent_confidence_score"), "0.85");
    EXPECT_EQ(sql("SELECT concat_ws(' ', goal_category, intensity_level, readiness_score, "
                  "estimated_duration_minutes, agent_confidence_score) FROM session_intents"),
              "career 3 7 30 0.85");
    EXPECT_NE(user.get("/v1/sessions/" + session + "/intents").body.find("migraine"),
              std::string::npos);
}

TEST_F(Intents, TheFirstBeginsTheIntakeAndACompleteOneEndsIt) {
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("agents");
    const std::string session = begin(user);
    EXPECT_EQ(write(user, with_members(session, R"(,"goal_category":"health")")).status, 201);
    EXPECT_EQ(status(session), "intake_pending");
    EXPECT_EQ(write(user, with_members(session, R"(,"intensity_level":2)")).status, 201);
    EXPECT_EQ(status(session), "intake_pending");
    EXPECT_EQ(write(service, whole(session)).status, 201);
    EXPECT_EQ(status(session), "safety_screening");
    EXPECT_EQ(write(service, whole(session)).status, 201);
    EXPECT_EQ(status(session), "safety_screening") << "what comes later moves nothing";
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'action', ' ' ORDER BY id) FROM "
                  "session_events WHERE session_id = '" +
                  session + "'"),
              "session_create intake_begin intake_add intake_complete intake_add");
}

TEST_F(Intents, ACompleteFirstOneMakesBothMoves) {
    HttpClient user = server.new_user();
    const std::string session = begin(user);
    ASSERT_EQ(write(user, whole(session)).status, 201);
    EXPECT_EQ(sql("SELECT string_agg(from_state || '>' || to_state, ' ' ORDER BY id) FROM "
                  "session_events WHERE from_state IS NOT NULL"),
              "created>intake_pending intake_pending>safety_screening");
}

TEST_F(Intents, RangesAreTheDesigns) {
    HttpClient user = server.new_user();
    const std::string session = begin(user);
    struct Wrong {
        const char* members;
        const char* pointer;
    };
    for (const Wrong& wrong :
         {Wrong{R"(,"goal_category":"fame")", "/goal_category"},
          Wrong{R"(,"intensity_level":0)", "/intensity_level"},
          Wrong{R"(,"intensity_level":6)", "/intensity_level"},
          Wrong{R"(,"intensity_level":2.5)", "/intensity_level"},
          Wrong{R"(,"readiness_score":0)", "/readiness_score"},
          Wrong{R"(,"readiness_score":11)", "/readiness_score"},
          Wrong{R"(,"contraindications":[""])", "/contraindications/0"},
          Wrong{R"(,"recommended_techniques":["Sprint!"])", "/recommended_techniques/0"},
          Wrong{R"(,"estimated_duration_minutes":0)", "/estimated_duration_minutes"},
          Wrong{R"(,"agent_confidence_score":1.01)", "/agent_confidence_score"},
          Wrong{R"(,"agent_confidence_score":-0.1)", "/agent_confidence_score"},
          Wrong{R"(,"mood":"blue")", "/mood"}}) {
        const Reply reply = write(user, with_members(session, wrong.members));
        EXPECT_EQ(reply.status, 422) << wrong.members << reply.body;
        EXPECT_TRUE(reply.points_to(wrong.pointer)) << reply.body;
    }
    EXPECT_EQ(status(session), "created");
    EXPECT_EQ(sql("SELECT count(*) FROM write_receipts WHERE resource_type = 'session_intent'"),
              "0");
}

TEST_F(Intents, AnothersSessionIsNoSessionAndOneThatIsOverTakesNone) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    const std::string session = begin(user);
    const std::string path = "/v1/session-intents/" + new_id();
    ASSERT_EQ(user.put(path, whole(session)).status, 201);
    const Reply foreign = write(stranger, whole(session));
    const Reply missing = write(stranger, whole(new_id()));
    EXPECT_EQ(foreign.status, 422);
    EXPECT_TRUE(foreign.points_to("/session_id"));
    EXPECT_EQ(foreign.body_without_request_id(), missing.body_without_request_id());
    EXPECT_EQ(stranger.get(path).status, 404);
    EXPECT_EQ(stranger.get("/v1/sessions/" + session + "/intents").status, 404);
    EXPECT_EQ(stranger.put(path, whole(begin(stranger))).status, 404);
    EXPECT_EQ(reviewer.get(path).status, 404);
    EXPECT_EQ(write(reviewer, whole(session)).status, 403);
    const std::string over = begin(user);
    ASSERT_EQ(user.put("/v1/exercises/" + new_id(), exercise_body(over)).status, 201);
    ASSERT_EQ(user.put("/v1/sessions/" + over + "/status", R"({"status":"completed"})").status,
              200);
    EXPECT_EQ(write(user, whole(over)).status, 409);
}

TEST_F(Intents, TheSameWriteAHundredTimesIsOneIntakeAndItsTwoMoves) {
    HttpClient user = server.new_user();
    const std::string session = begin(user);
    const std::string path = "/v1/session-intents/" + new_id();
    std::vector<int> statuses(100);
    {
        std::vector<std::jthread> threads;
        threads.reserve(statuses.size());
        for (int& status : statuses) {
            threads.emplace_back([&] {
                HttpClient client = server.client();
                client.token = user.token;
                status = client.put(path, whole(session)).status;
            });
        }
    }
    int created = 0;
    for (const int status : statuses) {
        created += status == 201 ? 1 : 0;
        EXPECT_TRUE(status == 200 || status == 201) << status;
    }
    EXPECT_EQ(created, 1);
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM session_intents) || ' ' || (SELECT count(*) FROM "
                  "session_events)"),
              "1 3");
}

} // namespace
} // namespace haven::test
