#pragma once

#include "net/api/error_code.hpp"
#include "server/http/schema.hpp"

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

/// What a schema says of one value by itself. Pure.
namespace haven::http {

/// What is wrong with a value, wherever it stands.
struct Wrong {
    api::ErrorCode code;
    std::string detail;
    std::optional<double> limit = std::nullopt; ///< that it passes
};

/// The text in the one spelling of its format; what is wrong with it.
[[nodiscard]] std::expected<std::string, std::string> formed(Schema::Format format,
                                                             std::string_view text);
[[nodiscard]] bool fits(const Pattern& pattern, std::string_view text);
[[nodiscard]] std::optional<Wrong> wrong_string(const Schema& schema, std::string_view text);
[[nodiscard]] std::optional<Wrong> wrong_number(const Schema& schema, std::string_view text);

/// How many items or members there are.
[[nodiscard]] std::optional<Wrong> wrong_count(std::optional<std::size_t> least_or_none,
                                               std::optional<std::size_t> most_or_none,
                                               std::size_t count, std::string_view of_what);

} // namespace haven::http
