#include "server/artifacts/virus_scanner.hpp"

#include "net/api/error_code.hpp"
#include "server/http/problem.hpp"
#include "server/http/storable.hpp"
#include "server/log.hpp"
#include "server/seldom.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven::artifacts {

namespace asio = boost::asio;
using Socket = asio::generic::stream_protocol::socket;
using Answered = std::expected<std::string, std::string>;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece_bytes = std::size_t{64} << 10U;
constexpr std::size_t answer_bytes_max = 1024;
constexpr std::size_t scans_max = 32; ///< at once; clamd itself has 10 threads
constexpr std::chrono::seconds try_again_after{5};

/// A conversation that ends when its time is over.
struct Talk {
    explicit Talk(const asio::any_io_executor& executor) : socket(executor), deadline(executor) {}
    Socket socket;
    asio::steady_timer deadline;
};

void arm(const std::shared_ptr<Talk>& talk, std::chrono::milliseconds time) {
    talk->deadline.expires_after(time);
    talk->deadline.async_wait([talk](const boost::system::error_code& cancelled) {
        if (!cancelled) {
            boost::system::error_code ignored;
            (void)talk->socket.close(ignored);
        }
    });
}

/// Each piece after its length, in the order of the network; one of no length ends the file.
std::array<unsigned char, 4> length_of(std::size_t bytes) {
    const auto length = static_cast<std::uint32_t>(bytes);
    return {static_cast<unsigned char>(length >> 24U), static_cast<unsigned char>(length >> 16U),
            static_cast<unsigned char>(length >> 8U), static_cast<unsigned char>(length)};
}

/// False where the scanner hears no more of it: what it says then tells why.
asio::awaitable<bool> send(Socket& socket, std::span<const std::byte> file) {
    static constexpr std::string_view command("zINSTREAM\0", 10);
    const auto [refused, ignored] =
        co_await asio::async_write(socket, asio::buffer(command), use_tuple);
    bool heard = !refused;
    for (bool ended = false; heard && !ended;) {
        const auto piece = file.first(std::min(file.size(), piece_bytes));
        ended = piece.empty();
        file = file.subspan(piece.size());
        const auto length = length_of(piece.size());
        const std::array<asio::const_buffer, 2> both{asio::buffer(length),
                                                     asio::buffer(piece.data(), piece.size())};
        const auto [failed, sent] = co_await asio::async_write(socket, both, use_tuple);
        heard = !failed;
    }
    co_return heard;
}

/// One more, for as long as it lives.
class Counted {
  public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

  private:
    std::size_t& count_;
};

void log_silence(const std::string& why) {
    thread_local Seldom failures;
    if (const auto count = failures.happened()) {
        log::error("virus_scanner_silent", {{"error", why}, {"count", *count}});
    }
}

} // namespace

std::expected<std::unique_ptr<const VirusScanner::Endpoint>, std::string>
VirusScanner::parse(std::string_view address) {
    if (address.empty()) {
        return nullptr;
    }
    if (address.starts_with("unix:/")) {
        const std::string path(address.substr(5));
        if (path.size() >= sizeof(sockaddr_un::sun_path)) {
            return std::unexpected("--virus-scanner: the path is too long for a socket");
        }
        return std::make_unique<Endpoint>(asio::local::stream_protocol::endpoint(path));
    }
    const std::size_t colon = address.rfind(':');
    std::string host(address.substr(0, std::min(colon, address.size())));
    std::uint16_t port = 0;
    const char* const end = address.data() + address.size();
    const char* const digits = colon == std::string_view::npos ? end : address.data() + colon + 1;
    const auto read = std::from_chars(digits, end, port);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error || read.ec != std::errc() || read.ptr != end || port == 0) {
        return std::unexpected("--virus-scanner wants unix:/PATH, or an address of this machine "
                               "and a port: 127.0.0.1:3310");
    }
    if (!ip.is_loopback()) {
        return std::unexpected("--virus-scanner " + std::string(address) +
                               " would send people's files in clear over the network: run clamd "
                               "on this machine, or give the near end of a tunnel that encrypts");
    }
    return std::make_unique<Endpoint>(asio::ip::tcp::endpoint(ip, port));
}

asio::awaitable<Answered> VirusScanner::ask(std::span<const std::byte> file) const {
    const auto talk = std::make_shared<Talk>(executor_);
    arm(talk, time_max_);
    const auto [unreachable] = co_await talk->socket.async_connect(*endpoint_, use_tuple);
    if (unreachable) {
        talk->deadline.cancel();
        co_return std::unexpected(unreachable.message());
    }
    const bool sent = co_await send(talk->socket, file);
    std::string answer;
    const auto [failed, bytes] = co_await asio::async_read_until(
        talk->socket, asio::dynamic_buffer(answer, answer_bytes_max), '\0', use_tuple);
    talk->deadline.cancel();
    if (failed) {
        co_return std::unexpected(sent ? failed.message() : "it hung up amid a file");
    }
    answer.resize(bytes - 1);
    co_return answer;
}

asio::awaitable<std::expected<void, http::Problem>>
VirusScanner::scan(std::span<const std::byte> file, std::string_view request_id) {
    if (!endpoint_) {
        co_return std::expected<void, http::Problem>();
    }
    Answered answer = std::unexpected("too many files wait for it");
    if (under_way_ < scans_max) {
        const Counted counted(under_way_);
        answer = co_await ask(file);
    }
    if (answer == "stream: OK") {
        co_return std::expected<void, http::Problem>();
    }
    if (answer && answer->starts_with("stream: ") && answer->ends_with(" FOUND")) {
        log::warn("malware_found",
                  {{"request_id", request_id}, {"signature", http::storable_text(*answer, 200)}});
        co_return std::unexpected(
            http::invalid_body({{.pointer = "",
                                 .code = api::ErrorCode::malware,
                                 .detail = "is malicious, as the virus scanner finds"}}));
    }
    log_silence(answer ? http::storable_text(*answer, 200) : answer.error());
    co_return std::unexpected(http::unavailable(try_again_after));
}

} // namespace haven::artifacts
