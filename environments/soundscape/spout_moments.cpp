#include "environments/soundscape/spout_moments.hpp"

#include "environments/soundscape/chance.hpp"

#include <cmath>
#include <cstdint>

namespace haven::soundscape {
namespace {

constexpr double slot_s = 45.0;   // one tip in each
constexpr double jitter_s = 12.0; // of the tip in its slot

} // namespace

double spout_tips_s(std::uint32_t seed, std::int64_t number) {
    Chance chance(branch(seed, static_cast<std::uint32_t>(number)));
    return static_cast<double>(number) * slot_s + jitter_s * static_cast<double>(chance.unit());
}

SpoutTip spout_tip_at(std::uint32_t seed, double time_s) {
    auto number = static_cast<std::int64_t>(std::floor(time_s / slot_s));
    if (time_s < spout_tips_s(seed, number)) {
        --number;
    }
    return {.number = number,
            .since_s = time_s - spout_tips_s(seed, number),
            .until_next_s = spout_tips_s(seed, number + 1) - time_s};
}

} // namespace haven::soundscape
