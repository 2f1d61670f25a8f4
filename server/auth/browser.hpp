#pragma once

#include "server/config.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/seal/seal.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

/// Log-ins of our own pages: a browser keeps the token in a cookie that no script reads, and sends
/// it with whatever any page makes it ask. So what changes something has to come from a page of
/// ours, and to say what no other page can know. Pure.
namespace haven::auth {

/// __Host-: a browser takes it with Secure and Path=/ alone, and for this host alone. Browsers take
/// it without TLS from 127.0.0.1 and localhost, which they trust (not Safari).
inline constexpr std::string_view cookie_name = "__Host-haven";

/// The token in the cookie; nothing where there is none. 400 where it is there twice: somebody has
/// put another beside it.
[[nodiscard]] std::expected<std::optional<std::string_view>, http::Problem>
token_in_cookie(std::string_view cookies);

/// What Set-Cookie says. Without an end of its own the browser forgets it with its last window.
[[nodiscard]] std::string cookie_with(std::string_view token);
/// The browser forgets it now.
[[nodiscard]] std::string cookie_ended();

/// What a page of ours sends as X-CSRF-Token: told with GET /v1/auth/tokens/current, whose answer
/// no other origin reads.
[[nodiscard]] std::string csrf_token(const seal::Seal& seal, std::string_view token);

/// 403 where the browser does not say that a page of this server asks.
[[nodiscard]] std::expected<void, http::Problem> check_origin(const ServerConfig& config,
                                                              const http::RequestHead& head);

/// The same, and the token against forgery, of a request by cookie that may change something.
[[nodiscard]] std::expected<void, http::Problem> check_forgery(const http::Services& services,
                                                               const http::Request& request);

} // namespace haven::auth
