#include "server/auth/scopes.hpp"

#include <array>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>

namespace haven::auth {

namespace {

constexpr std::array<std::string_view, 13> names{
    "account",    "journal", "drawing", "care",   "clinic",        "sessions", "consents",
    "screenings", "agents",  "prompts", "speech", "notifications", "analytics"};
static_assert(scope::any == (Scopes{1} << names.size()) - 1);

} // namespace

std::string to_string(Scopes scopes) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if ((scopes >> i & 1U) != 0) {
            text += text.empty() ? "" : " ";
            text += names.at(i);
        }
    }
    return text;
}

Scopes parse_scopes(std::string_view text) {
    Scopes scopes = 0;
    for (const auto word : std::views::split(text, ' ')) {
        const std::string_view name(word);
        for (std::size_t i = 0; i < names.size(); ++i) {
            scopes |= names.at(i) == name ? Scopes{1} << i : 0;
        }
    }
    return scopes;
}

} // namespace haven::auth
