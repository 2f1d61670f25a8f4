#pragma once

#include "bilateral/stroke.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace haven::store {

/// A row that the code did not foresee: NULL where it reads a value, another type, a time that is
/// infinite, no row at all. It ends the request or the round of work that read it, and nothing
/// else. what() names the statement and the column, never what stood there.
class BadRow : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct ResultDeleter {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ResultDeleter>;

/// One row of a Rows, which must outlive it. get<T>(column) by position or by name, where T is
///   Uuid · bool · std::int16_t, std::int32_t, std::int64_t (any integer column that fits; a
///   timestamptz gives microseconds since 1970) · double · std::string · std::string_view (text,
///   varchar, json, jsonb; a view into the Rows) · std::span<const std::byte> (bytea; a view) ·
///   std::optional<T> of each, for columns that may be NULL.
/// NULL without optional, an unknown column, another type or a number that does not fit throws
/// BadRow.
class Row {
  public:
    Row(const PGresult* result, int row, const char* statement)
        : result_(result), row_(row), statement_(statement) {}

    template <typename T>
    [[nodiscard]] T get(int column) const {
        return read(column, static_cast<T*>(nullptr));
    }
    template <typename T>
    [[nodiscard]] T get(const char* column) const {
        return get<T>(column_of(column));
    }
    /// A timestamptz as microseconds since 1970, whatever it is: one without an end, and what does
    /// not fit, is the integer's own end. store::time_us takes it back.
    [[nodiscard]] std::int64_t time_or_end(const char* name) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] bool is_null(const char* column) const { return is_null(column_of(column)); }

  private:
    [[noreturn]] void misuse(int column, const char* what) const;
    [[nodiscard]] int column_of(const char* name) const;
    [[nodiscard]] std::string_view wire(int column) const;
    [[nodiscard]] std::int64_t integer(int column, std::int64_t lowest, std::int64_t highest) const;

    [[nodiscard]] Uuid read(int column, const Uuid* type) const;
    [[nodiscard]] bool read(int column, const bool* type) const;
    [[nodiscard]] std::int16_t read(int column, const std::int16_t* type) const;
    [[nodiscard]] std::int32_t read(int column, const std::int32_t* type) const;
    [[nodiscard]] std::int64_t read(int column, const std::int64_t* type) const;
    [[nodiscard]] double read(int column, const double* type) const;
    [[nodiscard]] std::string_view read(int column, const std::string_view* type) const;
    [[nodiscard]] std::string read(int column, const std::string* type) const;
    [[nodiscard]] std::span<const std::byte> read(int column,
                                                  const std::span<const std::byte>* type) const;
    template <typename T>
    [[nodiscard]] std::optional<T> read(int column, const std::optional<T>* /*type*/) const {
        return is_null(column) ? std::nullopt : std::optional<T>(get<T>(column));
    }

    const PGresult* result_;
    int row_;
    const char* statement_; ///< of whose rows it is one: "folder.file"
};

/// The rows one statement returned. Movable; views handed out live as long as it.
class Rows {
  public:
    class Iterator {
      public:
        using value_type = Row;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Iterator(const PGresult* result, int row, const char* statement)
            : result_(result), row_(row), statement_(statement) {}
        Row operator*() const { return {result_, row_, statement_}; }
        Iterator& operator++() {
            ++row_;
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++row_;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

      private:
        const PGresult* result_ = nullptr;
        int row_ = 0;
        const char* statement_ = "";
    };

    Rows() = default;
    explicit Rows(ResultHandle result, const char* statement = "")
        : result_(std::move(result)), statement_(statement) {}

    [[nodiscard]] int size() const { return result_ ? PQntuples(result_.get()) : 0; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] Row operator[](int row) const; ///< throws BadRow unless row < size()
    [[nodiscard]] Row front() const { return (*this)[0]; }
    [[nodiscard]] std::int64_t affected() const; ///< rows inserted, updated, deleted or selected
    [[nodiscard]] Iterator begin() const { return {result_.get(), 0, statement_}; }
    [[nodiscard]] Iterator end() const { return {result_.get(), size(), statement_}; }
    [[nodiscard]] const PGresult* raw() const { return result_.get(); }

  private:
    ResultHandle result_;
    const char* statement_ = "";
};

} // namespace haven::store
