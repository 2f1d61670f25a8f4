// A log-in and a change of password at once: a token is given for the password that holds.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include "server/store/connection.hpp"

#include <chrono>
#include <format>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace haven::test {
namespace {

using std::chrono_literals::operator""s;

class LogInRace : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }

    /// The status of a log-in whose password was proved, while its row of `table` is held by
    /// somebody who then sets `change`.
    int log_in_during(const std::string& table, const std::string& path, const std::string& email,
                      const std::string& change) {
        auto holder = store::Connection::open(server.config().database_url);
        EXPECT_TRUE(holder);
        EXPECT_TRUE(holder->execute("BEGIN"));
        EXPECT_TRUE(holder->execute(
            std::format("UPDATE {} SET {} WHERE email = '{}'", table, change, email)));
        int status = 0;
        std::thread person([&] {
            HttpClient client = server.client();
            status = client.post(path, credentials_body(email)).status;
        });
        EXPECT_TRUE(await(30s, [&] {
            return sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND wait_event_type = 'Lock'") == "1";
        })) << "the log-in never came to the row";
        EXPECT_TRUE(holder->execute("COMMIT"));
        person.join();
        return status;
    }

    TestServer server;
};

TEST_F(LogInRace, APasswordThatWasChangedMeanwhileGivesNoToken) {
    HttpClient user = server.new_user();
    const std::string email = user.get("/v1/users/me").member("email");
    const std::string tokens = sql("SELECT count(*) FROM access_tokens");
    EXPECT_EQ(log_in_during("users", "/v1/auth/tokens", email, "password_hash = 'another'"), 401);
    EXPECT_EQ(sql("SELECT count(*) FROM access_tokens"), tokens);
    EXPECT_EQ(sql("SELECT password_hash FROM users"), "another");
    EXPECT_EQ(sql("SELECT response_status FROM audit_logs ORDER BY id DESC LIMIT 1"), "401");
}

TEST_F(LogInRace, AnyOtherChangeDoesNotStopIt) {
    HttpClient user = server.new_user();
    const std::string email = user.get("/v1/users/me").member("email");
    EXPECT_EQ(log_in_during("users", "/v1/auth/tokens", email, "full_name = 'Grace'"), 201);
}

} // namespace
} // namespace haven::test
