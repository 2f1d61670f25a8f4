#include "xr_app/presenter.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/stroke.hpp"
#include "environments/environment.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/timestamps.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/passes/panel_canvas.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"
#include "ui/panel_painter.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/ghost_targets.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/panel_host.hpp"
#include "xr_app/panel_ray.hpp"
#include "xr_app/place_change.hpp"
#include "xr_app/session.hpp"
#include "xr_app/surroundings.hpp"

#include <glm/common.hpp>
#include <glm/vec3.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <future>
#include <optional>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven {

namespace {

using Clock = std::chrono::steady_clock;

/// Light of the ink's own, so that its colours stay themselves in a room lit by a fire.
constexpr float ink_glow = 0.3F;

constexpr float tip_radius_m = 0.008F;

/// What there is before there is a place: dusk before the eyes, which goes where they go.
constexpr glm::vec3 calm_light{0.055F, 0.041F, 0.029F};
constexpr float calm_vignette = 0.9F;

double ms_since(Clock::time_point moment) {
    return std::chrono::duration<double, std::milli>(Clock::now() - moment).count();
}

} // namespace

Presenter::Presenter(Graphics& graphics, Session& session, Config config)
    : graphics_(graphics), session_(session), lighting_(config.lighting), desk_(config.desk),
      place_change_(std::move(config.environments), *graphics.renderer) {
    if (config.desk != nullptr) {
        eye_copy_.emplace(*graphics.device, *graphics.ring, config.desk->pictures());
    }
    place_change_.begin(session.environment);
    CanvasSink canvas(graphics.renderer->ink());
    session.ink.refill(session.drawing.shown(), session.drawing.strokes(), canvas);
}

gpu::Result<void> Presenter::begin_frame() {
    auto begun = graphics_.ring->begin();
    if (!begun) {
        return std::unexpected(begun.error());
    }
    gpu_frame_ = *begun;
    return {};
}

gpu::Result<void> Presenter::draw(Headset& headset, const HeadsetFrame& frame, EyeImages& images,
                                  const Shown& shown) {
    renderer::StereoRenderer& renderer = *graphics_.renderer;
    images.drawn = renderer.drawn_extent(images.target->eye_extent());
    CanvasSink canvas(renderer.ink());
    session_.ink.feed(session_.drawing.shown(), canvas);
    session_.ink.hide(session_.drawing.strokes(), session_.drawing.take_changed(), canvas);
    if (!renderer.scene_fits()) {
        place_change_.renew(session_.environment);
    }
    PlaceChange::Step change = place_change_.step(shown.time_s);
    if (place_change_.stays_dark()) {
        return std::unexpected(gpu::Error{.what = place_change_.fault()});
    }
    if (change.arrived) {
        enter(std::move(*change.arrived), shown.time_s);
    }
    if (change.fade < 1.0F && !std::exchange(place_seen_, true)) {
        spdlog::info("the place appears after {:.0f} ms",
                     ms_since(session_.performance.started_at));
    }
    in_calm_light_ = in_calm_light_ && change.fade > 0.0F;
    if (auto painted = paint_panel(); !painted) {
        return painted;
    }
    auto done = renderer.record(*gpu_frame_, *images.target, images.index,
                                picture(frame, shown, change.fade));
    if (!done) {
        return done;
    }
    if (eye_copy_) {
        eye_copy_->record(*gpu_frame_, images);
    }
    headset.record_release(*gpu_frame_);
    return graphics_.ring->submit(*gpu_frame_);
}

/// The canvas is made on a thread of its own, once there is a painter.
gpu::Result<void> Presenter::paint_panel() {
    const PanelHost& panels = session_.panels;
    const ui::PanelPainter* const painter = panels.painter();
    if (painter == nullptr || no_canvas_) {
        return {};
    }
    if (!canvas_) {
        if (!canvas_coming_.valid()) {
            canvas_coming_ = std::async(std::launch::async, [this, painter] {
                return renderer::PanelCanvas::create(
                    *graphics_.device, painter->glyph_sheet(),
                    {.width = ui::PanelPainter::width_px, .height = ui::PanelPainter::height_px});
            });
        }
        if (canvas_coming_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            return {};
        }
        auto made = canvas_coming_.get();
        if (!made) {
            spdlog::error("no panel can be shown: {}", made.error().what);
            no_canvas_ = true;
            return {};
        }
        canvas_ = std::move(*made);
    }
    if (panels.shown() && canvas_painting_ != panels.painting()) {
        const auto painted =
            canvas_->paint(*gpu_frame_, graphics_.ring->deletions(), painter->drawing());
        if (!painted) {
            return std::unexpected(painted.error());
        }
        canvas_painting_ = *painted ? panels.painting() : canvas_painting_;
    }
    return {};
}

void Presenter::place_ghosts(const HeadsetFrame& frame, const Pose& world_from_tracking) {
    if (!session_.guide) {
        return;
    }
    const Guide& guide = *session_.guide;
    ghosts_.update(guide.targets(), frame.tracking_from_head, frame.head_valid,
                   guide.targets_s(host_now_ns()));
    for (renderer::Marker marker : ghosts_.markers()) {
        marker.position_m =
            (world_from_tracking * Pose{.position_m = marker.position_m}).position_m;
        markers_.at(marker_count_++) = marker;
    }
}

void Presenter::show_panel(renderer::Picture& picture, const Pose& world_from_tracking) {
    constexpr float fade_most = 0.5F; // behind more of it nothing is chosen
    const auto shown = session_.panels.shown();
    const bool there = shown && canvas_ && canvas_->painted();
    session_.panels.note_seen(there && canvas_painting_ == session_.panels.painting() &&
                              picture.fade < fade_most);
    if (!there) {
        return;
    }
    const Pose world_from_panel = world_from_tracking * shown->tracking_from_panel;
    picture.panel = {.canvas = &*canvas_,
                     .position_m = world_from_panel.position_m,
                     .orientation = world_from_panel.orientation,
                     .width_m = shown->shape.width_m,
                     .height_m = shown->shape.height_m,
                     .radius_m = shown->shape.radius_m,
                     .opacity = shown->opacity};
    for (const PanelHost::Pointing& one : session_.panels.pointing()) {
        const auto placed = [&](const glm::vec3& at_m) {
            return (world_from_tracking * Pose{.position_m = at_m}).position_m;
        };
        const auto hand = static_cast<std::size_t>(one.by.value_or(Hand::right));
        marker_count_ +=
            place_ray(std::span(markers_).subspan(marker_count_).first<ray_markers_max>(),
                      {.from_m = placed(one.from_m),
                       .at_m = placed(one.at_m),
                       .colour_linear = default_brushes().at(hand).colour_linear,
                       .away_m = shown->shape.distance_m,
                       .visible = one.by.has_value()});
    }
    picture.markers = std::span(markers_).first(marker_count_);
}

renderer::Picture Presenter::picture(const HeadsetFrame& frame, const Shown& shown,
                                     float place_fade) {
    scene_frame_ = session_.environment.frame(shown.time_s);
    const Surroundings::View view = session_.surroundings.at(shown.time_s);
    const Pose world_from_tracking = session_.placement.world_from_tracking(view.world_from_person);
    place_hands(shown, world_from_tracking);
    place_ghosts(frame, world_from_tracking);
    update_sound(frame, shown, world_from_tracking);
    renderer::Picture picture{.eyes = frame.eyes,
                              .scene_frame = &scene_frame_,
                              .markers = std::span(markers_).first(marker_count_),
                              .fade = std::max(view.fade, place_fade),
                              .vignette = view.vignette,
                              .ink_glow = ink_glow};
    if (in_calm_light_) {
        picture.fade_colour = calm_light;
        picture.vignette = std::max(view.vignette, calm_vignette * place_fade);
    }
    show_panel(picture, world_from_tracking);
    for (scene::EyeView& eye : picture.eyes) {
        const Pose placed = world_from_tracking *
                            Pose{.position_m = eye.position_m, .orientation = eye.orientation};
        eye.position_m = placed.position_m;
        eye.orientation = placed.orientation;
    }
    return picture;
}

/// In the dark.
void Presenter::enter(environments::Environment arrived, double time_s) {
    session_.enter(std::move(arrived), time_s);
    place_ink();
    session_.drawing.resume();
}

void Presenter::place_ink() {
    ghosts_.place_anew();
    const Pose placed = session_.placement.ink();
    if (session_.ink.placed_at(placed)) {
        return;
    }
    session_.drawing.pause(); // what is being drawn ends here
    renderer::InkCanvas& ink = graphics_.renderer->ink();
    ink.clear(renderer::InkHand::left);
    ink.clear(renderer::InkHand::right);
    CanvasSink canvas(ink);
    session_.ink = InkFeed(placed);
    session_.ink.refill(session_.drawing.shown(), session_.drawing.strokes(), canvas);
}

void Presenter::place_hands(const Shown& shown, const Pose& world_from_tracking) {
    marker_count_ = 0;
    if (!shown.hands_visible) {
        return;
    }
    const std::array<Brush, 2> brushes = default_brushes();
    for (std::size_t i = 0; i < shown.hands.size(); ++i) {
        const ShownHand& hand = shown.hands.at(i);
        if (!hand.tracked) {
            continue;
        }
        const Pose world_from_tip = world_from_tracking * hand.tracking_from_tip;
        markers_.at(marker_count_) = {.kind = renderer::MarkerKind::tip,
                                      .position_m = world_from_tip.position_m,
                                      .orientation = world_from_tip.orientation,
                                      .radius_m = tip_radius_m,
                                      .colour = brushes.at(i).colour_linear,
                                      .opacity = hand.drawing ? 1.0F : 0.8F};
        marker_count_ += 1;
    }
}

void Presenter::update_sound(const HeadsetFrame& frame, const Shown& shown,
                             const Pose& world_from_tracking) {
    if (!session_.sound) {
        return;
    }
    session_.sound->set_listener(world_from_tracking * frame.tracking_from_head);
    for (const Hand hand : {Hand::left, Hand::right}) {
        const ShownHand& seen = shown.hands.at(static_cast<std::size_t>(hand));
        session_.sound->set_hand({.time_ns = frame.display_time_ns,
                                  .hand = hand,
                                  .source = seen.source,
                                  .tracked = seen.tracked,
                                  .drawing = seen.drawing,
                                  .pressure = seen.pressure,
                                  .tracking_from_tip = seen.tracking_from_tip},
                                 world_from_tracking);
    }
}

void Presenter::follow_up(const EyeImages& images, bool last) {
    Performance& performance = session_.performance;
    if (!performance.first_frame_at) {
        performance.first_frame_at = Clock::now();
        spdlog::info("first picture after {:.0f} ms", ms_since(performance.started_at));
    }
    if (!session_.capture || last_picture_taken_) {
        return;
    }
    if (last) {
        session_.capture->take(*graphics_.device, *graphics_.ring, images, "final");
        last_picture_taken_ = true;
    } else if (session_.capture->due()) {
        session_.capture->take(*graphics_.device, *graphics_.ring, images);
    }
}

void Presenter::show_at_the_desk(const Headset& headset, SessionPhase phase, const Shown& shown,
                                 bool drawn) {
    if (eye_copy_ && eye_copy_->has_news()) {
        eye_copy_->hand_over(status(headset, phase, shown));
    } else if (!drawn && desk_ != nullptr && desk_->wants_status()) {
        desk_->show(status(headset, phase, shown));
    }
}

void Presenter::change_place(std::size_t place) {
    place_change_.ask(session_.places.at(place).id, lighting_);
}

void Presenter::set_hidden_area(const std::array<renderer::HiddenTriangles, 2>& triangles) {
    graphics_.renderer->set_hidden_area(triangles);
}

std::optional<std::int64_t> Presenter::take_gpu_ns() {
    const gpu::GpuTimes& times = graphics_.ring->gpu_times();
    if (std::exchange(gpu_frame_counted_, times.frame_number) == times.frame_number) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(1e6 * static_cast<double>(times.whole_ms));
}

void Presenter::keep_pace(float period_ms, bool missed) {
    const double time_s = 1e-3 * ms_since(session_.performance.started_at);
    if (!graphics_.renderer->scene_fits() && !place_change_.renewals_given_up()) {
        ladder_.hold(time_s); // the rung's own scene is still being made ready
        return;
    }
    const auto step = ladder_.add(time_s, graphics_.ring->gpu_times().whole_ms,
                                  renderer::gpu_budget_ms(period_ms), missed);
    if (!step) {
        return;
    }
    graphics_.renderer->set_quality(ladder_.quality());
    spdlog::info("{}", to_string(*step));
    session_.performance.system.note({.at_s = time_s, .step = *step});
}

std::string_view Presenter::fault() const {
    return place_change_.stays_dark() ? std::string_view(place_change_.fault())
                                      : std::string_view();
}

MirrorStatus Presenter::status(const Headset& headset, SessionPhase phase,
                               const Shown& shown) const {
    const HeadsetInfo& info = headset.info();
    MirrorStatus status = session_.status();
    status.phase = phase;
    status.headset = std::format("{} / {}", info.runtime, info.system);
    status.place_fault = place_change_.fault();
    status.place_comes = place_change_.under_way();
    status.fps = runs_frames(phase) ? session_.performance.stats.recent_fps() : 0.0;
    status.gpu_ms = static_cast<double>(graphics_.ring->gpu_times().whole_ms);
    status.hint = headset.hint();
    for (const Hand hand : {Hand::left, Hand::right}) {
        const ShownHand& seen = shown.hands.at(static_cast<std::size_t>(hand));
        MirrorStatus::HandStatus& its = status.hands.at(static_cast<std::size_t>(hand));
        its.tracked = seen.tracked;
        its.by_fingers = seen.source == InteractionMode::hand_tracking;
    }
    return status;
}

} // namespace haven
