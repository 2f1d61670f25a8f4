#include "tests/integration/scripted_scanner.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace haven::test {

namespace {

/// Nothing where it ends before.
std::optional<std::string> read_bytes(int socket, std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t have = 0; have < count;) {
        const ssize_t got = ::recv(socket, bytes.data() + have, count - have, 0);
        if (got <= 0) {
            return std::nullopt;
        }
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

/// The pieces up to the empty one.
std::optional<std::string> read_stream(int socket) {
    std::string whole;
    while (true) {
        const auto length = read_bytes(socket, 4);
        if (!length) {
            return std::nullopt;
        }
        std::uint32_t bytes = 0;
        for (const char c : *length) {
            bytes = bytes << 8U | static_cast<unsigned char>(c);
        }
        if (bytes == 0) {
            return whole;
        }
        const auto piece = read_bytes(socket, bytes);
        if (!piece) {
            return std::nullopt;
        }
        whole += *piece;
    }
}

} // namespace

ScriptedScanner::ScriptedScanner(std::filesystem::path socket, Manner manner)
    : path_(std::move(socket)), manner_(manner),
      socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path_.string(), std::span(address.sun_path).begin());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket_, 16) != 0) {
        throw std::runtime_error("no socket for the scanner at " + path_.string());
    }
    thread_ = std::jthread([this] {
        for (int client = ::accept(socket_, nullptr, nullptr); client >= 0;
             client = ::accept(socket_, nullptr, nullptr)) {
            serve(client);
            ::close(client);
        }
    });
}

ScriptedScanner::~ScriptedScanner() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
}

void ScriptedScanner::serve(int client) {
    if (manner_ == Manner::hangs_up) {
        return;
    }
    const auto command = read_bytes(client, 10);
    const auto stream =
        command == std::string("zINSTREAM\0", 10) ? read_stream(client) : std::nullopt;
    if (!stream) {
        ++faults_;
        return;
    }
    ++scans_;
    scanned_bytes_ += stream->size();
    std::string answer =
        stream->contains(mark) ? "stream: Eicar-Test-Signature FOUND" : "stream: OK";
    if (manner_ == Manner::refuses) {
        answer = "INSTREAM size limit exceeded. ERROR";
    }
    if (manner_ == Manner::says_nothing) {
        (void)read_bytes(client, 1); // until the other side has had enough
        return;
    }
    (void)::send(client, answer.c_str(), answer.size() + 1, MSG_NOSIGNAL);
}

} // namespace haven::test
