#include "server/store/migrations.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/routine_check.hpp"
#include "server/store/rows.hpp"

#include <sodium.h>

#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haven::store {

namespace {

/// Transaction-scoped, so that it also works behind a pooler.
constexpr const char* take_lock =
    "SELECT pg_advisory_xact_lock(hashtextextended('haven schema_migrations', 0))";

/// Row-level security is forced on the owner, too: a migration sees every row as the server's own
/// work does.
constexpr const char* act_as_job = "SELECT set_config('haven.actor', 'job', true)";

constexpr const char* make_table = R"(
    CREATE TABLE IF NOT EXISTS schema_migrations (
        version INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        duration_ms BIGINT NOT NULL
    ))";

/// One row: which text of the routines the database has, and up to which version the program knew
/// that brought it.
constexpr const char* make_routines_table = R"(
    CREATE TABLE IF NOT EXISTS schema_routines (
        one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
        sha256 TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    );
    ALTER TABLE schema_routines ADD COLUMN IF NOT EXISTS program INTEGER NOT NULL DEFAULT 0;
    SET LOCAL check_function_bodies = off)"; // routines name each other in any order

std::string sha256_of(std::string_view text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    std::array<char, (crypto_hash_sha256_BYTES * 2) + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    return hex.data();
}

std::string title(const Migration& migration) {
    return std::format("migration V{:04}__{}", migration.version, migration.name);
}

/// Before V0025 there is no such column, and nobody newer is served beside.
constexpr const char* read_migrations =
    "SELECT version, name, sha256, coalesce((to_jsonb(m) ->> 'oldest_program')::integer, version) "
    "AS oldest_program FROM schema_migrations AS m ORDER BY version";

/// How many of `migrations` the database has, after checking that it has them as they are here.
/// What a newer program added is passed over where it says that this one can go on.
std::expected<std::size_t, std::string> applied_count(const Rows& rows,
                                                      std::span<const Migration> migrations) {
    std::size_t count = 0;
    for (const Row row : rows) {
        const auto version = row.get<int>("version");
        if (version > static_cast<int>(migrations.size())) {
            const auto oldest = row.get<int>("oldest_program");
            if (oldest <= static_cast<int>(migrations.size())) {
                continue;
            }
            return std::unexpected(std::format("the database's schema is at version {} ({}), which "
                                               "wants programs that know version {}, and "
                                               "this one knows versions up to {}: "
                                               "run the program that migrated it, or a newer one",
                                               version, row.get<std::string_view>("name"), oldest,
                                               migrations.size()));
        }
        if (version != static_cast<int>(count) + 1) {
            return std::unexpected(
                std::format("schema_migrations lacks version {} but has {}: it was "
                            "changed by hand; restore it from a backup",
                            count + 1, version));
        }
        const Migration& migration = migrations[count];
        if (row.get<std::string_view>("sha256") != sha256_of(migration.sql)) {
            return std::unexpected(title(migration) +
                                   " was applied with other text than this program's: an applied "
                                   "migration must never change; mend what is wrong in a new one");
        }
        ++count;
    }
    return count;
}

std::string reason(std::string_view doing, const DbError& error) {
    return std::format("{}: {}", doing, describe(error));
}

std::optional<DbError> apply(Connection& connection, const Migration& migration) {
    const auto began = std::chrono::steady_clock::now();
    if (auto done = connection.execute(std::string(migration.sql)); !done) {
        return done.error();
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    auto noted =
        connection.query("INSERT INTO schema_migrations (version, name, sha256, duration_ms) "
                         "VALUES ($1, $2, $3, $4)",
                         migration.version, migration.name, sha256_of(migration.sql), took.count());
    if (!noted) {
        return noted.error();
    }
    return std::nullopt;
}

/// One transaction: takes the lock, looks, and applies the next migration. False: there was none.
std::expected<bool, std::string> step(Connection& connection, std::span<const Migration> migrations,
                                      MigrationReport& report) {
    for (const char* sql : {"BEGIN", take_lock, act_as_job, make_table}) {
        if (auto done = connection.execute(sql); !done) {
            return std::unexpected(reason("preparing to migrate", done.error()));
        }
    }
    const auto rows = connection.query(read_migrations);
    if (!rows) {
        return std::unexpected(reason("reading schema_migrations", rows.error()));
    }
    const auto applied = applied_count(*rows, migrations);
    if (!applied) {
        return std::unexpected(applied.error());
    }
    const bool is_behind = *applied < migrations.size();
    if (is_behind) {
        const Migration& next = migrations[*applied];
        if (const auto error = apply(connection, next)) {
            return std::unexpected(reason(title(next) + " failed and left no trace", *error));
        }
        report.applied.push_back(next.version);
    }
    if (auto done = connection.execute("COMMIT"); !done) {
        return std::unexpected(reason("committing a migration", done.error()));
    }
    report.version = is_behind || rows->empty() ? static_cast<int>(*applied + (is_behind ? 1 : 0))
                                                : (*rows)[rows->size() - 1].get<int>("version");
    return is_behind;
}

} // namespace

std::expected<bool, std::string> replace_routines(Connection& connection,
                                                  std::string_view routines) {
    if (const auto checked = check_routines(routines); !checked) {
        return std::unexpected("the routines are not taken: " + checked.error());
    }
    const std::string digest = sha256_of(routines);
    for (const char* sql : {"BEGIN", take_lock, make_routines_table}) {
        if (auto done = connection.execute(sql); !done) {
            return std::unexpected(reason("preparing to replace the routines", done.error()));
        }
    }
    const auto known = static_cast<int>(embedded_migrations().size());
    const auto rows = connection.query(
        "SELECT FROM schema_routines WHERE sha256 = $1 OR program > $2", digest, known);
    if (!rows) {
        return std::unexpected(reason("reading schema_routines", rows.error()));
    }
    const bool is_other = rows->empty();
    if (is_other) {
        if (auto done = connection.execute(std::string(routines)); !done) {
            return std::unexpected(
                reason("replacing the routines failed and left no trace", done.error()));
        }
        if (auto done = connection.execute("SELECT haven_grant_functions()"); !done) {
            return std::unexpected(reason("granting the routines", done.error()));
        }
        const auto noted = connection.query(
            "INSERT INTO schema_routines (sha256, program) VALUES ($1, $2) ON CONFLICT (one) DO "
            "UPDATE SET sha256 = excluded.sha256, program = excluded.program, applied_at = now()",
            digest, known);
        if (!noted) {
            return std::unexpected(reason("noting the routines", noted.error()));
        }
    }
    if (auto done = connection.execute("COMMIT"); !done) {
        return std::unexpected(reason("committing the routines", done.error()));
    }
    return is_other;
}

std::expected<MigrationReport, std::string> migrate(Connection& connection,
                                                    std::span<const Migration> migrations) {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        assert(migrations[i].version == static_cast<int>(i) + 1);
    }
    MigrationReport report;
    for (std::size_t steps = 0; steps <= migrations.size(); ++steps) {
        const auto stepped = step(connection, migrations, report);
        if (!stepped) {
            (void)connection.execute("ROLLBACK");
            return std::unexpected(stepped.error());
        }
        if (!*stepped) {
            break;
        }
    }
    return report;
}

SchemaFit fit_of(const SchemaState& schema, int known) {
    if (schema.version < known) {
        return SchemaFit::behind;
    }
    return schema.version == known || schema.oldest_program <= known ? SchemaFit::serves
                                                                     : SchemaFit::beyond;
}

std::expected<SchemaState, std::string> schema_state(const std::string& url) {
    auto connection = Connection::open(url);
    if (!connection) {
        return std::unexpected(describe(connection.error()));
    }
    const auto there =
        connection->query("SELECT to_regclass('public.schema_migrations') IS NOT NULL");
    if (!there) {
        return std::unexpected(reason("looking for schema_migrations", there.error()));
    }
    if (!there->front().get<bool>(0)) {
        return SchemaState{};
    }
    const auto rows = connection->query(
        std::format("SELECT coalesce(max(version), 0) AS version, coalesce(max(oldest_program), 0) "
                    "AS oldest_program FROM ({}) AS known",
                    read_migrations));
    if (!rows) {
        return std::unexpected(reason("reading schema_migrations", rows.error()));
    }
    return SchemaState{.version = rows->front().get<int>("version"),
                       .oldest_program = rows->front().get<int>("oldest_program")};
}

namespace {

/// The application's role is whom each transaction acts as; from it comes what may be read at all.
std::optional<DbError> let_serve(Connection& connection, const std::string& role) {
    const auto granted = connection.query("SELECT format('GRANT haven_app TO %I', $1::text)", role);
    if (!granted) {
        return granted.error();
    }
    if (auto done = connection.execute(granted->front().get<std::string>(0)); !done) {
        return done.error();
    }
    return std::nullopt;
}

} // namespace

std::expected<MigrationReport, std::string> migrate(const std::string& url,
                                                    const std::string& server_role) {
    auto connection = Connection::open(url);
    if (!connection) {
        return std::unexpected(describe(connection.error()));
    }
    auto report = migrate(*connection);
    if (report) {
        const auto replaced = replace_routines(*connection, embedded_routines());
        if (!replaced) {
            return std::unexpected(replaced.error());
        }
        report->routines_replaced = *replaced;
        if (const auto error =
                server_role.empty() ? std::nullopt : let_serve(*connection, server_role)) {
            return std::unexpected(reason("letting " + server_role + " serve", *error));
        }
    }
    return report;
}

} // namespace haven::store
