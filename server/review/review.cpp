#include "server/review/review.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/review/json_object.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/user_keys.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_review.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::review {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

/// Notes are bound to their case, not to who wrote them: a case's clinicians read them all.
seal::Binding binding(const Exchange& exchange, const Uuid& person) {
    return {.purpose = "clinician_notes", .row_id = exchange.id(), .user_id = person};
}

/// Opens the notes of every review in `answer`.
asio::awaitable<std::expected<void, http::Problem>>
open_notes(Exchange& exchange, JsonObject& answer, const Uuid& person) {
    for (std::size_t i = 0; i < answer.size_of("reviews"); ++i) {
        const auto sealed = answer.text_in("reviews", i, "clinician_notes");
        const auto key_id = answer.text_in("reviews", i, "encryption_key_id");
        answer.remove_in("reviews", i, "encryption_key_id");
        if (!sealed || !key_id) {
            continue;
        }
        const auto key = co_await seal::key_of(exchange, *parse_uuid(*key_id), person);
        if (!key) {
            co_return std::unexpected(key.error());
        }
        const auto notes = seal::unseal_text(*key, binding(exchange, person), *sealed);
        if (!notes) {
            co_return std::unexpected(seal::does_not_open(exchange, notes.error()));
        }
        answer.set_text_in("reviews", i, "clinician_notes", *notes);
    }
    co_return std::expected<void, http::Problem>();
}

asio::awaitable<Answer> get_case(Exchange& exchange) {
    auto result = co_await http::run_operation(exchange, sql::review::get_case, std::nullopt);
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->status != 200) {
        co_return http::answer_of(std::move(*result));
    }
    auto answer = JsonObject::parse(result->body.value_or("{}"));
    const auto person = parse_uuid(answer->text("person").value_or(""));
    answer->remove("person");
    if (person) {
        if (auto opened = co_await open_notes(exchange, *answer, *person); !opened) {
            co_return std::unexpected(std::move(opened.error()));
        }
    }
    co_return http::json(200, answer->json());
}

asio::awaitable<Answer> put_review(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    auto body = JsonObject::parse(exchange.request.body);
    const std::string action = body->text("clinician_action").value_or("");
    const std::optional<std::string> notes = body->text("clinician_notes");
    const auto found = co_await exchange.query(sql::review::person_of_case, exchange.id());
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    if (notes && !found->empty()) {
        const Uuid person = found->front().get<Uuid>("user_id");
        const auto key = co_await seal::user_key(exchange, person);
        if (!key) {
            co_return std::unexpected(key.error());
        }
        body->set_text("clinician_notes", seal::seal_text(*key, binding(exchange, person), *notes));
        body->set_text("encryption_key_id", to_string(key->id));
    }
    body->set_text("digest", exchange.services.seal.hmac_hex("hitl_review",
                                                             action + '\n' + notes.value_or("")));
    auto result = co_await http::run_operation(exchange, sql::review::review_case, body->json());
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    co_return http::answer_of(std::move(*result));
}

constexpr http::Policy access(std::string_view action) {
    return http::Policy::health(http::who::reviewers, action, "hitl_escalations",
                                "review of a session by a clinician");
}

using enum http::Method;

constexpr std::array table{
    http::Route{get, "/v1/hitl-escalations", access("hitl_list"), http::no_body,
                http::list<sql::review::list_cases>},
    http::Route{post, "/v1/hitl-escalations/claims", access("hitl_claim_next"), http::no_body,
                http::operate<sql::review::claim_next_case>},
    http::Route{get, "/v1/hitl-escalations/{id}", access("hitl_read"), http::no_body, get_case},
    http::Route{put, "/v1/hitl-escalations/{id}/claim", access("hitl_claim"), http::no_body,
                http::operate<sql::review::claim_case>},
    http::Route{delete_, "/v1/hitl-escalations/{id}/claim", access("hitl_release"), http::no_body,
                http::operate<sql::review::release_case>},
    http::Route{put, "/v1/hitl-escalations/{id}/review", access("hitl_review"), http::json_body,
                put_review},
    http::Route{get, "/v1/clinicians/me/reviews", access("hitl_review_list"), http::no_body,
                http::list<sql::review::list_my_reviews>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::review
