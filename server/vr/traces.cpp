#include "server/vr/traces.hpp"

#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "net/api/codec.hpp"
#include "net/api/error_code.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"
#include "server/artifacts/files.hpp"
#include "server/audit/audit.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/objects/loose_objects.hpp"
#include "server/objects/object_store.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/user_keys.hpp"
#include "server/store/rows.hpp"
#include "server/vr/rules.hpp"

#include <haven/sql_vr.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::vr {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;
using http::ProblemType;

namespace {

/// A completion holds the whole trace, so it has to fit among the bodies with room to spare.
std::int64_t trace_bytes_max(const Exchange& exchange) {
    return std::min(api::trace_bytes_max,
                    static_cast<std::int64_t>(exchange.services.config.body_memory_bytes / 4));
}

Problem consent_missing() {
    return {.type = ProblemType::consent_missing,
            .detail =
                "The person has not agreed to keep the motion; the drawing is kept without it."};
}

Problem wrong_offset(std::int64_t upload_offset) {
    return {.type = ProblemType::trace_offset,
            .detail = "Go on at upload_offset.",
            .extra_members = std::format(R"("upload_offset":{})", upload_offset)};
}

Problem too_long(const Exchange& exchange) {
    return {.type = ProblemType::content_too_large,
            .detail = std::format("A trace has at most {} bytes.", trace_bytes_max(exchange))};
}

/// Where the trace stands; of a write, which has a body, also the receipt for it.
http::Response offset_answer(const Exchange& exchange, std::int64_t upload_offset,
                             std::optional<std::int64_t> size_bytes) {
    api::TraceOffset offset{.id = exchange.id(),
                            .upload_offset = upload_offset,
                            .complete = size_bytes.has_value(),
                            .size_bytes = size_bytes};
    switch (exchange.request.route->body.kind) {
    case http::BodyKind::none:
    case http::BodyKind::form:
        break;
    case http::BodyKind::json:
        offset.sha256 = http::hexadecimal(exchange.request.received);
        break;
    case http::BodyKind::octets:
        offset.sha256 = http::hexadecimal(http::digest_of(exchange.request.body));
    }
    return http::json(200, api::encode(offset));
}

/// Ends a completion that stores nothing, and records how.
asio::awaitable<Answer> end_without_storing(Exchange& exchange, Answer answer) {
    const int status = answer ? answer->status : http::status(answer.error().type);
    const auto rows =
        co_await http::write_recorded(exchange,
                                      audit::answered_by(exchange, sql::vr::refuse_trace,
                                                         exchange.id(), exchange.user_id(), status),
                                      std::vector{audit::lock_id(exchange.id())});
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    if (rows->front().get<std::int32_t>("status") == 410) {
        co_return std::unexpected(http::gone());
    }
    co_return answer;
}

/// What is known before the chunks are read; nothing if they are to be read.
std::optional<Answer> early_answer(const Exchange& exchange, const store::Row& found,
                                   const api::TraceCompletion& completion,
                                   const http::Digest& sha256) {
    if (!found.get<bool>("consent_given")) {
        return std::unexpected(consent_missing());
    }
    if (const auto stored = found.get<std::optional<std::int64_t>>("stored_bytes")) {
        const auto digest = found.get<std::optional<std::span<const std::byte>>>("stored_sha256");
        if (*stored == completion.size_bytes && digest && std::ranges::equal(*digest, sha256)) {
            return offset_answer(exchange, *stored, stored);
        }
        return std::unexpected(http::conflict());
    }
    if (completion.size_bytes > trace_bytes_max(exchange)) {
        return std::unexpected(too_long(exchange));
    }
    const auto held = found.get<std::int64_t>("held_bytes");
    if (held != completion.size_bytes) {
        return std::unexpected(wrong_offset(held));
    }
    return std::nullopt;
}

/// The chunks, one after the other.
asio::awaitable<std::expected<std::vector<std::byte>, Problem>> assemble(Exchange& exchange,
                                                                         std::int64_t size_bytes) {
    std::vector<std::byte> trace;
    trace.reserve(static_cast<std::size_t>(size_bytes));
    while (std::ssize(trace) < size_bytes) {
        const auto rows = co_await exchange.query(sql::vr::get_trace_chunk, exchange.id(),
                                                  exchange.user_id(), std::ssize(trace));
        if (!rows) {
            co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
        }
        const bool found = !rows->empty();
        const auto bytes = found ? rows->front().get<std::span<const std::byte>>("bytes")
                                 : std::span<const std::byte>{};
        if (!found || std::ssize(trace) + std::ssize(bytes) > size_bytes) {
            co_return std::unexpected(http::unavailable(std::chrono::seconds(1))); // they changed
        }
        trace.insert(trace.end(), bytes.begin(), bytes.end());
    }
    co_return trace;
}

/// Where a trace goes: an object of its own, sealed under the person's key.
struct Place {
    Uuid artifact_id;
    std::string object_key;
    seal::DataKey key;
};

/// On a worker: the trace is what it was said to be, can be read, and is an object now.
std::expected<void, Problem> prove_and_store(objects::ObjectStore& objects,
                                             std::span<const std::byte> trace,
                                             const http::Digest& sha256, const Place& place) {
    const std::string_view text(reinterpret_cast<const char*>(trace.data()), trace.size());
    if (http::digest_of(text) != sha256) {
        return std::unexpected(
            http::invalid_body({{.pointer = "/sha256",
                                 .code = api::ErrorCode::wrong_digest,
                                 .detail = "The bytes received do not have this digest and are "
                                           "not kept; the upload begins anew at offset 0."}}));
    }
    const auto checked = check_trace(trace);
    if (!checked) {
        return std::unexpected(http::invalid_body(
            {{.pointer = "",
              .code = api::ErrorCode::wrong_file,
              .detail = std::format("The trace is damaged at byte {}: {}", checked.error().offset,
                                    checked.error().what)}}));
    }
    const auto sealed =
        seal::seal(place.key, artifacts::file_of(place.artifact_id, place.key.user_id), trace);
    if (const auto put = objects.put(place.object_key, sealed); !put) {
        log::error("trace_not_stored", {{"error", put.error().message}});
        return std::unexpected(http::unavailable(std::chrono::seconds(5)));
    }
    return {};
}

asio::awaitable<Answer> write_artifact(Exchange& exchange, const api::TraceCompletion& completion,
                                       const http::Digest& sha256, const Place& place) {
    const auto rows = co_await http::write_recorded(
        exchange,
        audit::answered_by(exchange, sql::vr::complete_trace, exchange.id(), exchange.user_id(),
                           place.object_key, completion.size_bytes,
                           std::span<const std::byte>(sha256), place.artifact_id, place.key.id),
        std::vector{audit::lock_id(exchange.id())});
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    switch (rows->front().get<std::int32_t>("status")) {
    case 200:
        co_return offset_answer(exchange, completion.size_bytes, completion.size_bytes);
    case 403:
        co_return std::unexpected(consent_missing());
    case 404:
        co_return std::unexpected(http::not_found());
    case 410:
        co_return std::unexpected(http::gone());
    case 503:
        co_return std::unexpected(http::unavailable(std::chrono::seconds(5)));
    default:
        co_return std::unexpected(http::conflict());
    }
}

asio::awaitable<Answer> store_trace(Exchange& exchange, const api::TraceCompletion& completion,
                                    const http::Digest& sha256) {
    http::Services& services = exchange.services;
    if (auto room = co_await exchange.take_room(
            services.body_budget, 2 * static_cast<std::size_t>(completion.size_bytes));
        !room) {
        co_return std::unexpected(std::move(room.error()));
    }
    const auto trace = co_await assemble(exchange, completion.size_bytes);
    if (!trace) {
        co_return std::unexpected(trace.error());
    }
    auto key = co_await seal::user_key(exchange, exchange.user_id());
    if (!key) {
        co_return std::unexpected(key.error());
    }
    const Uuid artifact_id = make_uuid_v7();
    const Place place{.artifact_id = artifact_id,
                      .object_key = artifacts::new_object_key(exchange.user_id(), artifact_id),
                      .key = std::move(*key)};
    if (auto noted = co_await objects::note(exchange, place.object_key); !noted) {
        co_return std::unexpected(std::move(noted.error()));
    }
    const auto proved = co_await services.object_workers.run(
        [&] { return prove_and_store(services.objects, *trace, sha256, place); });
    Answer answer =
        !proved || !*proved
            ? Answer(std::unexpected(proved ? proved->error()
                                            : http::unavailable(std::chrono::seconds(5))))
            : co_await write_artifact(exchange, completion, sha256, place);
    co_await objects::discard(services, place.object_key); // where no row has taken it
    if (proved && !*proved && proved->error().type == ProblemType::validation) {
        co_return co_await end_without_storing(exchange, std::move(answer));
    }
    co_return answer;
}

} // namespace

asio::awaitable<Answer> get_trace(Exchange& exchange) {
    const auto rows = co_await http::look_recorded(
        exchange,
        audit::answered_by(exchange, sql::vr::get_trace, exchange.id(), exchange.user_id()));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const store::Row row = rows->front();
    co_return offset_answer(exchange, row.get<std::int64_t>("upload_offset"),
                            row.get<std::optional<std::int64_t>>("size_bytes"));
}

asio::awaitable<Answer> put_trace_chunk(Exchange& exchange) {
    const auto offset = parse_offset(exchange.request.parameters.at(0));
    if (!offset) {
        co_return std::unexpected(http::not_found());
    }
    const std::string& body = exchange.request.body;
    const auto digest = parse_content_digest(exchange.request.head.content_digest);
    if (!digest) {
        co_return std::unexpected(
            Problem{.type = ProblemType::invalid_parameter,
                    .detail = "Send Content-Digest: sha-256=:BASE64: of the chunk (RFC 9530)."});
    }
    if (body.empty()) {
        co_return std::unexpected(http::invalid_body(
            {{.pointer = "", .code = api::ErrorCode::required, .detail = "A chunk has bytes."}}));
    }
    if (http::digest_of(body) != *digest) {
        co_return std::unexpected(
            Problem{.type = ProblemType::digest_mismatch,
                    .detail = "The chunk changed on its way: send it again."});
    }
    const std::span<const std::byte> bytes = std::as_bytes(std::span(body));
    const auto rows = co_await http::write_recorded(
        exchange,
        audit::answered_by(exchange, sql::vr::put_trace_chunk, exchange.id(), exchange.user_id(),
                           *offset, bytes, trace_bytes_max(exchange)),
        std::vector{audit::lock_id(exchange.id())});
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const store::Row outcome = rows->front();
    const auto status = outcome.get<std::int32_t>("status");
    if (status == 404 || status == 410) {
        co_return std::unexpected(status == 404 ? http::not_found() : http::gone());
    }
    const auto upload_offset = outcome.get<std::int64_t>("upload_offset");
    switch (status) {
    case 200:
        co_return offset_answer(exchange, upload_offset, std::nullopt);
    case 403:
        co_return std::unexpected(consent_missing());
    case 413:
        co_return std::unexpected(too_long(exchange));
    default:
        co_return std::unexpected(wrong_offset(upload_offset));
    }
}

asio::awaitable<Answer> complete_trace(Exchange& exchange) {
    const auto completion = api::decode_trace_completion(exchange.request.body);
    if (!completion) {
        co_return std::unexpected(http::invalid_body(completion.error()));
    }
    const auto sha256 = parse_sha256_hex(completion->sha256);
    if (!sha256) {
        co_return std::unexpected(http::invalid_body({{.pointer = "/sha256",
                                                       .code = api::ErrorCode::malformed,
                                                       .detail = "64 hexadecimal digits."}}));
    }
    const auto found =
        co_await exchange.query(sql::vr::look_at_trace, exchange.id(), exchange.user_id());
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    if (found->empty()) {
        co_return co_await end_without_storing(exchange, std::unexpected(http::not_found()));
    }
    if (auto answer = early_answer(exchange, found->front(), *completion, *sha256)) {
        co_return co_await end_without_storing(exchange, std::move(*answer));
    }
    co_return co_await store_trace(exchange, *completion, *sha256);
}

} // namespace haven::vr
