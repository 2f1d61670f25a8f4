#include "environments/soundscape/voice.hpp"

#include "environments/soundscape/score.hpp"
#include "environments/soundscape/voices/voices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace haven::soundscape {
namespace {

struct Maker {
    VoicePointer (*make)(std::uint32_t seed);
    float gain_db; ///< brings it to -30 LUFS; measured, see docs/sound.md
};

/// By VoiceKind.
constexpr std::array<Maker, voice_kind_count> makers{
    {{.make = make_sea, .gain_db = 1.8F},
     {.make = make_wind, .gain_db = -2.5F},
     {.make = make_leaves, .gain_db = 2.0F},
     {.make = make_rain_on_wood, .gain_db = -9.1F},
     {.make = make_rain_on_roof, .gain_db = -12.0F},
     {.make = make_rain_on_glass, .gain_db = -7.3F},
     {.make = make_rain_on_leaves, .gain_db = -5.3F},
     {.make = make_rain_on_water, .gain_db = -15.0F},
     {.make = make_fire, .gain_db = -0.5F},
     {.make = make_stream, .gain_db = -4.2F},
     {.make = make_lapping, .gain_db = 3.8F},
     {.make = make_spout, .gain_db = -15.0F},
     {.make = make_songbird, .gain_db = -21.1F},
     {.make = make_lone_bird, .gain_db = -23.2F},
     {.make = make_gulls, .gain_db = -20.7F},
     {.make = make_crickets, .gain_db = -1.4F},
     {.make = make_owl, .gain_db = -21.9F},
     {.make = make_clock, .gain_db = 0.0F}}};

} // namespace

void Voice::read(std::span<float> out) {
    std::size_t done = 0;
    while (done < out.size()) {
        if (used_ == chunk_.size()) {
            chunk_.fill(0.0F);
            make(chunk_);
            used_ = 0;
        }
        const std::size_t count = std::min(out.size() - done, chunk_.size() - used_);
        for (std::size_t i = 0; i < count; ++i) {
            out[done + i] = gain_ * chunk_[used_ + i];
        }
        done += count;
        used_ += count;
    }
}

void Voice::keep_time(double /*scene_s*/) {}

std::unique_ptr<Voice> make_voice(VoiceKind kind, std::uint32_t seed) {
    const Maker& maker = makers.at(static_cast<std::size_t>(kind));
    auto voice = maker.make(seed);
    voice->gain_ = std::pow(10.0F, maker.gain_db / 20.0F);
    return voice;
}

} // namespace haven::soundscape
