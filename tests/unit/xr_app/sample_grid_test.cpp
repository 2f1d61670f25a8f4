#include "xr_app/input/sample_grid.hpp"

#include "bilateral/pose.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <vector>

namespace haven {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t hour = 3'600'000 * ms;
constexpr std::int64_t start = 1'000'003 * ms; ///< not on the grid

/// The moments a thread samples that wakes at these times.
std::vector<std::int64_t> sampled(SampleGrid& grid, const std::vector<std::int64_t>& wakes,
                                  bool history) {
    std::vector<std::int64_t> times;
    for (const std::int64_t wake : wakes) {
        const SampleGrid::Due due = grid.due(wake, history);
        for (std::int64_t i = 0; i < due.count; ++i) {
            times.push_back(due.first_ns + i * sample_period_ns);
        }
    }
    return times;
}

TEST(SampleGrid, MomentsLieOnWholePeriodsAndALittleInThePast) {
    SampleGrid grid;
    for (const std::int64_t time : sampled(grid, {start, start + 5 * ms, start + 11 * ms}, true)) {
        EXPECT_EQ(time % sample_period_ns, 0);
    }
    EXPECT_EQ(SampleGrid{}.due(start, true).first_ns, 999'995 * ms);
}

TEST(SampleGrid, ALateThreadFillsTheGridWhereTheRuntimeRemembers) {
    SampleGrid grid;
    const auto times = sampled(grid, {start, start + 40 * ms}, true);
    ASSERT_EQ(times.size(), 9U);
    for (std::size_t i = 1; i < times.size(); ++i) {
        EXPECT_EQ(times[i] - times[i - 1], sample_period_ns);
    }
    EXPECT_EQ(grid.missed(), 0U);
}

TEST(SampleGrid, WhatIsOlderThanTheHistoryStaysAGap) {
    SampleGrid grid;
    const auto times = sampled(grid, {start, start + 300 * ms}, true);
    EXPECT_GT(times[1], start + 300 * ms - 50 * ms) << "never asked for what nobody remembers";
    EXPECT_EQ(times.back() - times[1], static_cast<std::int64_t>(times.size() - 2) * 5 * ms);
    EXPECT_EQ(grid.missed(), static_cast<std::uint64_t>((times[1] - times[0]) / (5 * ms) - 1));
}

TEST(SampleGrid, WithoutHistoryTheGapIsNotFilledWithCopies) {
    SampleGrid grid;
    const auto times = sampled(grid, {start, start + 40 * ms}, false);
    ASSERT_EQ(times.size(), 2U);
    EXPECT_EQ(times.front(), 1'000'000 * ms);
    EXPECT_EQ(times.back(), 1'000'040 * ms);
    EXPECT_EQ(grid.missed(), 7U);
}

TEST(SampleGrid, WithoutHistoryOneOrTwoMomentsBetweenTwoSamplesAreKnownFromThem) {
    for (const std::int64_t late : {10 * ms, 15 * ms}) {
        SampleGrid grid;
        EXPECT_EQ(grid.due(start, false).count, 1);
        const SampleGrid::Due due = grid.due(start + late, false);
        EXPECT_EQ(due.first_ns, 1'000'005 * ms);
        EXPECT_EQ(due.count, late / (5 * ms));
        EXPECT_EQ(grid.missed(), 0U);
    }
    SampleGrid grid;
    EXPECT_EQ(grid.due(start, false).count, 1);
    EXPECT_EQ(grid.due(start + 20 * ms, false).count, 1) << "a gap";
    EXPECT_EQ(grid.missed(), 3U);
}

TEST(SampleGrid, AMomentOfWhichTheTriggerIsNotKnownYetWaits) {
    SampleGrid grid;
    EXPECT_EQ(grid.due(start, true, start).first_ns, 999'995 * ms);
    EXPECT_EQ(grid.due(start + 30 * ms, true, start + 11 * ms),
              (SampleGrid::Due{.first_ns = 1'000'000 * ms, .count = 3}));
    EXPECT_EQ(grid.due(start + 30 * ms, true, start + 30 * ms),
              (SampleGrid::Due{.first_ns = 1'000'015 * ms, .count = 3}));
    EXPECT_EQ(grid.missed(), 0U);
    // Held up for longer than the runtime remembers: there is nothing to ask for.
    EXPECT_EQ(grid.due(start + 200 * ms, true, start + 100 * ms).count, 0);
    EXPECT_EQ(grid.due(start + 205 * ms, true, start + 205 * ms).count, 8);
}

TEST(SampleGrid, AMomentIsSampledOnce) {
    SampleGrid grid;
    EXPECT_EQ(
        sampled(grid, {start, start, start + ms, start + 2 * ms, start + 3 * ms}, false).size(),
        2U);
}

TEST(SampleGrid, ADecisionForHistoryInBetweenRepeatsNothing) {
    SampleGrid grid;
    auto times = sampled(grid, {start, start + 5 * ms}, false);
    const auto later = sampled(grid, {start + 10 * ms, start + 15 * ms, start + 20 * ms}, true);
    times.insert(times.end(), later.begin(), later.end());
    for (std::size_t i = 1; i < times.size(); ++i) {
        EXPECT_EQ(times[i] - times[i - 1], sample_period_ns);
    }
}

TEST(SampleGrid, AClockThatIsSetBackLosesNothingAfterIt) {
    SampleGrid grid;
    std::ignore = grid.due(start + 5 * hour, true);
    const SampleGrid::Due due = grid.due(start, true);
    EXPECT_EQ(due.count, 1);
    EXPECT_TRUE(due.begins_anew);
    EXPECT_EQ(sampled(grid, {start + 5 * ms, start + 10 * ms}, true).size(), 2U);
}

TEST(SampleGrid, AClockThatLeapsAheadAsksForNoMoreThanItsHistory) {
    SampleGrid grid;
    std::ignore = grid.due(start, true);
    EXPECT_LE(grid.due(start + 100 * hour, true).count, 10);
}

TEST(SampleGrid, ThereIsNothingBeforeTheClockRuns) {
    SampleGrid grid;
    for (const std::int64_t time :
         {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0}, 8 * ms}) {
        EXPECT_EQ(grid.due(time, true).count, 0) << time;
    }
    EXPECT_EQ(grid.due(start, true).count, 1);
}

Pose at(float x_m) {
    return {.position_m = {x_m, 1.0F, -0.3F}};
}

TEST(PastProbe, ARuntimeThatAnswersThePastWithThePresentIsRecognised) {
    PastProbe probe;
    for (int i = 0; i < 10; ++i) {
        const Pose present = at(0.01F * static_cast<float>(i));
        probe.add(present, present);
    }
    EXPECT_TRUE(probe.decided());
    EXPECT_FALSE(probe.keeps_history());
}

TEST(PastProbe, ARuntimeThatRemembersIsRecognised) {
    PastProbe probe;
    for (int i = 0; i < 10; ++i) {
        probe.add(at(0.01F * static_cast<float>(i)), at(0.01F * static_cast<float>(i - 8)));
    }
    EXPECT_TRUE(probe.keeps_history());
}

TEST(PastProbe, AHandThatRestsSaysNothing) {
    PastProbe probe;
    for (int i = 0; i < 100; ++i) {
        probe.add(at(0.0F), at(0.0F));
    }
    EXPECT_FALSE(probe.decided());
    EXPECT_FALSE(probe.keeps_history());
}

TEST(PastProbe, ANewPoseBetweenTheTwoQuestionsConvincesNobody) {
    PastProbe probe;
    for (int i = 0; i < 1000; ++i) {
        const Pose present = at(0.01F * static_cast<float>(i));
        probe.add(present, i % 40 == 0 ? at(-1.0F) : present);
        ASSERT_FALSE(probe.keeps_history()) << i;
    }
}

ValueHistory::Reading read_at(std::int64_t time_ns, std::int64_t changed_ns, float value) {
    return {.asked_ns = time_ns, .read_ns = time_ns, .changed_ns = changed_ns, .value = value};
}

TEST(ValueHistory, AChangeLiesWhereTheRuntimeSaysItWas) {
    ValueHistory trigger;
    trigger.note(read_at(100 * ms, 0, 0.0F));
    trigger.note(read_at(108 * ms, 103 * ms, 1.0F));
    EXPECT_EQ(trigger.at(102 * ms), 0.0F);
    EXPECT_EQ(trigger.at(103 * ms), 1.0F);
    EXPECT_EQ(trigger.at(500 * ms), 1.0F);
    EXPECT_EQ(trigger.at(0), 0.0F);
}

TEST(ValueHistory, AChangeIsNeitherBeforeTheLastReadingNorAfterThisOne) {
    for (const std::int64_t nonsense : {std::int64_t{0}, std::int64_t{-5}, 99 * ms, 900 * ms}) {
        ValueHistory trigger;
        trigger.note(read_at(100 * ms, 0, 0.0F));
        trigger.note(read_at(108 * ms, nonsense, 1.0F));
        EXPECT_EQ(trigger.at(107 * ms), 0.0F) << nonsense;
        EXPECT_EQ(trigger.at(108 * ms), 1.0F) << nonsense;
    }
}

TEST(ValueHistory, ATriggerThatTremblesForeverStaysBounded) {
    ValueHistory trigger;
    for (int i = 0; i < 1000; ++i) {
        trigger.note(read_at(i * 5 * ms, i * 5 * ms - ms, static_cast<float>(i % 7)));
    }
    EXPECT_EQ(trigger.at(999 * 5 * ms), static_cast<float>(999 % 7));
    EXPECT_EQ(trigger.at(990 * 5 * ms), static_cast<float>(990 % 7));
}

TEST(ValueHistory, AChangeWhileAReadingWasHeldUpIsWhereTheNextOneFindsIt) {
    ValueHistory trigger;
    trigger.note({.asked_ns = 100 * ms, .read_ns = 125 * ms, .value = 0.0F});
    trigger.note(read_at(130 * ms, 110 * ms, 1.0F));
    EXPECT_EQ(trigger.at(109 * ms), 0.0F);
    EXPECT_EQ(trigger.at(110 * ms), 1.0F);
}

constexpr std::int64_t host = 7 * hour;

TEST(HostTime, HeldIsWhatTheLastSampleWasGivenWhateverTheRuntimeSaysNow) {
    HostTime host_time;
    EXPECT_FALSE(host_time.held(1'000'000'000));
    const std::int64_t first = host_time.map(1'000'000'000, 5'000'000'000, 5'008'000'000);
    EXPECT_EQ(host_time.held(1'000'000'000), first);
    // Half a millisecond is a tremble: the grid stays.
    EXPECT_EQ(host_time.map(1'005'000'000, 5'005'500'000, 5'013'000'000), first + 5'000'000);
    EXPECT_EQ(host_time.held(1'005'000'000), first + 5'000'000);
}

TEST(ReplacedSpace, AMomentThatNeverComesHasPassed) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(replaced_at(host + 60 * ms, host), host + 60 * ms) << "as far as runtimes predict";
    EXPECT_EQ(replaced_at(host - 5 * ms, host), host - 5 * ms);
    EXPECT_EQ(replaced_at(-hour, host), -hour) << "nothing of now was located in the old one";
    EXPECT_EQ(replaced_at(host + 2 * hour, host), host);
    EXPECT_EQ(replaced_at(most, host), host);
    EXPECT_EQ(replaced_at(std::nullopt, host), host);
}

TEST(HostTime, TheRuntimesWordIsTakenAndItsTremblingIsNot) {
    HostTime time;
    EXPECT_EQ(time.map(start, host - 8 * ms, host), host - 8 * ms);
    EXPECT_EQ(time.map(start + 5 * ms, host - 3 * ms + 200'000, host + 5 * ms), host - 3 * ms);
}

TEST(HostTime, SuspendMovesTheClocksApart) {
    HostTime time;
    EXPECT_EQ(time.map(start, host - 8 * ms, host), host - 8 * ms);
    const std::int64_t slept = 60 * hour; // the runtime's clock stood meanwhile
    EXPECT_EQ(time.map(start + 5 * ms, host + slept - 3 * ms, host + slept + 5 * ms),
              host + slept - 3 * ms);
}

TEST(HostTime, NonsenseMovesNothing) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    for (const std::int64_t nonsense : {most, least, std::int64_t{0}, start + 3 * hour, -start}) {
        HostTime time;
        EXPECT_EQ(time.map(start, host - 8 * ms, host), host - 8 * ms);
        for (int i = 1; i < 4; ++i) {
            const std::int64_t now = host + i * 5 * ms;
            const std::int64_t odd = time.map(nonsense, nonsense, now);
            EXPECT_LE(odd, now) << nonsense;
            EXPECT_GE(odd, now - HostTime::age_max_ns) << nonsense;
        }
        EXPECT_EQ(time.map(start + 20 * ms, host + 12 * ms, host + 20 * ms), host + 12 * ms);
    }
}

TEST(HostTime, ARuntimeThatConvertsNothingIsFollowedByItsOwnSteps) {
    HostTime time;
    EXPECT_EQ(time.map(start, std::nullopt, host), host);
    EXPECT_EQ(time.map(start + 5 * ms, std::nullopt, host + 6 * ms), host + 5 * ms);
    EXPECT_EQ(time.map(start + 10 * ms, std::nullopt, host + 10 * ms), host + 10 * ms);
}

} // namespace
} // namespace haven
