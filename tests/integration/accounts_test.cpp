// A person's account: what they say of themselves, their password, and what suspending and closing
// it ends.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/password_work.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <tuple>
#include <vector>

namespace haven::test {
namespace {

constexpr const char* password = "quiet-harbour-lamp"; // of every account of the fixture

class Accounts : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static Reply close(HttpClient& user) { return user.send("DELETE", "/v1/users/me", "", {}); }
    /// A second token of the same account.
    HttpClient log_in_again(HttpClient& user, const std::string& with = password) const {
        HttpClient again = server.client();
        again.token = again
                          .post("/v1/auth/tokens",
                                std::format(R"({{"email":"{}","password":"{}"}})",
                                            user.get("/v1/users/me").member("email"), with))
                          .member("access_token");
        return again;
    }

    TestServer server;
};

TEST_F(Accounts, TheProfileIsReadChangedInPartAndTakenAway) {
    HttpClient user = server.new_user();
    const Reply fresh = user.get("/v1/users/me");
    ASSERT_EQ(fresh.status, 200) << fresh.body;
    EXPECT_EQ(fresh.member("full_name"), "Ada");
    EXPECT_EQ(fresh.member("status"), "active");
    EXPECT_EQ(fresh.member("consent_data_processing"), "true");
    EXPECT_EQ(fresh.member("last_login_at").size(), sizeof "2026-11-22T10:00:00.000000Z" - 1);
    EXPECT_EQ(fresh.body.find("password"), std::string::npos);
    const Reply changed =
        user.patch("/v1/users/me", R"({"date_of_birth":"1980-05-17","location_country":"Austria",)"
                                   R"("preferred_language":"de-AT","time_zone":"Europe/Vienna"})");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.body, user.get("/v1/users/me").body);
    EXPECT_EQ(changed.member("full_name"), "Ada");
    EXPECT_EQ(sql("SELECT concat_ws(' ', full_name, date_of_birth, location_country, "
                  "preferred_language, time_zone) FROM users"),
              "Ada 1980-05-17 Austria de-AT Europe/Vienna");
    EXPECT_EQ(user.patch("/v1/users/me", R"({"full_name":null,"date_of_birth":null})").status, 200);
    EXPECT_EQ(sql("SELECT num_nulls(full_name, date_of_birth) FROM users"), "2");
}

TEST_F(Accounts, AProfileThatCannotBeIsRefusedWhereItIsWrong) {
    HttpClient user = server.new_user();
    struct Wrong {
        const char* body;
        const char* pointer;
    };
    for (const Wrong& wrong :
         {Wrong{R"({"date_of_birth":"2026-02-30"})", "/date_of_birth"},
          Wrong{R"({"date_of_birth":"2999-01-01"})", "/date_of_birth"},
          Wrong{R"({"date_of_birth":"1899-12-31"})", "/date_of_birth"},
          Wrong{R"({"preferred_language":null})", "/preferred_language"},
          Wrong{R"({"preferred_language":"d_e"})", "/preferred_language"},
          Wrong{R"({"time_zone":"Mars/Olympus"})", "/time_zone"},
          Wrong{R"({"full_name":""})", "/full_name"}, Wrong{R"({"status":"deleted"})", "/status"},
          Wrong{R"({"consent_marketing":true})", "/consent_marketing"},
          Wrong{R"({"email":"other@example.org"})", "/email"}}) {
        const Reply reply = user.patch("/v1/users/me", wrong.body);
        EXPECT_EQ(reply.status, 422) << wrong.body << reply.body;
        EXPECT_TRUE(reply.points_to(wrong.pointer)) << reply.body;
    }
}

TEST_F(Accounts, ANewPasswordNeedsTheOldOneAndEndsTheOtherTokens) {
    HttpClient user = server.new_user();
    HttpClient other = log_in_again(user);
    ASSERT_EQ(other.get("/v1/users/me").status, 200);
    const auto change = [&](const std::string& from, const std::string& to) {
        return user.put(
            "/v1/users/me/password",
            std::format(R"({{"current_password":"{}","new_password":"{}"}})", from, to));
    };
    const Reply guessed = change("not-this-one", "morning-tide-ladder");
    EXPECT_EQ(guessed.status, 422) << guessed.body;
    EXPECT_TRUE(guessed.points_to("/current_password")) << guessed.body;
    EXPECT_TRUE(change(password, "password").points_to("/new_password"));
    EXPECT_TRUE(change(password, "short").points_to("/new_password"));
    EXPECT_EQ(other.get("/v1/users/me").status, 200) << "nothing has changed yet";
    const Reply changed = change(password, "morning-tide-ladder");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(user.get("/v1/users/me").status, 200);
    EXPECT_EQ(other.get("/v1/users/me").status, 401);
    EXPECT_EQ(log_in_again(user).token, "");
    EXPECT_NE(log_in_again(user, "morning-tide-ladder").token, "");
    EXPECT_EQ(sql("SELECT string_agg(response_status::text, ' ' ORDER BY id) FROM audit_logs "
                  "WHERE action = 'password_change'"),
              "422 422 422 200");
}

TEST_F(Accounts, PasswordsAreNotGuessedThroughTheChange) {
    HttpClient user = server.new_user();
    const std::string guess =
        R"({"current_password":"not-this-one","new_password":"morning-tide-ladder"})";
    Reply reply;
    for (int i = 0; i < 12 && reply.status != 429; ++i) {
        reply = user.put("/v1/users/me/password", guess);
    }
    EXPECT_EQ(reply.status, 429);
    EXPECT_TRUE(reply.headers.contains("retry-after"));
}

TEST_F(Accounts, AnAddressNobodyHasCostsWhatAWrongPasswordDoes) {
    HttpClient user = server.new_user();
    const std::string email = user.get("/v1/users/me").member("email");
    for (const char* as : {"user", "clinician"}) {
        const auto cost_of = [&](const std::string& address) {
            std::ignore = take_password_work();
            EXPECT_EQ(server.client()
                          .post("/v1/auth/tokens",
                                std::format(R"({{"email":"{}","password":"{}","as":"{}"}})",
                                            address, "not-the-password", as))
                          .status,
                      401);
            return take_password_work();
        };
        EXPECT_EQ(cost_of("nobody@example.org"),
                  (std::vector<std::string>{"argon2id$v=19$m=19456,t=2,p=1 of 16 bytes"}));
        EXPECT_EQ(cost_of(email), cost_of("nobody@example.org"));
    }
}

TEST_F(Accounts, ASuspendedAccountIsShutAtOnceAndOpensAgain) {
    HttpClient user = server.new_user();
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string id = user.get("/v1/users/me").member("id");
    const std::string email = user.get("/v1/users/me").member("email");
    const std::string path = "/v1/users/" + id + "/status";
    const Reply suspended = supervisor.put(path, R"({"status":"suspended"})");
    ASSERT_EQ(suspended.status, 200) << suspended.body;
    EXPECT_EQ(suspended.member("status"), "suspended");
    for (const std::string each : {"/v1/users/me", "/v1/sessions", "/v1/consents/current"}) {
        EXPECT_EQ(user.get(each).status, 401) << each;
    }
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 401);
    EXPECT_EQ(server.client().post("/v1/auth/tokens", credentials_body(email)).status, 401);
    EXPECT_EQ(supervisor.get("/v1/users/" + id).member("status"), "suspended");
    EXPECT_EQ(supervisor.put(path, R"({"status":"suspended"})").status, 200) << "the same again";
    EXPECT_EQ(supervisor.put(path, R"({"status":"active"})").status, 200);
    EXPECT_EQ(user.get("/v1/users/me").status, 401) << "what was ended stays so";
    EXPECT_EQ(server.client().post("/v1/auth/tokens", credentials_body(email)).status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'user_status' AND user_id = '" +
                  id + "' AND clinician_id IS NOT NULL AND response_status = 200"),
              "3");
}

TEST_F(Accounts, OnlyASupervisorSuspendsAndOnlyWhatExists) {
    HttpClient user = server.new_user();
    HttpClient senior = server.new_clinician("senior");
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient service = server.new_service("agents");
    const std::string path = "/v1/users/" + user.get("/v1/users/me").member("id") + "/status";
    for (HttpClient* each : {&user, &senior, &service}) {
        EXPECT_EQ(each->put(path, R"({"status":"suspended"})").status, 403);
    }
    EXPECT_EQ(supervisor.put(path, R"({"status":"deleted"})").status, 422);
    EXPECT_EQ(supervisor.put("/v1/users/" + new_id() + "/status", R"({"status":"active"})").status,
              404);
    EXPECT_EQ(user.get("/v1/users/me").status, 200);
}

TEST_F(Accounts, APersonClosesTheirAccountForGood) {
    HttpClient user = server.new_user();
    HttpClient other = log_in_again(user);
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string id = user.get("/v1/users/me").member("id");
    const std::string email = user.get("/v1/users/me").member("email");
    ASSERT_EQ(close(user).status, 204);
    EXPECT_EQ(user.get("/v1/users/me").status, 401);
    EXPECT_EQ(other.get("/v1/users/me").status, 401);
    EXPECT_EQ(close(user).status, 401);
    EXPECT_EQ(server.client().post("/v1/auth/tokens", credentials_body(email)).status, 401);
    EXPECT_EQ(sql("SELECT concat_ws(' ', status, consent_data_processing) FROM users"),
              "deleted f");
    EXPECT_EQ(sql("SELECT count(*) FROM consent_records WHERE consent_given AND withdrawn_at IS "
                  "NULL"),
              "0");
    EXPECT_EQ(supervisor.put("/v1/users/" + id + "/status", R"({"status":"active"})").status, 409);
    EXPECT_EQ(user.get("/v1/users/me").status, 401);
}

TEST_F(Accounts, ACliniciansSeesTheAccountsOfThoseTheyCareFor) {
    HttpClient user = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    const std::string path = "/v1/users/" + user.get("/v1/users/me").member("id");
    const Reply unknown = reviewer.get("/v1/users/" + new_id());
    const Reply foreign = reviewer.get(path);
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body_without_request_id(), unknown.body_without_request_id());
    sql("INSERT INTO clinician_assignments (clinician_id, user_id) "
        "SELECT clinicians.id, users.id FROM clinicians, users RETURNING 1");
    EXPECT_EQ(reviewer.get(path).status, 200);
    sql("UPDATE clinician_assignments SET ended_at = now() RETURNING 1");
    EXPECT_EQ(reviewer.get(path).status, 404);
    EXPECT_EQ(user.get(path).status, 403);
}

} // namespace
} // namespace haven::test
