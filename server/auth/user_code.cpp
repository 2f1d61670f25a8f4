#include "server/auth/user_code.hpp"

#include <sodium.h>

#include <optional>
#include <string>
#include <string_view>

namespace haven::auth {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

} // namespace

std::string make_user_code() {
    std::string code;
    while (code.size() < user_code_length) {
        code += user_code_letters[randombytes_uniform(user_code_letters.size())];
    }
    return code;
}

std::string shown_user_code(std::string_view code) {
    return std::string(code.substr(0, user_code_length / 2)) + "-" +
           std::string(code.substr(user_code_length / 2));
}

std::optional<std::string> read_user_code(std::string_view typed) {
    std::string code;
    for (const char c : typed) {
        if (!is_letter_or_digit(c)) {
            continue;
        }
        const char letter = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (!user_code_letters.contains(letter) || code.size() == user_code_length) {
            return std::nullopt;
        }
        code += letter;
    }
    return code.size() == user_code_length ? std::optional(code) : std::nullopt;
}

} // namespace haven::auth
