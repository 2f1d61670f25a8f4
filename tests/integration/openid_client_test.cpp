// The OAuth endpoints, asked by a client that others have written (tests/api/openid_client.mjs).
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace haven::test {
namespace {

TEST(OpenidClient, LinksRefreshesAndRevokes) {
    const TestServer server({}, {}, Company::none);
    const TempDirectory directory;
    const auto stem = directory.path() / "run";
    const auto ended = run({.argv = {HAVEN_SOURCE_DIR "/tests/api/openid_client.sh", server.url(),
                                     server.new_user().token},
                            .environment = {},
                            .without_environment = {},
                            .output_stem = stem},
                           std::chrono::seconds{120});
    const std::string said = read_text(stem.string() + ".out") + read_text(stem.string() + ".err");
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(*ended, Ended{.exit_status = 0}) << said;
}

} // namespace
} // namespace haven::test
