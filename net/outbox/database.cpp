#include "net/outbox/database.hpp"

#include "bilateral/stroke.hpp"
#include "net/outbox/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <optional>
#include <span>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace haven::outbox::detail {
namespace {

/// The file is the person's alone; SQLite gives its companions the same mode.
std::error_code make_private_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return {errno, std::generic_category()};
    }
    ::close(descriptor);
    return {};
}

/// A copy gets its last name once it is written to its end: none that is half made is ever taken
/// for the outbox.
std::filesystem::path whole_copy_of(const std::filesystem::path& file) {
    return file.string() + "-whole";
}

std::filesystem::path log_of(const std::filesystem::path& file) {
    return file.string() + "-wal";
}

/// Moves the copy to where nothing stands: what was put back there stays.
std::error_code place_copy_of(const std::filesystem::path& file) {
    const std::filesystem::path whole = whole_copy_of(file);
    std::error_code failure;
    std::filesystem::create_hard_link(whole, file, failure);
    if (failure && failure != std::errc::file_exists &&
        failure != std::errc::no_such_file_or_directory) { // a file system without hard links
        std::filesystem::rename(whole, file, failure);
    }
    std::error_code ignored;
    if (!failure) {
        std::filesystem::remove(log_of(file), ignored); // of what stood here before
    }
    if (!failure || std::filesystem::equivalent(whole, file, ignored)) {
        std::filesystem::remove(whole, ignored); // it has its last name
    }
    return failure;
}

Error describe(int code, const std::string& file, std::string_view reason) {
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {.kind = ErrorKind::in_use,
                .message = std::format("the outbox {} is in use by another client; close it, or "
                                       "give this one a data folder of its own",
                                       file)};
    case SQLITE_FULL:
        return {.kind = ErrorKind::disk_full,
                .message = std::format("there is no space left for the outbox {}; what was saved "
                                       "before is safe; free some space and it goes on",
                                       file)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {.kind = ErrorKind::damaged,
                .message = std::format("the outbox {} is damaged ({}); move it away to go on, and "
                                       "keep it: drawings may still be read from it",
                                       file, reason)};
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
        return {.kind = ErrorKind::rejected,
                .message = std::format("the outbox {} cannot hold this: {}", file, reason)};
    default:
        return {.kind = ErrorKind::io,
                .message = std::format("the outbox {} cannot be used: {}; check its folder, the "
                                       "disk and the permissions",
                                       file, reason)};
    }
}

} // namespace

std::int64_t Row::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string Row::text(int column) const {
    const std::span<const std::byte> bytes = blob(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> Row::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

Uuid Row::uuid(int column) const {
    const std::span<const std::byte> bytes = blob(column);
    Uuid id;
    assert(bytes.size() == id.bytes.size()); // the schema checks it
    std::ranges::transform(bytes, id.bytes.begin(),
                           [](std::byte value) { return std::to_integer<std::uint8_t>(value); });
    return id;
}

bool Row::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* connection) const {
    sqlite3_close_v2(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Database::Reset::~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

std::optional<Database::FileId> Database::file_at(const std::filesystem::path& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) {
        return std::nullopt;
    }
    return FileId{.device = found.st_dev, .number = found.st_ino};
}

Result<bool> Database::is_removed() {
    errno = 0;
    const std::optional<FileId> there = file_at(file_);
    const bool unknown = !there && errno != ENOENT && errno != ENOTDIR; // a disk that stumbles
    if (there == file_id_ || unknown) {
        return false;
    }
    // Wherever the file was taken, it is whole there: its log has stayed behind, and the next to
    // open what stands here would take that for its own.
    const Result<void> whole = execute("PRAGMA wal_checkpoint(TRUNCATE)");
    if (there && there != copy_id_) {
        return std::unexpected(
            Error{.kind = ErrorKind::displaced,
                  .message = std::format("the outbox {} was replaced by another file while Haven "
                                         "runs; put the first one back",
                                         file_.string())});
    }
    return whole.transform([] { return true; });
}

Result<void> Database::keep_log() {
    const std::optional<FileId> there = file_at(log_of(file_));
    if (there == log_id_ || (!there && errno != ENOENT)) {
        return {};
    }
    // A crash would lose what is in it. It is worked in, and a new one made under its name.
    return execute("PRAGMA journal_mode = DELETE; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; "
                   "COMMIT")
        .transform([this] { know_log(); });
}

void Database::know_log() {
    log_id_ = file_at(log_of(file_));
}

/// The removed file is read to its end: it lives as long as it is open. The copy is made beside its
/// place, so that none that is half made stands there.
Result<void> Database::write_copy() {
    const std::string half = file_.string() + "-half";
    std::error_code failure;
    std::filesystem::remove(half, failure);
    std::filesystem::create_directories(file_.parent_path(), failure);
    // SQLite would make it with the umask's mode.
    if (failure = make_private_file(half); failure) {
        return std::unexpected(describe(SQLITE_CANTOPEN, half, failure.message()));
    }
    const std::filesystem::path whole = whole_copy_of(file_);
    Result<void> written = run("VACUUM INTO ?", std::string_view(half)).and_then([&] {
        std::filesystem::rename(half, whole, failure);
        return failure
                   ? std::unexpected(describe(SQLITE_CANTOPEN, file_.string(), failure.message()))
                   : place_copy();
    });
    std::error_code ignored;
    std::filesystem::remove(half, ignored);
    std::filesystem::remove(whole, ignored);
    return written;
}

Result<void> Database::place_copy() {
    return is_removed().and_then([this](bool still) -> Result<void> {
        if (!still) {
            return {};
        }
        const std::optional<FileId> copy_id = file_at(whole_copy_of(file_));
        if (const std::error_code failure = place_copy_of(file_)) {
            return std::unexpected(describe(SQLITE_CANTOPEN, file_.string(), failure.message()));
        }
        copy_id_ = copy_id;
        return {};
    });
}

Result<std::optional<Database>> Database::copy_if_removed() {
    const Result<bool> removed = is_removed();
    if (!removed) {
        return std::unexpected(removed.error());
    }
    if (!*removed) {
        return keep_log().transform([] { return std::optional<Database>(); });
    }
    if (!file_at(file_)) { // else a copy that could not be opened yet
        if (const Result<void> written = write_copy(); !written) {
            return std::unexpected(written.error());
        }
    }
    if (!copy_id_ || file_at(file_) != copy_id_) {
        return std::unexpected(
            Error{.kind = ErrorKind::displaced,
                  .message = std::format("the outbox {} came back while it was written again; it "
                                         "is looked at once more",
                                         file_.string())});
    }
    return open(file_).transform(
        [](Database copy) { return std::optional<Database>(std::move(copy)); });
}

Result<Database> Database::open(const std::filesystem::path& file) {
    Database database;
    database.file_ = file;
    if (file.has_parent_path()) {
        std::error_code failure;
        std::filesystem::create_directories(file.parent_path(), failure);
        if (failure) {
            return std::unexpected(describe(SQLITE_CANTOPEN, file.string(), failure.message()));
        }
    }
    std::error_code failure = place_copy_of(file); // one that a crash kept from it
    if (failure == std::errc::file_exists || failure == std::errc::no_such_file_or_directory) {
        failure = make_private_file(file);
    }
    if (failure) {
        const int code = failure == std::errc::no_space_on_device ? SQLITE_FULL : SQLITE_CANTOPEN;
        return std::unexpected(describe(code, file.string(), failure.message()));
    }
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    database.connection_.reset(connection);
    if (code != SQLITE_OK) {
        return std::unexpected(database.error(code));
    }
    sqlite3_extended_result_codes(connection, 1);
    database.file_id_ = file_at(file);
    return database;
}

Result<void> Database::execute(const char* sql) {
    const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return std::unexpected(error(code));
    }
    return {};
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(connection_.get());
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(connection_.get()) == 0;
}

Error Database::error(int code) const {
    return describe(code, file_.string(),
                    connection_ == nullptr ? sqlite3_errstr(code)
                                           : sqlite3_errmsg(connection_.get()));
}

Result<sqlite3_stmt*> Database::prepare(const char* sql) {
    const auto known = statements_.find(sql);
    if (known != statements_.end()) {
        return known->second.get();
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) {
        return std::unexpected(error(code));
    }
    statements_.emplace(sql, statement);
    return statement;
}

Result<bool> Database::step(sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW;
    }
    return std::unexpected(error(code));
}

// What is bound outlives the statement's run: Database::each resets it before it returns.
void Database::bind(sqlite3_stmt* statement, int index, std::int64_t value) {
    sqlite3_bind_int64(statement, index, value);
}

void Database::bind(sqlite3_stmt* statement, int index, std::string_view value) {
    sqlite3_bind_text64(statement, index, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Database::bind(sqlite3_stmt* statement, int index, std::span<const std::byte> value) {
    // An empty span's null pointer would be SQL's NULL.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    sqlite3_bind_blob64(statement, index, data, value.size(), SQLITE_STATIC);
}

void Database::bind(sqlite3_stmt* statement, int index, const Uuid& value) {
    bind(statement, index, std::as_bytes(std::span(value.bytes)));
}

} // namespace haven::outbox::detail
