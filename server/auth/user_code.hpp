#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The code that a headset shows and a person types (RFC 8628 6.1): short, so that it is typed, and
/// therefore good for minutes and for few tries. Pure but for chance; any thread.
namespace haven::auth {

/// No vowels, so that no word comes up, and nothing that is mistaken for another.
inline constexpr std::string_view user_code_letters = "BCDFGHJKLMNPQRSTVWXZ";
inline constexpr std::size_t user_code_length = 8;

/// Each is as likely as any other.
[[nodiscard]] std::string make_user_code();

/// "WDJB-MJHT"
[[nodiscard]] std::string shown_user_code(std::string_view code);

/// Of what somebody typed, in either case and with whatever stands between the letters. Nothing
/// where it can be no code.
[[nodiscard]] std::optional<std::string> read_user_code(std::string_view typed);

} // namespace haven::auth
