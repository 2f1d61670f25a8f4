#include "server/notifications/unsubscribe.hpp"

#include "bilateral/stroke.hpp"
#include "server/audit/audit.hpp"
#include "server/http/application.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"

#include <haven/sql_notifications.hpp>

#include <boost/asio/awaitable.hpp>

#include <openssl/crypto.h>

#include <cstddef>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::notifications {

namespace {

constexpr std::size_t id_length = 36;
constexpr std::size_t mac_length = 32; // hexadecimal digits

std::string mac_of(const seal::Seal& seal, std::string_view said) {
    return seal.hmac_hex("unsubscribe", said).substr(0, mac_length);
}

/// RFC 8058 3.2: as a form or in parts, List-Unsubscribe=One-Click.
bool is_one_click(std::string_view body) {
    return body.contains("List-Unsubscribe") && body.contains("One-Click");
}

} // namespace

std::string unsubscribe_token(const seal::Seal& seal, const Unsubscription& wanted) {
    const std::string said = std::format("{}.{}", to_string(wanted.person), wanted.type);
    return std::format("{}.{}", said, mac_of(seal, said));
}

std::optional<Unsubscription> read_unsubscribe_token(const seal::Seal& seal,
                                                     std::string_view token) {
    if (token.size() < id_length + mac_length + 3 || token[id_length] != '.' ||
        token[token.size() - mac_length - 1] != '.') {
        return std::nullopt;
    }
    const std::string_view said = token.substr(0, token.size() - mac_length - 1);
    const std::string mac = mac_of(seal, said);
    const auto person = parse_uuid(token.substr(0, id_length));
    if (!person || CRYPTO_memcmp(mac.data(), token.data() + said.size() + 1, mac_length) != 0) {
        return std::nullopt;
    }
    return Unsubscription{.person = *person, .type = std::string(said.substr(id_length + 1))};
}

boost::asio::awaitable<http::Answer> unsubscribe(http::Exchange& exchange) {
    const auto wanted =
        read_unsubscribe_token(exchange.services.seal, exchange.request.parameters.front());
    if (!wanted) {
        co_return std::unexpected(http::not_found());
    }
    if (!is_one_click(exchange.request.body)) {
        co_return std::unexpected(
            http::Problem{.type = http::ProblemType::malformed,
                          .detail = "Send List-Unsubscribe=One-Click, as RFC 8058 has it."});
    }
    const auto rows = co_await http::write_recorded(
        exchange, audit::answered_by(exchange, sql::notifications::unsubscribe, wanted->person,
                                     wanted->type));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    co_return http::answer_of(http::result_in(rows->front()));
}

} // namespace haven::notifications
