// What the metrics of coordination are made of, held against what is known of it.

#include "bilateral/coordination/fourier.hpp"
#include "bilateral/coordination/motion.hpp"
#include "bilateral/coordination/smoothness.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <vector>

namespace haven::coordination {
namespace {

constexpr double two_pi = 2.0 * std::numbers::pi;

std::vector<Complex> by_definition(const std::vector<Complex>& values) {
    const std::size_t n = values.size();
    std::vector<Complex> result(n);
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t j = 0; j < n; ++j) {
            result[k] += values[j] * std::polar(1.0, -two_pi * static_cast<double>(j * k % n) /
                                                         static_cast<double>(n));
        }
    }
    return result;
}

TEST(Fourier, OfEverySizeIsTheSumThatDefinesIt) {
    for (const std::size_t n : {1U, 2U, 3U, 5U, 8U, 12U, 64U, 97U, 360U}) {
        std::vector<Complex> values;
        for (std::size_t i = 0; i < n; ++i) {
            const auto x = static_cast<double>(i);
            values.emplace_back(std::sin(0.7 * x) + 0.1 * x, std::cos(1.9 * x * x));
        }
        const auto expected = by_definition(values);
        const auto found = fourier(values);
        ASSERT_EQ(found.size(), n);
        for (std::size_t k = 0; k < n; ++k) {
            EXPECT_NEAR(std::abs(found[k] - expected[k]), 0.0, 1e-9) << n << " " << k;
        }
    }
}

TEST(AnalyticSignal, OfFourNumbersIsAsInTheLiterature) {
    const std::vector<double> signal{1.0, 2.0, 3.0, 4.0};
    const std::vector<Complex> expected{{1.0, 1.0}, {2.0, -1.0}, {3.0, -1.0}, {4.0, 1.0}};
    const auto found = analytic_signal(signal);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(std::abs(found[i] - expected[i]), 0.0, 1e-12) << i;
    }
}

TEST(AnalyticSignal, OfACosineTurnsAtItsRate) {
    for (const std::size_t n : {90U, 91U, 128U}) {
        std::vector<double> signal;
        signal.reserve(n);
        for (std::size_t i = 0; i < n; ++i) {
            signal.push_back(
                std::cos(two_pi * 3.0 * static_cast<double>(i) / static_cast<double>(n) + 0.4));
        }
        const auto found = analytic_signal(signal);
        for (std::size_t i = 0; i < n; ++i) {
            const auto expected = std::polar(
                1.0, two_pi * 3.0 * static_cast<double>(i) / static_cast<double>(n) + 0.4);
            EXPECT_NEAR(std::abs(found[i] - expected), 0.0, 1e-9) << n << " " << i;
        }
    }
}

/// Balasubramanian and others (2015) give this movement: 100 Hz, from -1 s to 1 s.
std::vector<double> golden_speed() {
    std::vector<double> speed;
    for (int i = 0; i < 200; ++i) {
        const double t = -1.0 + i / 100.0;
        speed.push_back(std::exp(-5.0 * t * t));
    }
    return speed;
}

TEST(Smoothness, OfTheGoldenMovementIsAsInTheLiterature) {
    EXPECT_NEAR(*sparc(golden_speed(), 100.0), -1.41403, 5e-6);
    EXPECT_NEAR(*log_dimensionless_jerk(golden_speed(), 100.0), -5.81636, 5e-6);
}

TEST(Smoothness, DoesNotDependOnHowLargeAMovementIs) {
    auto larger = golden_speed();
    for (double& value : larger) {
        value *= 3.7;
    }
    EXPECT_NEAR(*sparc(larger, 100.0), *sparc(golden_speed(), 100.0), 1e-12);
    EXPECT_NEAR(*log_dimensionless_jerk(larger, 100.0),
                *log_dimensionless_jerk(golden_speed(), 100.0), 1e-12);
}

TEST(Smoothness, DoesNotDependOnTheDirectionOfTime) {
    auto speed = golden_speed();
    for (std::size_t i = 0; i < speed.size(); ++i) {
        speed[i] *= 1.0 + 0.004 * static_cast<double>(i);
    }
    const std::vector<double> back(speed.rbegin(), speed.rend());
    EXPECT_NEAR(*sparc(back, 100.0), *sparc(speed, 100.0), 1e-9);
    EXPECT_NEAR(*log_dimensionless_jerk(back, 100.0), *log_dimensionless_jerk(speed, 100.0), 1e-9);
}

TEST(Smoothness, IsLessWhereAHandShakes) {
    auto shaken = golden_speed();
    for (std::size_t i = 0; i < shaken.size(); ++i) {
        shaken[i] += 0.1 * std::sin(two_pi * 7.0 * static_cast<double>(i) / 100.0);
    }
    EXPECT_LT(*sparc(shaken, 100.0), *sparc(golden_speed(), 100.0) - 0.1);
    EXPECT_LT(*log_dimensionless_jerk(shaken, 100.0),
              *log_dimensionless_jerk(golden_speed(), 100.0) - 1.0);
}

TEST(Smoothness, OfWhatDoesNotMoveOrIsNoNumberIsNothing) {
    const std::vector<std::vector<double>> none{
        {}, {1.0, 2.0, 1.0}, std::vector<double>(50, 0.0), {1.0, 2.0, std::nan(""), 2.0, 1.0}};
    for (const auto& speed : none) {
        EXPECT_FALSE(sparc(speed, 90.0));
        EXPECT_FALSE(log_dimensionless_jerk(speed, 90.0));
    }
    EXPECT_FALSE(log_dimensionless_jerk(std::vector<double>(50, 0.3), 90.0));
}

std::vector<glm::dvec3> tone(double hz, std::size_t count) {
    std::vector<glm::dvec3> values;
    for (std::size_t i = 0; i < count; ++i) {
        const double turn = two_pi * hz * static_cast<double>(i) / rate_hz;
        values.emplace_back(std::sin(turn), std::cos(turn), 0.0);
    }
    return values;
}

TEST(LowPass, LeavesThreeDecibelsAtItsCutoffAndShiftsNothing) {
    struct Case {
        double hz, gain;
    };
    for (const auto [hz, gain] : {Case{1.0, 1.0}, Case{10.0, std::sqrt(0.5)}, Case{30.0, 0.0}}) {
        const auto given = tone(hz, 900);
        auto found = given;
        low_pass(found);
        for (std::size_t i = 200; i < 700; ++i) {
            EXPECT_NEAR(found[i].x, gain * given[i].x, 0.01) << hz;
            EXPECT_NEAR(found[i].y, gain * given[i].y, 0.01) << hz;
        }
    }
}

TEST(LowPass, LeavesAStraightWayAsItIsToItsEnds) {
    std::vector<glm::dvec3> way(40);
    for (std::size_t i = 0; i < way.size(); ++i) {
        way[i] = {0.3 + 0.01 * static_cast<double>(i), 1.0, -0.02 * static_cast<double>(i)};
    }
    auto found = way;
    low_pass(found);
    for (std::size_t i = 0; i < way.size(); ++i) {
        EXPECT_NEAR(found[i].x, way[i].x, 1e-4) << i;
        EXPECT_NEAR(found[i].z, way[i].z, 2e-4) << i;
    }
}

TEST(Pieces, AreEqualAndBounded) {
    EXPECT_TRUE(pieces_of(179).empty());
    for (const std::size_t length : {180U, 3600U, 3601U, 324'000U}) {
        std::size_t at = 0;
        for (const auto& [offset, count] : pieces_of(length)) {
            EXPECT_EQ(offset, at);
            EXPECT_LE(count, 3600U);
            EXPECT_GE(count, 180U);
            at += count;
        }
        EXPECT_EQ(at, length);
    }
}

} // namespace
} // namespace haven::coordination
