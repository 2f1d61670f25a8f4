#include "server/artifacts/artifacts.hpp"

#include "net/api/limits.hpp"
#include "server/artifacts/drafts.hpp"
#include "server/artifacts/file_forms.hpp"
#include "server/artifacts/files.hpp"
#include "server/artifacts/texts.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/objects/loose_objects.hpp"

#include <haven/sql_artifacts.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <span>
#include <string_view>
#include <utility>

namespace haven::artifacts {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::JsonMembers;

namespace {

asio::awaitable<Answer> put_artifact(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    JsonMembers body(exchange.request.body);
    complete(body);
    const auto text = body.text("content_text");
    if (text && body.flag("sealed") == true) {
        // A keyed hash, that says whether the same is sent again.
        body.set("content_mac", exchange.services.seal.hmac_hex(text_purpose, *text));
        if (auto sealed = co_await seal_text(exchange, body, *text, text_purpose, 1); !sealed) {
            co_return std::unexpected(std::move(sealed.error()));
        }
    }
    co_return co_await answer_with_text(exchange, sql::artifacts::put_artifact, body.json(),
                                        text_purpose);
}

asio::awaitable<Answer> get_artifact(Exchange& exchange) {
    return read_with_text(exchange, sql::artifacts::get_artifact, text_purpose);
}

asio::awaitable<Answer> get_version(Exchange& exchange) {
    return read_with_text(exchange, sql::artifacts::get_version, text_purpose);
}

constexpr http::BodyRule artifact_body{.kind = http::BodyKind::json,
                                       .bytes_max = api::artifact_body_bytes_max,
                                       .copies = 3,
                                       .again = http::Again::once};
constexpr http::BodyRule file_body{.kind = http::BodyKind::octets,
                                   .bytes_max = static_cast<std::size_t>(any_file_bytes_max),
                                   .copies = 2,
                                   .again = http::Again::once};
/// A text again and again, by who read what was saved last.
constexpr http::BodyRule draft_body{.kind = http::BodyKind::json,
                                    .bytes_max = api::artifact_body_bytes_max,
                                    .copies = 3,
                                    .again = http::Again::condition};

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
                objects::erase<sql::artifacts::delete_artifact>},
    http::Route{get, "/v1/exercise-artifacts/{id}/versions", own("artifact_version_list"),
                http::no_body, http::operate<sql::artifacts::get_versions>},
    http::Route{get, "/v1/exercise-artifacts/{id}/versions/{version}", own("artifact_version_read"),
                http::no_body, get_version},
    http::Route{get, "/v1/artifact-drafts", own("artifact_draft_list"), http::no_body,
                http::operate<sql::artifacts::get_drafts>},
    http::Route{put, "/v1/exercise-artifacts/{id}/draft", own("artifact_draft_save"), draft_body,
                put_draft},
    http::Route{get, "/v1/exercise-artifacts/{id}/draft", own("artifact_draft_read"), http::no_body,
                get_draft},
    http::Route{remove, "/v1/exercise-artifacts/{id}/draft", own("artifact_draft_delete"),
                http::on_what_was_read, http::operate<sql::artifacts::delete_draft>},
    http::Route{post, "/v1/exercise-artifacts/{id}/draft/finish", own("artifact_draft_finish"),
                http::on_what_was_read, finish_draft},
    http::Route{get, "/v1/exercise-artifacts/{id}/draft/versions",
                own("artifact_draft_version_list"), http::no_body,
                http::operate<sql::artifacts::get_draft_versions>},
    http::Route{get, "/v1/exercise-artifacts/{id}/draft/versions/{version}",
                own("artifact_draft_version_read"), http::no_body, get_draft_version},
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
