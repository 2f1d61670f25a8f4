#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What kind of thing is wrong, for a program that says it in its reader's language: the `code` of
/// each error. net/api/openapi.yaml describes each word.
namespace haven::api {

/// Without a default: whoever says what is wrong says its code.
class ErrorCode {
  public:
    enum Value : std::uint8_t {
        unknown, ///< read by a client: a word of a newer server's, or none. Never told.
        required,
        unknown_member,
        repeated_member,
        wrong_type,
        not_in_list,
        malformed,
        too_short,
        too_long,
        too_small,
        too_large,
        too_few,
        too_many,
        not_unique,
        not_storable,
        must_be_true,
        not_allowed,
        no_such_resource,
        wrong_file,
        wrong_digest,
        wrong_code,
        wrong_password,
        common_password,
        unchanged,
        malware,
    };

    constexpr ErrorCode(Value value) : value_(value) {} // NOLINT: a code is its value
    constexpr operator Value() const { return value_; } // NOLINT
    friend constexpr bool operator==(ErrorCode, ErrorCode) = default;

  private:
    Value value_;
};

inline constexpr std::array error_codes = std::to_array<std::string_view>({
    "unknown",      "required",       "unknown_member",   "repeated_member", "wrong_type",
    "not_in_list",  "malformed",      "too_short",        "too_long",        "too_small",
    "too_large",    "too_few",        "too_many",         "not_unique",      "not_storable",
    "must_be_true", "not_allowed",    "no_such_resource", "wrong_file",      "wrong_digest",
    "wrong_code",   "wrong_password", "common_password",  "unchanged",       "malware",
});
static_assert(error_codes.size() == std::size_t{ErrorCode::malware} + 1);

[[nodiscard]] constexpr std::string_view to_string(ErrorCode code) {
    return error_codes[code];
}

/// Nothing where it is no word that is told.
[[nodiscard]] constexpr std::optional<ErrorCode> parse_error_code(std::string_view word) {
    for (std::size_t i = 1; i < error_codes.size(); ++i) {
        if (error_codes[i] == word) {
            return static_cast<ErrorCode::Value>(i);
        }
    }
    return std::nullopt;
}

} // namespace haven::api
