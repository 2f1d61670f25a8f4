// The pictures: drawn after the answer, when somebody asks, or by the server that comes next.
#include "server/config.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <string>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string canvas_path(const std::string& drawing, const char* sheet) {
    return std::format("/v1/bilateral-drawings/{}/canvases/{}", drawing, sheet);
}

/// The objects of all drawings' canvases, as the rows name them.
std::vector<fs::path> canvas_files(const ServerConfig& config) {
    std::vector<fs::path> files;
    std::string keys =
        sql_text(config.database_url,
                 "SELECT string_agg(concat_ws(E'\\n', canvas_1_minio_key, canvas_2_minio_key, "
                 "combined_minio_key), E'\\n') FROM bilateral_drawings") +
        "\n";
    for (std::size_t end = keys.find('\n'); end != std::string::npos; end = keys.find('\n')) {
        files.push_back(config.objects_dir / keys.substr(0, end));
        keys.erase(0, end + 1);
    }
    return files;
}

bool all_there(const std::vector<fs::path>& files) {
    return std::ranges::all_of(files, [](const fs::path& file) { return fs::exists(file); });
}

TEST(HttpCanvas, NobodyHasToAskForTheCanvasesToBeDrawn) {
    const TestServer server;
    HttpClient client = server.new_user();
    (void)write_drawing(client);
    const auto files = canvas_files(server.config());
    ASSERT_EQ(files.size(), 3U);
    EXPECT_TRUE(await(30s, [&] { return all_there(files); }));
}

TEST(HttpCanvas, WhoAsksBeforeTheyAreDrawnIsAnsweredAndTheAnswerIsStored) {
    const TestServer server;
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const auto files = canvas_files(server.config());
    std::vector<std::string> first;
    for (const char* sheet : {"left", "right", "combined"}) {
        const Reply reply = client.get(canvas_path(ids.drawing, sheet));
        ASSERT_EQ(reply.status, 200) << reply.body;
        EXPECT_TRUE(reply.body.starts_with("\x89PNG"));
        first.push_back(reply.body);
    }
    EXPECT_TRUE(all_there(files));
    fs::remove(files[2]);
    EXPECT_EQ(client.get(canvas_path(ids.drawing, "combined")).body, first[2]);
    EXPECT_EQ(read_text(files[2]), first[2]);
    // Another person's canvas is no more there than before.
    HttpClient other = server.new_user();
    fs::remove(files[0]);
    EXPECT_EQ(other.get(canvas_path(ids.drawing, "left")).status, 404);
    EXPECT_FALSE(fs::exists(files[0]));
}

TEST(HttpCanvas, AServerDrawsWhatAnEarlierOneLeftUndrawn) {
    const TempDirectory directory;
    const ServerConfig config = TestServer::fresh_config(directory);
    {
        const TestServer server({}, config);
        HttpClient client = server.new_user();
        (void)write_drawing(client);
    }
    fs::remove_all(config.objects_dir / "drawings");
    const auto files = canvas_files(config);
    const TestServer next({}, config);
    EXPECT_TRUE(await(30s, [&] { return all_there(files); }));
}

TEST(HttpCanvas, AServerWithManyDrawingsToDrawStopsBetweenTwoSheets) {
    const TempDirectory directory;
    const ServerConfig config = TestServer::fresh_config(directory);
    {
        TestServer server({}, config);
        HttpClient client = server.new_user();
        const Ids ids = write_drawing(client);
        const std::string body = drawing_body(ids.exercise, ids.vr_session, 20, 200);
        for (int i = 0; i < 30; ++i) {
            ASSERT_EQ(client.put("/v1/bilateral-drawings/" + new_id(), body).status, 201);
        }
        server.request_stop();
        server.join();
    }
    const auto files = canvas_files(config);
    EXPECT_EQ(files.size(), 93U);
    EXPECT_FALSE(all_there(files));
}

TEST(HttpCanvas, ACanvasOfADrawingThatIsGoneIsNotDrawn) {
    const TestServer server;
    HttpClient client = server.new_user();
    const Ids ids = write_drawing(client);
    const auto files = canvas_files(server.config());
    (void)sql_text(server.config().database_url,
                   "WITH gone AS (DELETE FROM bilateral_drawings RETURNING 1) SELECT * FROM gone");
    EXPECT_EQ(client.get(canvas_path(ids.drawing, "left")).status, 404);
    HttpClient scraper(std::format("http://127.0.0.1:{}", server.metrics_port()));
    ASSERT_TRUE(await(60s, [&] {
        return scraper.get("/metrics").body.find("haven_canvases_waiting 0") != std::string::npos;
    }));
    EXPECT_TRUE(await(60s, [&] {
        return std::ranges::none_of(files, [](const fs::path& file) { return fs::exists(file); });
    }));
}

} // namespace
} // namespace haven::test
