#include "server/http/idempotency_key.hpp"

#include "server/http/digest.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <optional>
#include <string>
#include <string_view>

namespace haven::http {
namespace {

constexpr std::size_t key_length_max = 255;

/// RFC 9110 5.6.2.
bool in_token(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

/// What a string says (RFC 8941 3.3.3).
std::optional<std::string> quoted(std::string_view field) {
    if (field.size() < 2 || !field.ends_with('"')) {
        return std::nullopt;
    }
    field = field.substr(1, field.size() - 2);
    std::string text;
    for (std::size_t at = 0; at < field.size(); ++at) {
        const bool is_escape = field[at] == '\\';
        at += is_escape ? 1 : 0;
        const char c = at < field.size() ? field[at] : '\0';
        const bool is_special = c == '"' || c == '\\';
        if (c < ' ' || c > '~' || is_special != is_escape) {
            return std::nullopt;
        }
        text += c;
    }
    return text;
}

} // namespace

std::optional<std::string> read_idempotency_key(std::string_view field) {
    auto key = field.starts_with('"') ? quoted(field) : std::optional(std::string(field));
    if (!key || key->empty() || key->size() > key_length_max ||
        (!field.starts_with('"') && !std::ranges::all_of(*key, in_token))) {
        return std::nullopt;
    }
    return key;
}

std::optional<Problem> check_idempotency_key(const Route& route, const RequestHead& head) {
    if (!head.idempotency_key) {
        return std::nullopt;
    }
    if (!route.body.takes_key()) {
        return Problem{.type = ProblemType::malformed,
                       .detail = "Idempotency-Key is not looked at here: the request can be sent "
                                 "again as it is."};
    }
    if (!read_idempotency_key(*head.idempotency_key)) {
        return Problem{.type = ProblemType::malformed,
                       .detail = "Send an Idempotency-Key of 1 to 255 characters: a string in "
                                 "quotes, or a token."};
    }
    return std::nullopt;
}

std::optional<RequestKey> key_of(const Request& request) {
    const auto key = request.head.idempotency_key
                         ? read_idempotency_key(*request.head.idempotency_key)
                         : std::nullopt;
    if (!key) {
        return std::nullopt;
    }
    return RequestKey{.key = digest_of(*key),
                      .request = digest_of(std::format("{}\n{}\n{}", request.head.path,
                                                       request.query_json, request.body))};
}

} // namespace haven::http
