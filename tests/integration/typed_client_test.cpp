// A client that is made of the description the server serves (tests/api/typed_client/life.ts).
#include "server/config.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace haven::test {
namespace {

TEST(TypedClient, LivesAWholeLifeByTheTypesOfTheDescription) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.jobs_enabled = true; // it sends letters and webhooks
    config.webhook_allow_network = "127.0.0.1";
    const TestServer server({}, config);
    const auto stem = directory.path() / "run";
    const auto ended = run({.argv = {HAVEN_SOURCE_DIR "/tests/api/typed_client.sh"},
                            .environment = {{"HAVEN_URL", server.url()},
                                            {"HAVEN_SERVER", HAVEN_BINARY_DIR "/haven-server"},
                                            {"DATABASE_URL", config.database_url},
                                            {"HAVEN_MAIL", config.data_dir / "mail"}},
                            .without_environment = {},
                            .output_stem = stem},
                           std::chrono::seconds{600});
    const std::string said = read_text(stem.string() + ".out") + read_text(stem.string() + ".err");
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(*ended, Ended{.exit_status = 0}) << said;
}

} // namespace
} // namespace haven::test
