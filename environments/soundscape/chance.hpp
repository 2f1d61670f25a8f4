#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace haven::soundscape {

/// A seed for the n-th thing that one seed gives: as good as a seed of its own.
[[nodiscard]] constexpr std::uint32_t branch(std::uint32_t seed, std::uint32_t n) {
    return (seed ^ (seed >> 15U)) * 0x2c1b3c6dU + n * 0x85ebca77U;
}

/// A repeatable row of chances (xoshiro128++, Blackman and Vigna 2019), fast enough for noise: its
/// period is past any listening.
class Chance {
  public:
    explicit Chance(std::uint32_t seed) {
        // SplitMix32 spreads a small seed over the whole state.
        for (std::uint32_t& word : state_) {
            seed += 0x9e3779b9U;
            std::uint32_t mixed = seed;
            mixed = (mixed ^ (mixed >> 16U)) * 0x21f0aaadU;
            mixed = (mixed ^ (mixed >> 15U)) * 0x735a2d97U;
            word = mixed ^ (mixed >> 15U);
        }
    }

    [[nodiscard]] std::uint32_t bits() {
        const std::uint32_t result = std::rotl(state_[0] + state_[3], 7) + state_[0];
        const std::uint32_t shifted = state_[1] << 9U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 11);
        return result;
    }
    /// 0 to 1, without 1.
    [[nodiscard]] float unit() { return static_cast<float>(bits() >> 8U) * 0x1p-24F; }
    /// -1 to 1, even: white noise.
    [[nodiscard]] float either() {
        return static_cast<float>(static_cast<std::int32_t>(bits())) * 0x1p-31F;
    }
    [[nodiscard]] float between(float low, float high) { return low + (high - low) * unit(); }
    /// Even in pitch rather than in hertz.
    [[nodiscard]] float between_octaves(float low, float high) {
        return low * std::exp2(std::log2(high / low) * unit());
    }
    /// Times between things that happen by themselves, `mean` apart; at most six means.
    [[nodiscard]] float waiting(float mean) {
        return mean * std::fmin(-std::log(1.0F - unit()), 6.0F);
    }
    /// Roughly normal, spread 1, never past 3.5.
    [[nodiscard]] float around() {
        return (unit() + unit() + unit() + unit() - 2.0F) * std::numbers::sqrt3_v<float>;
    }
    [[nodiscard]] std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>((static_cast<std::uint64_t>(bits()) * count) >> 32U);
    }

  private:
    std::uint32_t state_[4]{}; // NOLINT(modernize-avoid-c-arrays): indexed by constants only
};

} // namespace haven::soundscape
