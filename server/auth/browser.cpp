#include "server/auth/browser.hpp"

#include "server/config.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>

namespace haven::auth {

using http::Problem;

namespace {

constexpr std::string_view attributes = "Path=/; Secure; HttpOnly; SameSite=Strict";

bool same_secret(std::string_view one, std::string_view other) {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

/// Whether a browser's Origin (scheme, host and port) is what this server is called: as it was
/// told, or by the name that it was asked for under, with the scheme that people reach it by. Both
/// are as browsers write them, so that the same origin is the same text.
bool is_ours(const ServerConfig& config, const http::RequestHead& head) {
    const std::string& public_url = config.public_url;
    const std::string_view scheme = public_url.starts_with("https://") ? "https://" : "http://";
    return head.origin == public_url ||
           (!head.host.empty() && head.origin == std::format("{}{}", scheme, head.host));
}

} // namespace

std::expected<std::optional<std::string_view>, Problem> token_in_cookie(std::string_view cookies) {
    std::optional<std::string_view> found;
    while (!cookies.empty()) { // RFC 6265bis 4.2.1: "a=b; c=d"
        std::string_view pair = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(cookies.size(), pair.size() + 1));
        pair.remove_prefix(pair.starts_with(' ') ? 1 : 0);
        if (!pair.starts_with(cookie_name) || !pair.substr(cookie_name.size()).starts_with('=')) {
            continue; // another's, however it is spelled
        }
        if (found) {
            return std::unexpected(Problem{.type = http::ProblemType::malformed,
                                           .detail = "The cookie of the log-in is there twice."});
        }
        found = pair.substr(cookie_name.size() + 1);
    }
    return found;
}

std::string cookie_with(std::string_view token) {
    return std::format("{}={}; {}", cookie_name, token, attributes);
}

std::string cookie_ended() {
    return std::format("{}=; {}; Max-Age=0", cookie_name, attributes);
}

std::string csrf_token(const seal::Seal& seal, std::string_view token) {
    return seal.hmac_hex("csrf token", token);
}

std::expected<void, Problem> check_origin(const ServerConfig& config,
                                          const http::RequestHead& head) {
    const bool ours =
        head.origin.empty() ? head.fetch_site == "same-origin" : is_ours(config, head);
    if (!ours) {
        return std::unexpected(http::cross_site(
            "A log-in in a cookie is for pages of this server: Origin names another, or none."));
    }
    return {};
}

std::expected<void, Problem> check_forgery(const http::Services& services,
                                           const http::Request& request) {
    const auto& principal = request.principal;
    if (!principal || !principal->by_cookie || request.route->method == http::Method::get) {
        return {};
    }
    if (auto checked = check_origin(services.config, request.head); !checked) {
        return checked;
    }
    if (!same_secret(request.head.csrf_token, csrf_token(services.seal, principal->token))) {
        return std::unexpected(http::cross_site(
            "Send X-CSRF-Token with the csrf_token of GET /v1/auth/tokens/current."));
    }
    return {};
}

} // namespace haven::auth
