#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haven::http {
struct Exchange;
}

/// The second factor: TOTP, and recovery codes. Its secret is sealed as people's data keys are, and
/// goes to its owner once.
namespace haven::auth {

/// /v1/auth/factors
[[nodiscard]] std::span<const http::Route> factor_routes();

/// What a log-in is to show besides the password, as the database checks it: haven_use_factor.
struct Proof {
    Uuid factor_id;
    std::optional<std::int64_t> step; ///< which 30 s the code is of; nothing: a recovery code
    std::string recovery_hash = {};
};

/// Of what somebody typed, held against a row with factor_id, sealed_secret and step; nothing where
/// it cannot be right. Whether it was used before is not looked at.
[[nodiscard]] std::expected<std::optional<Proof>, http::Problem>
prove_factor(const http::Exchange& exchange, const Uuid& bearer, const store::Row& row,
             std::string_view typed);

} // namespace haven::auth
