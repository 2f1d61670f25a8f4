// The commands of docs/api.md, run as they stand there, answer what stands there.
#include "server/config.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace haven::test {
namespace {

TEST(ApiDocument, CommandsRunAndAnswerAsItSays) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.jobs_enabled = true; // it sends letters
    const TestServer server({}, config);
    const auto stem = directory.path() / "run";
    const auto ended =
        run({.argv = {"python3", HAVEN_SOURCE_DIR "/tests/api/run_api_doc.py",
                      HAVEN_SOURCE_DIR "/docs/api.md"},
             .environment = {{"HAVEN_URL", server.url()},
                             {"HAVEN_SERVER",
                              std::filesystem::absolute(HAVEN_BINARY_DIR "/haven-server")},
                             {"DATABASE_URL", config.database_url},
                             {"HAVEN_MAIL", config.data_dir / "mail"}},
             .without_environment = {},
             .output_stem = stem},
            std::chrono::seconds{240});
    const std::string said = read_text(stem.string() + ".out") + read_text(stem.string() + ".err");
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(*ended, Ended{.exit_status = 0}) << said;
    RecordProperty("said", said);
}

} // namespace
} // namespace haven::test
