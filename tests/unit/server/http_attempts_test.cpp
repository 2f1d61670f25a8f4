// How often somebody may try: windows, back-off, tables that nobody can fill, and who is behind a
// proxy.
#include "server/http/proxies.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/request_rates.hpp"

#include <boost/asio/ip/address.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace haven::http {
namespace {

using namespace std::chrono_literals;

constexpr RateLimit::Clock::time_point begin{};

TEST(RateLimit, StopsAfterSoManyAttemptsUntilTheWindowIsOver) {
    RateLimit limit(3, 60s);
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(limit.attempt("a", begin + 1s));
    }
    EXPECT_EQ(limit.attempt("a", begin + 11s), 50s);
    EXPECT_FALSE(limit.attempt("b", begin + 11s));
    EXPECT_FALSE(limit.attempt("a", begin + 61s));
}

TEST(RateLimit, AWindowThatWasUsedUpMakesTheNextOneLongerAndQuietEndsThat) {
    RateLimit limit(1, 60s, 10, 200s);
    auto now = begin + 1s;
    for (const auto window : {60s, 120s, 200s, 200s}) {
        EXPECT_FALSE(limit.attempt("a", now));
        EXPECT_EQ(limit.attempt("a", now), window);
        now += window;
    }
    EXPECT_FALSE(limit.attempt("a", now + 200s));
    EXPECT_EQ(limit.attempt("a", now + 200s), 60s);
}

TEST(RateLimit, AFullTableLocksNobodyOutAndForgetsWhoWasAwayForTheLongestTime) {
    RateLimit limit(1, 1h, 100);
    EXPECT_FALSE(limit.attempt("the first", begin));
    for (int i = 0; i < 100'000; ++i) {
        EXPECT_FALSE(limit.attempt(std::to_string(i), begin));
        EXPECT_TRUE(limit.attempt("tried again and again", begin) || i == 0);
    }
    EXPECT_FALSE(limit.knows("the first"));
    EXPECT_TRUE(limit.knows("99999"));
}

TEST(RateLimit, WhatIsGivenBackDoesNotCount) {
    RateLimit limit(1, 60s);
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(limit.attempt("a", begin + 1s));
        limit.refund("a");
    }
    EXPECT_FALSE(limit.attempt("a", begin + 1s));
    EXPECT_TRUE(limit.attempt("a", begin + 1s));
    limit.forget("a");
    EXPECT_FALSE(limit.attempt("a", begin + 1s));
}

TEST(RateLimit, LookingCountsNothing) {
    RateLimit limit(1, 60s);
    EXPECT_FALSE(limit.used_up("a", begin));
    EXPECT_FALSE(limit.attempt("a", begin + 1s));
    EXPECT_EQ(limit.used_up("a", begin + 11s), 50s);
    EXPECT_FALSE(limit.used_up("b", begin + 11s));
    EXPECT_FALSE(limit.used_up("a", begin + 61s));
}

TEST(RequestRates, TokensThatAreNobodysStopTheNetworkAndNoTokenThatWasGood) {
    RequestRates rates(60);
    rates.token_is_good("mine", begin);
    int asked = 0;
    for (int i = 0; i < 5'000; ++i) {
        const std::string token = std::to_string(i);
        if (!rates.before_token(token, "a", begin + 1s)) {
            ++asked;
            rates.token_is_nobodys(token, "a", begin + 1s);
        }
    }
    EXPECT_EQ(asked, 300);
    EXPECT_EQ(rates.before_token("new", "a", begin + 2s), 59s);
    EXPECT_FALSE(rates.before_token("new", "b", begin + 2s));
    EXPECT_FALSE(rates.before_token("mine", "a", begin + 2s));
    rates.token_is_nobodys("mine", "a", begin + 2s);
    EXPECT_TRUE(rates.before_token("mine", "a", begin + 2s)) << "it was revoked";
    EXPECT_FALSE(rates.before_token("new", "a", begin + 61s));
}

TEST(RequestRates, ATokenWhoseTimeIsOverAndThatIsSentAgainAndAgainIsOne) {
    RequestRates rates(60);
    int asked = 0;
    for (int i = 0; i < 3'000; ++i) { // thirty programs of one clinic that go on asking
        const std::string token = std::to_string(i % 30);
        if (!rates.before_token(token, "a", begin + 1s)) {
            ++asked;
            rates.token_is_nobodys(token, "a", begin + 1s);
        }
    }
    EXPECT_EQ(asked, 30 * 20);
    EXPECT_FALSE(rates.before_token("new", "a", begin + 2s)) << "others there go on";
}

TEST(RateLimit, TheFieldsSayWhatIsLeft) {
    RateLimit limit(3, 60s);
    const auto fields = rate_limit_fields("reading", limit.count("a", begin + 1s));
    ASSERT_EQ(fields.size(), 2U);
    EXPECT_EQ(fields[0].second, R"("reading";q=3;w=60)");
    EXPECT_EQ(fields[1].second, R"("reading";r=2;t=60)");
}

class Proxies : public ::testing::Test {
  protected:
    std::string client(const char* peer, std::string_view forwarded,
                       std::string_view x_forwarded_for) const {
        return proxies.client(boost::asio::ip::make_address(peer), forwarded, x_forwarded_for).ip;
    }
    TrustedProxies proxies = *TrustedProxies::parse("10.0.0.0/8, 2001:db8::7,192.0.2.9");
};

TEST_F(Proxies, OnlyTheTrustedAreBelieved) {
    EXPECT_EQ(client("10.1.2.3", "", "203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "for=203.0.113.5", ""), "203.0.113.5");
    EXPECT_EQ(client("2001:db8::7", "", "203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client("::ffff:10.1.2.3", "", "203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client("11.1.2.3", "for=203.0.113.5", "203.0.113.5"), "11.1.2.3");
    EXPECT_EQ(client("2001:db8::8", "", "203.0.113.5"), "2001:db8::8");
    EXPECT_EQ(TrustedProxies().client(boost::asio::ip::make_address("10.1.2.3"), "", "1.2.3.4").ip,
              "10.1.2.3");
}

TEST_F(Proxies, WhatTheClientWroteBeforeTheProxyIsNotBelieved) {
    EXPECT_EQ(client("10.1.2.3", "", "1.1.1.1, 203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "", "1.1.1.1, 203.0.113.5, 10.9.9.9"), "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "for=1.1.1.1;host=a, for=203.0.113.5;proto=https", ""),
              "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "", std::string(4'000, '1') + ", 203.0.113.5"), "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "", "10.0.0.1, 10.0.0.2"), "10.0.0.1") << "all of them are ours";
}

TEST_F(Proxies, WhatStandsInQuotesIsNoAddress) {
    // A proxy that says which host was asked for says what the client wrote.
    for (const char* host : {R"(a,for=1.1.1.1;x=)", R"(a;for=1.1.1.1;x=)", R"(a, for=1.1.1.1)",
                             R"(a\",for=1.1.1.1;x=\"b)", R"(\\)", R"(a\\\",for=1.1.1.1;x=\")"}) {
        for (const char* form :
             {R"(for=203.0.113.5;host="{}")", R"(host="{}";for=203.0.113.5)",
              R"(for="1.1.1.1, for=203.0.113.5;host="{}")", R"(x=",for=203.0.113.5;host="{}")"}) {
            const std::string forwarded = std::vformat(form, std::make_format_args(host));
            EXPECT_EQ(client("10.1.2.3", forwarded, ""), "203.0.113.5") << forwarded;
        }
    }
    EXPECT_EQ(client("10.1.2.3", R"(for="203.0\.113.5")", ""), "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "for=1.1.1.1;for=203.0.113.5", ""), "10.1.2.3") << "which one?";
    for (const char* odd : {R"(for="203.0.113.5)", R"(for=203.0.113.5")", R"(for=")", R"(for="\")",
                            "for = 203.0.113.5", "for=", "for"}) {
        EXPECT_EQ(client("10.1.2.3", odd, ""), "10.1.2.3") << odd;
    }
}

TEST_F(Proxies, AFieldThatTheProxyPassedOnIsNotBelieved) {
    EXPECT_EQ(client("10.1.2.3", "for=1.1.1.1", "203.0.113.5"), "10.1.2.3");
    EXPECT_EQ(client("10.1.2.3", "for=203.0.113.5", "1.1.1.1"), "10.1.2.3");
    EXPECT_EQ(client("10.1.2.3", "for=unknown", "203.0.113.5"), "10.1.2.3");
    EXPECT_EQ(client("10.1.2.3", "for=203.0.113.5", "1.1.1.1, 203.0.113.5"), "203.0.113.5");
}

TEST_F(Proxies, AddressesAreReadInAllTheirForms) {
    EXPECT_EQ(client("10.1.2.3", R"(For="[2001:db8:cafe::17]:4711")", ""), "2001:db8:cafe::17");
    EXPECT_EQ(client("10.1.2.3", "proto=http; for=203.0.113.5:80", ""), "203.0.113.5");
    EXPECT_EQ(client("10.1.2.3", "", "[2001:db8:cafe::17]"), "2001:db8:cafe::17");
    EXPECT_EQ(client("10.1.2.3", "", "::ffff:203.0.113.5"), "203.0.113.5");
    for (const char* odd :
         {"unknown", "_hidden", "1.2.3", "fe80::1%eth0", "\xFF", "[::1", "a, ,"}) {
        EXPECT_EQ(client("10.1.2.3", "", odd), "10.1.2.3") << odd;
    }
}

TEST(TrustedProxies, WhatIsNoNetworkIsRefused) {
    for (const char* odd :
         {"10.0.0.0/33", "10.0.0", "proxy.example", "10.0.0.0/", "::1/129", "1/8x"}) {
        EXPECT_FALSE(TrustedProxies::parse(odd)) << odd;
    }
    EXPECT_TRUE(TrustedProxies::parse(""));
}

} // namespace
} // namespace haven::http
