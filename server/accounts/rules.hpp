#pragma once

#include "net/api/records.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What an account may look like. Pure.
namespace haven::accounts {

/// ASCII letters in lower case, so that an address is one account however it is written.
[[nodiscard]] std::string normal_email(std::string_view email);

/// What is wrong with a registration, beyond its form; empty if nothing is.
[[nodiscard]] std::vector<api::BodyError> check_registration(const api::Registration& registration);

} // namespace haven::accounts
