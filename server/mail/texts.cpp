#include "server/mail/texts.hpp"

#include <haven/mail_texts.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <format>
#include <span>
#include <string>
#include <string_view>

namespace haven::mail {

namespace {

constexpr std::array<std::string_view, 11> all_kinds{
    "verification",  "registered",    "reset",         "password_changed",
    "address",       "address_asked", "invitation",    "crisis_call",
    "case_assigned", "case_lapsed",   "webhook_failed"};

/// What stands under [name], without the empty lines around it; empty where there is none.
std::string_view section(std::string_view text, std::string_view name) {
    const std::string head = std::format("[{}]\n", name);
    const std::size_t at = text.starts_with(head) ? 0 : text.find("\n" + head);
    if (at == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(text.find('\n', at == 0 ? 0 : at + 1) + 1);
    text = text.substr(0, text.find("\n["));
    const std::size_t last = text.find_last_not_of('\n');
    return text.substr(0, last + 1);
}

std::string_view text_in(std::string_view language) {
    const std::string_view wanted = language.substr(0, language.find('-'));
    const auto* const found = std::ranges::find(languages, wanted, &Language::name);
    return found != languages.end() ? found->text
                                    : std::ranges::find(languages, "en", &Language::name)->text;
}

} // namespace

std::span<const std::string_view> kinds() {
    return all_kinds;
}

Text text_of(std::string_view kind, std::string_view language, std::string_view code,
             std::string_view site_url) {
    const std::string_view words = text_in(language);
    const std::string_view letter = section(words, kind);
    assert(!letter.empty());
    const std::size_t end_of_subject = letter.find('\n');
    Text text{.subject = std::string(letter.substr(0, end_of_subject)),
              .body = std::string(letter.substr(end_of_subject + 2)) + '\n'};
    constexpr std::string_view place = "{way}";
    if (const std::size_t at = text.body.find(place); at != std::string::npos) {
        const std::string way =
            site_url.empty()
                ? std::format("{}\n\n    {}", section(words, "code"), code)
                : std::format("{}\n\n{}{}{}#token={}", section(words, "link"), site_url,
                              site_url.ends_with('/') ? "" : "/", kind, code);
        text.body.replace(at, place.size(), way);
    }
    return text;
}

} // namespace haven::mail
