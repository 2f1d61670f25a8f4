// The second factor: it is confirmed, asked for at the log-in, good once, and gone with its
// account.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <format>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr std::string_view needed = "/problems/second-factor-needed";
constexpr std::string_view wrong = "/problems/unauthorized";

class Factors : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void change(const std::string& text) const { sql_do(server.config().database_url, text); }
    /// Somebody with an address of their own.
    HttpClient person() {
        HttpClient client = server.new_user();
        email = client.get("/v1/users/me").member("email");
        return client;
    }
    /// A clinician who has logged in with the password alone.
    HttpClient clinician() {
        HttpClient client = server.new_clinician("supervisor");
        email = client.get("/v1/clinicians/me").member("email");
        as = "clinician";
        server.give_password(client.id, "quiet-harbour-lamp");
        client.token = log_in().member("access_token");
        return client;
    }
    Reply log_in(const std::string& code = "",
                 std::string_view password = "quiet-harbour-lamp") const {
        const std::string member = code.empty() ? "" : std::format(R"(,"code":"{}")", code);
        return server.client().post("/v1/auth/tokens",
                                    std::format(R"({{"email":"{}","password":"{}","as":"{}"{}}})",
                                                email, password, as, member));
    }
    /// Statuses and how often they came, of as many log-ins at once.
    std::map<int, int> log_in_at_once(const std::string& code, int times) const {
        std::vector<int> statuses(static_cast<std::size_t>(times));
        std::vector<std::thread> threads;
        for (int& status : statuses) {
            threads.emplace_back([&, this] { status = log_in(code).status; });
        }
        std::ranges::for_each(threads, &std::thread::join);
        std::map<int, int> counted;
        for (const int status : statuses) {
            ++counted[status];
        }
        return counted;
    }
    std::string factors_of(const Reply& grant) const {
        HttpClient client = server.client();
        client.token = grant.member("access_token");
        return sql("SELECT f.factors FROM token_families AS f JOIN access_tokens AS t ON "
                   "t.family_id = f.id WHERE t.token_hash = sha256('" +
                   client.token + "')");
    }
    /// What `facts` sees while it is one and the same step at the server.
    void within_a_step(const std::function<std::vector<int>(std::int64_t)>& facts,
                       const std::vector<int>& expected) const {
        std::vector<int> seen;
        std::int64_t step = 0;
        do {
            change("UPDATE second_factors SET last_step = 0 WHERE confirmed_at IS NOT NULL");
            change("DELETE FROM attempts");
            step = step_now(server);
            seen = facts(step);
        } while (step_now(server) != step);
        EXPECT_EQ(seen, expected);
    }

    TestServer server;
    std::string email;
    std::string as = "user";
};

TEST_F(Factors, ItCountsFromItsConfirmationAndThePasswordAloneIsNotEnough) {
    HttpClient user = person();
    const Reply none = user.get("/v1/auth/factors");
    EXPECT_EQ(none.member("totp_confirmed_at"), "null");
    EXPECT_EQ(none.member("recovery_codes_left"), "0");
    EXPECT_EQ(user.put("/v1/auth/factors/totp", R"({"code":"000000"})").status, 409);
    const Reply begun = user.send("POST", "/v1/auth/factors/totp", "", {});
    ASSERT_EQ(begun.status, 201) << begun.body;
    EXPECT_EQ(begun.headers.at("cache-control"), "no-store");
    EXPECT_EQ(begun.member("secret").size(), 32U);
    EXPECT_TRUE(begun.member("uri").starts_with("otpauth://totp/Haven:")) << begun.body;
    EXPECT_TRUE(begun.member("uri").contains("secret=" + begun.member("secret") + "&"));
    EXPECT_EQ(log_in().status, 201) << "it is not confirmed";
    const std::string other = code_at(begun.member("secret"), step_now(server) + 1000);
    EXPECT_TRUE(user.put("/v1/auth/factors/totp", std::format(R"({{"code":"{}"}})", other))
                    .points_to("/code"));
    const SecondFactor factor = enrol(server, user);
    EXPECT_NE(factor.secret, begun.member("secret"));
    EXPECT_EQ(factor.recovery_codes.size(), 10U);
    EXPECT_EQ(user.get("/v1/auth/factors").member("recovery_codes_left"), "10");
    EXPECT_NE(user.get("/v1/auth/factors").member("totp_confirmed_at"), "null");
    const Reply without = log_in();
    EXPECT_EQ(without.status, 401);
    EXPECT_EQ(without.member("type"), needed);
    EXPECT_TRUE(without.headers.contains("www-authenticate"));
    const Reply with = log_in(code_at(factor.secret, step_now(server)));
    EXPECT_EQ(with.status, 201) << with.body;
    EXPECT_EQ(factors_of(with), "{password,totp}");
    EXPECT_EQ(with.member("scope"), "account journal drawing");
}

TEST_F(Factors, AWrongCodeAnswersLikeAWrongPasswordAndLikeNobody) {
    HttpClient user = person();
    const SecondFactor factor = enrol(server, user);
    const std::string code = code_at(factor.secret, step_now(server));
    const Reply wrong_password = log_in("", "not-the-password");
    EXPECT_EQ(wrong_password.status, 401);
    EXPECT_EQ(wrong_password.member("type"), wrong);
    std::vector<Reply> replies{log_in(code_at(factor.secret, step_now(server) + 1000)),
                               log_in("abcd-efgh-ijkl-mnop"), log_in("nonsense"),
                               log_in(code, "not-the-password")};
    email = "nobody@example.org";
    replies.push_back(log_in());
    replies.push_back(log_in(code));
    for (const Reply& reply : replies) {
        EXPECT_EQ(reply.status, 401);
        EXPECT_EQ(reply.body_without_request_id(), wrong_password.body_without_request_id());
    }
}

TEST_F(Factors, ACodeIsOfOneStepEitherWayAndGoodOnce) {
    HttpClient user = person();
    const SecondFactor factor = enrol(server, user);
    within_a_step(
        [&](std::int64_t now) {
            std::vector<int> statuses;
            for (const int offset : {-2, -1, 0, 0, -1, 1, 1, 2}) {
                statuses.push_back(log_in(code_at(factor.secret, now + offset)).status);
            }
            return statuses;
        },
        {401, 201, 201, 401, 401, 201, 401, 401});
}

TEST_F(Factors, OfManyLogInsAtOnceWithOneCodeOneWins) {
    HttpClient user = person();
    const SecondFactor factor = enrol(server, user);
    within_a_step(
        [&](std::int64_t now) {
            auto counted = log_in_at_once(code_at(factor.secret, now), 8);
            return std::vector{counted[201], counted[401]};
        },
        {1, 7});
    change("DELETE FROM attempts");
    auto counted = log_in_at_once(factor.recovery_codes[3], 8);
    EXPECT_EQ(counted[201], 1);
    EXPECT_EQ(counted[401], 7);
}

TEST_F(Factors, ARecoveryCodeIsGoodOnceHoweverItIsTyped) {
    HttpClient user = person();
    const SecondFactor factor = enrol(server, user);
    std::string typed = factor.recovery_codes[0];
    std::erase(typed, '-');
    std::ranges::transform(typed, typed.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const Reply grant = log_in(typed);
    ASSERT_EQ(grant.status, 201) << grant.body;
    EXPECT_EQ(factors_of(grant), "{password,recovery}");
    EXPECT_EQ(log_in(factor.recovery_codes[0]).status, 401);
    EXPECT_EQ(log_in(factor.recovery_codes[9]).status, 201);
    user.token = grant.member("access_token");
    EXPECT_EQ(user.get("/v1/auth/factors").member("recovery_codes_left"), "8");
    const SecondFactor next = enrol(server, user);
    EXPECT_EQ(log_in(factor.recovery_codes[1]).status, 401) << "they went with the first";
    EXPECT_EQ(log_in(code_at(factor.secret, step_now(server))).status, 401);
    EXPECT_EQ(log_in(next.recovery_codes[1]).status, 201);
}

TEST_F(Factors, WrongCodesAreCountedLikeWrongPasswordsAndNoCodeIsNone) {
    HttpClient user = person();
    const SecondFactor factor = enrol(server, user);
    change("DELETE FROM attempts");
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(log_in().member("type"), needed);
    }
    EXPECT_EQ(sql("SELECT count(*) FROM attempts WHERE scope = 'log-in owner'"), "0")
        << "who knows the password alone has not come in";
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(log_in("abcd-efgh-ijkl-mnop").status, 401);
    }
    EXPECT_EQ(log_in(factor.recovery_codes[0]).status, 429);
    EXPECT_EQ(sql("SELECT count(*) FROM recovery_codes"), "10");
}

TEST_F(Factors, NothingInTheDatabaseMakesACode) {
    HttpClient user = person();
    const SecondFactor factor = enrol(server, user);
    std::string plain = factor.recovery_codes[0];
    std::erase(plain, '-');
    EXPECT_EQ(sql("SELECT octet_length(sealed_secret) FROM second_factors"), "73");
    const std::string is_there = std::format(
        "(SELECT string_agg(f::text, '') FROM second_factors AS f) || (SELECT string_agg(r::text, "
        "'') FROM recovery_codes AS r) || (SELECT string_agg(a::text, '') FROM audit_logs AS a)");
    for (const std::string& secret : {factor.secret, factor.recovery_codes[0], plain}) {
        EXPECT_EQ(sql(std::format("SELECT strpos(lower({}), lower('{}'))", is_there, secret)), "0");
    }
    // Sealed for its own row: another's does not open it.
    change("DELETE FROM recovery_codes");
    change("UPDATE second_factors SET id = gen_random_uuid()");
    HttpClient client = server.client();
    client.described = false;
    EXPECT_EQ(
        client
            .post("/v1/auth/tokens",
                  std::format(R"({{"email":"{}","password":"quiet-harbour-lamp","code":"{}"}})",
                              email, code_at(factor.secret, step_now(server))))
            .status,
        500);
}

TEST_F(Factors, WhatCannotBeTakenBackWantsALogInWithIt) {
    HttpClient old = person();
    HttpClient user = server.client();
    user.token = log_in().member("access_token");
    const SecondFactor factor = enrol(server, user);
    for (const auto& [method, path] :
         {std::pair{"DELETE", "/v1/users/me"}, std::pair{"POST", "/v1/auth/factors/totp"},
          std::pair{"DELETE", "/v1/auth/factors/totp"}}) {
        const Reply reply = old.send(method, path, "", {});
        EXPECT_EQ(reply.status, 401) << path;
        EXPECT_TRUE(
            reply.headers.at("www-authenticate").contains("insufficient_user_authentication"))
            << path;
    }
    EXPECT_EQ(old.get("/v1/users/me").status, 200);
    old.token = log_in(factor.recovery_codes[0]).member("access_token");
    EXPECT_EQ(old.remove("/v1/auth/factors/totp").status, 204);
    EXPECT_EQ(old.remove("/v1/auth/factors/totp").status, 404);
    EXPECT_EQ(log_in().status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM recovery_codes"), "0");
}

TEST_F(Factors, ALetterTellsOfItsConfirmationItsEndAndEachRecoveryCode) {
    HttpClient user = person();
    const auto letters = [&] {
        return sql("SELECT coalesce(string_agg(kind, ' ' ORDER BY created_at), '') FROM letters "
                   "WHERE user_id = '" +
                   user.id + "'");
    };
    change("DELETE FROM letters");
    ASSERT_EQ(user.post("/v1/auth/factors/totp", "").status, 201);
    EXPECT_EQ(user.remove("/v1/auth/factors/totp").status, 204);
    EXPECT_EQ(letters(), "") << "it never counted";
    const SecondFactor factor = enrol(server, user);
    EXPECT_EQ(letters(), "factor_confirmed");
    EXPECT_EQ(log_in(code_at(factor.secret, step_now(server))).status, 201);
    EXPECT_EQ(log_in("aaaaa-aaaaa").status, 401);
    EXPECT_EQ(letters(), "factor_confirmed");
    EXPECT_EQ(log_in(factor.recovery_codes[0]).status, 201);
    EXPECT_EQ(letters(), "factor_confirmed recovery_used");
    EXPECT_EQ(user.remove("/v1/auth/factors/totp").status, 204);
    EXPECT_EQ(letters(), "factor_confirmed recovery_used factor_removed");
    HttpClient doctor = clinician();
    (void)enrol(server, doctor);
    EXPECT_EQ(sql("SELECT kind FROM letters WHERE clinician_id = '" + doctor.id + "'"),
              "factor_confirmed");
}

TEST_F(Factors, ItGoesWithTheAccount) {
    HttpClient user = person();
    (void)enrol(server, user);
    EXPECT_EQ(user.remove("/v1/users/me").status, 204);
    EXPECT_EQ(sql("SELECT count(*) FROM second_factors"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM recovery_codes"), "0");
}

TEST_F(Factors, ACliniciansTokenIsForTheirAccountAloneUntilThereIsOne) {
    HttpClient doctor = clinician();
    const Reply bare = log_in();
    EXPECT_EQ(bare.member("scope"), "account");
    doctor.token = bare.member("access_token");
    EXPECT_EQ(doctor.get("/v1/clinicians/me").status, 200);
    EXPECT_EQ(doctor.get("/v1/clinicians").status, 403);
    EXPECT_EQ(doctor.get("/v1/hitl-escalations").status, 403);
    const SecondFactor factor = enrol(server, doctor);
    EXPECT_EQ(factor.scope, "account care clinic");
    EXPECT_EQ(doctor.get("/v1/clinicians").status, 200) << "of the same log-in";
    const Reply refreshed = server.client().send(
        "POST", "/oauth/token",
        "grant_type=refresh_token&refresh_token=" + bare.member("refresh_token"),
        {"Content-Type: application/x-www-form-urlencoded"});
    EXPECT_EQ(refreshed.member("scope"), "account care clinic");
    EXPECT_EQ(log_in().member("type"), needed);
    EXPECT_EQ(log_in(factor.recovery_codes[0]).member("scope"), "account care clinic");
    EXPECT_EQ(doctor.remove("/v1/auth/factors/totp").status, 403) << "replaced, never removed";
    const SecondFactor next = enrol(server, doctor);
    EXPECT_EQ(log_in(next.recovery_codes[0]).status, 201);
}

TEST_F(Factors, ANewInvitationEndsACliniciansFactor) {
    HttpClient supervisor = server.new_clinician("supervisor");
    HttpClient doctor = clinician();
    (void)enrol(server, doctor);
    EXPECT_EQ(supervisor.send("POST", "/v1/clinicians/" + doctor.id + "/invitation", "", {}).status,
              202);
    EXPECT_EQ(sql("SELECT count(*) FROM second_factors"), "0");
    server.give_password(doctor.id, "quiet-harbour-lamp");
    EXPECT_EQ(log_in().member("scope"), "account");
}

TEST(FactorsNotRequired, AClinicThatMovesLetsCliniciansInWithoutOne) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.second_factor = FactorNeededBy::nobody;
    const TestServer server({}, config);
    HttpClient doctor = server.new_clinician("reviewer");
    server.give_password(doctor.id, "quiet-harbour-lamp");
    const std::string body =
        credentials_body(doctor.get("/v1/clinicians/me").member("email"), "clinician");
    const Reply bare = server.client().post("/v1/auth/tokens", body);
    EXPECT_EQ(bare.member("scope"), "account care clinic");
    (void)enrol(server, doctor);
    EXPECT_EQ(server.client().post("/v1/auth/tokens", body).member("type"), needed)
        << "who has one needs it";
}

} // namespace
} // namespace haven::test
