#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/records.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/seal/seal.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

/// Listings go from page to page by keyset: a cursor names the last row seen, so pages neither skip
/// nor repeat. Pure.
namespace haven::http {

/// Where a row stands in its listing: by time, and by id where times are equal.
struct Place {
    api::TimeUs time_us = 0; ///< of the row (store::Row::time_or_end)
    Uuid id;
    friend bool operator==(const Place&, const Place&) = default;

    [[nodiscard]] store::Param time() const { return store::time_us(time_us); }
};

/// Before every row, and after each.
[[nodiscard]] Place first_place();
[[nodiscard]] Place last_place();

/// A place as a client keeps it: sealed, and bound to the list that it is of. The same place is the
/// same cursor.
[[nodiscard]] std::string to_cursor(const seal::Seal& seal, std::string_view bound_to,
                                    const Place& place);
[[nodiscard]] std::optional<Place> read_cursor(const seal::Seal& seal, std::string_view bound_to,
                                               std::string_view cursor);

/// The rows between two places, without these: what ?from=, ?to= and ?cursor= leave.
struct PageRequest {
    std::int32_t items_max = 0;
    bool newest_first = false;
    Place after = first_place();
    Place before = last_place();
    std::string bound_to = {}; ///< what its cursor is good for
    std::string link = {};     ///< the page itself, as a reference without its cursor
};

/// What a request's query asks for, as the API's description says and completes it; 400 naming the
/// parameter that is wrong. A cursor is good for the list that gave it: this path, for who asks,
/// with the same filters and order.
[[nodiscard]] std::expected<PageRequest, Problem> read_page(const Request& request,
                                                            const seal::Seal& seal);

/// A page of rows (id uuid, page_time timestamptz, item jsonb or text). That others follow is known
/// by a row more than asked for, or by one whose item is NULL. The link to the next page has the
/// query's filters, each encoded anew.
[[nodiscard]] Response page_of(const store::Rows& rows, const PageRequest& page,
                               const seal::Seal& seal);

} // namespace haven::http
