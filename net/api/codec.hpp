#pragma once

#include "net/api/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Records to JSON, and from it where one side of this program reads them: what the server reads of
/// requests, what the headset reads of answers. Any thread; nothing is kept between calls.
///
/// Decoding a request is strict: unknown and repeated members, wrong types, lengths, enumerations
/// and ranges are refused, and every error of the body is told, each with its RFC 6901 pointer; the
/// pointer "" is the body itself. JSON is RFC 8259 in UTF-8, at most json_depth_max deep, and
/// without U+0000, which PostgreSQL cannot hold. Decoding an answer passes over unknown members.
namespace haven::api {

/// A drawing that points into the body it was read from: valid as long as that body is. The two
/// documents are known to be objects, balanced, not too deep and free of U+0000, and nothing more:
/// whoever stores them decodes them (bilateral/stroke_json.hpp) and so proves the rest.
struct BilateralDrawingView {
    Uuid exercise_id;
    std::optional<Uuid> vr_session_id;
    std::string_view left_hand_strokes_json;
    std::string_view right_hand_strokes_json;
    bool symmetry_enabled = true;
    std::int32_t duration_seconds = 0;
};

[[nodiscard]] Decoded<Registration> decode_registration(std::string_view body);
[[nodiscard]] Decoded<BilateralDrawingView> decode_bilateral_drawing_view(std::string_view body);
[[nodiscard]] Decoded<TraceCompletion> decode_trace_completion(std::string_view body);

[[nodiscard]] Decoded<Receipt> decode_receipt(std::string_view body);
[[nodiscard]] Decoded<TokenGrant> decode_token_grant(std::string_view body);
[[nodiscard]] Decoded<TokenBearer> decode_token_bearer(std::string_view body);
[[nodiscard]] Decoded<TraceOffset> decode_trace_offset(std::string_view body);
/// Of the answer of GET /v1/consents/current: whether the person agrees to their motion being kept.
[[nodiscard]] std::optional<bool> decode_motion_consent(std::string_view body);

/// One line of JSON. Members x_json are written as they are and must be JSON objects.
[[nodiscard]] std::string encode(const Session& record);
[[nodiscard]] std::string encode(const Exercise& record);
[[nodiscard]] std::string encode(const ExerciseEnd& record);
[[nodiscard]] std::string encode(const VrSession& record);
[[nodiscard]] std::string encode(const VrSessionMetrics& record);
[[nodiscard]] std::string encode(const VrSessionEnd& record);
[[nodiscard]] std::string encode(const SessionEvent& record);
[[nodiscard]] std::string encode(const BilateralDrawing& record);
[[nodiscard]] std::string encode(const TraceCompletion& record);

[[nodiscard]] std::string encode(const Receipt& record);
[[nodiscard]] std::string encode(const TraceOffset& record);

} // namespace haven::api
