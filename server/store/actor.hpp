#pragma once

#include "bilateral/stroke.hpp"
#include "server/store/param.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace haven::store {

enum class ActorKind : std::uint8_t {
    gate,      ///< registration, log-in, finding whose token it is
    user,      ///< a person, for themselves
    clinician, ///< with a role: reviewer, senior or supervisor
    service,   ///< a program that speaks for itself
    job,       ///< the server's own periodic work
};

[[nodiscard]] std::string_view to_string(ActorKind kind);

/// For whom a transaction speaks. PostgreSQL's row-level security reads it: without one there are
/// no rows (server/store/migrations/V0009).
struct Actor {
    ActorKind kind = ActorKind::gate;
    std::optional<Uuid> id; ///< of the user, clinician or service
    std::string role;       ///< a clinician's; empty otherwise
};

/// The first statement of a transaction, and for how long each of the others may run. `actor` must
/// outlive the co_await that sends it.
[[nodiscard]] Call enter(const Actor& actor, std::chrono::milliseconds statement_timeout);

} // namespace haven::store
