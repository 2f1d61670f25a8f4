#include "xr_app/client.hpp"

#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/frame_loop.hpp"
#include "xr_app/frame_stats.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/desktop_headset.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_headset.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/mirror/eye_copy.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/options.hpp"
#include "xr_app/place_change.hpp"
#include "xr_app/retry_pause.hpp"
#include "xr_app/stop_signal.hpp"
#include "xr_app/summary.hpp"
#include "xr_app/surroundings.hpp"
#include "xr_app/token_file.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <future>
#include <ios>
#include <iterator>
#include <malloc.h>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace haven {

namespace {

constexpr std::chrono::milliseconds waiting_step{50};
constexpr int exit_absent = 2; ///< there is no headset, or something else that we need
constexpr std::chrono::seconds drain_patience{20};
constexpr std::chrono::seconds save_patience{30}; // the disk may get room again
constexpr std::size_t file_jobs_max = 256;

int exit_code_of(HeadsetError::Kind kind) {
    const bool absent =
        kind == HeadsetError::Kind::no_runtime || kind == HeadsetError::Kind::no_headset;
    return absent ? exit_absent : 1;
}

std::unexpected<ClientError> refusal(const HeadsetError& error) {
    return std::unexpected(
        ClientError{.exit_code = exit_code_of(error.kind), .message = error.message});
}

/// After the drawing has ended.
void tell_progress(const uploader::CourierStatus& status) {
    for (const Notice& notice : {saved_notice(status), server_notice(status, false)}) {
        spdlog::log(notice.fine ? spdlog::level::info : spdlog::level::warn, "progress: {}",
                    notice.text);
    }
}

std::unexpected<ClientError> refusal(const gpu::Error& error) {
    return std::unexpected(ClientError{.exit_code = 1, .message = error.what});
}

} // namespace

Client::Client(Options options, std::chrono::steady_clock::time_point started_at)
    : options_(std::move(options)), started_at_(started_at), worker_(file_jobs_max) {}

std::expected<void, ClientError> Client::run() {
    count_stop_signals();
    // The place is built while the headset and the GPU wake up.
    room_ = std::async(std::launch::async, [this] {
        return environments::load_environment(options_.assets / "environments",
                                              options_.environment_id, options_.lighting);
    });
    if (auto opened = open_courier(); !opened) {
        return opened;
    }
    if (options_.mirror) {
        open_desk();
    }
    if (options_.desktop && desk_ == nullptr) {
        return std::unexpected(
            ClientError{.exit_code = 2,
                        .message = "--desktop needs a window: start it where there is a display."});
    }
    auto ended = run_headsets();
    if (drawing_) {
        keep_drawing();
        write_summary();
        if (auto kept = say_what_is_kept(); !kept && ended) {
            return kept;
        }
    }
    return ended;
}

/// One after the other, until the session is over.
std::expected<void, ClientError> Client::run_headsets() {
    RetryPause pause;
    bool was_there = false;
    bool told = false; ///< that it is not there
    while (true) {
        const std::uint64_t frames_before = state_ ? state_->stats.frames() : 0;
        const auto end = run_headset();
        if (end && *end == FrameLoop::End::over) {
            return {};
        }
        if (end) {
            was_there = true;
            state_->system.runtime_losses += 1;
            pause.lost(state_->stats.frames() > frames_before);
            spdlog::warn("progress: the headset is gone. What was drawn is kept; connect it again, "
                         "and drawing goes on.");
        } else {
            const bool absent = end.error().exit_code == exit_absent;
            if (!was_there && !(absent && options_.wait_for_headset)) {
                return std::unexpected(end.error());
            }
            spdlog::debug("the headset is not there yet: {}", end.error().message);
            if (!was_there && !std::exchange(told, true)) {
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
        if (!wait_for_headset(pause.next())) {
            return {};
        }
    }
}

/// The first time there is a GPU to show it.
std::expected<void, ClientError> Client::enter_room() {
    auto environment = room_.get();
    if (!environment) {
        return std::unexpected(
            ClientError{.exit_code = 2, .message = environments::to_string(environment.error())});
    }
    environment_ = std::move(*environment);
    if (!environment_->camera().offers(options_.cinematic)) {
        return std::unexpected(ClientError{
            .exit_code = 2,
            .message = std::format("--cinematic path: {} has no path; --cinematic viewpoints "
                                   "shows its views",
                                   options_.environment_id)});
    }
    const environments::Catalog catalog =
        environments::list_environments(options_.assets / "environments");
    for (const environments::EnvironmentError& error : catalog.errors) {
        spdlog::warn("a place that cannot be used: {}", environments::to_string(error));
    }
    places_ = catalog.entries;
    if (options_.sound) {
        sound_.emplace(
            audio::SoundPlayer::Parts{.hearing = options_.hearing, .scene_began = started_at_});
        sound_->set_place(environment_->score());
    }
    surroundings_.emplace(*environment_, options_.cinematic, options_.camera_speed_m_per_s);
    ink_.emplace(surroundings_->home());
    if (!options_.capture.empty()) {
        capture_.emplace(options_.capture, worker_);
    }
    make_drawing();
    return {};
}

std::expected<void, ClientError> Client::open_courier() {
    std::error_code failed;
    std::filesystem::create_directories(options_.data, failed);
    if (failed) {
        return std::unexpected(
            ClientError{.exit_code = 1,
                        .message = std::format("--data: cannot make the folder {} ({}); choose "
                                               "another with --data",
                                               options_.data.string(), failed.message())});
    }
    uploader::CourierConfig config{.outbox_file = options_.data / "haven.sqlite"};
    if (!options_.token_file.empty()) { // offline too: what is drawn is theirs
        auto token = read_token(options_.token_file);
        if (!token) {
            return std::unexpected(ClientError{.exit_code = 2, .message = token.error()});
        }
        config.token = std::move(*token);
    }
    if (!options_.server_url.empty()) {
        config.http = uploader::HttpConfig{.server_url = options_.server_url};
        if (!options_.ca_file.empty()) {
            config.http->ca_file = options_.ca_file;
        }
    }
    auto courier = uploader::Courier::start(config);
    if (!courier) {
        return std::unexpected(ClientError{.exit_code = 1, .message = courier.error()});
    }
    courier_ = std::move(*courier);
    if (const auto waiting = courier_->status().waiting_for; !waiting.empty()) {
        spdlog::info("progress: kept on this computer for others, and safe: {}. `haven-xr outbox "
                     "--help` tells more.",
                     waiting);
    }
    return {};
}

void Client::open_desk() {
    auto desk = Desk::open("Haven", 1280, 720);
    if (!desk) {
        spdlog::info("no window on the desk: {}", desk.error());
        return;
    }
    desk_ = std::move(*desk);
}

void Client::make_drawing() {
    DrawingPlan plan{.environment_id = options_.environment_id,
                     .environment_config_json = environment_->environment_config_json(),
                     .spatial_audio = options_.sound && options_.hearing.spatial,
                     .camera_path_json = environment_->camera().json(options_.cinematic,
                                                                     options_.camera_speed_m_per_s),
                     .symmetry_mode = options_.symmetry,
                     .session_id = options_.session_id,
                     .modality = options_.desktop ? "desktop" : "vr"};
    DrawingSession::SeeTrace see_trace;
    if (!options_.record_trace.empty()) {
        see_trace = [this](std::span<const std::byte> bytes) {
            worker_.post([file = options_.record_trace,
                          block = std::vector<std::byte>(bytes.begin(), bytes.end()),
                          first = !std::exchange(trace_file_begun_, true)] {
                std::ofstream stream(file,
                                     std::ios::binary | (first ? std::ios::trunc : std::ios::app));
                stream.write(reinterpret_cast<const char*>(block.data()),
                             static_cast<std::streamsize>(block.size()));
                if (!stream) {
                    spdlog::error("--record-trace: cannot write {}", file.string());
                }
            });
        };
    }
    drawing_.emplace(
        std::move(plan),
        [this](uploader::Event& event) { return courier_->post(std::move(event)); },
        std::move(see_trace));
    state_.emplace(
        ClientState{.drawing = *drawing_, .seconds = options_.seconds, .started_at = started_at_});
    if (!options_.ready_file.empty()) {
        state_->on_ready = [this] {
            worker_.post([file = options_.ready_file] { std::ofstream(file) << "ready\n"; });
        };
    }
}

std::expected<std::unique_ptr<Headset>, HeadsetError> Client::make_headset() {
    if (options_.desktop) {
        return std::make_unique<DesktopHeadset>(*desk_,
                                                DesktopOptions{.eye_size = options_.eye_size});
    }
    return OpenxrHeadset::create({.interaction = options_.interaction,
                                  .eye_size = options_.eye_size,
                                  .refresh_rate_hz = options_.refresh_rate_hz,
                                  .stage_from_tracking = stage_from_tracking_});
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
    if (auto built = build_graphics(**headset, **graphics); !built) {
        std::ignore = (*graphics)->device->wait_idle();
        (*headset)->detach();
        return std::unexpected(built.error());
    }
    note_system(**headset, **graphics);
    const auto end = run_frames(**headset, **graphics);
    stage_from_tracking_ = (*headset)->stage_from_tracking();
    std::ignore = (*graphics)->device->wait_idle();
    (*headset)->detach();
    validation_messages_ += (*graphics)->device->validation().count();
    return end;
}

std::expected<void, ClientError> Client::build_graphics(Headset& headset, Graphics& graphics) {
    if (const auto attached = headset.attach(*graphics.device); !attached) {
        return refusal(attached.error());
    }
    if (!environment_) {
        if (auto entered = enter_room(); !entered) {
            return entered;
        }
    }
    if (const auto built = graphics.build(headset.renderer_options()); !built) {
        return refusal(built.error());
    }
    graphics.renderer->set_hidden_area(headset.hidden_area());
    CanvasSink canvas(graphics.renderer->ink());
    ink_->refill(drawing_->shown(), drawing_->strokes(), canvas);
    return {};
}

void Client::note_system(const Headset& headset, const Graphics& graphics) {
    const HeadsetInfo& info = headset.info();
    FrameSystem& system = state_->system;
    system.runtime = info.runtime;
    system.system = info.system;
    system.space = info.space;
    system.refresh_rate_hz = info.refresh_rate_hz;
    system.eye_width_px = info.eye_width_px;
    system.eye_height_px = info.eye_height_px;
    system.gpu = graphics.device->properties().deviceName;
    spdlog::info("{} on {}, {}, drawing in {}", info.runtime, info.system, system.gpu, info.space);
}

std::expected<FrameLoop::End, ClientError> Client::run_frames(Headset& headset,
                                                              Graphics& graphics) {
    std::optional<EyeCopy> eye_copy;
    if (desk_ != nullptr) {
        eye_copy.emplace(*graphics.device, *graphics.ring, desk_->pictures());
    }
    if (state_->system.places.empty()) {
        state_->system.note(
            PlaceVisit{.environment_id = environment_->id(),
                       .environment_config_json = environment_->environment_config_json()});
    }
    state_->stats.interrupt();
    PlaceChange place_change(options_.assets / "environments", *graphics.renderer);
    place_change.begin(*environment_);
    FrameLoop loop({.headset = headset,
                    .state = *state_,
                    .graphics = &graphics,
                    .environment = &*environment_,
                    .place_change = &place_change,
                    .places = places_,
                    .lighting = options_.lighting,
                    .ink = &*ink_,
                    .sound = sound_ ? &*sound_ : nullptr,
                    .change_sound =
                        [this](const environments::Environment& place) {
                            worker_.post([this, place] { sound_->set_place(place.score()); });
                        },
                    .desk = desk_.get(),
                    .eye_copy = eye_copy ? &*eye_copy : nullptr,
                    .capture = capture_ ? &*capture_ : nullptr,
                    .courier = courier_.get(),
                    .surroundings = &*surroundings_});
    const FrameLoop::End end = loop.run();
    std::ignore = graphics.device->wait_idle(); // the desk's copy of the eye dies now
    if (place_change.stays_dark()) {
        return std::unexpected(ClientError{.exit_code = 1, .message = place_change.fault()});
    }
    return end;
}

/// False: somebody wants to end instead of waiting.
bool Client::wait_for_headset(std::chrono::milliseconds pause) {
    const auto until = std::chrono::steady_clock::now() + pause;
    while (std::chrono::steady_clock::now() < until) {
        if (desk_ != nullptr) {
            desk_->poll();
        }
        if (stop_signals() > 0 || (desk_ != nullptr && desk_->closed())) {
            return false;
        }
        if (drawing_) {
            drawing_->flush();
        }
        std::this_thread::sleep_for(waiting_step);
    }
    return true;
}

void Client::keep_drawing() {
    state_->finish_drawing();
    if (desk_ != nullptr) {
        desk_->close();
    }
    if (sound_) {
        sound_->stop();
    }
    hand_over();
    drain();
    worker_.drain();
}

/// Gives the courier what is left of the drawing, while there is hope that it saves it.
void Client::hand_over() {
    const int signals_before = stop_signals();
    const auto until = std::chrono::steady_clock::now() + save_patience;
    auto tell_at = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    drawing_->flush();
    while (!drawing_->nothing_waits() && stop_signals() == signals_before &&
           std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(waiting_step);
        drawing_->flush();
        if (std::chrono::steady_clock::now() >= tell_at) {
            tell_at += std::chrono::seconds(5);
            tell_progress(courier_->status());
        }
    }
}

void Client::drain() {
    const int signals_before = stop_signals();
    auto done = std::async(std::launch::async, [this] {
        return courier_->drain(std::chrono::steady_clock::now() + drain_patience);
    });
    auto tell_at = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (done.wait_for(waiting_step) != std::future_status::ready) {
        if (stop_signals() != signals_before) { // who is in a hurry may go
            listen_no_more_to_stop_signals();
            courier_->hurry();
        }
        if (std::chrono::steady_clock::now() >= tell_at) {
            tell_at += std::chrono::seconds(1);
            tell_progress(courier_->status());
        }
    }
    drained_ = done.get();
    tell_progress(courier_->status());
}

/// The last word: what is not saved is an error, what is not sent is not.
std::expected<void, ClientError> Client::say_what_is_kept() const {
    const uploader::CourierStatus status = courier_->status();
    const std::int64_t unsaved =
        drained_.events_unsaved + static_cast<std::int64_t>(drawing_->events_waiting());
    if (drained_.requests_pending > 0 && status.link != uploader::Link::offline) {
        spdlog::warn("progress: not everything was sent; it is safe in {} and is sent at the next "
                     "start",
                     options_.data.string());
    }
    if (unsaved > 0) {
        const std::int64_t strokes = std::ssize(drawing_->strokes()) - status.strokes_saved;
        return std::unexpected(ClientError{
            .exit_code = 1,
            .message =
                std::format("NOT SAVED: the last {} of this drawing, because {}. What was "
                            "saved before is safe in {}.",
                            strokes > 0 ? std::format("{} strokes", strokes) : "moments",
                            status.disk_error.empty() ? "there was no time" : status.disk_error,
                            options_.data.string())});
    }
    return {};
}

void Client::write_summary() {
    if (options_.summary.empty()) {
        return;
    }
    const std::string text =
        summary_json({.state = *state_,
                      .tour_stopped_after_s = surroundings_->stopped_after_s(),
                      .kept = courier_->status(),
                      .drained = drained_,
                      .vulkan_complaints = validation_messages_ + (desk_ ? desk_->complaints() : 0),
                      .openxr_complaints = OpenxrInstance::complaints()});
    std::ofstream stream(options_.summary);
    stream << text << '\n';
    if (!stream.flush()) {
        spdlog::error("--summary: cannot write {}", options_.summary.string());
    }
}

} // namespace haven
