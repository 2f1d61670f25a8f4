#include "server/http/paging.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/json.hpp"
#include "net/api/limits.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/store/rows.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <limits>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>

namespace haven::http {

std::string to_string(const Cursor& cursor) {
    return std::format("{}_{}", cursor.time_us, to_string(cursor.id));
}

std::optional<Cursor> parse_cursor(std::string_view text) {
    const std::size_t separator = text.find('_');
    if (separator == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view digits = text.substr(0, separator);
    std::int64_t time_us = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), time_us);
    const auto id = parse_uuid(text.substr(separator + 1));
    // PostgreSQL's clock begins in 4714 BC, but for the end that no time has.
    constexpr std::int64_t first_us = -210'866'803'200'000'000;
    const bool is_time = time_us >= first_us || time_us == std::numeric_limits<std::int64_t>::min();
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || !is_time || !id) {
        return std::nullopt;
    }
    return Cursor{.time_us = time_us, .id = *id};
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
        last = {.time_us = row.time_or_end("page_time"), .id = row.get<Uuid>("id")};
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
