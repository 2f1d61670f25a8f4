#include "server/http/connection.hpp"
#include "server/http/listener.hpp"
#include "server/log.hpp"
#include "server/seldom.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>

#include <chrono>
#include <memory>

namespace haven::http {

namespace {

void log_failed_handshake(const ErrorCode& error) {
    thread_local Seldom failures;
    if (const auto count = failures.happened()) {
        log::warn("tls_handshake_failed", {{"error", error.message()}, {"count", *count}});
    }
}

} // namespace

asio::awaitable<void> serve_tls(Listener& listener, std::shared_ptr<Connection> connection,
                                TlsContext tls) {
    using Stream = asio::ssl::stream<asio::ip::tcp::socket&>;
    Stream stream(connection->socket, *tls); // the context stays, also when another comes after it
    arm_deadline(connection, listener.limits().header_time_max);
    auto [refused] = co_await stream.async_handshake(asio::ssl::stream_base::server, use_tuple);
    disarm_deadline(*connection);
    if (refused) {
        log_failed_handshake(refused);
        co_return; // an alert has told the peer why
    }
    Conversation<Stream> conversation(listener, connection, stream);
    co_await conversation.run();
    arm_deadline(connection, std::chrono::seconds(2));
    (void)co_await stream.async_shutdown(use_tuple);
    disarm_deadline(*connection);
}

} // namespace haven::http
