#include "tests/integration/described.hpp"

#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven::test {
namespace {

std::string lower(std::string text) {
    for (char& letter : text) {
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return text;
}

/// "get /v1/sessions/{id}" to its statuses.
std::map<std::string, std::set<int>> read_statuses() {
    const std::string_view json = http::openapi_json();
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(json.data(), json.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free);
    std::map<std::string, std::set<int>> found;
    yyjson_obj_iter paths =
        yyjson_obj_iter_with(yyjson_obj_get(yyjson_doc_get_root(document.get()), "paths"));
    while (yyjson_val* path = yyjson_obj_iter_next(&paths)) {
        yyjson_obj_iter operations = yyjson_obj_iter_with(yyjson_obj_iter_get_val(path));
        while (yyjson_val* method = yyjson_obj_iter_next(&operations)) {
            yyjson_obj_iter responses =
                yyjson_obj_iter_with(yyjson_obj_get(yyjson_obj_iter_get_val(method), "responses"));
            while (yyjson_val* status = yyjson_obj_iter_next(&responses)) {
                const std::string_view said = yyjson_get_str(status);
                int number = 0; // of "default"
                std::from_chars(said.data(), said.data() + said.size(), number);
                found[std::string(yyjson_get_str(method)) + " " + yyjson_get_str(path)].insert(
                    number);
            }
        }
    }
    return found;
}

} // namespace

std::set<int> described_statuses(const std::string& method, const std::string& route) {
    static const std::map<std::string, std::set<int>> all = read_statuses();
    const auto found = all.find(lower(method) + " " + route);
    return found == all.end() ? std::set<int>{} : found->second;
}

bool is_of_http(int status) {
    return std::ranges::contains(std::array{405, 408, 411, 414, 417, 431, 500, 501, 505}, status);
}

void expect_described(const std::string& method, const std::string& path, int status) {
    const std::string plain = path.substr(0, path.find('?'));
    const auto match = http::find_route(http::api_routes(), method, plain);
    if (!match || !plain.starts_with("/v1/") || status == 0 || is_of_http(status)) {
        return;
    }
    const std::string route(match->route->path);
    EXPECT_TRUE(described_statuses(method, route).contains(status))
        << method << " " << route << " answered " << status << ", which is not described";
}

} // namespace haven::test
