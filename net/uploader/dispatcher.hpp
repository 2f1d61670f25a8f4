#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/answer.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/token_source.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace haven::uploader {

/// Exponential backoff with full jitter: the n-th try in a row waits a random time up to
/// `first` * 2^(n-1), never over `most`, so that headsets which lost the same server do not come
/// back at the same moment.
[[nodiscard]] std::chrono::milliseconds backoff(const BackoffLimits& limits, std::int32_t failures,
                                                double random_0_to_1);

/// Sends what the outbox holds for the bearer of the token, one request at a time, once the server
/// has said who that is. One thread owns it; it never blocks, and its clock is what it is told.
class Dispatcher {
  public:
    Dispatcher(outbox::Outbox& outbox, HttpClient& http, BackoffLimits limits,
               std::function<double()> random_0_to_1);

    [[nodiscard]] outbox::Result<void> set_token(const std::string& token); ///< empty: send nothing
    /// Of a linked headset: what is drawn is its account's, and its token is renewed.
    [[nodiscard]] outbox::Result<void> set_link(TokenSource source);
    void retry_at_once(); ///< forgets the pause after a failure

    /// Takes an answer that has come, and begins the next request if one is due.
    [[nodiscard]] outbox::Result<void> step(std::int64_t now_ms);

    /// Lets go of what is under way, while step() may not be called: it goes again with the next.
    void hold();

    /// How long step() has nothing to do, unless the client is woken or its connection moves.
    [[nodiscard]] outbox::Result<std::chrono::milliseconds> idle_time(std::int64_t now_ms);

    /// Whether a request is under way, or comes due before then.
    [[nodiscard]] bool has_work_before(std::int64_t end_ms);

    [[nodiscard]] Link link() const { return link_; }
    [[nodiscard]] const std::string& last_error() const { return last_error_; }
    [[nodiscard]] std::int64_t acknowledged() const { return acknowledged_; }
    /// That the server, as it is set, is too small for; since the token is in use.
    [[nodiscard]] std::int64_t too_large() const { return std::ssize(too_large_); }
    [[nodiscard]] std::int64_t answers() const { return answers_; } ///< or failures to get one
    [[nodiscard]] bool may_send() const {
        return link_ != Link::no_token && link_ != Link::token_refused && link_ != Link::unlinked;
    }
    /// A renewal is under way: the answer is waited for if at all possible.
    [[nodiscard]] bool renewing() const { return renewing_; }

  private:
    [[nodiscard]] outbox::Result<void> take_or_begin(std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> begin_next(std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> use(std::string_view owner, std::string token);
    [[nodiscard]] outbox::Result<void> go_on(TokenSource::Step step, std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> take_renewal(const HttpResponse& response,
                                                    std::int64_t now_ms);
    void look_for_another_link(std::int64_t now_ms);
    void unlink(std::string why);
    void ask_for_bearer();
    [[nodiscard]] outbox::Result<void> take_bearer(const HttpResponse& response,
                                                   std::int64_t now_ms);
    void ask_for_motion_consent(std::string refusal);
    [[nodiscard]] outbox::Result<void> take_motion_consent(const std::string& refusal,
                                                           const HttpResponse& response,
                                                           std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> take_no_answer(Verdict verdict, std::string_view path,
                                                      const HttpResponse& response,
                                                      std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> refuse(std::string reason);
    [[nodiscard]] outbox::Result<void> refuse_token(std::string error, std::int64_t now_ms);
    [[nodiscard]] std::chrono::milliseconds pause_asked(const HttpResponse& response) const;
    [[nodiscard]] outbox::Result<void> take(const HttpResult& result, std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> settle(Verdict verdict, const HttpResponse& response,
                                              std::int64_t now_ms);
    [[nodiscard]] outbox::Result<void> retry(std::string error, std::chrono::milliseconds pause_min,
                                             std::int64_t now_ms);

    outbox::Outbox& outbox_;
    HttpClient& http_;
    BackoffLimits limits_;
    std::function<double()> random_0_to_1_;
    struct InFlight {
        std::int64_t sequence = 0;
        Uuid drawing_id;
        std::int32_t attempts = 0;
        Sent sent;
    };
    std::optional<InFlight> in_flight_; ///< nothing: the question who bears the token
    /// Why its trace was not taken: what is under way is the question about that.
    std::optional<std::string> trace_refusal_;
    std::optional<TokenSource> source_;     ///< of a linked headset
    bool renewing_ = false;                 ///< what is under way is the renewal of its token
    std::int64_t look_again_ms_ = 0;        ///< for another link, where this one has ended
    std::optional<outbox::Account> bearer_; ///< as the server said
    bool bearer_noted_ = false;             ///< the outbox knows it
    std::optional<std::int64_t> stored_;    ///< the server has it, and the outbox does not know yet
    std::int64_t not_before_ms_ = 0;        ///< the pause is the server's, not one request's
    std::int32_t failures_ = 0;             ///< in a row
    Link link_ = Link::no_token;
    std::string last_error_;
    std::int64_t acknowledged_ = 0;
    std::set<std::int64_t> too_large_;             ///< sequences, a drawing's one at most
    std::map<std::int64_t, std::int32_t> garbled_; ///< sequences, how often not understood
    std::set<std::int64_t> agreed_; ///< sequences of traces that went again: the person agrees
    std::int64_t answers_ = 0;
};

} // namespace haven::uploader
