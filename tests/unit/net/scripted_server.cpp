#include "scripted_server.hpp"

#include "net/uploader/answer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The first request in the buffer, taken out of it, once it is there whole.
std::optional<ScriptedServer::Seen> take_request(std::string& buffer) {
    const std::size_t head_end = buffer.find("\r\n\r\n");
    if (head_end == std::string::npos) {
        return std::nullopt;
    }
    ScriptedServer::Seen seen;
    const std::string_view head = std::string_view(buffer).substr(0, head_end);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t blank = line.find(' ');
    seen.method = line.substr(0, blank);
    seen.path = line.substr(blank + 1, line.rfind(' ') - blank - 1);
    for (std::size_t at = line.size(); at < head.size();) {
        at += 2;
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::string_view header = head.substr(at, end - at);
        const std::size_t colon = header.find(':');
        seen.headers[lower(std::string(header.substr(0, colon)))] =
            header.substr(std::min(colon + 2, header.size()));
        at = end;
    }
    const auto length = seen.headers.find("content-length");
    const std::size_t body_size = length == seen.headers.end() ? 0 : std::stoul(length->second);
    if (buffer.size() < head_end + 4 + body_size) {
        return std::nullopt;
    }
    seen.body = buffer.substr(head_end + 4, body_size);
    buffer.erase(0, head_end + 4 + body_size);
    return seen;
}

void send_answer(int connection, const ScriptedServer::Answer& answer) {
    std::string text = std::format("HTTP/1.1 {} Scripted\r\nContent-Length: {}\r\n", answer.status,
                                   answer.body.size());
    for (const std::string& header : answer.headers) {
        text += header + "\r\n";
    }
    text += "\r\n" + answer.body;
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t sent = send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return; // the client has gone, as a test may want it to
        }
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool wants_receipt(const ScriptedServer::Answer& answer, const ScriptedServer::Seen& request) {
    return request.method == "PUT" && answer.status / 100 == 2 && answer.body.empty() &&
           answer.headers.empty() && !answer.bare;
}

} // namespace

ScriptedServer::Answer ScriptedServer::receipt(const Seen& request, int status) {
    std::vector<std::string> parts; // v1, sessions, {id}, ...
    for (const auto part : std::views::split(request.path.substr(1), '/')) {
        parts.emplace_back(std::string_view(part));
    }
    const std::string id = parts.size() > 2 ? parts[2] : "";
    std::string digest;
    for (const std::byte value : uploader::sha256_of(request.body)) {
        digest += std::format("{:02x}", std::to_integer<unsigned>(value));
    }
    std::string more;
    if (parts.size() > 3 && parts[3] == "trace") {
        more = parts.size() > 4 ? std::format(R"(,"upload_offset":{},"complete":false)",
                                              std::stoul(parts[4]) + request.body.size())
                                : R"(,"upload_offset":9,"complete":true,"size_bytes":9)";
    }
    return {.status = status,
            .body = std::format(R"({{"id":"{}","sha256":"{}"{}}})", id, digest, more),
            .headers = {"Content-Type: application/json"}};
}

ScriptedServer::ScriptedServer(std::vector<Answer> script)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      end_event_(eventfd(0, EFD_CLOEXEC)), script_(script.begin(), script.end()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, length) != 0 || listen(listener_, 16) != 0 ||
        getsockname(listener_, generic, &length) != 0) {
        throw std::runtime_error("the scripted server has no port");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    eventfd_write(end_event_, 1);
    thread_.join();
    close(listener_);
    close(end_event_);
}

std::string ScriptedServer::url() const {
    return std::format("http://127.0.0.1:{}", port_);
}

std::vector<ScriptedServer::Seen> ScriptedServer::seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
}

std::vector<std::string> ScriptedServer::seen_paths() const {
    std::vector<std::string> paths;
    for (const Seen& request : seen()) {
        paths.push_back(request.path);
    }
    return paths;
}

std::size_t ScriptedServer::bearer_questions() const {
    const std::scoped_lock lock(mutex_);
    return bearer_questions_;
}

void ScriptedServer::become(std::string_view user, std::string_view server) {
    const std::scoped_lock lock(mutex_);
    user_id_ = user;
    server_id_ = server;
}

void ScriptedServer::release() {
    {
        const std::scoped_lock lock(mutex_);
        released_ = true;
    }
    changed_.notify_all();
}

bool ScriptedServer::wait_readable(int descriptor) const {
    std::array<pollfd, 2> watched{pollfd{.fd = descriptor, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = end_event_, .events = POLLIN, .revents = 0}};
    poll(watched.data(), watched.size(), -1);
    return watched[1].revents == 0;
}

void ScriptedServer::serve() {
    while (wait_readable(listener_)) {
        const int connection = accept(listener_, nullptr, nullptr);
        if (connection >= 0) {
            serve_connection(connection);
            close(connection);
        }
    }
}

ScriptedServer::Answer ScriptedServer::next_answer(Seen request) {
    std::unique_lock lock(mutex_);
    Answer answer;
    if (request.method == "GET" && request.path == "/v1/auth/tokens/current") {
        ++bearer_questions_;
        if (!script_.empty() && script_.front().for_bearer) {
            answer = std::move(script_.front());
            script_.pop_front();
            return answer;
        }
        return {.body = std::format(R"({{"server_id":"{}","bearer":"user","bearer_id":"{}"}})",
                                    server_id_, user_id_),
                .headers = {"Content-Type: application/json"}};
    }
    if (!script_.empty()) {
        answer = std::move(script_.front());
        script_.pop_front();
    }
    if (wants_receipt(answer, request)) {
        const Answer stored = receipt(request, answer.status);
        answer.body = stored.body;
        answer.headers = stored.headers;
    }
    seen_.push_back(std::move(request));
    changed_.wait(lock, [&] { return !answer.hold || released_ || ending_; });
    return answer;
}

/// A piece's pause, which the server's end cuts short. What the kernel takes ahead is as little.
void ScriptedServer::take_slowly(int connection) const {
    constexpr int ahead_bytes = 32768;
    constexpr int pause_ms = 10;
    setsockopt(connection, SOL_SOCKET, SO_RCVBUF, &ahead_bytes, sizeof ahead_bytes);
    pollfd end{.fd = end_event_, .events = POLLIN, .revents = 0};
    poll(&end, 1, pause_ms);
}

void ScriptedServer::serve_connection(int connection) {
    std::string buffer;
    std::array<char, 65536> bytes{};
    constexpr std::size_t small_piece = 16384;
    const bool slow = slow_;
    while (wait_readable(connection)) {
        if (slow) {
            take_slowly(connection);
        }
        const std::size_t piece = slow ? small_piece : bytes.size();
        const ssize_t count = recv(connection, bytes.data(), piece, 0);
        if (count <= 0) {
            return;
        }
        buffer.append(bytes.data(), static_cast<std::size_t>(count));
        while (auto request = take_request(buffer)) {
            const Answer answer = next_answer(*std::move(request));
            if (answer.hang_up) {
                return;
            }
            send_answer(connection, answer);
        }
    }
}

} // namespace haven::test
