#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "environments/soundscape/score.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/output_device.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace haven::audio {

enum class SoundState : std::uint8_t {
    off,       ///< stopped, or built without what it needs
    no_device, ///< looked for again every two seconds; everything else goes on
    playing,
};

struct SoundStatus {
    SoundState state = SoundState::off;
    std::string device;             ///< empty while there is none
    bool spatial = false;           ///< HRTF is in use now
    std::uint64_t blocks = 0;       ///< of 10 ms, played so far
    std::uint64_t times_dry = 0;    ///< the device had nothing left to play
    std::uint64_t devices_lost = 0; ///< times a device went away
    double load = 0.0;              ///< of one core: time rendering over time rendered
};

/// All that is heard: the place around, the ink of both hands, bells. One object a program, one
/// thread of its own that synthesises, places in space and fills the device's queue 60 ms ahead.
/// Nothing here fails toward the caller: without a device it stays silent, shows captions, and
/// begins to play by itself when a device comes.
///
/// How to use it:
///   SoundPlayer sound({.hearing = ...});              // main thread, before the place is built
///   sound.set_place(environment.score());             // main or worker thread; cross-fades
///   each frame, frame thread:
///     sound.set_listener(world_from_head);            // never waits, never allocates
///     sound.set_hand(sample, world_from_tracking);    // for each hand's newest sample
///   sound.ring(Bell::begin);                          // any thread, at a change of phase
///   window thread: sound.caption(now)                 // text to show, empty when none
///   sound.set_hearing(...); sound.set_level("sea", 0.3F); sound.stop();
class SoundPlayer {
  public:
    struct Config {
        Hearing hearing;
        OpenOutput open_output = open_system_output;
        std::chrono::milliseconds retry_after{2000};
        /// When the scene's time was 0: what is seen while it sounds keeps to it.
        std::chrono::steady_clock::time_point scene_began = std::chrono::steady_clock::now();
        /// What the scene's time goes by.
        std::function<std::chrono::steady_clock::time_point()> now =
            &std::chrono::steady_clock::now;
    };
    explicit SoundPlayer(Config config);
    SoundPlayer(const SoundPlayer&) = delete;
    SoundPlayer& operator=(const SoundPlayer&) = delete;
    SoundPlayer(SoundPlayer&&) = delete;
    SoundPlayer& operator=(SoundPlayer&&) = delete;
    ~SoundPlayer(); ///< stops

    /// The place around the person from now on, fading over from the one before within
    /// `fade_s`. Builds its voices on the calling thread (a few milliseconds): any but the frame
    /// thread. An empty score fades to silence.
    void set_place(const soundscape::Score& score, double fade_s = 3.0);
    /// A sound of the place by name, 0 to 1, smoothly; until the next place.
    void set_level(std::string_view sound, float level);
    void set_hearing(const Hearing& hearing);

    /// Frame thread, each frame. World: the place's space, as the score's.
    void set_listener(const Pose& world_from_head);
    void set_hand(const HandSample& sample, const Pose& world_from_tracking);

    /// Any thread. At most eight wait; more are dropped. `caption` replaces the bell's own words.
    void ring(Bell bell, std::string_view caption = {});

    /// What to show at this moment for those who do not hear, from the newest bell, for 5 s; empty
    /// otherwise. Any thread.
    [[nodiscard]] std::string caption(std::chrono::steady_clock::time_point now) const;
    [[nodiscard]] SoundStatus status() const;

    /// Fades out within 50 ms and ends the thread; idempotent. Main thread.
    void stop();

  private:
    class Engine;
    std::unique_ptr<Engine> engine_; ///< what the audio thread works with
};

} // namespace haven::audio
