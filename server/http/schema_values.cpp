#include "server/http/schema_values.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/email.hpp"
#include "net/api/error_code.hpp"
#include "net/api/json.hpp"
#include "net/api/time.hpp"
#include "net/api/utf8.hpp"
#include "server/http/schema.hpp"
#include "server/text/text.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <expected>
#include <format>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {
namespace {

using api::ErrorCode;

bool is_date(std::string_view text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto part = [&text](std::size_t from, std::size_t length, auto& out) {
        const char* const first = text.data() + from;
        return std::from_chars(first, first + length, out).ptr == first + length;
    };
    return text.size() == 10 && text[4] == '-' && text[7] == '-' && part(0, 4, year) &&
           part(5, 2, month) && part(8, 2, day) && year >= 1 &&
           std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                       std::chrono::day(day))
               .ok();
}

/// RFC 6901.
bool is_json_pointer(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '~' && !text.substr(i).starts_with("~0") &&
            !text.substr(i).starts_with("~1")) {
            return false;
        }
    }
    return text.empty() || text.starts_with('/');
}

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Characters of a URI; % with two hexadecimal digits. `more`: those that this part may have, too.
bool has_uri_characters(std::string_view text, std::string_view more) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool percent = text[i] == '%' && i + 2 < text.size() &&
                             digits.contains(text[i + 1]) && digits.contains(text[i + 2]);
        if (!percent && !is_letter(text[i]) && !is_digit(text[i]) &&
            !std::string_view("-._~!$&'()*+,;=:@/").contains(text[i]) && !more.contains(text[i])) {
            return false;
        }
    }
    return true;
}

/// RFC 3986, 4.1.
bool is_uri_reference(std::string_view text) {
    const std::size_t before_path = text.find_first_of(":/?#");
    if (before_path != std::string_view::npos && text[before_path] == ':') {
        const std::string_view scheme = text.substr(0, before_path);
        if (scheme.empty() || !is_letter(scheme.front()) ||
            !std::ranges::all_of(scheme, [](char c) {
                return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
            })) {
            return false;
        }
        text.remove_prefix(before_path + 1);
    }
    const std::size_t fragment = std::min(text.find('#'), text.size());
    const std::string_view identifier = text.substr(0, fragment);
    const std::size_t query = std::min(identifier.find('?'), fragment);
    std::string_view path = identifier.substr(0, query);
    if (path.starts_with("//")) { // an authority, where an address may stand in brackets
        const std::string_view authority = path.substr(2, path.substr(2).find('/'));
        if (!has_uri_characters(authority, "[]")) {
            return false;
        }
        path.remove_prefix(2 + authority.size());
    }
    return has_uri_characters(path, "") && has_uri_characters(identifier.substr(query), "?") &&
           has_uri_characters(text.substr(std::min(fragment + 1, text.size())), "?");
}

std::optional<Wrong> wrong_length(const Schema& schema, std::size_t length) {
    const std::size_t least = schema.length_min.value_or(0);
    const std::size_t most = schema.length_max.value_or(length);
    if (length >= least && length <= most) {
        return std::nullopt;
    }
    const bool is_short = length < least;
    Wrong wrong{.code = is_short ? ErrorCode::too_short : ErrorCode::too_long,
                .detail = std::format("must be {} characters at least, is {}", least, length),
                .limit = static_cast<double>(is_short ? least : most)};
    if (schema.length_max) {
        wrong.detail = least == most
                           ? std::format("must be {} characters, is {}", most, length)
                           : std::format("must be {} to {} characters, is {}", least, most, length);
    }
    return wrong;
}

} // namespace

std::expected<std::string, std::string> formed(Schema::Format format, std::string_view text) {
    switch (format) {
    case Schema::Format::none:
        return std::string(text);
    case Schema::Format::uuid:
        if (const auto id = parse_uuid(text)) {
            return to_string(*id);
        }
        return std::unexpected("must be a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91");
    case Schema::Format::date_time:
        if (const auto time_us = api::parse_time_us(text)) {
            return api::format_time_us(*time_us);
        }
        return std::unexpected("must be a time of RFC 3339, such as 2026-01-31T12:00:00.000000Z");
    case Schema::Format::date:
        if (is_date(text)) {
            return std::string(text);
        }
        return std::unexpected("must be a date, such as 2026-01-31");
    case Schema::Format::email:
    case Schema::Format::idn_email:
        if (api::is_email(text, format == Schema::Format::idn_email ? api::EmailForm::any
                                                                    : api::EmailForm::ascii)) {
            return std::string(text);
        }
        return std::unexpected("must be an e-mail address");
    case Schema::Format::name:
        if (auto name = text::name_of(text)) {
            return *std::move(name);
        }
        return std::unexpected(std::string(text::name_rule));
    case Schema::Format::json_pointer:
        if (is_json_pointer(text)) {
            return std::string(text);
        }
        return std::unexpected("must be a JSON pointer, such as /strokes/3");
    case Schema::Format::uri_reference:
        if (is_uri_reference(text)) {
            return std::string(text);
        }
        return std::unexpected("must be a reference to a URI");
    }
    std::unreachable();
}

std::optional<Wrong> wrong_count(std::optional<std::size_t> least_or_none,
                                 std::optional<std::size_t> most_or_none, std::size_t count,
                                 std::string_view of_what) {
    const std::size_t least = least_or_none.value_or(0);
    const std::size_t most = most_or_none.value_or(count);
    if (count >= least && count <= most) {
        return std::nullopt;
    }
    const bool are_few = count < least;
    return Wrong{.code = are_few ? ErrorCode::too_few : ErrorCode::too_many,
                 .detail =
                     std::format("must hold {} to {} {}, holds {}", least, most, of_what, count),
                 .limit = static_cast<double>(are_few ? least : most)};
}

bool fits(const Pattern& pattern, std::string_view text) {
    return text.size() <= pattern_subject_max &&
           std::regex_search(text.begin(), text.end(), pattern.expression);
}

std::optional<Wrong> wrong_string(const Schema& schema, std::string_view text) {
    if (auto wrong = wrong_length(schema, api::utf8_length(text))) {
        return wrong;
    }
    if (schema.pattern && !fits(*schema.pattern, text)) {
        return Wrong{.code = ErrorCode::malformed,
                     .detail = std::format("must be of the form {}", schema.pattern->text)};
    }
    return std::nullopt;
}

std::optional<Wrong> wrong_number(const Schema& schema, std::string_view text) {
    const auto whole = api::whole_number(text);
    if ((schema.types & Schema::number) == Schema::integer && !whole) {
        return Wrong{.code = text.starts_with('-') ? ErrorCode::too_small : ErrorCode::too_large,
                     .detail = "must be a whole number of 64 bits"};
    }
    double real = 0;
    std::from_chars(text.data(), text.data() + text.size(), real);
    // A long double holds every 64-bit number exactly.
    const long double value = whole ? static_cast<long double>(*whole) : real;
    if (schema.above && value <= *schema.above) {
        return Wrong{.code = ErrorCode::too_small,
                     .detail = std::format("must be over {}", *schema.above),
                     .limit = schema.above};
    }
    if (schema.below && value >= *schema.below) {
        return Wrong{.code = ErrorCode::too_large,
                     .detail = std::format("must be under {}", *schema.below),
                     .limit = schema.below};
    }
    const bool is_small = schema.least && value < *schema.least;
    if (!is_small && !(schema.most && value > *schema.most)) {
        return std::nullopt;
    }
    Wrong wrong{.code = is_small ? ErrorCode::too_small : ErrorCode::too_large,
                .detail = schema.least ? std::format("must be {} or more", *schema.least)
                                       : std::format("must be {} or less", *schema.most),
                .limit = is_small ? schema.least : schema.most};
    if (schema.least && schema.most) {
        wrong.detail = std::format("must be {} to {}", *schema.least, *schema.most);
    }
    return wrong;
}

} // namespace haven::http
