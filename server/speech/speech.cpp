#include "server/speech/speech.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "net/api/error_code.hpp"
#include "server/artifacts/file_forms.hpp"
#include "server/artifacts/virus_scanner.hpp"
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
#include "server/store/rows.hpp"

#include <haven/sql_speech.hpp>

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::speech {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::Problem;

namespace {

bool is_text_hash(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

Problem storage_problem(std::string_view what, const std::string& why) {
    log::error(what, {{"error", why}});
    return http::unavailable(std::chrono::seconds(5));
}

/// On a worker: the object, under a key that nobody has used before. What the statement is to know
/// of it, as JSON.
std::expected<std::string, Problem> store_audio(objects::ObjectStore& objects,
                                                std::string_view audio, std::string_view key,
                                                std::string_view mime_type) {
    const auto bytes = std::as_bytes(std::span(audio));
    if (const auto put = objects.put(key, bytes); !put) {
        return std::unexpected(storage_problem("voice_not_stored", put.error().message));
    }
    return std::format(R"({{"minio_object_key":"{}","file_size_bytes":{},"mime_type":"{}",)"
                       R"("content_sha256":"{}"}})",
                       key, audio.size(), mime_type, http::hexadecimal(http::digest_of(audio)));
}

asio::awaitable<Answer> put_voice(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const std::string& text_hash = exchange.request.parameters.at(0);
    if (!is_text_hash(text_hash)) {
        co_return std::unexpected(http::not_found());
    }
    const std::string_view type =
        artifacts::mime_of(std::as_bytes(std::span(exchange.request.body)));
    if (!type.starts_with("audio/")) {
        co_return std::unexpected(http::invalid_body(
            {{.pointer = "",
              .code = api::ErrorCode::wrong_file,
              .detail = "is not audio of a kind that is kept: MPEG, Ogg, WAV, WebM"}}));
    }
    if (auto good = co_await exchange.services.virus_scanner.scan(
            std::as_bytes(std::span(exchange.request.body)), exchange.request.id);
        !good) {
        co_return std::unexpected(std::move(good.error()));
    }
    const std::string key =
        std::format("tts/{}/{}-{}", text_hash.substr(0, 2), text_hash, to_string(make_uuid_v7()));
    if (auto noted = co_await objects::note(exchange, key); !noted) {
        co_return std::unexpected(std::move(noted.error()));
    }
    auto facts = co_await exchange.services.object_workers.run(
        [&objects = exchange.services.objects, &audio = exchange.request.body, &key, type] {
            return store_audio(objects, audio, key, type);
        });
    if (!facts) {
        co_return std::unexpected(http::unavailable(std::chrono::seconds(5)));
    }
    if (!*facts) {
        co_return std::unexpected(std::move(facts->error()));
    }
    auto result =
        co_await http::run_operation(exchange, sql::speech::put_voice, std::move(**facts));
    if (!result) {
        co_return std::unexpected(std::move(result.error())); // it may name the object all the same
    }
    if (result->status != 201) {
        co_await objects::discard(exchange.services, key); // another is kept
    }
    co_return http::answer_of(std::move(*result));
}

asio::awaitable<Answer> get_audio(Exchange& exchange) {
    const auto rows = co_await http::look_recorded(
        exchange,
        audit::answered_by(exchange, sql::speech::get_audio, exchange.request.parameters.at(0)));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    const auto key = rows->front().get<std::string>("minio_object_key");
    const auto audio = co_await exchange.services.object_workers.run(
        [&objects = exchange.services.objects, &key] { return objects.get(key); });
    if (audio && !*audio && audio->error().kind == objects::ObjectErrorKind::not_found) {
        log::warn("voice_lost", {{"request_id", exchange.request.id}});
        (void)co_await exchange.query(sql::speech::forget_voice, key);
        co_return std::unexpected(http::not_found()); // it can be rendered again
    }
    if (!audio || !*audio) {
        co_return std::unexpected(storage_problem("voice_not_read", audio ? audio->error().message
                                                                          : "no worker is free"));
    }
    const std::vector<std::byte>& bytes = **audio;
    co_return http::Response{
        .status = 200,
        .content_type = rows->front()
                            .get<std::optional<std::string>>("mime_type")
                            .value_or("application/octet-stream"),
        .body = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
        .headers = {{"Cache-Control", "no-store"}}};
}

using http::Method;
using http::Policy;
using http::Route;

constexpr http::BodyRule audio_body{
    .kind = http::BodyKind::octets, .bytes_max = std::size_t{8} << 20U, .again = http::Again::once};

constexpr std::array table{
    Route{Method::get, "/v1/tts-cache/{text_hash}",
          Policy::plain(http::who::services, http::scope::speech, "voice_lookup", "tts_cache"),
          http::no_body, http::operate<sql::speech::get_voice>},
    Route{Method::put, "/v1/tts-cache/{text_hash}",
          Policy::plain(http::who::services, http::scope::speech, "voice_keep", "tts_cache"),
          audio_body, put_voice},
    Route{Method::get, "/v1/tts-cache/{text_hash}/audio",
          Policy::plain(http::who::services, http::scope::speech, "voice_read", "tts_cache"),
          http::no_body, get_audio},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::speech
