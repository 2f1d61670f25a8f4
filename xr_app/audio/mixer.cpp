#include "xr_app/audio/mixer.hpp"

#include "environments/soundscape/score.hpp"
#include "environments/soundscape/touch.hpp"
#include "environments/soundscape/voice.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/final_stage.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/openal.hpp"
#include "xr_app/audio/output_device.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numbers>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace haven::audio {
namespace {

using soundscape::sample_rate_hz;

constexpr float block_s = static_cast<float>(block_frames) / sample_rate_hz;
constexpr float follow_s = 0.015F; ///< of gains: faster than an ear, slower than a click
constexpr float follow_step = 1.0F / (follow_s * sample_rate_hz);
constexpr float inaudible = 1e-5F;
/// What a source loses on its way to two ears, on average over the directions of the places.
constexpr float spatial_makeup = 1.78F;
constexpr float plain_makeup = 1.41F;
constexpr float near_m = 0.4F; ///< a hand is never inside the head
constexpr float bell_rings_s = 14.0F;
constexpr std::array<float, 2> ink_tones_hz{196.0F, 220.0F};
constexpr glm::vec3 bell_at_m{0.0F, 0.2F, -2.0F}; ///< before the face

/// One source in space and the voice that feeds it: OpenAL asks for samples while it renders.
struct Emitter {
    ALuint source = 0;
    ALuint buffer = 0;
    soundscape::Voice* voice = nullptr; ///< null: free
    float gain = 0.0F;
    float target = 0.0F;
    bool playing = false;

    static ALsizei AL_APIENTRY feed(void* user, void* samples, ALsizei bytes) noexcept {
        auto& self = *static_cast<Emitter*>(user);
        const std::span out(static_cast<float*>(samples),
                            static_cast<std::size_t>(bytes) / sizeof(float));
        self.voice->read(out);
        for (float& sample : out) {
            self.gain += follow_step * (self.target - self.gain);
            sample *= self.gain;
        }
        return bytes;
    }
    void place(glm::vec3 at_m, float radius_m) const {
        alSource3f(source, AL_POSITION, at_m.x, at_m.y, at_m.z);
        alSourcef(source, AL_SOURCE_RADIUS, radius_m);
    }
    /// Plays while there is something to hear, and rests otherwise.
    void aim(float wanted) {
        target = wanted;
        const bool heard = voice != nullptr && (target > 0.0F || gain > inaudible);
        if (heard && !playing) {
            alSourcePlay(source);
        } else if (!heard && playing) {
            alSourceStop(source);
            gain = 0.0F;
        }
        playing = heard;
    }
};

/// A place that is heard, or fades.
struct Stage {
    std::unique_ptr<PlaceVoices> place;
    std::array<Emitter, soundscape::voices_max> emitters;
    float fade = 0.0F; ///< 0 to 1, a straight line
    float fade_to = 0.0F;
    float fade_s = 1.0F;

    [[nodiscard]] bool idle() const { return place == nullptr; }
};

/// Louder nearer and softer farther than where it was tuned, within reason: a place is no cinema.
float nearness(const soundscape::Score& score, const soundscape::PlacedVoice& voice,
               glm::vec3 head_m) {
    const float tuned_m = std::max(glm::distance(score.heard_from_m, voice.at_m), 0.5F);
    const float now_m = std::max({glm::distance(head_m, voice.at_m), 0.3F, voice.radius_m});
    return std::clamp(std::max(tuned_m, voice.radius_m) / now_m, 0.4F, 2.5F);
}

struct Tone {
    float hz;
    float warmth;
};
constexpr std::array<Tone, 3> bells{{{.hz = 293.7F, .warmth = 1.0F},
                                     {.hz = 349.2F, .warmth = 0.8F},
                                     {.hz = 220.0F, .warmth = 1.3F}}};

std::array<ALCint, 13> attributes(bool spatial) {
    return {ALC_FORMAT_CHANNELS_SOFT,
            ALC_STEREO_SOFT,
            ALC_FORMAT_TYPE_SOFT,
            ALC_FLOAT_SOFT,
            ALC_FREQUENCY,
            sample_rate_hz,
            ALC_HRTF_SOFT,
            spatial ? ALC_TRUE : ALC_FALSE,
            ALC_OUTPUT_LIMITER_SOFT,
            ALC_FALSE,
            ALC_MONO_SOURCES,
            64,
            0};
}

} // namespace

PlaceVoices::PlaceVoices(soundscape::Score written, double fade_time_s)
    : score(std::move(written)), fade_s(fade_time_s) {
    score.voices.resize(std::min(score.voices.size(), soundscape::voices_max));
    for (const soundscape::PlacedVoice& voice : score.voices) {
        assert(voice.sound < score.sounds.size());
        voices.push_back(soundscape::make_voice(voice.kind, voice.seed));
    }
}

void PlaceVoices::set_level(std::string_view sound, float level) {
    const auto found = std::ranges::find(score.sounds, sound, &soundscape::Sound::name);
    if (found != score.sounds.end()) {
        found->level = std::clamp(level, 0.0F, 1.0F);
    }
}

struct Mixer::Room {
    explicit Room(const Hearing& wanted) : hearing(wanted), final_stage(wanted) {}
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    Room(Room&&) = delete;
    Room& operator=(Room&&) = delete;
    ~Room();

    [[nodiscard]] bool open();
    [[nodiscard]] bool make(Emitter& emitter) const;
    void unmake(Emitter& emitter) const;
    void aim(Stage& stage) const;
    void aim_touch();
    void tell_time();
    void change_space();

    AlContext al;
    Hearing hearing;
    FinalStage final_stage;
    std::array<Stage, 2> stages;
    std::array<soundscape::InkVoice, 2> inks{soundscape::InkVoice(11, ink_tones_hz[0]),
                                             soundscape::InkVoice(12, ink_tones_hz[1])};
    soundscape::BellVoice bell;
    std::array<Emitter, 2> ink_emitters;
    Emitter bell_emitter;
    float bell_left_s = 0.0F;
    Ears ears;
    std::optional<double> scene_s; ///< at the next block
    bool spatial = true;           ///< as the context is now
    bool closing = false;
};

bool Mixer::Room::open() {
    spatial = hearing.spatial;
    if (!al.open_loopback(attributes(spatial))) {
        return false;
    }
    const AlContext::Use use(al);
    if (alIsExtensionPresent("AL_SOFT_callback_buffer") == AL_FALSE ||
        alIsExtensionPresent("AL_EXT_FLOAT32") == AL_FALSE ||
        alIsExtensionPresent("AL_EXT_SOURCE_RADIUS") == AL_FALSE) {
        return false;
    }
    alDistanceModel(AL_NONE); // nearness is ours
    bool made = make(bell_emitter);
    for (Emitter& emitter : ink_emitters) {
        made = made && make(emitter);
    }
    for (Stage& stage : stages) {
        for (Emitter& emitter : stage.emitters) {
            made = made && make(emitter);
        }
    }
    ink_emitters[0].voice = inks.data();
    ink_emitters[1].voice = &inks[1];
    bell_emitter.voice = &bell;
    alSourcei(bell_emitter.source, AL_SOURCE_RELATIVE, AL_TRUE);
    bell_emitter.place(bell_at_m, 1.0F);
    return made;
}

Mixer::Room::~Room() {
    if (!al.opened()) {
        return;
    }
    const AlContext::Use use(al);
    unmake(bell_emitter);
    for (Emitter& emitter : ink_emitters) {
        unmake(emitter);
    }
    for (Stage& stage : stages) {
        for (Emitter& emitter : stage.emitters) {
            unmake(emitter);
        }
    }
}

bool Mixer::Room::make(Emitter& emitter) const {
    alGenSources(1, &emitter.source);
    alGenBuffers(1, &emitter.buffer);
    alBufferCallbackSOFT(emitter.buffer, AL_FORMAT_MONO_FLOAT32, sample_rate_hz, &Emitter::feed,
                         &emitter);
    alSourcei(emitter.source, AL_BUFFER, static_cast<ALint>(emitter.buffer));
    return alGetError() == AL_NO_ERROR;
}

void Mixer::Room::unmake(Emitter& emitter) const {
    alDeleteSources(1, &emitter.source);
    alDeleteBuffers(1, &emitter.buffer);
}

/// Where the stage's voices should be by the end of this block.
void Mixer::Room::aim(Stage& stage) const {
    if (stage.idle()) {
        return;
    }
    const float step = block_s / std::max(stage.fade_s, block_s);
    stage.fade += std::clamp(stage.fade_to - stage.fade, -step, step);
    // Equal power: two places that cross are together as loud as one.
    const float fade = std::sin(0.5F * std::numbers::pi_v<float> * stage.fade);
    const float makeup = spatial ? spatial_makeup : plain_makeup;
    const soundscape::Score& score = stage.place->score;
    bool heard = false;
    for (std::size_t i = 0; i < score.voices.size(); ++i) {
        const soundscape::PlacedVoice& voice = score.voices[i];
        stage.emitters.at(i).aim(fade * makeup * hearing.surroundings * voice.gain *
                                 soundscape::amplitude_of(score.sounds.at(voice.sound).level) *
                                 nearness(score, voice, ears.world_from_head.position_m));
        heard = heard || stage.emitters.at(i).playing;
    }
    if (stage.fade_to == 0.0F && stage.fade == 0.0F && !heard) {
        for (Emitter& emitter : stage.emitters) {
            emitter.voice = nullptr;
        }
        stage.place.reset();
    }
}

void Mixer::Room::aim_touch() {
    const glm::vec3 head_m = ears.world_from_head.position_m;
    for (std::size_t hand = 0; hand < ink_emitters.size(); ++hand) {
        const HandHeard& heard = ears.hands.at(hand);
        inks.at(hand).follow(heard.stroking);
        glm::vec3 from_head_m = heard.world_position_m - head_m;
        const float distance_m = glm::length(from_head_m);
        from_head_m = distance_m < 0.01F ? glm::vec3(0.0F, 0.0F, -near_m) : from_head_m;
        if (distance_m > 0.01F && distance_m < near_m) {
            from_head_m *= near_m / distance_m;
        }
        ink_emitters.at(hand).place(head_m + from_head_m, 0.1F);
        ink_emitters.at(hand).aim(hearing.ink);
    }
    bell_left_s = std::max(bell_left_s - block_s, 0.0F);
    bell_emitter.aim(bell_left_s > 0.0F ? hearing.bells : 0.0F);
}

/// Before each block: what is seen while it sounds keeps to the scene's time.
void Mixer::Room::tell_time() {
    if (!scene_s) {
        return;
    }
    for (Stage& stage : stages) {
        for (Emitter& emitter : stage.emitters) {
            if (emitter.voice != nullptr) {
                emitter.voice->keep_time(*scene_s);
            }
        }
    }
    *scene_s += block_s;
}

/// From headphones to loudspeakers or back, once everything is silent.
void Mixer::Room::change_space() {
    final_stage.open(hearing.spatial == spatial && !closing);
    if (hearing.spatial != spatial && final_stage.closed()) {
        spatial = hearing.spatial;
        static_cast<void>(al.reset(attributes(spatial)));
    }
}

std::unique_ptr<Mixer> Mixer::open(const Hearing& hearing) {
    auto room = std::make_unique<Room>(hearing);
    if (!room->open()) {
        return nullptr;
    }
    return std::unique_ptr<Mixer>(new Mixer(std::move(room)));
}

Mixer::Mixer(std::unique_ptr<Room> room) : room_(std::move(room)) {}
Mixer::~Mixer() = default;

bool Mixer::has_room_for_a_place() const {
    return std::ranges::any_of(room_->stages, &Stage::idle);
}

void Mixer::set_place(std::unique_ptr<PlaceVoices> place) {
    assert(has_room_for_a_place());
    const AlContext::Use use(room_->al);
    for (Stage& stage : room_->stages) {
        stage.fade_to = 0.0F;
        stage.fade_s = static_cast<float>(place->fade_s);
    }
    Stage& stage = *std::ranges::find_if(room_->stages, &Stage::idle);
    stage.fade = 0.0F;
    stage.fade_to = 1.0F;
    for (std::size_t i = 0; i < place->voices.size(); ++i) {
        Emitter& emitter = stage.emitters.at(i);
        emitter.voice = place->voices[i].get();
        emitter.gain = 0.0F;
        emitter.place(place->score.voices[i].at_m, place->score.voices[i].radius_m);
    }
    stage.place = std::move(place);
}

void Mixer::set_level(std::string_view sound, float level) {
    for (Stage& stage : room_->stages) {
        if (!stage.idle() && stage.fade_to > 0.0F) {
            stage.place->set_level(sound, level);
        }
    }
}

void Mixer::set_hearing(const Hearing& hearing) {
    room_->hearing = hearing;
    room_->final_stage.set(hearing);
}

void Mixer::set_ears(const Ears& ears) {
    room_->ears = ears;
}

void Mixer::set_time(double scene_s) {
    room_->scene_s = scene_s;
}

void Mixer::ring(Bell bell) {
    const Tone& tone = bells.at(static_cast<std::size_t>(bell));
    room_->bell.strike(tone.hz, tone.warmth);
    room_->bell_left_s = bell_rings_s;
}

void Mixer::close() {
    room_->closing = true;
}

bool Mixer::closed() const {
    return room_->closing && room_->final_stage.closed();
}

void Mixer::render(Block& block) {
    Room& room = *room_;
    const AlContext::Use use(room.al);
    room.change_space();
    const Pose& head = room.ears.world_from_head;
    const glm::vec3 ahead = head.orientation * glm::vec3(0.0F, 0.0F, -1.0F);
    const glm::vec3 up = head.orientation * glm::vec3(0.0F, 1.0F, 0.0F);
    const std::array<float, 6> facing{ahead.x, ahead.y, ahead.z, up.x, up.y, up.z};
    alListener3f(AL_POSITION, head.position_m.x, head.position_m.y, head.position_m.z);
    alListenerfv(AL_ORIENTATION, facing.data());
    for (Stage& stage : room.stages) {
        room.aim(stage);
    }
    room.aim_touch();
    room.tell_time();
    room.al.render(block);
    room.final_stage.apply(block);
}

bool Mixer::spatial() const {
    return room_->al.hrtf();
}

} // namespace haven::audio
