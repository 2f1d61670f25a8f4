#pragma once

#include "server/store/connection.hpp"

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::store {

/// One file of server/store/migrations: V0001__seed.sql is {1, "seed", its text}. Forward only: a
/// file that has been released is never changed; what is wrong in it is mended by the next one.
struct Migration {
    int version;
    std::string_view name;
    std::string_view sql;
};

/// The migrations built into this binary, by rising version from 1 without a gap.
[[nodiscard]] std::span<const Migration> embedded_migrations();

/// server/*/routines/*.sql in order of their paths: functions and triggers, each CREATE OR REPLACE.
[[nodiscard]] std::string_view embedded_routines();

struct MigrationReport {
    std::vector<int> applied; ///< versions applied now; empty when the schema was up to date
    int version = 0;          ///< the schema's version afterwards
    bool routines_replaced = false;
};

/// Brings the schema up to the last of `migrations`, each in a transaction of its own, under an
/// advisory lock, so several servers may start at once. Errors say which migration and why: a
/// changed file (checksum), a schema newer than this binary, a failing statement. A failed
/// migration leaves no trace; those before it stay.
[[nodiscard]] std::expected<MigrationReport, std::string>
migrate(Connection& connection, std::span<const Migration> migrations = embedded_migrations());

/// Opens a connection to `url`, migrates, and replaces the routines if this program's are others:
/// what the server does at start.
[[nodiscard]] std::expected<MigrationReport, std::string> migrate(const std::string& url);

} // namespace haven::store
