#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// What a member may be. One description of each record (members.hpp) drives reading and writing.
namespace haven::api::detail {

enum class Presence : std::uint8_t { required, optional };

/// Whether unknown members are errors (requests) or passed over (answers).
enum class Unknown : std::uint8_t { refused, passed_over };

struct Text {
    std::size_t length_min = 0; ///< characters
    std::size_t length_max = 0;
    bool (*accepts)(std::string_view) = nullptr; ///< any text, when null
    std::string_view form;                       ///< "must be ...", when accepts() says no
};

struct OneOf {
    std::span<const std::string_view> values;
};

struct Range {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

struct Moment {}; ///< RFC 3339

struct Id {}; ///< a UUID

struct Flag {
    std::string_view demanded_true; ///< why it must be true; empty: it may be either
};

/// A JSON object kept as it is: whoever reads it sees whether it is JSON.
struct RawObject {};

/// A JSON array of texts, written as it is.
struct Texts {
    std::size_t count_max = 0;
    std::size_t length_max = 0; ///< of each, in characters; at least one
};

} // namespace haven::api::detail
