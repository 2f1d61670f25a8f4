#pragma once

#include "server/http/application.hpp"
#include "server/http/json_members.hpp"
#include "server/http/operation.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/store/statement.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

/// The texts of artifacts and of their drafts, sealed.
namespace haven::artifacts {

/// What a text is sealed as: an artifact's, and a draft's. Each version is a part of its own.
inline constexpr std::string_view text_purpose = "artifact_text";
inline constexpr std::string_view draft_purpose = "artifact_draft";

/// What a body says with what it leaves out.
void complete(http::JsonMembers& body);

/// The text of a body goes; what comes in its place (content_encrypted, encryption_key_id) only its
/// owner's key opens, as that version.
[[nodiscard]] boost::asio::awaitable<std::expected<void, http::Problem>>
seal_text(http::Exchange& exchange, http::JsonMembers& body, std::string_view text,
          std::string_view purpose, std::int64_t version);

/// A text of the exchange's artifact, as it was sealed.
struct SealedText {
    std::string bytes_base64;
    std::string key_id;
    std::int64_t version;
};
[[nodiscard]] boost::asio::awaitable<std::expected<std::string, http::Problem>>
open_text(http::Exchange& exchange, SealedText sealed, std::string_view purpose);

/// What a statement answered, with its text in clear and, where it tells one, its entity-tag.
[[nodiscard]] boost::asio::awaitable<http::Answer>
answer_opened(http::Exchange& exchange, http::OperationResult result, std::string_view purpose);

/// The same of a statement that takes this body.
[[nodiscard]] boost::asio::awaitable<http::Answer>
answer_with_text(http::Exchange& exchange, const store::Answering& statement,
                 std::optional<std::string> body, std::string_view purpose);

/// The handler of a statement that reads a text.
[[nodiscard]] boost::asio::awaitable<http::Answer> read_with_text(http::Exchange& exchange,
                                                                  const store::Answering& statement,
                                                                  std::string_view purpose);

} // namespace haven::artifacts
