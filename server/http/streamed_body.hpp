#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace haven::http {

/// A body that is not there yet: it is asked for one piece after the other, and sent as it comes.
/// On the I/O thread.
class StreamedBody {
  public:
    StreamedBody() = default;
    StreamedBody(const StreamedBody&) = delete;
    StreamedBody& operator=(const StreamedBody&) = delete;
    virtual ~StreamedBody() = default;

    /// Within a second or two: the next piece; or an empty one, where there is none yet, so that
    /// somebody looks whether the client is still there. Nothing: that was all.
    [[nodiscard]] virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
};

} // namespace haven::http
