#pragma once

#include <cstdint>
#include <string_view>

namespace haven::api {

enum class EmailForm : std::uint8_t {
    ascii, ///< RFC 5321
    any,   ///< RFC 6531: letters of any script on both sides
};

/// Whether a text has the form of a mailbox: a local part (of atoms with dots between, or quoted),
/// @, and a domain, or an address in brackets. What the letters may be is for who keeps it to say.
[[nodiscard]] bool is_email(std::string_view text, EmailForm form = EmailForm::any);

} // namespace haven::api
