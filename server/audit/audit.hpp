#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/store/param.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

/// Who did what to whose data: the row of audit_logs that each access writes in its own
/// transaction.
namespace haven::audit {

/// The transaction's last statement: what the request's route and policy say, with the status that
/// the statements before it set in haven.status. Looks into the request, which must live until it
/// was sent.
[[nodiscard]] store::Call record_access(const http::Exchange& exchange);

/// The same for a route without a token, where the account is known only now, or not at all.
[[nodiscard]] store::Call record_access(const http::Exchange& exchange,
                                        const std::optional<Uuid>& user_id,
                                        const std::optional<Uuid>& resource_id);

/// For a request that was refused and whose transaction, if it had one, left nothing: the row, by
/// itself. Where an answer has recorded itself already nothing is done.
[[nodiscard]] boost::asio::awaitable<void> record_refusal(http::Exchange& exchange, int status);

/// How a request will be answered, where no statement of its own says it.
[[nodiscard]] store::Call note_status(int status);

/// The transaction's first statement where an id is written.
[[nodiscard]] store::Call lock_id(const Uuid& id);

} // namespace haven::audit
