#pragma once

#include "server/store/connection.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/wire.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace haven::store {

/// One libpq connection, always in pipeline mode. One coroutine at a time, except
/// interrupt_if_late.
class AsyncConnection {
  public:
    explicit AsyncConnection(boost::asio::any_io_executor executor)
        : executor_(std::move(executor)) {}

    /// Names are looked up by the system's blocking resolver; give an address or a socket where
    /// that matters.
    [[nodiscard]] boost::asio::awaitable<Outcome<void>> connect(const DatabaseConfig& config);

    /// All the calls in one pipeline up to one Sync, preparing what this connection has not seen.
    /// The first error is the answer; what follows it was not run. Call only while usable().
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>> round_trip(std::span<const Call> calls);

    /// Connected and not amid a round trip (one given up half-way leaves answers on the wire).
    [[nodiscard]] bool usable() const;
    /// A transaction is open on it, failed or not.
    [[nodiscard]] bool in_transaction() const;
    /// Looks, without waiting, whether the server has hung up meanwhile.
    [[nodiscard]] bool still_alive();
    /// Waits until somebody says NOTIFY on a channel that this connection listens to; false where
    /// it broke. Only between round trips.
    [[nodiscard]] boost::asio::awaitable<bool> notified();
    /// As the connection was told: not the one that answers, where a pooler stands between.
    [[nodiscard]] std::int32_t backend() const;
    /// Ends what waits on it.
    void give_up();
    /// Any thread, while the connection exists: hangs up when a round trip has passed its deadline,
    /// which wakes its coroutine.
    void interrupt_if_late(std::chrono::steady_clock::time_point now);

  private:
    /// What the server will answer, in order: to each Parse and to each Bind and Execute.
    struct Expected {
        const Statement* statement;
        bool is_prepare;
    };

    [[nodiscard]] bool queue(std::span<const Call> calls, std::span<const WireParams> wires,
                             std::vector<Expected>& expected);
    [[nodiscard]] boost::asio::awaitable<bool> flush();
    [[nodiscard]] boost::asio::awaitable<ResultHandle> next_result();
    [[nodiscard]] boost::asio::awaitable<Outcome<Batch>>
    collect(std::span<const Expected> expected);
    [[nodiscard]] boost::asio::awaitable<bool> finish_pipeline(std::optional<DbError>& error);
    [[nodiscard]] DbError broken() const;
    [[nodiscard]] boost::asio::awaitable<bool>
    poll_until_connected(std::chrono::steady_clock::time_point deadline);

    boost::asio::any_io_executor executor_;
    PgConn connection_;
    /// A duplicate of libpq's descriptor, so that each side closes its own.
    std::optional<boost::asio::posix::stream_descriptor> socket_;
    std::unordered_set<std::string_view>
        prepared_;                     ///< their names, which live as long as the program
    std::vector<std::string> audited_; ///< rows of the record, as JSON, that a commit has told
    std::atomic<std::int64_t> deadline_ns_{0}; ///< steady_clock; 0 between round trips
    std::chrono::milliseconds query_timeout_{0};
    bool spoilt_ = false; ///< what was said on it makes it useless (spoils_connection)
    bool busy_ = false;   ///< until the Sync of the round trip has been read: afterwards nothing is
                          ///< on the wire
};

} // namespace haven::store
