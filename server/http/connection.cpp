#include "server/http/connection.hpp"

#include "server/http/listener.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>

#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <chrono>
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

constexpr std::array single_fields = {field::host, field::content_length, field::transfer_encoding,
                                      field::authorization, field::content_type};
constexpr std::size_t user_agent_bytes_max = 512;

Problem malformed(std::string detail) {
    return {.type = ProblemType::malformed, .detail = std::move(detail)};
}

std::string text_of(const BodyParser::value_type& message, field name) {
    return std::string(message[name]);
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
    const std::string_view target = message.target();
    head.method = message.method_string();
    head.user_agent = text_of(message, field::user_agent).substr(0, user_agent_bytes_max);
    if (auto problem = check_framing(parser)) {
        return problem;
    }
    if (!target.starts_with('/') || target.find('#') != std::string_view::npos) {
        return malformed("Ask for a path: \"/v1/...\".");
    }
    const std::size_t question = target.find('?');
    head.path = target.substr(0, question);
    head.query = question == std::string_view::npos ? "" : target.substr(question + 1);
    head.authorization = text_of(message, field::authorization);
    head.content_type = text_of(message, field::content_type);
    head.content_digest = message["Content-Digest"];
    head.chunked = parser.chunked();
    if (const auto length = parser.content_length()) {
        head.content_length = *length;
    }
    if (message.count(field::expect) > 0) {
        if (!beast::iequals(message[field::expect], "100-continue")) {
            return Problem{.type = ProblemType::expectation_failed,
                           .detail = "The only expectation known is 100-continue."};
        }
        head.expects_continue = message.version() == 11;
    }
    return std::nullopt;
}

std::optional<Problem> problem_of_header_error(const ErrorCode& error) {
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

beast::http::response<beast::http::string_body>
to_beast(Response&& response, const std::string& request_id, bool keep_alive) {
    beast::http::response<beast::http::string_body> message;
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.set(field::date, http_date());
    message.set("X-Request-Id", request_id);
    message.set("X-Content-Type-Options", "nosniff");
    if (!response.content_type.empty()) {
        message.set(field::content_type, response.content_type);
    }
    for (const auto& [name, value] : response.headers) {
        message.set(name, value);
    }
    message.keep_alive(keep_alive);
    if (response.status == 204) {
        return message; // no body, and no Content-Length (RFC 9110 8.6)
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
