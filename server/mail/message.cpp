#include "server/mail/message.hpp"

#include "net/api/utf8.hpp"
#include "server/text/text.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::mail {

namespace {

constexpr std::size_t line_length = 76;         // RFC 2045 6.7, RFC 2047 2
constexpr std::size_t encoded_word_length = 75; // RFC 2047 2
constexpr std::size_t header_name_length = 10;  // "Subject: " and less
constexpr std::string_view line_end = "\r\n";

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

/// RFC 2047, a character is never split. The first word has room for the header's name before it.
std::string encoded_words(std::string_view text) {
    constexpr std::string_view begin = "=?utf-8?q?";
    constexpr std::string_view end = "?=";
    std::string all;
    std::string word(begin);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = std::max<std::size_t>(api::utf8_size_at(text, at), 1);
        std::string character;
        for (const char c : text.substr(at, size)) {
            const bool plain =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain) {
                character += c;
            } else if (c == ' ') {
                character += '_';
            } else {
                std::format_to(std::back_inserter(character), "={:02X}",
                               static_cast<unsigned char>(c));
            }
        }
        const std::size_t room =
            encoded_word_length - end.size() - (all.empty() ? header_name_length : 0);
        if (word.size() + character.size() > room) {
            all += word + std::string(end) + "\r\n ";
            word = begin;
        }
        word += character;
        at += size;
    }
    return all + word + std::string(end);
}

std::string unstructured(std::string_view text) {
    const bool plain = text.size() <= line_length - header_name_length &&
                       std::ranges::all_of(text, is_printable) && !text.contains("=?");
    return plain ? std::string(text) : encoded_words(text);
}

std::string phrase(std::string_view name) {
    if (!std::ranges::all_of(name, is_printable) ||
        name.size() > line_length - header_name_length || name.contains("=?")) {
        return encoded_words(name);
    }
    std::string quoted = "\"";
    for (const char c : name) {
        quoted += c == '"' || c == '\\' ? "\\" : "";
        quoted += c;
    }
    return quoted + '"';
}

/// RFC 2045 6.7.
void quote_line(std::string_view line, std::string& out) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const bool last = i + 1 == line.size();
        const bool plain =
            is_printable(c) && c != '=' && !(c == ' ' && last) && !(c == '.' && length == 0);
        const std::size_t size = plain ? 1 : 3;
        if (length + size > line_length - 1) {
            out += "=\r\n";
            length = 0;
        }
        if (plain) {
            out += c;
        } else {
            std::format_to(std::back_inserter(out), "={:02X}", static_cast<unsigned char>(c));
        }
        length += size;
    }
    out += line_end;
}

std::string quoted_printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        quote_line(text.substr(0, end), out);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

} // namespace

std::optional<From> parse_from(std::string_view text) {
    From from;
    std::string_view address = text;
    if (const std::size_t open = text.rfind('<'); open != std::string_view::npos) {
        if (!text.ends_with('>')) {
            return std::nullopt;
        }
        address = text.substr(open + 1, text.size() - open - 2);
        std::string_view name = text.substr(0, open);
        name = name.substr(0, name.find_last_not_of(' ') + 1);
        const auto composed = text::name_of(name);
        if (!composed) {
            return std::nullopt;
        }
        from.name = *composed;
    }
    const auto wire = text::wire_address(address);
    if (!wire) {
        return std::nullopt;
    }
    from.address = *wire;
    return from;
}

std::optional<Message> compose(const From& from, const Contents& contents) {
    const auto to = text::wire_address(contents.to);
    if (!to) {
        return std::nullopt;
    }
    const std::string domain = from.address.substr(from.address.rfind('@') + 1);
    std::string content;
    const auto add = [&content](std::string_view name, std::string_view value) {
        std::format_to(std::back_inserter(content), "{}: {}{}", name, value, line_end);
    };
    add("Date", std::format("{:%a, %d %b %Y %H:%M:%S} +0000", contents.now));
    add("From", from.name.empty() ? std::format("<{}>", from.address)
                                  : std::format("{} <{}>", phrase(from.name), from.address));
    add("To", std::format("<{}>", *to));
    add("Subject", unstructured(contents.subject));
    add("Message-ID", std::format("<{}@{}>", contents.id, domain));
    add("Auto-Submitted", "auto-generated"); // RFC 3834
    if (!contents.unsubscribe_url.empty()) {
        add("List-Unsubscribe", std::format("<{}>", contents.unsubscribe_url));
        add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    add("MIME-Version", "1.0");
    add("Content-Type", "text/plain; charset=utf-8");
    add("Content-Transfer-Encoding", "quoted-printable");
    content += line_end;
    content += quoted_printable(contents.body);
    return Message{
        .id = contents.id, .from = from.address, .to = *to, .content = std::move(content)};
}

} // namespace haven::mail
