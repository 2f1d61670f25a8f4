#include "server/accounts/rules.hpp"

#include "net/api/records.hpp"
#include "server/auth/password.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace haven::accounts {
namespace {

/// Enough to catch a slip; whether the address lives only a letter to it would tell.
bool looks_like_email(std::string_view email) {
    const std::size_t at = email.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
           email.find('@', at + 1) == std::string_view::npos &&
           std::ranges::none_of(email, [](char c) { return c == ' ' || (c >= 0 && c < 0x20); });
}

} // namespace

std::string normal_email(std::string_view email) {
    std::string lowered(email);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

std::vector<api::BodyError> check_registration(const api::Registration& registration) {
    std::vector<api::BodyError> errors;
    if (!looks_like_email(registration.email)) {
        errors.push_back({.pointer = "/email", .detail = "Give an e-mail address."});
    }
    if (const auto good = auth::check_password(registration.password, registration.email); !good) {
        errors.push_back({.pointer = "/password", .detail = good.error()});
    }
    if (!registration.consent_data_processing) {
        errors.push_back(
            {.pointer = "/consent_data_processing",
             .detail = "Without this consent nothing may be stored, not even an account."});
    }
    return errors;
}

} // namespace haven::accounts
