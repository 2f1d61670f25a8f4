#include "server/http/schema.hpp"

#include "net/api/error_code.hpp"
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/json_value.hpp"
#include "server/http/message.hpp"
#include "server/http/schema_values.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <iterator>
#include <memory>
#include <optional>
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

using api::ErrorCode;

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
    void fail(const std::string& pointer, Wrong wrong) {
        if (errors_.size() < errors_max) {
            errors_.push_back({.pointer = pointer,
                               .code = wrong.code,
                               .detail = std::move(wrong.detail),
                               .limit = wrong.limit});
        }
    }
    void fail(const std::string& pointer, ErrorCode code, std::string detail) {
        fail(pointer, Wrong{.code = code, .detail = std::move(detail)});
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
            fail(pointer, ErrorCode::not_allowed, "must not be there");
            return;
        }
        if ((schema.types & type_of(value)) == 0) {
            fail(pointer, ErrorCode::wrong_type, std::format("must be {}", name_of(schema.types)));
            return;
        }
        if (!schema.values.empty() && !std::ranges::contains(schema.values, spelled(value))) {
            fail(pointer, ErrorCode::not_in_list,
                 schema.values.size() == 1
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

    void note(const std::string& pointer, std::optional<Wrong> wrong) {
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
                fail(pointer, ErrorCode::not_allowed, "has a form that it must not have");
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
                fail(error.pointer, Wrong{.code = error.code,
                                          .detail = std::move(error.detail),
                                          .limit = error.limit});
            }
        } else if (fitting == 0) {
            fail(pointer, meant.empty() ? ErrorCode::wrong_type : ErrorCode::malformed,
                 meant.empty() ? std::format("must be {}", name_of(types))
                               : std::string("has none of the forms it may have"));
        } else if (fitting > fits_max) {
            fail(pointer, ErrorCode::malformed, "has more than one of the forms it may have");
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
            fail(pointer, ErrorCode::malformed, std::move(spelling.error()));
        } else if (*spelling != text) {
            spellings_.emplace_back(value, std::make_unique<std::string>(std::move(*spelling)));
        }
    }

    void check_array(const Schema& schema, yyjson_val* value, const std::string& pointer) {
        const std::size_t count = yyjson_arr_size(value);
        if (auto wrong = wrong_count(schema.items_min, schema.items_max, count, "items")) {
            fail(pointer, *std::move(wrong));
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
                fail(place, ErrorCode::not_unique, "is there more than once");
            }
        }
    }

    void check_object(const Schema& schema, yyjson_val* value, const std::string& pointer,
                      Names& evaluated) {
        const std::size_t count = yyjson_obj_size(value);
        if (auto wrong = wrong_count(schema.members_min, schema.members_max, count, "members")) {
            fail(pointer, *std::move(wrong));
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
                fail(api::pointer_below(pointer, name), ErrorCode::required, "is missing");
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
            fail(pointer, ErrorCode::unknown_member, "holds a member with an unknown name");
        } else {
            fail(place, ErrorCode::unknown_member, "is not known here");
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
        checker.fail("", ErrorCode::malformed, "is not JSON");
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
