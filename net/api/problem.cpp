#include "net/api/problem.hpp"

#include "net/api/ascii.hpp"
#include "net/api/error_code.hpp"
#include "net/api/json_writer.hpp"
#include "net/api/members.hpp"
#include "net/api/records.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::api {
namespace {

struct Kind {
    std::string_view type;
    int status;
};
constexpr std::array kinds = std::to_array<Kind>({
    {problem_type::malformed, 400},
    {problem_type::invalid_parameter, 400},
    {problem_type::digest_mismatch, 400},
    {problem_type::unauthorized, 401},
    {problem_type::second_factor_needed, 401},
    {problem_type::consent_missing, 403},
    {problem_type::forbidden, 403},
    {problem_type::not_found, 404},
    {problem_type::method_not_allowed, 405},
    {problem_type::timeout, 408},
    {problem_type::conflict, 409},
    {problem_type::trace_offset, 409},
    {problem_type::gone, 410},
    {problem_type::length_required, 411},
    {problem_type::precondition_failed, 412},
    {problem_type::body_too_large, 413},
    {problem_type::media_type, 415},
    {problem_type::expectation_failed, 417},
    {problem_type::invalid_body, 422},
    {problem_type::key_reused, 422},
    {problem_type::precondition_required, 428},
    {problem_type::too_many_requests, 429},
    {problem_type::headers_too_large, 431},
    {problem_type::internal, 500},
    {problem_type::not_implemented, 501},
    {problem_type::unavailable, 503},
});

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
        yyjson_val* limit = yyjson_obj_get(error, "limit");
        problem.errors.push_back(
            {.pointer = text_at(error, "pointer"),
             .code = parse_error_code(text_at(error, "code")).value_or(ErrorCode::unknown),
             .detail = text_at(error, "detail"),
             .limit = yyjson_is_num(limit) ? std::optional(yyjson_get_num(limit)) : std::nullopt});
    }
    yyjson_val* offset = yyjson_obj_get(root, "upload_offset");
    if (yyjson_is_int(offset)) {
        problem.upload_offset = yyjson_get_sint(offset);
    }
    return problem;
}

std::string encode(const Problem& problem) {
    std::vector<std::string> codes;
    detail::Writer writer;
    writer.member("type", problem.type, detail::text_rule);
    writer.member("title", problem.title, detail::text_rule);
    writer.member("status", problem.status, detail::natural_32);
    if (!problem.detail.empty()) {
        writer.member("detail", problem.detail, detail::text_rule);
    }
    writer.member("upload_offset", problem.upload_offset, detail::natural_64);
    if (!problem.errors.empty()) {
        codes.reserve(problem.errors.size()); // the writer borrows them
        writer.begin_array("errors");
        for (const BodyError& error : problem.errors) {
            writer.begin_item();
            writer.member("pointer", error.pointer, detail::text_rule);
            writer.member("code", codes.emplace_back(to_string(error.code)), detail::text_rule);
            writer.member("detail", error.detail, detail::text_rule);
        }
        writer.end_items();
    }
    return writer.text();
}

bool is_media_type(std::string_view content_type, std::string_view media_type) {
    std::string_view name = content_type.substr(0, content_type.find(';'));
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    return std::ranges::equal(name, media_type, {}, lower_letter);
}

std::optional<Problem> haven_problem(int status, std::string_view content_type,
                                     std::string_view body) {
    if (!is_media_type(content_type, problem_media_type)) {
        return std::nullopt;
    }
    auto problem = decode_problem(body);
    const auto is_it = [&](const Kind& kind) {
        return kind.type == problem->type && kind.status == status && problem->status == status;
    };
    if (!problem || !std::ranges::any_of(kinds, is_it)) {
        return std::nullopt;
    }
    return problem;
}

} // namespace haven::api
