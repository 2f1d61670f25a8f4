#pragma once

#include "bilateral/stroke.hpp"
#include "server/auth/principal.hpp"
#include "server/http/byte_budget.hpp"
#include "server/http/digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as the rest of the server sees it: plain values, no library.
namespace haven::http {

struct Route;                            // server/http/routes.hpp
enum class SecurityEvent : std::uint8_t; // server/http/security_log.hpp
class StreamedBody;                      // server/http/streamed_body.hpp

enum class Method : std::uint8_t { get, put, post, remove, patch };
[[nodiscard]] std::string_view to_string(Method method);
[[nodiscard]] std::optional<Method> parse_method(std::string_view name);

/// The head of a request: what is known, and decided on, before one byte of the body is taken. Its
/// texts are fit to be stored (server/http/storable.hpp).
struct RequestHead {
    std::string method; ///< as sent
    std::string path;   ///< before the '?', never decoded: no route holds anything that needs it
    std::string query;  ///< after the '?'
    std::string authorization;
    std::string content_type;
    std::string content_digest;
    std::string content_encoding;
    std::string if_match;
    std::string if_none_match;
    std::string last_event_id;
    std::optional<std::string> idempotency_key;
    std::string user_agent;
    std::string host;
    std::string origin;     ///< of the page whose script asks (RFC 6454)
    std::string fetch_site; ///< Sec-Fetch-Site: what the browser says of that page
    std::string cookies;    ///< "a=b; c=d"
    std::string csrf_token; ///< X-CSRF-Token
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool expects_continue = false;
    std::string client_ip;
    std::string client_network; ///< whose share it counts to (server/http/address.hpp)
};

/// What a POST that is carried out once is known by.
struct RequestKey {
    Digest key{};     ///< of the Idempotency-Key
    Digest request{}; ///< of what is asked for with it
};

/// A request on its way to a handler. Lives on the I/O thread.
struct Request {
    RequestHead head;
    std::string id;                      ///< named in problems and in the log
    std::string query_json = "{}";       ///< {"name":"text"}, held against the API's description
    const Route* route = nullptr;        ///< once one is found
    std::optional<Uuid> resource_id;     ///< what stood at the route's {id}
    std::vector<std::string> parameters; ///< what stood at its other {places}, in order
    std::size_t body_bytes_max = 0;      ///< what the route and the configuration allow
    std::optional<auth::Principal> principal; ///< always there where the policy asks for it
    std::string body;              ///< JSON, once read, in its one spelling (net/api/json.hpp)
    Digest received{};             ///< of the bytes that came, where the body is such JSON
    std::optional<RequestKey> key; ///< where it came with one
    std::vector<std::pair<std::string, std::string>> answer_fields; ///< of any answer to it
    std::size_t body_copies = 1;           ///< of the body, in memory at once while it is answered
    const void* connection = nullptr;      ///< that it came through
    std::optional<SecurityEvent> refused;  ///< as what it was refused
    std::optional<ByteBudget::Lease> room; ///< of what it holds in memory, until the answer is out
};

struct Response {
    int status = 200;
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    /// In place of the body: what lives as long as the program is sent from where it lies, so that
    /// it takes no room however many ask for it.
    std::string_view constant_body = {};
    /// In place of both: what comes piece after piece.
    std::shared_ptr<StreamedBody> stream = {};
};

[[nodiscard]] Response json(int status, std::string body);
[[nodiscard]] Response no_content();

/// What %XX and + stand for; nothing if that is badly written, or no text that could be stored.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// The value of `name` in a query string, percent-decoded; nothing if it is absent, badly encoded
/// or no text that could be stored.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

/// "text" with quotes, as JSON. Control characters are escaped, what is no UTF-8 becomes U+FFFD;
/// the rest is copied.
[[nodiscard]] std::string json_string(std::string_view text);

} // namespace haven::http
