#pragma once

#include "net/api/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Errors as RFC 9457 problem documents. Any thread.
namespace haven::api {

inline constexpr std::string_view problem_media_type = "application/problem+json";

/// The stable values of `type`; a client asks for these, never for a title.
namespace problem_type {
inline constexpr std::string_view malformed = "/problems/malformed";                         // 400
inline constexpr std::string_view invalid_body = "/problems/invalid-body";                   // 422
inline constexpr std::string_view key_reused = "/problems/idempotency-key-reused";           // 422
inline constexpr std::string_view invalid_parameter = "/problems/invalid-parameter";         // 400
inline constexpr std::string_view unauthorized = "/problems/unauthorized";                   // 401
inline constexpr std::string_view second_factor_needed = "/problems/second-factor-needed";   // 401
inline constexpr std::string_view consent_missing = "/problems/consent-missing";             // 403
inline constexpr std::string_view forbidden = "/problems/forbidden";                         // 403
inline constexpr std::string_view cross_site = "/problems/cross-site";                       // 403
inline constexpr std::string_view not_found = "/problems/not-found";                         // 404
inline constexpr std::string_view method_not_allowed = "/problems/method-not-allowed";       // 405
inline constexpr std::string_view timeout = "/problems/timeout";                             // 408
inline constexpr std::string_view conflict = "/problems/conflict";                           // 409
inline constexpr std::string_view trace_offset = "/problems/trace-offset";                   // 409
inline constexpr std::string_view gone = "/problems/gone";                                   // 410
inline constexpr std::string_view length_required = "/problems/length-required";             // 411
inline constexpr std::string_view precondition_failed = "/problems/precondition-failed";     // 412
inline constexpr std::string_view body_too_large = "/problems/body-too-large";               // 413
inline constexpr std::string_view media_type = "/problems/media-type";                       // 415
inline constexpr std::string_view expectation_failed = "/problems/expectation-failed";       // 417
inline constexpr std::string_view digest_mismatch = "/problems/digest-mismatch";             // 400
inline constexpr std::string_view precondition_required = "/problems/precondition-required"; // 428
inline constexpr std::string_view too_many_requests = "/problems/too-many-requests";         // 429
inline constexpr std::string_view headers_too_large = "/problems/headers-too-large";         // 431
inline constexpr std::string_view internal = "/problems/internal";                           // 500
inline constexpr std::string_view not_implemented = "/problems/not-implemented";             // 501
inline constexpr std::string_view unavailable = "/problems/unavailable";                     // 503
} // namespace problem_type

struct Problem {
    std::string type = "about:blank";
    std::string title;
    std::int32_t status = 0;
    std::string detail;                        ///< left out when empty
    std::vector<BodyError> errors;             ///< left out when empty
    std::optional<std::int64_t> upload_offset; ///< of problem_type::trace_offset
    friend bool operator==(const Problem&, const Problem&) = default;
};

/// Lenient, as RFC 9457 asks of a client: unknown members are passed over, wrong ones left out.
/// Nothing when the body is not a JSON object.
[[nodiscard]] std::optional<Problem> decode_problem(std::string_view body);
[[nodiscard]] std::string encode(const Problem& problem);

/// The problem that an answer tells, if it is one of Haven's own: its media type, its type and its
/// status are right. Anything between a client and its server may answer in the server's place.
[[nodiscard]] std::optional<Problem> haven_problem(int status, std::string_view content_type,
                                                   std::string_view body);

/// Whether `content_type` is of this media type, whatever its parameters.
[[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view media_type);

} // namespace haven::api
