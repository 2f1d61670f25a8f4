#include "net/uploader/answer.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/codec.hpp"
#include "net/api/problem.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/http_client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <iterator>
#include <optional>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace haven::uploader {
namespace {

using outbox::RequestKind;

std::string hexadecimal(const Sha256& digest) {
    std::string text;
    for (const std::byte value : digest) {
        std::format_to(std::back_inserter(text), "{:02x}", std::to_integer<unsigned>(value));
    }
    return text;
}

/// The n-th part of "/v1/sessions/{id}/...", from 0.
std::string_view part_of(std::string_view path, int number) {
    for (int i = 0; i <= number && !path.empty(); ++i) {
        path.remove_prefix(std::min(path.size(), path.find('/') + 1));
        if (i == number) {
            return path.substr(0, path.find('/'));
        }
    }
    return {};
}

std::int64_t offset_of(std::string_view path) {
    const std::string_view text = part_of(path, 4);
    std::int64_t offset = 0;
    std::from_chars(text.data(), text.data() + text.size(), offset);
    return offset;
}

bool is_of_trace(RequestKind kind) {
    return kind == RequestKind::trace_chunk || kind == RequestKind::trace_completion;
}

/// Whether the server's answer says that it holds what was sent, in the form that belongs to it.
bool is_receipt(const Sent& sent, const HttpResponse& response) {
    const std::optional<Uuid> id = parse_uuid(part_of(sent.path, 2));
    const std::string digest = hexadecimal(sent.sha256);
    if ((response.status != 200 && response.status != 201) || !id ||
        !api::is_media_type(response.content_type, "application/json")) {
        return false;
    }
    if (!is_of_trace(sent.kind)) {
        const auto receipt = api::decode_receipt(response.body);
        return receipt && receipt->id == *id && receipt->sha256 == digest;
    }
    const auto offset = api::decode_trace_offset(response.body);
    if (!offset || offset->id != *id || offset->sha256 != digest) {
        return false;
    }
    return sent.kind == RequestKind::trace_completion
               ? offset->complete
               : offset->upload_offset >=
                     offset_of(sent.path) + static_cast<std::int64_t>(sent.body_bytes);
}

} // namespace

Sha256 sha256_of(std::string_view bytes) {
    Sha256 digest{};
    static_assert(std::tuple_size_v<Sha256> == crypto_hash_sha256_BYTES);
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return digest;
}

std::string content_digest_header(const Sha256& digest) {
    constexpr std::size_t length =
        sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL);
    std::array<char, length> base64{}; // with its final zero
    sodium_bin2base64(base64.data(), base64.size(),
                      reinterpret_cast<const unsigned char*>(digest.data()), digest.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    return std::format("Content-Digest: sha-256=:{}:", base64.data());
}

Verdict judge(const Sent& sent, const HttpResponse& response) {
    if (is_receipt(sent, response)) {
        return Verdict::acknowledged;
    }
    const auto problem = api::haven_problem(response.status, response.content_type, response.body);
    if (!problem) {
        const bool in_trouble =
            response.status >= 500 || response.status == 408 || response.status == 429;
        // 511: a network that wants somebody to sign in (RFC 6585).
        return in_trouble && response.status != 511 ? Verdict::retry : Verdict::not_haven;
    }
    if (problem->type == api::problem_type::unauthorized) {
        return Verdict::token_refused;
    }
    if (problem->type == api::problem_type::body_too_large) {
        return Verdict::smaller_server;
    }
    if (problem->type == api::problem_type::gone) {
        return Verdict::gone;
    }
    if (problem->type == api::problem_type::consent_missing && is_of_trace(sent.kind)) {
        return Verdict::no_consent;
    }
    // What is wrong with the thing itself stays wrong. The rest is about how it came: cut off or
    // changed on its way, or meant for a server that is newer than this one.
    constexpr std::array lasting = {
        api::problem_type::invalid_body,    api::problem_type::invalid_parameter,
        api::problem_type::consent_missing, api::problem_type::forbidden,
        api::problem_type::not_found,       api::problem_type::conflict,
        api::problem_type::trace_offset};
    return std::ranges::contains(lasting, problem->type) ? Verdict::refused : Verdict::retry;
}

namespace {

/// Of what answers no question of ours.
Verdict unanswered(const HttpResponse& response) {
    const Verdict verdict = judge({}, response);
    const bool an_answer = verdict == Verdict::retry || verdict == Verdict::token_refused;
    return an_answer ? verdict : Verdict::not_haven; // or an older Haven
}

} // namespace

std::expected<outbox::Account, Verdict> judge_bearer(const HttpResponse& response) {
    const bool is_json = api::is_media_type(response.content_type, "application/json");
    if (const auto told = api::decode_token_bearer(response.body);
        response.status == 200 && is_json && told) {
        if (told->bearer != "user") {
            return std::unexpected(Verdict::token_refused);
        }
        return outbox::Account{.server_id = told->server_id, .user_id = told->bearer_id};
    }
    return std::unexpected(unanswered(response));
}

std::expected<bool, Verdict> judge_motion_consent(const HttpResponse& response) {
    const bool is_json = api::is_media_type(response.content_type, "application/json");
    if (const auto given = api::decode_motion_consent(response.body);
        response.status == 200 && is_json && given) {
        return *given;
    }
    return std::unexpected(unanswered(response));
}

std::string reason_of(const Sent& sent, const HttpResponse& response) {
    std::string reason = std::format("{} {}: {}", sent.method, sent.path, response.status);
    const auto problem = api::haven_problem(response.status, response.content_type, response.body);
    if (!problem) {
        return reason + ", and not in Haven's words";
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

} // namespace haven::uploader
