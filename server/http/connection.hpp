#pragma once

// The only header with Beast in it; serve_plain.cpp and serve_tls.cpp alone include it.

#include "server/http/byte_budget.hpp"
#include "server/http/listener.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/security_log.hpp"
#include "server/http/streamed_body.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace haven::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using BodyParser = beast::http::request_parser<beast::http::buffer_body>;
using ErrorCode = boost::system::error_code;
constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

using Message = beast::http::response<beast::http::string_body>;

constexpr std::size_t read_bytes = std::size_t{16} << 10U;
constexpr std::size_t write_bytes = std::size_t{64} << 10U;
constexpr std::size_t discarded_bytes_max = std::size_t{4} << 20U;
constexpr std::size_t parser_padding_bytes = 64; // simdjson reads so far behind the end

/// RFC 9112 9.3, C.2.2: what a connection does after an answer. A client of HTTP/1.0 goes on with
/// it once it is told that it may.
enum class Persistence : std::uint8_t { ends, persists, persists_once_told };

// Pure helpers, in connection.cpp.
[[nodiscard]] std::string new_request_id();
[[nodiscard]] std::optional<Problem> read_head(const BodyParser& parser, RequestHead& head);
/// As all its Connection fields say.
[[nodiscard]] Persistence persistence_of(const BodyParser& parser);
/// Whom the connection speaks for in this request.
[[nodiscard]] ClientAddress client_of(const BodyParser& parser, const asio::ip::address& peer,
                                      const TrustedProxies& proxies);
/// Nothing where there is nobody left to tell.
[[nodiscard]] std::optional<Problem> problem_of_parse_error(const ErrorCode& error);
[[nodiscard]] Message to_beast(Response&& response, const std::string& request_id,
                               Persistence persistence);
/// One chunk of a chunked body (RFC 9112 7.1); an empty one ends it.
[[nodiscard]] std::string chunk_of(std::string_view piece);
/// Whether the other side has said that nothing more comes from it.
[[nodiscard]] bool has_hung_up(asio::ip::tcp::socket& socket);
/// RFC 9112 2.2: empty lines before a request are nothing; so many bytes of them to be dropped.
[[nodiscard]] std::size_t empty_lines(std::string_view bytes);
/// (server/http/application.hpp)
[[nodiscard]] ByteBudget::Holder holder_of(const Request& request);
/// Cancels what the socket does when the time is over; the operation then fails with
/// operation_aborted.
void arm_deadline(const std::shared_ptr<Connection>& connection, std::chrono::milliseconds time);
void disarm_deadline(Connection& connection);

/// The requests of one connection, one after the other.
template <typename Stream>
class Conversation {
  public:
    Conversation(Listener& listener, std::shared_ptr<Connection> connection, Stream& stream)
        : listener_(listener), connection_(std::move(connection)), stream_(stream),
          buffer_(listener.limits().header_bytes_max + read_bytes) {}

    asio::awaitable<void> run() {
        while (co_await first_bytes_come()) {
            started_ = std::chrono::steady_clock::now();
            Request request{.id = new_request_id()};
            request.connection = connection_.get();
            connection_->enter(Phase::head);
            const bool go_on = co_await one_request(request);
            if (!go_on) {
                break;
            }
        }
    }

  private:
    asio::awaitable<bool> first_bytes_come() {
        if (request_begins()) {
            co_return true;
        }
        using namespace std::chrono_literals;
        connection_->enter(Phase::idle);
        arm_deadline(connection_, listener_.stopping() ? 1000ms : listener_.limits().idle_time_max);
        ErrorCode error;
        while (!error && !request_begins()) {
            auto [failed, bytes] =
                co_await stream_.async_read_some(buffer_.prepare(read_bytes), use_tuple);
            buffer_.commit(bytes);
            error = failed;
        }
        disarm_deadline(*connection_);
        co_return !error;
    }

    /// Whether more has come than empty lines, and the half of one.
    [[nodiscard]] bool request_begins() {
        buffer_.consume(empty_lines(buffered()));
        return !buffered().empty() && buffered() != "\r";
    }

    [[nodiscard]] std::string_view buffered() const {
        return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
    }

    /// False when the connection is to end.
    asio::awaitable<bool> one_request(Request& request) {
        BodyParser parser;
        parser.header_limit(static_cast<std::uint32_t>(listener_.limits().header_bytes_max));
        parser.body_limit(boost::none); // the route says how much: before reading, with 413
        arm_deadline(connection_, listener_.limits().header_time_max);
        const ErrorCode error = co_await read_header(parser);
        disarm_deadline(*connection_);
        request.head.client_ip = connection_->client.ip;
        request.head.client_network = connection_->client.network;
        if (error) {
            if (connection_->given_up) {
                co_return false;
            }
            if (connection_->timed_out) {
                co_await refuse(request, header_timeout());
            } else if (const auto problem = problem_of_parse_error(error)) {
                co_await refuse(request, *problem);
            }
            co_return false;
        }
        const ClientAddress client = client_of(parser, connection_->peer, listener_.proxies());
        request.head.client_ip = client.ip;
        request.head.client_network = client.network;
        if (auto problem = read_head(parser, request.head)) {
            co_await refuse(request, *problem);
            co_return false;
        }
        persistence_ = persistence_of(parser);
        takes_chunks_ = parser.get().version() == 11;
        connection_->enter(Phase::answering);
        const auto admitted = co_await listener_.service().admit(request);
        if (!admitted) {
            co_return co_await refuse_unread(request, admitted.error());
        }
        co_return co_await with_body(request, parser);
    }

    /// The header section. A line that has come whole and is no request line to the parser yet is
    /// none: the parser waits for as many bytes as a version has.
    asio::awaitable<ErrorCode> read_header(BodyParser& parser) {
        while (true) {
            ErrorCode error;
            buffer_.consume(parser.put(buffer_.data(), error));
            if (error != beast::http::error::need_more) {
                co_return error;
            }
            if (parser.get().target().empty() && buffered().contains('\n')) {
                co_return beast::http::error::bad_version;
            }
            auto [failed, bytes] =
                co_await stream_.async_read_some(buffer_.prepare(read_bytes), use_tuple);
            buffer_.commit(bytes);
            if (failed) {
                co_return failed;
            }
        }
    }

    asio::awaitable<bool> with_body(Request& request, BodyParser& parser) {
        // Of a chunked body nothing is known but what the route allows.
        const std::size_t length =
            request.head.chunked
                ? request.body_bytes_max
                : static_cast<std::size_t>(request.head.content_length.value_or(0));
        if (length > 0) {
            connection_->enter(Phase::body);
            auto room = co_await listener_.budget().acquire(length * request.body_copies,
                                                            listener_.limits().admission_wait_max,
                                                            holder_of(request));
            if (!room) {
                co_return !connection_->given_up &&
                    co_await refuse_unread(request, unavailable(std::chrono::seconds(2)));
            }
            request.room.emplace(std::move(*room));
            if (auto problem = co_await read_body(request, parser, length)) {
                request.room.reset();
                if (!connection_->given_up) {
                    co_await refuse(request, *problem);
                }
                co_return false;
            }
            request.room->shrink_to(request.body.size() * request.body_copies);
        }
        connection_->enter(Phase::answering);
        Response response = co_await listener_.service().answer(request);
        request.body = {};
        if (request.room && request.room->bytes() > response.body.size()) {
            request.room->shrink_to(response.body.size());
        }
        co_return co_await send(request, std::move(response), true);
    }

    asio::awaitable<std::optional<Problem>> read_body(Request& request, BodyParser& parser,
                                                      std::size_t length) {
        request.body.reserve(length + parser_padding_bytes);
        request.body.resize_and_overwrite(length, [](char*, std::size_t size) { return size; });
        body_begins_ = std::chrono::steady_clock::now();
        if (request.head.expects_continue) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            (void)co_await asio::async_write(stream_, asio::buffer(go_on), use_tuple);
        }
        ErrorCode error;
        const std::size_t bytes = request.head.chunked
                                      ? co_await read_chunked(request.body, parser, error)
                                      : co_await read_plain(request.body, error);
        disarm_deadline(*connection_);
        if (!error) {
            request.body.resize(bytes);
            co_return std::nullopt;
        }
        if (connection_->timed_out) {
            co_return Problem{.type = ProblemType::request_timeout,
                              .detail = "The body stopped coming. Send the request again."};
        }
        if (error == beast::http::error::body_limit) {
            co_return Problem{.type = ProblemType::content_too_large,
                              .detail = "The body is longer than is taken here."};
        }
        if (const auto problem = problem_of_parse_error(error)) {
            co_return problem;
        }
        co_return Problem{.type = ProblemType::malformed, .detail = "The body ended too early."};
    }

    /// What has come, or gone, earns the time for more: a body moves at a least average rate, or
    /// not at all.
    void arm_body_deadline(std::size_t have, std::chrono::milliseconds behind_max) {
        using std::chrono::milliseconds;
        const milliseconds earned(have * 1000 / listener_.limits().body_rate_min_bytes_per_s);
        const auto late = body_begins_ + behind_max + earned;
        const auto left = late - std::chrono::steady_clock::now();
        arm_deadline(connection_, std::chrono::ceil<milliseconds>(left));
    }

    /// A body of known length goes from the socket to where it is parsed, without another stop.
    asio::awaitable<std::size_t> read_plain(std::string& body, ErrorCode& error) {
        std::size_t have = asio::buffer_copy(asio::buffer(body), buffer_.data());
        buffer_.consume(have);
        while (have < body.size()) {
            arm_body_deadline(have, listener_.limits().body_progress_time_max);
            auto [failed, bytes] = co_await stream_.async_read_some(
                asio::buffer(body.data() + have, body.size() - have), use_tuple);
            have += bytes;
            if (failed) {
                error = failed;
                co_return have;
            }
        }
        co_return have;
    }

    asio::awaitable<std::size_t> read_chunked(std::string& body, BodyParser& parser,
                                              ErrorCode& error) {
        std::size_t have = 0;
        while (!parser.is_done()) {
            parser.get().body() = {
                .data = body.data() + have, .size = body.size() - have, .more = true};
            arm_body_deadline(have, listener_.limits().body_progress_time_max);
            auto [failed, ignored] =
                co_await beast::http::async_read_some(stream_, buffer_, parser, use_tuple);
            have = body.size() - parser.get().body().size;
            if (failed == beast::http::error::need_buffer) {
                if (have == body.size() && !parser.is_done()) {
                    error = beast::http::error::body_limit;
                    co_return have;
                }
            } else if (failed) {
                error = failed;
                co_return have;
            }
        }
        co_return have;
    }

    /// Answers what cannot be read on from, and ends the connection.
    asio::awaitable<void> refuse(Request& request, const Problem& problem) {
        request.refused = event_of(problem);
        (void)co_await send(request, to_response(problem, request.id), false);
        co_await discard_rest();
    }

    /// Answers before the body was read. Without a body the connection is as good as before.
    asio::awaitable<bool> refuse_unread(Request& request, const Problem& problem) {
        request.refused = event_of(problem);
        const bool body_follows =
            request.head.chunked || request.head.content_length.value_or(0) > 0;
        const bool go_on = co_await send(request, to_response(problem, request.id), !body_follows);
        if (body_follows && !request.head.expects_continue) {
            co_await discard_rest();
        }
        co_return go_on;
    }

    /// False when the connection is to end.
    asio::awaitable<bool> send(const Request& request, Response response, bool may_go_on) {
        const bool goes_on = may_go_on && !listener_.stopping();
        const Persistence persistence = goes_on ? persistence_ : Persistence::ends;
        const int status = response.status;
        response.headers.insert(response.headers.end(), request.answer_fields.begin(),
                                request.answer_fields.end());
        listener_.service().complete(request, response);
        const std::string_view constant = response.constant_body;
        const std::shared_ptr<StreamedBody> pieces = response.stream;
        const bool ends = persistence == Persistence::ends || (pieces && !takes_chunks_);
        Message message =
            to_beast(std::move(response), request.id, ends ? Persistence::ends : persistence);
        if (pieces && takes_chunks_) {
            message.chunked(true);
        }
        connection_->enter(Phase::body);
        const std::string_view body = constant.empty() ? message.body() : constant;
        ErrorCode error = co_await write(
            message, request.head.method == "HEAD" ? std::string_view() : body, pieces == nullptr);
        if (!error && pieces && request.head.method != "HEAD") {
            error = co_await write_pieces(*pieces);
        }
        disarm_deadline(*connection_);
        listener_.service().answered(request, status, std::chrono::steady_clock::now() - started_);
        co_return !error && !ends && !listener_.stopping();
    }

    /// Each piece has its time to be taken; between them the connection may wait for as long as it
    /// likes.
    asio::awaitable<ErrorCode> write_pieces(StreamedBody& pieces) {
        while (true) {
            disarm_deadline(*connection_);
            const auto piece = co_await pieces.next();
            if (connection_->given_up || has_hung_up(connection_->socket)) {
                co_return beast::http::error::end_of_stream;
            }
            if (piece && piece->empty()) {
                continue;
            }
            if (!piece && !takes_chunks_) {
                co_return ErrorCode();
            }
            const std::string bytes = takes_chunks_ ? chunk_of(piece.value_or("")) : *piece;
            body_begins_ = std::chrono::steady_clock::now();
            arm_body_deadline(0, listener_.limits().write_progress_time_max);
            const auto [error, sent] =
                co_await asio::async_write(stream_, asio::buffer(bytes), use_tuple);
            if (error || !piece) {
                co_return error;
            }
        }
    }

    /// Not `whole`: the head alone, and what comes after it is another's.
    asio::awaitable<ErrorCode> write(Message& message, std::string_view body, bool whole) {
        const auto behind_max = listener_.limits().write_progress_time_max;
        body_begins_ = std::chrono::steady_clock::now();
        arm_body_deadline(0, behind_max);
        if (whole && body.data() == message.body().data() && body.size() <= write_bytes) {
            co_return std::get<0>(co_await beast::http::async_write(stream_, message, use_tuple));
        }
        beast::http::response_serializer<beast::http::string_body> head(message);
        head.split(true);
        ErrorCode error =
            std::get<0>(co_await beast::http::async_write_header(stream_, head, use_tuple));
        for (std::size_t sent = 0; !error && sent < body.size(); sent += write_bytes) {
            arm_body_deadline(sent, behind_max);
            const asio::const_buffer piece = asio::buffer(body.substr(sent, write_bytes));
            error = std::get<0>(co_await asio::async_write(stream_, piece, use_tuple));
        }
        co_return error;
    }

    /// Closing with unread bytes makes the kernel reset the connection, and the answer with it:
    /// read a little on.
    asio::awaitable<void> discard_rest() {
        using namespace std::chrono_literals;
        ErrorCode ignored;
        (void)connection_->socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        arm_deadline(connection_, 2000ms);
        buffer_.consume(buffer_.size());
        for (std::size_t discarded = 0; discarded < discarded_bytes_max;) {
            auto [error, bytes] = co_await connection_->socket.async_read_some(
                buffer_.prepare(read_bytes), use_tuple);
            if (error) {
                break;
            }
            discarded += bytes;
        }
        disarm_deadline(*connection_);
    }

    [[nodiscard]] static Problem header_timeout() {
        return {.type = ProblemType::request_timeout,
                .detail = "The header fields stopped coming. Send the request again."};
    }

    Listener& listener_;
    std::shared_ptr<Connection> connection_; // shared with the handler of its deadline
    Stream& stream_;
    beast::flat_buffer buffer_;
    Persistence persistence_ = Persistence::ends; ///< as the request's client wants it
    bool takes_chunks_ = false;                   ///< it speaks HTTP/1.1
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point body_begins_;
};

} // namespace haven::http
