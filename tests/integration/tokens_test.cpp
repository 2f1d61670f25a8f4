// One log-in and what follows from it: refresh, theft, lost answers, races, scopes, freshness.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

class Tokens : public ::testing::Test {
  protected:
    struct Person {
        std::string email;
        std::string id;
        std::string access;
        std::string refresh;
    };

    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void change(const std::string& text) const { sql_do(server.config().database_url, text); }
    Reply form(const std::string& path, const std::string& body) const {
        return server.client().send("POST", path, body,
                                    {"Content-Type: application/x-www-form-urlencoded"});
    }
    Reply refresh(const std::string& token) const {
        return form("/oauth/token", "grant_type=refresh_token&refresh_token=" + token);
    }
    static std::string error(const Reply& reply) {
        return std::format("{} {}", reply.status, reply.member("error"));
    }
    Person logged_in(const std::string& email, const std::string& rest = "") const {
        const Reply grant = server.client().post(
            "/v1/auth/tokens",
            std::format(R"({{"email":"{}","password":"quiet-harbour-lamp"{}}})", email, rest));
        EXPECT_EQ(grant.status, 201) << grant.body;
        return {.email = email,
                .id = grant.member("bearer_id"),
                .access = grant.member("access_token"),
                .refresh = grant.member("refresh_token")};
    }
    Person new_person() const {
        const std::string email = new_id() + "@example.org";
        EXPECT_EQ(server.client().post("/v1/users", registration_body(email)).status, 202);
        server.confirm(email);
        return logged_in(email);
    }
    /// The status of a route of the journal.
    int status_of(const std::string& access) const {
        HttpClient client = server.client();
        client.token = access;
        return client.get("/v1/sessions").status;
    }
    std::string ended() const {
        return sql("SELECT coalesce(string_agg(revoked_why, ' '), '') FROM token_families");
    }
    std::string unspent() const {
        return sql("SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL");
    }

    TestServer server;
};

TEST_F(Tokens, ALogInSaysWhatItIsAndForHowLong) {
    const std::string email = new_id() + "@example.org";
    HttpClient client = server.client();
    ASSERT_EQ(client.post("/v1/users", registration_body(email)).status, 202);
    server.confirm(email);
    const Reply grant = client.post("/v1/auth/tokens", credentials_body(email));
    ASSERT_EQ(grant.status, 201);
    EXPECT_EQ(grant.member("token_type"), "Bearer");
    EXPECT_EQ(grant.member("expires_in"), "900");
    EXPECT_EQ(grant.member("scope"), "account journal drawing");
    EXPECT_EQ(grant.member("bearer"), "user");
    EXPECT_EQ(grant.member("bearer_id"), sql("SELECT id FROM users"));
    EXPECT_EQ(grant.member("access_token").size(), 43U);
    EXPECT_EQ(grant.member("refresh_token").size(), 43U);
    EXPECT_EQ(grant.headers.at("cache-control"), "no-store");
    EXPECT_EQ(sql("SELECT concat_ws(' ', idle_expires_at - created_at, expires_at - created_at, "
                  "factors, came_by) FROM token_families"),
              "30 days 90 days {password} password");
    EXPECT_EQ(client.post("/v1/auth/tokens", credentials_body(email, "nobody")).status, 422);
    EXPECT_EQ(client.post("/v1/auth/tokens", credentials_body(email, "clinician")).status, 401)
        << "a person is no clinician";
}

TEST_F(Tokens, ARefreshTokenIsSpentForTheNextOne) {
    const Person person = new_person();
    const Reply next = refresh(person.refresh);
    ASSERT_EQ(next.status, 200) << next.body;
    EXPECT_EQ(next.headers.at("cache-control"), "no-store");
    EXPECT_EQ(next.headers.at("pragma"), "no-cache");
    EXPECT_EQ(next.member("scope"), "account journal drawing");
    EXPECT_EQ(next.member("bearer_id"), person.id);
    EXPECT_NE(next.member("refresh_token"), person.refresh);
    EXPECT_EQ(status_of(next.member("access_token")), 200);
    EXPECT_EQ(status_of(person.access), 200) << "until its time is over";
    EXPECT_EQ(refresh(next.member("refresh_token")).status, 200);
    EXPECT_EQ(sql("SELECT string_agg(concat_ws(' ', response_status, user_id), ', ') FROM "
                  "audit_logs WHERE action = 'token'"),
              std::format("200 {}, 200 {}", person.id, person.id));
    EXPECT_EQ(sql("SELECT count(*) FROM token_families"), "1");
}

TEST_F(Tokens, WhoUsesOneTwiceEndsTheLogIn) {
    const Person person = new_person();
    const Person elsewhere = logged_in(person.email);
    const Reply stolen = refresh(person.refresh);
    ASSERT_EQ(stolen.status, 200);
    ASSERT_EQ(refresh(stolen.member("refresh_token")).status, 200);
    const Reply again = refresh(person.refresh);
    EXPECT_EQ(error(again), "400 invalid_grant");
    EXPECT_EQ(ended(), "reused");
    EXPECT_EQ(status_of(person.access), 401);
    EXPECT_EQ(status_of(stolen.member("access_token")), 401);
    EXPECT_EQ(status_of(elsewhere.access), 200) << "the other log-in goes on";
    EXPECT_EQ(refresh(elsewhere.refresh).status, 200);
    EXPECT_EQ(sql("SELECT changes_made #>> '{token_families,revoked_why,after}' FROM audit_logs "
                  "WHERE response_status = 400 AND user_id = '" +
                  person.id + "'"),
              "reused");
}

TEST_F(Tokens, ALostAnswerIsGivenOnceMoreWithinHalfAMinute) {
    const Person person = new_person();
    const Reply lost = refresh(person.refresh);
    const Reply again = refresh(person.refresh);
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(ended(), "");
    EXPECT_EQ(unspent(), "1");
    EXPECT_EQ(status_of(lost.member("access_token")), 401) << "it went with the one that was lost";
    EXPECT_EQ(status_of(again.member("access_token")), 200);
    ASSERT_EQ(refresh(again.member("refresh_token")).status, 200);
    EXPECT_EQ(error(refresh(person.refresh)), "400 invalid_grant") << "its successor was used";
    EXPECT_EQ(ended(), "reused");
}

TEST_F(Tokens, AfterHalfAMinuteItIsTheft) {
    const Person person = new_person();
    const Reply next = refresh(person.refresh);
    change("UPDATE refresh_tokens SET used_at = now() - interval '31 seconds' WHERE used_at IS NOT "
           "NULL");
    EXPECT_EQ(error(refresh(person.refresh)), "400 invalid_grant");
    EXPECT_EQ(ended(), "reused");
    EXPECT_EQ(error(refresh(next.member("refresh_token"))), "400 invalid_grant");
}

TEST_F(Tokens, WhatWasReplacedIsTheftToo) {
    const Person person = new_person();
    const Reply first = refresh(person.refresh);
    const Reply second = refresh(person.refresh);
    ASSERT_EQ(refresh(second.member("refresh_token")).status, 200);
    EXPECT_EQ(error(refresh(first.member("refresh_token"))), "400 invalid_grant");
    EXPECT_EQ(ended(), "reused");
}

TEST_F(Tokens, ManyAtOnceLeaveOneChainThatLives) {
    const Person person = new_person();
    std::vector<Reply> replies(12);
    {
        std::vector<std::jthread> threads;
        for (Reply& reply : replies) {
            threads.emplace_back([&] { reply = refresh(person.refresh); });
        }
    }
    int good = 0;
    std::string living;
    for (const Reply& reply : replies) {
        EXPECT_EQ(reply.status, 200) << reply.body;
        if (status_of(reply.member("access_token")) == 200) {
            ++good;
            living = reply.member("refresh_token");
        }
    }
    EXPECT_EQ(good, 1);
    EXPECT_EQ(unspent(), "1");
    EXPECT_EQ(ended(), "");
    EXPECT_EQ(refresh(living).status, 200);
}

TEST_F(Tokens, ARefreshMovesTheIdleTimeOnAndNeverBeyondTheEnd) {
    const Person person = new_person();
    change("UPDATE token_families SET idle_expires_at = now() + interval '1 day'");
    const Reply next = refresh(person.refresh);
    EXPECT_EQ(sql("SELECT idle_expires_at > now() + interval '29 days' FROM token_families"), "t");
    change("UPDATE token_families SET idle_expires_at = now() + interval '1 minute', expires_at = "
           "now() + interval '1 minute'");
    const Reply last = refresh(next.member("refresh_token"));
    ASSERT_EQ(last.status, 200);
    EXPECT_LE(std::stoi(last.member("expires_in")), 60);
    EXPECT_EQ(sql("SELECT idle_expires_at = expires_at FROM token_families"), "t");
    change("UPDATE token_families SET idle_expires_at = now(), expires_at = now()");
    EXPECT_EQ(error(refresh(last.member("refresh_token"))), "400 invalid_grant");
    EXPECT_EQ(status_of(last.member("access_token")), 401);
    EXPECT_EQ(ended(), "") << "over, not ended";
}

TEST_F(Tokens, AnAccountThatIsShutRefreshesNothing) {
    const Person person = new_person();
    change("UPDATE users SET status = 'suspended'");
    EXPECT_EQ(error(refresh(person.refresh)), "400 invalid_grant");
    change("UPDATE users SET status = 'active'");
    EXPECT_EQ(refresh(person.refresh).status, 200) << "it was not spent";
}

TEST_F(Tokens, APasswordThatIsChangedEndsTheOtherLogIns) {
    const Person person = new_person();
    const Person elsewhere = logged_in(person.email);
    HttpClient client = server.client();
    client.token = person.access;
    ASSERT_EQ(client
                  .put("/v1/users/me/password", R"({"current_password":"quiet-harbour-lamp",)"
                                                R"("new_password":"calm-river-stone"})")
                  .status,
              200);
    EXPECT_EQ(ended(), "password_changed");
    EXPECT_EQ(error(refresh(elsewhere.refresh)), "400 invalid_grant");
    EXPECT_EQ(refresh(person.refresh).status, 200);
}

TEST_F(Tokens, ANewLogInEndsTheOneWhoseTokenComesAlong) {
    const Person person = new_person();
    const Person other = new_person();
    HttpClient headset = server.token_for("user_id", other.id, "drawing");
    sql_do(server.config().database_url,
           "UPDATE token_families SET came_by = 'device' WHERE 'drawing' = ALL (scopes)");
    const auto log_in = [&](const std::string& token, std::string_view password) {
        HttpClient client = server.client();
        client.token = token;
        return client.post("/v1/auth/tokens", std::format(R"({{"email":"{}","password":"{}"}})",
                                                          person.email, password));
    };
    EXPECT_EQ(log_in(person.access, "not-the-password").status, 401);
    EXPECT_EQ(log_in(headset.token, "quiet-harbour-lamp").status, 201);
    EXPECT_EQ(log_in("nobodys", "quiet-harbour-lamp").status, 201);
    EXPECT_EQ(status_of(person.access), 200);
    EXPECT_EQ(headset.get("/v1/auth/tokens/current").status, 200)
        << "a device is ended in the list of devices";
    const Reply anew = log_in(person.access, "quiet-harbour-lamp");
    EXPECT_EQ(anew.status, 201);
    EXPECT_EQ(status_of(person.access), 401);
    EXPECT_EQ(error(refresh(person.refresh)), "400 invalid_grant");
    EXPECT_EQ(status_of(anew.member("access_token")), 200);
    EXPECT_EQ(ended(), "logged_out");
    EXPECT_EQ(log_in(other.access, "quiet-harbour-lamp").status, 201);
    EXPECT_EQ(status_of(other.access), 401) << "whosever it was";
}

TEST_F(Tokens, TheTokenEndpointSpeaksOAuth) {
    const Person person = new_person();
    const std::string good = "grant_type=refresh_token&refresh_token=" + person.refresh;
    EXPECT_EQ(form("/oauth/token", good + "&client_id=haven-xr").member("error"), "invalid_grant")
        << "it is the web application's, and stays as it was";
    const std::vector<std::pair<std::string, std::string>> tries{
        {"", "400 invalid_request"},
        {"grant_type=refresh_token", "400 invalid_request"},
        {"grant_type=refresh_token&refresh_token=", "400 invalid_request"},
        {good + "&grant_type=refresh_token", "400 invalid_request"},
        {good + "&x=%FF", "400 invalid_request"},
        {"grant_type=password&username=a&password=b", "400 unsupported_grant_type"},
        {"grant_type=refresh_token&refresh_token=short", "400 invalid_grant"},
        {"grant_type=refresh_token&refresh_token=" + std::string(43, 'A'), "400 invalid_grant"},
        {"grant_type=refresh_token&refresh_token=" + person.access, "400 invalid_grant"},
        {good + "&client_secret=x", "401 invalid_client"},
    };
    for (const auto& [body, wanted] : tries) {
        const Reply reply = form("/oauth/token", body);
        EXPECT_EQ(error(reply), wanted) << body;
        EXPECT_EQ(reply.headers.at("content-type"), "application/json");
        EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
    }
    HttpClient client = server.client();
    client.token = person.access;
    const std::vector<std::string> of_form{"Content-Type: application/x-www-form-urlencoded"};
    const Reply secret = client.send("POST", "/oauth/token", good, of_form);
    EXPECT_EQ(error(secret), "401 invalid_client");
    EXPECT_TRUE(secret.headers.contains("www-authenticate"));
    client.token.clear();
    EXPECT_EQ(client.send("POST", "/oauth/token", "{}", {"Content-Type: application/json"}).status,
              415);
    EXPECT_EQ(client.send("POST", "/oauth/token", std::string(9000, 'a'), of_form).status, 413);
    EXPECT_EQ(refresh(person.refresh).status, 200) << "none of it spent it";
}

TEST_F(Tokens, ARevokedTokenEndsItsLogIn) {
    for (const bool by_access : {true, false}) {
        const Person person = new_person();
        EXPECT_EQ(form("/oauth/revoke", "token_type_hint=refresh_token&token=" +
                                            (by_access ? person.access : person.refresh))
                      .status,
                  200);
        EXPECT_EQ(status_of(person.access), 401);
        EXPECT_EQ(error(refresh(person.refresh)), "400 invalid_grant");
    }
    EXPECT_EQ(form("/oauth/revoke", "token=" + std::string(43, 'A')).status, 200);
    EXPECT_EQ(form("/oauth/revoke", "token=none").status, 200);
    EXPECT_EQ(error(form("/oauth/revoke", "")), "400 invalid_request");
    EXPECT_EQ(ended(), "revoked revoked");
}

TEST_F(Tokens, ATokenOfADeviceDrawsAndDoesNothingElse) {
    HttpClient user = server.new_user();
    HttpClient headset = server.token_for("user_id", user.id, "drawing");
    const Ids ids = write_drawing(headset);
    EXPECT_EQ(put_chunk(headset, ids.drawing, 0, trace_bytes(20)).status, 200);
    EXPECT_EQ(headset.get("/v1/auth/tokens/current").member("scope"), "drawing");
    EXPECT_EQ(headset.get("/v1/consents/current").status, 200);
    const std::string drawing = "/v1/bilateral-drawings/" + ids.drawing;
    const std::map<std::string, std::string> refused{{"/v1/sessions", "journal"},
                                                     {drawing, "journal"},
                                                     {drawing + "/canvases/left", "journal"},
                                                     {"/v1/reflections", "journal"},
                                                     {"/v1/users/me", "account"},
                                                     {"/v1/consents", "account"},
                                                     {"/v1/auth/devices", "account"}};
    for (const auto& [path, scope] : refused) {
        const Reply reply = headset.get(path);
        EXPECT_EQ(reply.status, 403) << path;
        EXPECT_EQ(reply.headers.at("www-authenticate"),
                  std::format(R"(Bearer error="insufficient_scope", scope="{}")", scope));
    }
    EXPECT_EQ(headset.send("DELETE", "/v1/users/me", "", {}).status, 403);
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE response_status = 403 AND user_id = '" +
                  user.id + "'"),
              "8");
    EXPECT_EQ(user.get(drawing).status, 200);
    EXPECT_EQ(headset.send("DELETE", "/v1/auth/tokens/current", "", {}).status, 204);
    EXPECT_EQ(headset.get("/v1/consents/current").status, 401);
}

TEST_F(Tokens, ToCloseAnAccountOneLogsInAnew) {
    const Person person = new_person();
    HttpClient client = server.client();
    client.token = person.access;
    change("UPDATE token_families SET authenticated_at = now() - interval '11 minutes'");
    const Reply old = client.send("DELETE", "/v1/users/me", "", {});
    EXPECT_EQ(old.status, 401);
    EXPECT_TRUE(old.headers.at("www-authenticate")
                    .starts_with("Bearer error=\"insufficient_user_authentication\""));
    EXPECT_TRUE(old.headers.at("www-authenticate").ends_with("max_age=\"600\""));
    EXPECT_EQ(client.get("/v1/users/me").status, 200);
    client.token = refresh(person.refresh).member("access_token");
    EXPECT_EQ(client.send("DELETE", "/v1/users/me", "", {}).status, 401)
        << "a refresh is no log-in";
    client.token = logged_in(person.email).access;
    EXPECT_EQ(client.send("DELETE", "/v1/users/me", "", {}).status, 204);
    EXPECT_EQ(sql("SELECT string_agg(DISTINCT revoked_why, ' ') FROM token_families"),
              "account_closed");
}

TEST_F(Tokens, AnotherCliniciansInvitationWantsARecentLogInToo) {
    HttpClient supervisor = server.new_clinician("supervisor");
    const HttpClient other = server.new_clinician("reviewer");
    const std::string path = "/v1/clinicians/" + other.id + "/invitation";
    change("UPDATE token_families SET authenticated_at = now() - interval '11 minutes'");
    EXPECT_EQ(supervisor.send("POST", path, "", {}).status, 401);
    change("UPDATE token_families SET authenticated_at = now()");
    EXPECT_EQ(supervisor.send("POST", path, "", {}).status, 202);
}

TEST_F(Tokens, ACliniciansLogInIsShorterAndSaysTheirRole) {
    const Person person = new_person();
    change("INSERT INTO clinicians (email, full_name, role, password_hash) SELECT 'dr@clinic"
           ".example', 'Dr. Grey', 'senior', password_hash FROM users");
    const Reply grant =
        server.client().post("/v1/auth/tokens", credentials_body("dr@clinic.example", "clinician"));
    ASSERT_EQ(grant.status, 201) << grant.body;
    EXPECT_EQ(grant.member("role"), "senior");
    EXPECT_EQ(grant.member("scope"), "account");
    const std::string clinician = sql("SELECT id FROM clinicians");
    EXPECT_EQ(grant.member("bearer_id"), clinician);
    EXPECT_EQ(sql("SELECT concat_ws(' ', idle_expires_at - created_at, expires_at - created_at) "
                  "FROM token_families WHERE clinician_id IS NOT NULL"),
              "12:00:00 7 days");
    change("UPDATE clinicians SET role = 'reviewer'");
    const Reply next = refresh(grant.member("refresh_token"));
    EXPECT_EQ(next.member("role"), "reviewer");
    EXPECT_EQ(sql("SELECT clinician_id FROM audit_logs WHERE action = 'token'"), clinician);
    change("UPDATE clinicians SET status = 'inactive'");
    EXPECT_EQ(error(refresh(next.member("refresh_token"))), "400 invalid_grant");
}

TEST_F(Tokens, WhatNothingFollowsFromIsForgotten) {
    const Person person = new_person();
    (void)refresh(person.refresh);
    (void)logged_in(person.email);
    EXPECT_EQ(sql("SELECT haven_job_forget_tokens()"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM refresh_tokens"), "3");
    change("UPDATE refresh_tokens SET used_at = now() - interval '31 days' WHERE used_at IS NOT "
           "NULL");
    change("UPDATE access_tokens SET created_at = now() - interval '3 days', expires_at = now() - "
           "interval '2 days'");
    EXPECT_EQ(sql("SELECT haven_job_forget_tokens()"), "0");
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM refresh_tokens) || ' ' || (SELECT count(*) FROM "
                  "access_tokens)"),
              "2 0");
    change("UPDATE token_families SET idle_expires_at = now() - interval '31 days' WHERE id = "
           "(SELECT id FROM token_families LIMIT 1)");
    EXPECT_EQ(sql("SELECT haven_job_forget_tokens()"), "1");
    EXPECT_EQ(sql("SELECT (SELECT count(*) FROM refresh_tokens) || ' ' || (SELECT count(*) FROM "
                  "token_families)"),
              "1 1");
}

} // namespace
} // namespace haven::test
