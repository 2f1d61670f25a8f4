#include "server/http/problem.hpp"

#include "net/api/error_code.hpp"
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/message.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {
namespace {

/// As net/api/problem.hpp has them.
constexpr std::string_view type_prefix = "/problems/";

struct Kind {
    ProblemType type;
    int status;
    std::string_view slug;
    std::string_view title;
};

constexpr std::array kinds = std::to_array<Kind>({
    {ProblemType::malformed, 400, "malformed", "The request is not well formed"},
    {ProblemType::invalid_parameter, 400, "invalid-parameter", "A parameter is not valid"},
    {ProblemType::digest_mismatch, 400, "digest-mismatch", "The body is not what its digest says"},
    {ProblemType::unauthorized, 401, "unauthorized", "A valid token is needed"},
    {ProblemType::second_factor_needed, 401, "second-factor-needed", "A second factor is needed"},
    {ProblemType::consent_missing, 403, "consent-missing", "The person has not consented to this"},
    {ProblemType::forbidden, 403, "forbidden", "Not for the bearer of this token"},
    {ProblemType::cross_site, 403, "cross-site", "Not asked by a page of this server"},
    {ProblemType::not_found, 404, "not-found", "There is nothing here"},
    {ProblemType::method_not_allowed, 405, "method-not-allowed", "Not done with this method"},
    {ProblemType::request_timeout, 408, "timeout", "The request took too long to arrive"},
    {ProblemType::conflict, 409, "conflict", "Something else is already stored here"},
    {ProblemType::trace_offset, 409, "trace-offset", "The trace goes on at another offset"},
    {ProblemType::gone, 410, "gone", "Its person deleted it"},
    {ProblemType::length_required, 411, "length-required", "The body's length must be known"},
    {ProblemType::precondition_failed, 412, "precondition-failed",
     "It has changed since it was read"},
    {ProblemType::content_too_large, 413, "body-too-large", "The body is too large"},
    {ProblemType::unsupported_media_type, 415, "media-type", "The body is of another media type"},
    {ProblemType::expectation_failed, 417, "expectation-failed", "The expectation cannot be met"},
    {ProblemType::validation, 422, "invalid-body", "The body does not say what it must"},
    {ProblemType::key_reused, 422, "idempotency-key-reused",
     "The key came with another request before"},
    {ProblemType::precondition_required, 428, "precondition-required", "If-Match is needed"},
    {ProblemType::too_many_requests, 429, "too-many-requests", "Too many attempts"},
    {ProblemType::headers_too_large, 431, "headers-too-large", "The header fields are too large"},
    {ProblemType::internal, 500, "internal", "Something went wrong here"},
    {ProblemType::not_implemented, 501, "not-implemented", "The server does not know this"},
    {ProblemType::unavailable, 503, "unavailable", "Not possible right now"},
});

constexpr bool in_order() {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (std::to_underlying(kinds[i].type) != i) {
            return false;
        }
    }
    return true;
}
static_assert(in_order(), "kinds is indexed by ProblemType");

const Kind& kind(ProblemType type) {
    return kinds[std::to_underlying(type)];
}

} // namespace

std::string_view slug(ProblemType type) {
    return kind(type).slug;
}

int status(ProblemType type) {
    return kind(type).status;
}

Response to_response(const Problem& problem, std::string_view request_id) {
    const Kind& what = kind(problem.type);
    std::string body = std::format(R"({{"type":"{}{}","title":{},"status":{})", type_prefix,
                                   what.slug, json_string(what.title), what.status);
    if (!problem.detail.empty()) {
        body += std::format(R"(,"detail":{})", json_string(problem.detail));
    }
    if (!problem.errors.empty()) {
        std::string_view separator = R"(,"errors":[)";
        for (const api::BodyError& error : problem.errors) {
            body += std::format(R"({}{{"pointer":{},"code":"{}","detail":{}{}}})", separator,
                                json_string(error.pointer), api::to_string(error.code),
                                json_string(error.detail),
                                error.limit ? std::format(R"(,"limit":{})", *error.limit) : "");
            separator = ",";
        }
        body += "]";
    }
    if (!problem.extra_members.empty()) {
        body += "," + problem.extra_members;
    }
    body += std::format(R"(,"request_id":{}}})", json_string(request_id));
    Response response{.status = what.status,
                      .content_type = "application/problem+json",
                      .body = std::move(body),
                      .headers = problem.headers};
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Problem not_found() {
    return {.type = ProblemType::not_found, .detail = "No such resource, or none of yours."};
}

Problem unauthorized() {
    return {.type = ProblemType::unauthorized,
            .detail = "Send `Authorization: Bearer` with a token from POST /v1/auth/tokens.",
            .headers = {{"WWW-Authenticate", "Bearer"}}};
}

Problem forbidden(std::string detail) {
    return {.type = ProblemType::forbidden, .detail = std::move(detail)};
}

Problem cross_site(std::string detail) {
    return {.type = ProblemType::cross_site, .detail = std::move(detail)};
}

Problem insufficient_scope(const std::string& scopes) {
    Problem problem = forbidden("This token is not for that.");
    problem.headers = {{"WWW-Authenticate",
                        std::format(R"(Bearer error="insufficient_scope", scope="{}")", scopes)}};
    return problem;
}

Problem log_in_again(std::chrono::seconds age_max) {
    return {.type = ProblemType::unauthorized,
            .detail = "Log in anew, and send it with the token of that.",
            .headers = {{"WWW-Authenticate",
                         std::format("Bearer error=\"insufficient_user_authentication\", "
                                     "error_description=\"a more recent log-in is needed\", "
                                     "max_age=\"{}\"",
                                     age_max.count())}}};
}

Problem conflict() {
    return {.type = ProblemType::conflict,
            .detail = "This id was written before with other content; it is kept as it was."};
}

Problem gone() {
    return {.type = ProblemType::gone,
            .detail = "It, or what it stands below, was deleted; it is not written any more."};
}

Problem internal_error() {
    return {.type = ProblemType::internal, .detail = "It is in the server's log under request_id."};
}

Problem unavailable(std::chrono::seconds retry_after) {
    return {.type = ProblemType::unavailable,
            .detail = "Send the same request again after the time in Retry-After.",
            .headers = {{"Retry-After", std::to_string(retry_after.count())}}};
}

Problem too_many_requests(std::chrono::seconds retry_after) {
    return {.type = ProblemType::too_many_requests,
            .detail = "Wait for the time in Retry-After, then go on.",
            .headers = {{"Retry-After", std::to_string(retry_after.count())}}};
}

Problem invalid_body(std::vector<api::BodyError> errors) {
    for (api::BodyError& error : errors) {
        if (error.pointer.empty()) {
            error.pointer = "/";
        }
    }
    return {.type = ProblemType::validation,
            .detail = "Nothing was stored. Mend what `errors` points to and send it again.",
            .errors = std::move(errors)};
}

Problem unreadable(const api::JsonFault& fault, std::string_view pointer) {
    const std::string place = std::string(pointer) + fault.pointer;
    if (!fault.malformed) {
        return invalid_body(
            {{.pointer = place, .code = api::ErrorCode::not_storable, .detail = fault.detail}});
    }
    Problem problem{.type = ProblemType::malformed,
                    .detail = std::format("The body {}.", fault.detail)};
    if (!place.empty()) {
        problem.detail = std::format("The body's `{}` {}.", place, fault.detail);
        problem.errors = {
            {.pointer = place, .code = api::ErrorCode::malformed, .detail = fault.detail}};
    }
    return problem;
}

Problem invalid_parameter(std::string_view name, std::string_view rule) {
    return {.type = ProblemType::invalid_parameter,
            .detail = std::format("The parameter `{}` {}.", name, rule)};
}

} // namespace haven::http
