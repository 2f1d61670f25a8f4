#include "server/http/schema.hpp"

#include "net/api/json.hpp"
#include "server/http/json_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::http {
namespace {

using Done = std::expected<void, std::string>;
using Known = std::expected<bool, std::string>; ///< whether the keyword was one of these

constexpr int references_max = 16;

constexpr std::array annotations = {"description", "example",  "examples",  "title",
                                    "default",     "readOnly", "writeOnly", "deprecated",
                                    "$schema",     "$comment", "$defs"};

std::optional<std::uint8_t> type_named(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::uint8_t>, 7> names = {{
        {"null", Schema::null},
        {"boolean", Schema::boolean},
        {"integer", Schema::integer},
        {"number", Schema::number},
        {"string", Schema::string},
        {"array", Schema::array},
        {"object", Schema::object},
    }};
    const auto* const found =
        std::ranges::find(names, name, &std::pair<std::string_view, std::uint8_t>::first);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

std::string decoded(std::string_view percent_encoded) {
    std::string text;
    for (std::size_t i = 0; i < percent_encoded.size(); ++i) {
        unsigned value = 0;
        const std::string_view digits = percent_encoded.substr(i).substr(1, 2);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (percent_encoded[i] == '%' && digits.size() == 2 &&
            read.ptr == digits.data() + digits.size()) {
            text += static_cast<char>(value);
            i += 2;
        } else {
            text += percent_encoded[i];
        }
    }
    return text;
}

/// Until `take` says what is wrong: with a member's name, its value and where it stands.
template <typename Take>
Done for_each_member(yyjson_val* object, std::string_view where, const Take& take) {
    yyjson_obj_iter members = yyjson_obj_iter_with(object);
    while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
        const std::string_view name = text_of(key);
        const std::string place = std::format("{}/{}", where, name);
        if (Done taken = take(name, yyjson_obj_iter_get_val(key), place); !taken) {
            return taken;
        }
    }
    return {};
}

std::expected<Pattern, std::string> pattern_of(std::string_view text, std::string_view where) {
    try {
        return Pattern{.text = std::string(text),
                       .expression = std::regex(std::string(text),
                                                std::regex::ECMAScript | std::regex::optimize)};
    } catch (const std::regex_error&) {
        return std::unexpected(std::format("{}: is no pattern that is known here", where));
    }
}

Known add_count(Schema& schema, std::string_view keyword, yyjson_val* value,
                std::string_view where) {
    using Count = std::optional<std::size_t> Schema::*;
    constexpr std::array<std::pair<std::string_view, Count>, 6> counts = {{
        {"minLength", &Schema::length_min},
        {"maxLength", &Schema::length_max},
        {"minItems", &Schema::items_min},
        {"maxItems", &Schema::items_max},
        {"minProperties", &Schema::members_min},
        {"maxProperties", &Schema::members_max},
    }};
    const auto* const found =
        std::ranges::find(counts, keyword, &std::pair<std::string_view, Count>::first);
    if (found == counts.end()) {
        return false;
    }
    const auto count = api::whole_number(number_of(value));
    if (!count || *count < 0) {
        return std::unexpected(std::format("{}: wants a whole number", where));
    }
    schema.*(found->second) = static_cast<std::size_t>(*count);
    return true;
}

Known add_bound(Schema& schema, std::string_view keyword, yyjson_val* value,
                std::string_view where) {
    using Bound = std::optional<double> Schema::*;
    constexpr std::array<std::pair<std::string_view, Bound>, 4> bounds = {{
        {"minimum", &Schema::least},
        {"maximum", &Schema::most},
        {"exclusiveMinimum", &Schema::above},
        {"exclusiveMaximum", &Schema::below},
    }};
    const auto* const found =
        std::ranges::find(bounds, keyword, &std::pair<std::string_view, Bound>::first);
    if (found == bounds.end()) {
        return false;
    }
    const std::string_view text = number_of(value);
    double number = 0;
    if (text.empty() || std::from_chars(text.data(), text.data() + text.size(), number).ptr !=
                            text.data() + text.size()) {
        return std::unexpected(std::format("{}: wants a number", where));
    }
    schema.*(found->second) = number;
    return true;
}

Done add_type(Schema& schema, yyjson_val* value, std::string_view where) {
    std::uint8_t types = 0;
    const std::size_t count = yyjson_is_arr(value) ? yyjson_arr_size(value) : 1;
    for (std::size_t i = 0; i < count; ++i) {
        yyjson_val* one = yyjson_is_arr(value) ? yyjson_arr_get(value, i) : value;
        const auto type = type_named(yyjson_is_str(one) ? text_of(one) : "");
        if (!type) {
            return std::unexpected(std::format("{}: names no type", where));
        }
        types |= *type;
    }
    schema.types &= types;
    return {};
}

Done add_format(Schema& schema, std::string_view name, std::string_view where) {
    using Format = Schema::Format;
    constexpr std::array<std::pair<std::string_view, Format>, 13> formats = {
        {{"uuid", Format::uuid},
         {"date-time", Format::date_time},
         {"date", Format::date},
         {"email", Format::email},
         {"idn-email", Format::idn_email},
         {"name", Format::name}, // of a person or a place: our own
         {"json-pointer", Format::json_pointer},
         {"uri-reference", Format::uri_reference},
         {"password", Format::none},
         {"int32", Format::none},
         {"int64", Format::none},
         {"double", Format::none},
         {"binary", Format::none}}};
    const auto* const found =
        std::ranges::find(formats, name, &std::pair<std::string_view, Format>::first);
    if (found == formats.end()) {
        return std::unexpected(std::format("{}: the format {} is not known", where, name));
    }
    schema.format = found->second;
    return {};
}

/// enum and const. Both in one schema: what both have.
Done add_values(Schema& schema, std::string_view keyword, yyjson_val* value,
                std::string_view where) {
    std::vector<std::string> values;
    bool taken = true;
    if (keyword == "const") {
        taken = api::append_canonical(values.emplace_back(), value);
    } else {
        yyjson_arr_iter each = yyjson_arr_iter_with(value);
        while (yyjson_val* one = yyjson_arr_iter_next(&each)) {
            taken = api::append_canonical(values.emplace_back(), one) && taken;
        }
    }
    if (!taken) {
        return std::unexpected(std::format("{}: holds what is never taken", where));
    }
    if (!schema.values.empty()) {
        std::erase_if(values, [&schema](const std::string& one) {
            return !std::ranges::contains(schema.values, one);
        });
    }
    schema.never = schema.never || values.empty();
    schema.values = std::move(values);
    return {};
}

/// Keywords that stand alone.
Known add_plain(Schema& schema, std::string_view keyword, yyjson_val* value,
                std::string_view where) {
    const auto done = [](Done result) -> Known {
        return result ? Known(true) : Known(std::unexpected(std::move(result.error())));
    };
    if (const Known count = add_count(schema, keyword, value, where); !count || *count) {
        return count;
    }
    if (const Known bound = add_bound(schema, keyword, value, where); !bound || *bound) {
        return bound;
    }
    if (keyword == "uniqueItems") {
        schema.items_unique = yyjson_get_bool(value);
        return true;
    }
    if (keyword == "pattern") {
        auto pattern = pattern_of(text_of(value), where);
        if (!pattern) {
            return std::unexpected(std::move(pattern.error()));
        }
        schema.pattern = std::move(*pattern);
        return true;
    }
    if (keyword == "type") {
        return done(add_type(schema, value, where));
    }
    if (keyword == "format") {
        return done(add_format(schema, text_of(value), where));
    }
    if (keyword == "enum" || keyword == "const") {
        return done(add_values(schema, keyword, value, where));
    }
    if (keyword == "required") {
        yyjson_arr_iter each = yyjson_arr_iter_with(value);
        while (yyjson_val* one = yyjson_arr_iter_next(&each)) {
            schema.required.emplace_back(text_of(one));
        }
        return true;
    }
    return false;
}

} // namespace

yyjson_val* SchemaReader::target_of(std::string_view reference) const {
    if (reference == "#") {
        return document_;
    }
    if (!reference.starts_with("#/")) {
        return nullptr;
    }
    const std::string pointer = decoded(reference.substr(1));
    return yyjson_ptr_getn(document_, pointer.data(), pointer.size());
}

yyjson_val* SchemaReader::resolve(yyjson_val* value) const {
    for (int i = 0; i < references_max && value != nullptr; ++i) {
        yyjson_val* reference = yyjson_obj_get(value, "$ref");
        if (reference == nullptr) {
            return value;
        }
        value = target_of(text_of(reference));
    }
    return nullptr;
}

std::expected<const Schema*, std::string> SchemaReader::read(yyjson_val* schema,
                                                             std::string_view where) {
    if (const auto known = known_.find(schema); known != known_.end()) {
        return known->second;
    }
    auto made = std::make_unique<Schema>();
    Schema& added = *made;
    pool_.push_back(std::move(made));
    known_[schema] = &added; // before what is in it, which may point to it
    if (const Done done = add(added, schema, where); !done) {
        return std::unexpected(done.error());
    }
    return &added;
}

SchemaReader::Done SchemaReader::add(Schema& schema, yyjson_val* from, std::string_view where) {
    if (yyjson_is_bool(from)) {
        schema.never = !yyjson_get_bool(from);
        return {};
    }
    if (!yyjson_is_obj(from)) {
        return std::unexpected(std::format("{}: is no schema", where));
    }
    Done added = for_each_member(
        from, where, [&](std::string_view keyword, yyjson_val* value, std::string_view place) {
            return add_keyword(schema, keyword, value, place);
        });
    if (!added) {
        return added;
    }
    if (schema.pattern && patterns_ == Patterns::bounded &&
        schema.length_max.value_or(pattern_subject_max + 1) > pattern_subject_max) {
        return std::unexpected(std::format("{}: a pattern wants a maxLength of at most {}", where,
                                           pattern_subject_max));
    }
    return {};
}

SchemaReader::Done SchemaReader::add_keyword(Schema& schema, std::string_view keyword,
                                             yyjson_val* value, std::string_view where) {
    if (std::ranges::contains(annotations, keyword)) {
        return {};
    }
    Known known = add_plain(schema, keyword, value, where);
    if (known && !*known) {
        known = add_below(schema, keyword, value, where);
    }
    if (!known) {
        return std::unexpected(std::move(known.error()));
    }
    return *known ? Done() : std::unexpected(std::format("{}: is not known", where));
}

/// Keywords that hold schemas.
std::expected<bool, std::string> SchemaReader::add_below(Schema& schema, std::string_view keyword,
                                                         yyjson_val* value,
                                                         std::string_view where) {
    const auto done = [](Done result) -> Known {
        return result ? Known(true) : Known(std::unexpected(std::move(result.error())));
    };
    using One = const Schema* Schema::*;
    constexpr std::array<std::pair<std::string_view, One>, 5> single = {{
        {"items", &Schema::items},
        {"propertyNames", &Schema::names},
        {"additionalProperties", &Schema::others},
        {"unevaluatedProperties", &Schema::unevaluated},
        {"not", &Schema::excluded},
    }};
    using List = std::vector<const Schema*> Schema::*;
    constexpr std::array<std::pair<std::string_view, List>, 4> lists = {{
        {"prefixItems", &Schema::first_items},
        {"allOf", &Schema::all_of},
        {"anyOf", &Schema::any_of},
        {"oneOf", &Schema::one_of},
    }};
    for (const auto& [name, member] : single) {
        if (keyword == name) {
            return done(read_into(schema.*member, value, where));
        }
    }
    for (const auto& [name, member] : lists) {
        if (keyword == name) {
            return done(read_list(schema.*member, value, where));
        }
    }
    if (keyword == "properties") {
        return done(read_properties(schema, value, where));
    }
    if (keyword == "patternProperties") {
        return done(read_properties_like(schema, value, where));
    }
    if (keyword == "$ref") {
        yyjson_val* const target = target_of(text_of(value));
        if (target == nullptr) {
            return std::unexpected(std::format("{}: points nowhere", where));
        }
        return done(read_into(schema.all_of.emplace_back(), target, text_of(value)));
    }
    return false;
}

SchemaReader::Done SchemaReader::read_into(const Schema*& out, yyjson_val* value,
                                           std::string_view where) {
    const auto schema = read(value, where);
    if (!schema) {
        return std::unexpected(schema.error());
    }
    out = *schema;
    return {};
}

SchemaReader::Done SchemaReader::read_list(std::vector<const Schema*>& out, yyjson_val* value,
                                           std::string_view where) {
    yyjson_arr_iter parts = yyjson_arr_iter_with(value);
    while (yyjson_val* part = yyjson_arr_iter_next(&parts)) {
        const auto schema = read(part, where);
        if (!schema) {
            return std::unexpected(schema.error());
        }
        out.push_back(*schema);
    }
    return {};
}

SchemaReader::Done SchemaReader::read_properties(Schema& schema, yyjson_val* value,
                                                 std::string_view where) {
    return for_each_member(value, where,
                           [&](std::string_view name, yyjson_val* below, std::string_view place) {
                               return read_into(schema.properties[std::string(name)], below, place);
                           });
}

SchemaReader::Done SchemaReader::read_properties_like(Schema& schema, yyjson_val* value,
                                                      std::string_view where) {
    return for_each_member(
        value, where,
        [&](std::string_view name, yyjson_val* below, std::string_view place) -> Done {
            auto pattern = pattern_of(name, where);
            if (!pattern) {
                return std::unexpected(std::move(pattern.error()));
            }
            const Schema* property = nullptr;
            Done added = read_into(property, below, place);
            schema.properties_like.emplace_back(std::move(*pattern), property);
            return added;
        });
}

} // namespace haven::http
