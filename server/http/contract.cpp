#include "server/http/contract.hpp"

#include "server/http/json_value.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/schema.hpp"

#include <algorithm>
#include <array>
#include <expected>
#include <format>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <yyjson.h>

namespace haven::http {
namespace {

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
        contract.query[name] = {.schema = *schema,
                                .required = yyjson_get_bool(yyjson_obj_get(parameter, "required"))};
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

std::expected<std::string, Problem> read_query(const OperationContract& contract,
                                               std::string_view query) {
    std::string json = "{";
    std::set<std::string_view> given; ///< the contract's own names
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        const std::string_view name = pair.substr(0, pair.find('='));
        const auto known = contract.query.find(name);
        if (known == contract.query.end()) {
            return std::unexpected(invalid_parameter(name.substr(0, 50), "is not known here"));
        }
        const auto value = query_value(pair, name);
        if (!value || given.contains(name)) {
            return std::unexpected(invalid_parameter(name, "must stand once, percent-encoded"));
        }
        const auto checked = check_text(*known->second.schema, *value);
        if (!checked) {
            return std::unexpected(invalid_parameter(name, checked.error()));
        }
        json += std::format("{}{}:{}", given.empty() ? "" : ",", json_string(name),
                            json_string(*checked));
        given.insert(known->first);
    }
    for (const auto& [name, parameter] : contract.query) {
        if (parameter.required && !given.contains(name)) {
            return std::unexpected(invalid_parameter(name, "is missing"));
        }
    }
    return json + "}";
}

} // namespace haven::http
