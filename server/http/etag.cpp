#include "server/http/etag.hpp"

#include "server/http/digest.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::http {
namespace {

/// Hashed on the thread that serves everybody.
constexpr std::size_t tagged_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t tags_max = 32;

struct EntityTag {
    bool weak = false;
    std::string_view text; ///< with its quotes, or * for any
};

/// The opaque-tag that `field` begins with; nothing if there is none (RFC 9110 8.8.3).
std::optional<std::string_view> take_opaque_tag(std::string_view& field) {
    const std::size_t end = field.starts_with('"') ? field.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view tag = field.substr(0, end + 1);
    const auto stands_in_one = [](char c) { return c > ' ' && c != '\x7f'; };
    if (!std::ranges::all_of(tag, stands_in_one)) {
        return std::nullopt;
    }
    field.remove_prefix(tag.size());
    return tag;
}

void skip(std::string_view& field, std::string_view these) {
    field.remove_prefix(std::min(field.find_first_not_of(these), field.size()));
}

/// Nothing if it is badly written, or names more than anybody has.
std::optional<std::vector<EntityTag>> read_tags(std::string_view field) {
    std::vector<EntityTag> tags;
    skip(field, " \t,");
    if (field == "*") {
        return std::vector{EntityTag{.text = field}};
    }
    while (!field.empty()) {
        EntityTag tag{.weak = field.starts_with("W/")};
        field.remove_prefix(tag.weak ? 2 : 0);
        const auto text = take_opaque_tag(field);
        if (!text || tags.size() == tags_max) {
            return std::nullopt;
        }
        tag.text = *text;
        tags.push_back(tag);
        skip(field, " \t");
        if (!field.empty() && field.front() != ',') {
            return std::nullopt;
        }
        skip(field, " \t,");
    }
    return tags.empty() ? std::nullopt : std::optional(std::move(tags));
}

} // namespace

std::string etag_of(std::string_view body) {
    return std::format("\"{}\"", hexadecimal(digest_of(body)).substr(0, 32));
}

std::optional<Problem> check_conditions(const Route& route, const RequestHead& head) {
    const auto wrong = [](std::string detail) {
        return Problem{.type = ProblemType::malformed, .detail = std::move(detail)};
    };
    if (!head.if_match.empty() && !route.body.if_match()) {
        return wrong("If-Match is not looked at here.");
    }
    const bool begins = route.body.if_match() && route.method == Method::put &&
                        head.if_match.empty() && head.if_none_match == "*";
    if (!head.if_none_match.empty() && route.method != Method::get && !begins) {
        return wrong("If-None-Match is for GET: what is there already with other content is never "
                     "written over.");
    }
    for (const std::string* const field : {&head.if_match, &head.if_none_match}) {
        if (!field->empty() && !read_tags(*field)) {
            return wrong("Send entity-tags as they stood in ETag, with their quotes.");
        }
    }
    if (route.body.if_match() && head.if_match.empty() && !begins) {
        return Problem{.type = ProblemType::precondition_required,
                       .detail = "Read it, and send the ETag of that answer as If-Match: so "
                                 "nothing is lost that somebody else has changed meanwhile."};
    }
    return std::nullopt;
}

std::string if_match_json(std::string_view field) {
    std::string json = "[";
    for (const EntityTag& tag : read_tags(field).value_or(std::vector<EntityTag>{})) {
        if (!tag.weak) { // RFC 9110 13.1.1: compared strongly
            json += std::format("{}{}", json.size() > 1 ? "," : "", json_string(tag.text));
        }
    }
    return json + "]";
}

Response written(int status, std::string body, const std::string& place) {
    Response answer = json(status, std::move(body));
    if (answer.body.size() <= tagged_bytes_max) {
        answer.headers.emplace_back("ETag", etag_of(answer.body));
    }
    answer.headers.emplace_back("Content-Location", place);
    if (status == 201) { // made
        answer.headers.emplace_back("Location", place);
    }
    return answer;
}

bool has_already(const Request& request, std::string_view etag) {
    const auto held = read_tags(request.head.if_none_match).value_or(std::vector<EntityTag>{});
    return std::ranges::any_of(
        held, [&](const EntityTag& tag) { return tag.text == "*" || tag.text == etag; });
}

Response conditional(const Request& request, Response answer) {
    if (request.route->method != Method::get || answer.status != 200) {
        return answer;
    }
    const auto own =
        std::ranges::find(answer.headers, "ETag", [](const auto& f) { return f.first; });
    std::string etag = own != answer.headers.end() ? own->second : "";
    if (etag.empty()) {
        if (answer.content_type != "application/json" || answer.body.size() > tagged_bytes_max) {
            return answer;
        }
        etag = etag_of(answer.body);
        answer.headers.emplace_back("ETag", etag);
    }
    if (has_already(request, etag)) {
        answer.status = 304;
        answer.content_type.clear();
        answer.body.clear();
        answer.constant_body = {};
    }
    return answer;
}

} // namespace haven::http
