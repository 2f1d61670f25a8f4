// What the server says in one place and the API's documents in another: the same.
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/contract.hpp"
#include "server/http/json_value.hpp"
#include "server/http/message.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/http/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::http {
namespace {

/// "GET /v1/sessions" of every operation in the description that the server hands out: two blanks
/// before a path, four before a method.
std::set<std::string> described_operations() {
    std::istringstream lines{std::string(openapi_text())};
    const std::regex path_line("  (/[^ ]*):");
    const std::regex method_line("    (get|put|post|delete|patch|head):");
    std::set<std::string> operations;
    std::string path;
    bool among_paths = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.front() != ' ' && line.front() != '#') {
            among_paths = line == "paths:";
        }
        std::smatch found;
        if (among_paths && std::regex_match(line, found, path_line)) {
            path = found[1];
        } else if (among_paths && std::regex_match(line, found, method_line)) {
            std::string method = found[1];
            for (char& letter : method) {
                letter = static_cast<char>(letter - 'a' + 'A');
            }
            operations.insert(method + " " + path);
        }
    }
    return operations;
}

TEST(Agreement, TheDescriptionListsTheRoutesOfTheApiAndNoOthers) {
    std::set<std::string> served;
    for (const Route& route : api_routes()) {
        if (route.path != "/livez" && route.path != "/readyz") { // for who runs the server
            served.insert(std::string(to_string(route.method)) + " " + std::string(route.path));
        }
    }
    EXPECT_FALSE(served.empty());
    EXPECT_EQ(described_operations(), served);
}

TEST(Agreement, ClientsKnowEveryProblemTypeOfTheServerWithItsStatus) {
    std::ifstream file(HAVEN_SOURCE_DIR "/net/api/problem.hpp");
    const std::regex constant(R"re(.*"/problems/([a-z-]+)"; +// ([0-9]{3}).*)re");
    std::map<std::string, int> known;
    for (std::string line; std::getline(file, line);) {
        std::smatch found;
        if (std::regex_match(line, found, constant)) {
            known[found[1]] = std::stoi(found[2]);
        }
    }
    std::map<std::string, int> sent;
    for (std::size_t i = 0; i <= std::to_underlying(ProblemType::unavailable); ++i) {
        const auto type = static_cast<ProblemType>(i);
        sent[std::string(slug(type))] = status(type);
    }
    EXPECT_EQ(known, sent);
}

/// A constant, or each value of an enum.
std::vector<yyjson_val*> values_of(yyjson_val* schema) {
    if (yyjson_val* const value = yyjson_obj_get(schema, "const")) {
        return {value};
    }
    std::vector<yyjson_val*> values;
    yyjson_arr_iter each = yyjson_arr_iter_with(yyjson_obj_get(schema, "enum"));
    while (yyjson_val* value = yyjson_arr_iter_next(&each)) {
        values.push_back(value);
    }
    return values;
}

/// The types of the problems that a schema tells apart, each with the statuses beside it.
void add_problems(std::map<std::string, std::set<std::string>>& problems, yyjson_val* schema) {
    for (const char* const parts : {"allOf", "oneOf"}) {
        yyjson_arr_iter each = yyjson_arr_iter_with(yyjson_obj_get(schema, parts));
        while (yyjson_val* part = yyjson_arr_iter_next(&each)) {
            add_problems(problems, part);
        }
    }
    yyjson_val* const members = yyjson_obj_get(schema, "properties");
    for (yyjson_val* const type : values_of(yyjson_obj_get(members, "type"))) {
        std::set<std::string>& statuses = problems[std::string(text_of(type))];
        for (yyjson_val* const status : values_of(yyjson_obj_get(members, "status"))) {
            statuses.insert(std::string(number_of(status)));
        }
    }
}

TEST(Agreement, TheDescriptionTellsEveryProblemTypeWithItsStatus) {
    const JsonDocument document = read_json(openapi_json());
    std::map<std::string, std::set<std::string>> described;
    yyjson_obj_iter responses = yyjson_obj_iter_with(
        yyjson_ptr_get(yyjson_doc_get_root(document.get()), "/components/responses"));
    while (yyjson_val* name = yyjson_obj_iter_next(&responses)) {
        add_problems(described, yyjson_ptr_get(yyjson_obj_iter_get_val(name),
                                               "/content/application~1problem+json/schema"));
    }
    std::set<std::string> served;
    for (std::size_t i = 0; i <= std::to_underlying(ProblemType::unavailable); ++i) {
        const auto type = static_cast<ProblemType>(i);
        const std::string name = "/problems/" + std::string(slug(type));
        served.insert(name);
        EXPECT_TRUE(described[name].contains(std::to_string(status(type)))) << name;
    }
    for (const auto& [name, statuses] : described) {
        EXPECT_TRUE(served.contains(name)) << name;
    }
}

TEST(Agreement, NoBodyTakesAMemberThatIsNotDescribed) {
    const auto contract = Contract::read(openapi_json());
    ASSERT_TRUE(contract) << contract.error();
    std::size_t bodies = 0;
    for (const Route& route : api_routes()) {
        if (route.body.kind != BodyKind::json) {
            continue;
        }
        ++bodies;
        const OperationContract* const operation = contract->find(route);
        ASSERT_TRUE(operation != nullptr && operation->body != nullptr) << route.path;
        const auto checked = check_body(*operation->body, R"({"no_such_member":1})");
        const bool named = !checked && std::ranges::any_of(checked.error(), [](const auto& error) {
            return error.pointer == "/no_such_member";
        });
        EXPECT_TRUE(named) << to_string(route.method) << ' ' << route.path;
    }
    EXPECT_GT(bodies, 40U);
}

TEST(Agreement, EveryExampleOfTheDescriptionIsOfItsSchema) {
    const JsonDocument document = read_json(openapi_json());
    yyjson_val* const root = yyjson_doc_get_root(document.get());
    SchemaReader reader(root);
    std::size_t examples = 0;
    yyjson_obj_iter schemas = yyjson_obj_iter_with(yyjson_ptr_get(root, "/components/schemas"));
    while (yyjson_val* name = yyjson_obj_iter_next(&schemas)) {
        yyjson_val* const schema = yyjson_obj_iter_get_val(name);
        yyjson_val* const example = yyjson_obj_get(schema, "example");
        if (example == nullptr) {
            continue;
        }
        ++examples;
        const auto read = reader.read(schema, text_of(name));
        ASSERT_TRUE(read) << read.error();
        std::string body;
        ASSERT_TRUE(api::append_canonical(body, example)) << text_of(name);
        const auto checked = check_body(**read, body);
        for (const api::BodyError& error :
             checked ? std::vector<api::BodyError>{} : checked.error()) {
            ADD_FAILURE() << text_of(name) << error.pointer << ": " << error.detail;
        }
    }
    EXPECT_GT(examples, 40U);
}

} // namespace
} // namespace haven::http
