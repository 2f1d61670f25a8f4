#pragma once

#include <glm/vec3.hpp>

#include <cstdint>

namespace haven::environments {

/// Even bits from any bits (the finaliser of MurmurHash3): the ground of all chance here, so that
/// a seed gives the same place everywhere.
[[nodiscard]] std::uint32_t scramble(std::uint32_t bits);

/// Smooth noise in -1..1 with features about 1 wide.
[[nodiscard]] float noise(glm::vec3 at, std::uint32_t seed);
/// The same with a second, finer scale at a half of the strength.
[[nodiscard]] float noise_two_scales(glm::vec3 at, std::uint32_t seed);

/// A repeatable row of chances.
class Dice {
  public:
    explicit Dice(std::uint32_t seed) : state_(seed) {}
    [[nodiscard]] std::uint32_t bits();
    [[nodiscard]] float unit(); ///< 0..1
    [[nodiscard]] float between(float low, float high);
    [[nodiscard]] float around(float centre, float spread); ///< centre +- spread

  private:
    std::uint32_t state_;
};

} // namespace haven::environments
