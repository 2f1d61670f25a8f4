// The way back of who has lost authenticator and recovery codes: a person's by two letters with
// three days between them, a clinician's by another supervisor. Time is moved by changing rows.
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
#include <string>
#include <string_view>

namespace haven::test {
namespace {

constexpr const char* path = "/v1/auth/factor-resets";
constexpr const char* password = "quiet-harbour-lamp"; // of every account of the fixture

class FactorResets : public ::testing::Test {
  protected:
    static ServerConfig that_sends(const TempDirectory& directory) {
        ServerConfig config = TestServer::fresh_config(directory);
        config.jobs_enabled = true;
        config.mail_dir = directory.path() / "letters";
        return config;
    }
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void change(const std::string& text) const { sql_do(server.config().database_url, text); }
    Reply ask(std::string_view with = password) const {
        return server.client().post(
            path, std::format(R"({{"email":"{}","password":"{}"}})", email, with));
    }
    Reply decide(const std::string& code, std::string_view decision) const {
        return server.client().put(
            path, std::format(R"({{"token":"{}","decision":"{}"}})", code, decision));
    }
    Reply log_in(const std::string& code = "") const {
        const std::string member = code.empty() ? "" : std::format(R"(,"code":"{}")", code);
        return server.client().post(
            "/v1/auth/tokens",
            std::format(R"({{"email":"{}","password":"{}"{}}})", email, password, member));
    }
    void three_days_pass() const {
        change("UPDATE letters SET next_attempt_at = now() WHERE kind = 'factor_reset'");
    }
    /// The code of the letter with this subject, once it is there.
    std::string code_of(std::string_view subject) const {
        std::string code;
        EXPECT_TRUE(await(std::chrono::seconds(60), [&] {
            for (const Mail& mail : mailbox.to(email)) {
                code = mail.headers.at("subject") == subject ? mail.code() : code;
            }
            return !code.empty();
        })) << subject;
        return code;
    }
    std::string first_code() const { return code_of("Your second factor is to end"); }
    std::string later_code() const { return code_of("Take your second factor off"); }
    static void expect_no_code(const Reply& reply) {
        EXPECT_EQ(reply.status, 422) << reply.body;
        EXPECT_TRUE(reply.points_to("/token")) << reply.body;
    }
    void nothing_is_asked() const {
        EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'factor_reset'"), "0");
        EXPECT_EQ(sql("SELECT count(*) FROM one_time_codes WHERE purpose LIKE 'factor%'"), "0");
        EXPECT_EQ(sql("SELECT count(*) FROM second_factors"), "1");
    }

    TempDirectory directory;
    TestServer server{{}, that_sends(directory), Company::none};
    Mailbox mailbox{server.config().mail_dir};
    HttpClient user = server.new_user();
    std::string email = user.get("/v1/users/me").member("email");
    SecondFactor factor = enrol(server, user);
};

TEST_F(FactorResets, ThreeDaysLaterTheFactorEndsAndEveryLogInWithIt) {
    ASSERT_EQ(ask().status, 202);
    const std::string keep = first_code();
    EXPECT_EQ(sql("SELECT next_attempt_at - now() BETWEEN interval '71 hours 59 minutes' AND "
                  "interval '72 hours' FROM letters WHERE kind = 'factor_reset'"),
              "t");
    EXPECT_EQ(ask().status, 202) << "it goes on as it is";
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind LIKE 'factor_reset%'"), "1");
    EXPECT_EQ(log_in().status, 401) << "it ends no sooner";
    expect_no_code(decide(keep, "reset"));
    three_days_pass();
    const std::string code = later_code();
    expect_no_code(decide(code, "keep"));
    EXPECT_EQ(user.get("/v1/users/me").status, 200);
    EXPECT_EQ(decide(code, "reset").status, 204);
    EXPECT_EQ(user.get("/v1/users/me").status, 401);
    EXPECT_EQ(log_in().status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM second_factors"), "0");
    expect_no_code(decide(code, "reset"));
    expect_no_code(decide(keep, "keep"));
    EXPECT_TRUE(await(std::chrono::seconds(60), [&] {
        return mailbox.to(email).back().headers.at("subject") == "Your second factor was removed";
    }));
    EXPECT_EQ(sql("SELECT string_agg(action || ' ' || response_status, ', ' ORDER BY timestamp) "
                  "FROM audit_logs WHERE action LIKE 'factor_reset%' AND user_id = '" +
                  user.id + "'"),
              "factor_reset_ask 202, factor_reset_ask 202, factor_reset 204");
}

TEST_F(FactorResets, WhoDidNotAskKeepsTheirsWithTheFirstLetter) {
    ASSERT_EQ(ask().status, 202);
    const std::string keep = first_code();
    EXPECT_EQ(decide(keep, "keep").status, 204);
    nothing_is_asked();
    expect_no_code(decide(keep, "keep"));
    EXPECT_EQ(user.get("/v1/users/me").status, 200);
    EXPECT_EQ(ask().status, 202) << "it is asked anew, and waits anew";
    EXPECT_EQ(sql("SELECT next_attempt_at > now() + interval '2 days' FROM letters WHERE kind = "
                  "'factor_reset'"),
              "t");
}

TEST_F(FactorResets, WhoHasTheFactorEndsWhatIsAsked) {
    ASSERT_EQ(ask().status, 202);
    const std::string keep = first_code();
    EXPECT_EQ(log_in().status, 401);
    EXPECT_EQ(log_in("aaaaa-aaaaa").status, 401);
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'factor_reset'"), "1");
    EXPECT_EQ(log_in(factor.recovery_codes[0]).status, 201);
    nothing_is_asked();
    expect_no_code(decide(keep, "keep"));
    ASSERT_EQ(ask().status, 202);
    three_days_pass();
    const std::string code = later_code();
    const Reply with = log_in(factor.recovery_codes[1]);
    ASSERT_EQ(with.status, 201) << "also when the later letter has come";
    expect_no_code(decide(code, "reset"));
    ASSERT_EQ(ask().status, 202);
    user.token = with.member("access_token");
    (void)enrol(server, user);
    nothing_is_asked();
}

TEST_F(FactorResets, AnotherPasswordEndsWhatIsAsked) {
    ASSERT_EQ(ask().status, 202);
    EXPECT_EQ(
        user.put("/v1/users/me/password",
                 R"({"current_password":"quiet-harbour-lamp","new_password":"calm-river-stone"})")
            .status,
        200);
    nothing_is_asked();
}

TEST_F(FactorResets, IsForWhoKnowsThePasswordAndHasAFactor) {
    const Reply wrong = ask("not-the-password");
    EXPECT_EQ(wrong.status, 401);
    const std::string mine = email;
    email = "nobody@example.org";
    const Reply nobody = ask();
    EXPECT_EQ(nobody.status, 401);
    EXPECT_EQ(nobody.body_without_request_id(), wrong.body_without_request_id());
    HttpClient other = server.new_user();
    email = other.get("/v1/users/me").member("email");
    EXPECT_EQ(ask().status, 409);
    email = mine;
    change("DELETE FROM attempts");
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(ask("not-the-password").status, 401);
    }
    EXPECT_EQ(ask().status, 429) << "it is no way round the limits of log-ins";
    EXPECT_EQ(log_in(factor.recovery_codes[0]).status, 429);
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'factor_reset'"), "0");
    expect_no_code(decide("none", "reset"));
    EXPECT_EQ(decide("none", "both").status, 422);
}

TEST_F(FactorResets, ACliniciansIsEndedByAnotherSupervisor) {
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient lee = server.new_clinician("supervisor");
    server.give_password(lee.id, password);
    const std::string address = lee.get("/v1/clinicians/me").member("email");
    const auto log_in_here = [&] {
        return server.client().post(
            "/v1/auth/tokens",
            std::format(R"({{"email":"{}","password":"{}","as":"clinician"}})", address, password));
    };
    lee.token = log_in_here().member("access_token");
    (void)enrol(server, lee);
    ASSERT_EQ(log_in_here().member("type"), "/problems/second-factor-needed");
    const auto end = [](HttpClient& by, const std::string& id) {
        return by.remove("/v1/clinicians/" + id + "/factors").status;
    };
    HttpClient senior = server.new_clinician("senior");
    EXPECT_EQ(end(senior, lee.id), 403);
    EXPECT_EQ(end(lee, lee.id), 409) << "nobody's own";
    EXPECT_EQ(end(supervisor, new_id()), 404);
    EXPECT_EQ(end(supervisor, user.id), 404) << "no person's";
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 200);
    EXPECT_EQ(end(supervisor, lee.id), 204);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 401);
    const Reply bare = log_in_here();
    EXPECT_EQ(bare.member("scope"), "account") << "enough to enrol another";
    lee.token = bare.member("access_token");
    EXPECT_EQ(lee.get("/v1/clinicians").status, 403);
    EXPECT_EQ(enrol(server, lee).scope, "account care clinic");
    EXPECT_TRUE(await(std::chrono::seconds(60), [&] { return mailbox.to(address).size() >= 3; }))
        << "of their first factor, its end and the next";
    EXPECT_EQ(sql("SELECT string_agg(response_status || ' ' || clinician_id, ', ' ORDER BY "
                  "timestamp) FROM audit_logs WHERE action = 'clinician_factors_end' AND "
                  "response_status < 300 AND resource_id = '" +
                  lee.id + "'"),
              "204 " + supervisor.id);
    EXPECT_EQ(sql("SELECT count(*) FROM second_factors WHERE user_id IS NOT NULL"), "1");
}

} // namespace
} // namespace haven::test
