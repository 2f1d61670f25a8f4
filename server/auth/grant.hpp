#pragma once

#include "bilateral/stroke.hpp"
#include "server/auth/factors.hpp"
#include "server/auth/scopes.hpp"
#include "server/auth/token.hpp"
#include "server/config.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/store/actor.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// How a log-in begins: who has found out that somebody is the bearer opens a family of tokens for
/// them (haven_open_family in routines/families.sql), and gives them the first two.
namespace haven::auth {

/// What is given once; the database has their hashes alone.
struct TokenPair {
    Token access = make_token();
    Token refresh = make_token();
};

enum class CameBy : std::uint8_t { password, device };

/// Of a family that is to be opened.
struct Terms {
    store::ActorKind bearer = store::ActorKind::user; ///< or clinician
    Uuid bearer_id;
    CameBy came_by = CameBy::password;
    Scopes scopes = 0;
    std::vector<std::string_view> factors = {}; ///< "password"; "totp", "recovery"
    std::optional<Proof> proof = {};            ///< of the second factor
    /// The one token is for a browser's cookie, and there is none to refresh it with.
    bool in_cookie = false;
    std::optional<TokenHash> replaces = {}; ///< of the log-in that who asks had there, which ends
    std::string device_name = {};           ///< as the person calls it; empty: nothing was said
};

/// The `terms` of haven_open_family, as JSON: lifetimes of the configuration, the client and its
/// name of the request.
[[nodiscard]] std::string terms_json(const http::Exchange& exchange, const Terms& terms);

/// What a client is called whose User-Agent is this: "Firefox on Linux", "haven-xr 0.1.0"; empty
/// where it says nothing.
[[nodiscard]] std::string client_name(std::string_view user_agent);

/// A name that a person gives a device: fit to be stored, of one line, short.
[[nodiscard]] std::string device_name_of(std::string_view said);

/// The answer of RFC 6749 5.1. `granted` is what haven_open_family or token_refresh says, as JSON.
[[nodiscard]] http::Response token_answer(const http::Exchange& exchange, int status,
                                          const TokenPair& tokens, std::string_view granted);

/// For a parameter of type bytea.
[[nodiscard]] inline std::span<const std::byte> bytes_of(const Token& token) {
    return token.hash;
}

} // namespace haven::auth
