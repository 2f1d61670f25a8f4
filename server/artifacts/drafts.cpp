#include "server/artifacts/drafts.hpp"

#include "bilateral/stroke.hpp"
#include "server/artifacts/texts.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_artifacts.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::artifacts {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::JsonMembers;
using http::Problem;

namespace {

/// The artifact that a draft makes, its text in clear.
JsonMembers artifact_of(const store::Row& draft, std::string_view text) {
    JsonMembers body;
    body.set("exercise_id", to_string(draft.get<Uuid>("exercise_id")));
    body.set("artifact_type", "text_entry");
    body.set("sensitivity_level", draft.get<std::string_view>("sensitivity_level"));
    body.set_flag("sealed", draft.get<bool>("sealed"));
    if (const auto mime = draft.get<std::optional<std::string_view>>("mime_type")) {
        body.set("mime_type", *mime);
    }
    if (const auto words = draft.get<std::optional<std::int32_t>>("word_count")) {
        body.set_number("word_count", *words);
    }
    body.set_number("draft_version", draft.get<std::int32_t>("version"));
    body.set_number("text_version", draft.get<std::int32_t>("text_version"));
    if (!text.empty()) {
        body.set("content_text", text);
    }
    return body;
}

/// As it is to be written.
asio::awaitable<std::expected<std::string, Problem>> read_draft(Exchange& exchange,
                                                                const store::Row& draft) {
    SealedText saved{.bytes_base64 = draft.get<std::string>("content_encrypted"),
                     .key_id = to_string(draft.get<Uuid>("encryption_key_id")),
                     .version = draft.get<std::int32_t>("version")};
    const auto text = co_await open_text(exchange, std::move(saved), draft_purpose);
    if (!text) {
        co_return std::unexpected(text.error());
    }
    JsonMembers body = artifact_of(draft, *text);
    if (!text->empty() && draft.get<bool>("sealed")) {
        body.set("content_mac", exchange.services.seal.hmac_hex(text_purpose, *text));
        const auto version = draft.get<std::int32_t>("text_version");
        if (auto sealed = co_await seal_text(exchange, body, *text, text_purpose, version);
            !sealed) {
            co_return std::unexpected(std::move(sealed.error()));
        }
    }
    co_return body.json();
}

} // namespace

asio::awaitable<Answer> put_draft(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const auto next = co_await exchange.query(sql::artifacts::next_of_draft, exchange.id());
    if (!next) {
        co_return std::unexpected(http::problem_of(next.error(), exchange.request.id));
    }
    const auto version = next->front().get<std::int32_t>("version");
    JsonMembers body(exchange.request.body);
    complete(body);
    const std::string text = body.text("content_text").value_or("");
    body.set_number("version", version);
    body.set("text_mac", exchange.services.seal.hmac_hex(draft_purpose, text));
    if (auto sealed = co_await seal_text(exchange, body, text, draft_purpose, version); !sealed) {
        co_return std::unexpected(std::move(sealed.error()));
    }
    co_return co_await answer_with_text(exchange, sql::artifacts::put_draft, body.json(),
                                        draft_purpose);
}

asio::awaitable<Answer> get_draft(Exchange& exchange) {
    return read_with_text(exchange, sql::artifacts::get_draft, draft_purpose);
}

asio::awaitable<Answer> get_draft_version(Exchange& exchange) {
    return read_with_text(exchange, sql::artifacts::get_draft_version, draft_purpose);
}

asio::awaitable<Answer> finish_draft(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    const auto found = co_await exchange.query(sql::artifacts::look_at_draft, exchange.id());
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    std::optional<std::string> body;
    if (!found->empty()) {
        auto read = co_await read_draft(exchange, found->front());
        if (!read) {
            co_return std::unexpected(std::move(read.error()));
        }
        body = std::move(*read);
    }
    co_return co_await answer_with_text(exchange, sql::artifacts::finish_draft, std::move(body),
                                        text_purpose);
}

} // namespace haven::artifacts
