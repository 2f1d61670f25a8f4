#include "tests/integration/mailbox.hpp"

#include "net/api/ascii.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

/// RFC 2045 6.7.
std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '=' && text.substr(i + 1, 2) == "\r\n") {
            i += 2;
        } else if (text[i] == '=') {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else if (text[i] != '\r') {
            out += text[i];
        }
    }
    return out;
}

} // namespace

Mail read_mail(std::string_view raw) {
    Mail mail{.headers = {}, .body = {}, .raw = std::string(raw), .file = {}};
    const std::size_t end = raw.find("\r\n\r\n");
    std::string head(raw.substr(0, end == std::string_view::npos ? raw.size() : end));
    for (std::size_t at = head.find("\r\n "); at != std::string::npos; at = head.find("\r\n ")) {
        head.erase(at, 2);
    }
    head += "\r\n";
    for (std::size_t at = 0; at < head.size();) {
        const std::size_t line_end = head.find("\r\n", at);
        const std::string line = head.substr(at, line_end - at);
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) {
            const auto [known, fresh] = mail.headers.emplace(api::lower_case(line.substr(0, colon)),
                                                             line.substr(colon + 2));
            EXPECT_TRUE(fresh) << line;
        }
        at = line_end + 2;
    }
    if (end != std::string_view::npos) {
        mail.body = decoded(raw.substr(end + 4));
    }
    return mail;
}

std::string Mail::code() const {
    static const std::regex typed("(?:\n    |#token=)([A-Za-z0-9_-]{43})\n");
    std::smatch match;
    return std::regex_search(body, match, typed) ? match[1].str() : "";
}

std::string Mail::fault() const {
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t end = raw.find("\r\n", at);
        if (end == std::string::npos) {
            return "the last line does not end";
        }
        const std::string_view line = std::string_view(raw).substr(at, end - at);
        if (line.size() > 998) {
            return "a line of " + std::to_string(line.size());
        }
        if (line.contains('\n') || line.contains('\r') || line.contains('\0')) {
            return "a line with what ends none";
        }
        at = end + 2;
    }
    for (const char* name : {"date", "from", "to", "subject", "message-id", "mime-version",
                             "content-type", "content-transfer-encoding", "auto-submitted"}) {
        if (!headers.contains(name)) {
            return std::string("no ") + name;
        }
    }
    static const std::regex date(
        "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} 20[0-9]{2} "
        "[0-9]{2}:[0-9]{2}:[0-9]{2} \\+0000");
    if (!std::regex_match(headers.at("date"), date)) {
        return "the date " + headers.at("date");
    }
    const bool by_one_click = headers.contains("list-unsubscribe") // RFC 8058: both, or none
                              && headers.contains("list-unsubscribe-post");
    return headers.size() == (by_one_click ? 11U : 9U) ? "" : "another header";
}

std::vector<Mail> Mailbox::all() const {
    std::vector<std::pair<std::filesystem::file_time_type, Mail>> found;
    if (!std::filesystem::exists(directory_)) {
        return {};
    }
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
        if (entry.path().extension() == ".eml") {
            found.emplace_back(entry.last_write_time(), read_mail(read_text(entry.path())));
            found.back().second.file = entry.path();
        }
    }
    std::ranges::sort(found, {}, [](const auto& each) { return each.first; });
    std::vector<Mail> mails;
    mails.reserve(found.size());
    for (auto& each : found) {
        mails.push_back(std::move(each.second));
    }
    return mails;
}

std::vector<Mail> Mailbox::to(std::string_view address) const {
    std::vector<Mail> mails = all();
    std::erase_if(mails, [&](const Mail& mail) {
        const auto to = mail.headers.find("to");
        return to == mail.headers.end() || to->second != std::format("<{}>", address);
    });
    return mails;
}

std::vector<Mail> Mailbox::await_to(std::string_view address, std::size_t count) const {
    std::vector<Mail> mails;
    EXPECT_TRUE(await(std::chrono::seconds(60),
                      [&] {
                          mails = to(address);
                          return mails.size() >= count;
                      }))
        << mails.size() << " to " << address;
    mails.resize(count);
    return mails;
}

std::string Mailbox::code_to(std::string_view address, std::size_t count) const {
    return await_to(address, count).back().code();
}

} // namespace haven::test
