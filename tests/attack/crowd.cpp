#include "tests/attack/crowd.hpp"

#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/await.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int small_window = 4096; // of those who do not read

sockaddr_in loopback(std::uint32_t address, std::uint16_t port) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    place.sin_addr.s_addr = htonl(address);
    return place;
}

void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

template <typename Ask>
WriteTimes timed(std::size_t count, Ask ask) {
    constexpr int tries = 10;
    WriteTimes times;
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = Clock::now();
        bool done = false;
        for (int turn = 0; turn < tries && !done; ++turn) {
            done = ask();
        }
        times.seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
        times.failed += done ? 0 : 1;
    }
    std::ranges::sort(times.seconds);
    return times;
}

} // namespace

struct Crowd::Member {
    int socket = -1;
    std::size_t number = 0; ///< of its opening
    std::string waiting;    ///< not yet sent
    Clock::time_point speaks_at;
};

Crowd::Crowd(std::uint16_t port, CrowdPlan plan) : port_(port), plan_(std::move(plan)) {
    allow_many_descriptors();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        throw std::runtime_error("no pipe");
    }
    stop_read_ = ends[0];
    stop_write_ = ends[1];
    thread_ = std::thread([this] { run(); });
}

Crowd::~Crowd() {
    (void)!::write(stop_write_, "x", 1);
    thread_.join();
    ::close(stop_read_);
    ::close(stop_write_);
}

/// From an address of its own, without waiting for the other side.
void Crowd::call(Member& member) {
    member.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    (void)::setsockopt(member.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::setsockopt(member.socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (!plan_.reads) {
        (void)::setsockopt(member.socket, SOL_SOCKET, SO_RCVBUF, &small_window,
                           sizeof small_window);
    }
    constexpr std::uint32_t first = 0x7F01'0001; // 127.1.0.1
    const sockaddr_in from =
        loopback(first + static_cast<std::uint32_t>(made_ % plan_.addresses), 0);
    const sockaddr_in to = loopback(INADDR_LOOPBACK, port_);
    (void)::bind(member.socket, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    if (::connect(member.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
        errno != EINPROGRESS) {
        ::close(std::exchange(member.socket, -1));
        return;
    }
    member.number = made_++;
    member.waiting = plan_.opening(member.number);
}

void Crowd::speak(Member& member) {
    if (member.socket < 0) {
        call(member);
    } else if (member.waiting.empty()) {
        member.waiting = plan_.drip;
    }
    const bool has_much = !member.waiting.empty();
    while (member.socket >= 0 && !member.waiting.empty()) {
        const ssize_t sent =
            ::send(member.socket, member.waiting.data(), member.waiting.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            member.waiting.erase(0, static_cast<std::size_t>(sent));
            continue;
        }
        if (errno != EAGAIN && errno != ENOTCONN && errno != EINPROGRESS) {
            ::close(std::exchange(member.socket, -1));
        }
        break;
    }
    sent_ += has_much && member.waiting.empty() ? 1 : 0;
}

void Crowd::listen(Member& member) {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::recv(member.socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            ::close(std::exchange(member.socket, -1));
        }
        return;
    }
    ++answers_;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (plan_.asks_again && bytes.starts_with("HTTP/1.1 ") && member.waiting.empty()) {
        member.waiting = plan_.opening(made_++);
        speak(member);
    }
}

void Crowd::run() {
    std::vector<Member> members(plan_.connections);
    std::vector<pollfd> polled(members.size() + 1);
    while (true) {
        const auto now = Clock::now();
        auto wake = now + plan_.drip_every;
        for (std::size_t i = 0; i < members.size(); ++i) {
            Member& member = members[i];
            if (member.speaks_at <= now) {
                speak(member);
                member.speaks_at = now + plan_.drip_every;
            }
            wake = std::min(wake, member.speaks_at);
            const short wanted = static_cast<short>((plan_.reads ? POLLIN : 0) |
                                                    (member.waiting.empty() ? 0 : POLLOUT));
            polled[i] = {.fd = member.socket, .events = wanted, .revents = 0};
        }
        polled.back() = {.fd = stop_read_, .events = POLLIN, .revents = 0};
        const auto patience = std::chrono::ceil<std::chrono::milliseconds>(wake - now).count();
        if (::poll(polled.data(), polled.size(), static_cast<int>(patience)) < 0) {
            continue;
        }
        if (polled.back().revents != 0) {
            break;
        }
        for (std::size_t i = 0; i < members.size(); ++i) {
            const short came = polled[i].revents;
            if ((came & POLLOUT) != 0) {
                speak(members[i]);
            }
            if (members[i].socket >= 0 && (came & (POLLIN | POLLHUP | POLLERR)) != 0) {
                listen(members[i]);
            }
        }
    }
    for (const Member& member : members) {
        if (member.socket >= 0) {
            ::close(member.socket);
        }
    }
}

double WriteTimes::p99() const {
    const double place = std::ceil(0.99 * static_cast<double>(seconds.size()));
    return seconds.empty() ? 0 : seconds[static_cast<std::size_t>(place) - 1];
}

WriteTimes write_sessions(HttpClient& person, std::size_t count) {
    return timed(count, [&person, path = std::string()]() mutable {
        path = "/v1/sessions/" + new_id();
        return person.put(path, session_body()).status == 201;
    });
}

double write_bound_s(const WriteTimes& quiet) {
    return std::max(1.0 * slowness, 10 * quiet.p99());
}

WriteTimes write_sessions_within(HttpClient& person, std::size_t count, double bound_s) {
    constexpr int rounds_max = 10;
    WriteTimes times = write_sessions(person, count);
    for (int i = 1; i < rounds_max && times.failed == 0 && times.p99() >= bound_s; ++i) {
        times = write_sessions(person, count);
    }
    return times;
}

WriteTimes read_path(HttpClient& person, const std::string& path, std::size_t count) {
    return timed(count, [&] { return person.get(path).status == 200; });
}

} // namespace haven::test
