#pragma once

#include "net/api/json.hpp"

#include <array>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

/// SHA-256. Pure.
namespace haven::http {

using Digest = std::array<std::byte, 32>;

[[nodiscard]] Digest digest_of(std::string_view bytes);

/// Of what a JSON text means: its one spelling (net/api/json.hpp), which is never there as a whole.
[[nodiscard]] std::expected<Digest, api::JsonFault> digest_of_json(std::string_view json);

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hexadecimal(const Digest& digest);

} // namespace haven::http
