#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/database.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <optional>

/// What the PUTs of all features have in common.
namespace haven::http {

/// What a write is known by.
struct Content {
    Digest received; ///< of the body's bytes as they came: told in the receipt
    Digest meaning;  ///< of what it says, however it is spelled: the same again is a success
};

/// Of a small body, which was read before its handler, and of what was read in it.
template <typename Record>
[[nodiscard]] Content content_of(const Request& request, const Record& record) {
    return {.received = request.received, .meaning = digest_of(api::encode(record))};
}

/// What a write's statement found and did: the row (status integer, pointer text). 201 written, 200
/// it was there already and equal, 409 there with other content, 404 not the caller's, 422 what
/// `pointer` names is not there or not the caller's. The statement also sets haven.status for the
/// audit row. A success is a receipt for the body, whose bytes have the digest `received`.
[[nodiscard]] Answer answer_of_write(const store::Row& outcome, const Uuid& id,
                                     const Digest& received);

/// Lock the id, write, record: one transaction, one round trip. `also_lock` is another id of which
/// only one is to be written below at a time.
[[nodiscard]] boost::asio::awaitable<Answer> write_once(Exchange& exchange, const Digest& received,
                                                        store::Call write,
                                                        std::optional<Uuid> also_lock = {});

/// Look and record in one transaction: the rows of `look`, which sets haven.status to 200 where it
/// finds something.
[[nodiscard]] boost::asio::awaitable<std::expected<store::Rows, Problem>>
look_once(Exchange& exchange, store::Call look);

} // namespace haven::http
