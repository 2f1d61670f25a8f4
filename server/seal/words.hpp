#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/application.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/seal/seal.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <expected>
#include <span>
#include <string>
#include <string_view>

/// Free texts of rows that are else figures and codes: sealed together, as one, in the column
/// sealed_words. Statements tell them sealed (haven_words in server/store/routines/answers.sql),
/// and they are opened in the answer.
namespace haven::seal {

/// A kind of row with such members.
struct Wordy {
    std::string_view purpose; ///< what they are sealed as
    std::span<const char* const> members;
};
extern const Wordy reflection_words;
extern const Wordy intent_words;

/// {"member": as it is in `json`, or null, ...}; nothing where each is null.
[[nodiscard]] std::string words_of(const Wordy& kind, std::string_view json);
[[nodiscard]] std::string sealed_words(const DataKey& key, const Wordy& kind, const Uuid& row_id,
                                       std::string_view words);

/// The body of a PUT below the session that it names: its words go, and what comes in their place
/// (sealed_words, encryption_key_id) only the person's key opens, in this row.
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, http::Problem>>
seal_words(http::Exchange& exchange, const Wordy& kind, std::string body);

/// An answer with what is sealed in it opened.
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, http::Problem>>
open_words(http::Exchange& exchange, std::string body);

[[nodiscard]] boost::asio::awaitable<http::Answer>
put_words(http::Exchange& exchange, const store::Answering& statement, const Wordy& kind);

/// The handler of such a PUT.
template <const store::Answering& statement, const Wordy& kind>
[[nodiscard]] boost::asio::awaitable<http::Answer> put_with_words(http::Exchange& exchange) {
    return put_words(exchange, statement, kind);
}

} // namespace haven::seal
