#include "xr_app/summary.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/json_text.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/session.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>

namespace haven {

namespace {

std::optional<double> ms_between(std::chrono::steady_clock::time_point from,
                                 const std::optional<std::chrono::steady_clock::time_point>& to) {
    if (!to) {
        return std::nullopt;
    }
    return std::round(std::chrono::duration<double, std::milli>(*to - from).count());
}

void add_ids(const JsonText& json, const DrawingSession& drawing) {
    const auto add = [&](const char* key, const Uuid& id) {
        if (drawing.opened()) {
            json.add(key, std::string_view(to_string(id)));
        } else {
            json.add_null(key);
        }
    };
    add("session_id", drawing.ids().session);
    add("exercise_id", drawing.ids().exercise);
    add("vr_session_id", drawing.ids().vr_session);
    add("drawing_id", drawing.ids().drawing);
}

} // namespace

std::string summary_json(const Session& session, const uploader::DrainResult& drained,
                         const Complaints& complaints) {
    const DrawingSession& drawing = session.drawing;
    const Performance& performance = session.performance;
    const uploader::CourierStatus kept = session.courier.status();
    const StrokeRecorder::Counters counters = drawing.counters();
    const JsonText json;
    json.add("format", std::int64_t{1});
    add_ids(json, drawing);
    json.add("strokes_left", std::uint64_t{drawing.stroke_count(Hand::left)});
    json.add("strokes_right", std::uint64_t{drawing.stroke_count(Hand::right)});
    json.add("strokes_derived", counters.strokes_derived);
    json.add("samples", counters.samples);
    json.add("tracking_losses", counters.tracking_losses);
    json.add("jumps", counters.jumps);
    json.add("duration_s", static_cast<double>(drawing.duration_ns()) / 1e9);
    json.add("trace_bytes", drawing.trace_bytes());
    json.add("saved", kept.strokes_saved);
    json.add("all_saved", drained.events_unsaved == 0 && drawing.nothing_waits() &&
                              kept.strokes_saved == kept.strokes_posted);
    json.add("pending", drained.requests_pending);
    json.add("refused", drained.requests_refused);
    json.add("set_aside", kept.events_set_aside);
    json.add("acknowledged", kept.requests_acknowledged);
    json.add("drawings_recovered", kept.drawings_recovered);
    json.add("frames", performance.stats.frames());
    json.add("dropped_frames", performance.stats.dropped().total());
    json.add("fps", performance.stats.fps());
    json.add("runtime", std::string_view(performance.system.runtime));
    json.add("system", std::string_view(performance.system.system));
    json.add("gpu", std::string_view(performance.system.gpu));
    json.add("reference_space", std::string_view(performance.system.space));
    json.add("runtime_losses", performance.system.runtime_losses);
    json.add("time_to_first_frame_ms",
             ms_between(performance.started_at, performance.first_frame_at));
    json.add("time_to_first_stroke_ms",
             ms_between(performance.started_at, performance.first_stroke_at));
    json.add("tour_stopped_after_s", session.surroundings.stopped_after_s());
    json.add("tour_stop_ms", performance.tour_stop_ns.transform(
                                 [](std::int64_t ns) { return static_cast<double>(ns) / 1e6; }));
    json.add("vulkan_validation_messages", complaints.vulkan);
    json.add("openxr_validation_messages", complaints.openxr);
    return json.written();
}

} // namespace haven
