#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/pose.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"
#include "renderer/stereo_target.hpp"
#include "xr_app/headset/session_phase.hpp"

#include <glm/vec2.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haven {

struct HeadsetError {
    enum class Kind : std::uint8_t {
        no_runtime,  ///< nobody answers for a headset on this machine
        no_headset,  ///< the runtime is there, the device is not
        unsupported, ///< it lacks something we cannot do without
        lost,        ///< it was there; build it anew
        failed,
    };
    Kind kind = Kind::failed;
    std::string message; ///< what, where and what to do
};

struct HeadsetInfo {
    std::string runtime;
    std::string system;
    std::string space;            ///< what tracking space is made of: local_floor, local, stage
    float refresh_rate_hz = 0.0F; ///< 0: the runtime does not tell
    std::uint32_t eye_width_px = 0;
    std::uint32_t eye_height_px = 0;
    bool has_hand_tracking = false;
    bool depth_submitted = false;
};

/// A room that a tracking space lay in, by its STAGE, which outlives the runtime.
struct KnownRoom {
    std::uint32_t number = 0;          ///< HeadsetFrame::room
    std::string system;                ///< whose STAGE: other headsets have others
    std::optional<glm::vec2> bounds_m; ///< of STAGE, where the runtime tells them
    Pose stage_from_tracking;
    float floor_m = 0.0F; ///< how high the floor lies in the tracking space
};

/// A hand where it will be when the frame is seen. It is shown, and never recorded.
struct ShownHand {
    bool tracked = false;
    bool drawing = false;
    float pressure = 0.0F;
    InteractionMode source = InteractionMode::controller;
    Pose tracking_from_tip;
};

/// What happened since the last poll.
struct HeadsetNews {
    SessionPhase phase = SessionPhase::absent;
    /// Of both hands since the last call, so that what ends now ends with its last sample. Holds
    /// until the next call.
    std::span<const HandSample> samples;
    bool pause_input = false;         ///< the hands were taken away: end running strokes
    bool hidden_area_changed = false; ///< ask for hidden_area() again
    bool finish_wished = false;       ///< the menu button was held
    Hands undo_wished = Hands::none;  ///< whose button for that went down
    float menu_held_share = 0.0F;     ///< how far the menu button's hold has come, 0 to 1
    std::optional<Hand> menu_wished;  ///< whose menu button was pressed and soon let go
};

/// One frame as the headset asks for it. What is shown is located at its predicted display time;
/// what is recorded was measured before.
struct HeadsetFrame {
    bool should_render = false;
    std::int64_t display_time_ns = 0; ///< on the headset's own clock
    std::int64_t display_period_ns = 0;
    std::optional<std::int64_t>
        prediction_ns; ///< display time minus now, when the runtime lets us know
    Pose tracking_from_head;
    bool head_valid = false; ///< its position, too; else that is the last that was
    std::array<scene::EyeView, 2> eyes;
    bool eyes_valid = false; ///< at least where they look
    bool recentered = false; ///< the person chose a new forward
    bool moved = false;      ///< the tracking space lies elsewhere in the same room: ink ends there
    /// As long as it is the same, the tracking space stays where it is in the room (or says that it
    /// moved), also over the loss of a headset.
    std::uint32_t room = 0;
    float floor_m = 0.0F; ///< how high the floor lies in the tracking space
    /// Of both hands since the last frame, each hand's in time, on the host's clock
    /// (host_clock.hpp). Holds until the next call.
    std::span<const HandSample> samples;
    /// Likewise, and before them: of the time before the tracking space was replaced by another.
    std::span<const HandSample> samples_before;
    std::array<ShownHand, 2> shown; ///< left, right
    /// What each hand points with, along -Z, when the frame is seen; nothing: it does not.
    std::array<std::optional<Pose>, 2> aims;
    /// Some button, trigger or pinch is pressed, since then: whatever moves the person stops. A
    /// pinch counts from the frame that sees it.
    std::optional<std::int64_t> pressed_since_ns;
};

/// Where to draw a frame.
struct EyeImages {
    const renderer::StereoTarget* target = nullptr;
    std::size_t index = 0;
    VkExtent2D drawn{}; ///< of each eye, from its upper left corner on: set by who draws
};

/// A headset, or what stands for one: the narrow seam behind which each runtime and driver lives.
/// Frame thread only.
///
/// make -> needs() -> gpu::Device -> attach -> { poll -> wait_frame -> acquire -> record -> release
/// -> end_frame }* -> detach -> the device dies -> the headset dies.
class Headset {
  public:
    Headset() = default;
    Headset(const Headset&) = delete;
    Headset& operator=(const Headset&) = delete;
    virtual ~Headset() = default;

    [[nodiscard]] virtual const HeadsetInfo& info() const = 0;

    /// How to draw and how to end, for whoever stands at the desk.
    [[nodiscard]] virtual std::string_view hint() const = 0;

    /// How far apart the samples of a hand are; 0: they come with the frames.
    [[nodiscard]] virtual std::uint32_t sample_period_us() const = 0;
    /// Adds what the headset asks of the GPU's device.
    virtual void add_needs(gpu::DeviceInfo& /*info*/) {}
    /// What a renderer needs to know to draw into the images.
    using ImagesDecided = std::function<void(const renderer::RendererOptions&)>;
    /// Makes the session and the images. The device must live until detach. `decided` is called
    /// once, as early as may be: a runtime takes its time to make images, and a renderer can be
    /// built meanwhile.
    [[nodiscard]] virtual std::expected<void, HeadsetError>
    attach(gpu::Device& device, const ImagesDecided& decided) = 0;
    /// What the lenses never show of each eye's picture; after attach.
    [[nodiscard]] virtual std::array<renderer::HiddenTriangles, 2> hidden_area() const {
        return {};
    }
    /// Where the tracking space is, for the headset that comes after this one is lost.
    [[nodiscard]] virtual std::optional<KnownRoom> room() const { return std::nullopt; }
    /// Gives back what attach made; the GPU must be idle.
    virtual void detach() = 0;

    /// Takes in the runtime's events and does what they demand.
    [[nodiscard]] virtual HeadsetNews poll() = 0;
    /// Asks for a clean end; poll() tells when it is over.
    virtual void request_exit() = 0;

    /// Only while runs_frames(phase). Blocks until the headset wants the next frame. After an
    /// error, poll() tells.
    [[nodiscard]] virtual std::expected<HeadsetFrame, HeadsetError> wait_frame() = 0;
    /// The images of this frame, ready to be drawn into. Only when should_render.
    [[nodiscard]] virtual std::expected<EyeImages, HeadsetError> acquire() = 0;
    /// Recorded after everything that is drawn into the images.
    virtual void record_release(const gpu::Frame& /*frame*/) {}
    /// After the submission: how much of each eye's picture was drawn; none: nothing of this frame
    /// is shown.
    [[nodiscard]] virtual std::expected<void, HeadsetError>
    end_frame(const std::optional<VkExtent2D>& /*drawn*/) {
        return {};
    }

    /// A short soft tick in the hand; nothing where there is no motor.
    virtual void tick(Hand /*hand*/) {}
};

} // namespace haven
