#include "server/http/schema.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::http {
namespace {

constexpr std::size_t errors_max = 64;
constexpr std::size_t told_key_length_max = 100;

std::string_view text_of(yyjson_val* value) {
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

std::uint8_t type_of(yyjson_val* value) {
    switch (yyjson_get_type(value)) {
    case YYJSON_TYPE_NULL:
        return Schema::null;
    case YYJSON_TYPE_BOOL:
        return Schema::boolean;
    case YYJSON_TYPE_NUM:
        return yyjson_is_int(value) ? Schema::integer : Schema::number ^ Schema::integer;
    case YYJSON_TYPE_STR:
        return Schema::string;
    case YYJSON_TYPE_ARR:
        return Schema::array;
    case YYJSON_TYPE_OBJ:
        return Schema::object;
    default:
        return 0;
    }
}

std::string name_of(std::uint8_t types) {
    constexpr std::array<std::pair<std::uint8_t, std::string_view>, 7> words = {{
        {Schema::object, "an object"},
        {Schema::array, "an array"},
        {Schema::string, "a string"},
        {Schema::number, "a number"},
        {Schema::integer, "a whole number"},
        {Schema::boolean, "true or false"},
        {Schema::null, "null"},
    }};
    std::string text;
    for (const auto& [type, word] : words) {
        if ((types & type) == type) {
            text += text.empty() ? "" : " or ";
            text += word;
            types = static_cast<std::uint8_t>(types & ~type);
        }
    }
    return text;
}

std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        text += text.empty() ? "" : ", ";
        text += value;
    }
    return text;
}

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

std::optional<std::string> wrong_form(Schema::Format format, std::string_view text) {
    switch (format) {
    case Schema::Format::none:
        return std::nullopt;
    case Schema::Format::uuid:
        return parse_uuid(text)
                   ? std::nullopt
                   : std::optional<std::string>(
                         "must be a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91");
    case Schema::Format::date_time:
        return api::parse_time_us(text)
                   ? std::nullopt
                   : std::optional<std::string>("must be a time of RFC 3339, such as "
                                                "2026-01-31T12:00:00.000000Z, from 1970 to 9999");
    case Schema::Format::date:
        return is_date(text) ? std::nullopt
                             : std::optional<std::string>("must be a date, such as 2026-01-31");
    case Schema::Format::email: {
        const std::size_t at = text.find('@');
        const bool good = at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                          text.find('@', at + 1) == std::string_view::npos &&
                          std::ranges::none_of(text, [](char c) {
                              return static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
                          });
        return good ? std::nullopt : std::optional<std::string>("must be an e-mail address");
    }
    }
    std::unreachable();
}

std::optional<std::string> wrong_length(const Schema& schema, std::size_t length) {
    const std::size_t least = schema.length_min.value_or(0);
    const std::size_t most = schema.length_max.value_or(length);
    if (length >= least && length <= most) {
        return std::nullopt;
    }
    if (schema.length_max) {
        return least == most
                   ? std::format("must be {} characters, is {}", most, length)
                   : std::format("must be {} to {} characters, is {}", least, most, length);
    }
    return std::format("must be {} characters at least, is {}", least, length);
}

std::optional<std::string> wrong_string(const Schema& schema, std::string_view text) {
    if (text.contains('\0')) {
        return "must not hold the character U+0000";
    }
    if (!schema.values.empty() && !std::ranges::contains(schema.values, text)) {
        return std::format("must be one of: {}", joined(schema.values));
    }
    if (auto wrong = wrong_length(schema, length_of(text))) {
        return wrong;
    }
    if (schema.pattern && (text.size() > pattern_subject_max ||
                           !std::regex_search(text.begin(), text.end(), *schema.pattern))) {
        return std::format("must be of the form {}", schema.pattern_text);
    }
    return wrong_form(schema.format, text);
}

std::optional<std::string> wrong_number(const Schema& schema, double value) {
    if (value >= schema.least.value_or(value) && value <= schema.most.value_or(value)) {
        return std::nullopt;
    }
    if (schema.least && schema.most) {
        return std::format("must be {} to {}", *schema.least, *schema.most);
    }
    return schema.least ? std::format("must be {} or more", *schema.least)
                        : std::format("must be {} or less", *schema.most);
}

std::string escaped(std::string_view key) {
    std::string text;
    for (const char c : key) {
        text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return text;
}

/// Walks a body along its schema and gathers what is wrong.
class Checker {
  public:
    void check(const Schema& schema, yyjson_val* value, const std::string& pointer) {
        const std::uint8_t type = type_of(value);
        if ((schema.types & type) == 0) {
            fail(pointer, std::format("must be {}", name_of(schema.types)));
            return;
        }
        switch (yyjson_get_type(value)) {
        case YYJSON_TYPE_BOOL:
            if (schema.flag && *schema.flag != yyjson_get_bool(value)) {
                fail(pointer, std::format("must be {}", *schema.flag));
            }
            break;
        case YYJSON_TYPE_NUM:
            note(pointer, wrong_number(schema, yyjson_get_num(value)));
            break;
        case YYJSON_TYPE_STR:
            note(pointer, wrong_string(schema, text_of(value)));
            break;
        case YYJSON_TYPE_ARR:
            check_array(schema, value, pointer);
            break;
        case YYJSON_TYPE_OBJ:
            check_object(schema, value, pointer);
            break;
        default:
            break;
        }
    }
    void fail(const std::string& pointer, std::string detail) {
        if (errors_.size() < errors_max) {
            errors_.push_back({.pointer = pointer, .detail = std::move(detail)});
        }
    }
    [[nodiscard]] std::vector<api::BodyError> take() { return std::move(errors_); }

    /// What no part of a body may be, looked at or not: too deep, or with a U+0000.
    void check_any(yyjson_val* value, const std::string& pointer, std::size_t depth) {
        if (depth > api::json_depth_max) {
            fail(pointer, std::format("the JSON is more than {} deep", api::json_depth_max));
        } else if (yyjson_is_str(value) && text_of(value).contains('\0')) {
            fail(pointer, "must not hold the character U+0000");
        } else if (yyjson_is_arr(value)) {
            yyjson_arr_iter items = yyjson_arr_iter_with(value);
            while (yyjson_val* item = yyjson_arr_iter_next(&items)) {
                check_any(item, pointer, depth + 1);
            }
        } else if (yyjson_is_obj(value)) {
            yyjson_obj_iter members = yyjson_obj_iter_with(value);
            while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
                check_any(key, pointer, depth + 1);
                check_any(yyjson_obj_iter_get_val(key), pointer, depth + 1);
            }
        }
    }

  private:
    void note(const std::string& pointer, std::optional<std::string> wrong) {
        if (wrong) {
            fail(pointer, *std::move(wrong));
        }
    }

    void check_array(const Schema& schema, yyjson_val* value, const std::string& pointer) {
        const std::size_t count = yyjson_arr_size(value);
        if (count < schema.items_min.value_or(0) || count > schema.items_max.value_or(count)) {
            fail(pointer,
                 std::format("must hold {} to {} items, holds {}", schema.items_min.value_or(0),
                             schema.items_max.value_or(count), count));
            return;
        }
        yyjson_arr_iter items = yyjson_arr_iter_with(value);
        std::vector<yyjson_val*> seen;
        for (std::size_t i = 0; yyjson_val* item = yyjson_arr_iter_next(&items); ++i) {
            const std::string place = std::format("{}/{}", pointer, i);
            if (schema.items) {
                check(*schema.items, item, place);
            } else {
                check_any(item, place, 2);
            }
            if (schema.items_unique) {
                const auto same = [item](yyjson_val* other) { return yyjson_equals(item, other); };
                if (std::ranges::any_of(seen, same)) {
                    fail(place, "is there more than once");
                }
                seen.push_back(item);
            }
        }
    }

    void check_object(const Schema& schema, yyjson_val* value, const std::string& pointer) {
        std::vector<std::string_view> seen;
        yyjson_obj_iter members = yyjson_obj_iter_with(value);
        while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
            const std::string_view name = text_of(key);
            const std::string place = std::format("{}/{}", pointer, escaped(name));
            const auto known = schema.properties.find(name);
            if (known == schema.properties.end()) {
                if (schema.closed) {
                    fail_unknown(name, pointer, place);
                } else {
                    check_any(key, pointer, 2);
                    check_any(yyjson_obj_iter_get_val(key), pointer, 2);
                }
                continue;
            }
            if (std::ranges::contains(seen, name)) {
                fail(place, "is there more than once");
                continue;
            }
            seen.push_back(name);
            check(*known->second, yyjson_obj_iter_get_val(key), place);
        }
        for (const std::string& name : schema.required) {
            if (!std::ranges::contains(seen, name)) {
                fail(std::format("{}/{}", pointer, escaped(name)), "is missing");
            }
        }
    }

    void fail_unknown(std::string_view name, const std::string& pointer, const std::string& place) {
        if (name.empty() || name.size() > told_key_length_max) {
            fail(pointer, "holds a member with an unknown name");
        } else {
            fail(place, "is not known here");
        }
    }

    std::vector<api::BodyError> errors_;
};

} // namespace

std::vector<api::BodyError> check_body(const Schema& schema, std::string_view body) {
    Checker checker;
    yyjson_read_err error{};
    // yyjson leaves its input alone without YYJSON_READ_INSITU; the parameter is not const.
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read_opts(const_cast<char*>(body.data()), body.size(), YYJSON_READ_NOFLAG, nullptr,
                         &error),
        &yyjson_doc_free);
    if (!document) {
        checker.fail("", body.empty() ? "the body is empty; it must be JSON"
                                      : std::format("the body is not JSON at its byte {}: {}",
                                                    error.pos, error.msg));
        return checker.take();
    }
    checker.check(schema, yyjson_doc_get_root(document.get()), "");
    return checker.take();
}

std::optional<std::string> check_text(const Schema& schema, std::string_view text) {
    if ((schema.types & Schema::string) != 0) {
        return wrong_string(schema, text);
    }
    if (schema.types == Schema::boolean) {
        return text == "true" || text == "false"
                   ? std::nullopt
                   : std::optional<std::string>("must be true or false");
    }
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = schema.types != Schema::integer ||
                       text.find_first_not_of("0123456789-") == std::string_view::npos;
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !whole) {
        return std::format("must be {}", name_of(schema.types));
    }
    return wrong_number(schema, number);
}

} // namespace haven::http
