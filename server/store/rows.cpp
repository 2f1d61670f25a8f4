#include "server/store/rows.hpp"

#include "bilateral/stroke.hpp"
#include "server/store/param.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <format>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace haven::store {

namespace {

// Type identifiers of pg_type.dat; they never change.
constexpr Oid bool_oid = 16;
constexpr Oid bytea_oid = 17;
constexpr Oid int8_oid = 20;
constexpr Oid int2_oid = 21;
constexpr Oid int4_oid = 23;
constexpr Oid float4_oid = 700;
constexpr Oid float8_oid = 701;
constexpr Oid timestamptz_oid = 1184;
constexpr Oid uuid_oid = 2950;
constexpr Oid jsonb_oid = 3802;

template <std::unsigned_integral T>
T from_network(std::string_view wire) {
    T value = 0; // of the type's own size: PostgreSQL sends no other
    const std::string_view bytes = wire.substr(0, sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

} // namespace

void Row::misuse(int column, const char* what) const {
    const char* const name = PQfname(result_, column);
    throw BadRow(std::format("statement {}, column {} ({}, type {}): {}", statement_, column,
                             name == nullptr ? "none" : name, PQftype(result_, column), what));
}

bool Row::is_null(int column) const {
    if (column < 0 || column >= PQnfields(result_)) {
        misuse(column, "there is no such column");
    }
    return PQgetisnull(result_, row_, column) != 0;
}

int Row::column_of(const char* name) const {
    for (int column = 0; column < PQnfields(result_); ++column) {
        if (std::strcmp(PQfname(result_, column), name) == 0) {
            return column;
        }
    }
    throw BadRow(std::format("statement {}: the rows have no column {}", statement_, name));
}

std::string_view Row::wire(int column) const {
    if (is_null(column)) {
        misuse(column, "NULL, read without std::optional");
    }
    return {PQgetvalue(result_, row_, column),
            static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

std::int64_t Row::integer(int column, std::int64_t lowest, std::int64_t highest) const {
    const std::string_view bytes = wire(column);
    std::int64_t value = 0;
    if (PQfformat(result_, column) == 0) {
        const auto end = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
        if (end.ptr != bytes.data() + bytes.size()) {
            misuse(column, "not an integer");
        }
    } else {
        switch (PQftype(result_, column)) {
        case int2_oid:
            value = static_cast<std::int16_t>(from_network<std::uint16_t>(bytes));
            break;
        case int4_oid:
            value = static_cast<std::int32_t>(from_network<std::uint32_t>(bytes));
            break;
        case int8_oid:
            value = static_cast<std::int64_t>(from_network<std::uint64_t>(bytes));
            break;
        case timestamptz_oid:
            value = static_cast<std::int64_t>(from_network<std::uint64_t>(bytes));
            if (value == std::numeric_limits<std::int64_t>::min() ||
                value > std::numeric_limits<std::int64_t>::max() - epoch_2000_us) {
                misuse(column, "infinite, read as a time");
            }
            value += epoch_2000_us;
            break;
        default:
            misuse(column, "read as an integer");
        }
    }
    if (value < lowest || value > highest) {
        misuse(column, "does not fit the integer it is read into");
    }
    return value;
}

std::int64_t Row::time_or_end(const char* name) const {
    const int column = column_of(name);
    const std::string_view bytes = wire(column);
    if (PQftype(result_, column) != timestamptz_oid || PQfformat(result_, column) == 0) {
        misuse(column, "read as a time");
    }
    using Limits = std::numeric_limits<std::int64_t>;
    const auto since_2000 = static_cast<std::int64_t>(from_network<std::uint64_t>(bytes));
    if (since_2000 == Limits::min() || since_2000 > Limits::max() - epoch_2000_us) {
        return since_2000 < 0 ? Limits::min() : Limits::max();
    }
    return since_2000 + epoch_2000_us;
}

Uuid Row::read(int column, const Uuid* /*type*/) const {
    const std::string_view bytes = wire(column);
    if (PQftype(result_, column) != uuid_oid || PQfformat(result_, column) == 0) {
        misuse(column, "read as a uuid");
    }
    Uuid id;
    std::memcpy(id.bytes.data(), bytes.data(), std::min(bytes.size(), id.bytes.size()));
    return id;
}

bool Row::read(int column, const bool* /*type*/) const {
    const std::string_view bytes = wire(column);
    if (PQftype(result_, column) != bool_oid) {
        misuse(column, "read as a boolean");
    }
    return bytes.starts_with('\1') || bytes.starts_with('t');
}

std::int16_t Row::read(int column, const std::int16_t* /*type*/) const {
    using Limits = std::numeric_limits<std::int16_t>;
    return static_cast<std::int16_t>(integer(column, Limits::min(), Limits::max()));
}

std::int32_t Row::read(int column, const std::int32_t* /*type*/) const {
    using Limits = std::numeric_limits<std::int32_t>;
    return static_cast<std::int32_t>(integer(column, Limits::min(), Limits::max()));
}

std::int64_t Row::read(int column, const std::int64_t* /*type*/) const {
    using Limits = std::numeric_limits<std::int64_t>;
    return integer(column, Limits::min(), Limits::max());
}

double Row::read(int column, const double* /*type*/) const {
    const std::string_view bytes = wire(column);
    const Oid type = PQftype(result_, column);
    if (PQfformat(result_, column) == 1 && type == float8_oid) {
        return std::bit_cast<double>(from_network<std::uint64_t>(bytes));
    }
    if (PQfformat(result_, column) == 1 && type == float4_oid) {
        return static_cast<double>(std::bit_cast<float>(from_network<std::uint32_t>(bytes)));
    }
    misuse(column, "read as a double: cast it to float8 in the statement");
}

std::string_view Row::read(int column, const std::string_view* /*type*/) const {
    const std::string_view bytes = wire(column);
    if (PQfformat(result_, column) == 0) {
        return bytes;
    }
    switch (PQftype(result_, column)) {
    case jsonb_oid:
        return bytes.substr(1); // a version byte, then the text
    case bool_oid:
    case bytea_oid:
    case int2_oid:
    case int4_oid:
    case int8_oid:
    case float4_oid:
    case float8_oid:
    case timestamptz_oid:
    case uuid_oid:
        misuse(column, "read as text");
    default:
        return bytes; // text, varchar, name, char, json, xml and enumerations are sent as they are
    }
}

std::string Row::read(int column, const std::string* /*type*/) const {
    return std::string(get<std::string_view>(column));
}

std::span<const std::byte> Row::read(int column, const std::span<const std::byte>* /*type*/) const {
    const std::string_view bytes = wire(column);
    if (PQftype(result_, column) != bytea_oid || PQfformat(result_, column) == 0) {
        misuse(column, "read as bytes");
    }
    return std::as_bytes(std::span(bytes.data(), bytes.size()));
}

Row Rows::operator[](int row) const {
    if (row < 0 || row >= size()) {
        throw BadRow(std::format("statement {}: there is no row {}", statement_, row));
    }
    return {result_.get(), row, statement_};
}

std::int64_t Rows::affected() const {
    const std::string_view count = result_ ? PQcmdTuples(result_.get()) : "";
    std::int64_t value = 0;
    std::from_chars(count.data(), count.data() + count.size(), value);
    return value;
}

} // namespace haven::store
