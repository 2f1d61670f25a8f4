// The words of reflections and intents are sealed in the database, and opened where they are shown.
#include "tests/integration/care_fixture.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class Words : public Care {
  protected:
    [[nodiscard]] std::string reflection_body(const std::string& session) const {
        return std::format(R"({{"session_id":"{}","recurring_themes":["zephyr \"a\"","rest"],)"
                           R"("agent_summary":"zephyr ü","sentiment_score":0.4}})",
                           session);
    }
    [[nodiscard]] std::string intent_body(const std::string& session) const {
        return std::format(R"({{"session_id":"{}","contraindications":["zephyr"],)"
                           R"("goal_category":"health"}})",
                           session);
    }
    /// What each of these shows of both.
    static void shows_them(HttpClient& client, const std::string& path, bool reflections,
                           bool intents) {
        const Reply reply = client.get(path);
        ASSERT_EQ(reply.status, 200) << path << reply.body;
        EXPECT_EQ(reply.body.contains(R"("recurring_themes": ["zephyr \"a\"","rest"])"),
                  reflections)
            << reply.body;
        EXPECT_EQ(reply.body.contains(R"("agent_summary": "zephyr ü")"), reflections) << reply.body;
        EXPECT_EQ(reply.body.contains(R"("emotional_tone": null)"), reflections) << reply.body;
        EXPECT_EQ(reply.body.contains(R"("contraindications": ["zephyr"])"), intents) << reply.body;
        EXPECT_FALSE(reply.body.contains("sealed_words")) << reply.body;
        EXPECT_FALSE(reply.body.contains("encryption_key_id")) << reply.body;
    }
};

TEST_F(Words, AreSealedAndShownToWhoMaySeeThem) {
    care_for(reviewer);
    const std::string session = new_session();
    const std::string reflection = "/v1/reflections/" + new_id();
    const std::string intent = "/v1/session-intents/" + new_id();
    ASSERT_EQ(user.put(reflection, reflection_body(session)).status, 201);
    ASSERT_EQ(user.put(intent, intent_body(session)).status, 201);
    EXPECT_EQ(user.put(reflection, reflection_body(session)).status, 200) << "the same again";
    EXPECT_EQ(user.put(intent, intent_body(session)).status, 200);
    EXPECT_EQ(user.put(reflection,
                       std::format(R"({{"session_id":"{}","agent_summary":"other"}})", session))
                  .status,
              409);
    EXPECT_EQ(sql("SELECT count(*) FROM reflections WHERE agent_summary IS NULL AND "
                  "recurring_themes IS NULL AND sealed_words IS NOT NULL"),
              "1");
    EXPECT_EQ(sql("SELECT count(*) FROM session_intents WHERE contraindications IS NULL AND "
                  "sealed_words IS NOT NULL AND goal_category = 'health'"),
              "1");
    for (HttpClient* client : {&user, &reviewer}) {
        shows_them(*client, reflection, true, false);
        shows_them(*client, intent, false, true);
        shows_them(*client, "/v1/sessions/" + session + "/reflections", true, false);
        shows_them(*client, "/v1/sessions/" + session + "/intents", false, true);
        shows_them(*client, "/v1/sessions/" + session + "/page", true, true);
    }
    shows_them(user, "/v1/users/me/timeline", true, true);
    shows_them(reviewer, "/v1/users/" + user.id + "/reflections", true, false);
}

TEST_F(Words, AServiceWritesThemForAPerson) {
    HttpClient service = server.new_service("web");
    const std::string session = new_session();
    const std::string reflection = "/v1/reflections/" + new_id();
    ASSERT_EQ(service.put(reflection, reflection_body(session)).status, 201);
    shows_them(user, reflection, true, false);
    EXPECT_EQ(service.put("/v1/reflections/" + new_id(), reflection_body(new_id())).status, 422);
}

TEST_F(Words, OfAnotherRowDoNotOpenAndAMemberOfThatNameIsNothing) {
    const std::string session = new_session();
    const std::string one = new_id();
    const std::string two = new_id();
    ASSERT_EQ(user.put("/v1/reflections/" + one, reflection_body(session)).status, 201);
    ASSERT_EQ(user.put("/v1/reflections/" + two,
                       std::format(R"({{"session_id":"{}","agent_summary":"other"}})", session))
                  .status,
              201);
    sql_do(
        std::format("UPDATE reflections SET sealed_words = (SELECT sealed_words FROM reflections "
                    "WHERE id = '{}') WHERE id = '{}'",
                    one, two));
    {
        const BodiesPassedOver odd;
        EXPECT_FALSE(user.get("/v1/reflections/" + two).body.contains("zephyr"));
        EXPECT_FALSE(user.get("/v1/sessions/" + session + "/page").body.contains("other"));
    }
    sql_do(std::format("DELETE FROM reflections WHERE id = '{}'", two));
    const std::string exercise = new_id();
    ASSERT_EQ(user.put("/v1/exercises/" + exercise,
                       std::format(
                           R"({{"session_id":"{}","technique":"sprint",)"
                           R"("technique_config":{{"sealed_words":"reflection_words {} {} {} x"}},)"
                           R"("opening_prompt":"\"sealed_words\": \"x\"",)"
                           R"("started_at":"2026-11-22T10:01:00Z"}})",
                           session, one, user.id, sql("SELECT id FROM encryption_keys")))
                  .status,
              201);
    EXPECT_EQ(user.get("/v1/exercises/" + exercise).status, 200);
    EXPECT_EQ(user.get("/v1/sessions/" + session + "/page").status, 200);
}

TEST_F(Words, OfAnOlderProgramAreShownAndSealedByACommand) {
    const std::string session = new_session();
    const std::string reflection = "/v1/reflections/" + new_id();
    const std::string intent = "/v1/session-intents/" + new_id();
    ASSERT_EQ(user.put(reflection, reflection_body(session)).status, 201);
    ASSERT_EQ(user.put(intent, intent_body(session)).status, 201);
    sql_do("UPDATE reflections SET sealed_words = NULL, encryption_key_id = NULL, "
           "recurring_themes = '{\"zephyr \\\"a\\\"\",rest}', agent_summary = 'zephyr ü'");
    sql_do("UPDATE session_intents SET sealed_words = NULL, encryption_key_id = NULL, "
           "contraindications = '{zephyr}'");
    EXPECT_TRUE(user.get(reflection).body.contains("zephyr"));
    const TempDirectory directory;
    for (const char* said : {"reflections: 1\nintents: 1\n", "reflections: 0\nintents: 0\n"}) {
        const std::filesystem::path stem = directory.path() / std::string(said, 14);
        const auto ended =
            run({.argv = {std::string(HAVEN_BINARY_DIR) + "/haven-server", "seal-words",
                          "--database-url", server.config().database_url, "--master-key-file",
                          (server.config().data_dir / "master.key").string()},
                 .environment = {},
                 .without_environment = {},
                 .output_stem = stem},
                60s);
        ASSERT_TRUE(ended);
        EXPECT_EQ(ended->exit_status, 0) << read_text(stem.string() + ".err");
        EXPECT_EQ(read_text(stem.string() + ".out"), said);
    }
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM reflections AS r WHERE r::text LIKE '%zephyr%') + "
                  "(SELECT count(*) FROM session_intents AS i WHERE i::text LIKE '%zephyr%')"),
              "0");
    shows_them(user, reflection, true, false);
    shows_them(user, intent, false, true);
    EXPECT_EQ(user.put(reflection, reflection_body(session)).status, 200) << "the same again";
}

} // namespace
} // namespace haven::test
