#include "server/auth/password.hpp"
#include "server/auth/user_code.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

using auth::read_user_code;

TEST(UserCode, EachLetterIsAsLikelyAsAnyOtherAtEachPlace) {
    ASSERT_TRUE(auth::init());
    constexpr int codes = 20'000;
    std::map<char, int> seen[auth::user_code_length];
    for (int i = 0; i < codes; ++i) {
        const std::string code = auth::make_user_code();
        ASSERT_EQ(code.size(), auth::user_code_length);
        for (std::size_t place = 0; place < code.size(); ++place) {
            ++seen[place][code[place]];
        }
    }
    for (const auto& counts : seen) {
        EXPECT_EQ(counts.size(), auth::user_code_letters.size());
        for (const auto& [letter, count] : counts) { // 1000, give or take 31
            EXPECT_TRUE(auth::user_code_letters.contains(letter)) << letter;
            EXPECT_NEAR(count, codes / 20, 200) << letter;
        }
    }
}

TEST(UserCode, IsShownInTwoHalvesAndReadHoweverItIsTyped) {
    EXPECT_EQ(auth::shown_user_code("WDJBMJHT"), "WDJB-MJHT");
    for (const std::string_view typed : {"WDJB-MJHT", "wdjb-mjht", "WDJBMJHT", " wDjB mJhT ",
                                         "WDJB\u2013MJHT", "\"W.D.J.B.M.J.H.T\"", "WDJB--MJHT\n"}) {
        EXPECT_EQ(read_user_code(typed), "WDJBMJHT") << typed;
    }
}

TEST(UserCode, WhatCanBeNoneIsNone) {
    for (const std::string_view typed :
         {"", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "-"}) {
        EXPECT_FALSE(read_user_code(typed)) << typed;
    }
}

} // namespace
} // namespace haven::test
