#include "server/seal/user_keys.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/log.hpp"
#include "server/seal/seal.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_seal.hpp>

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
                                                 user_id, std::span<const std::byte>(wrapped),
                                                 exchange.services.seal.master_key());
    if (!kept) {
        co_return std::unexpected(http::problem_of(kept.error(), exchange.request.id));
    }
    co_return opened(exchange, kept->front(), user_id);
}

asio::awaitable<std::expected<std::optional<DataKey>, http::Problem>>
find_key(http::Exchange& exchange, Uuid key_id, Uuid user_id) {
    const auto found = co_await exchange.services.database.query_as(
        the_server(), sql::seal::get_key, key_id, user_id);
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    if (found->empty()) {
        co_return std::nullopt;
    }
    auto key = opened(exchange, found->front(), user_id);
    if (!key) {
        co_return std::unexpected(std::move(key.error()));
    }
    co_return std::optional<DataKey>(std::move(*key));
}

asio::awaitable<Found> key_of(http::Exchange& exchange, Uuid key_id, Uuid user_id) {
    auto key = co_await find_key(exchange, key_id, user_id);
    if (!key) {
        co_return std::unexpected(std::move(key.error()));
    }
    if (!*key) {
        co_return std::unexpected(does_not_open(
            exchange, {.message = "the data key " + to_string(key_id) + " is not there"}));
    }
    co_return std::move(**key);
}

http::Problem does_not_open(const http::Exchange& exchange, const SealError& error) {
    log::error("does_not_open", {{"request_id", exchange.request.id}, {"error", error.message}});
    return http::internal_error();
}

} // namespace haven::seal
