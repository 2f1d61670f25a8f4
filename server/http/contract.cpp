#include "server/http/contract.hpp"

#include "net/api/records.hpp"
#include "server/http/json_value.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/schema.hpp"

#include <algorithm>
#include <array>
#include <expected>
#include <format>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::http {
namespace {

/// As it would stand in a query.
std::optional<std::string> default_of(yyjson_val* schema) {
    yyjson_val* const value = yyjson_obj_get(schema, "default");
    if (value == nullptr) {
        return std::nullopt;
    }
    if (yyjson_is_bool(value)) {
        return yyjson_get_bool(value) ? "true" : "false";
    }
    return std::string(yyjson_is_str(value) ? text_of(value) : number_of(value));
}

std::expected<void, std::string> add_parameters(OperationContract& contract, SchemaReader& reader,
                                                yyjson_val* list, std::string_view where) {
    yyjson_arr_iter parameters = yyjson_arr_iter_with(list);
    while (yyjson_val* one = yyjson_arr_iter_next(&parameters)) {
        yyjson_val* parameter = reader.resolve(one);
        if (parameter == nullptr) {
            return std::unexpected(std::format("{}: a parameter points nowhere", where));
        }
        if (text_of(yyjson_obj_get(parameter, "in")) != "query") {
            continue; // places in paths are the routes' own, headers the handlers'
        }
        const std::string name(text_of(yyjson_obj_get(parameter, "name")));
        auto schema = reader.read(yyjson_obj_get(parameter, "schema"),
                                  std::format("{} parameter {}", where, name));
        if (!schema) {
            return std::unexpected(schema.error());
        }
        contract.query[name] = {
            .schema = *schema,
            .required = yyjson_get_bool(yyjson_obj_get(parameter, "required")),
            .when_absent = default_of(reader.resolve(yyjson_obj_get(parameter, "schema")))};
    }
    return {};
}

std::expected<void, std::string> add_body(OperationContract& contract, SchemaReader& reader,
                                          yyjson_val* operation, std::string_view where) {
    yyjson_val* body = reader.resolve(yyjson_obj_get(operation, "requestBody"));
    yyjson_val* content = yyjson_obj_get(body, "content");
    yyjson_val* json = yyjson_obj_get(content, "application/json");
    if (json == nullptr) {
        json = yyjson_obj_get(content, "application/merge-patch+json");
    }
    if (json == nullptr) {
        return {};
    }
    auto schema = reader.read(yyjson_obj_get(json, "schema"), std::format("{} body", where));
    if (!schema) {
        return std::unexpected(schema.error());
    }
    contract.body = *schema;
    return {};
}

} // namespace

std::expected<Contract, std::string> Contract::read(std::string_view openapi_json) {
    const JsonDocument document = read_json(openapi_json);
    yyjson_val* root = yyjson_doc_get_root(document.get());
    yyjson_val* paths = yyjson_obj_get(root, "paths");
    if (paths == nullptr) {
        return std::unexpected("the API's description is not JSON with paths");
    }
    SchemaReader reader(root);
    Contract contract;
    yyjson_obj_iter path_items = yyjson_obj_iter_with(paths);
    while (yyjson_val* path = yyjson_obj_iter_next(&path_items)) {
        yyjson_val* item = yyjson_obj_iter_get_val(path);
        for (const char* const method : {"get", "put", "post", "delete", "patch"}) {
            yyjson_val* operation = yyjson_obj_get(item, method);
            if (operation == nullptr) {
                continue;
            }
            const std::string where = std::format("{} {}", method, text_of(path));
            OperationContract& added = contract.operations_[{method, std::string(text_of(path))}];
            for (yyjson_val* const level : {item, operation}) {
                if (auto done =
                        add_parameters(added, reader, yyjson_obj_get(level, "parameters"), where);
                    !done) {
                    return std::unexpected(done.error());
                }
            }
            if (auto done = add_body(added, reader, operation, where); !done) {
                return std::unexpected(done.error());
            }
        }
    }
    contract.schemas_ = reader.take_pool();
    return contract;
}

const OperationContract* Contract::find(const Route& route) const {
    constexpr std::array methods = {"get", "put", "post", "delete", "patch"};
    const auto found =
        operations_.find({methods.at(std::to_underlying(route.method)), std::string(route.path)});
    return found == operations_.end() ? nullptr : &found->second;
}

namespace {

bool is_array(const OperationContract::Parameter& parameter) {
    return types_of(*parameter.schema) == Schema::array;
}

/// The values of a parameter as JSON, in their one spelling; what is wrong with them.
std::expected<std::string, std::string> checked_json(const OperationContract::Parameter& parameter,
                                                     const std::vector<std::string>& values) {
    if (!is_array(parameter)) {
        return check_text(*parameter.schema, values.front()).transform(json_string);
    }
    std::string json = "[";
    for (const std::string& value : values) {
        json += std::format("{}{}", json.size() > 1 ? "," : "", json_string(value));
    }
    return check_body(*parameter.schema, json + "]")
        .transform_error(
            [](const std::vector<api::BodyError>& errors) { return errors.front().detail; });
}

using GivenValues = std::map<std::string_view, std::vector<std::string>>;

std::expected<GivenValues, Problem> split_query(const OperationContract& contract,
                                                std::string_view query) {
    GivenValues given; // by the contract's own names
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::string_view name = pair.substr(0, pair.find('='));
        const auto known = contract.query.find(name);
        if (known == contract.query.end()) {
            return std::unexpected(invalid_parameter(name.substr(0, 50), "is not known here"));
        }
        auto value = query_value(pair, name);
        std::vector<std::string>& values = given[known->first];
        if (!value || (!values.empty() && !is_array(known->second))) {
            return std::unexpected(invalid_parameter(name, "must stand once, percent-encoded"));
        }
        values.push_back(std::move(*value));
    }
    return given;
}

} // namespace

std::expected<std::string, Problem> read_query(const OperationContract& contract,
                                               std::string_view query) {
    const auto given = split_query(contract, query);
    if (!given) {
        return std::unexpected(given.error());
    }
    std::string json = "{";
    std::string from; // as JSON in its one spelling, which has the order of time
    for (const auto& [name, parameter] : contract.query) {
        const auto found = given->find(name);
        if (found == given->end() && parameter.required) {
            return std::unexpected(invalid_parameter(name, "is missing"));
        }
        std::expected<std::string, std::string> value;
        if (found != given->end()) {
            value = checked_json(parameter, found->second);
        } else if (parameter.when_absent) {
            value = json_string(*parameter.when_absent);
        } else {
            continue;
        }
        if (!value) {
            return std::unexpected(invalid_parameter(name, value.error()));
        }
        if (name == "to" && !from.empty() && from >= *value) {
            return std::unexpected(invalid_parameter(name, "must be after `from`"));
        }
        from = name == "from" ? *value : from;
        json += std::format("{}{}:{}", json.size() > 1 ? "," : "", json_string(name), *value);
    }
    return json + "}";
}

} // namespace haven::http
