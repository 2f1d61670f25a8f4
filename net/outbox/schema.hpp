#pragma once

#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <cstdint>

namespace haven::outbox::detail {

inline constexpr std::int64_t schema_version = 4; ///< PRAGMA user_version; FORMAT.md describes it

/// Locks the file, checks that it is an outbox in good order, and brings it to this version.
[[nodiscard]] Result<void> prepare_schema(Database& database, const Options& options);

} // namespace haven::outbox::detail
