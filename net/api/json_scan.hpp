#pragma once

#include "net/api/records.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// The first look at a body: finds the nested objects and arrays without reading what is in them,
/// so that a megabyte of ink costs one pass over its bytes and no copy.
namespace haven::api::detail {

/// A nested value of the body's own object.
struct Container {
    std::string_view text;       ///< from its bracket to its bracket, inside the body
    bool holds_nul = false;      ///< an escaped U+0000 in one of its strings
    std::size_t reduced_end = 0; ///< where the reduced text goes on after it
};

struct Scan {
    std::string reduced;               ///< the body with {} or [] in place of each nested value
    std::vector<Container> containers; ///< in the body's order

    /// The place in the body of a place in the reduced text.
    [[nodiscard]] std::size_t body_offset(std::size_t reduced_offset) const;
};

/// Refuses brackets that do not match, depth over json_depth_max, and more members than any record
/// has. All else about the JSON is left to its reader.
[[nodiscard]] std::expected<Scan, BodyError> scan_body(std::string_view body);

} // namespace haven::api::detail
