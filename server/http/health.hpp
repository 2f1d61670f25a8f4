#pragma once

#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>

/// What the server says of itself, to whoever runs it.
namespace haven::http {

/// A row of sql::http::schema_version: the schema this program knows, or a newer one that goes on
/// serving it.
[[nodiscard]] bool serves_this_program(const store::Row& row);

/// What the server needs, looked at once for all who ask at the same time: however many they are,
/// they take one connection to the database and one worker. On the executor's thread.
class Readiness {
  public:
    explicit Readiness(const boost::asio::any_io_executor& executor)
        : found_(executor, boost::asio::steady_timer::time_point::max()) {}

    /// Throws what looking threw.
    [[nodiscard]] boost::asio::awaitable<Response> ask(Services& services);

  private:
    boost::asio::steady_timer found_; ///< cancelled when it has been looked at
    bool looking_ = false;
    std::optional<Response> last_;
};

/// The process answers. Asks nothing of anything else.
[[nodiscard]] boost::asio::awaitable<Answer> live(Exchange& exchange);

/// Each thing the server needs, by name: {"status":"ready","checks":{"database":"ok",...}}, or 503.
[[nodiscard]] boost::asio::awaitable<Answer> ready(Exchange& exchange);

/// The API's own description.
[[nodiscard]] boost::asio::awaitable<Answer> openapi(Exchange& exchange);

/// Prometheus' text format.
[[nodiscard]] boost::asio::awaitable<Answer> metrics_text(Exchange& exchange);

} // namespace haven::http
