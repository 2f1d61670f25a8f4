#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/error_code.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The bodies of /v1, as both sides see them; net/api/openapi.yaml is the same in the field's own
/// language. JSON keys are the members' names, which are the columns' names; a member `x_json` is
/// the key `x`, whose value is an object (or an array of texts) kept verbatim. Times are RFC 3339
/// with UTC, to the microsecond. In a request, a member with a default other than zero, empty or
/// false, and every std::optional, may be left out. net/api/codec.hpp reads and writes them.
namespace haven::api {

/// What is wrong with a body, and where: an RFC 6901 JSON pointer
/// ("/left_hand_strokes/strokes/3/x").
struct BodyError {
    std::string pointer;
    ErrorCode code;
    std::string detail;
    std::optional<double> limit =
        std::nullopt; ///< that was passed: of too_long, too_small and the like
    friend bool operator==(const BodyError&, const BodyError&) = default;
};

template <typename T>
using Decoded = std::expected<T, std::vector<BodyError>>;

using TimeUs = std::int64_t; ///< microseconds since 1970-01-01T00:00:00Z

struct Registration {
    std::string email;
    std::string password;
    std::optional<std::string> full_name;
    std::string preferred_language = "en";
    bool consent_data_processing = false; ///< must be true to register
    bool consent_motion_trace = false;    ///< without it only the drawing is kept, never the motion
};

struct Session {
    std::string modality = "vr"; ///< web, vr, desktop
    std::optional<std::string> environment_id;
    TimeUs started_at = 0;
};

struct Exercise {
    Uuid session_id;
    std::string technique = "bilateral_drawing";
    std::optional<std::string> technique_config_json; ///< an object
    TimeUs started_at = 0;
    std::optional<std::string> opening_prompt;
    std::optional<std::string> guideposts_json; ///< an array of texts
    std::optional<std::string> grounding_close;
};

/// Ends an exercise: PUT /v1/exercises/{id}/end.
struct ExerciseEnd {
    std::string status = "completed"; ///< completed, abandoned
    TimeUs completed_at = 0;
};

struct VrSession {
    Uuid parent_session_id;
    std::string environment_id;
    std::optional<std::string> environment_config_json; ///< an object: lighting, audio, camera
    std::string interaction_mode = "controller";        ///< controller, hand_tracking, gaze
    bool spatial_audio_enabled = true;
    bool cinematic_mode_enabled = false;
    std::optional<std::string> camera_path_data_json;
    TimeUs started_at = 0;
};

/// PUT /v1/vr-sessions/{id}/metrics: the document of performance_metrics, an object with
/// "format": 1.
struct VrSessionMetrics {
    std::string performance_metrics_json;
};

struct VrSessionEnd {
    TimeUs ended_at = 0;
};

/// PUT /v1/session-events/{id}: what happened in a session, as a headset tells it.
struct SessionEvent {
    Uuid session_id;
    std::string event_type = "user_interaction"; ///< user_interaction, error
    std::optional<std::string> event_data_json;  ///< an object
    TimeUs happened_at = 0;
};

struct BilateralDrawing {
    Uuid exercise_id;
    std::optional<Uuid> vr_session_id;
    std::string left_hand_strokes_json; ///< an ink document (bilateral/FORMAT-ink.md), verbatim
    std::string right_hand_strokes_json;
    bool symmetry_enabled = true;
    std::int32_t duration_seconds = 0;
};

/// Completes a trace sent in chunks: PUT /v1/bilateral-drawings/{id}/trace.
struct TraceCompletion {
    std::int64_t size_bytes = 0;
    std::string sha256; ///< 64 lower-case hexadecimal digits, of the whole file
};

// ---- answers: written by the server; a client ignores members that it does not know ----

/// In the answer of each PUT that a headset makes, beside the thing itself where that is small: it
/// sees that it is stored, and that it was Haven that answered. Nothing else is an acknowledgement
/// (net/uploader/answer.hpp).
struct Receipt {
    Uuid id;
    std::string sha256; ///< of the body as it arrived, 64 lower-case hexadecimal digits
};

/// The answer of POST /v1/auth/tokens and of POST /oauth/token.
struct TokenGrant {
    std::string access_token; ///< opaque, for the Authorization header alone
    std::string token_type = "Bearer";
    std::int64_t expires_in = 0; ///< seconds
    std::string refresh_token;   ///< for POST /oauth/token, once
    std::string scope;           ///< names with a space between them
    std::string bearer = "user"; ///< user, clinician
    Uuid bearer_id;
    std::optional<std::string> role; ///< a clinician's
};

/// The answer of GET /v1/auth/tokens/current: who bears the token, and which server says so.
struct TokenBearer {
    Uuid server_id;              ///< the same under another address, and after a restore
    std::string bearer = "user"; ///< user, clinician, service
    Uuid bearer_id;
    std::optional<std::string> scope; ///< what the token may do: names with a space between them
};

/// The answer of GET /v1/bilateral-drawings/{id}/trace and of each write to a trace.
struct TraceOffset {
    Uuid id;                           ///< of the drawing
    std::optional<std::string> sha256; ///< of the body as it arrived, of a write
    std::int64_t upload_offset = 0;    ///< bytes the server holds; the next chunk begins here
    bool complete = false;
    std::optional<std::int64_t> size_bytes; ///< once complete
};

} // namespace haven::api
