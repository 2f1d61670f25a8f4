#pragma once

#include "bilateral/hand_sample.hpp"
#include "net/uploader/event_queue.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/hold_timer.hpp"
#include "xr_app/input/openxr_input.hpp"
#include "xr_app/input/sample_grid.hpp"

#include <openxr/openxr.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace haven {

/// A sample, and when what it is made of was located, on the host's clock: one that was missed lies
/// between others, some before and one after it, and a space may have been replaced meanwhile.
struct LocatedSample {
    HandSample sample;
    std::int64_t from_ns = 0;
    std::int64_t until_ns = 0;
};

/// Samples both hands every 5 ms on a thread of its own, whatever the frames do: the only one that
/// syncs actions and reads them. What it decides is in SampleGrid, PastProbe, ValueHistory,
/// HandReader and HostTime; this only asks the runtime. Lives with a session.
class HandSampler {
  public:
    /// Ten seconds of both hands: a frame thread that does not come for longer loses motion.
    static constexpr std::size_t queue_samples = 4096;

    /// What the newest sample says, for what is shown and for what the buttons ask.
    struct State {
        std::array<bool, 2> by_fingers{};
        std::array<bool, 2> active{}; ///< a controller is
        std::array<bool, 2> drawing{};
        std::array<float, 2> pressure{};
        std::optional<XrTime> pressed_since;  ///< of whatever is pressed now
        float menu_held_share = 0.0F;         ///< how far the menu button's hold has come, 0 to 1
        bool finish_wished = false;           ///< it came to its end
        std::uint32_t menu_taps = 0;          ///< how often it was soon let go, ever
        Hand menu_hand = Hand::left;          ///< whose it was the last time
        std::array<std::uint32_t, 2> undos{}; ///< how often that button went down, ever
        std::uint64_t samples_lost = 0;       ///< since the queue was full
        std::uint64_t moments_missed = 0;     ///< of the grid: this thread came too late for them
    };

    HandSampler(const OpenxrInstance& instance, OpenxrInput& input, InteractionChoice choice,
                XrSpace base);
    HandSampler(const HandSampler&) = delete;
    HandSampler& operator=(const HandSampler&) = delete;
    ~HandSampler(); ///< stops and waits

    /// Nothing is located as long as this is held: the space may be replaced by another.
    [[nodiscard]] std::unique_lock<std::mutex> hold() { return std::unique_lock(base_mutex_); }
    void use_space(XrSpace base, const std::unique_lock<std::mutex>& /*held*/) { base_ = base; }
    /// The time that a sample of that moment says: to the nanosecond, where the runtime's own
    /// conversion trembles. Nothing before the first sample.
    [[nodiscard]] std::optional<std::int64_t>
    host_time_ns(XrTime time, const std::unique_lock<std::mutex>& /*held*/) const {
        return host_time_.held(time);
    }

    /// While the session has the focus. Coming back, both hands begin anew.
    void listen(bool listening) { listening_ = listening; }

    /// For a runtime that converts no times: where its clock stands.
    void note_clock(XrTime now) { clock_minus_host_ns_ = now - clock_ns(); }

    /// Appends the samples that were not taken yet, on the host's clock. One thread.
    void take_all(std::vector<LocatedSample>& samples);
    /// Where the hand will be at `time`, by the way to draw that is followed now.
    [[nodiscard]] ShownHand shown(const State& state, std::size_t hand, XrSpace base,
                                  XrTime time) const;
    /// What that hand, shown so, points with at `time`; nothing where it is not there.
    [[nodiscard]] std::optional<Pose> aim(const State& state, std::size_t hand,
                                          const ShownHand& shown, const Pose& space_from_head,
                                          XrSpace base, XrTime time) const;
    [[nodiscard]] State state() const;
    /// Why it has stopped: the session is lost, or syncs fail again and again.
    [[nodiscard]] std::optional<HeadsetError> failure() const;

  private:
    struct OneHand {
        explicit OneHand(Hand which, InteractionChoice choice) : reader(which, choice) {}
        HandReader reader;
        SampleGrid grid;
        PastProbe probe;
        ValueHistory draw;
        HandActions actions;
        bool undo_held = true; ///< until it was seen up
        HandSample newest;
        XrTime newest_time = 0; ///< the same moment on the runtime's clock
        ReadingTrail trail;     ///< without history
    };

    [[nodiscard]] static std::int64_t clock_ns();
    void run(const std::stop_token& stop);
    /// False: nothing more will come.
    [[nodiscard]] bool turn();
    /// A sync failed. False: the session is lost, or it fails again and again.
    [[nodiscard]] bool outlasts(const HeadsetError& error);
    [[nodiscard]] XrTime now() const;
    void sample(std::size_t hand, XrTime asked);
    [[nodiscard]] HandReadings located(const OneHand& one, std::size_t hand, XrTime time) const;
    void take(OneHand& one, XrTime time, const HandReadings& readings);
    void probe(OneHand& one, std::size_t hand, XrTime now);
    [[nodiscard]] ControllerReading controller_at(const OneHand& one, std::size_t hand, XrTime time,
                                                  bool locate) const;
    void begin_anew();
    void publish(XrTime now);
    [[nodiscard]] bool menu_pressed();
    void sleep_until_due() const;

    const OpenxrInstance& instance_;
    OpenxrInput& input_;
    std::array<OneHand, 2> hands_;
    HostTime host_time_;
    HoldTimer menu_held_;
    Hand menu_hand_ = Hand::left; ///< whose button is pressed, or was the last time
    std::uint64_t turns_ = 0;
    bool had_focus_ = false;
    std::uint32_t syncs_failed_ = 0; ///< one after another
    XrTime now_ = 0;

    std::atomic<bool> listening_{false};
    std::atomic<std::int64_t> clock_minus_host_ns_{0};
    uploader::EventQueue<LocatedSample> queue_{queue_samples};
    mutable std::mutex state_mutex_; ///< held for a copy
    State state_;
    std::optional<HeadsetError> failure_;
    std::mutex base_mutex_; ///< held for one turn, a millisecond
    XrSpace base_;
    std::jthread thread_; // last: it uses all of the above
};

} // namespace haven
