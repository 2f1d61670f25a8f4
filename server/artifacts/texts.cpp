#include "server/artifacts/texts.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/user_keys.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <expected>
#include <optional>
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

namespace {

/// Where a text is sealed, its place.
seal::Binding place_of(const Exchange& exchange, std::string_view purpose, std::int64_t version) {
    return {.purpose = purpose,
            .row_id = exchange.id(),
            .user_id = exchange.user_id(),
            .part = seal::part_of(version)};
}

} // namespace

void complete(JsonMembers& body) {
    const bool motion = body.text("artifact_type") == "vr_volumetric";
    if (!body.text("sensitivity_level")) {
        body.set("sensitivity_level", motion ? "high" : "standard");
    }
    if (!body.flag("sealed")) {
        body.set_flag("sealed", body.text("sensitivity_level") != "standard");
    }
}

asio::awaitable<std::expected<void, Problem>> seal_text(Exchange& exchange, JsonMembers& body,
                                                        std::string_view text,
                                                        std::string_view purpose,
                                                        std::int64_t version) {
    const auto key = co_await seal::user_key(exchange, exchange.user_id());
    if (!key) {
        co_return std::unexpected(key.error());
    }
    body.set("content_encrypted",
             seal::seal_text(*key, place_of(exchange, purpose, version), text));
    body.set("encryption_key_id", to_string(key->id));
    body.remove("content_text");
    co_return std::expected<void, Problem>{};
}

asio::awaitable<std::expected<std::string, Problem>>
open_text(Exchange& exchange, SealedText sealed, std::string_view purpose) {
    const auto id = parse_uuid(sealed.key_id);
    if (!id) {
        throw store::BadRow("a sealed text names no key");
    }
    const auto key = co_await seal::key_of(exchange, *id, exchange.user_id());
    if (!key) {
        co_return std::unexpected(key.error());
    }
    auto text =
        seal::unseal_text(*key, place_of(exchange, purpose, sealed.version), sealed.bytes_base64);
    if (!text) {
        co_return std::unexpected(seal::does_not_open(exchange, text.error()));
    }
    co_return std::move(*text);
}

asio::awaitable<Answer> answer_opened(Exchange& exchange, http::OperationResult result,
                                      std::string_view purpose) {
    if ((result.status != 200 && result.status != 201) || !result.body) {
        co_return http::answer_of(std::move(result));
    }
    JsonMembers told(*result.body);
    if (auto sealed = told.text("content_encrypted")) {
        SealedText found{.bytes_base64 = std::move(*sealed),
                         .key_id = told.text("sealed_under").value_or(""),
                         .version = told.number("version").value_or(0)};
        auto text = co_await open_text(exchange, std::move(found), purpose);
        if (!text) {
            co_return std::unexpected(std::move(text.error()));
        }
        told.remove("content_encrypted");
        told.remove("sealed_under");
        told.set("content_text", *text);
    }
    const auto etag = told.text("etag");
    told.remove("etag");
    result.body = told.json();
    Answer answer = http::answer_of(std::move(result));
    if (answer && etag) {
        std::erase_if(answer->headers, [](const auto& field) { return field.first == "ETag"; });
        answer->headers.emplace_back("ETag", *etag);
    }
    co_return answer;
}

asio::awaitable<Answer> answer_with_text(Exchange& exchange, const store::Answering& statement,
                                         std::optional<std::string> body,
                                         std::string_view purpose) {
    auto result = co_await http::run_operation(exchange, statement, std::move(body));
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    co_return co_await answer_opened(exchange, std::move(*result), purpose);
}

asio::awaitable<Answer> read_with_text(Exchange& exchange, const store::Answering& statement,
                                       std::string_view purpose) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return co_await answer_with_text(exchange, statement, std::nullopt, purpose);
}

} // namespace haven::artifacts
