#include "net/api/paths.hpp"

#include "bilateral/stroke.hpp"

#include <cstdint>
#include <format>
#include <string>
#include <string_view>

namespace haven::api {

std::string session_path(const Uuid& session_id) {
    return std::format("/v1/sessions/{}", to_string(session_id));
}

std::string session_exercises_path(const Uuid& session_id) {
    return session_path(session_id) + "/exercises";
}

std::string session_vr_sessions_path(const Uuid& session_id) {
    return session_path(session_id) + "/vr-sessions";
}

std::string session_event_path(const Uuid& event_id) {
    return std::format("/v1/session-events/{}", to_string(event_id));
}

std::string exercise_path(const Uuid& exercise_id) {
    return std::format("/v1/exercises/{}", to_string(exercise_id));
}

std::string exercise_end_path(const Uuid& exercise_id) {
    return exercise_path(exercise_id) + "/end";
}

std::string exercise_drawings_path(const Uuid& exercise_id) {
    return exercise_path(exercise_id) + "/bilateral-drawings";
}

std::string vr_session_path(const Uuid& vr_session_id) {
    return std::format("/v1/vr-sessions/{}", to_string(vr_session_id));
}

std::string vr_session_metrics_path(const Uuid& vr_session_id) {
    return vr_session_path(vr_session_id) + "/metrics";
}

std::string vr_session_end_path(const Uuid& vr_session_id) {
    return vr_session_path(vr_session_id) + "/end";
}

std::string bilateral_drawing_path(const Uuid& drawing_id) {
    return std::format("/v1/bilateral-drawings/{}", to_string(drawing_id));
}

std::string canvas_path(const Uuid& drawing_id, std::string_view canvas) {
    return std::format("{}/canvases/{}", bilateral_drawing_path(drawing_id), canvas);
}

std::string trace_path(const Uuid& drawing_id) {
    return bilateral_drawing_path(drawing_id) + "/trace";
}

std::string trace_chunk_path(const Uuid& drawing_id, std::int64_t offset) {
    return std::format("{}/{}", trace_path(drawing_id), offset);
}

} // namespace haven::api
