#include "server/http/databases.hpp"

#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "server/store/database.hpp"

#include <chrono>
#include <cstddef>

namespace haven::http {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t attempts_waiting_max = 256;

store::DatabaseConfig connections(const ServerConfig& config, std::size_t most) {
    return {.url = config.database_url, .pool_size = most, .log_audit = config.log_audit};
}

} // namespace

store::DatabaseConfig database_config(const ServerConfig& config, const Limits& limits) {
    store::DatabaseConfig database = connections(config, config.database_pool_size);
    // A burst of writes waits its turn; it is refused when that takes too long, not because it is
    // long.
    database.waiters_max = limits.connections_max;
    database.acquire_timeout = 10s;
    return database;
}

store::DatabaseConfig jobs_database_config(const ServerConfig& config) {
    store::DatabaseConfig database = connections(config, 1);
    database.query_timeout = 10min;
    return database;
}

store::DatabaseConfig outgoing_config(const ServerConfig& config) {
    return connections(config, 2);
}

store::DatabaseConfig health_config(const ServerConfig& config) {
    store::DatabaseConfig database = connections(config, 1);
    database.waiters_max = health_jobs_max;
    database.query_timeout = 5s;
    return database;
}

store::DatabaseConfig attempts_config(const ServerConfig& config) {
    store::DatabaseConfig database = connections(config, 1);
    database.waiters_max = attempts_waiting_max;
    database.acquire_timeout = 5s;
    return database;
}

} // namespace haven::http
