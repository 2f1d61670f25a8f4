#pragma once

#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace haven::uploader {

/// Exponential backoff with full jitter: the n-th try in a row waits a random time up to
/// `first` * 2^(n-1), never over `most`, so that headsets which lost the same server do not come
/// back at the same moment.
[[nodiscard]] std::chrono::milliseconds backoff(const BackoffLimits& limits, std::int32_t failures,
                                                double random_0_to_1);

/// RFC 9530: "Content-Digest: sha-256=:...:".
[[nodiscard]] std::string content_digest_header(std::string_view body);

/// What an answer means for the request it answers.
enum class Verdict : std::uint8_t {
    acknowledged,
    retry,         ///< the network, the server's trouble, or too many requests
    token_refused, ///< 401
    trace_refused, ///< 403: the person did not agree to keep the motion
    refused,       ///< never going to be taken
};
[[nodiscard]] Verdict judge(outbox::RequestKind kind, const HttpResponse& response);

/// Sends what the outbox holds, one request at a time. One thread owns it; it never blocks, and its
/// clock is what it is told.
class Dispatcher {
  public:
    Dispatcher(outbox::Outbox& outbox, HttpClient& http, BackoffLimits limits,
               std::function<double()> random_0_to_1);

    void set_token(std::string token); ///< empty: send nothing
    void retry_at_once();              ///< forgets the pause after a failure

    /// Takes an answer that has come, and begins the next request if one is due.
    [[nodiscard]] outbox::Result<void> step(std::int64_t now_ms);

    /// How long step() has nothing to do, unless the client is woken or its connection moves.
    [[nodiscard]] outbox::Result<std::chrono::milliseconds> idle_time(std::int64_t now_ms);

    /// Whether a request is under way, or comes due before then.
    [[nodiscard]] bool has_work_before(std::int64_t end_ms);

    [[nodiscard]] Link link() const { return link_; }
    [[nodiscard]] const std::string& last_error() const { return last_error_; }
    [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_; }
    [[nodiscard]] std::int64_t answers() const { return answers_; } ///< or failures to get one
    [[nodiscard]] bool may_send() const {
        return link_ != Link::no_token && link_ != Link::token_refused;
    }

  private:
    [[nodiscard]] outbox::Result<void> take_or_begin(std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> begin_next(std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> take(const HttpResult& result, std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> retry(std::string error,
                                             std::optional<std::chrono::milliseconds> retry_after,
                                             std::int64_t now_ms);

    outbox::Outbox& outbox_;
    HttpClient& http_;
    BackoffLimits limits_;
    std::function<double()> random_0_to_1_;
    std::optional<outbox::Request> in_flight_; ///< without its body
    std::int64_t not_before_ms_ = 0;           ///< the pause is the server's, not one request's
    std::int32_t failures_ = 0;                ///< in a row
    Link link_ = Link::no_token;
    std::string last_error_;
    std::int64_t acknowledged_ = 0;
    std::int64_t answers_ = 0;
};

} // namespace haven::uploader
