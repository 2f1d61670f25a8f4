// What is told by letter: an address is confirmed, a forgotten password replaced, an address
// changed, a clinician invited. Nobody learns who has an account.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/support/password_work.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

namespace haven::test {
namespace {

constexpr const char* password = "quiet-harbour-lamp"; // of every account of the fixture
constexpr const char* another = "morning-tide-ladder";

class Letters : public ::testing::Test {
  protected:
    static ServerConfig that_sends(const TempDirectory& directory) {
        ServerConfig config = TestServer::fresh_config(directory);
        config.jobs_enabled = true;
        return config;
    }
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void sql_do(const std::string& text) const { test::sql_do(server.config().database_url, text); }
    /// Whoever was quick enough has sent them a letter of their registration: it is not there.
    HttpClient new_user() {
        HttpClient user = server.new_user();
        nothing_waits();
        for (const Mail& mail : mailbox.to(email_of(user))) {
            std::filesystem::remove(mail.file);
        }
        return user;
    }
    Reply ask(const std::string& email) const {
        return server.client().post("/v1/users", registration_body(email));
    }
    Reply verify(const std::string& code, const std::string& with = password) const {
        return server.client().post("/v1/auth/email-verifications",
                                    std::format(R"({{"token":"{}","password":"{}"}})", code, with));
    }
    Reply forget(const std::string& email, const char* as = "user") const {
        return server.client().post("/v1/auth/password-resets",
                                    std::format(R"({{"email":"{}","as":"{}"}})", email, as));
    }
    Reply reset(const std::string& code, const std::string& wanted = another) const {
        return server.client().put(
            "/v1/auth/password-resets",
            std::format(R"({{"token":"{}","new_password":"{}"}})", code, wanted));
    }
    Reply accept(const std::string& code, const std::string& wanted = another) const {
        return server.client().post(
            "/v1/auth/invitations",
            std::format(R"({{"token":"{}","password":"{}"}})", code, wanted));
    }
    Reply log_in(const std::string& email, const std::string& with = password,
                 const char* as = "user") const {
        return server.client().post(
            "/v1/auth/tokens",
            std::format(R"({{"email":"{}","password":"{}","as":"{}"}})", email, with, as));
    }
    static Reply change_email(HttpClient& bearer, const std::string& email,
                              const char* path = "/v1/users/me/email",
                              const std::string& with = password) {
        return bearer.put(
            path, std::format(R"({{"new_email":"{}","current_password":"{}"}})", email, with));
    }
    std::string email_of(const HttpClient& user) const {
        return sql("SELECT email FROM users WHERE id = '" + user.id + "'");
    }
    /// Everything is sent, and nothing waits.
    void nothing_waits() const {
        EXPECT_TRUE(await(std::chrono::seconds(60), [&] {
            return sql("SELECT count(*) FROM letters WHERE given_up_at IS NULL") == "0";
        })) << sql("SELECT string_agg(letters::text, ' ') FROM letters");
    }
    static void expect_alike(const Reply& one, const Reply& other) {
        EXPECT_EQ(one.status, other.status);
        EXPECT_EQ(one.body, other.body);
        std::vector<std::string> names;
        std::vector<std::string> others;
        for (const auto& [name, value] : one.headers) {
            names.push_back(name);
        }
        for (const auto& [name, value] : other.headers) {
            others.push_back(name);
        }
        EXPECT_EQ(names, others);
    }
    static void expect_no_code(const Reply& reply) {
        EXPECT_EQ(reply.status, 422) << reply.body;
        EXPECT_TRUE(reply.points_to("/token")) << reply.body;
    }
    /// The statuses of both, sorted.
    template <typename Try>
    static std::string at_once(Try tries) {
        int one = 0;
        int two = 0;
        {
            const std::jthread first([&] { one = tries().status; });
            const std::jthread second([&] { two = tries().status; });
        }
        return std::format("{} {}", std::min(one, two), std::max(one, two));
    }

    TempDirectory directory;
    TestServer server{{}, that_sends(directory)};
    Mailbox mailbox{directory.path() / "mail"};
};

TEST_F(Letters, AnAccountIsMadeByTheCodeInItsLetterAndByNothingElse) {
    const std::string email = "ada@example.org";
    EXPECT_EQ(ask(email).status, 202);
    const Mail mail = mailbox.await_to(email, 1).front();
    EXPECT_EQ(mail.fault(), "") << mail.raw;
    EXPECT_EQ(mail.headers.at("subject"), "Confirm your e-mail address");
    EXPECT_EQ(mail.headers.at("from"), "\"Haven\" <haven@localhost>");
    EXPECT_EQ(std::filesystem::status(mail.file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::string but_its_code = mail.raw;
    but_its_code.erase(but_its_code.find(mail.code()), mail.code().size());
    EXPECT_FALSE(but_its_code.contains("Ada")) << "nothing that somebody entered stands there";
    EXPECT_EQ(sql("SELECT count(*) FROM users"), "0");
    EXPECT_EQ(log_in(email).status, 401);
    expect_no_code(verify(std::string(43, 'A')));
    expect_no_code(verify("no code"));
    const std::string code = mail.code();
    expect_no_code(reset(code));
    expect_no_code(accept(code));
    EXPECT_EQ(verify(code).status, 204);
    EXPECT_EQ(log_in(email).status, 201);
    expect_no_code(verify(code));
    const std::string person = sql("SELECT id FROM users");
    EXPECT_EQ(sql("SELECT string_agg(concat_ws(' ', action, response_status, user_id), ', ' ORDER "
                  "BY id) FROM audit_logs WHERE action IN ('register', 'email_verification')"),
              "register 202, email_verification 422, email_verification 422, "
              "email_verification 204 " +
                  person + ", email_verification 422");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'mail_verification'"), "1");
    EXPECT_EQ(sql("SELECT string_agg(consent_type || consent_given, ' ' ORDER BY consent_type) "
                  "FROM consent_records WHERE user_id = '" +
                  person + "'"),
              "data_processingtrue motion_tracetrue");
}

TEST_F(Letters, WhoAsksForAnAccountLearnsNothingOfWhoHasOne) {
    HttpClient owner = new_user();
    const std::string email = email_of(owner);
    const auto work_of = [&](const std::string& address) {
        std::ignore = take_password_work();
        Reply reply = ask(address);
        return std::pair(std::move(reply), take_password_work());
    };
    const auto known = work_of(email);
    const auto unknown = work_of(new_id() + "@example.org");
    EXPECT_EQ(known.first.status, 202);
    expect_alike(known.first, unknown.first);
    EXPECT_EQ(known.second, unknown.second);
    const Mail told = mailbox.await_to(email, 1).front();
    EXPECT_EQ(told.headers.at("subject"), "There is an account with this address");
    EXPECT_EQ(told.code(), "");
    nothing_waits();
    EXPECT_EQ(sql("SELECT count(*) FROM users"), "1");
    EXPECT_EQ(log_in(email).status, 201);
    EXPECT_EQ(sql("SELECT user_id FROM audit_logs WHERE action = 'mail_registered'"), owner.id);
    EXPECT_EQ(sql("SELECT count(user_id) FROM audit_logs WHERE action = 'register'"), "0")
        << "the request itself names nobody";
}

TEST_F(Letters, TheNewestRegistrationCountsAndNobodyConfirmsAStrangersPassword) {
    const std::string email = "ada@example.org";
    ask(email);
    const std::string first = mailbox.code_to(email, 1);
    EXPECT_EQ(
        server.client()
            .post("/v1/users", std::format(R"({{"email":"{}","password":"{}","full_name":"Grace",)"
                                           R"("consent_data_processing":true}})",
                                           email, another))
            .status,
        202);
    const std::string second = mailbox.code_to(email, 2);
    EXPECT_NE(first, second);
    expect_no_code(verify(first));
    const Reply stranger_chose = verify(second);
    EXPECT_EQ(stranger_chose.status, 422) << stranger_chose.body;
    EXPECT_TRUE(stranger_chose.points_to("/password")) << stranger_chose.body;
    EXPECT_EQ(sql("SELECT count(*) FROM users"), "0");
    EXPECT_EQ(verify(second, another).status, 204);
    EXPECT_EQ(log_in(email).status, 401);
    EXPECT_EQ(log_in(email, another).status, 201);
    EXPECT_EQ(sql("SELECT full_name FROM users"), "Grace");
}

TEST_F(Letters, ACodeIsUsedOnceHoweverManyBringItAtOnce) {
    ask("ada@example.org");
    const std::string code = mailbox.code_to("ada@example.org");
    EXPECT_EQ(at_once([&] { return verify(code); }), "204 422");
    EXPECT_EQ(sql("SELECT count(*) FROM users"), "1");
    forget("ada@example.org");
    const std::string again = mailbox.code_to("ada@example.org", 2);
    EXPECT_EQ(at_once([&] { return reset(again); }), "204 422");
}

TEST_F(Letters, ACodeWhoseTimeIsOverIsNone) {
    HttpClient user = new_user();
    ask("ada@example.org");
    forget(email_of(user));
    const std::string account = mailbox.code_to("ada@example.org");
    const std::string forgotten = mailbox.code_to(email_of(user));
    nothing_waits();
    EXPECT_EQ(sql("SELECT string_agg(purpose || ' ' || extract(epoch FROM expires_at - "
                  "created_at)::integer, ', ' ORDER BY purpose) FROM one_time_codes"),
              "reset 1800, verification 86400");
    sql_do("UPDATE one_time_codes SET expires_at = now() - interval '1 second'");
    expect_no_code(verify(account));
    expect_no_code(reset(forgotten));
    EXPECT_EQ(log_in(email_of(user)).status, 201);
}

TEST_F(Letters, TheRightPasswordSendsTheLetterAgainOnceInFiveMinutes) {
    const std::string email = "ada@example.org";
    ask(email);
    const std::string first = mailbox.code_to(email);
    nothing_waits();
    const Reply right = log_in(email);
    const Reply wrong = log_in(email, "not-the-password");
    EXPECT_EQ(right.status, 401);
    EXPECT_EQ(right.body_without_request_id(), wrong.body_without_request_id());
    EXPECT_EQ(sql("SELECT count(*) FROM letters"), "0") << "it was sent a moment ago";
    sql_do("UPDATE one_time_codes SET created_at = created_at - interval '6 minutes'");
    log_in(email, "not-the-password");
    EXPECT_EQ(sql("SELECT count(*) FROM letters"), "0") << "not for a wrong one";
    log_in(email);
    log_in(email);
    const std::string second = mailbox.code_to(email, 2);
    nothing_waits();
    EXPECT_EQ(mailbox.to(email).size(), 2U);
    expect_no_code(verify(first));
    EXPECT_EQ(verify(second).status, 204);
}

TEST_F(Letters, WhatNobodyConfirmsIsErasedAfterSevenDays) {
    ask("ada@example.org");
    ask("ben@example.org");
    const std::string code = mailbox.code_to("ada@example.org");
    mailbox.code_to("ben@example.org");
    sql_do(
        "UPDATE registrations SET created_at = now() - interval '8 days' WHERE email LIKE 'ada%'");
    sql("SELECT haven_job_forget_letters()"); // the server's own, as it starts, may come before it
    EXPECT_EQ(sql("SELECT string_agg(email, ' ') FROM registrations"), "ben@example.org");
    expect_no_code(verify(code));
    ask("ada@example.org");
    EXPECT_EQ(verify(mailbox.code_to("ada@example.org", 2)).status, 204) << "the address is free";
}

TEST_F(Letters, AForgottenPasswordIsReplacedAndEveryTokenEnds) {
    HttpClient user = new_user();
    const std::string email = email_of(user);
    const Reply known = forget(email);
    EXPECT_EQ(known.status, 202);
    expect_alike(known, forget("nobody@example.org"));
    const Mail mail = mailbox.await_to(email, 1).front();
    EXPECT_EQ(mail.headers.at("subject"), "A new password");
    EXPECT_EQ(user.get("/v1/users/me").status, 200) << "asking ends nothing";
    const Reply weak = reset(mail.code(), "password");
    EXPECT_TRUE(weak.points_to("/new_password")) << weak.body;
    EXPECT_TRUE(reset(mail.code(), email).points_to("/new_password"));
    EXPECT_EQ(reset(mail.code()).status, 204);
    EXPECT_EQ(user.get("/v1/users/me").status, 401);
    EXPECT_EQ(log_in(email).status, 401);
    EXPECT_EQ(log_in(email, another).status, 201);
    expect_no_code(reset(mail.code()));
    EXPECT_EQ(mailbox.await_to(email, 2).back().headers.at("subject"), "Your password was changed");
    nothing_waits();
    EXPECT_TRUE(mailbox.to("nobody@example.org").empty());
    EXPECT_EQ(
        sql("SELECT string_agg(concat_ws(' ', action, response_status, user_id), ', ' ORDER "
            "BY id) FROM audit_logs WHERE action IN ('password_reset', 'password_reset_ask')"),
        std::format("password_reset_ask 202, password_reset_ask 202, password_reset 204 {}, "
                    "password_reset 422",
                    user.id));
    EXPECT_EQ(sql("SELECT string_agg(action || ' ' || user_id, ', ' ORDER BY id) FROM audit_logs "
                  "WHERE action LIKE 'mail_%' AND action <> 'mail_verification'"),
              std::format("mail_reset {0}, mail_password_changed {0}", user.id));
}

TEST_F(Letters, ANewerCodeAndAnotherPasswordEndAnOlderCode) {
    HttpClient user = new_user();
    const std::string email = email_of(user);
    forget(email);
    const std::string first = mailbox.code_to(email, 1);
    forget(email);
    const std::string second = mailbox.code_to(email, 2);
    expect_no_code(reset(first));
    EXPECT_EQ(user.put("/v1/users/me/password",
                       std::format(R"({{"current_password":"{}","new_password":"{}"}})", password,
                                   another))
                  .status,
              200);
    expect_no_code(reset(second));
    EXPECT_EQ(log_in(email, another).status, 201);
}

TEST_F(Letters, AClosedAccountGetsNoCodeAndItsCodeIsNone) {
    HttpClient user = new_user();
    HttpClient other = new_user();
    const std::string email = email_of(user);
    forget(email);
    const std::string code = mailbox.code_to(email);
    sql_do("UPDATE users SET status = 'suspended' WHERE id = '" + user.id + "'");
    forget(email);
    forget(email_of(other));
    mailbox.code_to(email_of(other));
    nothing_waits();
    EXPECT_EQ(mailbox.to(email).size(), 1U);
    expect_no_code(reset(code));
}

TEST_F(Letters, AnotherAddressCountsOnceItIsConfirmed) {
    HttpClient user = new_user();
    const std::string old = email_of(user);
    EXPECT_TRUE(change_email(user, "new@example.org", "/v1/users/me/email", "not-this-one")
                    .points_to("/current_password"));
    EXPECT_TRUE(change_email(user, "no address").points_to("/new_email"));
    EXPECT_TRUE(change_email(user, old).points_to("/new_email"));
    EXPECT_EQ(change_email(user, "New@Example.org").status, 202);
    const std::string code = mailbox.code_to("new@example.org");
    EXPECT_EQ(mailbox.await_to(old, 1).front().headers.at("subject"),
              "Your e-mail address is to be changed");
    EXPECT_EQ(user.get("/v1/users/me").member("email"), old);
    EXPECT_EQ(log_in("new@example.org").status, 401);
    forget(old);
    const std::string forgotten = mailbox.code_to(old, 2);
    EXPECT_EQ(verify(code).status, 204);
    EXPECT_EQ(user.get("/v1/users/me").member("email"), "new@example.org");
    EXPECT_EQ(log_in("new@example.org").status, 201);
    EXPECT_EQ(log_in(old).status, 401);
    expect_no_code(reset(forgotten));
    expect_no_code(verify(code));
    EXPECT_EQ(sql("SELECT string_agg(response_status || ' ' || user_id, ', ' ORDER BY id) FROM "
                  "audit_logs WHERE action = 'email_change' AND response_status = 202"),
              "202 " + user.id);
}

TEST_F(Letters, ATakenAddressIsNotToldAndStaysWhoseItIs) {
    HttpClient user = new_user();
    HttpClient owner = new_user();
    const std::string taken = email_of(owner);
    expect_alike(change_email(user, taken), change_email(user, "free@example.org"));
    EXPECT_EQ(mailbox.await_to(taken, 1).front().headers.at("subject"),
              "There is an account with this address");
    // Somebody takes it in the time between.
    const std::string code = mailbox.code_to("free@example.org");
    ask("free@example.org");
    mailbox.await_to("free@example.org", 2);
    server.confirm("free@example.org");
    expect_no_code(verify(code));
    EXPECT_EQ(sql("SELECT count(*) FROM users WHERE email = 'free@example.org' AND id <> '" +
                  user.id + "'"),
              "1");
}

TEST_F(Letters, WhoseAddressIsChangedByAnotherStopsItWithANewPassword) {
    HttpClient user = new_user();
    const std::string email = email_of(user);
    change_email(user, "thief@example.org");
    const std::string code = mailbox.code_to("thief@example.org");
    mailbox.await_to(email, 1);
    forget(email);
    EXPECT_EQ(reset(mailbox.code_to(email, 2)).status, 204);
    expect_no_code(verify(code));
    EXPECT_EQ(email_of(user), email);
}

TEST_F(Letters, AClinicianIsInvitedAndNobodyElseKnowsThePassword) {
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string email = "lee@clinic.example";
    const Reply made = supervisor.post(
        "/v1/clinicians", std::format(R"({{"email":"{}","full_name":"Dr. Lee"}})", email));
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path = "/v1/clinicians/" + made.member("id");
    EXPECT_EQ(supervisor.get(path).member("invited"), "true");
    const Mail mail = mailbox.await_to(email, 1).front();
    EXPECT_EQ(mail.headers.at("subject"), "You are invited");
    const auto log_in_here = [&](const std::string& with) {
        return log_in(email, with, "clinician").status;
    };
    EXPECT_EQ(log_in_here(another), 401);
    EXPECT_EQ(forget(email, "clinician").status, 202);
    EXPECT_EQ(supervisor.send("POST", path + "/invitation", "", {}).status, 202);
    const std::string code = mailbox.code_to(email, 2);
    nothing_waits();
    EXPECT_EQ(mailbox.to(email).size(), 2U) << "who has no password has forgotten none";
    expect_no_code(accept(mail.code()));
    EXPECT_TRUE(accept(code, "password").points_to("/password"));
    EXPECT_EQ(sql("SELECT extract(epoch FROM expires_at - created_at)::integer FROM "
                  "one_time_codes WHERE purpose = 'invitation'"),
              "604800");
    EXPECT_EQ(at_once([&] { return accept(code); }), "204 422");
    EXPECT_EQ(log_in_here(another), 201);
    EXPECT_EQ(supervisor.get(path).member("invited"), "false");
    EXPECT_EQ(sql("SELECT string_agg(response_status || ' ' || resource_id, ', ') FROM audit_logs "
                  "WHERE action = 'invitation_accept' AND response_status = 204"),
              "204 " + made.member("id"));
}

TEST_F(Letters, AClinicianReplacesAForgottenPasswordAndChangesAnAddress) {
    HttpClient lee = server.new_clinician("reviewer");
    server.give_password(lee.id, password);
    const std::string email = lee.get("/v1/clinicians/me").member("email");
    forget(email);
    forget(email, "clinician");
    const std::string code = mailbox.code_to(email);
    EXPECT_EQ(reset(code).status, 204);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 401);
    mailbox.await_to(email, 2);
    const Reply grant = log_in(email, another, "clinician");
    ASSERT_EQ(grant.status, 201) << grant.body;
    lee.token = grant.member("access_token");
    EXPECT_EQ(change_email(lee, "lee@clinic.example", "/v1/clinicians/me/email", another).status,
              202);
    mailbox.await_to(email, 3);
    EXPECT_EQ(verify(mailbox.code_to("lee@clinic.example")).status, 204);
    EXPECT_EQ(log_in("lee@clinic.example", another, "clinician").status, 201);
    nothing_waits();
    EXPECT_EQ(mailbox.to(email).size(), 3U);
}

TEST_F(Letters, ALetterIsInThePersonsLanguage) {
    EXPECT_EQ(server.client()
                  .post("/v1/users",
                        R"({"email":"ada@example.org","password":"quiet-harbour-lamp",)"
                        R"("preferred_language":"de-AT",)"
                        R"("consent_data_processing":true})")
                  .status,
              202);
    const Mail mail = mailbox.await_to("ada@example.org", 1).front();
    EXPECT_EQ(mail.headers.at("subject"),
              "=?utf-8?q?Best=C3=A4tigen_Sie_Ihre_E=2DMail=2DAdresse?=");
    EXPECT_TRUE(mail.body.contains("dass die Adresse Ihnen gehört")) << mail.body;
    EXPECT_EQ(mail.fault(), "") << mail.raw;
    EXPECT_EQ(verify(mail.code()).status, 204);
    forget("ada@example.org");
    EXPECT_TRUE(
        mailbox.await_to("ada@example.org", 2).back().headers.at("subject").contains("Passwort"));
}

TEST_F(Letters, AClinicianReadsThemInTheirLanguage) {
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string email = "lee@clinic.example";
    const Reply made = supervisor.post(
        "/v1/clinicians",
        R"({"email":"lee@clinic.example","full_name":"Dr. Lee","preferred_language":"de"})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.member("preferred_language"), "de");
    const Mail invitation = mailbox.await_to(email, 1).front();
    EXPECT_EQ(invitation.headers.at("subject"), "Sie sind eingeladen");
    EXPECT_EQ(accept(invitation.code()).status, 204);
    HttpClient lee = server.client();
    lee.token = log_in(email, another, "clinician").member("access_token");
    const Reply french = lee.patch("/v1/clinicians/me", R"({"preferred_language":"fr"})");
    EXPECT_EQ(french.status, 200) << french.body;
    EXPECT_EQ(french.member("preferred_language"), "fr");
    EXPECT_EQ(lee.patch("/v1/clinicians/me", R"({"role":"supervisor"})").status, 422);
    EXPECT_EQ(lee.patch("/v1/clinicians/me", R"({"preferred_language":"de fr"})").status, 422);
    const Reply put =
        supervisor.put("/v1/clinicians/" + made.member("id"),
                       R"({"full_name":"Dr. Lee","role":"reviewer","status":"active"})");
    EXPECT_EQ(put.member("preferred_language"), "fr") << "theirs to say";
    forget(email, "clinician");
    EXPECT_EQ(mailbox.await_to(email, 2).back().headers.at("subject"), "Un nouveau mot de passe");
    EXPECT_EQ(supervisor.get("/v1/clinicians/me").member("preferred_language"), "en");
}

TEST_F(Letters, NoCodeStandsInTheDatabaseAndNoLetterThatWasSent) {
    HttpClient user = new_user();
    forget(email_of(user));
    const std::string code = mailbox.code_to(email_of(user));
    nothing_waits();
    EXPECT_EQ(sql("SELECT count(*) FROM letters"), "0");
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM one_time_codes WHERE code_hash = "
                              "sha256(convert_to('{}', 'UTF8'))",
                              code)),
              "1");
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM one_time_codes AS c, audit_logs AS a WHERE "
                              "to_jsonb(c)::text || to_jsonb(a)::text LIKE '%{}%'",
                              code)),
              "0");
}

TEST_F(Letters, AnAddressInOtherLettersIsReachedUnderItsNameOfTheNetwork) {
    EXPECT_EQ(ask("ann@b\xC3\xBC"
                  "cher.example")
                  .status,
              202);
    const std::string code = mailbox.code_to("ann@xn--bcher-kva.example");
    EXPECT_EQ(ask("\xC3\xA5sa@example.org").status, 202);
    const Mail raw = mailbox.await_to("\xC3\xA5sa@example.org", 1).front();
    EXPECT_EQ(raw.fault(), "") << raw.raw;
    EXPECT_EQ(verify(code).status, 204);
    EXPECT_EQ(log_in("ann@b\xC3\xBC"
                     "cher.example")
                  .status,
              201);
    EXPECT_EQ(verify(raw.code()).status, 204);
}

} // namespace
} // namespace haven::test
