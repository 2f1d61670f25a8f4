#include "environments/definition/score_reader.hpp"

#include "environments/definition/definition.hpp"
#include "environments/definition/object_reader.hpp"
#include "environments/parts/noise.hpp"
#include "environments/soundscape/score.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>

namespace haven::environments {
namespace {

constexpr Range level_range{.low = 0.0F, .high = 1.0F};
constexpr Range room_range{.low = -200.0F, .high = 200.0F};
constexpr float seated_to_standing_m = 1.4F;
constexpr float all_around_m = 10.0F;

soundscape::VoiceKind read_kind(ObjectReader& reader) {
    const std::string name = reader.text("voice", 50);
    const auto kind = soundscape::parse_voice_kind(name);
    if (!kind) {
        reader.fail("voice", std::format("\"{}\" is not a kind of voice", name));
    }
    return kind.value_or(soundscape::VoiceKind::wind);
}

/// The part that `at_part` names; null where the voice stands by itself.
const PlacedPart* read_part(ObjectReader& reader, const Definition& definition) {
    if (!reader.has("at_part")) {
        return nullptr;
    }
    const std::string name = reader.text("at_part", 50);
    const auto part =
        std::ranges::find(definition.parts, std::string_view(name), &PlacedPart::kind);
    if (part == definition.parts.end()) {
        reader.fail("at_part", std::format("\"{}\" is no part of this place", name));
        return nullptr;
    }
    return &*part;
}

glm::vec3 read_place(ObjectReader& reader, const PlacedPart* part) {
    if (!reader.has("at_part")) {
        return reader.vec3("at_m", room_range);
    }
    const glm::vec3 offset_m = reader.vec3("offset_m", room_range, glm::vec3(0.0F));
    return part != nullptr ? part->placement.point(offset_m) : offset_m;
}

void read_sound(ObjectReader& reader, const Definition& definition, soundscape::Score& score) {
    soundscape::Sound& sound = score.sounds.back();
    sound.level = reader.number("level", level_range);
    for (ObjectReader& one : reader.objects("voices", soundscape::voices_max)) {
        soundscape::PlacedVoice voice;
        voice.kind = read_kind(one);
        voice.sound = score.sounds.size() - 1;
        const PlacedPart* const part = read_part(one, definition);
        voice.at_m = read_place(one, part);
        voice.radius_m = one.number("radius_m", {0.0F, 100.0F}, 0.0F);
        voice.gain = std::pow(10.0F, one.number("gain_db", {-30.0F, 12.0F}, 0.0F) / 20.0F);
        const auto chosen = static_cast<std::uint32_t>(one.count("seed", 0, 1 << 20, 0));
        voice.seed = scramble(definition.seed * 2003U + chosen * 77U +
                              static_cast<std::uint32_t>(score.voices.size() + 1));
        if (part != nullptr && voice.kind == soundscape::VoiceKind::spout) {
            voice.seed = part->seed; // it tips when the part is seen to
        }
        score.voices.push_back(voice);
        one.finish();
    }
    reader.finish();
}

/// A level alone: the voice of that name, from all around.
void read_level(ObjectReader& audio, const Definition& definition, soundscape::Score& score) {
    soundscape::Sound& sound = score.sounds.back();
    sound.level = audio.number(sound.name, level_range);
    const auto kind = soundscape::parse_voice_kind(sound.name);
    if (!kind) {
        audio.fail(sound.name,
                   "is not a kind of voice: say which \"voices\" it has, and its level");
        return;
    }
    score.voices.push_back({.kind = *kind,
                            .sound = score.sounds.size() - 1,
                            .at_m = score.heard_from_m,
                            .radius_m = all_around_m,
                            .seed = scramble(definition.seed * 2003U +
                                             static_cast<std::uint32_t>(score.voices.size() + 1))});
}

} // namespace

soundscape::Score read_score(ObjectReader& top, const Definition& definition) {
    soundscape::Score score;
    score.heard_from_m =
        definition.spots.stand.position_m + glm::vec3(0.0F, seated_to_standing_m, 0.0F);
    ObjectReader audio = top.object("audio");
    for (const std::string& name : audio.names()) {
        if (!is_id(name)) {
            audio.fail(name, "is not a name in snake_case");
        }
        score.sounds.push_back({.name = name});
        if (audio.is_number(name)) {
            read_level(audio, definition, score);
        } else {
            ObjectReader sound = audio.object(name);
            read_sound(sound, definition, score);
        }
        if (score.voices.size() > soundscape::voices_max) {
            audio.fail(name, std::format("makes more than {} voices", soundscape::voices_max));
            score.voices.resize(soundscape::voices_max);
        }
    }
    audio.finish();
    return score;
}

} // namespace haven::environments
