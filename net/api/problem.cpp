#include "net/api/problem.hpp"

#include "net/api/json_writer.hpp"
#include "net/api/members.hpp"
#include "net/api/records.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <yyjson.h>

namespace haven::api {
namespace {

std::string text_at(yyjson_val* object, const char* key) {
    yyjson_val* value = yyjson_obj_get(object, key);
    return yyjson_is_str(value) ? std::string(yyjson_get_str(value), yyjson_get_len(value))
                                : std::string();
}

} // namespace

std::optional<Problem> decode_problem(std::string_view body) {
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(body.data(), body.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free);
    yyjson_val* root = document == nullptr ? nullptr : yyjson_doc_get_root(document.get());
    if (!yyjson_is_obj(root)) {
        return std::nullopt;
    }
    Problem problem;
    if (std::string type = text_at(root, "type"); !type.empty()) {
        problem.type = std::move(type);
    }
    problem.title = text_at(root, "title");
    problem.detail = text_at(root, "detail");
    problem.status = yyjson_get_int(yyjson_obj_get(root, "status"));
    yyjson_val* errors = yyjson_obj_get(root, "errors");
    yyjson_arr_iter each = yyjson_arr_iter_with(errors);
    while (yyjson_val* error = yyjson_arr_iter_next(&each)) {
        problem.errors.push_back(
            {.pointer = text_at(error, "pointer"), .detail = text_at(error, "detail")});
    }
    yyjson_val* offset = yyjson_obj_get(root, "upload_offset");
    if (yyjson_is_int(offset)) {
        problem.upload_offset = yyjson_get_sint(offset);
    }
    return problem;
}

std::string encode(const Problem& problem) {
    detail::Writer writer;
    writer.member("type", problem.type, detail::text_rule);
    writer.member("title", problem.title, detail::text_rule);
    writer.member("status", problem.status, detail::natural_32);
    if (!problem.detail.empty()) {
        writer.member("detail", problem.detail, detail::text_rule);
    }
    writer.member("upload_offset", problem.upload_offset, detail::natural_64);
    if (!problem.errors.empty()) {
        writer.begin_array("errors");
        for (const BodyError& error : problem.errors) {
            writer.begin_item();
            writer.member("pointer", error.pointer, detail::text_rule);
            writer.member("detail", error.detail, detail::text_rule);
        }
        writer.end_items();
    }
    return writer.text();
}

bool is_of_type(const Problem& problem, std::string_view type) {
    const auto name_of = [](std::string_view uri) { return uri.substr(uri.rfind('/') + 1); };
    return name_of(problem.type) == name_of(type);
}

} // namespace haven::api
