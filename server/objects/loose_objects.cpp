#include "server/objects/loose_objects.hpp"

#include "server/http/application.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/store/actor.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_objects.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace haven::objects {

namespace asio = boost::asio;

namespace {

constexpr std::int32_t swept_together = 100;

const store::Actor own_work{.kind = store::ActorKind::job, .id = {}, .role = {}};

/// False: it is still there.
asio::awaitable<bool> remove_and_strike_off(http::Services& services, std::string key) {
    const auto removed = co_await services.object_workers.run(
        [&services, &key] { return services.objects.remove(key); });
    if (!removed || !*removed) {
        log::warn("object_not_removed",
                  {{"error", removed ? removed->error().message : "the workers are busy"}});
        co_return false;
    }
    const auto struck =
        co_await services.database.query_as(own_work, sql::objects::strike_off_object, key);
    if (!struck) {
        log::warn("object_not_struck_off", {{"error", store::describe(struck.error())}});
    }
    co_return struck.has_value();
}

} // namespace

asio::awaitable<std::expected<void, http::Problem>> note(http::Exchange& exchange,
                                                         const std::string& key) {
    const auto noted = co_await exchange.query(sql::objects::note_object, key);
    if (!noted) {
        co_return std::unexpected(http::problem_of(noted.error(), exchange.request.id));
    }
    co_return std::expected<void, http::Problem>{};
}

asio::awaitable<void> discard(http::Services& services, std::string key) {
    // No row may take it from here on; where one has, nothing is condemned and it stays.
    const auto condemned =
        co_await services.database.query_as(own_work, sql::objects::condemn_object, key);
    if (condemned && condemned->affected() > 0) {
        (void)co_await remove_and_strike_off(services, std::move(key));
    }
}

asio::awaitable<std::int64_t> sweep(http::Services& services, std::int32_t rounds_max) {
    std::int64_t swept = 0;
    bool more = true;
    for (std::int32_t round = 0; more && round < rounds_max; ++round) {
        const auto rows = co_await services.database.query_as(
            own_work, sql::objects::condemn_stale_objects, stale_after.count(), swept_together);
        if (!rows) {
            log::warn("objects_not_swept", {{"error", store::describe(rows.error())}});
            break;
        }
        more = rows->size() == swept_together;
        for (const store::Row row : *rows) {
            if (co_await remove_and_strike_off(services, row.get<std::string>("object_key"))) {
                ++swept;
            } else {
                more = false; // what cannot be removed now is tried again at the next sweep
            }
        }
    }
    if (swept > 0) {
        log::info("objects_swept", {{"objects", swept}});
    }
    co_return swept;
}

asio::awaitable<http::Answer> erase_with(http::Exchange& exchange,
                                         const store::Answering& statement) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::Answer answer = co_await http::answer_with(exchange, statement, {});
    if (answer && answer->status == 204) {
        constexpr std::int32_t rounds_of_a_request = 10;
        (void)co_await sweep(exchange.services, rounds_of_a_request);
    }
    co_return answer;
}

} // namespace haven::objects
