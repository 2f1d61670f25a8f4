#pragma once

#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Errors as RFC 9457 problem details. The types are the relative references of
/// net/api/problem.hpp: stable names for programs to compare, and no addresses. Nothing internal
/// ever stands in one.
namespace haven::http {

enum class ProblemType : std::uint8_t {
    malformed,
    invalid_parameter,
    digest_mismatch,
    unauthorized,
    second_factor_needed,
    consent_missing,
    forbidden,
    cross_site,
    not_found,
    method_not_allowed,
    request_timeout,
    conflict,
    trace_offset,
    gone,
    length_required,
    precondition_failed,
    content_too_large,
    unsupported_media_type,
    expectation_failed,
    validation,
    key_reused,
    precondition_required,
    too_many_requests,
    headers_too_large,
    internal,
    not_implemented,
    unavailable,
};

struct Problem {
    ProblemType type = ProblemType::internal;
    std::string detail; ///< what to do about it, for the person who wrote the client
    std::vector<api::BodyError> errors = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    /// Something came back that only the server makes, and it is not as it was made.
    bool forged = false;
    std::string extra_members =
        {}; ///< JSON members of this problem alone: `"upload_offset":7`, or empty
};

[[nodiscard]] std::string_view slug(ProblemType type);
[[nodiscard]] int status(ProblemType type);

[[nodiscard]] Response to_response(const Problem& problem, std::string_view request_id);

// The ones several places need, so that they are alike to the byte.
[[nodiscard]] Problem not_found();
[[nodiscard]] Problem unauthorized();
[[nodiscard]] Problem forbidden(std::string detail);
/// A browser was made to ask by a page that is none of ours.
[[nodiscard]] Problem cross_site(std::string detail);
/// RFC 6750 3.1: the token would need one of these scopes.
[[nodiscard]] Problem insufficient_scope(const std::string& scopes);
/// RFC 9470: the bearer showed who they are longer ago than that.
[[nodiscard]] Problem log_in_again(std::chrono::seconds age_max);
[[nodiscard]] Problem conflict();
[[nodiscard]] Problem gone();

[[nodiscard]] Problem internal_error();
[[nodiscard]] Problem unavailable(std::chrono::seconds retry_after);
[[nodiscard]] Problem too_many_requests(std::chrono::seconds retry_after);
/// An error that names no place is about the body as a whole: its pointer is "/".
[[nodiscard]] Problem invalid_body(std::vector<api::BodyError> errors);
/// Of a body, or of what stands in it at `pointer`: 400 where it is no JSON as it is read here, 422
/// where it holds what is not taken.
[[nodiscard]] Problem unreadable(const api::JsonFault& fault, std::string_view pointer = "");
[[nodiscard]] Problem invalid_parameter(std::string_view name, std::string_view rule);

} // namespace haven::http
