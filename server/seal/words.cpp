#include "server/seal/words.hpp"

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/log.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/user_keys.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_seal.hpp>

#include <boost/asio/awaitable.hpp>

#include <yyjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::seal {

namespace asio = boost::asio;
using http::Answer;
using http::Exchange;
using http::JsonMembers;
using http::Problem;

namespace {

constexpr std::array reflection_members{
    "recurring_themes",     "emotional_tone", "action_items",
    "unresolved_questions", "agent_summary",  "next_session_recommendation",
};
constexpr std::array intent_members{"contraindications", "recommended_techniques"};

} // namespace

const Wordy reflection_words{.purpose = "reflection_words", .members = reflection_members};
const Wordy intent_words{.purpose = "intent_words", .members = intent_members};

namespace {

/// How haven_with_words begins what it tells. A text of anybody's has a backslash before its
/// quotation marks; a member of this name, which programs may tell, does not open and stays.
constexpr std::string_view mark = R"("sealed_words": ")";

/// "PURPOSE ROW PERSON KEY BASE64"
struct Sealed {
    std::string_view purpose;
    Uuid row_id;
    Uuid user_id;
    Uuid key_id;
    std::string_view bytes_base64;
};

std::optional<Sealed> parts_of(std::string_view told) {
    std::array<std::string_view, 4> parts;
    for (std::string_view& part : parts) {
        part = told.substr(0, told.find(' '));
        told.remove_prefix(std::min(told.size(), part.size() + 1));
    }
    const auto row = parse_uuid(parts[1]);
    const auto person = parse_uuid(parts[2]);
    const auto key = parse_uuid(parts[3]);
    const bool known = parts[0] == reflection_words.purpose || parts[0] == intent_words.purpose;
    if (!known || !row || !person || !key) {
        return std::nullopt;
    }
    return Sealed{.purpose = parts[0],
                  .row_id = *row,
                  .user_id = *person,
                  .key_id = *key,
                  .bytes_base64 = told};
}

/// Keys that one answer needs: a person has one, or one more after it was exchanged.
class Keys {
  public:
    explicit Keys(Exchange& exchange) : exchange_(exchange) {}

    /// Null where there is none. Of what only looks like sealed words few are looked for.
    asio::awaitable<std::expected<const DataKey*, Problem>> find(Uuid id, Uuid user_id) {
        const auto known = std::ranges::find_if(
            all_, [&](const auto& key) { return key->id == id && key->user_id == user_id; });
        if (known != all_.end()) {
            co_return known->get();
        }
        if (misses_ == misses_max) {
            co_return nullptr;
        }
        auto key = co_await find_key(exchange_, id, user_id);
        if (!key) {
            co_return std::unexpected(std::move(key.error()));
        }
        if (!*key) {
            ++misses_;
            co_return nullptr;
        }
        all_.push_back(std::make_unique<DataKey>(std::move(**key)));
        co_return all_.back().get();
    }

  private:
    static constexpr int misses_max = 16;
    Exchange& exchange_;
    int misses_ = 0;
    std::vector<std::unique_ptr<DataKey>> all_;
};

/// Its members, or nothing, which is logged: it stays as it is in the answer.
std::optional<std::string> opened_words(const Exchange& exchange, const DataKey* key,
                                        const std::optional<Sealed>& sealed) {
    if (!sealed) { // of a program's own
        return std::nullopt;
    }
    if (key == nullptr) {
        log::error("words_not_opened", {{"request_id", exchange.request.id}});
        return std::nullopt;
    }
    const auto words = unseal_text(
        *key, {.purpose = sealed->purpose, .row_id = sealed->row_id, .user_id = sealed->user_id},
        sealed->bytes_base64);
    if (!words) {
        (void)does_not_open(exchange, words.error());
        return std::nullopt;
    }
    return words->substr(1, words->size() - 2); // without its braces
}

std::string text_of(yyjson_val* value) {
    std::size_t length = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &length), &std::free);
    return text ? std::string(text.get(), length) : "null";
}

} // namespace

std::string words_of(const Wordy& kind, std::string_view json) {
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(json.data(), json.size(), YYJSON_READ_NUMBER_AS_RAW), &yyjson_doc_free);
    std::string words;
    bool is_empty = true;
    for (const char* const member : kind.members) {
        yyjson_val* const value = yyjson_obj_get(yyjson_doc_get_root(document.get()), member);
        is_empty = is_empty && (value == nullptr || yyjson_is_null(value));
        words += std::format(R"({}"{}": {})", words.empty() ? "{" : ", ", member,
                             value == nullptr ? "null" : text_of(value));
    }
    return is_empty ? "" : words + "}";
}

std::string sealed_words(const DataKey& key, const Wordy& kind, const Uuid& row_id,
                         std::string_view words) {
    return seal_text(key, {.purpose = kind.purpose, .row_id = row_id, .user_id = key.user_id},
                     words);
}

asio::awaitable<std::expected<std::string, Problem>>
seal_words(Exchange& exchange, const Wordy& kind, std::string body) {
    const std::string words = words_of(kind, body);
    JsonMembers members(body);
    const auto session = parse_uuid(members.text("session_id").value_or(""));
    if (words.empty() || !session) {
        co_return std::move(body);
    }
    const auto rows = co_await exchange.query(sql::seal::person_of_session, *session);
    if (!rows) {
        co_return std::unexpected(http::problem_of(rows.error(), exchange.request.id));
    }
    if (rows->empty()) { // the statement says so
        co_return std::move(body);
    }
    const auto key = co_await user_key(exchange, rows->front().get<Uuid>("user_id"));
    if (!key) {
        co_return std::unexpected(key.error());
    }
    for (const char* const member : kind.members) {
        members.remove(member);
    }
    members.set("sealed_words", sealed_words(*key, kind, exchange.id(), words));
    members.set("encryption_key_id", to_string(key->id));
    members.set("words_mac", exchange.services.seal.hmac_hex(kind.purpose, words));
    co_return members.json();
}

asio::awaitable<std::expected<std::string, Problem>> open_words(Exchange& exchange,
                                                                std::string body) {
    std::size_t at = body.find(mark);
    if (at == body.npos) {
        co_return std::move(body);
    }
    Keys keys(exchange);
    std::string opened;
    std::size_t done = 0;
    for (; at != body.npos; at = body.find(mark, done)) {
        const std::size_t begin = at + mark.size();
        const std::size_t end = body.find('"', begin);
        const auto sealed = parts_of(std::string_view(body).substr(begin, end - begin));
        std::expected<const DataKey*, Problem> key = nullptr;
        if (sealed) {
            key = co_await keys.find(sealed->key_id, sealed->user_id);
        }
        if (!key) {
            co_return std::unexpected(key.error());
        }
        const auto words = opened_words(exchange, *key, sealed);
        opened.append(body, done, (words ? at : end + 1) - done);
        opened += words.value_or("");
        done = end + 1;
    }
    opened.append(body, done);
    co_return std::move(opened);
}

asio::awaitable<Answer> put_words(Exchange& exchange, const store::Answering& statement,
                                  const Wordy& kind) {
    if (auto checked = http::check_request(exchange); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    auto body = co_await seal_words(exchange, kind, std::move(exchange.request.body));
    if (!body) {
        co_return std::unexpected(std::move(body.error()));
    }
    co_return co_await http::answer_with(exchange, statement, std::move(*body));
}

} // namespace haven::seal
