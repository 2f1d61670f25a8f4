// What strangers are refused, as the log tells it: how often, and of whom.
#include "server/http/problem.hpp"
#include "server/http/security_log.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <format>
#include <string>

namespace haven::http {
namespace {

using namespace std::chrono_literals;
using enum SecurityEvent;
const SecurityLog::Clock::time_point start{};

TEST(SecurityLog, EachKindAndNetworkHasALineAMinuteWithWhatWasLeftOut) {
    SecurityLog log;
    const auto first = log.count(token_refused, "192.0.2.7", start);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->network, "192.0.2.0/24");
    EXPECT_EQ(first->left_out, 0U);
    for (int i = 0; i < 41; ++i) {
        EXPECT_FALSE(log.count(token_refused, "192.0.2.8", start + 59s)) << "the same network";
    }
    EXPECT_TRUE(log.count(forbidden, "192.0.2.7", start + 59s)) << "another kind";
    EXPECT_TRUE(log.count(token_refused, "192.0.3.7", start + 59s)) << "another network";
    const auto next = log.count(token_refused, "192.0.2.7", start + 60s);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->left_out, 41U);
}

TEST(SecurityLog, ItIsBoundedHoweverManyNetworksThereAre) {
    SecurityLog log;
    std::size_t lines = 0;
    for (std::size_t i = 0; i < 3 * SecurityLog::networks_max; ++i) {
        const auto line =
            log.count(malformed_request, std::format("10.{}.{}.1", i / 256, i % 256), start);
        lines += line ? 1 : 0;
        if (i == SecurityLog::networks_max) {
            ASSERT_TRUE(line);
            EXPECT_EQ(line->network, "") << "of many";
        }
    }
    EXPECT_EQ(lines, SecurityLog::networks_max + 1);
    const auto later = log.count(malformed_request, "172.16.0.1", start + 2min);
    ASSERT_TRUE(later) << "who is long gone has made room";
    EXPECT_EQ(later->network, "172.16.0.0/24");
}

TEST(SecurityLog, NoSingleAddressIsTold) {
    EXPECT_EQ(coarse_network("198.51.100.23"), "198.51.100.0/24");
    EXPECT_EQ(coarse_network("2001:db8:1:2::/64"), "2001:db8:1:2::/64");
    EXPECT_EQ(coarse_network(""), "");
}

TEST(SecurityLog, WhatIsNoTryAtADoorIsNone) {
    EXPECT_EQ(event_of(conflict()), std::nullopt);
    EXPECT_EQ(event_of(not_found()), std::nullopt);
    EXPECT_EQ(event_of(unavailable(1s)), std::nullopt);
    EXPECT_EQ(event_of(invalid_body({})), std::nullopt);
    EXPECT_EQ(event_of(http::forbidden("")), SecurityEvent::forbidden);
    EXPECT_EQ(event_of(cross_site("")), forgery_refused);
    EXPECT_EQ(event_of(unauthorized()), token_refused);
    EXPECT_EQ(event_of(http::too_many_requests(1s)), SecurityEvent::too_many_requests);
}

} // namespace
} // namespace haven::http
