#pragma once

#include "bilateral/ink_units.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// What both readers of the ink document hold it to (stroke_json_decode.cpp,
/// stroke_json_written.cpp).
namespace haven::ink {

enum class Coding : std::uint8_t { deltas, values };

struct Column {
    std::string_view name;
    Coding coding;
    std::int64_t low;
    std::int64_t high;
    std::int64_t delta_low; ///< of every value after the first

    /// Of the number that stands there.
    [[nodiscard]] std::int64_t stands_low(bool first) const {
        return coding == Coding::values || first ? low : delta_low;
    }
    [[nodiscard]] std::int64_t stands_high() const {
        return coding == Coding::values ? high : 2 * high;
    }
};

constexpr std::int64_t coordinate_max = InkLimits::coordinate_max;
constexpr Column axis_column(std::string_view name) {
    return {.name = name,
            .coding = Coding::deltas,
            .low = -coordinate_max,
            .high = coordinate_max,
            .delta_low = -2 * coordinate_max};
}
constexpr std::array<Column, 5> columns{{
    {.name = "t_ms",
     .coding = Coding::deltas,
     .low = 0,
     .high = InkLimits::time_ms_max,
     .delta_low = 0},
    axis_column("x"),
    axis_column("y"),
    axis_column("z"),
    {.name = "pressure",
     .coding = Coding::values,
     .low = 0,
     .high = pressure_steps,
     .delta_low = 0},
}};

/// The value of a column in a point.
inline void put(StrokePoint& point, std::size_t column, std::int64_t value) {
    switch (column) {
    case 0:
        point.time_ns = value * ns_per_ms;
        break;
    case 4:
        point.pressure =
            static_cast<float>(static_cast<double>(value) / static_cast<double>(pressure_steps));
        break;
    default:
        point.position_m[static_cast<int>(column) - 1] =
            static_cast<float>(static_cast<double>(value) / position_steps_per_m);
    }
}

inline float width_of(std::int64_t width_um) {
    return static_cast<float>(static_cast<double>(width_um) / width_steps_per_m);
}

/// Ids are unique, and copies come from strokes of this document that are no copies themselves.
[[nodiscard]] std::optional<InkError> check_ids(std::span<const Stroke> strokes);

} // namespace haven::ink
