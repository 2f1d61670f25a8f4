// A drawing that is taken along: as a mesh, as curves, its motion as a table, made when somebody
// asks.
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "server/canvas/canvas.hpp"
#include "server/canvas/model.hpp"
#include "server/canvas/view.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/server/export_ink.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

/// The rows of a picture, red, green and blue.
std::vector<std::uint8_t> pixels_of(const std::string& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_NE(png_image_begin_read_from_file(&image, file.c_str()), 0) << image.message;
    EXPECT_EQ(image.width, static_cast<unsigned>(canvas::size_px));
    EXPECT_EQ(image.height, static_cast<unsigned>(canvas::size_px));
    image.format = PNG_FORMAT_RGB;
    std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
    EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
    return pixels;
}

/// Curves of changing width, corners, a dot, and one hand's ink behind the other's.
std::pair<std::vector<Stroke>, std::vector<Stroke>> drawn_for_a_view() {
    Stroke spiral = ink_stroke({});
    for (int i = 0; i < 900; ++i) {
        const float turn = static_cast<float>(i) * 0.03F;
        const float radius_m = 0.03F + (0.0065F * turn);
        spiral.points.push_back({.time_ns = i * 11'111'111LL,
                                 .position_m = {(radius_m * std::cos(turn)) - 0.1F,
                                                1.3F + (radius_m * std::sin(turn)), -0.5F},
                                 .pressure = 0.55F + (0.45F * std::sin(turn * 0.5F))});
    }
    Stroke corners = ink_stroke({{0.0F, 1.1F, -0.4F},
                                 {0.3F, 1.1F, -0.4F},
                                 {0.3F, 1.4F, -0.4F},
                                 {0.0F, 1.4F, -0.4F},
                                 {0.29F, 1.12F, -0.4F}},
                                Hand::right);
    corners.brush = {.colour_linear = {0.55F, 0.12F, 0.05F}, .width_m = 0.012F};
    for (std::size_t i = 0; i < corners.points.size(); ++i) {
        corners.points[i].time_ns = static_cast<std::int64_t>(i) * 1'000'000'000;
    }
    return {{spiral, ink_stroke({{-0.3F, 1.05F, -0.5F}})}, {corners}};
}

TEST(Exports, ABrowserShowsTheViewAsTheCanvasIs) {
    const auto [left, right] = drawn_for_a_view();
    const auto canvas = canvas::render(left, right, canvas::Sheet::combined);
    ASSERT_TRUE(canvas);
    const TempDirectory directory;
    const fs::path svg = directory.path() / "view.svg";
    std::ofstream(svg, std::ios::binary) << canvas::view_of(left, right);
    const fs::path sheet = directory.path() / "canvas.png";
    std::ofstream(sheet, std::ios::binary)
        .write(reinterpret_cast<const char*>(canvas->png.data()),
               static_cast<std::streamsize>(canvas->png.size()));
    const fs::path shown = directory.path() / "shown.png";
    const std::string size = std::to_string(canvas::size_px);
    const auto stem = directory.path() / "run";
    const auto ended = run({.argv = {"node", HAVEN_SOURCE_DIR "/tests/pages/picture.mjs",
                                     svg.string(), size, size, shown.string()},
                            .environment = {},
                            .without_environment = {},
                            .output_stem = stem},
                           std::chrono::seconds{300});
    ASSERT_TRUE(ended) << ended.error();
    ASSERT_EQ(*ended, Ended{.exit_status = 0}) << said_by(stem);
    EXPECT_NE(said_by(stem).find("A drawing made with both hands"), std::string::npos);
    const std::vector<std::uint8_t> expected = pixels_of(sheet);
    const std::vector<std::uint8_t> seen = pixels_of(shown);
    ASSERT_EQ(expected.size(), seen.size());
    std::size_t ink = 0;
    std::size_t otherwise = 0; // more than another program's smooth edge
    double off = 0.0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const int difference = std::abs(static_cast<int>(seen[i]) - static_cast<int>(expected[i]));
        ink += expected[i] < 150 ? 1 : 0;
        otherwise += difference > 80 ? 1 : 0;
        off += difference;
    }
    EXPECT_GT(ink, 20'000U);
    EXPECT_LE(otherwise, ink / 500);
    EXPECT_LE(off / static_cast<double>(seen.size()), 1.5);
    if (const char* const pictures = std::getenv("HAVEN_PAGES_PICTURES")) {
        for (const fs::path& each : {svg, sheet, shown}) {
            fs::copy_file(each, fs::path(pictures) / each.filename(),
                          fs::copy_options::overwrite_existing);
        }
    }
}

/// A drawing and its motion.
Ids drawn_with_motion(HttpClient& client, int samples = 50) {
    Ids ids = write_drawing(client);
    const std::string trace = trace_bytes(samples);
    EXPECT_EQ(put_chunk(client, ids.drawing, 0, trace).status, 200);
    EXPECT_EQ(client.put(export_path(ids.drawing, "trace"), completion_body(trace)).status, 200);
    return ids;
}

TEST(Exports, TheTableHasARowForEachSampleOfTheMotion) {
    const TestServer server;
    HttpClient client = server.new_user();
    constexpr int samples = 30'000;
    const Ids ids = drawn_with_motion(client, samples);
    const Reply reply = client.get(export_path(ids.drawing, "trace.csv"));
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.headers.at("content-type"), "text/csv");
    EXPECT_EQ(reply.headers.at("transfer-encoding"), "chunked") << "whatever its length";
    const std::string trace = trace_bytes(samples);
    const auto decoded = decode_trace(std::as_bytes(std::span(trace)));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::ranges::count(reply.body, '\n'), std::ssize(decoded->samples) + 1);
    EXPECT_TRUE(reply.body.starts_with("time_us,hand,x_m,"));
    EXPECT_TRUE(reply.body.ends_with("\r\n"));
    const Ids without = write_drawing(client);
    EXPECT_EQ(client.get(export_path(without.drawing, "trace.csv")).status, 404);
    EXPECT_EQ(put_chunk(client, without.drawing, 0, trace.substr(0, 200)).status, 200);
    EXPECT_EQ(client.get(export_path(without.drawing, "trace.csv")).status, 404)
        << "it is not whole";
}

/// What the PNG says of its width and height.
std::string size_of(const std::string& png) {
    const auto number = [&png](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            value = (value << 8U) | static_cast<unsigned char>(png.at(at + i));
        }
        return value;
    };
    return std::format("{}x{}", number(16), number(20));
}

TEST(Exports, CanvasesHave2048PixelsAndTheThumbnail256) {
    const TestServer server;
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    for (const char* sheet : {"left", "right", "combined"}) {
        const Reply reply = client.get(export_path(ids.drawing, "canvases/") + sheet);
        ASSERT_EQ(reply.status, 200) << reply.body;
        EXPECT_EQ(size_of(reply.body), "2048x2048");
    }
    const Reply small = client.get(export_path(ids.drawing, "canvases/thumbnail"));
    ASSERT_EQ(small.status, 200) << small.body;
    EXPECT_EQ(size_of(small.body), "256x256");
    EXPECT_LT(small.body.size(), std::size_t{200} << 10U);
    EXPECT_EQ(client.get(export_path(ids.drawing, "canvases/large")).status, 404);
}

TEST(Exports, ASmallerCanvasOfBeforeIsDrawnAnewWhenItIsAskedFor) {
    const TestServer server;
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const std::string path = export_path(ids.drawing, "canvases/combined");
    const std::string now = client.get(path).body;
    const fs::path file =
        server.config().objects_dir /
        sql_text(server.config().database_url, "SELECT combined_minio_key FROM bilateral_drawings");
    const auto before = canvas::thumbnail_of(std::as_bytes(std::span(now)));
    ASSERT_TRUE(before);
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(before->data()),
               static_cast<std::streamsize>(before->size()));
    EXPECT_EQ(client.get(path).body, now);
    EXPECT_EQ(read_text(file), now);
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
    const Ids ids = drawn_with_motion(client);
    const Reply first = client.get(path(ids.drawing));
    ASSERT_EQ(first.status, 200) << first.body;
    const std::string etag = first.headers.at("etag");
    const Reply again = client.send("GET", path(ids.drawing), "", {"If-None-Match: " + etag});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.headers.at("etag"), etag);
    const Ids other = drawn_with_motion(client);
    EXPECT_EQ(client.send("GET", path(other.drawing), "", {"If-None-Match: " + etag}).status, 200);
    EXPECT_EQ(client.get(path(ids.drawing)).body, first.body);
    EXPECT_EQ(first.headers.at("cache-control"), "no-store");
}

TEST_P(ExportsOf, ItIsItsOwnersAloneAndTheAuditSaysWhoTookIt) {
    const Ids ids = drawn_with_motion(client);
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
    const Ids ids = drawn_with_motion(client);
    const std::string etag = client.get(path(ids.drawing)).headers.at("etag");
    ASSERT_EQ(client.send("DELETE", "/v1/bilateral-drawings/" + ids.drawing, "", {}).status, 204);
    const Reply canvas = client.get(export_path(ids.drawing, "canvases/left"));
    EXPECT_EQ(client.send("GET", path(ids.drawing), "", {"If-None-Match: " + etag}).status,
              canvas.status);
    EXPECT_GE(canvas.status, 404);
}

INSTANTIATE_TEST_SUITE_P(Forms, ExportsOf,
                         ::testing::Values("model.glb", "view.svg", "trace.csv", "canvases/left",
                                           "canvases/thumbnail"),
                         [](const auto& one) {
                             std::string name(one.param);
                             std::ranges::replace_if(
                                 name, [](char c) { return c == '.' || c == '/'; }, '_');
                             return name;
                         });

} // namespace
} // namespace haven::test
