#pragma once

#include "net/outbox/outbox.hpp"
#include "net/uploader/http_client.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

/// What an answer means for the request it answers. A network's sign-in page, a proxy, a cache or a
/// server that is being replaced may answer in Haven's place, with any status: such an answer
/// settles nothing.
namespace haven::uploader {

using Sha256 = std::array<std::byte, 32>;
[[nodiscard]] Sha256 sha256_of(std::string_view bytes);
/// RFC 9530: "Content-Digest: sha-256=:...:".
[[nodiscard]] std::string content_digest_header(const Sha256& digest);

/// What an answer must speak of to be the answer to it.
struct Sent {
    outbox::RequestKind kind = outbox::RequestKind::session;
    std::string method = "PUT";
    std::string path;
    std::size_t body_bytes = 0;
    Sha256 sha256{}; ///< of the body
};

enum class Verdict : std::uint8_t {
    acknowledged,   ///< Haven's receipt for this very body
    retry,          ///< the server's trouble, or too many requests
    not_haven,      ///< something between here and the server answered, or an older Haven
    smaller_server, ///< 413: the server is set to take less than this
    token_refused,  ///< 401
    no_consent,     ///< 403 for a trace: to its being kept, or to anything; judge_motion_consent()
    gone,           ///< 410: its person deleted it, or what it stands below
    refused,        ///< Haven says that it is never going to be taken
};
[[nodiscard]] Verdict judge(const Sent& sent, const HttpResponse& response);

/// Who bears the token, if that is what Haven answered to the question. Otherwise the verdict on
/// the answer: token_refused also where the token is not a person's.
[[nodiscard]] std::expected<outbox::Account, Verdict> judge_bearer(const HttpResponse& response);

/// Whether the person agrees to their motion being kept, if that is what Haven answered to the
/// question. Otherwise the verdict on the answer.
[[nodiscard]] std::expected<bool, Verdict> judge_motion_consent(const HttpResponse& response);

/// What was said, in one line, for a person to read.
[[nodiscard]] std::string reason_of(const Sent& sent, const HttpResponse& response);

} // namespace haven::uploader
