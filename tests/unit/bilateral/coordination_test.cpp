// How both hands move together: motions whose metrics are known, what must not change a metric, and
// what must leave it empty.

#include "bilateral/coordination/coordination.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/symmetry.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"
#include "tests/unit/bilateral/two_hands.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven {
namespace {

using testing::across;
using testing::at_rest;
using testing::both_hands;
using testing::circle;
using testing::later;
using testing::mirror_of;
using testing::moved;
using testing::Path;
using testing::random_walks;
using testing::sample_at;
using testing::wandering;

constexpr double pi = std::numbers::pi;

/// A value that is there.
double of(const Metric& metric) {
    EXPECT_TRUE(metric.value.has_value()) << to_string(metric.reason);
    return metric.value.value_or(std::numeric_limits<double>::quiet_NaN());
}

double angle_between(double a_rad, double b_rad) {
    return std::abs(std::remainder(a_rad - b_rad, 2.0 * pi));
}

/// Two different hands, so that nothing is the same for both by chance.
std::vector<HandSample> two_different_hands(double length_s = 30.0) {
    const auto shaking = [](const Path& path, const Path& shake) -> Path {
        return [=](double t_s) { return path(t_s) + shake(t_s) - shake(0.0); };
    };
    auto samples =
        both_hands(mirror_of(shaking(later(circle(0.5, 0.15), 0.2), later(wandering(0.02), 0.1))),
                   shaking(circle(0.5, 0.12), wandering(0.03)), length_s);
    for (HandSample& sample : samples) {
        sample.drawing = std::fmod(static_cast<double>(sample.time_ns) / 1e9,
                                   sample.hand == Hand::left ? 3.0 : 2.0) < 1.2;
    }
    return samples;
}

TEST(Coordination, OfMirroredCirclesIsWhole) {
    const auto result = coordination_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0));
    EXPECT_NEAR(of(result.relative_phase_rad), 0.0, 0.01);
    EXPECT_NEAR(of(result.phase_locking), 1.0, 0.01);
    EXPECT_NEAR(of(result.mirror_correlation), 1.0, 1e-4);
    EXPECT_NEAR(of(result.parallel_correlation), 0.0, 0.01);
    EXPECT_NEAR(of(result.mirror_deviation), 0.0, 1e-3);
    EXPECT_NEAR(of(result.path_laterality), 0.0, 1e-3);
    EXPECT_NEAR(of(result.time_laterality), 0.0, 1e-9);
    EXPECT_NEAR(of(result.stroke_laterality), 0.0, 1e-9);
    EXPECT_NEAR(of(result.drawing_simultaneity), 1.0, 1e-9);
    EXPECT_NEAR(of(result.movement_simultaneity), 1.0, 1e-9);
    EXPECT_NEAR(of(result.dominant_frequency_hz), 0.5, 0.01);
    EXPECT_NEAR(of(result.midline_crossings_per_minute), 0.0, 1e-9);
    EXPECT_EQ(result.midline, Midline::Source::hands);
    EXPECT_EQ(result.relative_phase_rad.n, 10U) << "cycles";
    EXPECT_NEAR(result.together_s, 20.0, 0.05);
}

TEST(Coordination, OfParallelCirclesIsOppositeToTheSide) {
    const auto result =
        coordination_of(both_hands(moved(circle(0.5), {-0.5, 0.0, 0.0}), circle(0.5), 20.0));
    EXPECT_NEAR(angle_between(of(result.relative_phase_rad), pi), 0.0, 0.01);
    EXPECT_NEAR(of(result.parallel_correlation), 1.0, 1e-4);
    EXPECT_NEAR(of(result.mirror_correlation), 0.0, 0.01);
}

TEST(Coordination, PhaseIsPositiveWhereTheLeftHandLeads) {
    for (const double turn : {-0.3, -0.1, 0.125, 0.25, 0.4}) {
        const auto result = coordination_of(
            both_hands(mirror_of(circle(0.5)), later(circle(0.5), turn / 0.5), 24.0));
        EXPECT_NEAR(angle_between(of(result.relative_phase_rad), 2.0 * pi * turn), 0.0, 0.02)
            << turn;
        EXPECT_GT(of(result.phase_locking), 0.98);
    }
}

TEST(Coordination, PhaseIsTakenAlongTheWayThatBothHandsMove) {
    const auto up_and_down = [](double side, double turn) {
        return [=](double t_s) {
            return glm::dvec3(side, 1.2 + 0.15 * std::sin(2.0 * pi * (0.4 * t_s + turn)), -0.4);
        };
    };
    const auto result =
        coordination_of(both_hands(up_and_down(-0.25, 0.25), up_and_down(0.25, 0.0), 20.0));
    EXPECT_NEAR(of(result.relative_phase_rad), pi / 2.0, 0.02);
}

TEST(Coordination, OfHandsThatAreNotEvenIsStillTheirs) {
    const Path uneven = [](double t_s) { // quicker and slower, larger and smaller, on its way
        const double turn = 2.0 * pi * (0.5 * t_s + 0.12 * std::sin(0.9 * t_s));
        const double radius_m = 0.12 + 0.02 * std::sin(0.37 * t_s);
        return glm::dvec3(0.25 + radius_m * std::cos(turn) + 0.02 * std::sin(0.2 * t_s),
                          1.2 + radius_m * std::sin(turn) + 0.001 * std::sin(57.0 * t_s), -0.4);
    };
    const auto result = coordination_of(both_hands(mirror_of(uneven), later(uneven, 0.1), 60.0));
    EXPECT_NEAR(of(result.relative_phase_rad), 2.0 * pi * 0.5 * 0.1, 0.05);
    EXPECT_GT(of(result.phase_locking), 0.95);
    EXPECT_NEAR(of(result.lag_s), 0.1, 0.01);
    EXPECT_GT(of(result.mirror_correlation), 0.9);
    EXPECT_NEAR(of(result.dominant_frequency_hz), 0.5, 0.05);
}

TEST(Coordination, LagIsPositiveWhereTheRightHandTrails) {
    for (const double lag_s : {-0.35, -0.043, 0.0, 0.08, 0.3}) {
        const auto result =
            coordination_of(both_hands(mirror_of(wandering()), later(wandering(), lag_s), 60.0));
        EXPECT_NEAR(of(result.lag_s), lag_s, 0.003);
        EXPECT_GT(of(result.speed_correlation), 0.98);
    }
}

TEST(Coordination, OfTheLagsThatARhythmHasTheNearestCounts) {
    const auto pumping = [](double t_s) { // its speed comes again after 0.25 s
        return glm::dvec3(0.3, 1.2 + 0.05 * std::sin(2.0 * pi * 2.0 * t_s), -0.4);
    };
    for (const double lag_s : {-0.1, 0.05}) {
        const auto result =
            coordination_of(both_hands(mirror_of(pumping), later(pumping, lag_s), 30.0));
        EXPECT_NEAR(of(result.lag_s), lag_s, 0.003);
    }
}

TEST(Coordination, OfSwappedAndMirroredHandsIsMirrored) {
    const auto samples = two_different_hands();
    auto swapped = samples;
    for (HandSample& sample : swapped) {
        sample.hand = sample.hand == Hand::left ? Hand::right : Hand::left;
        sample.tracking_from_tip.position_m =
            glm::vec3(across(sample.tracking_from_tip.position_m));
    }
    const CoordinationOptions options{.midline = Midline{}, .dominant = Hand::right};
    const auto a = coordination_of(samples, options);
    const auto b = coordination_of(swapped, {.midline = Midline{}, .dominant = Hand::left});
    EXPECT_NEAR(angle_between(of(a.relative_phase_rad), -of(b.relative_phase_rad)), 0.0, 1e-6);
    EXPECT_NEAR(of(a.phase_locking), of(b.phase_locking), 1e-6);
    EXPECT_NEAR(of(a.speed_correlation), of(b.speed_correlation), 1e-6);
    EXPECT_NEAR(of(a.lag_s), -of(b.lag_s), 1e-6);
    EXPECT_NEAR(of(a.mirror_correlation), of(b.mirror_correlation), 1e-6);
    EXPECT_NEAR(of(a.mirror_deviation), of(b.mirror_deviation), 1e-6);
    EXPECT_NEAR(of(a.sparc_left), of(b.sparc_right), 1e-6);
    EXPECT_NEAR(of(a.sparc_right), of(b.sparc_left), 1e-6);
    EXPECT_NEAR(of(a.jerk_left), of(b.jerk_right), 1e-6);
    EXPECT_NEAR(of(a.path_ratio), of(b.path_ratio), 1e-6);
    EXPECT_NEAR(of(a.path_laterality), -of(b.path_laterality), 1e-6);
    EXPECT_NEAR(of(a.time_laterality), -of(b.time_laterality), 1e-6);
    EXPECT_NEAR(of(a.stroke_laterality), -of(b.stroke_laterality), 1e-6);
    EXPECT_NEAR(of(a.drawing_simultaneity), of(b.drawing_simultaneity), 1e-6);
    EXPECT_NE(of(a.path_laterality), 0.0);
    EXPECT_GT(of(a.stroke_laterality), 0.1);
}

TEST(Coordination, OfTimeThatRunsBackwardHasTheOtherHandLead) {
    const auto samples = two_different_hands();
    const std::int64_t end_ns = samples.back().time_ns;
    std::vector<HandSample> reversed(samples.rbegin(), samples.rend());
    for (HandSample& sample : reversed) {
        sample.time_ns = end_ns - sample.time_ns;
    }
    const auto a = coordination_of(samples, {.midline = Midline{}});
    const auto b = coordination_of(reversed, {.midline = Midline{}});
    EXPECT_NEAR(angle_between(of(a.relative_phase_rad), -of(b.relative_phase_rad)), 0.0, 0.01);
    EXPECT_NEAR(of(a.phase_locking), of(b.phase_locking), 0.01);
    EXPECT_NEAR(of(a.mirror_correlation), of(b.mirror_correlation), 1e-3);
    EXPECT_NEAR(of(a.mirror_deviation), of(b.mirror_deviation), 1e-3);
    EXPECT_NEAR(of(a.path_laterality), of(b.path_laterality), 1e-3);
    EXPECT_NEAR(of(a.jerk_right), of(b.jerk_right), 0.1);
    EXPECT_NEAR(of(a.dominant_frequency_hz), of(b.dominant_frequency_hz), 0.01);

    const auto later_hand = both_hands(mirror_of(wandering()), later(wandering(), 0.1), 40.0);
    std::vector<HandSample> back(later_hand.rbegin(), later_hand.rend());
    for (HandSample& sample : back) {
        sample.time_ns = later_hand.back().time_ns - sample.time_ns;
    }
    EXPECT_NEAR(of(coordination_of(back).lag_s), -of(coordination_of(later_hand).lag_s), 0.002);
}

TEST(Coordination, DoesNotDependOnSizePlaceAndMoment) {
    const auto samples = two_different_hands();
    const auto a = coordination_of(samples);
    for (const float scale : {0.5F, 2.0F}) {
        auto other = samples;
        for (HandSample& sample : other) {
            auto& p = sample.tracking_from_tip.position_m;
            p = scale * p + glm::vec3(0.3F, -0.2F, 1.5F);
            sample.time_ns += 123'456'789'012;
        }
        const auto b = coordination_of(other);
        const auto compare = [](const Metric& x, const Metric& y, double tolerance) {
            EXPECT_EQ(x.reason, y.reason);
            EXPECT_EQ(x.n, y.n);
            if (x.value && y.value) {
                EXPECT_NEAR(*x.value, *y.value, tolerance);
            }
        };
        compare(a.relative_phase_rad, b.relative_phase_rad, 1e-3);
        compare(a.phase_locking, b.phase_locking, 1e-3);
        compare(a.lag_s, b.lag_s, 1e-3);
        compare(a.mirror_correlation, b.mirror_correlation, 1e-3);
        compare(a.mirror_deviation, b.mirror_deviation, 1e-3);
        compare(a.path_laterality, b.path_laterality, 1e-3);
        compare(a.stroke_laterality, b.stroke_laterality, 1e-9);
        compare(a.dominant_frequency_hz, b.dominant_frequency_hz, 1e-3);
        EXPECT_NEAR(of(a.sparc_left), of(b.sparc_left), 0.01);
        EXPECT_NEAR(of(a.jerk_left), of(b.jerk_left), 0.05);
        EXPECT_NEAR(b.from_s, a.from_s + 123.456789012, 1e-6);
    }
}

TEST(Coordination, OfTwoRandomWalksIsNone) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        const auto result = coordination_of(random_walks(seed, 60.0));
        EXPECT_FALSE(result.relative_phase_rad.value) << seed;
        EXPECT_LT(result.phase_locking.value.value_or(0.0), 0.5) << seed;
        EXPECT_FALSE(result.lag_s.value) << seed << " " << *result.lag_s.value;
        EXPECT_LT(std::abs(result.mirror_correlation.value.value_or(0.0)), 0.3) << seed;
        EXPECT_LT(std::abs(result.parallel_correlation.value.value_or(0.0)), 0.3) << seed;
    }
}

TEST(Coordination, ARhythmNeedsFourCyclesAndOnePeakOfBothHands) {
    const auto reason = [](const Path& left, const Path& right, double length_s) {
        return coordination_of(both_hands(left, right, length_s), {.midline = Midline{}})
            .relative_phase_rad.reason;
    };
    EXPECT_EQ(reason(mirror_of(circle(0.5)), circle(0.5), 7.0), NoMetric::too_few_cycles);
    EXPECT_EQ(reason(mirror_of(circle(0.5)), circle(0.5), 9.0), NoMetric::none);
    EXPECT_EQ(reason(mirror_of(circle(0.5)), circle(0.8), 20.0), NoMetric::frequencies_differ);
    EXPECT_EQ(reason(mirror_of(circle(0.1)), circle(0.1), 35.0), NoMetric::no_clear_peak);
    EXPECT_EQ(reason(mirror_of(circle(5.0, 0.02)), circle(5.0, 0.02), 20.0),
              NoMetric::no_clear_peak);
    EXPECT_EQ(reason(mirror_of(circle(0.5)), at_rest({0.3, 1.2, -0.4}), 20.0),
              NoMetric::no_movement);
    EXPECT_EQ(reason(mirror_of(circle(0.5)), circle(0.5), 1.5), NoMetric::too_short);
}

TEST(Coordination, IsMeasuredOnlyWhereBothHandsWere) {
    auto samples = two_different_hands(20.0);
    std::erase_if(samples, [](const HandSample& sample) {
        const double t_s = static_cast<double>(sample.time_ns) / 1e9;
        return sample.hand == Hand::left && t_s > 8.0 && t_s < 12.0;
    });
    const auto result = coordination_of(samples);
    EXPECT_NEAR(result.left_s, 16.0, 0.1);
    EXPECT_NEAR(result.right_s, 20.0, 0.1);
    EXPECT_NEAR(result.together_s, 16.0, 0.1);
    EXPECT_NEAR(result.mirror_correlation.window_s, 16.0, 0.1);
}

TEST(Coordination, NothingIsMeasuredAcrossAGapOrAJump) {
    const auto whole = both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0);
    // While it is not seen the right hand goes half a metre away, slowly enough for no jump.
    auto gap = whole;
    for (HandSample& sample : gap) {
        if (sample.hand == Hand::right && sample.time_ns > 10'000'000'000) {
            sample.tracking_from_tip.position_m.y += 0.5F;
        }
    }
    auto jump = gap;
    std::erase_if(gap, [](const HandSample& sample) {
        return sample.hand == Hand::right && sample.time_ns > 10'000'000'000 &&
               sample.time_ns < 10'200'000'000;
    });
    const double expected_m = 0.12 * 2.0 * pi * 10.0;
    for (const auto& samples : {gap, jump}) {
        const auto result = coordination_of(samples, {.midline = Midline{}});
        const double ratio =
            (1.0 + of(result.path_laterality)) / (1.0 - of(result.path_laterality));
        EXPECT_NEAR(ratio * expected_m, expected_m, 0.05) << "right over left";
        EXPECT_NEAR(of(result.mirror_correlation), 1.0, 0.02);
    }
}

TEST(Coordination, WhatWasNotMeasuredIsLeftOut) {
    const auto samples = both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0);
    auto spoilt = samples;
    auto missing = samples;
    std::erase_if(missing, [](const HandSample& sample) {
        return sample.time_ns % 1'000'000'000 < 30'000'000;
    });
    int kind = 0;
    for (HandSample& sample : spoilt) {
        if (sample.time_ns % 1'000'000'000 >= 30'000'000) {
            continue;
        }
        auto& position_m = sample.tracking_from_tip.position_m;
        switch (kind++ % 4) {
        case 0:
            position_m.x = std::numeric_limits<float>::quiet_NaN();
            break;
        case 1:
            position_m.z = std::numeric_limits<float>::infinity();
            break;
        case 2:
            sample.tracked = false;
            position_m = {};
            break;
        default:
            sample.inferred = true;
            position_m.y += 0.3F;
        }
    }
    EXPECT_EQ(coordination_of(spoilt), coordination_of(missing));

    auto nonsense = missing; // times that no recording has
    nonsense.push_back(sample_at(Hand::left, -3.0, {0.0, 1.0, 0.0}));
    nonsense.push_back(sample_at(Hand::left, 2.0, {0.0, 1.0, 0.0}));
    nonsense.push_back(sample_at(Hand::right, 0.0, {0.0, 1.0, 0.0}));
    nonsense.back().time_ns = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(coordination_of(nonsense), coordination_of(missing));
}

TEST(Coordination, OfOneHandAloneIsWhatOneHandDoes) {
    auto samples = both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0);
    std::erase_if(samples, [](const HandSample& sample) { return sample.hand == Hand::right; });
    const auto result = coordination_of(samples, {.midline = Midline{}, .dominant = Hand::left});
    EXPECT_EQ(result.relative_phase_rad.reason, NoMetric::one_hand);
    EXPECT_EQ(result.lag_s.reason, NoMetric::one_hand);
    EXPECT_EQ(result.mirror_deviation.reason, NoMetric::one_hand);
    EXPECT_EQ(result.stroke_laterality.reason, NoMetric::one_hand);
    EXPECT_EQ(result.path_ratio.reason, NoMetric::one_hand);
    EXPECT_EQ(result.sparc_right.reason, NoMetric::no_data);
    EXPECT_TRUE(result.sparc_left.value);
    EXPECT_TRUE(result.jerk_left.value);
    EXPECT_NEAR(of(result.dominant_frequency_hz), 0.5, 0.01);
    EXPECT_EQ(of(result.midline_crossings_per_minute), 0.0);
}

TEST(Coordination, OfHandsAtRestIsNone) {
    auto samples = both_hands(at_rest({-0.2, 1.1, -0.4}), at_rest({0.2, 1.1, -0.4}), 20.0);
    for (HandSample& sample : samples) {
        sample.drawing = false;
    }
    const auto result = coordination_of(samples, {.dominant = Hand::right});
    EXPECT_EQ(result.relative_phase_rad.reason, NoMetric::no_movement);
    EXPECT_EQ(result.lag_s.reason, NoMetric::no_movement);
    EXPECT_EQ(result.mirror_correlation.reason, NoMetric::no_movement);
    EXPECT_EQ(result.mirror_deviation.reason, NoMetric::no_movement);
    EXPECT_EQ(result.sparc_left.reason, NoMetric::no_movement);
    EXPECT_EQ(result.path_laterality.reason, NoMetric::no_movement);
    EXPECT_EQ(result.path_ratio.reason, NoMetric::no_movement);
    EXPECT_EQ(result.movement_simultaneity.reason, NoMetric::no_movement);
    EXPECT_EQ(result.drawing_simultaneity.reason, NoMetric::no_ink);
    EXPECT_EQ(result.time_laterality.reason, NoMetric::no_ink);
}

TEST(Coordination, OfConstantSpeedsHasNoLag) {
    const auto result = coordination_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0));
    EXPECT_EQ(result.lag_s.reason, NoMetric::no_variation);
}

TEST(Coordination, OfAlmostNothingIsNothing) {
    for (const auto count : {0U, 1U, 3U}) {
        std::vector<HandSample> samples;
        for (unsigned i = 0; i < count; ++i) {
            samples.push_back(sample_at(Hand::left, 0.005 * i, {-0.2, 1.0 + 0.001 * i, -0.4}));
            samples.push_back(sample_at(Hand::right, 0.005 * i, {0.2, 1.0 - 0.001 * i, -0.4}));
        }
        const auto result = coordination_of(samples);
        const auto reason = count == 0 ? NoMetric::no_data : NoMetric::too_short;
        EXPECT_EQ(result.relative_phase_rad.reason, reason);
        EXPECT_EQ(result.speed_correlation.reason, reason);
        EXPECT_EQ(result.path_laterality.reason, reason);
        EXPECT_EQ(result.together_s, 0.0);
        EXPECT_EQ(encode_coordination(result).find(R"("valid":true)"), std::string::npos);
    }
}

TEST(Coordination, OfAnHourIsThatOfItsMinutes) {
    const auto minute = coordination_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 60.0));
    const auto hour = coordination_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 3600.0));
    EXPECT_NEAR(hour.together_s, 3600.0, 0.1);
    EXPECT_NEAR(hour.relative_phase_rad.window_s, 3600.0, 0.1);
    EXPECT_EQ(hour.relative_phase_rad.n, 1800U);
    EXPECT_NEAR(of(hour.relative_phase_rad), of(minute.relative_phase_rad), 0.01);
    EXPECT_NEAR(of(hour.sparc_left), of(minute.sparc_left), 0.5);
}

TEST(Coordination, TwoHoursAreMeasuredAtMost) {
    const auto result =
        coordination_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 9000.0, 20.0));
    EXPECT_NEAR(result.to_s, 7200.0, 0.1);
    EXPECT_NEAR(result.together_s, 7200.0, 0.1);
}

TEST(Coordination, CrossingsAreCountedOnceForEachWay) {
    const auto sweep = [](double t_s) { // over the midline and back, every 4 s
        return glm::dvec3(0.3 * std::cos(2.0 * pi * t_s / 4.0), 1.2, -0.4);
    };
    const auto trembling = [](double t_s) { // on the midline, no further than 1 cm from it
        return glm::dvec3(0.01 * std::sin(2.0 * pi * 3.0 * t_s), 1.0, -0.4);
    };
    const auto result = coordination_of(both_hands(trembling, sweep, 60.0), {.midline = Midline{}});
    EXPECT_NEAR(of(result.midline_crossings_per_minute), 30.0, 0.1);
}

TEST(Coordination, TheMidlineIsUnknownWhereHandsAreAtOnePlace) {
    const auto result = coordination_of(both_hands(circle(0.5), circle(0.5), 20.0));
    EXPECT_EQ(result.midline, Midline::Source::unknown);
    EXPECT_EQ(result.relative_phase_rad.reason, NoMetric::midline_unknown);
    EXPECT_EQ(result.mirror_correlation.reason, NoMetric::midline_unknown);
    EXPECT_EQ(result.midline_crossings_per_minute.reason, NoMetric::midline_unknown);
    EXPECT_NEAR(of(result.parallel_correlation), 1.0, 1e-6);
    const auto upright = coordination_of(both_hands(circle(0.5), circle(0.5), 20.0),
                                         {.midline = Midline{.normal = {0.0, 1.0, 0.0}}});
    EXPECT_EQ(upright.midline, Midline::Source::unknown);
}

Trace trace_of(std::vector<HandSample> samples) {
    Trace trace;
    trace.header.measured = true;
    trace.samples = std::move(samples);
    return trace;
}

TEST(CoordinationOfTrace, IsThatOfItsSamplesAboutItsMidline) {
    const auto samples = two_different_hands(20.0);
    auto trace = trace_of(samples);
    EXPECT_EQ(coordination_of(trace), coordination_of(samples));
    Symmetry symmetry;
    symmetry.mode = SymmetryMode::mirror_copy;
    symmetry.plane_normal = {0.6F, 0.0F, 0.8F};
    trace.events.push_back({.before_sample = 4, .event = SymmetryChange{symmetry}});
    auto expected =
        coordination_of(samples, {.midline = Midline{.normal = glm::dvec3(symmetry.plane_normal)}});
    expected.midline = Midline::Source::symmetry;
    EXPECT_EQ(coordination_of(trace), expected);
    EXPECT_NE(expected.mirror_correlation, coordination_of(samples).mirror_correlation);
}

TEST(CoordinationOfTrace, IsTheSameFromItsBytes) {
    TraceWriter writer({.recording = testing::recording_start(), .measured = true});
    std::vector<HandSample> snapped;
    for (const HandSample& sample : two_different_hands(10.0)) {
        snapped.push_back(snap_to_grid(sample));
        writer.add(sample);
    }
    writer.finish();
    const auto trace = decode_trace(writer.take());
    ASSERT_TRUE(trace);
    EXPECT_EQ(coordination_of(*trace), coordination_of(snapped));
    EXPECT_EQ(encode_coordination(coordination_of(*trace)),
              encode_coordination(coordination_of(snapped)));
}

TEST(CoordinationOfTrace, LeavesPausesOut) {
    auto trace = trace_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0));
    trace.events.push_back({.before_sample = 800, .event = Paused{}});
    trace.events.push_back({.before_sample = 900, .event = BrushChange{}});
    trace.events.push_back({.before_sample = 1600, .event = Resumed{}});
    EXPECT_NEAR(coordination_of(trace).together_s, 18.0, 0.1);
}

TEST(CoordinationOfTrace, OfPredictedPosesIsNone) {
    auto trace = trace_of(both_hands(mirror_of(circle(0.5)), circle(0.5), 20.0));
    trace.header.measured = false;
    const auto result = coordination_of(trace);
    EXPECT_EQ(result.relative_phase_rad.reason, NoMetric::not_measured);
    EXPECT_EQ(result.dominant_frequency_hz.reason, NoMetric::not_measured);
}

TEST(CoordinationWindow, IsTheMetricsOfTheLastTwentySeconds) {
    const auto samples = two_different_hands(50.0);
    CoordinationWindow window;
    for (const HandSample& sample : samples) {
        window.add(sample);
        ASSERT_LE(window.samples(), CoordinationWindow::samples_max);
    }
    const auto from = std::ranges::find_if(samples, [&](const HandSample& sample) {
        return sample.time_ns >= samples.back().time_ns - CoordinationWindow::window_ns;
    });
    EXPECT_EQ(window.measure(), coordination_of(std::span(from, samples.end())));
    EXPECT_NEAR(window.measure().together_s, 20.0, 0.1);
}

TEST(CoordinationWindow, GoesOnWhereTimeGoesBackAndNeverGrows) {
    CoordinationWindow window;
    for (int i = 0; i < 50'000; ++i) { // time stands
        window.add(sample_at(Hand::left, 100.0, {0.0, 1.0, 0.0}));
    }
    EXPECT_EQ(window.samples(), CoordinationWindow::samples_max);
    for (const HandSample& sample : both_hands(mirror_of(circle(0.5)), circle(0.5), 15.0)) {
        window.add(sample);
    }
    EXPECT_NEAR(of(window.measure().phase_locking), 1.0, 0.01);
    EXPECT_NEAR(window.measure().from_s, 0.0, 1e-9);
}

TEST(CoordinationJson, SaysEachValueOrWhyThereIsNone) {
    Coordination result;
    result.lag_s = {.value = -0.0123456789, .n = 90, .window_s = 1.0, .reason = NoMetric::none};
    result.path_ratio = {.reason = NoMetric::handedness_unknown};
    result.midline = Midline::Source::symmetry;
    result.to_s = 0.000001;
    const std::string json = encode_coordination(result);
    EXPECT_TRUE(json.contains(R"("M2":{"lag_s":{"n":90,"reason":null,"valid":true,)"
                              R"("value":-0.012346,"version":1,"window_s":1},)"))
        << json;
    EXPECT_TRUE(json.contains(R"("path_ratio":{"n":0,"reason":"handedness_unknown","valid":false,)"
                              R"("value":null,"version":1,"window_s":0})"))
        << json;
    EXPECT_TRUE(json.starts_with(R"({"M1":{"phase_locking":{)")) << json;
    EXPECT_TRUE(json.ends_with(R"("format":"haven.coordination","from_s":0,"left_s":0,)"
                               R"("midline":"symmetry","right_s":0,"to_s":0.000001,)"
                               R"("together_s":0,"version":1})"))
        << json;
}

} // namespace
} // namespace haven
