#include "xr_app/frame_loop.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/stroke.hpp"
#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/timestamps.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/frame_stats.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/place_change.hpp"
#include "xr_app/stop_signal.hpp"
#include "xr_app/surroundings.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

namespace haven {

namespace {

/// How long to rest when the headset wants no frames; it is woken soon enough, and costs nothing.
constexpr std::chrono::milliseconds rest{20};
/// A session that never lets us draw ends that long after its drawing should have ended.
constexpr double patience_s = 60.0;

/// How long to wait for the frame in which the last picture can be taken.
constexpr std::chrono::seconds last_picture_patience{1};

/// Light of the ink's own, so that its colours stay themselves in a room lit by a fire.
constexpr float ink_glow = 0.3F;

constexpr float tip_radius_m = 0.008F;

/// A press that the runtime says to be older stopped nothing.
constexpr double tour_stop_s_max = 60.0;

/// More of them in a row is a headset that must be built anew.
constexpr int frames_skipped_max = 50;

double seconds_since(std::chrono::steady_clock::time_point moment) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - moment).count();
}

} // namespace

void ClientState::finish_drawing() {
    if (drawing.begun() && !drawing.finished()) {
        system.tracking_losses = drawing.counters().tracking_losses;
        drawing.finish(stats.to_json(system));
    }
}

FrameLoop::FrameLoop(FrameLoopParts parts) : parts_(std::move(parts)) {}

FrameLoop::End FrameLoop::run() {
    while (true) {
        if (parts_.desk != nullptr) {
            parts_.desk->poll();
        }
        take_news(parts_.headset.poll());
        if (phase_ == SessionPhase::over) {
            return End::over;
        }
        if (phase_ == SessionPhase::absent || frames_skipped_ > frames_skipped_max) {
            parts_.state.drawing.pause();
            return End::lost;
        }
        if (!runs_frames(phase_)) {
            parts_.state.stats.interrupt();
            parts_.state.drawing.flush();
            std::this_thread::sleep_for(rest);
            continue;
        }
        switch (frame()) {
        case FrameResult::done:
            frames_skipped_ = 0;
            break;
        case FrameResult::skipped:
            frames_skipped_ += 1;
            parts_.state.stats.interrupt();
            std::this_thread::sleep_for(rest); // the call that failed did not wait
            break;
        case FrameResult::lost:
            frames_skipped_ = frames_skipped_max + 1;
            break;
        }
    }
}

FrameLoop::FrameResult FrameLoop::failed(const HeadsetError& error) {
    if (error.kind == HeadsetError::Kind::lost) {
        return FrameResult::lost;
    }
    spdlog::log(frames_skipped_ == 0 ? spdlog::level::warn : spdlog::level::debug,
                "a frame is skipped: {}", error.message);
    return FrameResult::skipped;
}

/// What was recorded and not submitted is missing from then on: all is built anew.
FrameLoop::FrameResult FrameLoop::failed(const gpu::Error& error) {
    spdlog::error("GPU: {}", error.what);
    return FrameResult::lost;
}

void FrameLoop::take_news(const HeadsetNews& news) {
    ClientState& state = parts_.state;
    phase_ = news.phase;
    if (news.hidden_area_changed && parts_.graphics != nullptr) {
        parts_.graphics->renderer->set_hidden_area(parts_.headset.hidden_area());
    }
    take_samples(news.samples);
    if (news.pause_input) {
        hands_ = {};
        seen_log_.hand(Hand::left, false);
        seen_log_.hand(Hand::right, false);
        state.drawing.pause();
    }
    if (parts_.desk != nullptr && parts_.place_change != nullptr) {
        const auto wanted = static_cast<std::size_t>(parts_.desk->input().number);
        if (wanted > 0 && wanted <= parts_.places.size()) {
            parts_.place_change->ask(parts_.places[wanted - 1].id, parts_.lighting);
        }
    }
    state.finish_wished = state.finish_wished || news.finish_wished;
    if (!ending_ && ending_wished()) {
        ending_ = true;
        ending_since_ = Clock::now();
        if (parts_.sound != nullptr) {
            parts_.sound->ring(audio::Bell::end, "A deep bell: the drawing is finished");
        }
        state.finish_drawing();
        // One more picture, of the finished drawing, is taken on the way out.
        if (parts_.capture == nullptr || !runs_frames(phase_)) {
            parts_.headset.ask_exit();
        }
    }
    if (ending_ && Clock::now() - ending_since_ > last_picture_patience) {
        parts_.headset.ask_exit();
    }
}

bool FrameLoop::ending_wished() const {
    const ClientState& state = parts_.state;
    if (state.finish_wished || state.drawing.full() || stop_signals() > 0 ||
        (parts_.desk != nullptr && parts_.desk->closed())) {
        return true;
    }
    if (state.seconds <= 0.0) {
        return false;
    }
    return state.drawing_began_at ? seconds_since(*state.drawing_began_at) >= state.seconds
                                  : seconds_since(state.started_at) >= state.seconds + patience_s;
}

FrameLoop::FrameResult FrameLoop::frame() {
    work_ = {};
    // The GPU is waited for before the headset, so that nothing that is located grows old.
    std::optional<gpu::Frame> gpu_frame;
    if (parts_.graphics != nullptr) {
        const auto begun = parts_.graphics->ring->begin();
        if (!begun) {
            return failed(begun.error());
        }
        gpu_frame = *begun;
    }
    const auto frame = parts_.headset.wait_frame();
    if (!frame) {
        std::ignore = parts_.headset.end_frame({}); // if it was begun at all
        return failed(frame.error());
    }
    const auto began = Clock::now();
    time_s_ = picture_clock_.at(frame->display_time_ns,
                                seconds_since(parts_.state.started_at) +
                                    display_lead_s(frame->prediction_ns, frame->display_period_ns));
    place_person(*frame);
    take_input(*frame);
    work_ += Clock::now() - began;
    const FrameResult result = draw_and_end(*frame, gpu_frame ? &*gpu_frame : nullptr);
    if (result == FrameResult::done) {
        count(*frame);
    }
    return result;
}

/// Whatever becomes of the picture, a frame that was begun is ended.
FrameLoop::FrameResult FrameLoop::draw_and_end(const HeadsetFrame& frame, gpu::Frame* gpu_frame) {
    std::optional<VkExtent2D> drawn;
    FrameResult result = FrameResult::done;
    if (frame.should_render && frame.eyes_valid && gpu_frame != nullptr) {
        auto images = parts_.headset.acquire();
        if (images) {
            images->drawn = parts_.graphics->renderer->drawn_extent(images->target->eye_extent());
            if (const auto done = draw_into(frame, *images, *gpu_frame); done) {
                drawn = images->drawn;
            } else {
                result = failed(done.error());
            }
        } else {
            result = failed(images.error());
        }
    }
    if (const auto ended = parts_.headset.end_frame(drawn); !ended) {
        return failed(ended.error());
    }
    show_at_the_desk();
    return result;
}

void FrameLoop::take_input(const HeadsetFrame& frame) {
    ClientState& state = parts_.state;
    if (parts_.surroundings != nullptr && frame.pressed_since_ns &&
        parts_.surroundings->press(time_s_)) {
        // By the runtime's two times, where they can be true.
        const double took_s = 1e-9 * (static_cast<double>(frame.display_time_ns) -
                                      static_cast<double>(*frame.pressed_since_ns));
        if (took_s >= 0.0 && took_s <= tour_stop_s_max) {
            state.tour_stop_ns = static_cast<std::int64_t>(1e9 * took_s);
        }
    }
    take_samples(frame.samples);
    hands_ = frame.shown;
    for (const Hand hand : {Hand::left, Hand::right}) {
        ShownHand& shown = hands_.at(static_cast<std::size_t>(hand));
        shown.drawing = shown.drawing && !draws_no_more_.at(static_cast<std::size_t>(hand));
        if (shown.tracked && shown.drawing) {
            state.drawing.lead(hand, shown.stage_from_tip.position_m);
        }
    }
    state.drawing.flush();
    if (parts_.courier != nullptr) {
        state.drawing.spare_ink(parts_.courier->ink_bytes_spared());
    }
    tell_room();
    seen_log_.kept(parts_.courier);
}

/// A word in time, for whoever draws and for whoever looks after them.
void FrameLoop::tell_room() {
    ClientState& state = parts_.state;
    constexpr double nearly_full = 0.85;
    if (state.told_used < nearly_full && state.drawing.used() >= nearly_full) {
        spdlog::warn("progress: this drawing is nearly full; it ends by itself when it is, and all "
                     "of it is kept");
        if (parts_.sound != nullptr) {
            parts_.sound->ring(audio::Bell::end, "A bell: this drawing is nearly full");
        }
    }
    if (state.told_used < 1.0 && state.drawing.full()) {
        spdlog::warn("progress: this drawing is full and ends; all of it is kept. Start again for "
                     "the next one.");
    }
    state.told_used = std::max(state.told_used, state.drawing.used());
}

void FrameLoop::take_samples(std::span<const HandSample> samples) {
    if (samples.empty()) {
        return;
    }
    if (!parts_.state.drawing.begun() && !ending_) {
        begin_drawing(samples.front());
    }
    parts_.state.drawing.resume();
    for (const HandSample& sample : samples) {
        take_sample(sample);
    }
}

void FrameLoop::begin_drawing(const HandSample& first) {
    ClientState& state = parts_.state;
    state.drawing.begin({.host_time_ns = first.time_ns,
                         .unix_us = unix_us_at(first.time_ns),
                         .mode = first.source,
                         .sample_period_us = parts_.headset.sample_period_us()});
    tell_placement(Placement::Reason::first_focus);
    state.drawing_began_at = Clock::now();
    spdlog::info("progress: the drawing begins");
    if (parts_.sound != nullptr) {
        parts_.sound->ring(audio::Bell::begin, "A bell: the drawing begins");
    }
    if (state.on_ready) {
        state.on_ready();
    }
}

void FrameLoop::take_sample(HandSample sample) {
    // While the person is taken through the place nothing is drawn, and what stopped it draws
    // nothing either.
    seen_log_.hand(sample.hand, sample.drawing);
    const bool at_rest = parts_.surroundings == nullptr || parts_.surroundings->at_rest(time_s_);
    bool& no_more = draws_no_more_.at(static_cast<std::size_t>(sample.hand));
    no_more = !at_rest || (no_more && sample.drawing);
    if (no_more) {
        sample.drawing = false;
        sample.pressure = 0.0F;
    }
    const DrawingSession::Felt felt = parts_.state.drawing.add(sample);
    if (felt.stroke_began || felt.stroke_ended) {
        parts_.headset.tick(sample.hand);
    }
    if (felt.stroke_began && !parts_.state.first_stroke_at) {
        parts_.state.first_stroke_at = Clock::now();
    }
}

gpu::Result<void> FrameLoop::draw_into(const HeadsetFrame& frame, const EyeImages& images,
                                       gpu::Frame& gpu_frame) {
    Graphics& graphics = *parts_.graphics;
    const auto began = Clock::now();
    CanvasSink canvas(graphics.renderer->ink());
    parts_.ink->feed(parts_.state.drawing.shown(), canvas);
    if (!graphics.renderer->scene_fits()) {
        parts_.place_change->renew(*parts_.environment);
    }
    PlaceChange::Step change = parts_.place_change->step(time_s_);
    if (parts_.place_change->stays_dark()) {
        return std::unexpected(gpu::Error{.what = parts_.place_change->fault()});
    }
    if (in_the_dark_ && change.fade < 1.0F) {
        in_the_dark_ = false;
        spdlog::info("the place appears after {:.0f} ms",
                     1e3 * seconds_since(parts_.state.started_at));
    }
    if (change.arrived) {
        change_place(std::move(*change.arrived));
    }
    scene_frame_ = parts_.environment->frame(time_s_);
    const Surroundings::Seen seen = parts_.surroundings->at(time_s_);
    const Pose world_from_tracking = this->world_from_tracking(seen.world_from_person);
    show_hands(world_from_tracking);
    let_hear(frame, world_from_tracking);
    renderer::Picture picture{.eyes = frame.eyes,
                              .scene_frame = &scene_frame_,
                              .markers = std::span(markers_).first(marker_count_),
                              .fade = std::max(seen.fade, change.fade),
                              .vignette = seen.vignette,
                              .ink_glow = ink_glow};
    for (scene::EyeView& eye : picture.eyes) {
        const Pose placed = world_from_tracking *
                            Pose{.position_m = eye.position_m, .orientation = eye.orientation};
        eye.position_m = placed.position_m;
        eye.orientation = placed.orientation;
    }
    auto done = graphics.renderer->record(gpu_frame, *images.target, images.index, picture);
    if (!done) {
        return done;
    }
    if (parts_.eye_copy != nullptr) {
        parts_.eye_copy->record(gpu_frame, images);
    }
    parts_.headset.record_release(gpu_frame);
    done = graphics.ring->submit(gpu_frame);
    work_ += Clock::now() - began;
    if (done) {
        after_submit(images);
    }
    return done;
}

/// What the headset is shown is on its way, and the desk's thread does the rest.
void FrameLoop::show_at_the_desk() {
    if (parts_.eye_copy != nullptr && parts_.eye_copy->has_news()) {
        parts_.eye_copy->hand_over(mirror_status());
    }
}

void FrameLoop::let_hear(const HeadsetFrame& frame, const Pose& world_from_tracking) {
    if (parts_.sound == nullptr) {
        return;
    }
    parts_.sound->listen(world_from_tracking * frame.stage_from_head);
    for (const Hand hand : {Hand::left, Hand::right}) {
        const ShownHand& shown = hands_.at(static_cast<std::size_t>(hand));
        parts_.sound->hear_hand({.time_ns = frame.display_time_ns,
                                 .hand = hand,
                                 .source = shown.source,
                                 .tracked = shown.tracked,
                                 .drawing = shown.drawing,
                                 .pressure = shown.pressure,
                                 .stage_from_tip = shown.stage_from_tip},
                                world_from_tracking);
    }
}

/// In the dark. The ink stays where it is around the person.
void FrameLoop::change_place(environments::Environment arrived) {
    ClientState& state = parts_.state;
    *parts_.environment = std::move(arrived);
    *parts_.surroundings = Surroundings(*parts_.environment, environments::CameraMotion::still, 0);
    state.system.note(
        PlaceVisit{.environment_id = parts_.environment->id(),
                   .environment_config_json = parts_.environment->environment_config_json(),
                   .from_s = time_s_});
    if (parts_.sound != nullptr) {
        parts_.change_sound(*parts_.environment);
    }
    spdlog::info("the place is now {}", parts_.environment->display_name());
    show_ink_in_place();
    tell_placement(Placement::Reason::place_changed);
    state.drawing.resume();
}

void FrameLoop::show_hands(const Pose& world_from_tracking) {
    marker_count_ = 0;
    if (!takes_input(phase_) || ending_) {
        return;
    }
    const std::array<Brush, 2> brushes = default_brushes();
    for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
        const ShownHand& shown = hands_.at(hand);
        if (!shown.tracked) {
            continue;
        }
        const Pose world_from_tip = world_from_tracking * shown.stage_from_tip;
        markers_.at(marker_count_) = {.kind = renderer::MarkerKind::tip,
                                      .position_m = world_from_tip.position_m,
                                      .orientation = world_from_tip.orientation,
                                      .radius_m = tip_radius_m,
                                      .colour = brushes.at(hand).colour_linear,
                                      .opacity = shown.drawing ? 1.0F : 0.8F};
        marker_count_ += 1;
    }
}

void FrameLoop::after_submit(const EyeImages& images) {
    ClientState& state = parts_.state;
    if (!state.first_frame_at) {
        state.first_frame_at = Clock::now();
        spdlog::info(
            "first picture after {:.0f} ms",
            1e3 * std::chrono::duration<double>(*state.first_frame_at - state.started_at).count());
    }
    if (parts_.capture == nullptr) {
        return;
    }
    Graphics& graphics = *parts_.graphics;
    if (ending_) {
        parts_.capture->take(*graphics.device, *graphics.ring, images, "final");
        parts_.capture = nullptr;
        parts_.headset.ask_exit();
    } else if (parts_.capture->due()) {
        parts_.capture->take(*graphics.device, *graphics.ring, images);
    }
}

void FrameLoop::count(const HeadsetFrame& frame) {
    FrameTiming timing{.display_time_ns = frame.display_time_ns,
                       .display_period_ns = frame.display_period_ns,
                       .cpu_ns =
                           std::chrono::duration_cast<std::chrono::nanoseconds>(work_).count(),
                       .prediction_ns = frame.prediction_ns};
    if (parts_.graphics != nullptr) {
        const gpu::GpuTimes& times = parts_.graphics->ring->gpu_times();
        if (times.frame_number != gpu_frame_counted_) {
            gpu_frame_counted_ = times.frame_number;
            timing.gpu_ns = static_cast<std::int64_t>(1e6 * static_cast<double>(times.whole_ms));
        }
    }
    const FrameStats::Dropped before = parts_.state.stats.dropped();
    parts_.state.stats.add(timing);
    const FrameStats::Dropped& now = parts_.state.stats.dropped();
    missed_display_ = missed_display_ || now.total() - now.cpu > before.total() - before.cpu;
    if (timing.gpu_ns && FrameStats::is_period(frame.display_period_ns)) {
        keep_pace(parts_.graphics->ring->gpu_times().whole_ms,
                  static_cast<float>(frame.display_period_ns) / 1e6F);
    }
}

/// Gives up a little of the picture where the GPU does not keep up, and takes it back when it can.
void FrameLoop::keep_pace(float gpu_ms, float period_ms) {
    const double time_s = seconds_since(parts_.state.started_at);
    const auto step = ladder_.add(time_s, gpu_ms, renderer::gpu_budget_ms(period_ms),
                                  std::exchange(missed_display_, false));
    if (!step) {
        return;
    }
    parts_.graphics->renderer->set_quality(ladder_.quality());
    spdlog::info("{}", to_string(*step));
    parts_.state.system.note({.at_s = time_s, .step = *step});
}

MirrorStatus FrameLoop::mirror_status() const {
    const ClientState& state = parts_.state;
    const HeadsetInfo& info = parts_.headset.info();
    MirrorStatus status{.phase = phase_,
                        .headset = std::format("{} / {}", info.runtime, info.system),
                        .place = parts_.environment->display_name(),
                        .fps = state.stats.recent_fps(),
                        .gpu_ms = static_cast<double>(parts_.graphics->ring->gpu_times().whole_ms),
                        .hint = std::string(parts_.headset.hint()),
                        .drawing_s = static_cast<double>(state.drawing.duration_ns()) / 1e9,
                        .drawing_open = state.drawing.begun() && !state.drawing.finished(),
                        .drawing_used = state.drawing.used(),
                        .drawing_rests = state.drawing.rests()};
    for (const environments::CatalogEntry& place : parts_.places) {
        status.places.push_back(place.display_name);
    }
    if (parts_.sound != nullptr) {
        status.sound = true;
        status.caption = parts_.sound->caption(Clock::now());
        status.no_sound = parts_.sound->status().state != audio::SoundState::playing;
    }
    status.place_comes = parts_.place_change->under_way();
    status.place_fault = parts_.place_change->fault();
    for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
        const ShownHand& shown = hands_.at(hand);
        status.hands.at(hand) = {.tracked = shown.tracked,
                                 .drawing = state.drawing.drawing(static_cast<Hand>(hand)),
                                 .by_fingers = shown.source == InteractionMode::hand_tracking,
                                 .strokes = state.drawing.stroke_count(static_cast<Hand>(hand))};
    }
    if (parts_.courier != nullptr) {
        status.kept = parts_.courier->status();
    }
    return status;
}

} // namespace haven
