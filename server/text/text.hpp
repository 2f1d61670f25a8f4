#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What people type of themselves, in one form (Unicode, by ICU). Pure; any thread.
namespace haven::text {

/// A password as RFC 8265 prepares it (OpaqueString): every kind of space is U+0020, letters are
/// composed (NFC). Nothing where it is no UTF-8, or holds what no password may: control characters,
/// ones that cannot be seen, old Hangul jamo, code points without a character.
[[nodiscard]] std::optional<std::string> prepared_password(std::string_view typed);

/// An e-mail address.
struct Address {
    /// The form that is kept: in lower case and composed, its name without quotes that it does not
    /// need, its domain in letters of any script.
    std::string readable;
    std::string older; ///< what an older row may hold: a name as it was read then, or xn--...
};

/// Nothing where it has not the form of an address, its domain is none by IDNA (UTS 46), or it
/// holds what cannot be seen.
[[nodiscard]] std::optional<Address> address_of(std::string_view typed);

/// An address as mail is sent to it: its domain in ASCII (IDNA). Nothing where it is none.
[[nodiscard]] std::optional<std::string> wire_address(std::string_view address);

inline constexpr std::string_view name_rule =
    "must not hold control characters, nor others that cannot be seen";

/// A person's name, composed. Nothing where it is no UTF-8 or holds control characters, ones that
/// turn the direction of writing, or others that cannot be seen.
[[nodiscard]] std::optional<std::string> name_of(std::string_view typed);

} // namespace haven::text
