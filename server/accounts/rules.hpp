#pragma once

#include "net/api/records.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What an account may look like. Pure.
namespace haven::accounts {

inline constexpr std::string_view email_rule =
    "must be an e-mail address without characters that cannot be seen";

/// The form under which an address is kept, so that it is one account however it is written: in
/// lower case and composed, without quotes that it does not need, its domain in letters of any
/// script. What is no address is in lower case.
[[nodiscard]] std::string normal_email(std::string_view email);

/// The form that a row from before may hold.
[[nodiscard]] std::string older_email(std::string_view email);

/// What is wrong with a registration, beyond its form; empty if nothing is.
[[nodiscard]] std::vector<api::BodyError> check_registration(const api::Registration& registration,
                                                             std::string_view site_url = {});

} // namespace haven::accounts
