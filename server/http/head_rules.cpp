#include "server/http/head_rules.hpp"

#include "net/api/ascii.hpp"
#include "net/api/problem.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <algorithm>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {
namespace {

std::string_view media_type_of(const BodyRule& rule) {
    switch (rule.kind) {
    case BodyKind::none:
        return "";
    case BodyKind::json:
        return rule.merges ? "application/merge-patch+json" : "application/json";
    case BodyKind::octets:
        return "application/octet-stream";
    case BodyKind::form:
        return "application/x-www-form-urlencoded";
    }
    std::unreachable();
}

} // namespace

std::optional<Problem> check_body_head(const BodyRule& rule, const RequestHead& head) {
    const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
    if (rule.kind == BodyKind::none) {
        if (has_body) {
            return Problem{.type = ProblemType::content_too_large, .detail = "This takes no body."};
        }
        return std::nullopt;
    }
    if (!head.chunked && !head.content_length) {
        return Problem{.type = ProblemType::length_required,
                       .detail = "Send Content-Length, or Transfer-Encoding: chunked."};
    }
    if (head.content_length.value_or(0) > rule.bytes_max) {
        return Problem{.type = ProblemType::content_too_large,
                       .detail = std::format("At most {} bytes are taken here.", rule.bytes_max)};
    }
    if (!head.content_encoding.empty() && !api::is_media_type(head.content_encoding, "identity")) {
        return Problem{.type = ProblemType::unsupported_media_type,
                       .detail = "Send the body as it is, without a content coding.",
                       .headers = {{"Accept-Encoding", "identity"}}};
    }
    const std::string_view wanted = media_type_of(rule);
    // A form may come in parts: what mail programs send to end letters does (RFC 8058 3.2).
    const bool in_parts =
        rule.kind == BodyKind::form && api::is_media_type(head.content_type, "multipart/form-data");
    if (!in_parts && !api::is_media_type(head.content_type, wanted)) {
        return Problem{.type = ProblemType::unsupported_media_type,
                       .detail = std::format("Send Content-Type: {}.", wanted),
                       .headers = {{rule.merges ? "Accept-Patch" : "Accept", // RFC 5789 2.2
                                    std::string(wanted)}}};
    }
    return std::nullopt;
}

std::optional<Problem> check_query(std::string_view query) {
    if (query_value(query, "access_token")) {
        return Problem{.type = ProblemType::malformed,
                       .detail =
                           "A token belongs in the Authorization header, never in an address."};
    }
    return std::nullopt;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size() ||
        !std::ranges::equal(authorization.substr(0, scheme.size()), scheme, {},
                            api::lower_letter)) {
        return std::nullopt;
    }
    std::string_view token = authorization.substr(scheme.size());
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    if (token.empty() || token.find(' ') != std::string_view::npos) {
        return std::nullopt;
    }
    return token;
}

} // namespace haven::http
