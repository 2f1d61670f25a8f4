#include "net/uploader/dispatcher.hpp"

#include "net/api/oauth.hpp"
#include "net/api/paths.hpp"
#include "net/api/problem.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/answer.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/token_source.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::uploader {
namespace {

constexpr std::chrono::milliseconds idle_max(60'000);
constexpr std::chrono::milliseconds outbox_trouble_pause(1'000);
constexpr std::chrono::milliseconds other_process_pause(200);
constexpr std::chrono::milliseconds look_again_after(1'000);
constexpr std::chrono::milliseconds retry_after_max(3'600'000);
constexpr std::string_view token_refused_text =
    "the server does not take this token any more; log in again (what was drawn is safe here and "
    "is sent then)";
constexpr std::chrono::milliseconds smaller_server_pause(3'600'000); // somebody has to set it
constexpr std::int32_t garbled_tries_max = 5;

/// Haven says that what came is no request it understands: cut off or changed on its way, or meant
/// for another version. The next try may do better; the same answer each time is an answer.
bool is_garbled(const api::Problem& problem) {
    constexpr std::array of_the_server = {api::problem_type::timeout,
                                          api::problem_type::too_many_requests};
    return problem.status < 500 && !std::ranges::contains(of_the_server, problem.type);
}

} // namespace

std::chrono::milliseconds backoff(const BackoffLimits& limits, std::int32_t failures,
                                  double random_0_to_1) {
    constexpr std::int32_t doublings_max = 20;
    const auto doublings = std::clamp(failures - 1, 0, doublings_max);
    const auto ceiling = std::min(limits.most, limits.first * (std::int64_t{1} << doublings));
    const auto wait = static_cast<double>(ceiling.count()) * random_0_to_1;
    return std::chrono::milliseconds(static_cast<std::int64_t>(wait));
}

Dispatcher::Dispatcher(outbox::Outbox& outbox, HttpClient& http, BackoffLimits limits,
                       std::function<double()> random_0_to_1)
    : outbox_(outbox), http_(http), limits_(limits), random_0_to_1_(std::move(random_0_to_1)) {}

outbox::Result<void> Dispatcher::set_token(const std::string& token) {
    source_.reset();
    link_ = token.empty() ? Link::no_token : Link::untried;
    return use(token, token);
}

outbox::Result<void> Dispatcher::set_link(TokenSource source) {
    const api::DeviceLink& link = source_.emplace(std::move(source)).link();
    link_ = Link::untried;
    return use(owner_of(link), link.access_token).and_then([&] {
        return outbox_.identify(account_of(link));
    });
}

outbox::Result<void> Dispatcher::use(std::string_view owner, std::string token) {
    last_error_.clear();
    bearer_.reset();
    bearer_noted_ = false;
    too_large_.clear();
    hold(); // it went under another token
    outbox::Result<void> used = outbox_.use_token(owner);
    http_.set_token(std::move(token));
    retry_at_once();
    return used;
}

void Dispatcher::hold() {
    http_.cancel(); // each is a PUT or a question, and may come twice
    trace_refusal_.reset();
    if (std::exchange(renewing_, false)) {
        source_->no_answer();
    }
}

void Dispatcher::retry_at_once() {
    not_before_ms_ = 0;
    failures_ = 0;
}

outbox::Result<void> Dispatcher::step(std::int64_t now_ms) {
    auto done = take_or_begin(now_ms);
    if (!done) { // or the same request goes at once
        not_before_ms_ = std::max(not_before_ms_, now_ms + outbox_trouble_pause.count());
        last_error_ = done.error().message;
    }
    return done;
}

outbox::Result<void> Dispatcher::take_or_begin(std::int64_t now_ms) {
    if (http_.busy()) {
        const std::optional<HttpResult> result = http_.poll();
        if (!result) {
            return {};
        }
        if (auto taken = take(*result, now_ms); !taken) {
            return taken;
        }
    }
    if (link_ == Link::unlinked && now_ms >= look_again_ms_) {
        look_for_another_link(now_ms);
    }
    if (http_.busy() || !may_send() || now_ms < not_before_ms_) {
        return {};
    }
    if (source_ && source_->wants_renewal()) {
        if (auto done = go_on(source_->begin(), now_ms); !done) {
            return done;
        }
        if (http_.busy() || !may_send() || source_->wants_renewal()) {
            return {};
        }
    }
    return begin_next(now_ms);
}

// ---- a linked headset's token ----

outbox::Result<void> Dispatcher::go_on(TokenSource::Step step, std::int64_t now_ms) {
    switch (step.next) {
    case TokenSource::Next::ready:
        http_.set_token(source_->link().access_token);
        return {};
    case TokenSource::Next::ask:
        in_flight_.reset();
        renewing_ = true;
        http_.set_token({});
        http_.begin(std::move(step.request));
        return {};
    case TokenSource::Next::wait:
        not_before_ms_ = now_ms + other_process_pause.count();
        return {};
    case TokenSource::Next::failed:
        in_flight_.reset(); // it is not that which failed
        return retry(std::move(step.why), {}, now_ms);
    case TokenSource::Next::ended:
        unlink(std::move(step.why));
        return {};
    }
    std::unreachable();
}

outbox::Result<void> Dispatcher::take_renewal(const HttpResponse& response, std::int64_t now_ms) {
    TokenSource::Step step = source_->take(response);
    if (step.next != TokenSource::Next::failed) {
        link_ = Link::reachable;
        return go_on(std::move(step), now_ms);
    }
    link_ = judge({}, response) == Verdict::not_haven ? Link::not_haven : Link::unreachable;
    return retry(std::move(step.why), pause_asked(response), now_ms);
}

/// Nothing goes until the headset is linked again; all of it waits for its account.
void Dispatcher::unlink(std::string why) {
    link_ = Link::unlinked;
    last_error_ = std::move(why);
}

void Dispatcher::look_for_another_link(std::int64_t now_ms) {
    look_again_ms_ = now_ms + look_again_after.count();
    if (source_->linked_again()) {
        http_.set_token(source_->link().access_token);
        link_ = Link::untried;
        last_error_.clear();
        retry_at_once();
    }
}

// ---- what is sent ----

outbox::Result<void> Dispatcher::begin_next(std::int64_t now_ms) {
    if (stored_) { // not sent again only because the disk was full
        if (auto noted = outbox_.acknowledge(*stored_); !noted) {
            return noted;
        }
        stored_.reset();
        last_error_.clear();
    }
    if (!bearer_) {
        ask_for_bearer();
        return {};
    }
    if (!bearer_noted_) {
        if (auto noted = outbox_.identify(*bearer_); !noted) {
            return noted;
        }
        bearer_noted_ = true;
    }
    auto due = outbox_.next_due(now_ms);
    if (!due) {
        return std::unexpected(std::move(due).error());
    }
    if (!*due) {
        return {};
    }
    outbox::Request& request = **due;
    InFlight next{.sequence = request.sequence,
                  .drawing_id = request.drawing_id,
                  .attempts = request.attempts,
                  .sent = {.kind = request.kind,
                           .method = request.method,
                           .path = request.path,
                           .body_bytes = request.body.size(),
                           .sha256 = sha256_of(request.body)}};
    HttpRequest http_request{.method = std::move(request.method),
                             .path = std::move(request.path),
                             .content_type = std::move(request.content_type),
                             .body = std::move(request.body)};
    if (request.kind == outbox::RequestKind::trace_chunk) {
        http_request.headers.push_back(content_digest_header(next.sent.sha256));
    }
    in_flight_ = std::move(next);
    http_.begin(std::move(http_request));
    return {};
}

/// Before anything goes under the token: whose it is, in the server's own words.
void Dispatcher::ask_for_bearer() {
    in_flight_.reset();
    http_.begin({.method = "GET", .path = std::string(api::current_token_path)});
}

outbox::Result<void> Dispatcher::take_bearer(const HttpResponse& response, std::int64_t now_ms) {
    const auto bearer = judge_bearer(response);
    link_ = Link::reachable;
    if (bearer && source_ && *bearer != account_of(source_->link())) {
        unlink("another server, or another account's token, is where this headset's link was; link "
               "it again with `haven-xr link`");
        return {};
    }
    if (bearer) {
        bearer_ = *bearer;
        failures_ = 0;
        last_error_.clear();
        return {};
    }
    if (bearer.error() == Verdict::token_refused && response.status == 200) {
        return refuse_token("this token is not a person's; log in as the person who draws", now_ms);
    }
    return take_no_answer(bearer.error(), api::current_token_path, response, now_ms);
}

/// A trace is refused without the person's consent to its being kept, and without that to anything:
/// their own word tells which it was.
void Dispatcher::ask_for_motion_consent(std::string refusal) {
    trace_refusal_ = std::move(refusal);
    http_.begin({.method = "GET", .path = std::string(api::current_consents_path)});
}

/// The motion goes where the person did not agree to its being kept. Else it stays: their word may
/// be newer than the refusal, so it is sent once more before it is parked.
outbox::Result<void> Dispatcher::take_motion_consent(const std::string& refusal,
                                                     const HttpResponse& response,
                                                     std::int64_t now_ms) {
    const auto given = judge_motion_consent(response);
    link_ = Link::reachable;
    if (!given) {
        return take_no_answer(given.error(), api::current_consents_path, response, now_ms);
    }
    failures_ = 0;
    if (*given && agreed_.insert(in_flight_->sequence).second) {
        return {};
    }
    if (*given) {
        return refuse(refusal);
    }
    return outbox_.drop_trace(in_flight_->drawing_id, refusal);
}

/// To a question of ours.
outbox::Result<void> Dispatcher::take_no_answer(Verdict verdict, std::string_view path,
                                                const HttpResponse& response, std::int64_t now_ms) {
    if (verdict == Verdict::token_refused) {
        return refuse_token(std::string(token_refused_text), now_ms);
    }
    link_ = verdict == Verdict::not_haven ? Link::not_haven : Link::unreachable;
    const Sent question{.method = "GET", .path = std::string(path)};
    return retry(reason_of(question, response), pause_asked(response), now_ms);
}

/// A linked headset's is renewed: at once, and then again only after a pause each time.
outbox::Result<void> Dispatcher::refuse_token(std::string error, std::int64_t now_ms) {
    if (!source_) {
        link_ = Link::token_refused;
        last_error_ = std::move(error);
        return {};
    }
    source_->refused();
    if (failures_ > 0) {
        return retry(std::move(error), {}, now_ms);
    }
    ++failures_;
    return {};
}

outbox::Result<void> Dispatcher::take(const HttpResult& result, std::int64_t now_ms) {
    ++answers_;
    const auto refusal = std::exchange(trace_refusal_, std::nullopt);
    const bool renewal = std::exchange(renewing_, false);
    if (!result) {
        link_ = Link::unreachable;
        if (renewal) {
            source_->no_answer();
        }
        return retry(result.error().message, {}, now_ms);
    }
    if (renewal) {
        return take_renewal(*result, now_ms);
    }
    if (!in_flight_) {
        return take_bearer(*result, now_ms);
    }
    if (refusal) {
        return take_motion_consent(*refusal, *result, now_ms);
    }
    return settle(judge(in_flight_->sent, *result), *result, now_ms);
}

outbox::Result<void> Dispatcher::settle(Verdict verdict, const HttpResponse& response,
                                        std::int64_t now_ms) {
    const InFlight& request = *in_flight_;
    link_ = Link::reachable;
    switch (verdict) {
    case Verdict::acknowledged:
        failures_ = 0;
        last_error_.clear();
        ++acknowledged_;
        too_large_.erase(request.sequence);
        garbled_.erase(request.sequence);
        agreed_.erase(request.sequence);
        stored_ = request.sequence;
        return outbox_.acknowledge(request.sequence).transform([this] { stored_.reset(); });
    case Verdict::not_haven:
        link_ = Link::not_haven;
        return retry(reason_of(request.sent, response), pause_asked(response), now_ms);
    case Verdict::retry: {
        const auto problem =
            api::haven_problem(response.status, response.content_type, response.body);
        if (!problem) {
            link_ = Link::unreachable; // a gateway without the server behind it
        } else if (is_garbled(*problem) && ++garbled_[request.sequence] >= garbled_tries_max) {
            return refuse(reason_of(request.sent, response));
        }
        return retry(reason_of(request.sent, response), pause_asked(response), now_ms);
    }
    case Verdict::token_refused:
        return refuse_token(std::string(token_refused_text), now_ms);
    case Verdict::no_consent:
        failures_ = 0;
        ask_for_motion_consent(reason_of(request.sent, response));
        return {};
    case Verdict::smaller_server:
        failures_ = 0;
        too_large_.insert(request.sequence);
        last_error_ = reason_of(request.sent, response);
        return outbox_.reschedule(request.sequence, now_ms + smaller_server_pause.count(),
                                  last_error_);
    case Verdict::gone:
        failures_ = 0;
        garbled_.erase(request.sequence);
        agreed_.erase(request.sequence);
        return outbox_.let_go(request.sequence, reason_of(request.sent, response));
    case Verdict::refused:
        return refuse(reason_of(request.sent, response));
    }
    return {};
}

/// What is under way stays here until the next start.
outbox::Result<void> Dispatcher::refuse(std::string reason) {
    failures_ = 0;
    last_error_ = std::move(reason);
    garbled_.erase(in_flight_->sequence);
    agreed_.erase(in_flight_->sequence);
    return outbox_.refuse(in_flight_->sequence, last_error_);
}

/// How long an answer asks to be left alone. Whoever answers in Haven's place has a say in no more
/// than we would wait by ourselves.
std::chrono::milliseconds Dispatcher::pause_asked(const HttpResponse& response) const {
    const bool haven =
        api::haven_problem(response.status, response.content_type, response.body).has_value();
    return std::min(response.retry_after.value_or(std::chrono::milliseconds(0)),
                    haven ? retry_after_max : limits_.most);
}

/// The pause of all grows with the failures in a row, that of the one request with its own: one
/// that fails again and again leaves room for the others.
outbox::Result<void> Dispatcher::retry(std::string error, std::chrono::milliseconds pause_min,
                                       std::int64_t now_ms) {
    ++failures_;
    const double random = random_0_to_1_();
    const auto pause = std::max(pause_min, backoff(limits_, failures_, random));
    last_error_ = std::move(error);
    not_before_ms_ = now_ms + pause.count();
    if (!in_flight_) {
        return {};
    }
    const auto own = std::max(pause, backoff(limits_, in_flight_->attempts + 1, random));
    return outbox_.reschedule(in_flight_->sequence, now_ms + own.count(), last_error_);
}

outbox::Result<std::chrono::milliseconds> Dispatcher::idle_time(std::int64_t now_ms) {
    if (link_ == Link::unlinked) {
        return look_again_after;
    }
    if (http_.busy() || !may_send()) {
        return idle_max;
    }
    if (!bearer_noted_ || (source_ && source_->wants_renewal())) {
        return std::clamp(std::chrono::milliseconds(not_before_ms_ - now_ms),
                          std::chrono::milliseconds(0), idle_max);
    }
    return outbox_.next_due_at_ms().transform([&](std::optional<std::int64_t> due_at_ms) {
        if (!due_at_ms) {
            return idle_max;
        }
        const std::int64_t at_ms = std::max(*due_at_ms, not_before_ms_);
        return std::clamp(std::chrono::milliseconds(at_ms - now_ms), std::chrono::milliseconds(0),
                          idle_max);
    });
}

bool Dispatcher::has_work_before(std::int64_t end_ms) {
    if (http_.busy()) {
        return true;
    }
    const auto due_at_ms = outbox_.next_due_at_ms();
    return may_send() && due_at_ms && *due_at_ms && std::max(**due_at_ms, not_before_ms_) < end_ms;
}

} // namespace haven::uploader
