#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The coding of one column of a trace's block (FORMAT-trace.md): a polynomial predictor of order 0
/// to 3, chosen for the column, and Rice codes for what it misses (as FLAC does; RFC 9639,
/// sections 9.2.5 and 9.2.7).
namespace haven::trace {

/// Of a column's values; keeps prediction within 64 bits.
inline constexpr std::int64_t column_value_max = std::int64_t{1} << 44U;
inline constexpr std::size_t column_values_max = 256;

/// Appends 1 to column_values_max values, each within column_value_max.
void append_column(std::span<const std::int64_t> values, std::vector<std::byte>& out);

/// Fills `values` from the front of `bytes` and moves `bytes` past what it read. False for what
/// append_column does not write.
[[nodiscard]] bool read_column(std::span<const std::byte>& bytes, std::span<std::int64_t> values);

} // namespace haven::trace
