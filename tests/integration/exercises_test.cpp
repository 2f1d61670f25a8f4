// Exercises, stays in a place and drawings: every column is written by a client and read back.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <format>
#include <set>
#include <sstream>
#include <string>

namespace haven::test {
namespace {

class Exercises : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::set<std::string> columns_of(const std::string& table) const {
        std::istringstream names(
            sql("SELECT string_agg(column_name, ' ') FROM information_schema.columns WHERE "
                "table_name = '" +
                table + "'"));
        std::set<std::string> columns;
        for (std::string name; names >> name;) {
            columns.insert(name);
        }
        return columns;
    }
    /// Those of the columns that the row has no value in.
    std::set<std::string> empty_columns_of(const std::string& table, const std::string& id) const {
        std::set<std::string> empty;
        for (const std::string& column : columns_of(table)) {
            if (sql(std::format("SELECT {} IS NULL FROM {} WHERE id = '{}'", column, table, id)) ==
                "t") {
                empty.insert(column);
            }
        }
        return empty;
    }
    static std::set<std::string> missing_in(const std::string& body,
                                            std::set<std::string> columns) {
        std::erase_if(columns, [&](const std::string& column) {
            return body.contains(std::format("\"{}\":", column));
        });
        return columns;
    }
    std::string new_session(HttpClient& client) const {
        std::string session = new_id();
        EXPECT_EQ(client.put("/v1/sessions/" + session, session_body()).status, 201);
        return session;
    }

    TestServer server;
};

std::string unsent_letter(const std::string& session) {
    return std::format(
        R"({{"session_id":"{}","technique":"unsent_letter","technique_config":{{"tone":"calm"}},)"
        R"("started_at":"2026-11-22T10:00:05Z","opening_prompt":"To whom would you write?",)"
        R"("guideposts":["Begin with \"dear\".","Say what you never said."],)"
        R"("grounding_close":"Feel your feet on the floor."}})",
        session);
}

TEST_F(Exercises, EveryColumnIsWrittenByItsClientAndReadBack) {
    HttpClient client = server.new_user();
    const std::string session = new_session(client);
    const std::string id = new_id();
    const std::string path = "/v1/exercises/" + id;
    ASSERT_EQ(client.put(path, unsent_letter(session)).status, 201);
    EXPECT_EQ(client.put(path, unsent_letter(session)).status, 200);
    ASSERT_EQ(client
                  .put("/v1/exercise-artifacts/" + new_id(),
                       std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                   R"("content_text":"dear you"}})",
                                   id))
                  .status,
              201);
    ASSERT_EQ(
        client.put(path + "/end", R"({"status":"completed","completed_at":"2026-11-22T10:12:05Z"})")
            .status,
        201);
    EXPECT_EQ(empty_columns_of("exercises", id), std::set<std::string>{});
    const Reply read = client.get(path);
    EXPECT_EQ(missing_in(read.body, columns_of("exercises")), std::set<std::string>{"user_id"});
    EXPECT_EQ(read.member("technique"), "unsent_letter");
    EXPECT_EQ(read.member("opening_prompt"), "To whom would you write?");
    EXPECT_TRUE(
        read.body.contains(R"("guideposts": ["Begin with \"dear\".", "Say what you never said."])"))
        << read.body;
    EXPECT_EQ(read.member("grounding_close"), "Feel your feet on the floor.");
    EXPECT_EQ(read.member("status"), "completed");
    EXPECT_EQ(read.member("duration_minutes"), "12");
    EXPECT_EQ(read.member("word_count"), "2");
    EXPECT_TRUE(client.get("/v1/sessions/" + session + "/exercises").body.contains("To whom"));
}

TEST_F(Exercises, AnExerciseOfTheHeadsetHasNeitherPromptNorWords) {
    HttpClient client = server.new_user();
    const std::string session = new_session(client);
    const std::string id = new_id();
    ASSERT_EQ(client.put("/v1/exercises/" + id, exercise_body(session)).status, 201);
    const Reply read = client.get("/v1/exercises/" + id);
    EXPECT_FALSE(read.body.contains("opening_prompt")) << read.body;
    EXPECT_FALSE(read.body.contains("word_count"));
    EXPECT_EQ(read.member("status"), "in_progress");
}

TEST_F(Exercises, AnExerciseMayBeAbandonedAndEndsOnce) {
    HttpClient client = server.new_user();
    const std::string id = new_id();
    ASSERT_EQ(client.put("/v1/exercises/" + id, exercise_body(new_session(client))).status, 201);
    const std::string end = "/v1/exercises/" + id + "/end";
    EXPECT_EQ(
        client.put(end, R"({"status":"abandoned","completed_at":"2026-11-22T10:01:00Z"})").status,
        201);
    EXPECT_EQ(
        client.put(end, R"({"status":"completed","completed_at":"2026-11-22T10:01:00Z"})").status,
        409);
    EXPECT_EQ(client.get("/v1/exercises/" + id).member("status"), "abandoned");
}

TEST_F(Exercises, EachMistakeIsNamed) {
    HttpClient client = server.new_user();
    const std::string session = new_session(client);
    const auto refused = [&](const std::string& members, const std::string& pointer) {
        const Reply reply = client.put(
            "/v1/exercises/" + new_id(),
            std::format(R"({{"session_id":"{}","started_at":"2026-11-22T10:00:05Z",{}}})", session,
                        members));
        EXPECT_EQ(reply.status, 422) << members;
        EXPECT_TRUE(reply.points_to(pointer)) << reply.body;
    };
    refused(R"("technique":"Unsent Letter")", "/technique");
    refused(R"("opening_prompt":"")", "/opening_prompt");
    refused(R"("guideposts":"one")", "/guideposts");
    refused(R"("guideposts":["one",2])", "/guideposts/1");
    refused(R"("grounding_close":7)", "/grounding_close");
    refused(R"("word_count":7)", "/word_count");
}

TEST_F(Exercises, AnAgentFindsTheWordsWhileTheExerciseGoesOn) {
    HttpClient client = server.new_user();
    const std::string id = new_id();
    const std::string path = "/v1/exercises/" + id;
    ASSERT_EQ(client.put(path, exercise_body(new_session(client))).status, 201);
    HttpClient agent = server.new_service("agents");
    EXPECT_EQ(agent.patch(path, R"({"opening_prompt":"Begin.","guideposts":["One."]})").status,
              200);
    EXPECT_EQ(agent.patch(path, R"({"grounding_close":"Breathe."})").status, 200);
    const Reply read = client.get(path);
    EXPECT_EQ(read.member("opening_prompt"), "Begin.");
    EXPECT_TRUE(read.body.contains(R"("guideposts": ["One."])")) << read.body;
    EXPECT_EQ(read.member("grounding_close"), "Breathe.");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'exercise_guidance' AND "
                  "service_id IS NOT NULL AND user_id IS NOT NULL AND is_phi_access"),
              "2");
    const Reply changed = client.patch(path, R"({"opening_prompt":"Begin.","guideposts":null})");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_FALSE(changed.body.contains("guideposts")) << "null takes away";
    EXPECT_EQ(sql("SELECT string_agg(event_type, ' ' ORDER BY created_at, id) FROM session_events "
                  "WHERE event_data ->> 'action' = 'exercise_guidance'"),
              "agent_execution agent_execution user_interaction")
        << "no agent was at work when the person found them";

    const Reply mistake = agent.patch(path, R"({"guideposts":[""]})");
    EXPECT_EQ(mistake.status, 422);
    EXPECT_TRUE(mistake.points_to("/guideposts/0")) << mistake.body;
    EXPECT_EQ(agent.patch("/v1/exercises/" + new_id(), "{}").status, 404);
    HttpClient other = server.new_user();
    EXPECT_EQ(other.patch(path, "{}").status, 404);
    EXPECT_EQ(server.new_clinician("senior").patch(path, "{}").status, 403);
    ASSERT_EQ(client.put(path + "/end", R"({"completed_at":"2026-11-22T10:12:05Z"})").status, 201);
    EXPECT_EQ(agent.patch(path, R"({"grounding_close":"Late."})").status, 409);
}

TEST_F(Exercises, ThoseWhoCareForThePersonReadThem) {
    HttpClient client = server.new_user();
    const std::string session = new_session(client);
    const std::string id = new_id();
    ASSERT_EQ(client.put("/v1/exercises/" + id, unsent_letter(session)).status, 201);
    const std::string list = "/v1/sessions/" + session + "/exercises";
    EXPECT_EQ(server.new_clinician("supervisor").get("/v1/exercises/" + id).status, 200);
    EXPECT_TRUE(server.new_clinician("supervisor").get(list).body.contains(id));
    EXPECT_EQ(server.new_service("agents").get("/v1/exercises/" + id).status, 200);
    EXPECT_EQ(server.new_clinician("reviewer").get("/v1/exercises/" + id).status, 404);
    EXPECT_EQ(server.new_clinician("reviewer").get(list).status, 404);
    EXPECT_EQ(server.new_user().get("/v1/exercises/" + id).status, 404);
    EXPECT_EQ(server.new_user().get(list).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'exercise_read' AND "
                  "clinician_id IS NOT NULL AND user_id IS NOT NULL AND response_status = 200"),
              "1");
}

TEST_F(Exercises, EveryColumnOfAStayInAPlaceIsWrittenAndReadBack) {
    HttpClient client = server.new_user();
    const std::string id = new_id();
    const std::string path = "/v1/vr-sessions/" + id;
    ASSERT_EQ(
        client
            .put(
                path,
                std::format(
                    R"({{"parent_session_id":"{}","environment_id":"beach_sunset",)"
                    R"("environment_config":{{"light":"dusk"}},"interaction_mode":"hand_tracking",)"
                    R"("spatial_audio_enabled":false,"cinematic_mode_enabled":true,)"
                    R"("camera_path_data":{{"keys":[1]}},"started_at":"2026-11-22T10:00:06Z"}})",
                    new_session(client)))
            .status,
        201);
    ASSERT_EQ(
        client.put(path + "/metrics", R"({"performance_metrics":{"format":1,"fps":72.0}})").status,
        201);
    ASSERT_EQ(client.put(path + "/end", R"({"ended_at":"2026-11-22T10:20:06Z"})").status, 201);
    EXPECT_EQ(empty_columns_of("vr_sessions", id), std::set<std::string>{});
    const Reply read = client.get(path);
    EXPECT_EQ(missing_in(read.body, columns_of("vr_sessions")), std::set<std::string>{"user_id"});
    EXPECT_EQ(read.member("interaction_mode"), "hand_tracking");
    EXPECT_EQ(read.member("spatial_audio_enabled"), "false");
    EXPECT_EQ(read.member("cinematic_mode_enabled"), "true");
    EXPECT_EQ(read.member("duration_minutes"), "20");
}

TEST_F(Exercises, EveryColumnOfADrawingIsWrittenAndReadBack) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string path = "/v1/bilateral-drawings/" + ids.drawing;
    EXPECT_EQ(empty_columns_of("bilateral_drawings", ids.drawing), std::set<std::string>{});
    const Reply read = client.get(path);
    // The canvases' keys are where the server finds what it gives at /canvases.
    EXPECT_EQ(missing_in(read.body, columns_of("bilateral_drawings")),
              (std::set<std::string>{"user_id", "canvas_1_minio_key", "canvas_2_minio_key",
                                     "combined_minio_key"}));
    for (const char* canvas : {"left", "right", "combined"}) {
        EXPECT_EQ(client.get(path + "/canvases/" + canvas).status, 200) << canvas;
    }
}

TEST_F(Exercises, EveryColumnOfAnArtifactIsWrittenAndReadBack) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const auto write = [&](const std::string& members) {
        std::string id = new_id();
        EXPECT_EQ(client
                      .put("/v1/exercise-artifacts/" + id,
                           std::format(R"({{"exercise_id":"{}",{}}})", ids.exercise, members))
                      .status,
                  201);
        return id;
    };
    const std::string clear = write(R"("artifact_type":"text_entry","content_text":"a")");
    const std::string sealed =
        write(R"("artifact_type":"text_entry","content_text":"a","sealed":true,"word_count":1)");
    const std::string file = write(
        std::format(R"("artifact_type":"vr_volumetric","bilateral_drawing_id":"{}")", ids.drawing));
    ASSERT_EQ(client
                  .send("PUT", "/v1/exercise-artifacts/" + file + "/file", trace_bytes(10),
                        {"Content-Type: application/octet-stream"})
                  .status,
              201);
    const std::string draft = "/v1/exercise-artifacts/" + clear + "/draft";
    EXPECT_EQ(client
                  .send("PUT", draft,
                        std::format(R"({{"exercise_id":"{}","content_text":"b"}})", ids.exercise),
                        {"Content-Type: application/json", "If-None-Match: *"})
                  .status,
              201);
    EXPECT_EQ(client.send("POST", draft + "/finish", "", {"If-Match: *"}).status, 200);
    std::set<std::string> never_written = columns_of("exercise_artifacts");
    for (const std::string& id : {clear, sealed, file}) {
        const std::set<std::string> empty = empty_columns_of("exercise_artifacts", id);
        std::erase_if(never_written,
                      [&](const std::string& column) { return !empty.contains(column); });
    }
    EXPECT_EQ(never_written, std::set<std::string>{});
    // What is sealed comes back as its text; where the file lies, as the file.
    EXPECT_EQ(missing_in(client.get("/v1/exercise-artifacts/" + file).body,
                         columns_of("exercise_artifacts")),
              (std::set<std::string>{"user_id", "content_encrypted", "minio_object_key",
                                     "content_sha256", "finished_draft"}));
    EXPECT_EQ(client.get("/v1/exercise-artifacts/" + file + "/file").body, trace_bytes(10));
}

} // namespace
} // namespace haven::test
