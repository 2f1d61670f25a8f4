#include "server/http/schema.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/email.hpp"
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"
#include "net/api/utf8.hpp"
#include "server/http/json_value.hpp"
#include "server/http/message.hpp"
#include "server/text/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <iterator>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::http {
namespace {

constexpr std::size_t errors_max = 64;
constexpr std::size_t told_key_length_max = 100;

std::uint8_t type_of(yyjson_val* value) {
    switch (yyjson_get_type(value)) {
    case YYJSON_TYPE_NULL:
        return Schema::null;
    case YYJSON_TYPE_BOOL:
        return Schema::boolean;
    case YYJSON_TYPE_RAW:
        return api::is_whole(number_of(value)) ? Schema::integer : Schema::number ^ Schema::integer;
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

/// The values, without the quotes of texts.
std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string_view value : values) {
        text += text.empty() ? "" : ", ";
        text += value.starts_with('"') ? value.substr(1, value.size() - 2) : value;
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

/// The text in the one spelling of its format; what is wrong with it.
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

bool fits(const Pattern& pattern, std::string_view text) {
    return text.size() <= pattern_subject_max &&
           std::regex_search(text.begin(), text.end(), pattern.expression);
}

std::optional<std::string> wrong_string(const Schema& schema, std::string_view text) {
    if (auto wrong = wrong_length(schema, api::utf8_length(text))) {
        return wrong;
    }
    if (schema.pattern && !fits(*schema.pattern, text)) {
        return std::format("must be of the form {}", schema.pattern->text);
    }
    return std::nullopt;
}

std::optional<std::string> wrong_number(const Schema& schema, std::string_view text) {
    if ((schema.types & Schema::number) == Schema::integer && !api::whole_number(text)) {
        return "must be a whole number of 64 bits";
    }
    const auto whole = api::whole_number(text);
    double real = 0;
    std::from_chars(text.data(), text.data() + text.size(), real);
    // A long double holds every 64-bit number exactly.
    const long double value = whole ? static_cast<long double>(*whole) : real;
    if (schema.above && value <= *schema.above) {
        return std::format("must be over {}", *schema.above);
    }
    if (schema.below && value >= *schema.below) {
        return std::format("must be under {}", *schema.below);
    }
    if (!(schema.least && value < *schema.least) && !(schema.most && value > *schema.most)) {
        return std::nullopt;
    }
    if (schema.least && schema.most) {
        return std::format("must be {} to {}", *schema.least, *schema.most);
    }
    return schema.least ? std::format("must be {} or more", *schema.least)
                        : std::format("must be {} or less", *schema.most);
}

std::string spelled(yyjson_val* value) {
    std::string text;
    (void)api::append_canonical(text, value); // it was read by the same rule
    return text;
}

/// Walks a body along its schema and gathers what is wrong, and what is to be spelled otherwise.
class Checker {
  public:
    using Names = std::vector<std::string_view>; ///< members that a schema has looked at

    void check(const Schema& schema, yyjson_val* value, const std::string& pointer) {
        Names names;
        check(schema, value, pointer, names);
    }
    void fail(const std::string& pointer, std::string detail) {
        if (errors_.size() < errors_max) {
            errors_.push_back({.pointer = pointer, .detail = std::move(detail)});
        }
    }
    [[nodiscard]] std::vector<api::BodyError> take() { return std::move(errors_); }
    /// The values that have another spelling get it; they point into this.
    void respell() {
        for (const auto& [value, text] : spellings_) {
            yyjson_set_strn(value, text->data(), text->size());
        }
    }

  private:
    void check(const Schema& schema, yyjson_val* value, const std::string& pointer,
               Names& evaluated) {
        if (schema.never) {
            fail(pointer, "must not be there");
            return;
        }
        if ((schema.types & type_of(value)) == 0) {
            fail(pointer, std::format("must be {}", name_of(schema.types)));
            return;
        }
        if (!schema.values.empty() && !std::ranges::contains(schema.values, spelled(value))) {
            fail(pointer, schema.values.size() == 1
                              ? std::format("must be {}", joined(schema.values))
                              : std::format("must be one of: {}", joined(schema.values)));
            return;
        }
        check_parts(schema, value, pointer, evaluated);
        switch (yyjson_get_type(value)) {
        case YYJSON_TYPE_RAW:
            note(pointer, wrong_number(schema, number_of(value)));
            break;
        case YYJSON_TYPE_STR:
            check_string(schema, value, pointer);
            break;
        case YYJSON_TYPE_ARR:
            check_array(schema, value, pointer);
            break;
        case YYJSON_TYPE_OBJ:
            check_object(schema, value, pointer, evaluated);
            break;
        default:
            break;
        }
    }

    void note(const std::string& pointer, std::optional<std::string> wrong) {
        if (wrong) {
            fail(pointer, *std::move(wrong));
        }
    }

    /// allOf, anyOf, oneOf, not. Each schema in them sees the members that it has looked at itself.
    void check_parts(const Schema& schema, yyjson_val* value, const std::string& pointer,
                     Names& evaluated) {
        for (const Schema* const part : schema.all_of) {
            Names names;
            check(*part, value, pointer, names);
            evaluated.insert(evaluated.end(), names.begin(), names.end());
        }
        if (!schema.any_of.empty()) {
            check_choice(schema.any_of, value, pointer, schema.any_of.size(), evaluated);
        }
        if (!schema.one_of.empty()) {
            check_choice(schema.one_of, value, pointer, 1, evaluated);
        }
        if (schema.excluded != nullptr) {
            Checker inner;
            inner.check(*schema.excluded, value, pointer);
            if (inner.errors_.empty()) {
                fail(pointer, "has a form that it must not have");
            }
        }
    }

    void check_choice(const std::vector<const Schema*>& choices, yyjson_val* value,
                      const std::string& pointer, std::size_t fits_max, Names& evaluated) {
        std::size_t fitting = 0;
        std::uint8_t types = 0;
        std::vector<Checker> meant; // of the value's type, and not fitting
        for (const Schema* const choice : choices) {
            Checker inner;
            Names names;
            inner.check(*choice, value, pointer, names);
            const std::uint8_t of_choice = types_of(*choice);
            types |= of_choice;
            if (inner.errors_.empty()) {
                ++fitting;
                evaluated.insert(evaluated.end(), names.begin(), names.end());
                std::ranges::move(inner.spellings_, std::back_inserter(spellings_));
            } else if ((of_choice & type_of(value)) != 0) {
                meant.push_back(std::move(inner));
            }
        }
        if (fitting == 0 && meant.size() == 1) {
            for (api::BodyError& error : meant.front().errors_) {
                fail(error.pointer, std::move(error.detail));
            }
        } else if (fitting == 0) {
            fail(pointer, meant.empty() ? std::format("must be {}", name_of(types))
                                        : std::string("has none of the forms it may have"));
        } else if (fitting > fits_max) {
            fail(pointer, "has more than one of the forms it may have");
        }
    }

    void check_string(const Schema& schema, yyjson_val* value, const std::string& pointer) {
        const std::string_view text = text_of(value);
        if (auto wrong = wrong_string(schema, text)) {
            fail(pointer, *std::move(wrong));
            return;
        }
        auto spelling = formed(schema.format, text);
        if (!spelling) {
            fail(pointer, std::move(spelling.error()));
        } else if (*spelling != text) {
            spellings_.emplace_back(value, std::make_unique<std::string>(std::move(*spelling)));
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
        std::set<std::string> seen;
        for (std::size_t i = 0; yyjson_val* item = yyjson_arr_iter_next(&items); ++i) {
            const std::string place = std::format("{}/{}", pointer, i);
            const Schema* const of_item =
                i < schema.first_items.size() ? schema.first_items[i] : schema.items;
            if (of_item != nullptr) {
                check(*of_item, item, place);
            }
            if (schema.items_unique && !seen.insert(spelled(item)).second) {
                fail(place, "is there more than once");
            }
        }
    }

    void check_object(const Schema& schema, yyjson_val* value, const std::string& pointer,
                      Names& evaluated) {
        const std::size_t count = yyjson_obj_size(value);
        if (count < schema.members_min.value_or(0) || count > schema.members_max.value_or(count)) {
            fail(pointer,
                 std::format("must hold {} to {} members, holds {}", schema.members_min.value_or(0),
                             schema.members_max.value_or(count), count));
            return;
        }
        yyjson_obj_iter members = yyjson_obj_iter_with(value);
        while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
            const std::string place = api::pointer_below(pointer, text_of(key));
            if (schema.names != nullptr) {
                check(*schema.names, key, place);
            }
            if (check_member(schema, text_of(key), yyjson_obj_iter_get_val(key), place, pointer)) {
                evaluated.push_back(text_of(key));
            }
        }
        for (const std::string& name : schema.required) {
            if (yyjson_obj_getn(value, name.data(), name.size()) == nullptr) {
                fail(api::pointer_below(pointer, name), "is missing");
            }
        }
        if (schema.unevaluated != nullptr) {
            check_unevaluated(*schema.unevaluated, value, pointer, evaluated);
        }
    }

    /// Whether the schema itself has something to say of the member.
    bool check_member(const Schema& schema, std::string_view name, yyjson_val* member,
                      const std::string& place, const std::string& pointer) {
        bool known = false;
        if (const auto found = schema.properties.find(name); found != schema.properties.end()) {
            check(*found->second, member, place);
            known = true;
        }
        for (const auto& [pattern, of_member] : schema.properties_like) {
            if (fits(pattern, name)) {
                check(*of_member, member, place);
                known = true;
            }
        }
        if (!known && schema.others != nullptr) {
            check_other(*schema.others, name, member, place, pointer);
        }
        return known || schema.others != nullptr;
    }

    void check_unevaluated(const Schema& unevaluated, yyjson_val* value, const std::string& pointer,
                           Names& evaluated) {
        yyjson_obj_iter members = yyjson_obj_iter_with(value);
        while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
            if (!std::ranges::contains(evaluated, text_of(key))) {
                check_other(unevaluated, text_of(key), yyjson_obj_iter_get_val(key),
                            api::pointer_below(pointer, text_of(key)), pointer);
                evaluated.push_back(text_of(key));
            }
        }
    }

    /// A member that no property names.
    void check_other(const Schema& schema, std::string_view name, yyjson_val* member,
                     const std::string& place, const std::string& pointer) {
        if (!schema.never) {
            check(schema, member, place);
        } else if (name.size() > told_key_length_max) {
            fail(pointer, "holds a member with an unknown name");
        } else {
            fail(place, "is not known here");
        }
    }

    std::vector<api::BodyError> errors_;
    std::vector<std::pair<yyjson_val*, std::unique_ptr<std::string>>> spellings_;
};

} // namespace

std::expected<std::string, std::vector<api::BodyError>> check_body(const Schema& schema,
                                                                   std::string_view body) {
    Checker checker;
    const JsonDocument document = read_json(body);
    if (!document) {
        checker.fail("", "is not JSON");
        return std::unexpected(checker.take());
    }
    yyjson_val* const root = yyjson_doc_get_root(document.get());
    checker.check(schema, root, "");
    if (auto errors = checker.take(); !errors.empty()) {
        return std::unexpected(std::move(errors));
    }
    checker.respell();
    return spelled(root);
}

std::expected<std::string, std::string> check_text(const Schema& schema, std::string_view text) {
    const std::uint8_t types = types_of(schema);
    std::string json = json_string(text);
    if ((types & Schema::string) == 0) {
        const auto number = api::canonical_number(text);
        const bool flag = types == Schema::boolean && (text == "true" || text == "false");
        if (!number && !flag) {
            return std::unexpected(std::format("must be {}", name_of(types)));
        }
        json = number ? *number : text;
    }
    const auto checked = check_body(schema, json);
    if (!checked) {
        return std::unexpected(checked.error().front().detail);
    }
    if ((types & Schema::string) == 0) {
        return *checked;
    }
    const JsonDocument spelling = read_json(*checked);
    return std::string(text_of(yyjson_doc_get_root(spelling.get())));
}

std::uint8_t types_of(const Schema& schema) {
    std::uint8_t types = schema.never ? 0 : schema.types;
    for (const Schema* const part : schema.all_of) {
        types &= types_of(*part);
    }
    for (const auto* const choices : {&schema.any_of, &schema.one_of}) {
        std::uint8_t of_choices = choices->empty() ? Schema::any : 0;
        for (const Schema* const choice : *choices) {
            of_choices |= types_of(*choice);
        }
        types &= of_choices;
    }
    return types;
}

} // namespace haven::http
