#include "server/store/database.hpp"

#include "server/store/actor.hpp"
#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/pool.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include "haven/sql_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <expected>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace haven::store {

namespace asio = boost::asio;

namespace {

std::vector<Call> framed(const Statement* first, std::vector<Call> calls, const Statement* last) {
    std::vector<Call> all;
    all.reserve(calls.size() + 2);
    if (first != nullptr) {
        all.push_back(call(*first));
    }
    std::ranges::move(calls, std::back_inserter(all));
    if (last != nullptr) {
        all.push_back(call(*last));
    }
    return all;
}

/// The answers to the calls themselves.
Batch unframed(Batch batch, bool has_first, bool has_last) {
    if (has_last) {
        batch.pop_back();
    }
    if (has_first) {
        batch.erase(batch.begin());
    }
    return batch;
}

asio::awaitable<Outcome<Batch>> run_all(std::shared_ptr<Pool> pool, std::vector<Call> calls) {
    auto lease = co_await pool->acquire();
    if (!lease) {
        co_return std::unexpected(std::move(lease.error()));
    }
    co_return co_await (*lease)->round_trip(calls);
}

asio::awaitable<Outcome<Rows>> run_one(std::shared_ptr<Pool> pool, Call one) {
    std::vector<Call> calls;
    calls.push_back(std::move(one));
    auto batch = co_await run_all(std::move(pool), std::move(calls));
    if (!batch) {
        co_return std::unexpected(std::move(batch.error()));
    }
    co_return std::move(batch->front());
}

asio::awaitable<Outcome<Batch>> run_reading(std::shared_ptr<Pool> pool, std::vector<Call> calls) {
    auto batch = co_await run_all(
        std::move(pool), framed(&sql::store::begin_read, std::move(calls), &sql::store::commit));
    if (!batch) {
        co_return std::unexpected(std::move(batch.error()));
    }
    co_return unframed(std::move(*batch), true, true);
}

asio::awaitable<Outcome<void>> without_rows(asio::awaitable<Outcome<Batch>> running) {
    auto batch = co_await std::move(running);
    if (!batch) {
        co_return std::unexpected(std::move(batch.error()));
    }
    co_return Outcome<void>();
}

} // namespace

Transaction::Transaction(std::unique_ptr<Lease> lease) : lease_(std::move(lease)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() = default; // the lease rolls back what is open

asio::awaitable<Outcome<Batch>> Transaction::run(std::vector<Call> calls) {
    return send(std::move(calls), false);
}

asio::awaitable<Outcome<Batch>> Transaction::commit_with(std::vector<Call> calls) {
    return send(std::move(calls), true);
}

asio::awaitable<Outcome<void>> Transaction::commit() {
    return without_rows(send({}, true));
}

asio::awaitable<void> Transaction::rollback() {
    if (state_ == State::open || state_ == State::failed) {
        const std::array calls{call(sql::store::rollback)};
        if (lease_->connection->usable()) {
            co_await lease_->round_trip(calls);
        }
    }
    state_ = State::finished;
    lease_.reset();
}

asio::awaitable<Outcome<Rows>> Transaction::query_call(Call one) {
    std::vector<Call> calls;
    calls.push_back(std::move(one));
    auto batch = co_await send(std::move(calls), false);
    if (!batch) {
        co_return std::unexpected(std::move(batch.error()));
    }
    co_return std::move(batch->front());
}

asio::awaitable<Outcome<Batch>> Transaction::send(std::vector<Call> calls, bool commit) {
    assert(state_ == State::not_begun || state_ == State::open);
    const bool begin = state_ == State::not_begun;
    const std::vector<Call> all = framed(begin ? &sql::store::begin : nullptr, std::move(calls),
                                         commit ? &sql::store::commit : nullptr);
    auto batch = co_await lease_->round_trip(all);
    if (!batch) {
        state_ = State::failed;
        co_return std::unexpected(std::move(batch.error()));
    }
    state_ = commit ? State::finished : State::open;
    if (commit) {
        lease_.reset();
    }
    co_return unframed(std::move(*batch), begin, commit);
}

Database::Database(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&& other) noexcept {
    std::swap(pool_, other.pool_);
    return *this;
}

Database::~Database() {
    if (pool_) {
        pool_->close();
    }
}

Database Database::create(const asio::any_io_executor& executor, DatabaseConfig config) {
    return Database(std::make_shared<Pool>(executor, std::move(config)));
}

asio::awaitable<Outcome<Rows>> Database::query_call(Call one) {
    return run_one(pool_, std::move(one));
}

asio::awaitable<Outcome<Batch>> Database::write(std::vector<Call> calls) {
    return run_all(pool_, std::move(calls));
}

asio::awaitable<Outcome<Batch>> Database::write_as(const Actor& actor, std::vector<Call> calls) {
    std::vector<Call> all{enter(actor, pool_->statement_timeout())};
    if (pool_->log_audit()) {
        all.push_back(call(sql::store::log_audit));
    }
    const auto first = std::ssize(all);
    std::ranges::move(calls, std::back_inserter(all));
    auto batch = co_await write(std::move(all));
    if (batch) {
        batch->erase(batch->begin(), batch->begin() + first);
    }
    co_return batch;
}

asio::awaitable<Outcome<Rows>> Database::query_call_as(const Actor& actor, Call one) {
    std::vector<Call> calls;
    calls.push_back(std::move(one));
    auto batch = co_await write_as(actor, std::move(calls));
    if (!batch) {
        co_return std::unexpected(std::move(batch.error()));
    }
    co_return std::move(batch->front());
}

asio::awaitable<Outcome<Batch>> Database::read(std::vector<Call> calls) {
    return run_reading(pool_, std::move(calls));
}

asio::awaitable<Outcome<Transaction>> Database::begin() {
    // A coroutine of its own would hold `this`; the pool is what lives long enough.
    return [](std::shared_ptr<Pool> pool) -> asio::awaitable<Outcome<Transaction>> {
        auto lease = co_await pool->acquire();
        if (!lease) {
            co_return std::unexpected(std::move(lease.error()));
        }
        co_return Transaction(std::move(*lease));
    }(pool_);
}

asio::awaitable<Outcome<void>> Database::ping() {
    return [](std::shared_ptr<Pool> pool) -> asio::awaitable<Outcome<void>> {
        auto answer = co_await run_one(std::move(pool), call(sql::store::ping));
        if (!answer) {
            co_return std::unexpected(std::move(answer.error()));
        }
        co_return Outcome<void>();
    }(pool_);
}

PoolStats Database::stats() const {
    return pool_->stats();
}

} // namespace haven::store
