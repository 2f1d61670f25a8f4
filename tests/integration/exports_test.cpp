// A drawing that is taken along: as a mesh, made when somebody asks.
#include "server/canvas/model.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/server/export_ink.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <format>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

namespace fs = std::filesystem;

std::string export_path(const std::string& drawing, std::string_view name) {
    return std::format("/v1/bilateral-drawings/{}/{}", drawing, name);
}

std::string said_by(const fs::path& stem) {
    return read_text(stem.string() + ".out") + read_text(stem.string() + ".err");
}

TEST(Exports, TheModelIsAFileThatKhronosValidatorHasNothingAgainst) {
    const TestServer server;
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const Reply reply = client.get(export_path(ids.drawing, "model.glb"));
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.headers.at("content-type"), "model/gltf-binary");
    const TempDirectory directory;
    std::vector<std::string> command{HAVEN_SOURCE_DIR "/tests/api/gltf_validator.sh"};
    const auto add = [&](const char* name, const std::string& bytes) {
        command.push_back(directory.path() / name);
        std::ofstream(command.back(), std::ios::binary) << bytes;
    };
    add("drawing.glb", reply.body);
    add("empty.glb", canvas::model_of({}, {}).glb);
    add("odd.glb", canvas::model_of(odd_ink(), odd_ink()).glb);
    add("much.glb", canvas::model_of(much_ink(8, 62'500), much_ink(8, 62'500)).glb);
    const auto stem = directory.path() / "run";
    const auto ended =
        run({.argv = command, .environment = {}, .without_environment = {}, .output_stem = stem},
            std::chrono::seconds{300});
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(*ended, Ended{.exit_status = 0}) << said_by(stem);
}

class ExportsOf : public ::testing::TestWithParam<std::string_view> {
  protected:
    [[nodiscard]] std::string path(const std::string& drawing) const {
        return export_path(drawing, GetParam());
    }
    TestServer server;
    HttpClient client = server.new_user();
};

TEST_P(ExportsOf, WhoHasItIsAnsweredWithoutIt) {
    const Ids ids = write_drawing(client);
    const Reply first = client.get(path(ids.drawing));
    ASSERT_EQ(first.status, 200) << first.body;
    const std::string etag = first.headers.at("etag");
    const Reply again = client.send("GET", path(ids.drawing), "", {"If-None-Match: " + etag});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.headers.at("etag"), etag);
    const Ids other = write_drawing(client);
    EXPECT_EQ(client.send("GET", path(other.drawing), "", {"If-None-Match: " + etag}).status, 200);
    EXPECT_EQ(client.get(path(ids.drawing)).body, first.body);
    EXPECT_EQ(first.headers.at("cache-control"), "no-store");
}

TEST_P(ExportsOf, ItIsItsOwnersAloneAndTheAuditSaysWhoTookIt) {
    const Ids ids = write_drawing(client);
    EXPECT_EQ(server.client().get(path(ids.drawing)).status, 401);
    EXPECT_EQ(server.new_user().get(path(ids.drawing)).status, 404);
    EXPECT_EQ(server.token_for("user_id", client.id, "drawing").get(path(ids.drawing)).status, 403);
    EXPECT_EQ(client.get(path(new_id())).status, 404);
    const Reply reply = client.get(path(ids.drawing));
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(sql_text(server.config().database_url,
                       std::format("SELECT count(*) FROM audit_logs WHERE request_id = '{}' AND "
                                   "user_id = '{}' AND resource_id = '{}'",
                                   reply.headers.at("x-request-id"), client.id, ids.drawing)),
              "1");
}

TEST_P(ExportsOf, OfADrawingThatWasDeletedThereIsNone) {
    const Ids ids = write_drawing(client);
    const std::string etag = client.get(path(ids.drawing)).headers.at("etag");
    ASSERT_EQ(client.send("DELETE", "/v1/bilateral-drawings/" + ids.drawing, "", {}).status, 204);
    const Reply canvas = client.get(export_path(ids.drawing, "canvases/left"));
    EXPECT_EQ(client.send("GET", path(ids.drawing), "", {"If-None-Match: " + etag}).status,
              canvas.status);
    EXPECT_GE(canvas.status, 404);
}

INSTANTIATE_TEST_SUITE_P(Forms, ExportsOf, ::testing::Values("model.glb"), [](const auto& one) {
    return std::string(one.param.substr(0, one.param.find('.')));
});

} // namespace
} // namespace haven::test
