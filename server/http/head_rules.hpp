#pragma once

#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <optional>
#include <string_view>

/// What is decided from a request's head alone, before one byte of its body is read. Pure.
namespace haven::http {

/// 411, 413, 415 or nothing: whether this route takes such a body.
[[nodiscard]] std::optional<Problem> check_body_head(const BodyRule& rule, const RequestHead& head);

/// 400 if the query carries a token: those belong in the Authorization header (RFC 6750 2.3).
[[nodiscard]] std::optional<Problem> check_query(std::string_view query);

/// The token of "Bearer TOKEN", or nothing.
[[nodiscard]] std::optional<std::string_view> bearer_token(std::string_view authorization);

} // namespace haven::http
