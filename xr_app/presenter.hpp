#pragma once

#include "bilateral/pose.hpp"
#include "environments/environment.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/passes/panel_canvas.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "xr_app/ghost_targets.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/mirror/eye_copy.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/panel_ray.hpp"
#include "xr_app/place_change.hpp"
#include "xr_app/session.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <optional>
#include <string_view>

namespace haven {

/// Makes the picture and the sound of what is there: the place around the person, the ink, both
/// hands, the panel; and the desk's copy of it. Knows no rules of the session. One GPU's; dies when
/// that is idle. Frame thread.
///
/// begin_frame -> draw -> { follow_up } -> show_at_the_desk, in each frame.
class Presenter {
  public:
    struct Config {
        std::filesystem::path environments; ///< the folder of the places' definitions
        environments::Lighting lighting;    ///< for those that are changed to
        Desk* desk = nullptr;               ///< nullptr: there is no window
    };
    /// Both must outlive this; the first place is being made ready from now on.
    Presenter(Graphics& graphics, Session& session, Config config);
    Presenter(const Presenter&) = delete;
    Presenter& operator=(const Presenter&) = delete;

    /// Waits for the GPU, so that nothing that is located afterwards grows old.
    [[nodiscard]] gpu::Result<void> begin_frame();

    /// What a frame shows that is not the session's.
    struct Shown {
        double time_s = 0.0; ///< of the picture, since the program began
        std::array<ShownHand, 2> hands;
        bool hands_visible = false;
    };
    /// Draws into the images and submits them.
    [[nodiscard]] gpu::Result<void> draw(Headset& headset, const HeadsetFrame& frame,
                                         EyeImages& images, const Shown& shown);
    /// What a submitted frame is for besides being seen: `last` is kept under that name.
    void follow_up(const EyeImages& images, bool last);
    /// The desk's thread does the rest. After xrEndFrame, and while no frames are wanted: the
    /// panel goes on without pictures.
    void show_at_the_desk(const Headset& headset, SessionPhase phase, const Shown& shown,
                          bool drawn);

    /// The ink lies in the room; what the place is to the room may have changed.
    void place_ink();
    /// Another of the session's places, unless one is under way.
    void change_place(std::size_t place);
    void set_hidden_area(const std::array<renderer::HiddenTriangles, 2>& triangles);

    /// Of a frame whose clocks could be read since the last call.
    [[nodiscard]] std::optional<std::int64_t> take_gpu_ns();
    /// Gives up a little of the picture where the GPU does not keep up, and takes it back when it
    /// can. `missed`: a display was missed, not for want of the CPU.
    void keep_pace(float period_ms, bool missed);

    [[nodiscard]] bool last_picture_taken() const { return last_picture_taken_; }
    /// Why there will be nothing but the dark; empty where there is a place.
    [[nodiscard]] std::string_view fault() const;

  private:
    [[nodiscard]] renderer::Picture picture(const HeadsetFrame& frame, const Shown& shown,
                                            float place_fade);
    [[nodiscard]] gpu::Result<void> paint_panel();
    void show_panel(renderer::Picture& picture, const Pose& world_from_tracking);
    void enter(environments::Environment arrived, double time_s);
    void place_hands(const Shown& shown, const Pose& world_from_tracking);
    void place_ghosts(const HeadsetFrame& frame, const Pose& world_from_tracking);
    void update_sound(const HeadsetFrame& frame, const Shown& shown,
                      const Pose& world_from_tracking);
    [[nodiscard]] MirrorStatus status(const Headset& headset, SessionPhase phase,
                                      const Shown& shown) const;

    Graphics& graphics_;
    Session& session_;
    environments::Lighting lighting_;
    Desk* desk_;                      ///< nullptr: there is no window
    std::optional<EyeCopy> eye_copy_; ///< for it
    std::optional<gpu::Frame> gpu_frame_;
    std::future<gpu::Result<renderer::PanelCanvas>> canvas_coming_;
    std::optional<renderer::PanelCanvas> canvas_; ///< of panels
    bool no_canvas_ = false;                      ///< it cannot be made
    std::uint64_t canvas_painting_ = 0;           ///< what of the session's panels is on it
    GhostTargets ghosts_;
    /// Both hands, what they may follow, and their rays.
    std::array<renderer::Marker, 2 + GhostTargets::markers_max + 2 * ray_markers_max> markers_;
    std::size_t marker_count_ = 0;
    scene::SceneFrame scene_frame_;
    bool place_seen_ = false;   ///< at least a little of the first one
    bool in_calm_light_ = true; ///< until all of it is there
    bool last_picture_taken_ = false;
    std::uint64_t gpu_frame_counted_ = 0;
    renderer::QualityLadder ladder_;
    PlaceChange place_change_; // last: its thread reads the session's place
};

} // namespace haven
