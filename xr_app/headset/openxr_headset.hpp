#pragma once

#include "bilateral/hand_sample.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/headset/openxr_swapchain.hpp"
#include "xr_app/headset/tracking_space.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/hand_sampler.hpp"
#include "xr_app/input/openxr_input.hpp"
#include "xr_app/input/sample_grid.hpp"

#include <openxr/openxr.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace haven {

struct OpenxrOptions {
    InteractionChoice interaction = InteractionChoice::automatic;
    /// Width and height of one eye's image; none: what the runtime recommends.
    std::optional<std::pair<std::uint32_t, std::uint32_t>> eye_size;
    std::optional<float> refresh_rate_hz; ///< wished; none: a calm one
    bool multisampled = true;             ///< 4 samples a pixel where a real GPU draws
    std::uint32_t room = 0;               ///< its number, unless it is the one of before
    std::optional<KnownRoom> room_before; ///< before a headset was lost
};

/// A headset through an OpenXR runtime.
class OpenxrHeadset final : public Headset {
  public:
    [[nodiscard]] static std::expected<std::unique_ptr<Headset>, HeadsetError>
    create(const OpenxrOptions& options);
    ~OpenxrHeadset() override;
    OpenxrHeadset(const OpenxrHeadset&) = delete;
    OpenxrHeadset& operator=(const OpenxrHeadset&) = delete;

    [[nodiscard]] const HeadsetInfo& info() const override { return info_; }
    [[nodiscard]] std::string_view hint() const override {
        return "To draw, pull the trigger or pinch. X or A takes back what its hand drew last, "
               "Ctrl+Z and Ctrl+Y here. To have the place before you again, hold the headset's own "
               "button, or C here. The menu button, or thumb and little finger together, opens a "
               "menu. To end, hold it, or close this window: the drawing is saved.";
    }
    [[nodiscard]] std::uint32_t sample_period_us() const override {
        return static_cast<std::uint32_t>(sample_period_ns / 1000);
    }
    void add_needs(gpu::DeviceInfo& info) override;
    [[nodiscard]] std::expected<void, HeadsetError> attach(gpu::Device& device,
                                                           const ImagesDecided& decided) override;
    [[nodiscard]] std::array<renderer::HiddenTriangles, 2> hidden_area() const override;
    [[nodiscard]] std::optional<KnownRoom> room() const override;
    void detach() override;
    [[nodiscard]] HeadsetNews poll() override;
    void request_exit() override;
    [[nodiscard]] std::expected<HeadsetFrame, HeadsetError> wait_frame() override;
    [[nodiscard]] std::expected<EyeImages, HeadsetError> acquire() override;
    void record_release(const gpu::Frame& frame) override;
    [[nodiscard]] std::expected<void, HeadsetError>
    end_frame(const std::optional<VkExtent2D>& drawn) override;
    void tick(Hand hand) override;

  private:
    OpenxrHeadset(std::unique_ptr<OpenxrInstance> instance, OpenxrOptions options);
    [[nodiscard]] std::expected<void, HeadsetError> create_session(gpu::Device& device);
    [[nodiscard]] std::expected<void, HeadsetError> create_images(gpu::Device& device,
                                                                  const ImagesDecided& decided);
    void handle(SessionEvent event);
    void perform(const SessionActions& actions);
    void handle(const XrEventDataBuffer& event);
    void read_space_changes();
    [[nodiscard]] HeadsetError failed(std::string_view call, XrResult result);
    [[nodiscard]] HeadsetError failed(HeadsetError error);
    void read_clock(HeadsetFrame& frame);
    [[nodiscard]] std::expected<void, HeadsetError> locate(HeadsetFrame& frame);
    [[nodiscard]] std::expected<void, HeadsetError> locate_head(HeadsetFrame& frame);
    [[nodiscard]] std::expected<void, HeadsetError> locate_eyes(HeadsetFrame& frame);
    [[nodiscard]] std::expected<void, HeadsetError> take_hands(HeadsetFrame& frame);
    void take_samples(const std::unique_lock<std::mutex>& held);
    [[nodiscard]] std::span<const HandSample> taken_samples();
    void leave_out_samples(std::int64_t from_ns);
    void give_samples(HeadsetFrame& frame);
    void part_samples_at(XrTime replaced_from, const std::unique_lock<std::mutex>& held);

    OpenxrOptions options_;
    HeadsetInfo info_;
    std::unique_ptr<OpenxrInstance> instance_; // dies last
    XrSessionHandle session_;
    std::optional<TrackingSpace> tracking_;
    std::unique_ptr<OpenxrInput> input_;
    std::unique_ptr<HandSampler> sampler_; // dies before what it asks
    std::unique_ptr<OpenxrSwapchain> images_;

    SessionPhase phase_ = SessionPhase::absent;
    HeadsetNews news_;
    std::vector<XrEventDataBuffer> later_; ///< events that came during a frame
    std::optional<std::chrono::steady_clock::time_point> exit_asked_at_;
    XrFrameState frame_state_{.type = XR_TYPE_FRAME_STATE};
    std::array<XrView, 2> views_{XrView{.type = XR_TYPE_VIEW}, XrView{.type = XR_TYPE_VIEW}};
    XrTime shown_at_ = 0; ///< when this frame is displayed, as far as that can be true
    bool frame_begun_ = false;
    std::uint32_t frames_skipped_ = 0;   ///< one after another
    std::uint32_t pictures_refused_ = 0; ///< with depth, one after another
    HandSampler::State hands_;
    std::vector<LocatedSample> taken_; ///< in the last call
    std::size_t taken_parted_ = 0;     ///< so many are of the space of before
    std::vector<HandSample> samples_;  ///< the same, for whoever asks
    std::optional<std::int64_t>
        samples_from_ns_; ///< on the host's clock: the space is another since
    std::uint64_t samples_lost_logged_ = 0;
};

} // namespace haven
