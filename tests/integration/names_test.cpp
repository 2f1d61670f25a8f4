// Addresses, names and passwords as people type them: one account, one password; and nothing that
// cannot be seen.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <array>
#include <format>
#include <string>
#include <vector>

namespace haven::test {
namespace {

const std::string composed = "caf\xC3\xA9-am-Meer";    // é
const std::string decomposed = "cafe\xCC\x81-am-Meer"; // e and its accent

std::string registration(const std::string& email, const std::string& password,
                         const std::string& name = "Ann") {
    return std::format(R"({{"email":"{}","password":"{}","full_name":"{}",)"
                       R"("consent_data_processing":true}})",
                       email, password, name);
}

std::string credentials(const std::string& email, const std::string& password,
                        const std::string& as) {
    return std::format(R"({{"email":"{}","password":"{}","as":"{}"}})", email, password, as);
}

class Names : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    int log_in(const std::string& email, const std::string& password,
               const std::string& as = "user") const {
        return server.client().post("/v1/auth/tokens", credentials(email, password, as)).status;
    }

    /// An account that is confirmed.
    void add(const std::string& email, const std::string& password) {
        ASSERT_EQ(nobody.post("/v1/users", registration(email, password)).status, 202);
        ASSERT_EQ(
            sql("SELECT length(registration_confirm_address(email)::text) FROM registrations"),
            "36");
    }

    TestServer server;
    HttpClient nobody = server.client();
};

TEST_F(Names, AnAddressIsOneAccountHoweverItIsWritten) {
    const std::string written = "Ann@B\xC3\xBC"
                                "cher.example";
    const std::vector<std::string> others = {"ann@xn--bcher-kva.example",
                                             "ANN@bu\xCC\x88"
                                             "cher.EXAMPLE",
                                             "ann@b\xC3\xBC"
                                             "cher.example"};
    add(written, composed);
    EXPECT_EQ(sql("SELECT email FROM users"), "ann@b\xC3\xBC"
                                              "cher.example");
    for (const std::string& other : others) {
        EXPECT_EQ(log_in(other, composed), 201) << other;
        EXPECT_EQ(nobody.post("/v1/users", registration(other, "another-lamp-here")).status, 202);
        EXPECT_EQ(sql("SELECT registration_confirm_address(email) FROM registrations"), "NULL")
            << other;
    }
}

TEST_F(Names, AnAccountFromBeforeKeepsItsAddressAndItsPassword) {
    add("ann@example.org", composed);
    std::array<char, crypto_pwhash_STRBYTES> older{};
    ASSERT_EQ(crypto_pwhash_str_alg(older.data(), decomposed.data(), decomposed.size(), 2,
                                    19'456ULL * 1024, crypto_pwhash_ALG_ARGON2ID13),
              0);
    (void)sql(std::format("WITH older AS (UPDATE users SET email = 'ann@xn--bcher-kva.example', "
                          "password_hash = '{}' RETURNING 1) SELECT * FROM older",
                          older.data()));
    EXPECT_EQ(log_in("ann@b\xC3\xBC"
                     "cher.example",
                     composed),
              401)
        << "not what was typed";
    EXPECT_EQ(log_in("ann@b\xC3\xBC"
                     "cher.example",
                     decomposed),
              201);
    EXPECT_EQ(log_in("ann@b\xC3\xBC"
                     "cher.example",
                     composed),
              201)
        << "hashed anew";
    EXPECT_EQ(nobody
                  .post("/v1/users", registration("ann@b\xC3\xBC"
                                                  "cher.example",
                                                  composed))
                  .status,
              202);
    EXPECT_EQ(sql("SELECT registration_confirm_address(email) FROM registrations"), "NULL");
}

TEST_F(Names, APasswordIsOneHoweverItIsTypedForPeopleAndClinicians) {
    add("ann@example.org", decomposed);
    EXPECT_EQ(log_in("ann@example.org", composed), 201);
    EXPECT_EQ(log_in("ann@example.org", decomposed), 201);
    EXPECT_EQ(log_in("ann@example.org", "cafe-am-Meer"), 401);
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string email = "ruth@\xC3\xBC"
                              "bung.example";
    const Reply made = supervisor.post(
        "/v1/clinicians", std::format(R"({{"email":"{}","full_name":"Ruth"}})", email));
    ASSERT_EQ(made.status, 201);
    server.give_password(made.member("id"), decomposed);
    EXPECT_EQ(log_in(email, composed, "clinician"), 201);
    EXPECT_EQ(log_in("RUTH@xn--bung-zra.example", decomposed, "clinician"), 201);
    EXPECT_EQ(
        supervisor
            .post("/v1/clinicians", R"({"email":"ruth@xn--bung-zra.example","full_name":"Ruth"})")
            .status,
        409);
}

TEST_F(Names, APasswordMayBeAsLongComposedAsDecomposed) {
    std::string longest;
    std::string typed;
    for (int i = 0; i < 64; ++i) {
        longest += "\xE1\xBB\x87x";    // one letter with two accents
        typed += "e\xCC\xA3\xCC\x82x"; // the same in three characters
    }
    add("ann@example.org", longest);
    EXPECT_EQ(log_in("ann@example.org", typed), 201);
    add("ben@example.org", typed);
    EXPECT_EQ(log_in("ben@example.org", longest), 201);
    const Reply over = nobody.post("/v1/users", registration("eve@example.org", longest + "x"));
    EXPECT_EQ(over.status, 422);
    EXPECT_TRUE(over.points_to("/password")) << over.body;
    EXPECT_EQ(log_in("ann@example.org", longest + "x"), 401);
}

TEST_F(Names, AnAccountWithANameFromBeforeIsStillThere) {
    add("ann@example.org", composed);
    sql_do(server.config().database_url, R"(UPDATE users SET email = '"ann"@example.org')");
    EXPECT_EQ(log_in(R"(\"ann\"@example.org)", composed), 201);
    EXPECT_EQ(nobody.post("/v1/users", registration(R"(\"ann\"@example.org)", composed)).status,
              202);
    EXPECT_EQ(sql("SELECT registration_confirm_address(email) FROM registrations"), "NULL");
}

TEST_F(Names, WhatCannotBeSeenIsRefusedWhereItIsWritten) {
    HttpClient user = server.new_user();
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string accounts = sql("SELECT count(*) FROM users");
    for (const char* unseen :
         {"\\u202e", "\\u200b", "\\u2066", "\\ufeff", "\\u00ad", "\\u200d", "\\u0007", "\\u2028"}) {
        const std::string hidden = std::string("an") + unseen + "n";
        const auto refused = [&](const Reply& reply, const char* pointer) {
            EXPECT_EQ(reply.status, 422) << unseen << reply.body;
            EXPECT_TRUE(reply.points_to(pointer)) << unseen << reply.body;
        };
        refused(nobody.post("/v1/users", registration(hidden + "@example.org", composed)),
                "/email");
        refused(nobody.post("/v1/users", registration("ann@" + hidden + ".example", composed)),
                "/email");
        refused(nobody.post("/v1/users", registration("a@example.org", composed, hidden)),
                "/full_name");
        refused(nobody.post("/v1/users", registration("a@example.org", "quiet-lamp" + hidden)),
                "/password");
        refused(user.patch("/v1/users/me", std::format(R"({{"full_name":"{}"}})", hidden)),
                "/full_name");
        refused(user.patch("/v1/users/me", std::format(R"({{"location_country":"{}"}})", hidden)),
                "/location_country");
        refused(supervisor.post(
                    "/v1/clinicians",
                    std::format(R"({{"email":"{}@example.org","full_name":"Ruth"}})", hidden)),
                "/email");
        refused(
            supervisor.post("/v1/clinicians",
                            std::format(R"({{"email":"r@example.org","full_name":"{}"}})", hidden)),
            "/full_name");
    }
    EXPECT_EQ(sql("SELECT count(*) FROM users"), accounts);
}

TEST_F(Names, ANameIsKeptComposed) {
    HttpClient user = server.new_user();
    EXPECT_EQ(user.patch("/v1/users/me", "{\"full_name\":\"Jose\xCC\x81\"}").status, 200);
    EXPECT_EQ(user.get("/v1/users/me").member("full_name"), "Jos\xC3\xA9");
    ASSERT_EQ(
        nobody.post("/v1/users", registration("z@example.org", composed, "Zoe\xCC\x88")).status,
        202);
    server.confirm("z@example.org");
    EXPECT_EQ(sql("SELECT full_name FROM users WHERE email = 'z@example.org'"), "Zo\xC3\xAB");
}

} // namespace
} // namespace haven::test
