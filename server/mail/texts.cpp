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
#include <utility>
#include <vector>

namespace haven::mail {

namespace {

constexpr std::array<std::string_view, 20> all_kinds{
    "verification",   "registered",         "reset",          "password_changed",
    "address",        "address_asked",      "invitation",     "notice",
    "reminder",       "factor_confirmed",   "factor_removed", "recovery_used",
    "device_linked",  "crisis_call",        "case_assigned",  "case_lapsed",
    "webhook_failed", "factor_reset_asked", "factor_reset",   "factor_ended"};

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

/// The first line, and what comes after an empty one.
Text parts_of(std::string_view section) {
    assert(!section.empty());
    const std::size_t end_of_subject = section.find('\n');
    return {.subject = std::string(section.substr(0, end_of_subject)),
            .body = std::string(section.substr(end_of_subject + 2)) + '\n'};
}

void put(std::string& body, std::string_view place, const std::string& text) {
    if (const std::size_t at = body.find(place); at != std::string::npos) {
        body.replace(at, place.size(), text);
    }
}

/// A section's words, and a page of the web site under them.
std::string link_to(std::string_view words, std::string_view site_url, std::string page,
                    std::string_view code) {
    std::ranges::replace(page, '_', '-');
    return std::format("{}\n\n{}{}{}#token={}", words, site_url, site_url.ends_with('/') ? "" : "/",
                       page, code);
}

} // namespace

std::span<const std::string_view> kinds() {
    return all_kinds;
}

Text text_of(std::string_view kind, std::string_view language, std::string_view code,
             std::string_view site_url) {
    const std::string_view words = text_in(language);
    Text text = parts_of(section(words, kind));
    put(text.body, "{way}",
        site_url.empty() ? std::format("{}\n\n    {}", section(words, "code"), code)
                         : link_to(section(words, "link"), site_url, std::string(kind), code));
    put(text.body, "{stop}",
        site_url.empty() ? std::string(section(words, "stop"))
                         : link_to(section(words, "stop_link"), site_url, "unsubscribe", code));
    return text;
}

std::vector<Reminder> reminders() {
    std::vector<Reminder> all;
    for (const Language& language : languages) {
        Text text = parts_of(section(language.text, "reminder_in_app"));
        text.body.pop_back(); // it is no letter
        all.push_back({.language = language.name, .text = std::move(text)});
    }
    return all;
}

} // namespace haven::mail
