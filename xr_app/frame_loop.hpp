#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/eye_capture.hpp"
#include "xr_app/frame_stats.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/input/hold_timer.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/mirror/eye_copy.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/picture_clock.hpp"
#include "xr_app/place_change.hpp"
#include "xr_app/seen_log.hpp"
#include "xr_app/surroundings.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace haven {

/// What outlives a lost headset: the drawing, and what was counted.
struct ClientState {
    DrawingSession& drawing;
    FrameStats stats;
    FrameSystem system;
    double seconds = 0.0; ///< of drawing; 0: no limit
    std::chrono::steady_clock::time_point started_at;
    std::optional<std::chrono::steady_clock::time_point> first_frame_at;
    std::optional<std::chrono::steady_clock::time_point> drawing_began_at;
    std::optional<std::chrono::steady_clock::time_point> first_stroke_at;
    /// From the press that ended a tour to the first picture at rest, when it is shown.
    std::optional<std::int64_t> tour_stop_ns;
    double told_used = 0.0; ///< of what the drawing may hold, when it was last told
    /// Where the person stood and looked, level, when the place came around them.
    std::optional<Pose> tracking_from_person;
    bool finish_wished = false;
    std::function<void()> on_ready; ///< hands can draw now

    /// Ends the drawing with its metrics; once.
    void finish_drawing();
};

/// What the loop works with; an empty pointer is a thing that is not there.
struct FrameLoopParts {
    Headset& headset;
    ClientState& state;
    Graphics* graphics = nullptr;
    environments::Environment* environment = nullptr; ///< another one after a change of place
    PlaceChange* place_change = nullptr;
    std::span<const environments::CatalogEntry> places; ///< what the number keys lead to
    environments::Lighting lighting;                    ///< for those places
    InkFeed* ink = nullptr;
    audio::SoundPlayer* sound = nullptr;
    /// Not on the frame thread's time: another place is heard. Only where there is sound.
    std::function<void(const environments::Environment&)> change_sound;
    Desk* desk = nullptr;
    EyeCopy* eye_copy = nullptr; ///< for the desk
    EyeCapture* capture = nullptr;
    const uploader::Courier* courier = nullptr;
    Surroundings* surroundings = nullptr; ///< there wherever there is an environment
};

/// One headset's frames from its first to its last: wait, sample, record, ink, draw, end. Does no
/// file or network I/O, holds no lock, and allocates nothing once warm, except where a stroke ends
/// or has gone on for ten seconds, a window shows or pictures are captured.
class FrameLoop {
  public:
    enum class End : std::uint8_t {
        over, ///< nothing more will come
        lost, ///< the headset or the GPU is gone; the drawing is not
    };
    explicit FrameLoop(FrameLoopParts parts);
    [[nodiscard]] End run();

  private:
    using Clock = std::chrono::steady_clock;

    enum class FrameResult : std::uint8_t {
        done,
        skipped, ///< a call failed; the next frame may do
        lost,    ///< the headset or the GPU is gone
    };
    [[nodiscard]] FrameResult frame();
    [[nodiscard]] FrameResult failed(const HeadsetError& error);
    [[nodiscard]] FrameResult failed(const gpu::Error& error);
    [[nodiscard]] FrameResult draw_and_end(const HeadsetFrame& frame, gpu::Frame* gpu_frame);
    void take_news(const HeadsetNews& news);
    [[nodiscard]] bool ending_wished() const;
    void place_person(const HeadsetFrame& frame);
    [[nodiscard]] bool recenter_wished();
    void place_around(const Pose& tracking_from_head, Placement::Reason reason);
    void tell_placement(Placement::Reason reason);
    [[nodiscard]] Pose world_from_tracking(const Pose& world_from_person) const;
    void show_ink_in_place();
    void take_input(const HeadsetFrame& frame);
    void tell_room();
    void take_samples(std::span<const HandSample> samples);
    void take_sample(HandSample sample);
    void begin_drawing(const HandSample& first);
    [[nodiscard]] gpu::Result<void> draw_into(const HeadsetFrame& frame, const EyeImages& images,
                                              gpu::Frame& gpu_frame);
    void show_at_the_desk();
    void let_hear(const HeadsetFrame& frame, const Pose& world_from_tracking);
    void change_place(environments::Environment arrived);
    void show_hands(const Pose& world_from_tracking);
    void after_submit(const EyeImages& images);
    void count(const HeadsetFrame& frame);
    void keep_pace(float gpu_ms, float period_ms);
    [[nodiscard]] MirrorStatus mirror_status() const;

    FrameLoopParts parts_;
    SessionPhase phase_ = SessionPhase::absent;
    bool ending_ = false; ///< the drawing is finished, the session ends
    Clock::time_point ending_since_;
    int frames_skipped_ = 0; ///< without one that was done between them
    PictureClock picture_clock_;
    double time_s_ = 0.0; ///< of the picture, since the program began
    bool had_focus_ = false;
    /// Why the place has to come around the person as soon as it is known where they are.
    std::optional<Placement::Reason> placement_due_;
    HoldTimer recenter_held_;             ///< at the desk
    bool in_the_dark_ = true;             ///< until the place is there
    Clock::duration work_{};              ///< of ours in this frame
    std::array<bool, 2> draws_no_more_{}; ///< until what is pressed now is let go
    std::array<ShownHand, 2> hands_;      ///< as the newest frame shows them
    SeenLog seen_log_;
    std::array<renderer::Marker, 2> markers_;
    std::size_t marker_count_ = 0;
    scene::SceneFrame scene_frame_;
    std::uint64_t gpu_frame_counted_ = 0;
    bool missed_display_ = false; ///< since the GPU's time was counted, not for want of the CPU
    renderer::QualityLadder ladder_;
};

} // namespace haven
