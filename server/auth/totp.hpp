#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// One-time codes by the clock (RFC 6238: SHA-1, 30 s, 6 digits), and codes for who has lost what
/// makes them. Any thread.
namespace haven::auth {

inline constexpr std::size_t totp_secret_bytes = 20;
using TotpSecret = std::span<const unsigned char, totp_secret_bytes>;

/// The code of one step of 30 s since 1970.
[[nodiscard]] std::string totp_code(TotpSecret secret, std::int64_t step);

/// Which step's it is, of now, the one before and the one after: clocks differ, and people type
/// slowly. Nothing where it is none's.
[[nodiscard]] std::optional<std::int64_t> totp_step(TotpSecret secret, std::string_view code,
                                                    std::int64_t now);

/// RFC 4648 6, without padding.
[[nodiscard]] std::string base32(std::span<const unsigned char> bytes);

/// What an authenticator reads from a picture.
[[nodiscard]] std::string totp_uri(TotpSecret secret, std::string_view email);

/// 80 random bits, "abcd-efgh-ijkl-mnop".
[[nodiscard]] std::string make_recovery_code();

/// As somebody types one: without what stands between, in small letters. Nothing where it can be
/// none.
[[nodiscard]] std::optional<std::string> read_recovery_code(std::string_view typed);

} // namespace haven::auth
