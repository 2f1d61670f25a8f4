#include "net/api/email.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace haven::api {
namespace {

constexpr std::size_t label_length_max = 63;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_other_script(char c, EmailForm form) {
    return form == EmailForm::any && static_cast<unsigned char>(c) >= 0x80U;
}

/// Whether each part between dots is good, and there is one.
template <typename Good>
bool every_part(std::string_view text, Good good) {
    while (true) {
        const std::size_t dot = text.find('.');
        if (!good(text.substr(0, dot))) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(dot + 1);
    }
}

/// RFC 5321 4.1.2, Dot-string.
bool is_dotted(std::string_view local, EmailForm form) {
    return every_part(local, [form](std::string_view atom) {
        return !atom.empty() && std::ranges::all_of(atom, [form](char c) {
            return is_letter_or_digit(c) || is_other_script(c, form) ||
                   std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
        });
    });
}

/// RFC 5321 4.1.2, Quoted-string.
bool is_quoted(std::string_view local, EmailForm form) {
    if (local.size() < 2 || local.front() != '"' || local.back() != '"') {
        return false;
    }
    local = local.substr(1, local.size() - 2);
    for (std::size_t i = 0; i < local.size(); ++i) {
        const bool escaped = local[i] == '\\';
        i += escaped ? 1 : 0;
        if (i == local.size()) {
            return false;
        }
        const char c = local[i];
        const bool printable = (c >= ' ' && c <= '~') || is_other_script(c, form);
        if (!printable || (!escaped && c == '"')) {
            return false;
        }
    }
    return true;
}

bool is_domain(std::string_view domain, EmailForm form) {
    return every_part(domain, [form](std::string_view label) {
        return !label.empty() && label.size() <= label_length_max && label.front() != '-' &&
               label.back() != '-' && std::ranges::all_of(label, [form](char c) {
                   return is_letter_or_digit(c) || c == '-' || is_other_script(c, form);
               });
    });
}

/// RFC 5321 4.1.3, without the brackets.
bool is_address(std::string_view literal) {
    constexpr std::string_view tag = "IPv6:";
    const bool six = literal.starts_with(tag);
    const std::string address(literal.substr(six ? tag.size() : 0));
    std::array<unsigned char, 16> parsed{};
    return ::inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), parsed.data()) == 1;
}

} // namespace

bool is_email(std::string_view text, EmailForm form) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) {
        return false;
    }
    const std::string_view local = text.substr(0, at);
    const std::string_view domain = text.substr(at + 1);
    const bool in_brackets = domain.starts_with('[') && domain.ends_with(']');
    return (is_dotted(local, form) || is_quoted(local, form)) &&
           (in_brackets ? is_address(domain.substr(1, domain.size() - 2))
                        : is_domain(domain, form));
}

} // namespace haven::api
