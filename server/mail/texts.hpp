#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The words of letters (assets/mail/LANGUAGE.txt), in the binary. Pure.
namespace haven::mail {

struct Text {
    std::string subject;
    std::string body; ///< lines end in \n
};

/// `letters.kind` of each letter there is.
[[nodiscard]] std::span<const std::string_view> kinds();

/// The letter in the language (of de-AT: de), in English where there is none in it. `code` is its
/// code, or what ends letters like it, where it has one, and `site_url` the web site that a link to
/// it leads to, or empty. `kind` is one of kinds().
[[nodiscard]] Text text_of(std::string_view kind, std::string_view language, std::string_view code,
                           std::string_view site_url);

/// What a reminder says in the app, in each language there is.
struct Reminder {
    std::string_view language;
    Text text;
};
[[nodiscard]] std::vector<Reminder> reminders();

} // namespace haven::mail
