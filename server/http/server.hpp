#pragma once

#include "server/config.hpp"
#include "server/http/listener.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace haven::http {

/// The whole server in one object: database, objects, workers, listeners. Made, run, and done.
class Server {
  public:
    /// Brings the schema up to date, or looks at it, opens the object store and the ports. The
    /// error says what cannot be had, and what to do.
    [[nodiscard]] static std::expected<std::unique_ptr<Server>, std::string>
    create(const ServerConfig& config, const Limits& limits = {});

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::uint16_t metrics_port() const; ///< 0 where there is none

    /// SIGTERM and SIGINT stop the server from now on, SIGHUP makes it read its certificate again.
    void stop_on_signals();
    /// Serves on the calling thread until it is stopped and every request in flight has been
    /// answered.
    void run();
    /// Any thread.
    void request_stop();

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::http
