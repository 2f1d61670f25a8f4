#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/records.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

/// Listings go from page to page by keyset: a cursor names the last row seen, so pages neither skip
/// nor repeat.
namespace haven::http {

struct Cursor {
    api::TimeUs time_us = 0; ///< the row's started_at or created_at (store::Row::time_or_end)
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

/// A page of rows (id uuid, page_time timestamptz, item jsonb or text). That others follow is known
/// by a row more than asked for, or by one whose item is NULL. The link to the next page keeps the
/// query's filters.
[[nodiscard]] Response page_of(const store::Rows& rows, const PageRequest& page,
                               const RequestHead& head);

} // namespace haven::http
