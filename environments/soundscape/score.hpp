#pragma once

#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::soundscape {

inline constexpr int sample_rate_hz = 48000;
/// Voices in one place, at most: each is a source in space.
inline constexpr std::size_t voices_max = 16;

/// What can be heard in a place. Each is made by a generator of its own; see voice.hpp.
enum class VoiceKind : std::uint8_t {
    sea,
    wind,
    leaves,
    rain_wood,
    rain_roof,
    rain_glass,
    rain_leaf,
    rain_water,
    fire,
    stream,
    lapping,
    spout,
    birds,
    bird,
    gulls,
    crickets,
    owl,
    clock,
};
inline constexpr std::size_t voice_kind_count = 18;

[[nodiscard]] std::string_view to_string(VoiceKind kind);
[[nodiscard]] std::optional<VoiceKind> parse_voice_kind(std::string_view text);

/// One voice where it is seen. Its loudness is that heard from `Score::heard_from_m`.
struct PlacedVoice {
    VoiceKind kind = VoiceKind::wind;
    std::size_t sound = 0; ///< in Score::sounds: whose level it follows
    glm::vec3 at_m{0.0F};
    float radius_m = 0.0F; ///< a wide thing: rain on a roof, a shore
    float gain = 1.0F;     ///< at level 0.5
    std::uint32_t seed = 1;
    friend bool operator==(const PlacedVoice&, const PlacedVoice&) = default;
};

/// What a person sets by name: 0 silent to 1.
struct Sound {
    std::string name;
    float level = 0.0F;
    friend bool operator==(const Sound&, const Sound&) = default;
};

/// All that is heard in a place, as its definition says. Plain data.
struct Score {
    std::vector<Sound> sounds;
    std::vector<PlacedVoice> voices; ///< at most voices_max
    glm::vec3 heard_from_m{0.0F, 1.4F, 0.0F};
    friend bool operator==(const Score&, const Score&) = default;
};

/// The amplitude a level stands for: 1 at a half, where a place has its sounds by itself, 12 dB
/// more at 1; a square, so that each step of the way sounds alike.
[[nodiscard]] constexpr float amplitude_of(float level) {
    return 4.0F * level * level;
}

} // namespace haven::soundscape
