// What a person makes in an exercise: texts in clear and sealed, recordings, pictures, motion.
#include "server/config.hpp"
#include "server/seal/seal.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using namespace std::string_literals;

const std::vector<std::string> octets{"Content-Type: application/octet-stream"};

/// Files that begin as their kind does.
std::string png_bytes(std::size_t size = 2000) {
    return "\x89PNG\r\n\x1A\n"s + std::string(size, 'p');
}
std::string ogg_bytes(std::size_t size = 2000) {
    return "OggS\0"s + std::string(size, 'o');
}

/// The answers to `count` calls of the same person, made by ten clients at once.
template <typename Ask>
std::vector<int> statuses_at_once(const TestServer& server, const HttpClient& owner,
                                  std::size_t count, const Ask& ask) {
    constexpr std::size_t clients = 10;
    std::vector<int> statuses(count);
    std::vector<std::jthread> threads;
    threads.reserve(clients);
    for (std::size_t first = 0; first < clients; ++first) {
        threads.emplace_back([&, first] {
            HttpClient client = server.client();
            client.token = owner.token;
            for (std::size_t i = first; i < count; i += clients) {
                statuses[i] = ask(client, i).status;
            }
        });
    }
    threads.clear(); // joined
    return statuses;
}

class Artifacts : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// A new session with an exercise; the exercise's id.
    static std::string new_exercise(HttpClient& client) {
        const std::string session = new_id();
        const std::string exercise = new_id();
        EXPECT_EQ(client.put("/v1/sessions/" + session, session_body()).status, 201);
        EXPECT_EQ(client.put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
        return exercise;
    }
    static std::string body(const std::string& exercise, const std::string& type,
                            const std::string& more = "") {
        return std::format(R"({{"exercise_id":"{}","artifact_type":"{}"{}{}}})", exercise, type,
                           more.empty() ? "" : ",", more);
    }
    static std::string path(const std::string& id) { return "/v1/exercise-artifacts/" + id; }
    static Reply put_file(HttpClient& client, const std::string& id, std::string_view bytes) {
        return client.send("PUT", path(id) + "/file", bytes, octets);
    }
    static std::string write(HttpClient& client, const std::string& artifact_body) {
        std::string id = new_id();
        const Reply reply = client.put(path(id), artifact_body);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return id;
    }
    std::filesystem::path object_of(const std::string& id) const {
        return server.config().objects_dir /
               sql("SELECT minio_object_key FROM exercise_artifacts WHERE id = '" + id + "'");
    }
    std::size_t objects() const { return files_below(server.config().objects_dir / "artifacts"); }

    TempDirectory directory; ///< of other servers
    TestServer server;
};

TEST_F(Artifacts, ATextInClearIsKeptCountedAndReadBack) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string id = write(
        client, body(exercise, "text_entry", R"("content_text":"Dear  sea,\nI am \"here\" now.")"));
    const Reply read = client.get(path(id));
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.member("id"), id);
    EXPECT_EQ(read.member("exercise_id"), exercise);
    EXPECT_EQ(read.member("artifact_type"), "text_entry");
    EXPECT_TRUE(read.body.contains(R"(Dear  sea,\nI am \"here\" now.)")) << read.body;
    EXPECT_EQ(read.member("sealed"), "false");
    EXPECT_EQ(read.member("sensitivity_level"), "standard");
    EXPECT_EQ(read.member("mime_type"), "text/plain");
    EXPECT_EQ(read.member("word_count"), "6");
    EXPECT_EQ(read.member("encryption_key_id"), "null");
    EXPECT_FALSE(read.member("created_at").empty());
    EXPECT_EQ(client.get("/v1/exercises/" + exercise).member("word_count"), "6");
    EXPECT_EQ(sql("SELECT content_text FROM exercise_artifacts"), "Dear  sea,\nI am \"here\" now.");
}

TEST_F(Artifacts, ASealedTextIsNowhereInTheDatabaseAndReadBackByItsOwner) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string text = "canary-unsent-letter";
    const std::string sealed_body =
        body(exercise, "text_entry",
             std::format(R"("content_text":"{}","sealed":true,"word_count":17)", text));
    const std::string id = write(client, sealed_body);
    EXPECT_EQ(client.put(path(id), sealed_body).status, 200) << "sealed anew, and still the same";
    const Reply read = client.get(path(id));
    EXPECT_EQ(read.member("content_text"), text);
    EXPECT_EQ(read.member("sealed"), "true");
    EXPECT_EQ(read.member("word_count"), "17");
    EXPECT_FALSE(read.body.contains("content_encrypted"));
    EXPECT_EQ(client.get("/v1/exercises/" + exercise).member("word_count"), "17");

    EXPECT_EQ(sql("SELECT content_text FROM exercise_artifacts"), "NULL");
    EXPECT_EQ(sql("SELECT octet_length(content_encrypted) FROM exercise_artifacts"),
              std::to_string(text.size() + seal::overhead_bytes));
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts AS a JOIN encryption_keys AS k "
                  "ON k.id = a.encryption_key_id AND k.user_id = a.user_id"),
              "1");
    // Not in any table, nor as a hash that somebody could try texts against.
    for (const char* table : {"exercise_artifacts", "session_events", "audit_logs", "exercises"}) {
        EXPECT_EQ(
            sql(std::format("SELECT count(*) FROM {} AS t WHERE t::text LIKE '%{}%'", table, text)),
            "0")
            << table;
    }
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM write_receipts WHERE digest IN (sha256('{}'), "
                              "sha256(convert_to('{}'::jsonb::text, 'UTF8')))",
                              text, sealed_body)),
              "0");
}

TEST_F(Artifacts, EachPersonHasOneKeyAndSwappedTextDoesNotOpen) {
    HttpClient ada = server.new_user();
    HttpClient bob = server.new_user();
    const auto letter = [](HttpClient& client, const std::string& text) {
        return write(client, body(new_exercise(client), "text_entry",
                                  std::format(R"("content_text":"{}","sealed":true)", text)));
    };
    const std::string first = letter(ada, "one");
    const std::string second = letter(ada, "two");
    const std::string other = letter(bob, "three");
    EXPECT_EQ(sql("SELECT count(*) FROM encryption_keys"), "2");
    EXPECT_EQ(sql("SELECT count(DISTINCT encryption_key_id) FROM exercise_artifacts"), "2");
    // Somebody with the database puts one text in the other's place, under the same key.
    (void)sql(std::format("WITH moved AS (UPDATE exercise_artifacts AS a SET content_encrypted = "
                          "b.content_encrypted FROM exercise_artifacts AS b WHERE a.id = '{}' AND "
                          "b.id = '{}' RETURNING 1) SELECT * FROM moved",
                          first, second));
    EXPECT_EQ(ada.get(path(first)).status, 500);
    EXPECT_EQ(ada.get(path(second)).member("content_text"), "two");
    EXPECT_EQ(bob.get(path(other)).member("content_text"), "three");
    // Without the key nothing opens any more.
    (void)sql(std::format("WITH spoilt AS (UPDATE encryption_keys SET wrapped_key = "
                          "set_byte(wrapped_key, 40, (get_byte(wrapped_key, 40) + 1) % 256) "
                          "RETURNING 1) SELECT * FROM spoilt"));
    EXPECT_EQ(ada.get(path(second)).status, 500);
}

TEST_F(Artifacts, AHundredFirstSealedTextsAtOnceGiveOneKey) {
    HttpClient owner = server.new_user();
    const std::string exercise = new_exercise(owner);
    const auto statuses =
        statuses_at_once(server, owner, 100, [&](HttpClient& client, std::size_t /*i*/) {
            return client.put(path(new_id()),
                              body(exercise, "text_entry",
                                   R"("content_text":"a b","sealed":true,"word_count":2)"));
        });
    EXPECT_EQ(statuses, std::vector<int>(100, 201));
    EXPECT_EQ(sql("SELECT count(*) FROM encryption_keys"), "1");
    EXPECT_EQ(owner.get("/v1/exercises/" + exercise).member("word_count"), "200");
}

TEST_F(Artifacts, TheSamePutAHundredTimesWritesOnce) {
    HttpClient owner = server.new_user();
    const std::string exercise = new_exercise(owner);
    const std::string id = new_id();
    const std::string one = body(exercise, "text_entry", R"("content_text":"one","sealed":true)");
    const auto statuses =
        statuses_at_once(server, owner, 100, [&](HttpClient& client, std::size_t /*i*/) {
            return client.put(path(id), one);
        });
    EXPECT_EQ(std::ranges::count(statuses, 201), 1);
    EXPECT_EQ(std::ranges::count(statuses, 200), 99);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "1");
    EXPECT_EQ(owner.put(path(id), body(exercise, "text_entry", R"("content_text":"two")")).status,
              409);
}

TEST_F(Artifacts, ARecordingAndAPictureComeBackAsTheyWereSent) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string sound = write(client, body(exercise, "audio_recording"));
    const std::string picture =
        write(client, body(exercise, "canvas_drawing", R"("mime_type":"image/png")"));
    EXPECT_EQ(client.get(path(sound) + "/file").status, 404);
    EXPECT_EQ(client.get(path(sound)).member("file"), "false");
    const Reply stored = put_file(client, sound, ogg_bytes());
    ASSERT_EQ(stored.status, 201) << stored.body;
    EXPECT_EQ(stored.member("mime_type"), "audio/ogg");
    EXPECT_EQ(stored.member("file_size_bytes"), std::to_string(ogg_bytes().size()));
    ASSERT_EQ(put_file(client, picture, png_bytes()).status, 201);
    const Reply heard = client.get(path(sound) + "/file");
    EXPECT_EQ(heard.body, ogg_bytes());
    EXPECT_EQ(heard.headers.at("content-type"), "audio/ogg");
    EXPECT_EQ(heard.headers.at("x-content-type-options"), "nosniff");
    EXPECT_TRUE(heard.headers.at("content-disposition").ends_with("=\"" + sound + ".ogg\""));
    EXPECT_EQ(client.get(path(picture) + "/file").body, png_bytes());
    const Reply facts = client.get(path(sound));
    EXPECT_EQ(facts.member("file"), "true");
    EXPECT_EQ(facts.member("mime_type"), "audio/ogg");
    EXPECT_EQ(facts.member("file_size_bytes"), std::to_string(ogg_bytes().size()));
    EXPECT_EQ(read_text(object_of(sound)), ogg_bytes()) << "standard: in clear";
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
    EXPECT_EQ(objects(), 2U);
}

TEST_F(Artifacts, TheSameFileAgainIsASuccessAndAnotherAConflict) {
    HttpClient client = server.new_user();
    const std::string id = write(client, body(new_exercise(client), "audio_recording"));
    ASSERT_EQ(put_file(client, id, ogg_bytes(10)).status, 201);
    EXPECT_EQ(put_file(client, id, ogg_bytes(10)).status, 200);
    EXPECT_EQ(put_file(client, id, ogg_bytes(11)).status, 409);
    EXPECT_EQ(client.get(path(id) + "/file").body, ogg_bytes(10));
    EXPECT_EQ(objects(), 1U);
}

TEST_F(Artifacts, FilesSentAtTheSameTimeLeaveOneObject) {
    HttpClient owner = server.new_user();
    const std::string id =
        write(owner, body(new_exercise(owner), "audio_recording", R"("sensitivity_level":"high")"));
    const auto statuses =
        statuses_at_once(server, owner, 10, [&](HttpClient& client, std::size_t i) {
            return put_file(client, id, ogg_bytes(100 + i));
        });
    EXPECT_EQ(std::ranges::count(statuses, 201), 1);
    EXPECT_EQ(std::ranges::count(statuses, 409), 9);
    EXPECT_EQ(objects(), 1U);
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
}

TEST_F(Artifacts, AboveStandardTheFileIsSealedInTheObjectStore) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    for (const char* level : {"high", "crisis"}) {
        const std::string id =
            write(client, body(exercise, "canvas_drawing",
                               std::format(R"("sensitivity_level":"{}")", level)));
        ASSERT_EQ(put_file(client, id, png_bytes()).status, 201);
        const std::string object = read_text(object_of(id));
        EXPECT_EQ(object.size(), png_bytes().size() + seal::overhead_bytes);
        EXPECT_FALSE(object.contains(png_bytes().substr(4, 8)));
        EXPECT_EQ(client.get(path(id) + "/file").body, png_bytes());
        EXPECT_EQ(client.get(path(id)).member("sealed"), "true");
        EXPECT_EQ(client.get(path(id)).member("encryption_key_id"),
                  sql("SELECT id FROM encryption_keys"));
    }
    const std::string text = write(
        client, body(exercise, "text_entry", R"("content_text":"x","sensitivity_level":"crisis")"));
    EXPECT_EQ(sql("SELECT content_text IS NULL AND content_encrypted IS NOT NULL FROM "
                  "exercise_artifacts WHERE id = '" +
                  text + "'"),
              "t");
}

TEST_F(Artifacts, AnObjectThatWasChangedOrSwappedIsNotGivenOut) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string first = write(client, body(exercise, "canvas_drawing", R"("sealed":true)"));
    const std::string second = write(client, body(exercise, "canvas_drawing", R"("sealed":true)"));
    const std::string clear = write(client, body(exercise, "canvas_drawing"));
    for (const std::string& id : {first, second, clear}) {
        ASSERT_EQ(put_file(client, id, png_bytes()).status, 201);
    }
    std::filesystem::copy_file(object_of(second), object_of(first),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(client.get(path(first) + "/file").status, 500);
    EXPECT_EQ(client.get(path(second) + "/file").status, 200);
    std::ofstream(object_of(clear), std::ios::app) << "more";
    EXPECT_EQ(client.get(path(clear) + "/file").status, 500);
}

TEST_F(Artifacts, MotionNeedsItsConsentIsAlwaysSealedAndMustBeReadable) {
    HttpClient client = server.new_user(true);
    const std::string exercise = new_exercise(client);
    const Reply in_clear = client.put(
        path(new_id()), body(exercise, "vr_volumetric", R"("sensitivity_level":"standard")"));
    EXPECT_EQ(in_clear.status, 422);
    EXPECT_TRUE(in_clear.points_to("/sensitivity_level")) << in_clear.body;
    const std::string id = write(client, body(exercise, "vr_volumetric"));
    EXPECT_EQ(client.get(path(id)).member("sensitivity_level"), "high");
    const std::string trace = trace_bytes(100);
    std::string damaged = trace;
    damaged[trace.size() / 2] = static_cast<char>(damaged[trace.size() / 2] ^ 1);
    EXPECT_EQ(put_file(client, id, damaged).status, 422);
    EXPECT_EQ(objects(), 0U);
    ASSERT_EQ(put_file(client, id, trace).status, 201);
    EXPECT_EQ(client.get(path(id)).member("mime_type"), "application/vnd.haven.pose-trace");
    EXPECT_EQ(client.get(path(id) + "/file").body, trace);
    EXPECT_EQ(read_text(object_of(id)).size(), trace.size() + seal::overhead_bytes);

    HttpClient refuser = server.new_user(false);
    EXPECT_EQ(refuser.put(path(new_id()), body(new_exercise(refuser), "vr_volumetric")).status,
              403);
}

TEST_F(Artifacts, AFileIsWhatItsFirstBytesSay) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    struct Case {
        const char* type;
        std::string bytes;
        const char* mime; ///< empty: refused
    };
    const std::vector<Case> cases{
        {"audio_recording", "OggS\0\2"s, "audio/ogg"},
        {"audio_recording", "ID3\4\0"s, "audio/mpeg"},
        {"audio_recording", "\xFF\xFB\x90\x64"s, "audio/mpeg"},
        {"canvas_drawing", png_bytes(), "image/png"},
        {"audio_recording", png_bytes(), ""},
        {"canvas_drawing", ogg_bytes(), ""},
        {"vr_volumetric", ogg_bytes(), ""},
        {"canvas_drawing", "<svg onload='alert(1)'/>"s, ""},
        {"audio_recording", "MZ\x90\0"s, ""},
        {"audio_recording", "RIFF"s, ""},
        {"audio_recording", "\xFF\xFF"s, ""},
        {"canvas_drawing", ""s, ""},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(std::format("{} as {}, {} bytes", one.type, one.mime, one.bytes.size()));
        const std::string id = write(client, body(exercise, one.type));
        const Reply reply = put_file(client, id, one.bytes);
        EXPECT_EQ(reply.status, *one.mime == '\0' ? 422 : 201) << reply.body;
        if (*one.mime != '\0') {
            EXPECT_EQ(reply.member("mime_type"), one.mime);
        }
    }
    const std::string id =
        write(client, body(exercise, "audio_recording", R"("mime_type":"audio/wav")"));
    EXPECT_EQ(put_file(client, id, ogg_bytes()).status, 422) << "not what it was said to be";
}

TEST_F(Artifacts, AFileThatIsTooLargeForItsTypeIsRefused) {
    ServerConfig config = TestServer::fresh_config(directory);
    config.body_bytes_max = 24U << 20U;
    TestServer roomy({}, config);
    HttpClient client = roomy.new_user();
    const std::string exercise = new_exercise(client);
    const std::string picture = write(client, body(exercise, "canvas_drawing"));
    const std::string sound = write(client, body(exercise, "audio_recording"));
    EXPECT_EQ(put_file(client, picture, png_bytes((8U << 20U) + 1)).status, 413);
    EXPECT_EQ(put_file(client, sound, ogg_bytes((8U << 20U) + 1)).status, 201);
    EXPECT_EQ(put_file(client, sound, ogg_bytes(24U << 20U)).status, 413);
}

TEST_F(Artifacts, EachMistakeIsNamed) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const auto refused = [&](const std::string& one, const std::string& pointer) {
        const Reply reply = client.put(path(new_id()), one);
        EXPECT_EQ(reply.status, 422) << one << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << one << reply.body;
    };
    refused(R"({"artifact_type":"text_entry","content_text":"x"})", "/exercise_id");
    refused(body(exercise, "sculpture"), "/artifact_type");
    refused(body(exercise, "text_entry"), "/content_text");
    refused(body(exercise, "text_entry", R"("content_text":"")"), "/content_text");
    refused(body(exercise, "canvas_drawing", R"("content_text":"x")"), "/content_text");
    refused(body(exercise, "text_entry", R"("content_text":"x","word_count":1)"), "/word_count");
    refused(body(exercise, "audio_recording", R"("sealed":true,"word_count":1)"), "/word_count");
    refused(body(exercise, "text_entry", R"("content_text":"x","mime_type":"image/png")"),
            "/mime_type");
    refused(body(exercise, "audio_recording", R"("mime_type":"text/html")"), "/mime_type");
    refused(body(exercise, "text_entry",
                 R"("content_text":"x","sensitivity_level":"high","sealed":false)"),
            "/sealed");
    refused(body(exercise, "text_entry", R"("content_text":"x","sensitivity_level":"secret")"),
            "/sensitivity_level");
    refused(body(exercise, "text_entry", R"("content_text":"x","colour":"red")"), "/colour");
    refused(body(new_id(), "text_entry", R"("content_text":"x")"), "/exercise_id");
    refused(
        body(exercise, "canvas_drawing", std::format(R"("bilateral_drawing_id":"{}")", new_id())),
        "/bilateral_drawing_id");
    const std::string text = write(client, body(exercise, "text_entry", R"("content_text":"x")"));
    EXPECT_EQ(put_file(client, text, ogg_bytes()).status, 409) << "a text entry has no file";
    EXPECT_EQ(put_file(client, new_id(), ogg_bytes()).status, 404);
    EXPECT_EQ(client.get(path(text) + "?colour=red").status, 400);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "1");
}

TEST_F(Artifacts, ARefusedPutMayBeTriedAgainUnderItsId) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string id = new_id();
    EXPECT_EQ(client.put(path(id), body(new_id(), "text_entry", R"("content_text":"x")")).status,
              422);
    EXPECT_EQ(client.put(path(id), body(exercise, "text_entry", R"("content_text":"x")")).status,
              201);
}

TEST_F(Artifacts, ADrawingsPictureBelongsToItsDrawing) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string id =
        write(client, body(ids.exercise, "canvas_drawing",
                           std::format(R"("bilateral_drawing_id":"{}")", ids.drawing)));
    EXPECT_EQ(client.get(path(id)).member("bilateral_drawing_id"), ids.drawing);
    const std::string other = new_exercise(client);
    EXPECT_EQ(
        client
            .put(path(new_id()), body(other, "canvas_drawing",
                                      std::format(R"("bilateral_drawing_id":"{}")", ids.drawing)))
            .status,
        422);
}

TEST_F(Artifacts, WhatIsDeletedIsGoneWithItsObjectAndItsWords) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string text =
        write(client, body(exercise, "text_entry", R"("content_text":"one two")"));
    write(client, body(exercise, "text_entry", R"("content_text":"three")"));
    const std::string sound = write(client, body(exercise, "audio_recording"));
    ASSERT_EQ(put_file(client, sound, ogg_bytes()).status, 201);
    EXPECT_EQ(client.get("/v1/exercises/" + exercise).member("word_count"), "3");
    EXPECT_EQ(client.remove(path(text)).status, 204);
    EXPECT_EQ(client.remove(path(sound)).status, 204);
    EXPECT_EQ(client.get(path(text)).status, 404);
    EXPECT_EQ(client.get(path(sound) + "/file").status, 404);
    EXPECT_EQ(client.remove(path(sound)).status, 404);
    EXPECT_EQ(client.get("/v1/exercises/" + exercise).member("word_count"), "1");
    EXPECT_EQ(objects(), 0U);
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
    EXPECT_EQ(
        client.put(path(text), body(exercise, "text_entry", R"("content_text":"one two")")).status,
        410)
        << "it stays deleted";
}

TEST_F(Artifacts, WhatGoesWithItsPersonTakesKeysAndObjectsAlong) {
    std::size_t before = 0;
    {
        HttpClient client = server.new_user();
        const std::string id = write(client, body(new_exercise(client), "audio_recording",
                                                  R"("sensitivity_level":"crisis")"));
        ASSERT_EQ(put_file(client, id, ogg_bytes()).status, 201);
        before = objects();
        (void)sql("WITH gone AS (DELETE FROM users RETURNING 1) SELECT * FROM gone");
    }
    EXPECT_EQ(before, 1U);
    EXPECT_EQ(sql("SELECT count(*) FROM encryption_keys"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects WHERE condemned_at IS NOT NULL"), "1");
    server.request_stop();
    server.join();
    // The next start sweeps.
    const TestServer next({}, server.config());
    EXPECT_TRUE(await(std::chrono::seconds(10), [&] { return objects() == 0; }));
    EXPECT_TRUE(await(std::chrono::seconds(10),
                      [&] { return sql("SELECT count(*) FROM loose_objects") == "0"; }));
}

TEST_F(Artifacts, WhatACrashLeftBetweenObjectAndRowIsSweptAndWhatIsBeingWrittenIsNot) {
    const auto leave = [&](const std::string& name, const std::string& age) {
        const std::string key = "artifacts/someone/" + name;
        std::filesystem::create_directories(server.config().objects_dir / "artifacts" / "someone");
        std::ofstream(server.config().objects_dir / key) << "left";
        (void)sql(
            std::format("WITH noted AS (INSERT INTO loose_objects (object_key, noted_at) "
                        "VALUES ('{}', now() - interval '{}') RETURNING 1) SELECT * FROM noted",
                        key, age));
    };
    leave("old", "2 hours");
    leave("young", "1 minute");
    server.request_stop();
    server.join();
    const TestServer next({}, server.config());
    EXPECT_TRUE(await(std::chrono::seconds(10), [&] { return objects() == 1; }));
    EXPECT_TRUE(std::filesystem::exists(server.config().objects_dir / "artifacts/someone/young"));
    const std::string first = "SELECT min(object_key) FROM loose_objects";
    EXPECT_TRUE(await(std::chrono::seconds(10), [&] { return sql(first).ends_with("young"); }));
}

TEST_F(Artifacts, AListHasEverythingButTheContent) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    std::vector<std::string> ids;
    ids.reserve(5);
    for (int i = 0; i < 5; ++i) {
        ids.push_back(write(client, body(exercise, "text_entry",
                                         R"("content_text":"secret words","sealed":true)")));
    }
    const std::string list = "/v1/exercises/" + exercise + "/artifacts";
    const Reply all = client.get(list);
    EXPECT_EQ(all.status, 200) << all.body;
    for (const std::string& id : ids) {
        EXPECT_TRUE(all.body.contains(id));
    }
    EXPECT_FALSE(all.body.contains("secret"));
    EXPECT_FALSE(all.body.contains("content"));
    const Reply page = client.get(list + "?limit=2");
    EXPECT_TRUE(page.body.contains(ids[1]));
    EXPECT_FALSE(page.body.contains(ids[2]));
    const Reply rest = client.get(list + "?limit=3&cursor=" + page.member("next_cursor"));
    EXPECT_TRUE(rest.body.contains(ids[2]));
    EXPECT_TRUE(rest.body.contains(ids[4]));
    EXPECT_FALSE(rest.body.contains("next_cursor"));
    EXPECT_EQ(client.get("/v1/exercises/" + new_id() + "/artifacts").status, 404);
}

TEST_F(Artifacts, NobodyElseReadsWritesOrDeletesThem) {
    HttpClient owner = server.new_user();
    const std::string exercise = new_exercise(owner);
    const std::string text =
        write(owner, body(exercise, "text_entry", R"("content_text":"x","sealed":true)"));
    const std::string sound = write(owner, body(exercise, "audio_recording"));
    ASSERT_EQ(put_file(owner, sound, ogg_bytes()).status, 201);
    HttpClient other = server.new_user();
    EXPECT_EQ(other.get(path(text)).status, 404);
    EXPECT_EQ(other.get(path(text)).body_without_request_id(),
              other.get(path(new_id())).body_without_request_id());
    EXPECT_EQ(other.get(path(sound) + "/file").status, 404);
    EXPECT_EQ(other.remove(path(text)).status, 404);
    EXPECT_EQ(put_file(other, sound, ogg_bytes()).status, 404);
    EXPECT_EQ(other.get("/v1/exercises/" + exercise + "/artifacts").status, 404);
    EXPECT_EQ(
        other.put(path(text), body(new_exercise(other), "text_entry", R"("content_text":"x")"))
            .status,
        404);
    EXPECT_EQ(
        other.put(path(new_id()), body(exercise, "text_entry", R"("content_text":"x")")).status,
        422);
    HttpClient service = server.new_service("agents");
    EXPECT_EQ(service.get(path(text)).status, 403);
    EXPECT_EQ(service.get("/v1/exercises/" + exercise + "/artifacts").status, 403);
    HttpClient reviewer = server.new_clinician("reviewer");
    EXPECT_EQ(reviewer.get(path(text)).status, 403);
    EXPECT_EQ(reviewer.get("/v1/exercises/" + exercise + "/artifacts").status, 404);
    HttpClient supervisor = server.new_clinician("supervisor");
    const Reply seen = supervisor.get("/v1/exercises/" + exercise + "/artifacts");
    EXPECT_EQ(seen.status, 200);
    EXPECT_TRUE(seen.body.contains(text));
    HttpClient nobody = server.client();
    EXPECT_EQ(nobody.get(path(text)).status, 401);
    EXPECT_EQ(owner.get(path(text)).member("content_text"), "x");
}

TEST_F(Artifacts, WithoutConsentToProcessingNothingIsKept) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string sound = write(client, body(exercise, "audio_recording"));
    (void)sql("WITH withdrawn AS (UPDATE consent_records SET withdrawn_at = now() WHERE "
              "consent_type = 'data_processing' RETURNING 1) SELECT * FROM withdrawn");
    EXPECT_EQ(
        client.put(path(new_id()), body(exercise, "text_entry", R"("content_text":"x")")).status,
        403);
    EXPECT_EQ(put_file(client, sound, ogg_bytes()).status, 403);
    EXPECT_EQ(objects(), 0U);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "1");
}

TEST_F(Artifacts, EachAccessLeavesItsEventOrItsAuditRow) {
    HttpClient client = server.new_user();
    const std::string exercise = new_exercise(client);
    const std::string id = write(client, body(exercise, "audio_recording"));
    ASSERT_EQ(put_file(client, id, ogg_bytes()).status, 201);
    EXPECT_EQ(client.get(path(id) + "/file").status, 200);
    EXPECT_EQ(client.remove(path(id)).status, 204);
    EXPECT_EQ(sql("SELECT string_agg(action || ' ' || response_status, ', ' ORDER BY id) FROM "
                  "audit_logs WHERE resource_id = '" +
                  id + "' AND is_phi_access AND user_id IS NOT NULL"),
              "artifact_create 201, artifact_file_write 201, artifact_file_read 200, "
              "artifact_delete 204");
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'action', ', ' ORDER BY id) FROM "
                  "session_events WHERE event_data ->> 'artifact_id' = '" +
                  id + "'"),
              "artifact_create, artifact_file, artifact_delete");
}

} // namespace
} // namespace haven::test
