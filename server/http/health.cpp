#include "server/http/health.hpp"

#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/store/actor.hpp"
#include "server/store/database.hpp"
#include "server/store/migrations.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_http.hpp>
#include <haven/sql_jobs.hpp>
#include <haven/sql_mail.hpp>
#include <haven/sql_safety.hpp>
#include <haven/sql_webhooks.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <format>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;

namespace {

const char* word(bool good) {
    return good ? "ok" : "failing";
}

asio::awaitable<Response> look(Services& services) {
    const auto version = co_await services.database.query(sql::http::schema_version);
    const auto strays = co_await services.database.query_as(
        store::Actor{.kind = store::ActorKind::job, .id = {}, .role = {}},
        sql::jobs::default_partition_rows);
    // An alarm, no reason to send nobody here: DEFAULT keeps what has no partition.
    const bool partitions = strays && strays->front().get<std::int64_t>("done") == 0;
    // Another alarm: a letter waits for long, or was given up.
    const auto letters = co_await services.database.query_as(
        store::Actor{.kind = store::ActorKind::job, .id = {}, .role = {}}, sql::mail::state);
    const bool mail = letters && !letters->front().get<bool>("late");
    // Nobody was left to be called in a crisis, or a webhook was given up.
    const auto chains = co_await services.database.query_as(
        store::Actor{.kind = store::ActorKind::job, .id = {}, .role = {}},
        sql::safety::chains_state);
    const bool crises = chains && chains->front().get<std::int64_t>("exhausted") == 0;
    const auto late = co_await services.database.query_as(
        store::Actor{.kind = store::ActorKind::job, .id = {}, .role = {}}, sql::webhooks::late);
    const bool webhooks = late && !late->front().get<bool>("late");
    bool database = version.has_value();
    if (database) { // it may only read, as after a failover
        const auto written =
            co_await services.database.query_as(store::Actor{}, sql::http::write_nothing);
        database = written.has_value();
    }
    const bool migrations = version && serves_this_program(version->front());
    const auto objects = co_await services.object_workers.run(
        [&store = services.objects] { return store.check().has_value(); });
    const bool writable = objects.value_or(false);
    const bool all = database && migrations && writable;
    co_return json(all ? 200 : 503,
                   std::format(R"({{"status":"{}","checks":{{"database":"{}","migrations":"{}",)"
                               R"("objects":"{}","partitions":"{}","mail":"{}","crises":"{}",)"
                               R"("webhooks":"{}"}}}})",
                               all ? "ready" : "not ready", word(database), word(migrations),
                               word(writable), word(partitions), word(mail), word(crises),
                               word(webhooks)));
}

} // namespace

asio::awaitable<Response> Readiness::ask(Services& services) {
    if (looking_) {
        (void)co_await found_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!last_) {
            throw std::runtime_error("what the server needs could not be looked at");
        }
        co_return *last_;
    }
    looking_ = true;
    const auto end = [this](std::optional<Response> seen) {
        last_ = std::move(seen);
        looking_ = false;
        found_.cancel();
    };
    try {
        end(co_await look(services));
    } catch (...) {
        end(std::nullopt);
        throw;
    }
    co_return *last_;
}

bool serves_this_program(const store::Row& row) {
    const store::SchemaState schema{.version = row.get<std::int32_t>("version"),
                                    .oldest_program = row.get<std::int32_t>("oldest_program")};
    return store::fit_of(schema, store::embedded_migrations().back().version) ==
           store::SchemaFit::serves;
}

asio::awaitable<Answer> live(Exchange& /*exchange*/) {
    co_return json(200, R"({"status":"live"})");
}

asio::awaitable<Answer> ready(Exchange& exchange) {
    co_return co_await exchange.services.readiness.ask(exchange.services);
}

asio::awaitable<Answer> openapi(Exchange& /*exchange*/) {
    co_return Response{.status = 200,
                       .content_type = "application/yaml",
                       .body = {},
                       .headers = {},
                       .constant_body = openapi_text()};
}

asio::awaitable<Answer> metrics_text(Exchange& exchange) {
    co_return Response{.status = 200,
                       .content_type = "text/plain; version=0.0.4; charset=utf-8",
                       .body = exchange.services.metrics.text(),
                       .headers = {}};
}

} // namespace haven::http
