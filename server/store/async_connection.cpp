#include "server/store/async_connection.hpp"

#include "server/log.hpp"
#include "server/store/connection.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/errors.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"
#include "server/store/wire.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <expected>
#include <fcntl.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace haven::store {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

stream_descriptor duplicate(const asio::any_io_executor& executor, int fd) {
    return {executor, ::fcntl(fd, F_DUPFD_CLOEXEC, 0)};
}

/// Of what PostgreSQL says beside its answers, the audit rows that it is about to commit
/// (haven_tell_log).
void keep_audit_row(void* rows, const PGresult* notice) {
    const char* const code = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    const char* const row = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (code != nullptr && row != nullptr && std::string_view(code) == "HV200") {
        static_cast<std::vector<std::string>*>(rows)->emplace_back(row);
    }
}

} // namespace

asio::awaitable<Outcome<void>> AsyncConnection::connect(const DatabaseConfig& config) {
    const auto deadline = Clock::now() + config.connect_timeout;
    query_timeout_ = config.query_timeout;
    connection_.reset(PQconnectStart(config.url.c_str()));
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) {
        co_return std::unexpected(broken_connection(connection_.get(), DbErrorKind::unavailable,
                                                    "connecting to PostgreSQL"));
    }
    PQsetNoticeReceiver(connection_.get(), keep_audit_row, &audited_);
    if (!co_await poll_until_connected(deadline)) {
        DbError error = broken_connection(connection_.get(), DbErrorKind::unavailable,
                                          "connecting to PostgreSQL");
        if (Clock::now() >= deadline) {
            error.message = "connecting to PostgreSQL: no answer in time";
        }
        co_return std::unexpected(std::move(error));
    }
    socket_.emplace(duplicate(executor_, PQsocket(connection_.get())));
    if (PQsetnonblocking(connection_.get(), 1) != 0 ||
        PQenterPipelineMode(connection_.get()) != 1) {
        co_return std::unexpected(broken_connection(connection_.get(), DbErrorKind::unavailable,
                                                    "entering pipeline mode"));
    }
    co_return Outcome<void>();
}

/// False when the deadline passed or the connection failed. libpq may change its descriptor from
/// step to step (several addresses), so each step waits on a fresh duplicate.
asio::awaitable<bool> AsyncConnection::poll_until_connected(Clock::time_point deadline) {
    using asio::experimental::awaitable_operators::operator||;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED || Clock::now() >= deadline) {
            co_return false;
        }
        stream_descriptor socket = duplicate(executor_, PQsocket(connection_.get()));
        asio::steady_timer timer(executor_, deadline);
        const auto direction = status == PGRES_POLLING_READING ? stream_descriptor::wait_read
                                                               : stream_descriptor::wait_write;
        co_await (socket.async_wait(direction, use_tuple) || timer.async_wait(use_tuple));
        status = PQconnectPoll(connection_.get());
    }
    co_return true;
}

bool AsyncConnection::usable() const {
    return socket_ && !busy_ && !spoilt_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

bool AsyncConnection::in_transaction() const {
    return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool AsyncConnection::still_alive() {
    // Between round trips a server says nothing but farewell: words or the stream's end both mean a
    // new connection is due. (A change of the server's configuration may speak too; then one
    // connection is made anew for nothing.)
    char byte = 0;
    return usable() && ::recv(socket_->native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<bool> AsyncConnection::notified() {
    bool any = false;
    while (!any) {
        if (PQconsumeInput(connection_.get()) != 1) {
            co_return false;
        }
        while (PGnotify* const one = PQnotifies(connection_.get())) {
            PQfreemem(one);
            any = true;
        }
        if (!any) {
            const auto [cancelled] =
                co_await socket_->async_wait(stream_descriptor::wait_read, use_tuple);
            if (cancelled) {
                co_return false;
            }
        }
    }
    co_return true;
}

std::int32_t AsyncConnection::backend() const {
    return PQbackendPID(connection_.get());
}

void AsyncConnection::give_up() {
    if (socket_) {
        socket_->cancel();
    }
}

void AsyncConnection::interrupt_if_late(Clock::time_point now) {
    const auto deadline_ns = deadline_ns_.load();
    if (deadline_ns != 0 && now.time_since_epoch().count() > deadline_ns) {
        ::shutdown(socket_->native_handle(), SHUT_RDWR);
    }
}

DbError AsyncConnection::broken() const {
    return broken_connection(connection_.get(), DbErrorKind::retry, "talking to PostgreSQL");
}

asio::awaitable<Outcome<Batch>> AsyncConnection::round_trip(std::span<const Call> calls) {
    assert(usable());
    std::vector<WireParams> wires;
    wires.reserve(calls.size());
    for (const Call& one : calls) {
        auto wire = WireParams::make(one.params);
        if (!wire) { // nothing is sent yet: the connection is as it was
            wire.error().statement = one.statement->name;
            co_return std::unexpected(std::move(wire.error()));
        }
        wires.push_back(std::move(*wire));
    }
    busy_ = true;
    const auto deadline = Clock::now() + query_timeout_;
    deadline_ns_.store(deadline.time_since_epoch().count());
    std::vector<Expected> expected;
    Outcome<Batch> answer = Batch();
    if (!queue(calls, wires, expected) || !co_await flush()) {
        answer = std::unexpected(broken());
    } else {
        answer = co_await collect(expected);
    }
    deadline_ns_.store(0);
    for (const std::string& row : std::exchange(audited_, {})) {
        if (answer) {
            log::audit(row);
        }
    }
    if (!answer && Clock::now() >= deadline) {
        answer.error().kind = DbErrorKind::retry;
        answer.error().message = "PostgreSQL did not answer in time; the connection was dropped";
    }
    co_return answer;
}

bool AsyncConnection::queue(std::span<const Call> calls, std::span<const WireParams> wires,
                            std::vector<Expected>& expected) {
    PGconn* connection = connection_.get();
    expected.reserve(calls.size() * 2);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const Statement* statement = calls[i].statement;
        const bool is_new = !prepared_.contains(statement->name) &&
                            std::ranges::none_of(expected, [&](const Expected& e) {
                                return e.statement == statement;
                            });
        if (is_new) {
            if (PQsendPrepare(connection, statement->name, statement->sql, 0, nullptr) != 1) {
                return false;
            }
            expected.push_back({.statement = statement, .is_prepare = true});
        }
        if (PQsendQueryPrepared(connection, statement->name, wires[i].count(), wires[i].values(),
                                wires[i].lengths(), wires[i].formats(), 1) != 1) {
            return false;
        }
        expected.push_back({.statement = statement, .is_prepare = false});
    }
    return PQpipelineSync(connection) == 1;
}

/// Large batches fill the socket's buffer; the server may meanwhile answer and wait for us to read
/// (libpq, 32.5.1).
asio::awaitable<bool> AsyncConnection::flush() {
    using asio::experimental::awaitable_operators::operator||;
    int left = PQflush(connection_.get());
    while (left == 1) {
        co_await (socket_->async_wait(stream_descriptor::wait_read, use_tuple) ||
                  socket_->async_wait(stream_descriptor::wait_write, use_tuple));
        if (PQconsumeInput(connection_.get()) != 1) {
            break; // the server's last words may still be read: next_result says what it was
        }
        left = PQflush(connection_.get());
    }
    co_return left != -1;
}

asio::awaitable<ResultHandle> AsyncConnection::next_result() {
    while (PQisBusy(connection_.get()) == 1) {
        const auto [cancelled] =
            co_await socket_->async_wait(stream_descriptor::wait_read, use_tuple);
        if (cancelled) {
            co_return nullptr;
        }
        if (PQconsumeInput(connection_.get()) != 1) {
            break;
        }
    }
    // Does not wait: either a result is complete or the connection is broken, which is a result
    // too.
    co_return ResultHandle(PQgetResult(connection_.get()));
}

asio::awaitable<Outcome<Batch>> AsyncConnection::collect(std::span<const Expected> expected) {
    Batch batch;
    batch.reserve(expected.size());
    std::optional<DbError> error;
    for (const Expected& one : expected) {
        ResultHandle result = co_await next_result();
        if (!result) {
            co_return std::unexpected(error ? std::move(*error) : broken());
        }
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            if (one.is_prepare) {
                prepared_.insert(one.statement->name);
            } else {
                batch.emplace_back(std::move(result), one.statement->name);
            }
        } else if (status != PGRES_PIPELINE_ABORTED && !error) {
            error = error_of_result(result.get(), one.statement->name);
            spoilt_ = spoilt_ || spoils_connection(error->sqlstate);
        }
        if (PQstatus(connection_.get()) != CONNECTION_OK) {
            co_return std::unexpected(error ? std::move(*error) : broken());
        }
        if (const ResultHandle end = co_await next_result(); end) {
            co_return std::unexpected(DbError{.statement = one.statement->name,
                                              .message = "one statement gave two results"});
        }
    }
    if (!co_await finish_pipeline(error)) {
        co_return std::unexpected(error ? std::move(*error) : broken());
    }
    if (error) {
        co_return std::unexpected(std::move(*error));
    }
    co_return batch;
}

/// Reads up to the Sync. An implicit transaction commits there, so it may still fail there.
asio::awaitable<bool> AsyncConnection::finish_pipeline(std::optional<DbError>& error) {
    for (int i = 0; i < 4; ++i) {
        const ResultHandle result = co_await next_result();
        if (PQstatus(connection_.get()) != CONNECTION_OK) {
            co_return false;
        }
        if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
            busy_ = false;
            co_return true;
        }
        if (result && !error) {
            error = error_of_result(result.get(), "commit");
        }
    }
    co_return false;
}

} // namespace haven::store
