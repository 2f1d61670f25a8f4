#include "server/review/review.hpp"

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

#include <haven/sql_review.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <yyjson.h>

namespace haven::review {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;

namespace {

/// Notes are bound to their case and to who wrote them; a case's clinicians read them all.
seal::Binding binding(const Uuid& case_id, const Uuid& person, const Uuid& clinician) {
    return {.purpose = "clinician_notes", .row_id = case_id, .user_id = person, .part = clinician};
}

/// A case as the statement gave it: with sealed notes, their keys' ids, and whose session it is.
class SealedCase {
  public:
    explicit SealedCase(std::string_view json)
        : document_(yyjson_read(json.data(), json.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free),
          open_(yyjson_doc_mut_copy(document_.get(), nullptr), &yyjson_mut_doc_free) {
        if (open_ == nullptr) {
            throw std::invalid_argument("the case is no JSON");
        }
        reviews_ = yyjson_mut_obj_get(yyjson_mut_doc_get_root(open_.get()), "reviews");
    }

    /// Which it is: who claims the next one does not name it.
    [[nodiscard]] std::optional<Uuid> id() const {
        return id_of(yyjson_mut_obj_get(yyjson_mut_doc_get_root(open_.get()), "id"));
    }
    /// Whose session it is; it is not shown.
    [[nodiscard]] std::optional<Uuid> take_person() {
        return id_of(yyjson_mut_obj_remove_key(yyjson_mut_doc_get_root(open_.get()), "person"));
    }
    [[nodiscard]] std::size_t reviews() const { return yyjson_mut_arr_size(reviews_); }
    /// The key of a review's notes; nothing where it has none. It is not shown.
    [[nodiscard]] std::optional<Uuid> take_key(std::size_t index) {
        return id_of(
            yyjson_mut_obj_remove_key(yyjson_mut_arr_get(reviews_, index), "encryption_key_id"));
    }
    /// Whose review it is.
    [[nodiscard]] std::optional<Uuid> clinician(std::size_t index) const {
        return id_of(yyjson_mut_obj_get(yyjson_mut_arr_get(reviews_, index), "clinician_id"));
    }
    [[nodiscard]] std::string_view notes(std::size_t index) const {
        yyjson_mut_val* value =
            yyjson_mut_obj_get(yyjson_mut_arr_get(reviews_, index), "clinician_notes");
        return {yyjson_mut_get_str(value), yyjson_mut_get_len(value)};
    }
    void open_notes(std::size_t index, std::string_view plain) {
        yyjson_mut_obj_put(yyjson_mut_arr_get(reviews_, index),
                           yyjson_mut_str(open_.get(), "clinician_notes"),
                           yyjson_mut_strncpy(open_.get(), plain.data(), plain.size()));
    }
    [[nodiscard]] std::string json() const {
        std::size_t size = 0;
        const std::unique_ptr<char, decltype(&std::free)> text(
            yyjson_mut_write(open_.get(), YYJSON_WRITE_NOFLAG, &size), &std::free);
        return {text.get(), size};
    }

  private:
    static std::optional<Uuid> id_of(yyjson_mut_val* value) {
        return yyjson_mut_is_str(value) ? parse_uuid(yyjson_mut_get_str(value)) : std::nullopt;
    }

    std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document_;
    std::unique_ptr<yyjson_mut_doc, decltype(&yyjson_mut_doc_free)> open_;
    yyjson_mut_val* reviews_ = nullptr;
};

asio::awaitable<std::expected<void, http::Problem>>
open_notes(Exchange& exchange, SealedCase& found, const Uuid& person) {
    for (std::size_t i = 0; i < found.reviews(); ++i) {
        const auto key_id = found.take_key(i);
        if (!key_id) {
            continue;
        }
        const auto key = co_await seal::key_of(exchange, *key_id, person);
        if (!key) {
            co_return std::unexpected(key.error());
        }
        const auto notes = seal::unseal_text(
            *key, binding(found.id().value(), person, found.clinician(i).value()), found.notes(i));
        if (!notes) {
            co_return std::unexpected(seal::does_not_open(exchange, notes.error()));
        }
        found.open_notes(i, *notes);
    }
    co_return std::expected<void, http::Problem>();
}

/// What the statement answers, which is a case where it is a success, with its notes opened.
asio::awaitable<Answer> answer_with_case(Exchange& exchange, const store::Answering& statement,
                                         std::optional<std::string> body) {
    auto result = co_await http::run_operation(exchange, statement, std::move(body));
    if (!result) {
        co_return std::unexpected(std::move(result.error()));
    }
    if ((result->status == 200 || result->status == 201) && result->body) {
        SealedCase found(*result->body);
        if (const auto person = found.take_person()) {
            if (auto opened = co_await open_notes(exchange, found, *person); !opened) {
                co_return std::unexpected(std::move(opened.error()));
            }
        }
        result->body = found.json();
    }
    co_return http::answer_of(std::move(*result));
}

template <const store::Answering& statement>
asio::awaitable<Answer> open_case(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return co_await answer_with_case(exchange, statement, std::nullopt);
}

asio::awaitable<Answer> put_assignment(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return co_await answer_with_case(exchange, sql::review::assign_case, exchange.request.body);
}

asio::awaitable<Answer> put_review(Exchange& exchange) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    http::JsonMembers body(exchange.request.body);
    const std::string action = body.text("clinician_action").value_or("");
    const std::optional<std::string> notes = body.text("clinician_notes");
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
        const seal::Binding place =
            binding(exchange.id(), person, *exchange.request.principal->actor.id);
        body.set("clinician_notes", seal::seal_text(*key, place, *notes));
        body.set("encryption_key_id", to_string(key->id));
    }
    const std::string_view also =
        body.flag("close_session").value_or(false) ? "\nclose_session" : "";
    body.set("mac", exchange.services.seal.hmac_hex(
                        "hitl_review", std::format("{}\n{}{}", action, notes.value_or(""), also)));
    co_return co_await answer_with_case(exchange, sql::review::review_case, body.json());
}

constexpr http::Policy access(std::string_view action) {
    return http::Policy::health(http::who::reviewers, http::scope::care, action, "hitl_escalations",
                                "review of a session by a clinician");
}

using enum http::Method;

constexpr std::array table{
    http::Route{get, "/v1/hitl-escalations", access("hitl_list"), http::no_body,
                http::list<sql::review::list_cases>},
    http::Route{post, "/v1/hitl-escalations/claims", access("hitl_claim_next"),
                http::no_body.with(http::Again::key), open_case<sql::review::claim_next_case>},
    http::Route{get, "/v1/hitl-escalations/{id}", access("hitl_read"), http::no_body,
                open_case<sql::review::get_case>},
    http::Route{put, "/v1/hitl-escalations/{id}/claim", access("hitl_claim"), http::no_body,
                open_case<sql::review::claim_case>},
    http::Route{remove, "/v1/hitl-escalations/{id}/claim", access("hitl_release"), http::no_body,
                http::operate<sql::review::release_case>},
    http::Route{put, "/v1/hitl-escalations/{id}/assignment", access("hitl_assign"), http::json_body,
                put_assignment},
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
