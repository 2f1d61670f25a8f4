#include "server/http/listener.hpp"

#include "server/http/address.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/proxies.hpp"
#include "server/private_file.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <expected>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {
constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
}

Listener::Listener(asio::any_io_executor executor, Service& service, ByteBudget& budget,
                   const Limits& limits, const TrustedProxies& proxies, TlsContext tls)
    : executor_(std::move(executor)), service_(service), budget_(budget), limits_(limits),
      proxies_(proxies), tls_(std::move(tls)), acceptor_(executor_),
      changed_(executor_, asio::steady_timer::time_point::max()) {}

std::expected<std::uint16_t, std::string> Listener::open(const std::string& address,
                                                         std::uint16_t port) {
    boost::system::error_code error;
    const auto failed = [&](const char* what) {
        return std::unexpected(std::format("cannot {} {} port {}: {}; give another address or port",
                                           what, address, port, error.message()));
    };
    const auto ip = asio::ip::make_address(address, error);
    if (error) {
        return failed("read the address");
    }
    const tcp::endpoint endpoint(ip, port);
    if (acceptor_.open(endpoint.protocol(), error)) {
        return failed("open a socket for");
    }
    (void)acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (acceptor_.bind(endpoint, error)) {
        return failed("bind to");
    }
    if (acceptor_.listen(asio::socket_base::max_listen_connections, error)) {
        return failed("listen on");
    }
    return acceptor_.local_endpoint().port();
}

void Listener::start() {
    asio::co_spawn(executor_, accept_loop(), asio::detached);
}

asio::awaitable<void> Listener::accept_loop() {
    while (!stopping_) {
        auto [error, socket] = co_await acceptor_.async_accept(executor_, use_tuple);
        if (!error) {
            while (!stopping_ && connections_.size() >= limits_.connections_max) {
                // Where all are being answered now, one may be idle in a moment.
                changed_.expires_after(give_one_up() ? limits_.idle_time_max : 50ms);
                (void)co_await changed_.async_wait(use_tuple);
            }
            take(std::move(socket));
        } else if (error != asio::error::operation_aborted) {
            // Out of descriptors, or the peer is gone already: neither passes faster by trying at
            // once.
            if (error == asio::error::no_descriptors) {
                (void)give_one_up();
            }
            asio::steady_timer pause(executor_, 50ms);
            (void)co_await pause.async_wait(use_tuple);
        }
    }
}

void Listener::take(tcp::socket socket) {
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) {
        return; // gone before it was served
    }
    (void)socket.set_option(tcp::no_delay(true), error);
    auto connection =
        std::make_shared<Connection>(Connection{.socket = std::move(socket),
                                                .deadline = asio::steady_timer(executor_),
                                                .peer = peer.address(),
                                                .client = client_address(peer.address())});
    const auto place = connections_.insert(connections_.end(), std::move(connection));
    asio::co_spawn(executor_, run(place), asio::detached);
}

asio::awaitable<void> Listener::run(Connections::iterator connection) {
    try {
        if (tls_ != nullptr) {
            co_await serve_tls(*this, *connection, tls_);
        } else {
            co_await serve_plain(*this, *connection);
        }
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): out of memory ends this
                                      // connection only
    }
    boost::system::error_code ignored;
    (void)(*connection)->socket.close(ignored);
    (*connection)->deadline.cancel();
    connections_.erase(connection);
    changed_.cancel();
}

bool Listener::give_one_up() {
    std::unordered_map<std::string_view, std::size_t> of_network;
    for (const auto& connection : connections_) {
        ++of_network[connection->client.network];
    }
    Connection* chosen = nullptr;
    const auto comes_before = [&of_network](const Connection& one, const Connection& other) {
        const std::size_t many = of_network[one.client.network];
        const std::size_t others = of_network[other.client.network];
        return std::tie(others, one.phase, one.since) < std::tie(many, other.phase, other.since);
    };
    for (const auto& connection : connections_) {
        const bool may_go = connection->phase != Phase::answering && !connection->given_up;
        if (may_go && (chosen == nullptr || comes_before(*connection, *chosen))) {
            chosen = connection.get();
        }
    }
    if (chosen == nullptr) {
        return false;
    }
    boost::system::error_code ignored;
    chosen->given_up = true;
    (void)chosen->socket.close(ignored);
    budget_.give_up(chosen);
    return true;
}

asio::awaitable<void> Listener::stop(std::chrono::milliseconds time_max) {
    const auto deadline = std::chrono::steady_clock::now() + time_max;
    stopping_ = true;
    boost::system::error_code error;
    (void)acceptor_.cancel(error);
    changed_.cancel();
    // Who was let in by the kernel but not yet by us has perhaps sent a request already: it is
    // answered too.
    (void)acceptor_.non_blocking(true, error);
    while (connections_.size() < limits_.connections_max) {
        tcp::socket socket(executor_);
        if (acceptor_.accept(socket, error)) {
            break;
        }
        take(std::move(socket));
    }
    (void)acceptor_.close(error);
    for (const auto& connection : connections_) {
        if (connection->phase == Phase::idle && connection->socket.available(error) == 0) {
            (void)connection->socket.cancel(error);
        }
    }
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
        changed_.expires_at(deadline);
        (void)co_await changed_.async_wait(use_tuple);
    }
    for (const auto& connection : connections_) {
        (void)connection->socket.close(error);
    }
}

namespace {

/// Of TLS 1.2: forward secrecy and authenticated encryption, nothing else; of TLS 1.3 all there is.
/// In the order of what is the strongest and, without hardware for AES, still quick.
constexpr const char* tls_1_2_suites = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                       "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
                                       "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
constexpr const char* tls_1_3_suites =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

} // namespace

std::expected<TlsContext, std::string> make_tls_context(const std::string& certificate_file,
                                                        const std::string& key_file) {
    using asio::ssl::context;
    auto tls = std::make_shared<context>(context::tls_server);
    boost::system::error_code error;
    (void)tls->set_options(context::default_workarounds | context::no_compression |
                               context::no_tlsv1 | context::no_tlsv1_1,
                           error);
    SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    // The server's order; a client that puts ChaCha20 first has no hardware for AES and gets it.
    SSL_CTX_set_options(tls->native_handle(), SSL_OP_CIPHER_SERVER_PREFERENCE |
                                                  SSL_OP_PRIORITIZE_CHACHA |
                                                  SSL_OP_NO_RENEGOTIATION);
    if (SSL_CTX_set_cipher_list(tls->native_handle(), tls_1_2_suites) != 1 ||
        SSL_CTX_set_ciphersuites(tls->native_handle(), tls_1_3_suites) != 1) {
        return std::unexpected("the TLS library has none of the cipher suites");
    }
    if (tls->use_certificate_chain_file(certificate_file, error)) {
        return std::unexpected(std::format("cannot use the certificate {}: {}; give a PEM chain",
                                           certificate_file, error.message()));
    }
    if (auto fault = others_may_read(key_file)) {
        return std::unexpected(std::move(*fault));
    }
    if (tls->use_private_key_file(key_file, context::pem, error)) {
        return std::unexpected(
            std::format("cannot use the key {}: {}; give the certificate's PEM key", key_file,
                        error.message()));
    }
    if (SSL_CTX_check_private_key(tls->native_handle()) != 1) {
        return std::unexpected(std::format("the key {} is not that of the certificate {}", key_file,
                                           certificate_file));
    }
    return tls;
}

} // namespace haven::http
