#pragma once

#include "server/http/problem.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::artifacts {

/// clamd, asked by INSTREAM (clamd(8)): a file goes to it whole and in clear, so it is on this
/// machine. One thread: that of the I/O.
class VirusScanner {
  public:
    using Endpoint = boost::asio::generic::stream_protocol::endpoint;

    /// "unix:PATH" or "HOST:PORT", where HOST is this machine; null of an empty text.
    [[nodiscard]] static std::expected<std::unique_ptr<const Endpoint>, std::string>
    parse(std::string_view address);

    /// Without an endpoint nothing is scanned.
    VirusScanner(boost::asio::any_io_executor executor, std::unique_ptr<const Endpoint> endpoint,
                 std::chrono::milliseconds time_max = std::chrono::seconds(30))
        : executor_(std::move(executor)), endpoint_(std::move(endpoint)), time_max_(time_max) {}

    /// What is wrong with a file: 422 where it is malicious, 503 where nobody could say so in time.
    [[nodiscard]] boost::asio::awaitable<std::expected<void, http::Problem>>
    scan(std::span<const std::byte> file, std::string_view request_id);

  private:
    /// What the scanner says of it, or why it says nothing.
    [[nodiscard]] boost::asio::awaitable<std::expected<std::string, std::string>>
    ask(std::span<const std::byte> file) const;

    boost::asio::any_io_executor executor_;
    std::unique_ptr<const Endpoint> endpoint_;
    std::chrono::milliseconds time_max_;
    std::size_t under_way_ = 0;
};

} // namespace haven::artifacts
