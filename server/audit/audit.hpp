#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Who did what to whose data: the row of audit_logs that each access writes in its own
/// transaction. It is made by the statement that answers, of its answer.
namespace haven::audit {

/// The last call of a request's transaction: it answers and writes the row.
struct Recorded {
    store::Call call;
};

/// What the server knows of a request, as JSON for haven_record: what its route and policy say,
/// whence it came. Kept in the exchange.
[[nodiscard]] const std::string& access_of(http::Exchange& exchange);

/// The call of `statement`, whose last parameter is the access. A statement that does not answer
/// does not compile here. Looks into the exchange, which must live until it was sent.
template <typename... P>
[[nodiscard]] Recorded answered_by(http::Exchange& exchange, const store::Answering& statement,
                                   P&&... params) {
    return {store::call(statement, std::forward<P>(params)..., access_of(exchange))};
}

/// `before` and `last` in one transaction and one round trip. The rows of `last`.
[[nodiscard]] boost::asio::awaitable<store::Outcome<store::Rows>>
record(http::Exchange& exchange, Recorded last, std::vector<store::Call> before = {});

/// The refusal of a request whose own statements left nothing. `person`: whose account it is, where
/// that is known before who asks is.
[[nodiscard]] Recorded refused(http::Exchange& exchange, int status,
                               const std::optional<Uuid>& person = {});

/// For a request that was refused and whose transaction, if it had one, left nothing: the row, by
/// itself. Where an answer has recorded itself already nothing is done.
[[nodiscard]] boost::asio::awaitable<void> record_refusal(http::Exchange& exchange, int status);

/// The transaction's first statement where an id is written.
[[nodiscard]] store::Call lock_id(const Uuid& id);

} // namespace haven::audit
