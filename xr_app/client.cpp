#include "xr_app/client.hpp"

#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/stereo_renderer.hpp"
#include "ui/look.hpp"
#include "xr_app/client_error.hpp"
#include "xr_app/frame_loop.hpp"
#include "xr_app/frame_stats.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/headset/desktop_headset.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_headset.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/keeping.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/options.hpp"
#include "xr_app/presenter.hpp"
#include "xr_app/retry_pause.hpp"
#include "xr_app/session.hpp"
#include "xr_app/session_director.hpp"
#include "xr_app/stop_signal.hpp"
#include "xr_app/summary.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <fstream>
#include <future>
#include <malloc.h>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

namespace haven {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds waiting_step{50};
constexpr int exit_absent = 2; ///< there is no headset, or something else that we need
constexpr std::size_t file_jobs_max = 256;

std::unexpected<ClientError> refusal(const HeadsetError& error) {
    const bool absent = error.kind == HeadsetError::Kind::no_runtime ||
                        error.kind == HeadsetError::Kind::no_headset;
    return std::unexpected(ClientError{
        .exit_code = absent ? exit_absent : 1, .message = error.message, .headset_absent = absent});
}

std::unexpected<ClientError> refusal(const gpu::Error& error) {
    return std::unexpected(ClientError{.message = error.what});
}

std::unique_ptr<Desk> open_desk(const Options& options) {
    if (!options.mirror) {
        return nullptr;
    }
    const auto look = ui::Look::load(options.assets);
    auto desk = look ? Desk::open("Haven", 1280, 720, *look) : std::unexpected(look.error());
    if (!desk) {
        spdlog::info("no window on the desk: {}", desk.error());
        return nullptr;
    }
    return std::move(*desk);
}

} // namespace

std::expected<void, ClientError> Client::run(const Options& options, Clock::time_point started_at) {
    count_stop_signals();
    const auto courier = open_courier(options);
    if (!courier) {
        return std::unexpected(courier.error());
    }
    const auto desk = open_desk(options);
    if (options.desktop && desk == nullptr) {
        return std::unexpected(
            ClientError{.exit_code = 2,
                        .message = "--desktop needs a window: start it where there is a display."});
    }
    Client client(options, started_at, **courier, desk.get());
    const auto ended = client.run_headsets();
    const auto kept = client.keep_drawing();
    return ended ? kept : ended;
}

Client::Client(const Options& options, Clock::time_point started_at, uploader::Courier& courier,
               Desk* desk)
    : options_(options), started_at_(started_at), courier_(courier), desk_(desk),
      worker_(file_jobs_max), place_(std::async(std::launch::async, [&options] {
          return environments::load_environment(options.assets / "environments",
                                                options.environment_id, options.lighting);
      })) {}

/// One after the other, until the session is over.
std::expected<void, ClientError> Client::run_headsets() {
    RetryPause pause;
    bool was_there = false;
    bool absence_said = false;
    while (true) {
        const auto frames = [&] { return session_ ? session_->performance.stats.frames() : 0; };
        const std::uint64_t frames_before = frames();
        const auto end = run_headset();
        const bool absent = !end && end.error().headset_absent;
        if (end && *end == FrameLoop::End::over) {
            return {};
        }
        if (end) {
            was_there = true;
            session_->performance.system.runtime_losses += 1;
            pause.lost(frames() > frames_before);
            spdlog::warn("progress: the headset is gone. What was drawn is kept; connect it again, "
                         "and drawing goes on.");
        } else {
            if (!was_there && !(absent && options_.wait_for_headset)) {
                return std::unexpected(end.error());
            }
            spdlog::debug("the headset is not there yet: {}", end.error().message);
            if (!was_there && !std::exchange(absence_said, true)) {
                spdlog::warn("progress: waiting for a headset. {}", end.error().message);
            }
            if (!absent) {
                pause.lost(false);
            }
        }
        if (pause.hopeless()) {
            return std::unexpected(ClientError{
                .message = std::format(
                    "The headset came and went {} times without one picture, so Haven stops here; "
                    "what was drawn is kept. Start the headset's own program again, then Haven.",
                    RetryPause::failures_max)});
        }
        // What the lost GPU had lies in free pieces that the C library would keep.
        malloc_trim(0);
        if (!wait_for_headset(pause.next(absent))) {
            return {};
        }
    }
}

std::expected<FrameLoop::End, ClientError> Client::run_headset() {
    auto headset = make_headset();
    if (!headset) {
        return refusal(headset.error());
    }
    gpu::DeviceInfo needs{.pipeline_cache_file = options_.data / "pipelines.cache"};
    (*headset)->add_needs(needs);
    auto graphics = Graphics::create(needs);
    if (!graphics) {
        return refusal(graphics.error());
    }
    auto end = run_frames(**headset, **graphics);
    if (auto room = (*headset)->room()) {
        room_ = std::move(room);
    }
    std::ignore = (*graphics)->device->wait_idle();
    (*headset)->detach();
    vulkan_complaints_ += (*graphics)->device->validation().count();
    return end;
}

std::expected<std::unique_ptr<Headset>, HeadsetError> Client::make_headset() {
    if (options_.desktop) {
        return std::make_unique<DesktopHeadset>(*desk_,
                                                DesktopOptions{.eye_size = options_.eye_size});
    }
    std::future<void> drivers;
    if (headsets_ == 0) {
        drivers = std::async(std::launch::async, gpu::load_drivers); // while the runtime is found
    }
    return OpenxrHeadset::create({.interaction = options_.interaction,
                                  .eye_size = options_.eye_size,
                                  .refresh_rate_hz = options_.refresh_rate_hz,
                                  .room = ++headsets_,
                                  .room_before = room_});
}

std::expected<FrameLoop::End, ClientError> Client::run_frames(Headset& headset,
                                                              Graphics& graphics) {
    std::future<gpu::Result<void>> building;
    const auto attached =
        headset.attach(*graphics.device, [&](const renderer::RendererOptions& options) {
            building = std::async(std::launch::async,
                                  [&graphics, options] { return graphics.build(options); });
        });
    if (!attached) {
        return refusal(attached.error());
    }
    if (!session_) {
        if (const auto begun = begin_session(); !begun) {
            return std::unexpected(begun.error());
        }
    }
    if (const auto built = building.get(); !built) {
        return refusal(built.error());
    }
    note_system(headset, graphics);
    session_->performance.stats.interrupt();
    Presenter presenter(graphics, *session_,
                        {.environments = options_.assets / "environments",
                         .lighting = options_.lighting,
                         .desk = desk_});
    presenter.set_hidden_area(headset.hidden_area());
    const FrameLoop::End end = FrameLoop(headset, *session_, presenter, desk_).run();
    std::ignore = graphics.device->wait_idle(); // the presenter's copy of the eye goes now
    if (const auto fault = presenter.fault(); !fault.empty()) {
        return std::unexpected(ClientError{.message = std::string(fault)});
    }
    return end;
}

/// The first time there is a GPU to show it.
std::expected<void, ClientError> Client::begin_session() {
    auto place = place_.get();
    if (!place) {
        return std::unexpected(
            ClientError{.exit_code = 2, .message = environments::to_string(place.error())});
    }
    if (!place->camera().offers(options_.cinematic)) {
        return std::unexpected(ClientError{
            .exit_code = 2,
            .message = std::format("--cinematic path: {} has no path; --cinematic viewpoints "
                                   "shows its views",
                                   options_.environment_id)});
    }
    auto script = read_guide(options_.assets, options_.guide);
    if (!script) {
        return std::unexpected(ClientError{.exit_code = 2, .message = script.error()});
    }
    session_ = std::make_unique<Session>(options_, std::move(*place), courier_, worker_,
                                         started_at_, *std::move(script));
    return {};
}

void Client::note_system(const Headset& headset, const Graphics& graphics) {
    const HeadsetInfo& info = headset.info();
    FrameSystem& system = session_->performance.system;
    system.runtime = info.runtime;
    system.system = info.system;
    system.space = info.space;
    system.refresh_rate_hz = info.refresh_rate_hz;
    system.eye_width_px = info.eye_width_px;
    system.eye_height_px = info.eye_height_px;
    system.gpu = graphics.device->properties().deviceName;
    spdlog::info("{} on {}, {}, drawing in {}", info.runtime, info.system, system.gpu, info.space);
}

/// False: somebody wants to end instead of waiting, or the session is over.
bool Client::wait_for_headset(std::chrono::milliseconds pause) {
    const auto until = Clock::now() + pause;
    while (Clock::now() < until) {
        if (desk_ != nullptr) {
            desk_->poll();
            show_absence();
        }
        if (stop_signals() > 0 || (desk_ != nullptr && desk_->closed())) {
            return false;
        }
        if (session_) {
            session_->keep();
            if (session_->guide) {
                session_->guide->tick(false, host_now_ns());
            }
            session_->director.update(Clock::now());
            if (session_->director.ended_at()) {
                return false; // its time is over, whether or not a headset comes back
            }
        }
        std::this_thread::sleep_for(waiting_step);
    }
    return true;
}

void Client::show_absence() const {
    if (!desk_->wants_status()) {
        return;
    }
    MirrorStatus status =
        session_ ? session_->status() : MirrorStatus{.place = "Haven", .kept = courier_.status()};
    status.phase = SessionPhase::absent;
    status.hint = "To end, close this window: what was drawn is kept.";
    desk_->show(std::move(status));
}

std::expected<void, ClientError> Client::keep_drawing() {
    if (!session_) {
        return {};
    }
    session_->director.finish({.why = "it ends without a headset"}, Clock::now());
    if (desk_ != nullptr) {
        desk_->close();
    }
    if (session_->sound) {
        session_->sound->stop();
    }
    const uploader::DrainResult drained = bring_home(session_->drawing, courier_);
    worker_.drain();
    write_summary(drained);
    return say_what_is_kept(session_->drawing, courier_, drained, options_.data);
}

void Client::write_summary(const uploader::DrainResult& drained) const {
    if (options_.summary.empty()) {
        return;
    }
    const std::string text =
        summary_json(*session_, drained,
                     {.vulkan = vulkan_complaints_ + (desk_ != nullptr ? desk_->complaints() : 0),
                      .openxr = OpenxrInstance::complaints()});
    std::ofstream stream(options_.summary);
    stream << text << '\n';
    if (!stream.flush()) {
        spdlog::error("--summary: cannot write {}", options_.summary.string());
    }
}

} // namespace haven
