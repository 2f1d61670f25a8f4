#pragma once

#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "server/store/database.hpp"

#include <cstddef>

/// The connections that a server has to its database, by what they are for.
namespace haven::http {

inline constexpr std::size_t health_jobs_max = 64;

[[nodiscard]] store::DatabaseConfig database_config(const ServerConfig& config,
                                                    const Limits& limits);
/// The periodic work has a connection of its own, on which a statement may take its time.
[[nodiscard]] store::DatabaseConfig jobs_database_config(const ServerConfig& config);
/// What leaves the server waits for no periodic work.
[[nodiscard]] store::DatabaseConfig outgoing_config(const ServerConfig& config);
/// One connection, and nobody waits long for it.
[[nodiscard]] store::DatabaseConfig health_config(const ServerConfig& config);
/// One connection. Who knocks while so many others do is told to come again.
[[nodiscard]] store::DatabaseConfig attempts_config(const ServerConfig& config);

} // namespace haven::http
