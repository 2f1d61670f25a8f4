#include "xr_app/drawing_session.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/ink_history.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "bilateral/uuid_v7.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <format>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace haven {

namespace {

constexpr std::int64_t trace_flush_ns = 1'000'000'000;
constexpr std::size_t strokes_reserved = 1024;
/// Reached before a drawing is full: hours of trace, or a good half of its ink.
constexpr std::size_t waiting_bytes_max = std::size_t{16} << 20U;
// Kept free for what ends a drawing: the points held back, the end of both strokes, the last block.
constexpr std::int64_t ink_bytes_reserved = std::int64_t{16} << 10U;
constexpr std::int64_t trace_bytes_reserved = std::int64_t{256} << 10U;
constexpr std::int64_t duration_reserved_s = 60;
constexpr std::int64_t time_ns_max =
    (api::duration_seconds_max - duration_reserved_s) * 1'000'000'000;

std::size_t bytes_of(const uploader::Event& event) {
    if (const auto* stroke = std::get_if<uploader::StrokeFinished>(&event)) {
        return sizeof event + stroke->stroke.points.size() * sizeof(StrokePoint);
    }
    if (const auto* stroke = std::get_if<uploader::StrokeSoFar>(&event)) {
        return sizeof event + stroke->stroke.points.size() * sizeof(StrokePoint);
    }
    if (const auto* marked = std::get_if<uploader::StrokesMarked>(&event)) {
        return sizeof event + marked->stroke_ids.size() * sizeof(Uuid);
    }
    if (const auto* told = std::get_if<uploader::EventTold>(&event)) {
        return sizeof event + told->event.event_data_json.value_or("").size();
    }
    const auto* trace = std::get_if<uploader::TraceBytes>(&event);
    return sizeof event + (trace == nullptr ? 0 : trace->bytes.size());
}
constexpr std::int64_t stroke_open_ns = 10'000'000'000;

/// What a line tells to a tenth of a millimetre needs no point of its own.
constexpr std::uint32_t thinned_um = 100;
constexpr std::uint32_t bridged_ms = 150;

std::string_view mode_name(InteractionMode mode) {
    switch (mode) {
    case InteractionMode::controller:
        return "controller";
    case InteractionMode::hand_tracking:
        return "hand_tracking";
    case InteractionMode::gaze:
        return "gaze";
    }
    std::unreachable();
}

std::string_view symmetry_name(SymmetryMode mode) {
    switch (mode) {
    case SymmetryMode::free:
        return "free";
    case SymmetryMode::mirror_copy:
        return "mirror_copy";
    case SymmetryMode::parallel:
        return "parallel";
    }
    std::unreachable();
}

std::string array_of(std::span<const std::string> ids) {
    std::string json;
    for (const std::string& id : ids) {
        json += std::format(R"({}"{}")", json.empty() ? "" : ",", id);
    }
    return std::format("[{}]", json);
}

} // namespace

std::array<Brush, 2> default_brushes() {
    // A warm and a cool line of the same lightness, so that neither hand leads.
    return {Brush{.colour_linear = {0.95F, 0.68F, 0.22F}, .width_m = 0.008F},
            Brush{.colour_linear = {0.16F, 0.58F, 0.88F}, .width_m = 0.008F}};
}

DrawingSession::DrawingSession(DrawingPlan plan, Post post, SeeTrace see_trace)
    : plan_(std::move(plan)), post_(std::move(post)), see_trace_(std::move(see_trace)) {
    strokes_.reserve(strokes_reserved);
}

void DrawingSession::make_ids() {
    ids_ = {.session = plan_.session_id.value_or(make_uuid_v7()),
            .exercise = make_uuid_v7(),
            .vr_session = make_uuid_v7(),
            .drawing = make_uuid_v7()};
}

void DrawingSession::open(const GuidedExercise& exercise, InteractionMode mode,
                          std::int64_t unix_us) {
    assert(!opened());
    make_ids();
    keeps_motion_ = exercise.motion;
    copies_ = exercise.copies;
    post_begin(mode, unix_us, &exercise);
}

void DrawingSession::tell(std::string event_data_json, std::int64_t unix_us) {
    if (!opened() || finished_) {
        return;
    }
    post(uploader::EventTold{.drawing_id = ids_.drawing,
                             .event_id = make_uuid_v7(),
                             .event = {.session_id = ids_.session,
                                       .event_data_json = std::move(event_data_json),
                                       .happened_at = std::max(unix_us, opened_us_)}});
}

void DrawingSession::begin(const Beginning& beginning) {
    assert(!begun());
    const bool guided = opened();
    if (!guided) {
        make_ids();
    }
    recording_.emplace(TraceHeader{.start_unix_us = beginning.unix_us,
                                   .recording = {.drawing_id = ids_.drawing,
                                                 .brushes = plan_.brushes,
                                                 .thinned_um = thinned_um,
                                                 .bridged_ms = bridged_ms},
                                   .sample_period_us = beginning.sample_period_us,
                                   .measured = true});
    symmetry_due_ = plan_.symmetry_mode != SymmetryMode::free;
    host_zero_ns_ = beginning.host_time_ns;
    if (guided) {
        post(uploader::RecordingBegun{
            .drawing_id = ids_.drawing,
            .begin = {.symmetry_enabled = copies_, .began_at = beginning.unix_us}});
    } else {
        post_begin(beginning.mode, beginning.unix_us, nullptr);
    }
}

void DrawingSession::begin(const TraceHeader& header) {
    assert(!begun());
    ids_.drawing = header.recording.drawing_id;
    opened_ = true;
    opened_us_ = header.start_unix_us;
    recording_.emplace(header);
}

void DrawingSession::post_begin(InteractionMode mode, std::int64_t unix_us,
                                const GuidedExercise* exercise) {
    opened_ = true;
    opened_us_ = unix_us;
    outbox::DrawingBegin begin{
        .session_id = ids_.session,
        .exercise_id = ids_.exercise,
        .exercise = {.session_id = ids_.session,
                     .technique_config_json =
                         std::format(R"({{"symmetry":"{}"}})", symmetry_name(plan_.symmetry_mode)),
                     .started_at = unix_us},
        .vr_session_id = ids_.vr_session,
        .vr_session = {.parent_session_id = ids_.session,
                       .environment_id = plan_.environment_id,
                       .interaction_mode = std::string(mode_name(mode)),
                       .spatial_audio_enabled = plan_.spatial_audio,
                       .cinematic_mode_enabled = plan_.camera_path_json.has_value(),
                       .camera_path_data_json = plan_.camera_path_json,
                       .started_at = unix_us},
        .drawing_id = ids_.drawing,
        .symmetry_enabled = plan_.symmetry_mode != SymmetryMode::free,
        .began_at = unix_us,
        .recorded = exercise == nullptr};
    if (exercise != nullptr) {
        begin.exercise.technique = exercise->technique;
        begin.exercise.technique_config_json = exercise->config_json;
        begin.exercise.opening_prompt = exercise->opening_prompt;
        begin.exercise.guideposts_json = array_of(exercise->guideposts);
        begin.exercise.grounding_close = exercise->grounding_close;
    }
    if (!plan_.session_id) {
        begin.session = api::Session{.modality = plan_.modality,
                                     .environment_id = plan_.environment_id,
                                     .started_at = unix_us};
    }
    if (!plan_.environment_config_json.empty()) {
        begin.vr_session.environment_config_json = plan_.environment_config_json;
    }
    post(uploader::DrawingBegun{std::move(begin)});
}

void DrawingSession::set_symmetry(SymmetryMode mode) {
    if (plan_.symmetry_mode == mode) {
        return;
    }
    plan_.symmetry_mode = mode;
    symmetry_due_ = mode != SymmetryMode::free;
    if (records() && !symmetry_due_) {
        record(SymmetryChange{Symmetry{}});
    }
}

void DrawingSession::set_width(float width_m) {
    for (const Hand hand : {Hand::left, Hand::right}) {
        Brush& brush = plan_.brushes.at(static_cast<std::size_t>(hand));
        if (brush.width_m != width_m) {
            brush.width_m = width_m;
            if (records()) {
                record(BrushChange{.hand = hand, .brush = brush});
            }
        }
    }
}

StrokeEdges DrawingSession::add(const HandSample& sample) {
    if (!records()) {
        return {};
    }
    HandSample timed = sample;
    timed.time_ns -= host_zero_ns_;
    const HandSample snapped = snap_to_grid(timed);
    look_for_room(snapped.time_ns);
    if (full_ || rests_) {
        return {};
    }
    last_time_ns_ = std::max(last_time_ns_, snapped.time_ns);
    if (symmetry_due_ && head_ && snapped.tracked && snapped.drawing) {
        symmetry_due_ = false;
        record(SymmetryChange{symmetry_for(plan_.symmetry_mode, *head_)});
    }
    recording_->trace.add(snapped);
    const std::span<InkEvent> events = recording_->recorder.add(snapped);
    ink_size_.add(events);
    shown_.update(snapped, events);
    StrokeEdges edges;
    keep(events, edges);
    return edges;
}

void DrawingSession::lead(Hand hand, const glm::vec3& tip_m) {
    if (drawing(hand)) {
        shown_.lead(hand, tip_m);
    }
}

void DrawingSession::pause() {
    if (records() && !recording_->recorder.paused()) {
        record(Paused{});
    }
}

void DrawingSession::recenter() {
    pause();
    symmetry_due_ = symmetry_due_ || plan_.symmetry_mode != SymmetryMode::free;
}

void DrawingSession::resume() {
    if (records() && !full_ && !rests_ && recording_->recorder.paused()) {
        record(Resumed{});
    }
}

void DrawingSession::record(const TraceEvent& event) {
    recording_->trace.add(event);
    ++events_recorded_;
    StrokeRecorder& recorder = recording_->recorder;
    std::visit(
        [&](const auto& change) {
            using Change = std::remove_cvref_t<decltype(change)>;
            if constexpr (std::is_same_v<Change, BrushChange>) {
                recorder.set_brush(change.hand, change.brush);
            } else if constexpr (std::is_same_v<Change, SymmetryChange>) {
                recorder.set_symmetry(change.symmetry);
            } else if constexpr (std::is_same_v<Change, Paused>) {
                end_strokes(recorder.pause());
            } else if constexpr (std::is_same_v<Change, InkCommand>) {
                end_strokes(recorder.break_off(recording_->history.begin(change)));
                mark(recording_->history.apply(change), change.time_ms);
            } else if constexpr (std::is_same_v<Change, Resumed>) {
                recorder.resume();
            } // a placement moves no ink
        },
        event);
}

bool DrawingSession::change_ink(InkCommand::Kind kind, Hands hands, const Uuid& stroke_id) {
    if (!records() || full_ || rests_) {
        return false;
    }
    constexpr std::int64_t ns_per_ms = 1'000'000;
    const std::size_t changed_before = changes_;
    record(made_valid({.kind = kind,
                       .hands = hands,
                       .stroke_id = stroke_id,
                       .time_ms = (last_time_ns_ + ns_per_ms / 2) / ns_per_ms}));
    return changes_ != changed_before;
}

/// All that a command changed is there, or is not there any more; it is shown so with the next
/// frame, and saved behind the strokes that were told before.
void DrawingSession::mark(const InkHistory::Change& change, std::int64_t time_ms) {
    if (change.strokes.empty()) {
        return;
    }
    ++changes_;
    haven::mark(change, time_ms, strokes_);
    uploader::StrokesMarked marked{.drawing_id = ids_.drawing};
    marked.removed_ms = change.removed ? std::optional(time_ms) : std::nullopt;
    for (const std::uint32_t number : change.strokes) {
        const Stroke& stroke = strokes_[number];
        marked.stroke_ids.push_back(stroke.id);
        if (!stroke.derived_from) {
            std::size_t& count = stroke_counts_.at(static_cast<std::size_t>(stroke.hand));
            count = change.removed ? count - 1 : count + 1;
        }
    }
    changed_.insert(changed_.end(), change.strokes.begin(), change.strokes.end());
    if (changed_.size() > 2 * strokes_.size()) { // nobody has shown it for long
        std::ranges::sort(changed_);
        const auto twice = std::ranges::unique(changed_);
        changed_.erase(twice.begin(), twice.end());
    }
    post(std::move(marked));
}

/// Of what ends without a sample.
void DrawingSession::end_strokes(std::span<InkEvent> events) {
    ink_size_.add(events);
    shown_.update(events);
    StrokeEdges edges;
    keep(events, edges);
}

/// Keeps finished strokes here, to show them again after a lost device, and sends them on their way
/// to the disk.
void DrawingSession::keep(std::span<InkEvent> events, StrokeEdges& edges) {
    recording_->history.add(events);
    for (InkEvent& event : events) {
        if (event.kind == InkEventKind::stroke_began) {
            edges.began = edges.began || !event.derived;
            kept_ns_.at(static_cast<std::size_t>(event.hand)) = last_time_ns_;
        }
        if (event.kind != InkEventKind::stroke_ended) {
            continue;
        }
        if (!event.derived) {
            edges.ended = true;
            stroke_counts_.at(static_cast<std::size_t>(event.hand)) += 1;
        }
        strokes_.push_back(std::move(event.finished));
        post(uploader::StrokeFinished{.drawing_id = ids_.drawing,
                                      .stroke = strokes_.back(),
                                      .ink_bytes_max =
                                          ink_size_.of_ended(event.hand, event.derived)});
    }
}

/// A stroke that goes on is made durable as far as it is there.
void DrawingSession::keep_long_strokes() {
    for (const Hand hand : {Hand::left, Hand::right}) {
        std::int64_t& kept_ns = kept_ns_.at(static_cast<std::size_t>(hand));
        if (!drawing(hand) || last_time_ns_ - kept_ns < stroke_open_ns) {
            continue;
        }
        kept_ns = last_time_ns_;
        for (const bool derived : {false, true}) {
            if (auto stroke = recording_->recorder.stroke_so_far(hand, derived)) {
                post(uploader::StrokeSoFar{.drawing_id = ids_.drawing,
                                           .stroke = std::move(*stroke)});
            }
        }
    }
}

void DrawingSession::take_trace() {
    const std::span<const std::byte> bytes = recording_->trace.take();
    if (bytes.empty()) {
        return;
    }
    if (see_trace_) {
        see_trace_(bytes);
    }
    if (!keeps_motion_) {
        return;
    }
    post(uploader::TraceBytes{.drawing_id = ids_.drawing, .bytes = {bytes.begin(), bytes.end()}});
}

void DrawingSession::post(uploader::Event event) {
    if (post_ && (!waiting_.empty() || !post_(event))) {
        waiting_bytes_ += bytes_of(event);
        waiting_.push_back(std::move(event)); // look_for_room() bounds it
    }
}

double DrawingSession::used() const {
    if (!begun()) {
        return 0.0;
    }
    const auto share = [](auto used, auto reserved, auto most) {
        return static_cast<double>(used) / static_cast<double>(most - reserved);
    };
    const StrokeRecorder::Counters& counters = recording_->recorder.counters();
    return std::max(
        {share(ink_size_.bytes() - ink_bytes_spared_, ink_bytes_reserved, api::ink_bytes_max),
         share(static_cast<std::int64_t>(recording_->trace.size_bytes()), trace_bytes_reserved,
               api::trace_bytes_recorded_max),
         share(recording_->trace.samples(), std::uint64_t{1'000},
               std::uint64_t{TraceLimits::samples_max}),
         share(events_recorded_, std::size_t{100}, TraceLimits::events_max),
         share(last_time_ns_, std::int64_t{0}, time_ns_max),
         counters.strokes_refused > 0 ? 1.0 : 0.0}); // the hand's document is full
}

/// Before a sample is recorded: whether there is a place for it, on the server and here. A machine
/// may have slept for days since the one before.
void DrawingSession::look_for_room(std::int64_t time_ns) {
    if (!post_) { // a replay, which goes nowhere
        return;
    }
    if (!full_ && (used() >= 1.0 || time_ns >= time_ns_max)) {
        stop_recording();
        full_ = true;
    }
    if (!rests_ && waiting_bytes_ >= waiting_bytes_max) {
        stop_recording();
        rests_ = true;
    } else if (rests_ && waiting_bytes_ <= waiting_bytes_max / 2) {
        rests_ = false; // resume() goes on
        resume();
    }
}

void DrawingSession::stop_recording() {
    if (!recording_->recorder.paused()) {
        record(Paused{});
    }
}

void DrawingSession::flush() {
    while (!waiting_.empty()) {
        const std::size_t bytes = bytes_of(waiting_.front()); // taken, nothing is left of it
        if (!post_(waiting_.front())) {
            break;
        }
        waiting_bytes_ -= bytes;
        waiting_.pop_front();
    }
    if (!records()) {
        return;
    }
    keep_long_strokes();
    if (last_time_ns_ - trace_taken_ns_ >= trace_flush_ns) {
        trace_taken_ns_ = last_time_ns_;
        recording_->trace.flush();
        take_trace();
    }
}

void DrawingSession::end_recording() {
    if (!records()) {
        return;
    }
    end_strokes(recording_->recorder.finish());
    recording_->trace.finish();
    take_trace();
    recording_ended_ = true;
}

void DrawingSession::finish(const std::string& performance_metrics_json, bool completed) {
    if (!opened() || finished_) {
        return;
    }
    end_recording();
    finished_ = true;
    post(uploader::MetricsMeasured{
        .drawing_id = ids_.drawing,
        .metrics = {.performance_metrics_json = performance_metrics_json}});
    // A clock that was set back while we drew must not give an end before the start.
    const api::TimeUs last_us =
        begun() ? recording_->start.start_unix_us + last_time_ns_ / 1000 : opened_us_;
    post(uploader::DrawingFinished{
        .drawing_id = ids_.drawing,
        .end = {.exercise = {.status = completed ? "completed" : "abandoned",
                             .completed_at = std::max(api::now_us(), last_us)},
                .duration_seconds = static_cast<std::int32_t>(std::min<std::int64_t>(
                    (last_time_ns_ + 500'000'000) / 1'000'000'000, api::duration_seconds_max))}});
}

std::vector<Stroke> DrawingSession::strokes_of(Hand hand) const {
    std::vector<Stroke> of_hand;
    std::ranges::copy_if(strokes_, std::back_inserter(of_hand),
                         [&](const Stroke& stroke) { return stroke.hand == hand; });
    return of_hand;
}

bool DrawingSession::drawing(Hand hand) const {
    return begun() && recording_->recorder.stroke_in_progress(hand);
}

std::size_t DrawingSession::stroke_count(Hand hand) const {
    return stroke_counts_.at(static_cast<std::size_t>(hand));
}

StrokeRecorder::Counters DrawingSession::counters() const {
    return begun() ? recording_->recorder.counters() : StrokeRecorder::Counters{};
}

std::uint64_t DrawingSession::trace_bytes() const {
    return begun() ? recording_->trace.size_bytes() : 0;
}

} // namespace haven
