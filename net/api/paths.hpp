#pragma once

#include "bilateral/stroke.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Where things are under /v1. The paths hold ids alone, never a token or a name.
namespace haven::api {

inline constexpr std::string_view users_path = "/v1/users";
inline constexpr std::string_view tokens_path = "/v1/auth/tokens";
/// GET: whose it is. DELETE: ends it.
inline constexpr std::string_view current_token_path = "/v1/auth/tokens/current";
/// GET: what the person agrees to.
inline constexpr std::string_view current_consents_path = "/v1/consents/current";
inline constexpr std::string_view sessions_path = "/v1/sessions";

[[nodiscard]] std::string session_path(const Uuid& session_id);
[[nodiscard]] std::string session_exercises_path(const Uuid& session_id);
[[nodiscard]] std::string session_vr_sessions_path(const Uuid& session_id);
[[nodiscard]] std::string session_event_path(const Uuid& event_id);
[[nodiscard]] std::string exercise_path(const Uuid& exercise_id);
[[nodiscard]] std::string exercise_end_path(const Uuid& exercise_id);
[[nodiscard]] std::string exercise_drawings_path(const Uuid& exercise_id);
[[nodiscard]] std::string vr_session_path(const Uuid& vr_session_id);
[[nodiscard]] std::string vr_session_metrics_path(const Uuid& vr_session_id);
[[nodiscard]] std::string vr_session_end_path(const Uuid& vr_session_id);
[[nodiscard]] std::string bilateral_drawing_path(const Uuid& drawing_id);
/// canvas: "left", "right" or "combined".
[[nodiscard]] std::string canvas_path(const Uuid& drawing_id, std::string_view canvas);
[[nodiscard]] std::string trace_path(const Uuid& drawing_id);
[[nodiscard]] std::string trace_chunk_path(const Uuid& drawing_id, std::int64_t offset);

} // namespace haven::api
