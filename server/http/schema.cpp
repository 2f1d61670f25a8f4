#include "server/http/schema.hpp"

#include <algorithm>
#include <array>
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
#include <yyjson.h>

namespace haven::http {
namespace {

constexpr int schema_depth_max = 16;

constexpr std::array annotations = {"description", "example",  "examples",  "title",
                                    "default",     "readOnly", "writeOnly", "deprecated"};

std::string_view text_of(yyjson_val* value) {
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

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

std::expected<std::size_t, std::string> count_of(yyjson_val* value, std::string_view where) {
    if (!yyjson_is_uint(value)) {
        return std::unexpected(std::format("{}: wants a whole number", where));
    }
    return yyjson_get_uint(value);
}

} // namespace

yyjson_val* SchemaReader::resolve(yyjson_val* value) const {
    for (int i = 0; i < schema_depth_max && value != nullptr; ++i) {
        yyjson_val* reference = yyjson_obj_get(value, "$ref");
        if (reference == nullptr) {
            return value;
        }
        const std::string_view target = text_of(reference);
        value = target.starts_with("#/")
                    ? yyjson_ptr_getn(document_, target.data() + 1, target.size() - 1)
                    : nullptr;
    }
    return nullptr;
}

std::expected<std::shared_ptr<const Schema>, std::string>
SchemaReader::read(yyjson_val* schema, std::string_view where) {
    return read_below(schema, where, 0);
}

std::expected<std::shared_ptr<const Schema>, std::string>
SchemaReader::read_below(yyjson_val* schema, std::string_view where, int depth) {
    auto made = std::make_shared<Schema>();
    if (auto added = add(*made, schema, where, depth); !added) {
        return std::unexpected(added.error());
    }
    return made;
}

std::expected<void, std::string> SchemaReader::add(Schema& schema, yyjson_val* from,
                                                   std::string_view where, int depth) {
    if (depth > schema_depth_max || !yyjson_is_obj(from)) {
        return std::unexpected(std::format("{}: is no schema, or one without an end", where));
    }
    yyjson_obj_iter members = yyjson_obj_iter_with(from);
    while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
        const std::string_view keyword = text_of(key);
        const std::string place = std::format("{}/{}", where, keyword);
        if (auto added = add_keyword(schema, keyword, yyjson_obj_iter_get_val(key), place, depth);
            !added) {
            return added;
        }
    }
    if (schema.pattern &&
        schema.length_max.value_or(pattern_subject_max + 1) > pattern_subject_max) {
        return std::unexpected(std::format("{}: a pattern wants a maxLength of at most {}", where,
                                           pattern_subject_max));
    }
    return {};
}

namespace {

/// Keywords that stand alone. False: it is none of them.
std::expected<bool, std::string> add_plain(Schema& schema, std::string_view keyword,
                                           yyjson_val* value, std::string_view where) {
    const auto count = [&](std::optional<std::size_t>& out) -> std::expected<bool, std::string> {
        const auto number = count_of(value, where);
        if (!number) {
            return std::unexpected(number.error());
        }
        out = *number;
        return true;
    };
    if (keyword == "minLength") {
        return count(schema.length_min);
    }
    if (keyword == "maxLength") {
        return count(schema.length_max);
    }
    if (keyword == "minItems") {
        return count(schema.items_min);
    }
    if (keyword == "maxItems") {
        return count(schema.items_max);
    }
    if (keyword == "minimum" || keyword == "maximum") {
        (keyword == "minimum" ? schema.least : schema.most) = yyjson_get_num(value);
        return true;
    }
    if (keyword == "uniqueItems") {
        schema.items_unique = yyjson_get_bool(value);
        return true;
    }
    if (keyword == "pattern") {
        schema.pattern_text = text_of(value);
        schema.pattern.emplace(schema.pattern_text, std::regex::ECMAScript | std::regex::optimize);
        return true;
    }
    if (keyword == "additionalProperties" || keyword == "unevaluatedProperties") {
        if (!yyjson_is_bool(value)) {
            return std::unexpected(std::format("{}: only true and false are known", where));
        }
        schema.closed = schema.closed || !yyjson_get_bool(value);
        return true;
    }
    return false;
}

std::expected<void, std::string> add_type(Schema& schema, yyjson_val* value,
                                          std::string_view where) {
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

std::expected<void, std::string> add_format(Schema& schema, std::string_view name,
                                            std::string_view where) {
    using Format = Schema::Format;
    constexpr std::array<std::pair<std::string_view, Format>, 9> formats = {
        {{"uuid", Format::uuid},
         {"date-time", Format::date_time},
         {"date", Format::date},
         {"email", Format::email},
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

/// enum and const, of strings, null and booleans.
std::expected<void, std::string> add_value(Schema& schema, yyjson_val* value,
                                           std::string_view where) {
    if (yyjson_is_str(value)) {
        schema.values.emplace_back(text_of(value));
    } else if (yyjson_is_bool(value)) {
        schema.flag = yyjson_get_bool(value);
        schema.types &= Schema::boolean;
    } else if (!yyjson_is_null(value)) {
        return std::unexpected(std::format("{}: only strings, null and booleans are known", where));
    }
    return {};
}

bool allows_null(yyjson_val* value) {
    return text_of(yyjson_obj_get(value, "type")) == "null";
}

} // namespace

std::expected<void, std::string> SchemaReader::add_keyword(Schema& schema, std::string_view keyword,
                                                           yyjson_val* value,
                                                           std::string_view where, int depth) {
    if (std::ranges::contains(annotations, keyword)) {
        return {};
    }
    if (const auto plain = add_plain(schema, keyword, value, where); !plain || *plain) {
        return plain ? std::expected<void, std::string>{} : std::unexpected(plain.error());
    }
    if (keyword == "type") {
        return add_type(schema, value, where);
    }
    if (keyword == "format") {
        return add_format(schema, text_of(value), where);
    }
    if (keyword == "const") {
        return add_value(schema, value, where);
    }
    if (keyword == "$ref") {
        yyjson_val* target =
            text_of(value).starts_with("#/")
                ? yyjson_ptr_getn(document_, text_of(value).data() + 1, text_of(value).size() - 1)
                : nullptr;
        return target == nullptr ? std::unexpected(std::format("{}: points nowhere", where))
                                 : add(schema, target, text_of(value), depth + 1);
    }
    const bool one_of = keyword == "oneOf" || keyword == "anyOf";
    if (keyword == "enum" || keyword == "allOf" || keyword == "required" || one_of) {
        yyjson_arr_iter parts = yyjson_arr_iter_with(value);
        const bool nullable =
            one_of && yyjson_arr_size(value) == 2 && allows_null(yyjson_arr_get(value, 1));
        if (one_of && !nullable) {
            return std::unexpected(
                std::format("{}: only [schema, {{type: null}}] is known", where));
        }
        while (yyjson_val* part = yyjson_arr_iter_next(&parts)) {
            std::expected<void, std::string> added;
            if (keyword == "required") {
                schema.required.emplace_back(text_of(part));
            } else if (keyword == "enum") {
                added = add_value(schema, part, where);
            } else if (keyword == "allOf" || !allows_null(part)) {
                added = add(schema, part, where, depth + 1);
            }
            if (!added) {
                return added;
            }
        }
        if (nullable) {
            schema.types |= Schema::null;
        }
        return {};
    }
    if (keyword == "items") {
        auto items = read_below(value, where, depth + 1);
        if (!items) {
            return std::unexpected(items.error());
        }
        schema.items = std::move(*items);
        return {};
    }
    if (keyword == "properties") {
        yyjson_obj_iter members = yyjson_obj_iter_with(value);
        while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
            auto property = read_below(yyjson_obj_iter_get_val(key),
                                       std::format("{}/{}", where, text_of(key)), depth + 1);
            if (!property) {
                return std::unexpected(property.error());
            }
            schema.properties.insert_or_assign(std::string(text_of(key)), std::move(*property));
        }
        return {};
    }
    return std::unexpected(std::format("{}: this keyword is not known", where));
}

} // namespace haven::http
