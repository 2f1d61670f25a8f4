#include "server/http/paging.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/json.hpp"
#include "net/api/limits.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/store/rows.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

namespace haven::http {

std::string to_string(const Cursor& cursor) {
    return std::format("{}_{}", cursor.time_us, to_string(cursor.id));
}

std::optional<Cursor> parse_cursor(std::string_view text) {
    const std::size_t separator = text.find('_');
    if (separator == std::string_view::npos) {
        return std::nullopt;
    }
    const auto time_us = api::whole_number(text.substr(0, separator));
    const auto id = parse_uuid(text.substr(separator + 1));
    // Bounded so that PostgreSQL's own clock (microseconds since 2000) can hold it.
    constexpr std::int64_t time_us_max = 253'402'300'799'999'999; // the end of the year 9999
    if (!time_us || !id || *time_us < 0 || *time_us > time_us_max) {
        return std::nullopt;
    }
    return Cursor{.time_us = *time_us, .id = *id};
}

std::expected<PageRequest, Problem> read_page(std::string_view query) {
    PageRequest page{.items_max = api::page_items_default, .after = std::nullopt};
    if (const auto limit = query_value(query, "limit")) {
        const auto items = api::whole_number(*limit);
        if (!items || *items < 1 || *items > api::page_items_max) {
            return std::unexpected(invalid_parameter(
                "limit", std::format("is a whole number from 1 to {}", api::page_items_max)));
        }
        page.items_max = static_cast<std::int32_t>(*items);
    }
    if (const auto cursor = query_value(query, "cursor")) {
        page.after = parse_cursor(*cursor);
        if (!page.after) {
            return std::unexpected(
                invalid_parameter("cursor", "is the `next_cursor` of the page before"));
        }
    }
    return page;
}

Response page_of(const store::Rows& rows, const PageRequest& page, const RequestHead& head) {
    std::string items;
    std::optional<Cursor> last;
    std::int32_t count = 0;
    bool others_follow = false;
    for (const store::Row row : rows) {
        if (count == page.items_max || (count > 0 && row.is_null("item"))) {
            others_follow = true;
            break;
        }
        items += count++ == 0 ? "" : ",";
        items += row.get<std::string_view>("item");
        last = {.time_us = row.get<std::int64_t>("page_time"), .id = row.get<Uuid>("id")};
    }
    if (!others_follow) {
        return json(200, std::format(R"({{"items":[{}]}})", items));
    }
    const std::string cursor = to_string(*last);
    Response response =
        json(200, std::format(R"({{"items":[{}],"next_cursor":"{}"}})", items, cursor));
    std::string query = std::format("limit={}&cursor={}", page.items_max, cursor);
    for (const auto part : std::views::split(head.query, '&')) {
        const std::string_view pair(part);
        if (!pair.empty() && !pair.starts_with("limit=") && !pair.starts_with("cursor=")) {
            query += std::format("&{}", pair);
        }
    }
    response.headers.emplace_back("Link", std::format("<{}?{}>; rel=\"next\"", head.path, query));
    return response;
}

} // namespace haven::http
