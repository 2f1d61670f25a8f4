#pragma once

#include "bilateral/hand_sample.hpp"

#include <glm/vec3.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

/// Samples of both hands on paths that are known as formulas, at 200 Hz.
namespace haven::testing {

using Path = std::function<glm::dvec3(double t_s)>;

inline HandSample sample_at(Hand hand, double t_s, const glm::dvec3& position_m) {
    HandSample sample;
    sample.time_ns = std::llround(t_s * 1e9);
    sample.hand = hand;
    sample.tracked = true;
    sample.drawing = true;
    sample.pressure = 0.5F;
    sample.tracking_from_tip.position_m = glm::vec3(position_m);
    return sample;
}

inline std::vector<HandSample> both_hands(const Path& left, const Path& right, double length_s,
                                          double rate_hz = 200.0) {
    std::vector<HandSample> samples;
    const auto count = static_cast<std::size_t>(length_s * rate_hz) + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const double t_s = static_cast<double>(i) / rate_hz;
        samples.push_back(sample_at(Hand::left, t_s, left(t_s)));
        samples.push_back(sample_at(Hand::right, t_s, right(t_s)));
    }
    return samples;
}

/// A circle before the right shoulder, in the plane that faces the person.
inline Path circle(double hz, double radius_m = 0.12) {
    return [=](double t_s) {
        const double turn = 2.0 * std::numbers::pi * hz * t_s;
        return glm::dvec3(0.25 + radius_m * std::cos(turn), 1.2 + radius_m * std::sin(turn), -0.4);
    };
}

/// A loop whose speed changes much, with a rhythm of its own.
inline Path wandering(double size_m = 0.1) {
    return [=](double t_s) {
        return glm::dvec3(0.25 + size_m * std::sin(3.1 * t_s) + 0.3 * size_m * std::sin(7.3 * t_s),
                          1.2 + size_m * std::sin(1.7 * t_s + 0.4) +
                              0.4 * size_m * std::cos(5.9 * t_s),
                          -0.4 + 0.2 * size_m * std::sin(2.3 * t_s));
    };
}

inline glm::dvec3 across(const glm::dvec3& position_m) {
    return {-position_m.x, position_m.y, position_m.z};
}
inline Path mirror_of(const Path& path) {
    return [path](double t_s) { return across(path(t_s)); };
}
inline Path later(const Path& path, double by_s) {
    return [path, by_s](double t_s) { return path(t_s - by_s); };
}
inline Path moved(const Path& path, const glm::dvec3& by_m) {
    return [path, by_m](double t_s) { return path(t_s) + by_m; };
}
inline Path at_rest(const glm::dvec3& position_m) {
    return [position_m](double) { return position_m; };
}

inline std::vector<HandSample> random_walks(std::uint64_t seed, double length_s) {
    std::mt19937_64 random(seed);
    const auto step = [&] {
        // Twelve uniform values make a bell, on every machine the same one.
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) {
            sum += static_cast<double>(random() >> 11U) * 0x1p-53;
        }
        return 0.003 * sum;
    };
    glm::dvec3 left(-0.25, 1.2, -0.4);
    glm::dvec3 right(0.25, 1.2, -0.4);
    return both_hands([&](double) { return left += glm::dvec3(step(), step(), step()); },
                      [&](double) { return right += glm::dvec3(step(), step(), step()); },
                      length_s);
}

} // namespace haven::testing
