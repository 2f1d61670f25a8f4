#pragma once
// How each kind of voice is made; voice.cpp knows them by kind.

#include "environments/soundscape/voice.hpp"

#include <cstdint>
#include <memory>

namespace haven::soundscape {

using VoicePointer = std::unique_ptr<Voice>;

/// Waves of 8 to 12 s over a floor that never falls silent; engines of other seeds are out of step.
VoicePointer make_sea(std::uint32_t seed);
VoicePointer make_wind(std::uint32_t seed);
VoicePointer make_leaves(std::uint32_t seed);
VoicePointer make_rain_on_wood(std::uint32_t seed);
VoicePointer make_rain_on_roof(std::uint32_t seed);
VoicePointer make_rain_on_glass(std::uint32_t seed);
VoicePointer make_rain_on_leaves(std::uint32_t seed);
VoicePointer make_rain_on_water(std::uint32_t seed);
VoicePointer make_fire(std::uint32_t seed);
VoicePointer make_stream(std::uint32_t seed);
/// Small waves under a jetty.
VoicePointer make_lapping(std::uint32_t seed);
/// A bamboo spout: fills, tips and knocks when spout_moments.hpp says.
VoicePointer make_spout(std::uint32_t seed);
/// One songbird: a phrase of its own kind, never twice the same, and long silences.
VoicePointer make_songbird(std::uint32_t seed);
/// One distant bird, slow and flute-like, more silent still.
VoicePointer make_lone_bird(std::uint32_t seed);
VoicePointer make_gulls(std::uint32_t seed);
/// A few crickets near each other; several voices make a field.
VoicePointer make_crickets(std::uint32_t seed);
VoicePointer make_owl(std::uint32_t seed);
VoicePointer make_clock(std::uint32_t seed);

} // namespace haven::soundscape
