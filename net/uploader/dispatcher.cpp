#include "net/uploader/dispatcher.hpp"

#include "net/api/problem.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <functional>
#include <optional>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::uploader {
namespace {

constexpr std::chrono::milliseconds idle_max(60'000);
constexpr std::chrono::milliseconds outbox_trouble_pause(1'000);
constexpr std::chrono::milliseconds retry_after_max(3'600'000);

/// What the server said, in one line, for a person to read.
std::string reason_of(const outbox::Request& request, const HttpResponse& response) {
    std::string reason = std::format("{} {}: {}", request.method, request.path, response.status);
    const auto problem = api::decode_problem(response.body);
    if (!problem) {
        return reason;
    }
    reason += std::format(" {}", problem->title);
    if (!problem->detail.empty()) {
        reason += std::format(": {}", problem->detail);
    }
    constexpr std::size_t errors_told_max = 5;
    for (const api::BodyError& error :
         std::span(problem->errors).first(std::min(problem->errors.size(), errors_told_max))) {
        reason += std::format("; {} {}", error.pointer, error.detail);
    }
    return reason;
}

bool is_of_trace(outbox::RequestKind kind) {
    return kind == outbox::RequestKind::trace_chunk ||
           kind == outbox::RequestKind::trace_completion;
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

std::string content_digest_header(std::string_view body) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(body.data()),
                       body.size());
    constexpr std::size_t length =
        sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL);
    std::array<char, length> base64{}; // with its final zero
    sodium_bin2base64(base64.data(), base64.size(), digest.data(), digest.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    return std::format("Content-Digest: sha-256=:{}:", base64.data());
}

Verdict judge(outbox::RequestKind kind, const HttpResponse& response) {
    const int status = response.status;
    if (status >= 200 && status < 300) {
        return Verdict::acknowledged;
    }
    if (status == 401) {
        return Verdict::token_refused;
    }
    // A redirection is somebody between here and the server, such as a hotel's login page.
    if (status < 400 || status >= 500 || status == 408 || status == 429) {
        return Verdict::retry;
    }
    if (status == 403 && is_of_trace(kind)) {
        const auto problem = api::decode_problem(response.body);
        if (problem && api::is_of_type(*problem, api::problem_type::consent_missing)) {
            return Verdict::trace_refused;
        }
    }
    return Verdict::refused;
}

Dispatcher::Dispatcher(outbox::Outbox& outbox, HttpClient& http, BackoffLimits limits,
                       std::function<double()> random_0_to_1)
    : outbox_(outbox), http_(http), limits_(limits), random_0_to_1_(std::move(random_0_to_1)) {}

void Dispatcher::set_token(std::string token) {
    link_ = token.empty() ? Link::no_token : Link::untried;
    last_error_.clear();
    http_.set_token(std::move(token));
    retry_at_once();
}

void Dispatcher::retry_at_once() {
    not_before_ms_ = 0;
    failures_ = 0;
}

outbox::Result<void> Dispatcher::step(std::int64_t now_ms) {
    auto done = take_or_begin(now_ms);
    if (!done) {
        not_before_ms_ = now_ms + outbox_trouble_pause.count(); // or the same request goes at once
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
    if (!may_send() || now_ms < not_before_ms_) {
        return {};
    }
    return begin_next(now_ms);
}

outbox::Result<void> Dispatcher::begin_next(std::int64_t now_ms) {
    auto due = outbox_.next_due(now_ms);
    if (!due) {
        return std::unexpected(std::move(due).error());
    }
    if (!*due) {
        return {};
    }
    outbox::Request& request = **due;
    HttpRequest http_request{.method = request.method,
                             .path = request.path,
                             .content_type = request.content_type,
                             .body = std::exchange(request.body, {})};
    if (request.kind == outbox::RequestKind::trace_chunk) {
        http_request.headers.push_back(content_digest_header(http_request.body));
    }
    in_flight_ = std::move(request);
    http_.begin(std::move(http_request));
    return {};
}

outbox::Result<void> Dispatcher::take(const HttpResult& result, std::int64_t now_ms) {
    ++answers_;
    if (!result) {
        link_ = Link::unreachable;
        return retry(result.error().message, std::nullopt, now_ms);
    }
    const outbox::Request& request = *in_flight_;
    const HttpResponse& response = *result;
    link_ = Link::reachable;
    switch (judge(request.kind, response)) {
    case Verdict::acknowledged:
        failures_ = 0;
        last_error_.clear();
        ++acknowledged_;
        return outbox_.acknowledge(request.sequence);
    case Verdict::retry:
        return retry(reason_of(request, response), response.retry_after, now_ms);
    case Verdict::token_refused:
        link_ = Link::token_refused;
        last_error_ = "the server does not take this token any more; log in again (what was drawn "
                      "is safe here and is sent then)";
        return {};
    case Verdict::trace_refused:
        failures_ = 0;
        return outbox_.drop_trace(request.drawing_id, reason_of(request, response));
    case Verdict::refused:
        failures_ = 0;
        last_error_ = reason_of(request, response);
        return outbox_.refuse(request.sequence, last_error_);
    }
    return {};
}

outbox::Result<void> Dispatcher::retry(std::string error,
                                       std::optional<std::chrono::milliseconds> retry_after,
                                       std::int64_t now_ms) {
    ++failures_;
    auto wait = backoff(limits_, failures_, random_0_to_1_());
    if (retry_after) {
        wait = std::max(wait, std::min(*retry_after, retry_after_max));
    }
    last_error_ = std::move(error);
    not_before_ms_ = now_ms + wait.count();
    return outbox_.reschedule(in_flight_->sequence, not_before_ms_, last_error_);
}

outbox::Result<std::chrono::milliseconds> Dispatcher::idle_time(std::int64_t now_ms) {
    if (http_.busy() || !may_send()) {
        return idle_max;
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
