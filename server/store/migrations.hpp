#pragma once

#include "server/store/connection.hpp"

#include <cstdint>
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
    int version = 0;          ///< the schema's version afterwards; a newer program may have made it
    bool routines_replaced = false;
};

/// What a database says of its schema.
struct SchemaState {
    int version = 0;        ///< 0: there is none
    int oldest_program = 0; ///< the version that a program must know at least
};

/// How a schema and a program that knows versions up to `known` fit.
enum class SchemaFit : std::uint8_t {
    serves, ///< it is the program's, or a newer one that older programs go on under
    behind, ///< migrations are missing
    beyond, ///< a newer program has taken away what this one needs
};
[[nodiscard]] SchemaFit fit_of(const SchemaState& schema, int known);

/// Looks, and changes nothing.
[[nodiscard]] std::expected<SchemaState, std::string> schema_state(const std::string& url);

/// Brings the schema up to the last of `migrations`, each in a transaction of its own, under an
/// advisory lock, so several servers may start at once. A schema that a newer program made is left
/// as it is. Errors say which migration and why: a changed file (checksum), a newer schema that
/// this binary cannot go on under, a failing statement. A failed migration leaves no trace; those
/// before it stay.
[[nodiscard]] std::expected<MigrationReport, std::string>
migrate(Connection& connection, std::span<const Migration> migrations = embedded_migrations());

/// The routines are replaced as a whole when their text is not what was applied last, and not by an
/// older program than the one that did. False: they stay. A text in which a routine forgets the
/// subject of an answer is not taken (routine_check.hpp).
[[nodiscard]] std::expected<bool, std::string> replace_routines(Connection& connection,
                                                                std::string_view routines);

/// Opens a connection to `url`, migrates, and replaces the routines if this program's are others:
/// what the server does at start, and `haven-server migrate`. A role that is named may then serve:
/// it may act as haven_app, and change nothing of the schema.
[[nodiscard]] std::expected<MigrationReport, std::string>
migrate(const std::string& url, const std::string& server_role = {});

} // namespace haven::store
