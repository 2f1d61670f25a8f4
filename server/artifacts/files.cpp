#include "server/artifacts/files.hpp"

#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"
#include "net/api/error_code.hpp"
#include "server/artifacts/file_forms.hpp"
#include "server/artifacts/texts.hpp"
#include "server/artifacts/virus_scanner.hpp"
#include "server/http/application.hpp"
#include "server/http/digest.hpp"
#include "server/http/json_members.hpp"
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

#include <haven/sql_artifacts.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::artifacts {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::JsonMembers;
using http::Problem;
using http::ProblemType;

namespace {

constexpr std::chrono::seconds try_again_after{5};

std::string_view text_view(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What is wrong with a file for this type of artifact, before anything is written.
std::optional<Problem> file_fault(std::span<const std::byte> file, std::string_view mime,
                                  std::string_view artifact_type) {
    const std::int64_t bytes_max = file_bytes_max(artifact_type);
    if (bytes_max > 0 && std::ssize(file) > bytes_max) {
        return Problem{
            .type = ProblemType::content_too_large,
            .detail = std::format("A file of {} has at most {} bytes.", artifact_type, bytes_max)};
    }
    if (mime.empty()) {
        return http::invalid_body(
            {{.pointer = "",
              .code = api::ErrorCode::wrong_file,
              .detail =
                  "The file's own first bytes say that it is none of: audio/ogg, audio/mpeg, "
                  "audio/wav, audio/webm, image/png, image/jpeg, image/webp, a pose trace."}});
    }
    return std::nullopt;
}

/// On a worker: the object, whole and durable. Its SHA-256.
std::expected<http::Digest, Problem> write_object(objects::ObjectStore& store,
                                                  const std::string& object_key,
                                                  std::span<const std::byte> file,
                                                  const seal::DataKey* key,
                                                  const seal::Binding& binding) {
    if (mime_of(file) == trace_mime) {
        if (const auto trace = check_trace(file); !trace) {
            return std::unexpected(http::invalid_body(
                {{.pointer = "",
                  .code = api::ErrorCode::wrong_file,
                  .detail = std::format("The trace is damaged at byte {}: {}", trace.error().offset,
                                        trace.error().what)}}));
        }
    }
    std::vector<std::byte> sealed;
    if (key != nullptr) {
        sealed = seal::seal(*key, binding, file);
        file = sealed;
    }
    if (const auto put = store.put(object_key, file); !put) {
        log::error("artifact_not_stored", {{"error", put.error().message}});
        return std::unexpected(http::unavailable(try_again_after));
    }
    return http::digest_of(text_view(file));
}

/// The answer of the row; where that does not take the object, nobody does.
asio::awaitable<Answer> write_row(Exchange& exchange, const JsonMembers& facts,
                                  std::optional<std::string> object_key) {
    auto result = co_await http::run_operation(exchange, sql::artifacts::put_file, facts.json());
    if (object_key && (!result || result->status != 201)) {
        co_await objects::discard(exchange.services, std::move(*object_key));
    }
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    co_return co_await answer_opened(exchange, std::move(*result), text_purpose);
}

asio::awaitable<Answer> store_file(Exchange& exchange, JsonMembers facts, bool sealed) {
    http::Services& services = exchange.services;
    const std::span<const std::byte> file = std::as_bytes(std::span(exchange.request.body));
    std::optional<seal::DataKey> key;
    if (sealed) {
        auto found = co_await seal::user_key(exchange, exchange.user_id());
        if (!found) {
            co_return std::unexpected(found.error());
        }
        key = std::move(*found);
        facts.set("encryption_key_id", to_string(key->id));
    }
    std::string object_key = new_object_key(exchange.user_id(), exchange.id());
    if (auto noted = co_await objects::note(exchange, object_key); !noted) {
        co_return std::unexpected(std::move(noted.error()));
    }
    const auto written = co_await services.object_workers.run([&] {
        return write_object(services.objects, object_key, file, key ? &*key : nullptr,
                            file_of(exchange.id(), exchange.user_id()));
    });
    if (!written || !*written) {
        co_await objects::discard(services, std::move(object_key));
        co_return std::unexpected(written ? written->error() : http::unavailable(try_again_after));
    }
    facts.set("object_key", object_key);
    facts.set("content_sha256", seal::to_base64(**written));
    co_return co_await write_row(exchange, facts, std::move(object_key));
}

/// On a worker: the object as it was sent.
std::expected<std::string, seal::SealError> read_object(objects::ObjectStore& store,
                                                        const std::string& object_key,
                                                        const std::string& sha256_base64,
                                                        const seal::DataKey* key,
                                                        const seal::Binding& binding) {
    const auto object = store.get(object_key);
    if (!object) {
        return std::unexpected(seal::SealError{object.error().message});
    }
    if (key == nullptr) {
        const std::string_view file = text_view(*object);
        if (seal::to_base64(http::digest_of(file)) != sha256_base64) {
            return std::unexpected(seal::SealError{.message = "the object is not what was stored"});
        }
        return std::string(file);
    }
    const auto file = seal::unseal(*key, binding, *object);
    if (!file) {
        return std::unexpected(file.error());
    }
    return std::string(text_view(*file));
}

} // namespace

seal::Binding file_of(const Uuid& artifact_id, const Uuid& user_id) {
    return {.purpose = "artifact_file", .row_id = artifact_id, .user_id = user_id};
}

std::string new_object_key(const Uuid& user_id, const Uuid& artifact_id) {
    return std::format("artifacts/{}/{}-{}", to_string(user_id), to_string(artifact_id),
                       to_string(make_uuid_v7()));
}

asio::awaitable<Answer> put_file(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const auto found = co_await exchange.query(sql::artifacts::look_at_artifact, exchange.id());
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    const std::span<const std::byte> file = std::as_bytes(std::span(exchange.request.body));
    const std::string_view mime = mime_of(file);
    JsonMembers facts;
    facts.set("mac", exchange.services.seal.hmac_hex("artifact_file", file));
    facts.set("mime_type", mime);
    facts.set_number("file_size_bytes", std::ssize(file));
    if (found->empty() || found->front().get<bool>("has_file") ||
        found->front().get<std::string_view>("artifact_type") == "text_entry") {
        co_return co_await write_row(exchange, facts, std::nullopt); // refused, or the same again
    }
    const store::Row artifact = found->front();
    if (auto fault = file_fault(file, mime, artifact.get<std::string_view>("artifact_type"))) {
        co_return std::unexpected(std::move(*fault));
    }
    if (auto good = co_await exchange.services.virus_scanner.scan(file, exchange.request.id);
        !good) {
        co_return std::unexpected(std::move(good.error()));
    }
    co_return co_await store_file(exchange, std::move(facts), artifact.get<bool>("sealed"));
}

asio::awaitable<std::expected<std::string, Problem>> open_file(Exchange& exchange,
                                                               StoredFile file) {
    http::Services& services = exchange.services;
    std::optional<seal::DataKey> key;
    if (file.encryption_key_id) {
        auto found = co_await seal::key_of(exchange, *file.encryption_key_id, exchange.user_id());
        if (!found) {
            co_return std::unexpected(std::move(found.error()));
        }
        key = std::move(*found);
    }
    // The object, what it opens to and the answer's body.
    if (auto room = co_await exchange.take_room(services.file_budget, 2 * file.bytes); !room) {
        co_return std::unexpected(std::move(room.error()));
    }
    auto opened = co_await services.object_workers.run([&] {
        return read_object(services.objects, file.object_key, file.sha256_base64,
                           key ? &*key : nullptr, file_of(file.artifact_id, exchange.user_id()));
    });
    if (!opened) {
        co_return std::unexpected(http::unavailable(try_again_after));
    }
    if (!*opened) {
        co_return std::unexpected(seal::does_not_open(exchange, opened->error()));
    }
    co_return std::move(**opened);
}

asio::awaitable<Answer> get_file(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    auto result = co_await http::run_operation(exchange, sql::artifacts::get_file, {});
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->status != 200) {
        co_return http::answer_of(std::move(*result));
    }
    const JsonMembers facts(result->body.value());
    auto file = co_await open_file(
        exchange, {.artifact_id = exchange.id(),
                   .object_key = facts.text("object_key").value_or(""),
                   .sha256_base64 = facts.text("content_sha256").value_or(""),
                   .encryption_key_id = parse_uuid(facts.text("encryption_key_id").value_or("")),
                   .bytes = static_cast<std::size_t>(facts.number("file_size_bytes").value_or(0))});
    if (!file) {
        co_return std::unexpected(std::move(file.error()));
    }
    const std::string type = facts.text("mime_type").value_or("");
    std::string name = std::format(R"(attachment; filename="{}.{}")", to_string(exchange.id()),
                                   type.substr(type.find_last_of("/.") + 1));
    co_return http::Response{.status = 200,
                             .content_type = type,
                             .body = std::move(*file),
                             .headers = {{"Cache-Control", "no-store"},
                                         {"X-Content-Type-Options", "nosniff"},
                                         {"Content-Disposition", std::move(name)}}};
}

} // namespace haven::artifacts
