#pragma once

#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The Idempotency-Key of a POST (draft-ietf-httpapi-idempotency-key-header): what it says, however
/// often it comes, is carried out once (haven_key_take in server/store/routines/receipts.sql).
/// Pure.
namespace haven::http {

/// A string of structured fields ("8e03978e", RFC 8941) or a token as it is (8e03978e): the same
/// key. Nothing where it is neither, or not 1 to 255 characters.
[[nodiscard]] std::optional<std::string> read_idempotency_key(std::string_view field);

/// 400 where it is badly written, or comes to a route that does not look at it.
[[nodiscard]] std::optional<Problem> check_idempotency_key(const Route& route,
                                                           const RequestHead& head);

/// By what the request is known, once its body is in its one spelling; nothing without a key.
[[nodiscard]] std::optional<RequestKey> key_of(const Request& request);

} // namespace haven::http
