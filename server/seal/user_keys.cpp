#include "server/seal/user_keys.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/log.hpp"
#include "server/seal/seal.hpp"
#include "server/store/actor.hpp"
#include "server/store/connection.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_seal.hpp>
#include <haven/sql_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace haven::seal {

namespace asio = boost::asio;

namespace {

using Found = std::expected<DataKey, http::Problem>;

const store::Actor& the_server() {
    static const store::Actor job{.kind = store::ActorKind::job, .id = {}, .role = {}};
    return job;
}

Found opened(const http::Exchange& exchange, const store::Row& row, const Uuid& user_id) {
    auto key = exchange.services.seal.unwrap(row.get<Uuid>("id"), user_id,
                                             row.get<std::span<const std::byte>>("wrapped_key"));
    if (!key) {
        return std::unexpected(does_not_open(exchange, key.error()));
    }
    return std::move(*key);
}

} // namespace

asio::awaitable<Found> user_key(http::Exchange& exchange, Uuid user_id) {
    store::Database& database = exchange.services.database;
    const auto found = co_await database.query_as(the_server(), sql::seal::find_user_key, user_id);
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    if (!found->empty()) {
        co_return opened(exchange, found->front(), user_id);
    }
    const DataKey made = Seal::make_key(user_id);
    const auto wrapped = exchange.services.seal.wrap(made);
    // Of two that make one at the same time the first wins, and both get that one.
    const auto kept = co_await database.query_as(the_server(), sql::seal::add_user_key, made.id,
                                                 user_id, std::span<const std::byte>(wrapped));
    if (!kept) {
        co_return std::unexpected(http::problem_of(kept.error(), exchange.request.id));
    }
    co_return opened(exchange, kept->front(), user_id);
}

asio::awaitable<Found> key_of(http::Exchange& exchange, Uuid key_id, Uuid user_id) {
    const auto found = co_await exchange.services.database.query_as(
        the_server(), sql::seal::get_key, key_id, user_id);
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    if (found->empty()) {
        co_return std::unexpected(does_not_open(
            exchange, {.message = "the data key " + to_string(key_id) + " is not there"}));
    }
    co_return opened(exchange, found->front(), user_id);
}

std::expected<void, std::string> check_keys(const std::string& database_url, const Seal& seal) {
    auto connection = store::Connection::open(database_url);
    if (!connection) {
        return std::unexpected(store::describe(connection.error()));
    }
    // In one transaction, whose end takes the role back.
    if (auto begun = connection->execute("BEGIN"); !begun) {
        return std::unexpected(store::describe(begun.error()));
    }
    const auto entered =
        connection->query(sql::store::enter.sql, "job", std::optional<Uuid>{}, nullptr, "0");
    const auto newest = connection->query(sql::seal::newest_key.sql);
    if (!entered || !newest) {
        return std::unexpected(store::describe(entered ? newest.error() : entered.error()));
    }
    const std::unexpected<std::string> other_key(
        "the master key is not the one that this database's keys are wrapped under: give the "
        "file it was started with before (--master-key-file), or restore it from its backup");
    if (!newest->empty()) {
        const store::Row row = newest->front();
        if (!seal.unwrap(row.get<Uuid>("id"), row.get<Uuid>("user_id"),
                         row.get<std::span<const std::byte>>("wrapped_key"))) {
            return other_key;
        }
    }
    // Of servers that start at once on an empty database the first says which key is the one.
    const std::string value = seal.hmac_hex("master_key_check", "which master key it is");
    const auto agreed = connection->query(sql::seal::agree_on_key.sql, value);
    if (!agreed) {
        return std::unexpected(store::describe(agreed.error()));
    }
    if (agreed->front().get<std::string_view>("check_value") != value) {
        return other_key;
    }
    if (auto done = connection->execute("COMMIT"); !done) {
        return std::unexpected(store::describe(done.error()));
    }
    return {};
}

http::Problem does_not_open(const http::Exchange& exchange, const SealError& error) {
    log::error("does_not_open", {{"request_id", exchange.request.id}, {"error", error.message}});
    return http::internal_error();
}

} // namespace haven::seal
