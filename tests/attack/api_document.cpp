#include "tests/attack/api_document.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <format>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <yyjson.h>

namespace haven::test {
namespace {

constexpr int depth_max = 32;

std::string text_of(yyjson_val* value) {
    return yyjson_is_str(value) ? std::string(yyjson_get_str(value), yyjson_get_len(value)) : "";
}

std::string upper(std::string_view method) {
    std::string text(method);
    for (char& c : text) {
        c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

} // namespace

std::string json_of(yyjson_val* value) {
    std::size_t size = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &size), &std::free);
    return {text.get(), size};
}

yyjson_val* ApiDocument::resolve(yyjson_val* value) const {
    for (int i = 0; i < depth_max && value != nullptr; ++i) {
        yyjson_val* const reference = yyjson_obj_get(value, "$ref");
        if (reference == nullptr) {
            return value;
        }
        const std::string target = text_of(reference);
        value = target.starts_with("#/")
                    ? yyjson_doc_ptr_getn(document_.get(), target.data() + 1, target.size() - 1)
                    : nullptr;
    }
    throw std::runtime_error("the document refers to what it does not hold");
}

void ApiDocument::add_parameters(ApiOperation& operation, yyjson_val* list) const {
    yyjson_arr_iter parameters = yyjson_arr_iter_with(list);
    while (yyjson_val* one = yyjson_arr_iter_next(&parameters)) {
        yyjson_val* const parameter = resolve(one);
        const std::string in = text_of(yyjson_obj_get(parameter, "in"));
        ApiParameter added{.name = text_of(yyjson_obj_get(parameter, "name")),
                           .schema = yyjson_obj_get(parameter, "schema"),
                           .required = yyjson_get_bool(yyjson_obj_get(parameter, "required"))};
        if (in == "query") {
            operation.query.push_back(std::move(added));
        } else if (in == "path") {
            operation.places.push_back(std::move(added));
        }
    }
}

ApiDocument::ApiDocument(std::string_view json)
    : document_(yyjson_read(json.data(), json.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free) {
    yyjson_val* const paths = yyjson_obj_get(yyjson_doc_get_root(document_.get()), "paths");
    if (paths == nullptr) {
        throw std::runtime_error("the document is no JSON with paths");
    }
    yyjson_obj_iter items = yyjson_obj_iter_with(paths);
    while (yyjson_val* path = yyjson_obj_iter_next(&items)) {
        yyjson_val* const item = yyjson_obj_iter_get_val(path);
        for (const char* const method : {"get", "put", "post", "delete", "patch"}) {
            yyjson_val* const described = yyjson_obj_get(item, method);
            if (described == nullptr) {
                continue;
            }
            ApiOperation operation{.method = upper(method),
                                   .path = text_of(path),
                                   .id = text_of(yyjson_obj_get(described, "operationId"))};
            yyjson_val* const security = yyjson_obj_get(described, "security");
            operation.open = security != nullptr && yyjson_arr_size(security) == 0;
            add_parameters(operation, yyjson_obj_get(item, "parameters"));
            add_parameters(operation, yyjson_obj_get(described, "parameters"));
            if (yyjson_val* const body = yyjson_obj_get(described, "requestBody")) {
                yyjson_val* const content = yyjson_obj_get(resolve(body), "content");
                operation.octets = yyjson_obj_get(content, "application/octet-stream") != nullptr;
                operation.form =
                    yyjson_obj_get(content, "application/x-www-form-urlencoded") != nullptr;
                for (const char* const type :
                     {"application/json", "application/merge-patch+json"}) {
                    if (yyjson_val* const described_as = yyjson_obj_get(content, type)) {
                        operation.body = yyjson_obj_get(described_as, "schema");
                    }
                }
            }
            yyjson_obj_iter statuses = yyjson_obj_iter_with(yyjson_obj_get(described, "responses"));
            while (yyjson_val* status = yyjson_obj_iter_next(&statuses)) {
                if (text_of(status) != "default") { // what HTTP itself answers
                    operation.statuses.insert(std::stoi(text_of(status)));
                }
            }
            operations_.push_back(std::move(operation));
        }
    }
}

FlatSchema ApiDocument::flat(yyjson_val* schema) const {
    FlatSchema flat;
    add_to(flat, schema, 0);
    return flat;
}

void ApiDocument::add_to(FlatSchema& flat, yyjson_val* schema, int depth) const {
    yyjson_val* const resolved = resolve(schema);
    if (depth > depth_max || !yyjson_is_obj(resolved)) {
        throw std::runtime_error("a schema of the document has no end");
    }
    yyjson_obj_iter members = yyjson_obj_iter_with(resolved);
    while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
        add_keyword(flat, text_of(key), yyjson_obj_iter_get_val(key), depth);
    }
}

void ApiDocument::add_keyword(FlatSchema& flat, std::string_view keyword, yyjson_val* value,
                              int depth) const {
    const std::array<std::pair<std::string_view, std::optional<std::size_t>*>, 4> counts{
        {{"minLength", &flat.length_min},
         {"maxLength", &flat.length_max},
         {"minItems", &flat.items_min},
         {"maxItems", &flat.items_max}}};
    for (const auto& [name, place] : counts) {
        if (keyword == name) {
            *place = yyjson_get_uint(value);
        }
    }
    const auto each = [&](auto use) {
        yyjson_arr_iter parts = yyjson_arr_iter_with(value);
        while (yyjson_val* part = yyjson_arr_iter_next(&parts)) {
            use(part);
        }
    };
    if (keyword == "type" && yyjson_is_str(value)) {
        flat.types.insert(text_of(value));
    } else if (keyword == "type") {
        each([&](yyjson_val* one) { flat.types.insert(text_of(one)); });
    } else if (keyword == "enum") {
        each([&](yyjson_val* one) { flat.values.push_back(json_of(one)); });
    } else if (keyword == "const") {
        flat.values.push_back(json_of(value));
    } else if (keyword == "format") {
        flat.format = text_of(value);
    } else if (keyword == "pattern") {
        flat.pattern = text_of(value);
    } else if (keyword == "minimum") {
        flat.least = yyjson_get_num(value);
    } else if (keyword == "maximum") {
        flat.most = yyjson_get_num(value);
    } else if (keyword == "items") {
        flat.items = value;
    } else if (keyword == "required") {
        each([&](yyjson_val* one) { flat.required.insert(text_of(one)); });
    } else if (keyword == "allOf" || keyword == "oneOf" || keyword == "anyOf") {
        each([&](yyjson_val* one) { add_to(flat, one, depth + 1); });
    } else if (keyword == "properties") {
        yyjson_obj_iter members = yyjson_obj_iter_with(value);
        while (yyjson_val* key = yyjson_obj_iter_next(&members)) {
            flat.properties.insert_or_assign(text_of(key), yyjson_obj_iter_get_val(key));
        }
    } else if (keyword == "additionalProperties" || keyword == "unevaluatedProperties") {
        flat.closed = flat.closed || (yyjson_is_bool(value) && !yyjson_get_bool(value));
    }
}

} // namespace haven::test
