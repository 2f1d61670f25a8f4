#include "server/http/connection.hpp"

#include "server/http/address.hpp"
#include "server/http/listener.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/proxies.hpp"
#include "server/http/storable.hpp"

#include <boost/asio/ip/address_v6.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/rand.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {

using beast::http::field;

namespace {

constexpr std::array single_fields = {
    field::host,          field::content_length, field::transfer_encoding,
    field::authorization, field::content_type,   field::content_encoding};
constexpr std::size_t field_bytes_max = 512; // of those that are looked at

Problem malformed(std::string detail) {
    return {.type = ProblemType::malformed, .detail = std::move(detail)};
}

std::string text_of(const BodyParser::value_type& message, std::string_view name) {
    return storable_text(message[name], field_bytes_max);
}

/// RFC 3986: the characters of an address are ASCII; what stands for others is percent-encoded.
bool is_target(std::string_view target, std::string_view method) {
    return (target.starts_with('/') || (target == "*" && method == "OPTIONS")) &&
           std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// RFC 3986 3.2.2: "reg-name".
bool is_name(std::string_view name) {
    constexpr std::string_view others = "-._~!$&'()*+,;=";
    constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
    for (std::size_t at = 0; at < name.size(); ++at) {
        const char c = name[at];
        const bool percent = c == '%' && at + 2 < name.size() &&
                             hexadecimal.contains(name[at + 1]) &&
                             hexadecimal.contains(name[at + 2]);
        if (!percent && !is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
            !others.contains(c)) {
            return false;
        }
    }
    return !name.empty();
}

/// RFC 9110 7.2, in the form of RFC 3986: a name or an address, and perhaps a port. Empty is
/// allowed.
bool is_host(std::string_view host) {
    const bool in_brackets = host.starts_with('[');
    const std::size_t colon = host.find(':', in_brackets ? host.find(']') : 0);
    const std::string_view name = host.substr(0, colon);
    if (host.empty() || host.size() > 255 + 6) {
        return host.empty();
    }
    if (colon != std::string_view::npos && !std::ranges::all_of(host.substr(colon + 1), is_digit)) {
        return false;
    }
    if (!in_brackets) {
        return is_name(name);
    }
    ErrorCode error;
    (void)asio::ip::make_address_v6(std::string(name.substr(1, name.size() - 2)), error);
    return name.ends_with(']') && !error;
}

/// RFC 9112 3.2.2: a server takes "http://host/path" too, which a proxy is asked for; whom it names
/// stands for the Host field. The path of it, or what came where it is no such address.
std::string_view origin_form(std::string_view target, std::string_view method) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!beast::iequals(target.substr(0, scheme.size()), scheme)) {
            continue;
        }
        const std::string_view rest = target.substr(scheme.size());
        const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
        const std::string_view host = rest.substr(0, end);
        if (host.empty() || !is_host(host)) {
            return target;
        }
        if (end == rest.size()) {
            return method == "OPTIONS" ? "*" : "/"; // RFC 9112 3.2.4
        }
        return rest.substr(end);
    }
    return target;
}

/// Every field of this name, as one list.
std::string list_of(const BodyParser::value_type& message, std::string_view name,
                    std::string_view between = ",") {
    std::string list;
    const auto [first, last] = message.equal_range(name);
    for (auto one = first; one != last; ++one) {
        list += list.empty() ? "" : between;
        list += one->value();
    }
    return list;
}

/// RFC 9112 3.2: one Host, even an empty one; 6.1: an unknown transfer coding is a 501.
std::optional<Problem> check_framing(const BodyParser& parser) {
    const auto& message = parser.get();
    if (message.version() != 11 && message.version() != 10) {
        return malformed("Speak HTTP/1.1.");
    }
    if (message.version() == 11 && message.count(field::host) == 0) {
        return malformed("Send a Host field.");
    }
    if (message.count(field::host) > 0 && !is_host(message[field::host])) {
        return malformed("The Host field names no host.");
    }
    for (const field name : single_fields) {
        if (message.count(name) > 1) {
            return malformed("A field that may stand once was sent more than once.");
        }
    }
    const std::string_view coding = message[field::transfer_encoding];
    if (message.count(field::transfer_encoding) > 0 && !beast::iequals(coding, "chunked")) {
        return Problem{.type = ProblemType::not_implemented,
                       .detail = "The only transfer coding taken is chunked."};
    }
    if (message.version() == 10 && message.count(field::transfer_encoding) > 0) {
        return malformed("HTTP/1.0 has no transfer codings.");
    }
    return std::nullopt;
}

/// What a browser says of itself, and sends unasked.
std::optional<Problem> read_of_browser(const BodyParser::value_type& message, RequestHead& head) {
    for (const std::string_view name : {"Origin", "Sec-Fetch-Site", "X-CSRF-Token"}) {
        if (message.count(name) > 1) {
            return malformed("A field that may stand once was sent more than once.");
        }
    }
    head.host = text_of(message, "Host");
    head.origin = text_of(message, "Origin");
    head.fetch_site = text_of(message, "Sec-Fetch-Site");
    head.csrf_token = text_of(message, "X-CSRF-Token");
    head.cookies = list_of(message, "Cookie", "; "); // RFC 9113 8.2.3: they may have been parted
    return std::nullopt;
}

std::string http_date() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return std::format("{:%a, %d %b %Y %H:%M:%S} GMT", now);
}

} // namespace

std::string new_request_id() {
    std::array<unsigned char, 8> random{};
    (void)RAND_bytes(random.data(), static_cast<int>(random.size()));
    std::uint64_t number = 0;
    std::memcpy(&number, random.data(), sizeof number);
    return std::format("{:016x}", number);
}

std::optional<Problem> read_head(const BodyParser& parser, RequestHead& head) {
    const auto& message = parser.get();
    head.method = message.method_string();
    const std::string_view target = origin_form(message.target(), head.method);
    head.user_agent = text_of(message, "User-Agent");
    if (auto problem = check_framing(parser)) {
        return problem;
    }
    if (auto problem = read_of_browser(message, head)) {
        return problem;
    }
    if (!is_target(target, head.method)) {
        return malformed("Ask for a path: \"/v1/...\", percent-encoded where it is not ASCII.");
    }
    const std::size_t question = target.find('?');
    head.path = target.substr(0, question);
    head.query = question == std::string_view::npos ? "" : target.substr(question + 1);
    head.authorization = text_of(message, "Authorization");
    head.content_type = text_of(message, "Content-Type");
    head.content_encoding = text_of(message, "Content-Encoding");
    head.content_digest = text_of(message, "Content-Digest");
    head.if_match = list_of(message, "If-Match");
    head.if_none_match = list_of(message, "If-None-Match");
    head.last_event_id = text_of(message, "Last-Event-ID");
    if (message.count("Idempotency-Key") > 0) {
        head.idempotency_key = list_of(message, "Idempotency-Key");
    }
    head.chunked = parser.chunked();
    if (const auto length = parser.content_length()) {
        head.content_length = *length;
    }
    if (message.count(field::expect) > 0) {
        if (!beast::iequals(list_of(message, "Expect"), "100-continue")) {
            return Problem{.type = ProblemType::expectation_failed,
                           .detail = "The only expectation known is 100-continue."};
        }
        head.expects_continue = message.version() == 11;
    }
    return std::nullopt;
}

Persistence persistence_of(const BodyParser& parser) {
    const auto& message = parser.get();
    const std::string list = list_of(message, "Connection");
    beast::http::token_list options(list);
    if (options.exists("close")) {
        return Persistence::ends;
    }
    if (message.version() == 11) {
        return Persistence::persists;
    }
    return options.exists("keep-alive") ? Persistence::persists_once_told : Persistence::ends;
}

ClientAddress client_of(const BodyParser& parser, const asio::ip::address& peer,
                        const TrustedProxies& proxies) {
    const auto& message = parser.get();
    return proxies.client(peer, list_of(message, "Forwarded"), list_of(message, "X-Forwarded-For"));
}

std::string chunk_of(std::string_view piece) {
    return std::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

bool has_hung_up(asio::ip::tcp::socket& socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return !socket.is_open() ||
           ::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
           info.tcpi_state != TCP_ESTABLISHED;
}

std::size_t empty_lines(std::string_view bytes) {
    constexpr std::size_t lines_max = 8;
    std::size_t size = 0;
    for (std::size_t line = 0; line < lines_max && bytes.substr(size).starts_with("\r\n"); ++line) {
        size += 2;
    }
    return size;
}

std::optional<Problem> problem_of_parse_error(const ErrorCode& error) {
    using HttpError = beast::http::error;
    if (error == HttpError::header_limit || error == HttpError::buffer_overflow ||
        error == HttpError::header_field_name_too_large ||
        error == HttpError::header_field_value_too_large) {
        return Problem{.type = ProblemType::headers_too_large,
                       .detail = "Send fewer or shorter header fields."};
    }
    if (error == HttpError::end_of_stream || error == HttpError::partial_message ||
        error.category() != beast::http::make_error_code(HttpError::bad_method).category()) {
        return std::nullopt; // the peer has gone
    }
    return malformed("This is not HTTP/1.1 as RFC 9112 has it.");
}

Message to_beast(Response&& response, const std::string& request_id, Persistence persistence) {
    Message message;
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.set(field::date, http_date());
    message.set("X-Request-Id", request_id);
    if (!response.content_type.empty()) {
        message.set(field::content_type, response.content_type);
    }
    for (const auto& [name, value] : response.headers) {
        message.set(name, value);
    }
    message.keep_alive(persistence != Persistence::ends);
    if (persistence == Persistence::persists_once_told) {
        message.set(field::connection, "keep-alive");
    }
    if (response.status == 204 || response.status == 304) {
        return message; // no body, and no Content-Length (RFC 9110 8.6)
    }
    if (!response.constant_body.empty()) {
        message.content_length(response.constant_body.size());
        return message;
    }
    if (response.stream) {
        return message; // in chunks, or until the connection ends
    }
    message.body() = std::move(response.body);
    message.prepare_payload();
    return message;
}

void arm_deadline(const std::shared_ptr<Connection>& connection, std::chrono::milliseconds time) {
    connection->timed_out = false;
    const unsigned generation = ++connection->deadline_generation;
    connection->deadline.expires_after(time);
    connection->deadline.async_wait([connection, generation](const ErrorCode& error) {
        if (!error && connection->deadline_generation == generation) {
            ErrorCode ignored;
            connection->timed_out = true;
            (void)connection->socket.cancel(ignored);
        }
    });
}

void disarm_deadline(Connection& connection) {
    ++connection.deadline_generation;
    connection.deadline.cancel();
}

} // namespace haven::http
