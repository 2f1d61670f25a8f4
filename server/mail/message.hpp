#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// E-mail messages as they are sent (RFC 5322, MIME). Pure.
namespace haven::mail {

/// Who sends: "Name <address>", or an address alone.
struct From {
    std::string name;
    std::string address; ///< as it is sent: its domain in ASCII
};

/// Nothing where it is no such text.
[[nodiscard]] std::optional<From> parse_from(std::string_view text);

struct Message {
    std::string id;      ///< what stands before the @ of its Message-ID
    std::string from;    ///< of the envelope
    std::string to;      ///< of the envelope: its domain in ASCII
    std::string content; ///< headers and body, lines of at most 998 bytes that end in CRLF
};

struct Contents {
    std::string id;
    std::string to; ///< as it is kept
    std::string subject;
    std::string body; ///< lines end in \n
    std::chrono::sys_seconds now;
    std::string unsubscribe_url = {}; ///< https, of RFC 8058's one click; or empty
};

/// Nothing where the recipient's address cannot be one. In ASCII (quoted-printable, encoded words)
/// but for an address whose name is not: that needs a server that knows SMTPUTF8 (RFC 6531, 6532).
/// No text, whatever is in it, begins another header.
[[nodiscard]] std::optional<Message> compose(const From& from, const Contents& contents);

} // namespace haven::mail
