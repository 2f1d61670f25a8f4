#include "server/auth/password.hpp"
#include "server/auth/token.hpp"
#include "tests/support/password_work.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace haven::test {

namespace {

using auth::check_password;

class Password : public testing::Test {
  protected:
    static void SetUpTestSuite() { ASSERT_TRUE(auth::init()); }
};

TEST_F(Password, ItsHashIsArgon2idWithTheRequiredCostAndFitsTheColumn) {
    const auto hash = auth::hash_password("correct horse battery");
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
    EXPECT_LE(hash->size(), 255U);
    EXPECT_FALSE(auth::needs_rehash(*hash));
}

TEST_F(Password, OnlyTheSamePasswordVerifies) {
    const std::string hash = auth::hash_password("correct horse battery").value();
    EXPECT_TRUE(auth::verify_password(hash, "correct horse battery"));
    EXPECT_FALSE(auth::verify_password(hash, "correct horse batterz"));
    EXPECT_FALSE(auth::verify_password(hash, ""));
    EXPECT_FALSE(auth::verify_password("damaged", "correct horse battery"));
    EXPECT_NE(auth::hash_password("correct horse battery").value(), hash) << "no salt";
}

TEST_F(Password, AnUnknownUserCostsWhatAKnownOneDoes) {
    const std::string hash = auth::hash_password("correct horse battery").value();
    std::ignore = take_password_work();
    EXPECT_FALSE(auth::verify_password(hash, "wrong guess"));
    const std::vector<std::string> known = take_password_work();
    EXPECT_EQ(known, (std::vector<std::string>{"argon2id$v=19$m=19456,t=2,p=1 of 11 bytes"}));
    EXPECT_FALSE(auth::prove("", "wrong guess").right);
    EXPECT_EQ(take_password_work(), known);
}

TEST_F(Password, AHashOfOtherCostIsDueForAnother) {
    EXPECT_TRUE(auth::needs_rehash("$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                   "RdescudvJCsgt3ub+b/dWRWJTmaaJObG9f0b0Jm5hbw"));
}

constexpr const char* composed = "caf\xC3\xA9 am Meer";    // é
constexpr const char* decomposed = "cafe\xCC\x81 am Meer"; // e and its accent

TEST_F(Password, ItIsOneHoweverItIsTyped) {
    const std::string hash = auth::hash_password(decomposed).value();
    EXPECT_TRUE(auth::verify_password(hash, decomposed));
    EXPECT_TRUE(auth::verify_password(hash, composed));
    EXPECT_TRUE(auth::verify_password(hash, "caf\xC3\xA9\xC2\xA0"
                                            "am\xE3\x80\x80Meer"));
    EXPECT_FALSE(auth::verify_password(hash, "cafe am Meer"));
    EXPECT_FALSE(auth::needs_rehash(hash, decomposed));
    EXPECT_TRUE(check_password("1234567"
                               "e\xCC\x81"))
        << "composed it has 8 characters";
    EXPECT_FALSE(check_password("123456"
                                "e\xCC\x81"))
        << "composed it has 7 characters";
}

/// crypto_pwhash_str of what was typed, as programs before this one did it.
TEST_F(Password, AnOlderHashOfWhatWasTypedOpensAndIsDueForAnother) {
    std::array<char, crypto_pwhash_STRBYTES> older{};
    const std::string typed = decomposed;
    ASSERT_EQ(crypto_pwhash_str_alg(older.data(), typed.data(), typed.size(), 2, 19'456ULL * 1024,
                                    crypto_pwhash_ALG_ARGON2ID13),
              0);
    const std::string hash = older.data();
    EXPECT_TRUE(auth::verify_password(hash, decomposed));
    EXPECT_FALSE(auth::needs_rehash(hash));
    EXPECT_TRUE(auth::needs_rehash(hash, decomposed));
    EXPECT_TRUE(auth::verify_password(auth::hash_password(decomposed).value(), composed));
}

TEST_F(Password, WhatCannotBeSeenIsRefused) {
    for (const char* hidden : {"quiet\xE2\x80\xAE"
                               "harbour",
                               "quiet\xE2\x80\x8B"
                               "harbour",
                               "quiet\tharbour", "quiet\xC2\xADharbour", "quiet\x7Fharbour"}) {
        EXPECT_FALSE(check_password(hidden)) << hidden;
    }
}

TEST_F(Password, AnUnknownUserCostsWhatAKnownOneDoesHoweverItIsTyped) {
    const std::string hash = auth::hash_password("correct horse battery").value();
    std::ignore = take_password_work();
    EXPECT_FALSE(auth::verify_password(hash, decomposed));
    const std::vector<std::string> known = take_password_work();
    EXPECT_EQ(known.size(), 2U);
    EXPECT_FALSE(auth::prove("", decomposed).right);
    EXPECT_EQ(take_password_work(), known);
}

TEST_F(Password, LengthIsCountedInCharactersNotBytes) {
    EXPECT_TRUE(check_password("ünîcödé"
                               "8"));
    EXPECT_FALSE(check_password("ünîcödé"));
    EXPECT_FALSE(check_password("1-short"));
    std::string long_one;
    for (int i = 0; i < 64; ++i) {
        long_one += "aß";
    }
    EXPECT_TRUE(check_password(long_one)); // 128 characters, 192 bytes
    EXPECT_FALSE(check_password(long_one + "x"));
}

TEST_F(Password, TheCommonestAreRefusedInAnyCase) {
    for (const char* common :
         {"password", "Password1", "12345678", "QWERTYUIOP", "iloveyou", "aaaaaaaaaaaa"}) {
        EXPECT_FALSE(check_password(common)) << common;
    }
    EXPECT_TRUE(check_password("password of my own"));
}

TEST_F(Password, EveryLineOfTheListIsRefused) {
    std::ifstream list(HAVEN_SOURCE_DIR "/assets/common_passwords.txt");
    std::set<std::string> lines;
    for (std::string line; std::getline(list, line);) {
        const auto refused = check_password(line);
        ASSERT_FALSE(refused) << line;
        EXPECT_TRUE(refused.error().detail.contains("commonest"))
            << line << ": " << refused.error().detail;
        EXPECT_TRUE(line.size() >= 8 && lines.insert(line).second) << line;
    }
    EXPECT_GE(lines.size(), 3000U) << "as ASVS 6.2.4 asks";
}

TEST_F(Password, TheAddressItselfIsRefused) {
    EXPECT_FALSE(check_password("Ada@Example.org", {.email = "ada@example.org"}));
    EXPECT_TRUE(check_password("Ada@Example.org!", {.email = "ada@example.org"}));
}

TEST_F(Password, WordsOfItsContextAreNoPartOfItsLength) {
    const auth::PasswordContext ada{.email = "ada.byron@clinic.example",
                                    .name = "Ada Lovelace",
                                    .site_url = "https://journal.example/haven"};
    for (const char* guessed : {"lovelace1815", "Byron-Byron-Byron", "HAVEN2026!", "journal-clinic",
                                "LovelaceByron!", "haven haven haven"}) {
        const auto refused = check_password(guessed, ada);
        ASSERT_FALSE(refused) << guessed;
        EXPECT_TRUE(refused.error().detail.contains("besides")) << refused.error().detail;
    }
    for (const char* own : {"lovelace wrote notes", "haven-of-mine-7", "ada-ada-ada-ada"}) {
        EXPECT_TRUE(check_password(own, ada)) << own;
    }
    EXPECT_TRUE(check_password("lovelace1815", {.name = "Grace Hopper"}));
    EXPECT_FALSE(check_password("haven2026!")) << "whosever it is";
}

TEST_F(Password, WhatIsNotUtf8IsRefused) {
    for (const std::string broken :
         {"\xC0\xAFlonger than 8", "\xED\xA0\x80longer than 8", "cut off too soon \xE2\x82",
          "\xF5longer than 8", "\x80longer than 8"}) {
        EXPECT_FALSE(check_password(broken));
    }
    EXPECT_FALSE(check_password(std::string("zero\0inside it", 14)));
}

TEST(Token, TextIs43CharactersOfBase64UrlAndNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const auth::Token token = auth::make_token();
        EXPECT_EQ(token.text.size(), 43U);
        EXPECT_EQ(token.text.find_first_not_of(
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
        EXPECT_EQ(auth::hash_of_token(token.text), token.hash);
        seen.insert(token.text);
    }
    EXPECT_EQ(seen.size(), 100U);
}

TEST(Token, ItsHashIsSha256OfItsText) {
    // sha256sum of 43 times 'A'
    const auto hash = auth::hash_of_token(std::string(43, 'A'));
    ASSERT_TRUE(hash);
    EXPECT_EQ((*hash)[0], std::byte{0x0F});
    EXPECT_EQ((*hash)[31], std::byte{0x1A});
}

TEST(Token, WhatCannotBeOneIsNotHashed) {
    EXPECT_FALSE(auth::hash_of_token(""));
    EXPECT_FALSE(auth::hash_of_token(std::string(42, 'A')));
    EXPECT_FALSE(auth::hash_of_token(std::string(44, 'A')));
    EXPECT_FALSE(auth::hash_of_token(std::string(42, 'A') + "+"));
}

} // namespace

} // namespace haven::test
