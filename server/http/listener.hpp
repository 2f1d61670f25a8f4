#pragma once

#include "net/api/limits.hpp"
#include "server/http/address.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/proxies.hpp"
#include "server/http/routes.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <list>
#include <memory>
#include <string>
#include <utility>

namespace haven::http {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// Who answers what the connections read. All calls come on the I/O thread.
class Service {
  public:
    Service() = default;
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    virtual ~Service() = default;

    /// Whether this request is taken at all, before its body is read: the route, the token, the
    /// head's rules. Sets the request's route as soon as it is known.
    [[nodiscard]] virtual boost::asio::awaitable<std::expected<void, Problem>>
    admit(Request& request) = 0;

    [[nodiscard]] virtual boost::asio::awaitable<Response> answer(Request& request) = 0;

    /// What every answer has: what browsers are told about it.
    virtual void complete(const Request& request, Response& response) const = 0;

    virtual void answered(const Request& request, int status,
                          std::chrono::nanoseconds duration) = 0;
};

struct Limits {
    std::size_t header_bytes_max = std::size_t{16} * 1024;
    std::size_t connections_max = 1024;
    std::chrono::milliseconds header_time_max{10'000};
    /// A body has to come, and an answer's to be taken, at this rate on average, and may be so far
    /// behind.
    std::size_t body_rate_min_bytes_per_s = api::body_rate_min_bytes_per_s;
    std::chrono::milliseconds body_progress_time_max{10'000};
    std::chrono::milliseconds write_progress_time_max{60'000};
    std::chrono::milliseconds idle_time_max{60'000};
    std::chrono::milliseconds admission_wait_max = api::admission_wait_max; ///< for room in memory
    std::chrono::milliseconds identity_time_max{5'000}; ///< then the token is looked at again
    std::size_t streams_max = 256;                      ///< of events
    std::size_t streams_of_bearer_max = 8;
    std::size_t streams_of_network_max = 64;
    std::chrono::milliseconds heartbeat{15'000}; ///< where a stream has nothing else to say

    friend bool operator==(const Limits&, const Limits&) = default;
};

/// What a connection is at. Those before `answering` may be given up for a newcomer, in this order.
enum class Phase : std::uint8_t {
    idle,      ///< between requests: nothing of the next one has been read
    head,      ///< header fields come, or the TLS handshake
    body,      ///< a body comes or waits for room, or an answer goes out
    answering, ///< a handler is at work
};

/// One accepted connection, as its listener knows it. The rest is in its coroutine.
struct Connection {
    boost::asio::ip::tcp::socket socket;
    boost::asio::steady_timer deadline;
    boost::asio::ip::address peer;
    ClientAddress client;
    Phase phase = Phase::head;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now(); ///< the phase
    unsigned deadline_generation = 0;
    bool timed_out = false; ///< the deadline passed and cancelled what the socket was doing
    bool given_up = false;  ///< for a newcomer: it is closed, and nobody is told

    void enter(Phase next) {
        phase = next;
        since = std::chrono::steady_clock::now();
    }
};

/// Accepts on one port and runs the connections. When there are as many as may be, a newcomer takes
/// the place of one that does nothing: of the network that has most of them, the one that is idle
/// for the longest time. One thread: that of the executor.
class Listener {
  public:
    Listener(boost::asio::any_io_executor executor, Service& service, ByteBudget& budget,
             const Limits& limits, const TrustedProxies& proxies, TlsContext tls);

    /// Port 0 takes a free one; the answer is the port taken.
    [[nodiscard]] std::expected<std::uint16_t, std::string> open(const std::string& address,
                                                                 std::uint16_t port);
    void start();

    /// Takes no more connections and lets every request in flight be answered; what is not done by
    /// then is cut.
    [[nodiscard]] boost::asio::awaitable<void> stop(std::chrono::milliseconds time_max);

    [[nodiscard]] bool stopping() const { return stopping_; }
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }
    [[nodiscard]] const Limits& limits() const { return limits_; }
    [[nodiscard]] Service& service() { return service_; }
    [[nodiscard]] ByteBudget& budget() { return budget_; }
    [[nodiscard]] const TrustedProxies& proxies() const { return proxies_; }
    [[nodiscard]] bool speaks_tls() const { return tls_ != nullptr; }
    /// For the connections that come from now on.
    void use_tls(TlsContext tls) { tls_ = std::move(tls); }

  private:
    using Connections = std::list<std::shared_ptr<Connection>>;

    [[nodiscard]] boost::asio::awaitable<void> accept_loop();
    [[nodiscard]] boost::asio::awaitable<void> run(Connections::iterator connection);
    void take(boost::asio::ip::tcp::socket socket);
    /// Closes a connection that may be given up; false where none may.
    bool give_one_up();

    boost::asio::any_io_executor executor_;
    Service& service_;
    ByteBudget& budget_;
    Limits limits_;
    const TrustedProxies& proxies_;
    TlsContext tls_; ///< null: plain HTTP
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer changed_; ///< cancelled whenever a connection ends
    Connections connections_;           ///< shared: a timer's handler may outlast the connection
    bool stopping_ = false;
};

/// The lives of a connection: requests until one side has had enough. (serve_plain.cpp,
/// serve_tls.cpp)
[[nodiscard]] boost::asio::awaitable<void> serve_plain(Listener& listener,
                                                       std::shared_ptr<Connection> connection);
[[nodiscard]] boost::asio::awaitable<void>
serve_tls(Listener& listener, std::shared_ptr<Connection> connection, TlsContext tls);

/// The server's side of TLS 1.2 or newer, from PEM files.
[[nodiscard]] std::expected<TlsContext, std::string>
make_tls_context(const std::string& certificate_file, const std::string& key_file);

} // namespace haven::http
