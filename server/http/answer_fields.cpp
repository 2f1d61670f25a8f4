#include "server/http/answer_fields.hpp"

#include "server/config.hpp"
#include "server/http/message.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {
namespace {

constexpr std::string_view policy_of_pages =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";
constexpr std::string_view policy_of_answers =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The fields of requests that are looked at, but for those that need no permission.
constexpr std::string_view taken = "Authorization, Content-Digest, Content-Encoding, Content-Type, "
                                   "Idempotency-Key, If-Match, If-None-Match";
/// The fields of answers that say something, but for those that are always shown.
constexpr std::string_view told = "Accept, Accept-Encoding, Accept-Patch, Allow, "
                                  "Content-Disposition, Content-Location, ETag, Link, Location, "
                                  "RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, "
                                  "X-Request-Id";
constexpr std::string_view preflight_seconds = "7200";

void add(Response& response, std::string_view name, std::string_view value) {
    auto& fields = response.headers;
    if (std::ranges::find(fields, name, &std::pair<std::string, std::string>::first) ==
        fields.end()) {
        fields.emplace_back(name, value);
    }
}

std::string value_of(const Response& response, std::string_view name) {
    const auto found =
        std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
    return found == response.headers.end() ? "" : found->second;
}

/// Cookies stay out of it: they are for our own pages.
void add_cors(const ServerConfig& config, const RequestHead& head, Response& response) {
    if (config.cors_origins.empty()) {
        return;
    }
    add(response, "Vary", "Origin");
    if (!std::ranges::contains(config.cors_origins, head.origin)) {
        return;
    }
    add(response, "Access-Control-Allow-Origin", head.origin);
    if (head.method != "OPTIONS") {
        add(response, "Access-Control-Expose-Headers", told);
    } else if (const std::string methods = value_of(response, "Allow"); !methods.empty()) {
        add(response, "Access-Control-Allow-Methods", methods);
        add(response, "Access-Control-Allow-Headers", taken);
        add(response, "Access-Control-Max-Age", preflight_seconds);
    }
}

} // namespace

void add_browser_fields(const ServerConfig& config, const RequestHead& head, Response& response) {
    const bool page = response.content_type.starts_with("text/html");
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Content-Security-Policy", page ? policy_of_pages : policy_of_answers);
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (page) {
        add(response, "Cross-Origin-Opener-Policy", "same-origin");
    }
    if (!config.tls_certificate.empty() || config.public_url.starts_with("https://")) {
        add(response, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
    add_cors(config, head, response);
}

} // namespace haven::http
