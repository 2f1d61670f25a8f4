#pragma once

#include "bilateral/stroke.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The ink document: one hand's strokes as JSON. FORMAT-ink.md is its description.
namespace haven {

inline constexpr std::int64_t ink_version = 2;
/// Of a document without a stroke that was taken back: readers of version 1 read it right.
inline constexpr std::int64_t ink_version_all_there = 1;
/// What `removed_ms` adds to a stroke at most.
inline constexpr std::int64_t removed_bytes_max = 24;

struct InkLimits {
    static constexpr std::size_t bytes_max = std::size_t{64} << 20U;
    static constexpr std::size_t strokes_max = 20'000;
    static constexpr std::size_t points_max = 1'000'000;      ///< of all strokes together
    static constexpr std::int64_t coordinate_max = 1'000'000; ///< in 0.1 mm: 100 m
    static constexpr std::int64_t time_ms_max = std::int64_t{1} << 31U;
    static constexpr std::int64_t removed_ms_max = time_ms_max;
    static constexpr std::int64_t width_um_max = 100'000;
    static constexpr std::size_t depth_max = 64;
};

struct InkDocument {
    Hand hand = Hand::left;
    std::vector<Stroke> strokes;
    std::string
        extra_json; ///< members a newer writer added to the document: `"name":value,...` or empty
    friend bool operator==(const InkDocument&, const InkDocument&) = default;
};

/// The first fault of a document, and where: an RFC 6901 JSON pointer, "" for the whole.
struct InkError {
    std::string pointer;
    std::string detail;
    friend bool operator==(const InkError&, const InkError&) = default;
};

enum class InkDetail : std::uint8_t {
    simplified, ///< without the points that the rest tells within 0.5 mm: for strokes as recorded
    every_point ///< for strokes that come from a document; simplifying them again would add to the
                ///< error
};

[[nodiscard]] std::string encode_ink(Hand hand, std::span<const Stroke> strokes,
                                     InkDetail detail = InkDetail::simplified);
/// With its extra members, every point.
[[nodiscard]] std::string encode_ink(const InkDocument& document);

/// One stroke's object, to be kept by itself until join_ink makes the document.
[[nodiscard]] std::string encode_ink_stroke(const Stroke& stroke,
                                            InkDetail detail = InkDetail::simplified);

/// What encode_ink_stroke gave for a stroke that was there, and whether it was taken back since.
struct WrittenStroke {
    std::string_view json;
    std::optional<std::int64_t> removed_ms;
};
/// The document of a hand: byte for byte what encode_ink gives for the same strokes.
[[nodiscard]] std::string join_ink(Hand hand, std::span<const WrittenStroke> strokes);

/// Strict; gives the first fault. With `hand`, the document must be that hand's.
[[nodiscard]] std::expected<InkDocument, InkError>
decode_ink(std::string_view json, std::optional<Hand> hand = std::nullopt);

/// A hand's strokes from a document as encode_ink writes it, in one pass; nothing for any other,
/// good or bad. What is read so is in the one spelling of JSON (net/api/json.hpp).
[[nodiscard]] std::optional<std::vector<Stroke>> read_written_ink(std::string_view json, Hand hand);

/// Which of a stroke's points an ink document keeps, as indices that rise: always the first and the
/// last. Every other point is within 0.5 mm of the line through the kept ones as the document
/// stores them, within 5 mm of where linear interpolation in time puts it, and within 4/255 of the
/// pressure interpolated in time; and where the curve might take the line for an arc, a point in
/// its middle is kept.
[[nodiscard]] std::vector<std::size_t> simplified_points(std::span<const StrokePoint> points);

[[nodiscard]] std::string_view to_string(Hand hand);     ///< "left", "right"
[[nodiscard]] std::string_view to_string(StrokeEnd end); ///< "tracking_lost" and so on

} // namespace haven
