#include "server/safety/safety.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/message.hpp"
#include "server/http/operation.hpp"
#include "server/http/routes.hpp"
#include "server/log.hpp"
#include "server/review/pseudonym.hpp"
#include "server/seal/seal.hpp"
#include "server/store/rows.hpp"

#include <haven/crisis_resources.hpp>
#include <haven/sql_safety.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven::safety {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

/// 20 000 characters, each up to 12 bytes as JSON escapes them, and the signals.
constexpr http::BodyRule screening_body{
    .kind = http::BodyKind::json, .bytes_max = std::size_t{256} << 10U, .again = http::Again::once};

/// What the statement gets: what was sent without the input, which goes no further than here.
std::string statement_body(const seal::Seal& seal, http::JsonMembers sent,
                           const std::optional<Uuid>& person) {
    sent.set("input_hash", seal.hmac_hex("safety_screening", sent.text("input").value_or("")));
    sent.remove("input");
    sent.set("pseudonym", person ? review::pseudonym(seal, *person) : "");
    sent.set("catalogue", crisis_resources());
    return sent.json();
}

asio::awaitable<Answer> put_screening(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::JsonMembers sent(exchange.request.body);
    const auto session = parse_uuid(sent.text("session_id").value_or(""));
    const auto found = co_await exchange.query(sql::safety::person_of_session, session);
    if (!found) {
        co_return std::unexpected(http::problem_of(found.error(), exchange.request.id));
    }
    const std::optional<Uuid> person =
        found->empty() ? std::nullopt : std::optional(found->front().get<Uuid>("user_id"));
    auto result = co_await http::run_operation(
        exchange, sql::safety::put_screening,
        statement_body(exchange.services.seal, std::move(sent), person));
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if (result->status == 201 &&
        http::JsonMembers(result->body.value_or("{}")).text("safety_status") == "red") {
        log::warn("crisis", {{"request_id", exchange.request.id},
                             {"screening_id", to_string(exchange.id())}});
    }
    co_return http::answer_of(std::move(*result));
}

namespace scope = http::scope;

constexpr http::Policy screening(http::Who who, std::string_view action) {
    return http::Policy::health(who, scope::journal | scope::care | scope::screenings, action,
                                "safety_screenings", "safety of a person in a session");
}

constexpr http::Policy crisis(http::Who who, std::string_view action) {
    return http::Policy::health(who, scope::journal | scope::care | scope::screenings, action,
                                "crisis_logs", "help for a person in a crisis");
}

namespace who = http::who;
using enum http::Method;

constexpr std::array table{
    http::Route{put, "/v1/safety-screenings/{id}",
                screening(who::users | who::services, "safety_screening_create"), screening_body,
                put_screening},
    http::Route{get, "/v1/safety-screenings/{id}",
                screening(who::signed_in, "safety_screening_read"), http::no_body,
                http::operate<sql::safety::get_screening>},
    http::Route{get, "/v1/sessions/{id}/safety-screenings",
                screening(who::signed_in, "safety_screening_list"), http::no_body,
                http::list<sql::safety::list_screenings>},
    http::Route{get, "/v1/crisis-logs", crisis(who::users | who::reviewers, "crisis_list"),
                http::no_body, http::list<sql::safety::list_crises>},
    http::Route{get, "/v1/crisis-logs/{id}", crisis(who::signed_in, "crisis_read"), http::no_body,
                http::operate<sql::safety::get_crisis>},
    http::Route{put, "/v1/crisis-logs/{id}/acknowledgement",
                crisis(who::users, "crisis_acknowledge"), http::no_body,
                http::operate<sql::safety::acknowledge_crisis>},
    http::Route{put, "/v1/crisis-logs/{id}/calls/acknowledgement",
                crisis(who::reviewers, "crisis_take_up"), http::no_body,
                http::operate<sql::safety::take_up_crisis>},
    http::Route{put, "/v1/crisis-logs/{id}/resolution", crisis(who::reviewers, "crisis_resolve"),
                http::no_body, http::operate<sql::safety::resolve_crisis>},
};

} // namespace

std::span<const http::Route> routes() {
    return table;
}

} // namespace haven::safety
