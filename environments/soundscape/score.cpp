#include "environments/soundscape/score.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace haven::soundscape {
namespace {

constexpr std::array<std::string_view, voice_kind_count> kind_names{
    "sea",       "wind",       "leaves", "rain_wood", "rain_roof", "rain_glass",
    "rain_leaf", "rain_water", "fire",   "stream",    "lapping",   "spout",
    "birds",     "bird",       "gulls",  "crickets",  "owl",       "clock"};

} // namespace

std::string_view to_string(VoiceKind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::optional<VoiceKind> parse_voice_kind(std::string_view text) {
    const auto* const found = std::ranges::find(kind_names, text);
    return found == kind_names.end()
               ? std::nullopt
               : std::optional(static_cast<VoiceKind>(found - kind_names.begin()));
}

} // namespace haven::soundscape
