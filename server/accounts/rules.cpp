#include "server/accounts/rules.hpp"

#include "net/api/ascii.hpp"
#include "net/api/error_code.hpp"
#include "net/api/records.hpp"
#include "server/auth/password.hpp"
#include "server/text/text.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::accounts {

std::string normal_email(std::string_view email) {
    const auto address = text::address_of(email);
    return address ? address->readable : api::lower_case(email);
}

std::string older_email(std::string_view email) {
    const auto address = text::address_of(email);
    return address ? address->older : api::lower_case(email);
}

std::vector<api::BodyError> check_registration(const api::Registration& registration,
                                               std::string_view site_url) {
    std::vector<api::BodyError> errors;
    const auto address = text::address_of(registration.email);
    if (!address) {
        errors.push_back({.pointer = "/email",
                          .code = api::ErrorCode::malformed,
                          .detail = std::string(email_rule)});
    }
    const std::string email = normal_email(registration.email);
    const std::string name = registration.full_name.value_or("");
    if (auto good = auth::check_password(registration.password,
                                         {.email = email, .name = name, .site_url = site_url});
        !good) {
        good.error().pointer = "/password";
        errors.push_back(std::move(good.error()));
    }
    if (registration.full_name && !text::name_of(*registration.full_name)) {
        errors.push_back({.pointer = "/full_name",
                          .code = api::ErrorCode::malformed,
                          .detail = std::string(text::name_rule)});
    }
    if (!registration.consent_data_processing) {
        errors.push_back(
            {.pointer = "/consent_data_processing",
             .code = api::ErrorCode::must_be_true,
             .detail = "Without this consent nothing may be stored, not even an account."});
    }
    return errors;
}

} // namespace haven::accounts
