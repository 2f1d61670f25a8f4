#pragma once

#include "bilateral/stroke.hpp"

#include <glm/vec3.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

/// Ink for tests of what is made of it.
namespace haven::test {

inline Stroke ink_stroke(std::vector<glm::vec3> positions, Hand hand = Hand::left) {
    Stroke stroke{.hand = hand,
                  .brush = {.colour_linear = {0.02F, 0.08F, 0.30F}, .width_m = 0.006F}};
    for (std::size_t i = 0; i < positions.size(); ++i) {
        stroke.points.push_back({.time_ns = static_cast<std::int64_t>(i) * 5'000'000,
                                 .position_m = positions[i],
                                 .pressure = 1.0F});
    }
    return stroke;
}

/// Once around, at full pressure.
inline Stroke ink_circle(float radius_m, int points,
                         const glm::vec3& centre_m = {0.0F, 1.3F, -0.5F}, Hand hand = Hand::left) {
    std::vector<glm::vec3> at;
    for (int i = 0; i <= points; ++i) {
        const float angle =
            2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(points);
        at.push_back(centre_m + radius_m * glm::vec3{std::cos(angle), std::sin(angle), 0.0F});
    }
    return ink_stroke(at, hand);
}

/// What a hand, a clock or another's program could have left behind, each in a stroke of its own;
/// the first three have no point that can be shown.
inline std::vector<Stroke> odd_ink() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinite = std::numeric_limits<float>::infinity();
    std::vector<Stroke> odd{
        ink_stroke({}),
        ink_stroke({{nan, 0.0F, 0.0F}}),
        ink_stroke({{infinite, 0.0F, 0.0F}, {0.0F, -infinite, 0.0F}}),
        ink_stroke({{0.0F, 1.0F, 0.0F}}),
        ink_stroke({{0.1F, 1.0F, 0.0F}, {0.1F, 1.0F, 0.0F}}),
        ink_stroke({{0.2F, 1.0F, 0.0F}, {0.2F, 1.0F, 1e-7F}}),
        ink_stroke({{-100.0F, 100.0F, 100.0F}, {100.0F, -100.0F, -100.0F}}),
        ink_stroke({{0.0F, 0.0F, 0.0F}, {0.3F, 0.0F, 0.0F}, {0.0F, 0.0F, 0.0F}}),
        ink_stroke({{0.0F, 0.0F, 0.0F}, {nan, 0.0F, 0.0F}, {0.1F, 0.0F, 0.0F}}),
        ink_circle(0.2F, 65'535)};
    Stroke thick = ink_stroke({{0.0F, 2.0F, 0.0F}, {0.001F, 2.0F, 0.0F}});
    thick.brush.width_m = 0.1F;
    odd.push_back(thick);
    Stroke wild = ink_stroke({{0.0F, 2.0F, 0.0F}, {0.1F, 2.0F, 0.0F}});
    wild.brush = {.colour_linear = {nan, 7.0F, -1.0F}, .width_m = nan};
    wild.points.front().pressure = nan;
    odd.push_back(wild);
    return odd;
}
inline constexpr int odd_ink_without_a_place = 3;

/// As many points as a drawing can have, in strokes that go round and round.
inline std::vector<Stroke> much_ink(int strokes, int points) {
    std::vector<Stroke> much;
    for (int i = 0; i < strokes; ++i) {
        std::vector<glm::vec3> at;
        for (int j = 0; j < points; ++j) {
            const float angle = static_cast<float>(j) * 0.05F;
            const float radius_m = 0.1F + (0.00001F * static_cast<float>(j));
            at.emplace_back(radius_m * std::cos(angle), 1.3F + (radius_m * std::sin(angle)),
                            -0.5F - (0.01F * static_cast<float>(i)));
        }
        much.push_back(ink_stroke(std::move(at)));
    }
    return much;
}

/// Noise all over the sheet: nothing of it is straight, round or near to another.
inline std::vector<Stroke> noise_ink(int strokes, int points) {
    std::uint32_t random = 1;
    const auto next = [&] {
        random = (random * 1'664'525U) + 1'013'904'223U;
        return static_cast<float>(random >> 8U) / 16'777'216.0F;
    };
    std::vector<Stroke> noise;
    for (int i = 0; i < strokes; ++i) {
        std::vector<glm::vec3> at;
        for (int j = 0; j < points; ++j) {
            const float x = next();
            at.emplace_back(x, next(), 0.0F);
        }
        noise.push_back(ink_stroke(std::move(at)));
    }
    return noise;
}

} // namespace haven::test
