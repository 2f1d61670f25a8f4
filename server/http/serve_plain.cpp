#include "server/http/connection.hpp"
#include "server/http/listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace haven::http {

asio::awaitable<void> serve_plain(Listener& listener, std::shared_ptr<Connection> connection) {
    Conversation<asio::ip::tcp::socket> conversation(listener, connection, connection->socket);
    co_await conversation.run();
}

} // namespace haven::http
