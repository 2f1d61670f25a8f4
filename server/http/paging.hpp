#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>

/// Listings go from page to page by keyset: a cursor names the last row seen, so pages neither skip
/// nor repeat.
namespace haven::http {

struct Cursor {
    api::TimeUs time_us = 0; ///< the row's started_at or created_at
    Uuid id;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

[[nodiscard]] std::string to_string(const Cursor& cursor);
[[nodiscard]] std::optional<Cursor> parse_cursor(std::string_view text);

struct PageRequest {
    std::int32_t items_max = 0;
    std::optional<Cursor> after;

    [[nodiscard]] store::Param after_time() const {
        return after ? store::time_us(after->time_us) : store::Param(nullptr);
    }
    [[nodiscard]] store::Param after_id() const {
        return after ? store::Param(after->id) : store::Param(nullptr);
    }
};

/// ?limit= and ?cursor=; 400 naming the one that is wrong.
[[nodiscard]] std::expected<PageRequest, Problem> read_page(std::string_view query);

/// A page of rows, of which the statement fetched one more than asked to know whether others
/// follow. `read` makes a row into an item. Rows have the columns id and `page_time`.
template <typename Item>
[[nodiscard]] Response page_of(const store::Rows& rows, const PageRequest& page,
                               std::string_view path, Item (*read)(const store::Row&)) {
    api::Page<Item> answer;
    std::optional<Cursor> last;
    for (const store::Row row : rows) {
        if (answer.items.size() == static_cast<std::size_t>(page.items_max)) {
            answer.next_cursor = to_string(*last);
            break;
        }
        answer.items.push_back(read(row));
        last = {.time_us = row.get<std::int64_t>("page_time"), .id = row.get<Uuid>("id")};
    }
    Response response = json(200, api::encode(answer));
    if (answer.next_cursor) {
        response.headers.emplace_back("Link",
                                      std::format("<{}?limit={}&cursor={}>; rel=\"next\"", path,
                                                  page.items_max, *answer.next_cursor));
    }
    return response;
}

/// The same of rows (id uuid, page_time timestamptz, item jsonb). The link to the next page keeps
/// the query's filters.
[[nodiscard]] Response page_of_items(const store::Rows& rows, const PageRequest& page,
                                     const RequestHead& head);

/// The rows of a listing below a parent: `parent` sets haven.status and gives a row if it is there
/// and the caller's.
[[nodiscard]] boost::asio::awaitable<std::expected<store::Rows, Problem>>
list_below(Exchange& exchange, store::Call parent, store::Call list);

} // namespace haven::http
