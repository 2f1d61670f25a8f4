#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/outbox.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite as values: every failure is an Error that names the file.
namespace haven::outbox::detail {

/// The row a statement stands on; valid until the statement steps.
class Row {
  public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::span<const std::byte> blob(int column) const;
    [[nodiscard]] Uuid uuid(int column) const;
    [[nodiscard]] bool is_null(int column) const;

  private:
    sqlite3_stmt* statement_;
};

inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

class Database {
  public:
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& file);

    /// SQL without parameters or rows, one statement or more.
    [[nodiscard]] Result<void> execute(const char* sql);

    /// Runs a statement, which is prepared once and kept. `sql` outlives the database.
    template <typename... Arguments>
    [[nodiscard]] Result<void> run(const char* sql, const Arguments&... arguments) {
        return each(sql, [](const Row&) {}, arguments...);
    }
    /// The same, with a call for each of its rows.
    template <std::invocable<const Row&> OnRow, typename... Arguments>
    [[nodiscard]] Result<void> each(const char* sql, OnRow&& on_row,
                                    const Arguments&... arguments) {
        Result<sqlite3_stmt*> statement = prepare(sql);
        if (!statement) {
            return std::unexpected(statement.error());
        }
        const Reset reset(*statement);
        [[maybe_unused]] int index = 0;
        (bind(*statement, ++index, arguments), ...);
        while (true) {
            Result<bool> row = step(*statement);
            if (!row) {
                return std::unexpected(row.error());
            }
            if (!*row) {
                return {};
            }
            on_row(Row(*statement));
        }
    }
    /// The single integer of a query.
    template <typename... Arguments>
    [[nodiscard]] Result<std::int64_t> integer(const char* sql, const Arguments&... arguments) {
        std::int64_t value = 0;
        const auto keep = [&value](const Row& row) { value = row.integer(0); };
        return each(sql, keep, arguments...).transform([&value] { return value; });
    }

    /// The log that stands beside it now is this one's; stay_in_place() keeps it there.
    void know_log();
    /// Writes the file again where it was removed, made ready by `prepare`; an error where another
    /// one stands in its place. Outside of a transaction.
    template <std::invocable<Database&> Prepare>
    [[nodiscard]] Result<void> stay_in_place(Prepare&& prepare) {
        Result<std::optional<Database>> copy = copy_if_removed();
        if (!copy || !*copy) {
            return copy.transform([](const std::optional<Database>&) {});
        }
        return std::forward<Prepare>(prepare)(**copy).transform([&] { *this = std::move(**copy); });
    }

    /// Rows changed by the last statement.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] std::string file_name() const { return file_.string(); }

  private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    class Reset {
      public:
        explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
        Reset(const Reset&) = delete;
        Reset& operator=(const Reset&) = delete;
        ~Reset();

      private:
        sqlite3_stmt* statement_;
    };

    Database() = default;
    /// Whether nothing stands at its path, or a copy that write_copy() made.
    [[nodiscard]] Result<bool> is_removed();
    /// Where the log has lost its name, which nothing but this would notice: gives it one.
    [[nodiscard]] Result<void> keep_log();
    [[nodiscard]] Result<void> write_copy();
    [[nodiscard]] Result<void> place_copy();
    [[nodiscard]] Result<std::optional<Database>> copy_if_removed();
    [[nodiscard]] Error error(int code) const;
    [[nodiscard]] Result<sqlite3_stmt*> prepare(const char* sql);
    [[nodiscard]] Result<bool> step(sqlite3_stmt* statement);
    static void bind(sqlite3_stmt* statement, int index, std::int64_t value);
    static void bind(sqlite3_stmt* statement, int index, std::string_view value);
    static void bind(sqlite3_stmt* statement, int index, std::span<const std::byte> value);
    static void bind(sqlite3_stmt* statement, int index, const Uuid& value);

    /// Which file it is, whatever stands at its path.
    struct FileId {
        std::uint64_t device = 0;
        std::uint64_t number = 0;
        friend bool operator==(const FileId&, const FileId&) = default;
    };
    [[nodiscard]] static std::optional<FileId> file_at(const std::filesystem::path& path);

    std::filesystem::path file_;
    std::optional<FileId> file_id_;
    std::optional<FileId> log_id_;
    std::optional<FileId> copy_id_; ///< of what was written in its place, to go on with
    std::unique_ptr<sqlite3, Close> connection_; // outlives the statements below
    std::map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

} // namespace haven::outbox::detail
