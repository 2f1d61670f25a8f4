#include "xr_app/headset/openxr_headset.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"
#include "renderer/stereo_target.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/headset/openxr_pose.hpp"
#include "xr_app/headset/openxr_swapchain.hpp"
#include "xr_app/headset/refresh_rate.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/headset/tracking_space.hpp"
#include "xr_app/headset/visibility_mask.hpp"
#include "xr_app/input/hand_sampler.hpp"
#include "xr_app/input/openxr_input.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace haven {

namespace {

/// A call that fails and does not mean a loss costs its frame; so many of them mean one.
constexpr std::uint32_t frames_skipped_max = 60;

/// So many pictures in a row that are refused are refused for their depth, which is no necessity.
constexpr std::uint32_t pictures_refused_max = 3;

/// A frame that is said to be displayed farther from now is displayed at another time.
constexpr double prediction_ns_max = 1e9;

/// Between the eyes, until the runtime has said it.
constexpr float half_eye_distance_m = 0.0315F;

scene::EyeView eye_view_of(const XrView& view) {
    const Pose pose = pose_of(view.pose);
    return {.position_m = pose.position_m,
            .orientation = pose.orientation,
            .fov = {.left_rad = view.fov.angleLeft,
                    .right_rad = view.fov.angleRight,
                    .up_rad = view.fov.angleUp,
                    .down_rad = view.fov.angleDown}};
}

} // namespace

std::expected<std::unique_ptr<Headset>, HeadsetError>
OpenxrHeadset::create(const OpenxrOptions& options) {
    auto instance = OpenxrInstance::create();
    if (!instance) {
        return std::unexpected(instance.error());
    }
    return std::unique_ptr<Headset>(new OpenxrHeadset(std::move(*instance), options));
}

OpenxrHeadset::OpenxrHeadset(std::unique_ptr<OpenxrInstance> instance, OpenxrOptions options)
    : options_(std::move(options)), instance_(std::move(instance)) {
    info_.runtime = instance_->runtime_name();
    info_.system = instance_->system_name();
    info_.has_hand_tracking = instance_->has_hand_tracking();
}

OpenxrHeadset::~OpenxrHeadset() {
    detach();
}

void OpenxrHeadset::add_needs(gpu::DeviceInfo& info) {
    info.hooks = instance_->vulkan_hooks();
}

std::expected<void, HeadsetError> OpenxrHeadset::attach(gpu::Device& device,
                                                        const ImagesDecided& decided) {
    auto made = create_session(device);
    if (made) {
        made = create_images(device, decided);
    }
    if (!made) {
        return std::unexpected(failed(made.error()));
    }
    auto tracking =
        TrackingSpace::create(session_.get(), {.system = info_.runtime + " / " + info_.system,
                                               .room = options_.room,
                                               .before = options_.room_before});
    if (!tracking) {
        return std::unexpected(failed(tracking.error()));
    }
    tracking_.emplace(std::move(*tracking));
    info_.space = tracking_->name();
    auto input = OpenxrInput::create(*instance_, session_.get());
    if (!input) {
        return std::unexpected(failed(input.error()));
    }
    input_ = std::move(*input);
    taken_.reserve(HandSampler::queue_samples);
    samples_.reserve(HandSampler::queue_samples);
    sampler_ =
        std::make_unique<HandSampler>(*instance_, *input_, options_.interaction, tracking_->get());
    ask_refresh_rate(*instance_, session_.get(), options_.refresh_rate_hz);
    info_.refresh_rate_hz = read_refresh_rate(*instance_, session_.get());
    handle(SessionEvent::session_made);
    return {};
}

std::array<renderer::HiddenTriangles, 2> OpenxrHeadset::hidden_area() const {
    return read_visibility_mask(*instance_, session_.get());
}

std::optional<KnownRoom> OpenxrHeadset::room() const {
    return tracking_ ? tracking_->room() : std::nullopt;
}

void OpenxrHeadset::detach() {
    sampler_.reset();
    input_.reset();
    images_.reset();
    tracking_.reset();
    session_.reset();
}

std::expected<void, HeadsetError> OpenxrHeadset::create_session(gpu::Device& device) {
    const XrGraphicsBindingVulkan2KHR binding{.type = XR_TYPE_GRAPHICS_BINDING_VULKAN2_KHR,
                                              .instance = device.instance(),
                                              .physicalDevice = device.physical(),
                                              .device = device.logical(),
                                              .queueFamilyIndex = device.queue_family(),
                                              .queueIndex = device.queue_index()};
    const XrSessionCreateInfo info{
        .type = XR_TYPE_SESSION_CREATE_INFO, .next = &binding, .systemId = instance_->system()};
    const auto alone = gpu::alone_in_loader();
    const XrResult result = xrCreateSession(instance_->get(), &info, session_.out());
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrCreateSession", result));
    }
    return {};
}

std::expected<void, HeadsetError> OpenxrHeadset::create_images(gpu::Device& device,
                                                               const ImagesDecided& decided) {
    std::array<XrViewConfigurationView, 2> views;
    views.fill({.type = XR_TYPE_VIEW_CONFIGURATION_VIEW});
    std::uint32_t count = 0;
    const XrResult result = xrEnumerateViewConfigurationViews(
        instance_->get(), instance_->system(), XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO,
        static_cast<std::uint32_t>(views.size()), &count, views.data());
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrEnumerateViewConfigurationViews", result));
    }
    const XrViewConfigurationView& left = views.front();
    VkExtent2D extent{left.recommendedImageRectWidth, left.recommendedImageRectHeight};
    if (options_.eye_size) {
        extent = {std::min(options_.eye_size->first, left.maxImageRectWidth),
                  std::min(options_.eye_size->second, left.maxImageRectHeight)};
    }
    const bool multisampled =
        options_.multisampled && !device.is_software() && device.supports_samples(4);
    const auto format = choose_colour_format(session_.get());
    if (!format) {
        return std::unexpected(format.error());
    }
    const std::uint32_t samples = multisampled ? 4 : 1;
    decided({.colour_format = *format, .samples = samples, .eye_height_px = extent.height});
    auto images = OpenxrSwapchain::create(
        session_.get(), device,
        {.eye_extent = extent,
         .colour_format = *format,
         .samples = samples,
         .with_depth = instance_->has_extension(XR_KHR_COMPOSITION_LAYER_DEPTH_EXTENSION_NAME)});
    if (!images) {
        return std::unexpected(images.error());
    }
    images_ = std::move(*images);
    info_.eye_width_px = extent.width;
    info_.eye_height_px = extent.height;
    info_.depth_submitted = images_->has_depth();
    spdlog::info("each eye is {} x {}, {} sample{} a pixel{}", extent.width, extent.height, samples,
                 multisampled ? "s" : "", info_.depth_submitted ? ", with depth" : "");
    return {};
}

HeadsetError OpenxrHeadset::failed(std::string_view call, XrResult result) {
    return failed(xr_failure(call, result));
}

HeadsetError OpenxrHeadset::failed(HeadsetError error) {
    if (error.kind == HeadsetError::Kind::lost && phase_ != SessionPhase::absent) {
        spdlog::warn("the headset was lost: {}", error.message);
        handle(SessionEvent::session_lost);
    }
    return error;
}

std::expected<HeadsetFrame, HeadsetError> OpenxrHeadset::wait_frame() {
    taken_.clear();
    taken_parted_ = 0;
    const XrFrameWaitInfo wait{.type = XR_TYPE_FRAME_WAIT_INFO};
    frame_state_ = {.type = XR_TYPE_FRAME_STATE};
    XrResult result = xrWaitFrame(session_.get(), &wait, &frame_state_);
    if (XR_FAILED(result)) {
        return std::unexpected(failed("xrWaitFrame", result));
    }
    const XrFrameBeginInfo begin{.type = XR_TYPE_FRAME_BEGIN_INFO};
    result = xrBeginFrame(session_.get(), &begin);
    if (XR_FAILED(result)) {
        return std::unexpected(failed("xrBeginFrame", result));
    }
    frame_begun_ = true;
    HeadsetFrame frame{.should_render = frame_state_.shouldRender == XR_TRUE,
                       .display_time_ns = frame_state_.predictedDisplayTime,
                       .display_period_ns = frame_state_.predictedDisplayPeriod};
    read_clock(frame);
    read_space_changes();
    if (auto located = locate(frame); !located) {
        HeadsetError error = failed(located.error());
        frames_skipped_ += 1;
        if (error.kind == HeadsetError::Kind::lost || frames_skipped_ > frames_skipped_max) {
            return std::unexpected(std::move(error));
        }
        if (frames_skipped_ == 1) {
            spdlog::warn("a frame is left out: {}", error.message);
        }
        frame.eyes_valid = false;
        give_samples(frame); // what was drawn counts
        frame.shown = {};
        frame.aims = {};
    } else {
        frames_skipped_ = 0;
    }
    read_space_changes();
    if (const auto until = tracking_->right_until(); until && *until <= shown_at_) {
        give_samples(frame);
        frame.shown = {}; // nobody knows in which of both spaces they were located
        frame.aims = {};
    }
    return frame;
}

/// What the frame's times say, where they can be true.
void OpenxrHeadset::read_clock(HeadsetFrame& frame) {
    shown_at_ = frame.display_time_ns;
    const auto now = instance_->now();
    if (!now) {
        if (frame.display_time_ns > 0 && frame.display_period_ns >= 0) {
            sampler_->note_clock(frame.display_time_ns - frame.display_period_ns);
        }
        return;
    }
    const double ahead_ns = static_cast<double>(frame.display_time_ns) - static_cast<double>(*now);
    if (std::abs(ahead_ns) <= prediction_ns_max) {
        frame.prediction_ns = frame.display_time_ns - *now;
    } else {
        shown_at_ = *now; // it is displayed at another time than it says, which no runtime may know
    }
}

std::expected<void, HeadsetError> OpenxrHeadset::locate(HeadsetFrame& frame) {
    for (const auto step : {&OpenxrHeadset::locate_head, &OpenxrHeadset::locate_eyes}) {
        if (auto located = (this->*step)(frame); !located) {
            return located;
        }
    }
    return take_hands(frame);
}

std::expected<void, HeadsetError> OpenxrHeadset::locate_head(HeadsetFrame& frame) {
    auto held = sampler_->hold(); // the space it looks in may be replaced
    const auto step = tracking_->update(shown_at_, TrackingSpace::Clock::now());
    sampler_->use_space(tracking_->get(), held);
    if (const auto replaced_from = tracking_->take_replaced_from()) {
        part_samples_at(*replaced_from, held);
    }
    held.unlock();
    frame.room = tracking_->room_number(); // also where the head was not located
    frame.floor_m = tracking_->floor_m();
    frame.moved = tracking_->take_moved();
    if (!step) {
        return std::unexpected(step.error());
    }
    if (info_.space != tracking_->name()) {
        info_.space = tracking_->name();
    }
    frame.tracking_from_head = step->head.tracking_from_head;
    frame.head_valid = step->head.orientation_valid && step->head.position_valid;
    frame.recentered = step->recentered;
    return {};
}

std::expected<void, HeadsetError> OpenxrHeadset::locate_eyes(HeadsetFrame& frame) {
    const XrViewLocateInfo info{.type = XR_TYPE_VIEW_LOCATE_INFO,
                                .viewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO,
                                .displayTime = shown_at_,
                                .space = tracking_->get()};
    XrViewState state{.type = XR_TYPE_VIEW_STATE};
    std::uint32_t count = 0;
    const XrResult result =
        xrLocateViews(session_.get(), &info, &state, static_cast<std::uint32_t>(views_.size()),
                      &count, views_.data());
    if (XR_FAILED(result)) {
        return std::unexpected(xr_failure("xrLocateViews", result));
    }
    frame.eyes_valid = (state.viewStateFlags & XR_VIEW_STATE_ORIENTATION_VALID_BIT) != 0;
    for (std::size_t eye = 0; frame.eyes_valid && eye < 2; ++eye) {
        XrView& view = views_.at(eye);
        const auto orientation = usable(view.pose.orientation);
        const auto fov = usable(view.fov);
        if (!orientation || !fov) {
            frame.eyes_valid = false;
            break;
        }
        view.fov = *fov; // what the picture is drawn for, and says so
        auto position_m = usable(view.pose.position);
        if (!position_m || (state.viewStateFlags & XR_VIEW_STATE_POSITION_VALID_BIT) == 0) {
            // A picture that turns with the head from where it was last, instead of none.
            const float side = eye == 0 ? -half_eye_distance_m : half_eye_distance_m;
            position_m =
                frame.tracking_from_head.position_m + *orientation * glm::vec3(side, 0.0F, 0.0F);
        }
        view.pose = xr_pose_of({.position_m = *position_m, .orientation = *orientation});
        frame.eyes.at(eye) = eye_view_of(view);
    }
    return {};
}

std::expected<EyeImages, HeadsetError> OpenxrHeadset::acquire() {
    auto images = images_->acquire();
    if (!images) {
        return std::unexpected(failed(images.error()));
    }
    return images;
}

void OpenxrHeadset::record_release(const gpu::Frame& frame) {
    images_->record_release(frame.commands);
}

std::expected<void, HeadsetError> OpenxrHeadset::end_frame(const std::optional<VkExtent2D>& drawn) {
    if (!frame_begun_) {
        return {};
    }
    frame_begun_ = false;
    if (auto released = images_->release(); !released) {
        return std::unexpected(failed(released.error()));
    }
    const bool with_depth = images_->has_depth() && pictures_refused_ < pictures_refused_max;
    const VkExtent2D extent = drawn.value_or(VkExtent2D{});
    // Reversed Z with the far plane at infinity: depth 0 is infinitely far, depth 1 is the near
    // plane.
    std::array<XrCompositionLayerDepthInfoKHR, 2> depths;
    std::array<XrCompositionLayerProjectionView, 2> projections;
    for (std::uint32_t eye = 0; eye < 2; ++eye) {
        depths.at(eye) = {.type = XR_TYPE_COMPOSITION_LAYER_DEPTH_INFO_KHR,
                          .subImage = images_->depth_of(eye, extent),
                          .minDepth = 0.0F,
                          .maxDepth = 1.0F,
                          .nearZ = std::numeric_limits<float>::infinity(),
                          .farZ = scene::near_default_m};
        projections.at(eye) = {.type = XR_TYPE_COMPOSITION_LAYER_PROJECTION_VIEW,
                               .next = with_depth ? &depths.at(eye) : nullptr,
                               .pose = views_.at(eye).pose,
                               .fov = views_.at(eye).fov,
                               .subImage = images_->colour_of(eye, extent)};
    }
    const XrCompositionLayerProjection layer{.type = XR_TYPE_COMPOSITION_LAYER_PROJECTION,
                                             .space = tracking_->get(),
                                             .viewCount = 2,
                                             .views = projections.data()};
    const auto* const layers = reinterpret_cast<const XrCompositionLayerBaseHeader*>(&layer);
    const XrFrameEndInfo end{.type = XR_TYPE_FRAME_END_INFO,
                             .displayTime = frame_state_.predictedDisplayTime,
                             .environmentBlendMode = instance_->blend_mode(),
                             .layerCount = drawn ? 1U : 0U,
                             .layers = drawn ? &layers : nullptr};
    const XrResult result = xrEndFrame(session_.get(), &end);
    if (XR_FAILED(result) && result != XR_ERROR_TIME_INVALID) {
        if (drawn && with_depth && ++pictures_refused_ == pictures_refused_max) {
            spdlog::warn("the runtime refuses pictures with their depth: they go without it");
            info_.depth_submitted = false;
        }
        return std::unexpected(failed("xrEndFrame", result));
    }
    pictures_refused_ = drawn && with_depth ? 0 : pictures_refused_;
    return {};
}

void OpenxrHeadset::tick(Hand hand) {
    input_->tick(hand);
}

} // namespace haven
