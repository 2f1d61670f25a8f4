#include "xr_app/headset/desktop_headset.hpp"

#include "bilateral/pose.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/stereo_renderer.hpp"
#include "renderer/stereo_target.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/mirror/desk.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <thread>
#include <utility>

namespace haven {

namespace {

constexpr std::chrono::nanoseconds period{16'666'667};
/// A frame that took longer moves the person no farther.
constexpr std::chrono::milliseconds walk_step_max{100};
constexpr float half_eye_distance_m = 0.0315F;
constexpr std::uint32_t eye_side_px = 720;
constexpr VkFormat colour_format = VK_FORMAT_R8G8B8A8_SRGB;

HeadsetError of_gpu(const gpu::Error& error) {
    return {.kind = HeadsetError::Kind::failed, .message = error.what};
}

std::int64_t ns_of(std::chrono::steady_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

} // namespace

DesktopHeadset::DesktopHeadset(const Desk& desk, DesktopOptions options)
    : desk_(desk), options_(std::move(options)), info_{.runtime = "desktop",
                                                       .system = "mouse and keyboard",
                                                       .space = "stage",
                                                       .refresh_rate_hz = 60.0F} {}

std::expected<void, HeadsetError> DesktopHeadset::attach(gpu::Device& device,
                                                         const ImagesDecided& decided) {
    const auto [width, height] = options_.eye_size.value_or(std::pair{eye_side_px, eye_side_px});
    info_.eye_width_px = width;
    info_.eye_height_px = height;
    const std::uint32_t samples = !device.is_software() && device.supports_samples(4) ? 4 : 1;
    decided({.colour_format = colour_format, .samples = samples, .eye_height_px = height});
    std::array<VkImage, gpu::frames_in_flight> handles{};
    for (std::size_t i = 0; i < images_.size(); ++i) {
        auto image = gpu::Image::create(device, {.extent = {width, height},
                                                 .layers = 2,
                                                 .format = colour_format,
                                                 .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                                          VK_IMAGE_USAGE_TRANSFER_SRC_BIT});
        if (!image) {
            return std::unexpected(of_gpu(image.error()));
        }
        images_.at(i) = std::move(*image);
        handles.at(i) = images_.at(i).get();
    }
    auto target = renderer::StereoTarget::create(device, {.colour = handles,
                                                          .depth = {},
                                                          .eye_extent = {width, height},
                                                          .colour_format = colour_format,
                                                          .layers = 2,
                                                          .samples = samples});
    if (!target) {
        return std::unexpected(of_gpu(target.error()));
    }
    target_ = std::move(*target);
    phase_ = SessionPhase::focused;
    next_frame_ = Clock::now();
    last_frame_ = next_frame_;
    return {};
}

void DesktopHeadset::detach() {
    target_ = {};
    images_ = {};
}

HeadsetNews DesktopHeadset::poll() {
    return {.phase = phase_};
}

void DesktopHeadset::request_exit() {
    phase_ = SessionPhase::over;
}

std::expected<HeadsetFrame, HeadsetError> DesktopHeadset::wait_frame() {
    std::this_thread::sleep_until(next_frame_);
    const auto now = Clock::now();
    // Behind by more than a frame: start the rhythm anew instead of running after it.
    next_frame_ = std::max(next_frame_ + period, now);

    const std::chrono::duration<float> elapsed =
        std::min<Clock::duration>(now - last_frame_, walk_step_max);
    last_frame_ = now;
    driver_.update(desk_.input(), elapsed.count());
    HeadsetFrame frame{.should_render = true,
                       .display_time_ns = ns_of(next_frame_),
                       .display_period_ns = period.count(),
                       .prediction_ns = ns_of(next_frame_) - ns_of(now),
                       .tracking_from_head = driver_.tracking_from_head(),
                       .head_valid = true,
                       .eyes_valid = true,
                       .pressed_since_ns =
                           desk_.input().any_pressed ? std::optional(ns_of(now)) : std::nullopt};
    const float aspect = static_cast<float>(info_.eye_width_px) /
                         static_cast<float>(std::max(info_.eye_height_px, 1U));
    const float half_up = std::atan(std::tan(0.7854F) / std::max(aspect, 0.1F));
    std::size_t samples = 0;
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const ControllerReading& reading = driver_.hands().at(hand);
        if (const auto sample = readers_.at(hand).read(host_now_ns(), reading, {})) {
            samples_.at(samples) = *sample;
            samples += 1;
            frame.shown.at(hand) = {.tracked = sample->tracked,
                                    .drawing = sample->drawing,
                                    .pressure = sample->pressure,
                                    .tracking_from_tip = sample->tracking_from_tip};
            if (sample->tracked) {
                frame.aims.at(hand) = aim_through(frame.tracking_from_head.position_m,
                                                  sample->tracking_from_tip.position_m);
            }
        }
    }
    frame.samples = std::span(samples_).first(samples);
    for (std::size_t eye = 0; eye < 2; ++eye) {
        const float side = eye == 0 ? -half_eye_distance_m : half_eye_distance_m;
        const Pose placed = frame.tracking_from_head * Pose{.position_m = {side, 0.0F, 0.0F}};
        frame.eyes.at(eye) = {.position_m = placed.position_m,
                              .orientation = placed.orientation,
                              .fov = {.up_rad = half_up, .down_rad = -half_up}};
    }
    return frame;
}

std::expected<EyeImages, HeadsetError> DesktopHeadset::acquire() {
    index_ = (index_ + 1) % images_.size();
    return EyeImages{.target = &target_, .index = index_};
}

} // namespace haven
