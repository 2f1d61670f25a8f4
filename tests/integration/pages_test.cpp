// The server's own pages in a real browser (tests/pages/pages.mjs).
#include "server/config.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <fstream>
#include <string>

namespace haven::test {
namespace {

TEST(PagesInABrowser, ArePassedThroughByKeyboardAndAnotherOriginGetsNothingDone) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.jobs_enabled = true;
    config.mail_dir = directory.path() / "letters";
    const TestServer server({}, config, Company::none);
    HttpClient person = server.new_user();
    const std::string email = person.get("/v1/users/me").member("email");
    const SecondFactor factor = enrol(server, person);
    const Mailbox mailbox(config.mail_dir);
    HttpClient stranger = server.client();
    ASSERT_EQ(stranger.post("/v1/users", registration_body("new@example.org")).status, 202);
    const std::string verification = mailbox.code_to("new@example.org");
    ASSERT_EQ(stranger.post("/v1/users", registration_body("other@example.org")).status, 202);
    (void)mailbox.code_to("other@example.org"); // or its letter has nothing to say any more
    server.confirm("other@example.org");
    ASSERT_EQ(stranger.post("/v1/auth/password-resets", R"({"email":"other@example.org"})").status,
              202);
    const std::string reset = mailbox.code_to("other@example.org", 2);
    ASSERT_EQ(stranger
                  .post("/v1/auth/factor-resets",
                        std::format(R"({{"email":"{}","password":"quiet-harbour-lamp"}})", email))
                  .status,
              202);
    std::string keep;
    ASSERT_TRUE(await(std::chrono::seconds(60), [&] {
        for (const Mail& mail : mailbox.to(email)) {
            keep =
                mail.headers.at("subject") == "Your second factor is to end" ? mail.code() : keep;
        }
        return !keep.empty();
    }));
    const auto facts = directory.path() / "facts.json";
    std::ofstream(facts) << std::format(
        R"({{"email":"{}","password":"quiet-harbour-lamp","totp_secret":"{}","devices":1,)"
        R"("verification_token":"{}","new_password_typed":"quiet-harbour-lamp",)"
        R"("reset_token":"{}","keep_token":"{}","new_email":"other@example.org"}})",
        email, factor.secret, verification, reset, keep);
    const auto stem = directory.path() / "run";
    const auto ended = run(
        {.argv = {"node", HAVEN_SOURCE_DIR "/tests/pages/pages.mjs", server.url(), facts.string()},
         .environment = {},
         .without_environment = {},
         .output_stem = stem},
        std::chrono::seconds{300});
    const std::string said = read_text(stem.string() + ".out") + read_text(stem.string() + ".err");
    ASSERT_TRUE(ended) << ended.error();
    EXPECT_EQ(*ended, Ended{.exit_status = 0}) << said;
    EXPECT_EQ(sql_text(server.config().database_url,
                       "SELECT count(*) FROM second_factors WHERE confirmed_at IS NULL"),
              "0")
        << "what the other origin's form asked for";
    EXPECT_EQ(sql_text(server.config().database_url,
                       "SELECT count(*) FROM users WHERE email = 'new@example.org'"),
              "1");
}

} // namespace
} // namespace haven::test
