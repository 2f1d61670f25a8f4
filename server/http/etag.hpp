#pragma once

#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Conditional requests (RFC 9110 13): who has read something learns whether it is still that, and
/// changes nothing that somebody else has changed meanwhile. Pure.
namespace haven::http {

/// The strong entity-tag of an answer with this body, with its quotes. haven_etag
/// (server/store/routines/answers.sql) says the same of a body of JSON.
[[nodiscard]] std::string etag_of(std::string_view body);

/// 400 where the conditions are badly written, or none that this route looks at; 428 where it asks
/// for If-Match and there is none. A PUT may come with `If-None-Match: *` in its place (9110
/// 13.1.2): it begins what is not there, and changes nothing that is.
[[nodiscard]] std::optional<Problem> check_conditions(const Route& route, const RequestHead& head);

/// The strong entity-tags of an If-Match that was checked, as JSON: ["\"one\""], or ["*"].
[[nodiscard]] std::string if_match_json(std::string_view field);

/// The answer to a write: what GET of `place` answers now, with its entity-tag, up to 1 MiB.
[[nodiscard]] Response written(int status, std::string body, const std::string& place);

/// Whether the client says that it has what this tag is of: the answer will be 304, and its body
/// need not be made.
[[nodiscard]] bool has_already(const Request& request, std::string_view etag);

/// The answer with its entity-tag, or 304 without its body where the client has it already. Of
/// what a GET answers in JSON, up to 1 MiB, or with a tag of its own.
[[nodiscard]] Response conditional(const Request& request, Response answer);

} // namespace haven::http
