#pragma once
// When a bamboo spout tips and knocks: one account of it for the picture and for the sound.

#include <cstdint>

namespace haven::soundscape {

/// When a spout's mouth begins to fall for the `number`th time: once in 33 to 57 s.
[[nodiscard]] double spout_tips_s(std::uint32_t seed, std::int64_t number);

/// After it has tipped: it pours between, is back on its stone with a knock, and once more after a
/// small rebound.
inline constexpr double spout_pours_after_s = 0.5;
inline constexpr double spout_poured_after_s = 3.1;
inline constexpr double spout_knock_after_s = 4.3;
inline constexpr double spout_second_knock_after_s = 4.87;

/// The newest tip at a moment.
struct SpoutTip {
    std::int64_t number = 0;
    double since_s = 0.0;
    double until_next_s = 0.0;
};
[[nodiscard]] SpoutTip spout_tip_at(std::uint32_t seed, double time_s);

} // namespace haven::soundscape
