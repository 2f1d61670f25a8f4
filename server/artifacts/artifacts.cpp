#include "server/artifacts/artifacts.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/limits.hpp"
#include "server/artifacts/file_forms.hpp"
#include "server/artifacts/files.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/objects/loose_objects.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/user_keys.hpp"

#include <haven/sql_artifacts.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
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

/// Where a text is sealed, its place.
seal::Binding text_of(const Exchange& exchange) {
    return {.purpose = "artifact_text", .row_id = exchange.id(), .user_id = exchange.user_id()};
}

/// What a body says with what it leaves out.
void complete(JsonMembers& body) {
    const bool motion = body.text("artifact_type") == "vr_volumetric";
    if (!body.text("sensitivity_level")) {
        body.set("sensitivity_level", motion ? "high" : "standard");
    }
    if (!body.flag("sealed")) {
        body.set_flag("sealed", body.text("sensitivity_level") != "standard");
    }
}

/// The text goes; what comes in its place only its owner's key opens, and a keyed hash that says
/// whether the same is sent again.
asio::awaitable<std::expected<void, Problem>> seal_text(Exchange& exchange, JsonMembers& body,
                                                        std::string_view text) {
    const auto key = co_await seal::user_key(exchange, exchange.user_id());
    if (!key) {
        co_return std::unexpected(key.error());
    }
    body.set("content_mac", exchange.services.seal.hmac_hex("artifact_text", text));
    body.set("content_encrypted", seal::seal_text(*key, text_of(exchange), text));
    body.set("encryption_key_id", to_string(key->id));
    body.remove("content_text");
    co_return std::expected<void, Problem>{};
}

} // namespace

asio::awaitable<Answer> answer_opened(Exchange& exchange, http::OperationResult result) {
    if ((result.status != 200 && result.status != 201) || !result.body) {
        co_return http::answer_of(std::move(result));
    }
    JsonMembers artifact(*result.body);
    if (const auto sealed = artifact.text("content_encrypted")) {
        const auto key_id = parse_uuid(artifact.text("encryption_key_id").value_or(""));
        const auto key = co_await seal::key_of(exchange, *key_id, exchange.user_id());
        if (!key) {
            co_return std::unexpected(key.error());
        }
        const auto text = seal::unseal_text(*key, text_of(exchange), *sealed);
        if (!text) {
            co_return std::unexpected(seal::does_not_open(exchange, text.error()));
        }
        artifact.remove("content_encrypted");
        artifact.set("content_text", *text);
        result.body = artifact.json();
    }
    co_return http::answer_of(std::move(result));
}

namespace {

/// What the statement answers, which is an artifact where it is a success.
asio::awaitable<Answer> answer_with_artifact(Exchange& exchange, const store::Answering& statement,
                                             std::optional<std::string> body) {
    auto result = co_await http::run_operation(exchange, statement, std::move(body));
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    co_return co_await answer_opened(exchange, std::move(*result));
}

asio::awaitable<Answer> put_artifact(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    JsonMembers body(exchange.request.body);
    complete(body);
    const auto text = body.text("content_text");
    if (text && body.flag("sealed") == true) {
        if (auto sealed = co_await seal_text(exchange, body, *text); !sealed) {
            co_return std::unexpected(std::move(sealed.error()));
        }
    }
    co_return co_await answer_with_artifact(exchange, sql::artifacts::put_artifact, body.json());
}

asio::awaitable<Answer> get_artifact(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return co_await answer_with_artifact(exchange, sql::artifacts::get_artifact, {});
}

asio::awaitable<Answer> delete_artifact(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    auto result = co_await http::run_operation(exchange, sql::artifacts::delete_artifact, {});
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->status == 204) {
        if (auto key = JsonMembers(result->body.value()).text("object_key")) {
            co_await objects::remove_condemned(exchange.services, std::move(*key));
        }
    }
    co_return http::answer_of(std::move(*result));
}

constexpr http::BodyRule artifact_body{.kind = http::BodyKind::json,
                                       .bytes_max = api::artifact_body_bytes_max,
                                       .copies = 3,
                                       .again = http::Again::once};
constexpr http::BodyRule file_body{.kind = http::BodyKind::octets,
                                   .bytes_max = static_cast<std::size_t>(any_file_bytes_max),
                                   .copies = 2,
                                   .again = http::Again::once};

constexpr http::Policy own(std::string_view action) {
    return http::Policy::health(http::who::users, http::scope::journal, action,
                                "exercise_artifacts", "what the person made, for the person");
}

using enum http::Method;

constexpr std::array table{
    http::Route{get, "/v1/exercises/{id}/artifacts",
                http::Policy::health(http::who::users | http::who::reviewers,
                                     http::scope::journal | http::scope::care, "artifact_list",
                                     "exercises", "what was made in an exercise, without content"),
                http::no_body, http::list<sql::artifacts::list_artifacts>},
    http::Route{put, "/v1/exercise-artifacts/{id}", own("artifact_create"), artifact_body,
                put_artifact},
    http::Route{get, "/v1/exercise-artifacts/{id}", own("artifact_read"), http::no_body,
                get_artifact},
    http::Route{remove, "/v1/exercise-artifacts/{id}", own("artifact_delete"), http::no_body,
                delete_artifact},
    http::Route{put, "/v1/exercise-artifacts/{id}/file", own("artifact_file_write"), file_body,
                put_file},
    http::Route{get, "/v1/exercise-artifacts/{id}/file", own("artifact_file_read"), http::no_body,
                get_file},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::artifacts
