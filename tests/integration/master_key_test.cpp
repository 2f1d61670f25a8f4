// A server's master key and its database belong together.
#include "server/config.hpp"
#include "server/http/server.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <format>

namespace haven::test {
namespace {

TEST(MasterKey, AServerWithAnotherThanTheDatabasesDoesNotStart) {
    const TempDirectory directory;
    TestServer server;
    {
        HttpClient client = server.new_user();
        const Ids ids = write_drawing(client);
        ASSERT_EQ(client
                      .put("/v1/exercise-artifacts/" + new_id(),
                           std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                       R"("content_text":"x","sealed":true}})",
                                       ids.exercise))
                      .status,
                  201);
    }
    server.request_stop();
    server.join();
    ServerConfig other = server.config();
    other.master_key_file = directory.path() / "another.key";
    const auto started = http::Server::create(other);
    ASSERT_FALSE(started);
    EXPECT_TRUE(started.error().contains("master key")) << started.error();
    EXPECT_TRUE(http::Server::create(server.config()));
}

TEST(MasterKey, TwoServersOnAnEmptyDatabaseAgreeOnOne) {
    const TempDirectory directory;
    const TempDirectory elsewhere;
    const ServerConfig first = TestServer::fresh_config(directory);
    ServerConfig second = TestServer::fresh_config(elsewhere);
    second.database_url = first.database_url;
    const auto begun = http::Server::create(first);
    ASSERT_TRUE(begun) << begun.error();
    const auto refused = http::Server::create(second);
    ASSERT_FALSE(refused) << "nothing is sealed yet, but soon each would seal under its own";
    EXPECT_TRUE(refused.error().contains("master key")) << refused.error();
    second.master_key_file = first.data_dir / "master.key";
    EXPECT_TRUE(http::Server::create(second));
}

} // namespace
} // namespace haven::test
