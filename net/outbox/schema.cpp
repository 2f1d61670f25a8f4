#include "net/outbox/schema.hpp"

#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <string>
#include <tuple>

namespace haven::outbox::detail {
namespace {

constexpr std::int64_t application_id = 0x48564E4F; // "HVNO"

// Exclusive before the first look at the file: the lock is then held until the file is closed, and
// needs no shared memory beside it. Full: a commit has reached the disk when it returns.
constexpr const char* open_pragmas = R"(
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA journal_size_limit = 16777216;
    BEGIN IMMEDIATE;
    COMMIT;
)";

constexpr const char* schema_1 = R"(
    BEGIN IMMEDIATE;
    CREATE TABLE drawings (
        drawing_id BLOB PRIMARY KEY CHECK (length(drawing_id) = 16),
        exercise_id BLOB NOT NULL CHECK (length(exercise_id) = 16),
        vr_session_id BLOB NOT NULL CHECK (length(vr_session_id) = 16),
        symmetry_enabled INTEGER NOT NULL,
        began_at_us INTEGER NOT NULL,
        trace_bytes INTEGER NOT NULL DEFAULT 0,
        performance_metrics TEXT
    ) STRICT;
    CREATE TABLE strokes (
        drawing_id BLOB NOT NULL REFERENCES drawings,
        ordinal INTEGER NOT NULL,
        stroke_id BLOB NOT NULL CHECK (length(stroke_id) = 16),
        hand INTEGER NOT NULL CHECK (hand IN (0, 1)),
        last_time_ns INTEGER NOT NULL,
        ink TEXT NOT NULL,
        PRIMARY KEY (drawing_id, ordinal),
        UNIQUE (drawing_id, stroke_id)
    ) STRICT;
    CREATE TABLE trace_chunks (
        drawing_id BLOB NOT NULL REFERENCES drawings,
        offset INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (drawing_id, offset)
    ) STRICT;
    CREATE TABLE requests (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        drawing_id BLOB NOT NULL CHECK (length(drawing_id) = 16),
        kind INTEGER NOT NULL,
        needs INTEGER NOT NULL,
        method TEXT NOT NULL,
        path TEXT NOT NULL,
        content_type TEXT NOT NULL,
        body BLOB NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_attempt_at_ms INTEGER NOT NULL DEFAULT 0,
        last_error TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'refused'))
    ) STRICT;
    CREATE INDEX requests_of_drawing ON requests (drawing_id, sequence, kind);
    -- The head of a drawing's line: its first pending request that stands on nothing earlier. While
    -- the head waits for its next try, so does all behind it.
    CREATE VIEW heads AS
        SELECT min(sequence) AS sequence FROM requests AS candidate
        WHERE state = 'pending' AND NOT EXISTS (
            SELECT 1 FROM requests AS earlier
            WHERE earlier.drawing_id = candidate.drawing_id
              AND earlier.sequence < candidate.sequence
              AND (candidate.needs & (1 << earlier.kind)) <> 0)
        GROUP BY drawing_id;
    CREATE TABLE dropped (
        sequence INTEGER PRIMARY KEY,
        drawing_id BLOB NOT NULL CHECK (length(drawing_id) = 16),
        what TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    PRAGMA application_id = 1213615695;
    PRAGMA user_version = 1;
    COMMIT;
)";
static_assert(application_id == 1213615695);

// Whose each drawing is. What is there already has nobody who said so: no row in `belongs`.
constexpr const char* schema_2 = R"(
    BEGIN IMMEDIATE;
    CREATE TABLE salt (salt BLOB NOT NULL CHECK (length(salt) = 32)) STRICT;
    INSERT INTO salt VALUES (randomblob(32));
    CREATE TABLE owners (
        owner INTEGER PRIMARY KEY,
        server_id BLOB CHECK (length(server_id) = 16),
        user_id BLOB CHECK (length(user_id) = 16),
        UNIQUE (server_id, user_id),
        CHECK ((server_id IS NULL) = (user_id IS NULL))
    ) STRICT;
    CREATE TABLE tokens (
        token_print BLOB PRIMARY KEY CHECK (length(token_print) = 32),
        owner INTEGER NOT NULL REFERENCES owners
    ) STRICT;
    CREATE TABLE belongs (
        drawing_id BLOB PRIMARY KEY CHECK (length(drawing_id) = 16),
        owner INTEGER NOT NULL REFERENCES owners
    ) STRICT;
    CREATE TABLE set_aside (
        sequence INTEGER PRIMARY KEY,
        drawing_id BLOB NOT NULL CHECK (length(drawing_id) = 16),
        what TEXT NOT NULL,
        content BLOB NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    PRAGMA user_version = 2;
    COMMIT;
)";

// When a stroke was taken back. An older client would send it as if it were there.
constexpr const char* schema_3 = R"(
    BEGIN IMMEDIATE;
    ALTER TABLE strokes ADD COLUMN removed_ms INTEGER;
    PRAGMA user_version = 3;
    COMMIT;
)";

// An exercise begins before its drawing, and what happens in it is told meanwhile. An older client
// would send a drawing of what was never drawn.
constexpr const char* schema_4 = R"(
    BEGIN IMMEDIATE;
    ALTER TABLE drawings ADD COLUMN recorded INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE drawings ADD COLUMN told_us INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 4;
    COMMIT;
)";

constexpr std::array schemas{schema_1, schema_2, schema_3, schema_4};
static_assert(schemas.size() == schema_version);

/// Each in a transaction of its own: what is cut off goes on with the next start.
Result<void> upgrade(Database& database, std::int64_t version) {
    Result<void> done;
    for (auto next = static_cast<std::size_t>(version); done && next < schemas.size(); ++next) {
        done = database.execute(schemas.at(next));
    }
    return done;
}

// What is asked of all requests again and again, with each stroke that is saved: else their bodies,
// which lie before their state, would be read through each time. Any version may find it or not.
constexpr const char* index_of_states = R"(
    CREATE INDEX IF NOT EXISTS requests_by_state ON requests (state, drawing_id, needs)
)";

Result<void> limit_size(Database& database, std::int64_t bytes_max) {
    const Result<std::int64_t> page_bytes = database.integer("PRAGMA page_size");
    if (!page_bytes) {
        return std::unexpected(page_bytes.error());
    }
    const std::string sql = std::format("PRAGMA max_page_count = {}", bytes_max / *page_bytes);
    return database.execute(sql.c_str());
}

Result<void> check_order(Database& database) {
    std::string finding;
    const auto keep = [&finding](const Row& row) { finding = row.text(0); };
    const Result<void> checked = database.each("PRAGMA quick_check(1)", keep);
    if (!checked) {
        return checked;
    }
    if (finding != "ok") {
        return std::unexpected(Error{
            .kind = ErrorKind::damaged,
            .message = std::format("the outbox {} is damaged ({}); move it away to go on, and "
                                   "keep it: drawings may still be read from it",
                                   database.file_name(), finding)});
    }
    return {};
}

Result<void> bring_to_version(Database& database) {
    const Result<std::int64_t> id = database.integer("PRAGMA application_id");
    const Result<std::int64_t> version = database.integer("PRAGMA user_version");
    const Result<std::int64_t> tables = database.integer("SELECT count(*) FROM sqlite_schema");
    if (!id || !version || !tables) {
        return std::unexpected(!id ? id.error() : !version ? version.error() : tables.error());
    }
    if (*tables == 0 && *version == 0) {
        return upgrade(database, 0);
    }
    if (*id != application_id) {
        return std::unexpected(
            Error{.kind = ErrorKind::damaged,
                  .message = std::format("{} is another program's database; name another file for "
                                         "the outbox",
                                         database.file_name())});
    }
    if (*version < 1 || *version > schema_version) {
        return std::unexpected(Error{
            .kind = ErrorKind::newer,
            .message = std::format("the outbox {} was written by a newer Haven (its version is "
                                   "{}, this one knows {}); use that Haven to empty it",
                                   database.file_name(), *version, schema_version)});
    }
    return check_order(database).and_then([&] { return upgrade(database, *version); });
}

} // namespace

Result<void> prepare_schema(Database& database, const Options& options) {
    Result<void> ready = database.execute(open_pragmas);
    if (ready && options.bytes_max) {
        ready = limit_size(database, *options.bytes_max);
    }
    return ready.and_then([&database] { return bring_to_version(database); }).transform([&] {
        std::ignore = database.execute(index_of_states); // a full disk does without
        database.know_log();
    });
}

} // namespace haven::outbox::detail
