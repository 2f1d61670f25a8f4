#include "server/store/migrations.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
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
#include <utility>

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

/// One row: which text of the routines the database has.
constexpr const char* make_routines_table = R"(
    CREATE TABLE IF NOT EXISTS schema_routines (
        one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
        sha256 TEXT NOT NULL,
        applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    );
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

/// How many of `migrations` the database has, after checking that it has them as they are here.
std::expected<std::size_t, std::string> applied_count(const Rows& rows,
                                                      std::span<const Migration> migrations) {
    std::size_t count = 0;
    for (const Row row : rows) {
        const auto version = row.get<int>("version");
        if (version > static_cast<int>(migrations.size())) {
            return std::unexpected(std::format("the database's schema is at version {} ({}), and "
                                               "this program knows versions up to {}: "
                                               "run the program that migrated it, or a newer one",
                                               version, row.get<std::string_view>("name"),
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
    const auto rows =
        connection.query("SELECT version, name, sha256 FROM schema_migrations ORDER BY version");
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
    report.version = static_cast<int>(migrations.size());
    return is_behind;
}

/// The routines are replaced as a whole when their text is not what was applied last.
std::expected<bool, std::string> replace_routines(Connection& connection,
                                                  std::string_view routines) {
    const std::string digest = sha256_of(routines);
    for (const char* sql : {"BEGIN", take_lock, make_routines_table}) {
        if (auto done = connection.execute(sql); !done) {
            return std::unexpected(reason("preparing to replace the routines", done.error()));
        }
    }
    const auto rows = connection.query("SELECT FROM schema_routines WHERE sha256 = $1", digest);
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
        const auto noted = connection.query("INSERT INTO schema_routines (sha256) VALUES ($1) ON "
                                            "CONFLICT (one) DO UPDATE SET sha256 = "
                                            "excluded.sha256, applied_at = now()",
                                            digest);
        if (!noted) {
            return std::unexpected(reason("noting the routines", noted.error()));
        }
    }
    if (auto done = connection.execute("COMMIT"); !done) {
        return std::unexpected(reason("committing the routines", done.error()));
    }
    return is_other;
}

} // namespace

std::expected<MigrationReport, std::string> migrate(Connection& connection,
                                                    std::span<const Migration> migrations) {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        assert(migrations[i].version == static_cast<int>(i) + 1);
    }
    MigrationReport report;
    for (std::size_t steps = 0; steps <= migrations.size(); ++steps) {
        const auto stepped = step(connection, migrations, report);
        if (!stepped) {
            connection.execute("ROLLBACK");
            return std::unexpected(stepped.error());
        }
        if (!*stepped) {
            break;
        }
    }
    return report;
}

std::expected<MigrationReport, std::string> migrate(const std::string& url) {
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
    }
    return report;
}

} // namespace haven::store
