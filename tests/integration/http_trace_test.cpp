// The motion trace: by offset, proved whole, and only with its own consent.
#include "server/seal/seal.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

class HttpTrace : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }

    TestServer server;
};

TEST_F(HttpTrace, AnUploadGoesOnWhereItWasBrokenOffAndBecomesOneObject) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string path = "/v1/bilateral-drawings/" + ids.drawing + "/trace";
    const std::string trace = trace_bytes(500);
    const std::size_t half = trace.size() / 2;
    EXPECT_EQ(client.get(path).body,
              std::format(R"({{"id":"{}","upload_offset":0,"complete":false}})", ids.drawing));
    const Reply first = put_chunk(client, ids.drawing, 0, trace.substr(0, half));
    ASSERT_EQ(first.status, 200) << first.body;
    // The answer was lost: the same again, and the client asks where to go on.
    EXPECT_EQ(put_chunk(client, ids.drawing, 0, trace.substr(0, half)).status, 200);
    EXPECT_EQ(client.get(path).member("upload_offset"), std::to_string(half));
    ASSERT_EQ(put_chunk(client, ids.drawing, half, trace.substr(half)).status, 200);
    const Reply done = client.put(path, completion_body(trace));
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(client.put(path, completion_body(trace)).status, 200);
    EXPECT_EQ(client.get(path).body,
              std::format(R"({{"id":"{1}","upload_offset":{0},"complete":true,"size_bytes":{0}}})",
                          trace.size(), ids.drawing));
    EXPECT_EQ(sql("SELECT concat_ws(' ', artifact_type, mime_type, file_size_bytes, "
                  "encode(content_sha256, 'hex')) FROM exercise_artifacts WHERE "
                  "bilateral_drawing_id = '" +
                  ids.drawing + "'"),
              std::format("vr_volumetric application/vnd.haven.pose-trace {} {}", trace.size(),
                          sha256_hex(trace)));
    EXPECT_EQ(sql("SELECT count(*) FROM trace_chunks"), "0");
    const std::string key = sql("SELECT minio_object_key FROM exercise_artifacts");
    const std::string object = read_text(server.config().objects_dir / key);
    EXPECT_EQ(object.size(), trace.size() + seal::overhead_bytes);
    EXPECT_FALSE(object.contains(trace.substr(0, 8))) << "sealed where it lies";
    const std::string id = sql("SELECT id FROM exercise_artifacts");
    EXPECT_EQ(client.get("/v1/exercise-artifacts/" + id + "/file").body, trace);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts AS a JOIN encryption_keys AS k "
                  "ON k.id = a.encryption_key_id AND k.user_id = a.user_id WHERE a.sealed"),
              "1");
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE event_data->>'action' = "
                  "'motion_trace_complete'"),
              "1");
}

TEST_F(HttpTrace, AGapOrOtherBytesAreAConflictThatSaysWhereToGoOn) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    ASSERT_EQ(put_chunk(client, ids.drawing, 0, "0123456789").status, 200);
    const Reply gap = put_chunk(client, ids.drawing, 11, "abc");
    EXPECT_EQ(gap.status, 409);
    EXPECT_EQ(gap.member("upload_offset"), "10");
    const Reply other = put_chunk(client, ids.drawing, 0, "012345678X");
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(other.member("upload_offset"), "10");
    EXPECT_EQ(client
                  .put("/v1/bilateral-drawings/" + ids.drawing + "/trace",
                       completion_body("0123456789AB"))
                  .member("upload_offset"),
              "10");
}

TEST_F(HttpTrace, AChunkThatChangedOnItsWayIsNotStored) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string path = "/v1/bilateral-drawings/" + ids.drawing + "/trace/0";
    const std::string type = "Content-Type: application/octet-stream";
    EXPECT_EQ(client.send("PUT", path, "abd", {type, content_digest("abc")}).status, 400);
    EXPECT_EQ(client.send("PUT", path, "abc", {type}).status, 400);
    EXPECT_EQ(client.send("PUT", path, "abc", {type, "Content-Digest: sha-256=:nonsense:"}).status,
              400);
    EXPECT_EQ(client.send("PUT", path, std::string((1U << 20U) + 1, 'x'), {type}).status, 413);
    EXPECT_EQ(sql("SELECT count(*) FROM trace_chunks"), "0");
}

TEST_F(HttpTrace, DamageIsRefusedAndTheUploadBeginsAnew) {
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string path = "/v1/bilateral-drawings/" + ids.drawing + "/trace";
    std::string trace = trace_bytes(200);
    const std::string good = trace;
    trace[trace.size() / 2] = static_cast<char>(trace[trace.size() / 2] ^ 1);
    ASSERT_EQ(put_chunk(client, ids.drawing, 0, trace).status, 200);
    const Reply wrong_digest = client.put(path, completion_body(good));
    EXPECT_EQ(wrong_digest.status, 422);
    EXPECT_TRUE(wrong_digest.points_to("/sha256"));
    ASSERT_EQ(put_chunk(client, ids.drawing, 0, trace).status, 200);
    const Reply damaged = client.put(path, completion_body(trace));
    EXPECT_EQ(damaged.status, 422) << damaged.body;
    EXPECT_EQ(sql("SELECT count(*) FROM trace_chunks"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'motion_trace_complete' AND "
                  "response_status = 422"),
              "2");
    EXPECT_EQ(files_below(server.config().objects_dir / "artifacts"), 0U);
    EXPECT_EQ(sql("SELECT count(*) FROM loose_objects"), "0");
    ASSERT_EQ(put_chunk(client, ids.drawing, 0, good).status, 200);
    EXPECT_EQ(client.put(path, completion_body(good)).status, 200);
}

TEST_F(HttpTrace, WithoutTheConsentOrAfterItsWithdrawalNoMotionIsKept) {
    HttpClient refuser = server.new_user(false);
    const Ids theirs = write_drawing(refuser);
    const Reply refused = put_chunk(refuser, theirs.drawing, 0, "abc");
    EXPECT_EQ(refused.status, 403);
    EXPECT_TRUE(refused.member("type").ends_with("consent-missing")) << refused.body;
    HttpClient withdrawer = server.new_user(true);
    const Ids ids = write_drawing(withdrawer);
    const std::string trace = trace_bytes(50);
    ASSERT_EQ(put_chunk(withdrawer, ids.drawing, 0, trace).status, 200);
    (void)sql(
        "WITH withdrawn AS (UPDATE consent_records SET withdrawn_at = now() WHERE consent_type = "
        "'motion_trace' AND consent_given RETURNING 1) SELECT * FROM withdrawn");
    EXPECT_EQ(put_chunk(withdrawer, ids.drawing, trace.size(), "more").status, 403);
    EXPECT_EQ(
        withdrawer.put("/v1/bilateral-drawings/" + ids.drawing + "/trace", completion_body(trace))
            .status,
        403);
    EXPECT_EQ(sql("SELECT count(*) FROM exercise_artifacts"), "0");
}

} // namespace
} // namespace haven::test
