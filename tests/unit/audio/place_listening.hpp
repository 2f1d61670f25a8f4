#pragma once

#include "environments/soundscape/score.hpp"
#include "xr_app/audio/mixer.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace haven::listening {

struct Place {
    std::string id;
    soundscape::Score score;
};
/// Those that ship, by name.
[[nodiscard]] std::vector<Place> places(const std::filesystem::path& assets);

/// Left and right in turn.
[[nodiscard]] std::vector<float> heard(audio::Mixer& mixer, double seconds);
/// A place as a person hears it who stands where they find themselves.
struct Visit {
    std::vector<float> samples;
    double load = 0.0; ///< of one core: processor time over time heard
};
[[nodiscard]] Visit visit(const soundscape::Score& score, double seconds);

/// One ear of it: 0 left, 1 right.
[[nodiscard]] std::vector<float> ear(const std::vector<float>& both, std::size_t which);

} // namespace haven::listening
