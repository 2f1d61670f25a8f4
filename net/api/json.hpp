#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

struct yyjson_val;

/// JSON as it is read here: RFC 8259 in UTF-8, each member of an object once, at most
/// json_depth_max deep, without U+0000 (which PostgreSQL cannot hold) and without numbers that
/// neither a double nor PostgreSQL's numeric holds. Any thread; nothing is kept between calls.
namespace haven::api {

/// Why a text is not read.
struct JsonFault {
    bool malformed = true; ///< it is no such JSON; otherwise it is, and holds what is not taken
    std::string pointer;   ///< RFC 6901; empty: the text itself
    std::string detail;    ///< to be said of it: "is not JSON at its byte 7: ..."
    friend bool operator==(const JsonFault&, const JsonFault&) = default;
};

/// The one spelling of what a text means (after RFC 8785): no white space; members in the order of
/// their names' bytes; each string and each number in one spelling. Numbers are taken as the
/// decimals they are, never rounded: 1.0, 10e-1 and 1 are the same, 0.1 and 0.10 too.
[[nodiscard]] std::expected<std::string, JsonFault> canonical_json(std::string_view text);

using TakeText = std::function<void(std::string_view)>;

/// The same, handed on piece by piece: a text of megabytes is never there twice. After a fault,
/// what was handed on means nothing.
[[nodiscard]] std::expected<void, JsonFault> canonical_json(std::string_view text,
                                                            const TakeText& take);

/// What is wrong with a text; nothing where it is JSON as it is read here.
[[nodiscard]] std::optional<JsonFault> json_fault(std::string_view text);

/// A number in its one spelling; nothing where the text is no number of JSON, or one that cannot be
/// kept: over 1.8e308, under 1e-307 or of more than 1000 digits.
[[nodiscard]] std::optional<std::string> canonical_number(std::string_view text);

/// A whole number in any spelling of JSON (20, 20.0, 2e1); nothing where it is none, or beyond 64
/// bits.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

/// Whether a number of JSON has no fraction, however large it is.
[[nodiscard]] bool is_whole(std::string_view number);

/// `pointer` and one step more, escaped as RFC 6901 has it.
[[nodiscard]] std::string pointer_below(std::string_view pointer, std::string_view name);

/// The one spelling of a value; false where it holds what is not taken. Its document was read with
/// YYJSON_READ_NUMBER_AS_RAW.
bool append_canonical(std::string& out, yyjson_val* value);

} // namespace haven::api
