#pragma once

#include "bilateral/pose.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/touch.hpp"
#include "environments/soundscape/voice.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/output_device.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace haven::audio {

/// A place's voices, made and ready to be heard. Made on any thread.
struct PlaceVoices {
    PlaceVoices(soundscape::Score written, double fade_time_s);
    void set_level(std::string_view sound, float level);
    soundscape::Score score;
    std::vector<std::unique_ptr<soundscape::Voice>> voices; ///< as in the score
    double fade_s;
};

struct HandHeard {
    glm::vec3 world_position_m{0.0F, 1.2F, -0.4F};
    soundscape::Stroking stroking;
};

/// What the frame thread says of itself.
struct Ears {
    Pose world_from_head{.position_m = {0.0F, 1.6F, 0.0F}};
    std::array<HandHeard, 2> hands;
};

/// Everything heard, block by block, without a device: voices placed in space by an OpenAL Soft
/// loopback context, then the final stage. Allocates nothing while rendering. Audio thread.
class Mixer {
  public:
    /// Null when the system's OpenAL cannot render to memory.
    [[nodiscard]] static std::unique_ptr<Mixer> open(const Hearing& hearing);
    Mixer(const Mixer&) = delete;
    Mixer& operator=(const Mixer&) = delete;
    Mixer(Mixer&&) = delete;
    Mixer& operator=(Mixer&&) = delete;
    ~Mixer();

    /// Whether a new place can begin: not while two others fade.
    [[nodiscard]] bool has_room_for_a_place() const;
    void set_place(std::unique_ptr<PlaceVoices> place);
    void set_level(std::string_view sound, float level);
    void set_hearing(const Hearing& hearing);
    void set_ears(const Ears& ears);
    /// The scene's time at the next block; it goes on from there.
    void set_time(double scene_s);
    void ring(Bell bell);
    void close(); ///< fades everything out
    [[nodiscard]] bool closed() const;
    void render(Block& block);
    [[nodiscard]] bool spatial() const;

  private:
    struct Room; ///< of OpenAL
    explicit Mixer(std::unique_ptr<Room> room);
    std::unique_ptr<Room> room_;
};

} // namespace haven::audio
