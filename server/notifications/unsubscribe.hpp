#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>

/// No more letters of a kind, by one click in the letter itself and without a log-in (RFC 8058).
namespace haven::notifications {

/// Whose letters of which notification_type are to end.
struct Unsubscription {
    Uuid person;
    std::string type;
};

/// What stands in a link: who and what, under a MAC of the master key's, so that nobody ends
/// another's letters. Good for ever, as often as it is brought: letters are kept for long.
[[nodiscard]] std::string unsubscribe_token(const seal::Seal& seal, const Unsubscription& wanted);
/// Nothing where it is none of this server's.
[[nodiscard]] std::optional<Unsubscription> read_unsubscribe_token(const seal::Seal& seal,
                                                                   std::string_view token);

/// POST /v1/unsubscriptions/{token}
[[nodiscard]] boost::asio::awaitable<http::Answer> unsubscribe(http::Exchange& exchange);

} // namespace haven::notifications
