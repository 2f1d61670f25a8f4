#include "tests/support/monado_remote.hpp"

#include "bilateral/hand_sample.hpp"
#include "tests/support/await.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace haven::test {

namespace {

// Where each field lies. The header is "mndrmt3\0"; per-view data is left out by
// per_view_data_valid = 0, so the two views (48 bytes each, at 8 and 56) stay zero and the driver
// derives them from the head.
namespace offset {
constexpr std::size_t header = 0;
constexpr std::size_t head_orientation = 104;
constexpr std::size_t head_position = 120;
constexpr std::size_t controllers = 136;
constexpr std::size_t controller_bytes = 120;
// In a controller:
constexpr std::size_t orientation = 0;
constexpr std::size_t position = 16;
constexpr std::size_t linear_velocity = 28;
constexpr std::size_t curl = 52;
constexpr std::size_t trigger = 72;
constexpr std::size_t hand_tracking_active = 104;
constexpr std::size_t active = 105;
constexpr std::size_t system_click = 106;
constexpr std::size_t a_click = 108;
constexpr std::size_t b_click = 110;
constexpr std::size_t trigger_click = 112;
} // namespace offset

static_assert(offset::head_position + 3 * sizeof(float) + 4 == offset::controllers);
static_assert(offset::controllers + 2 * offset::controller_bytes == remote_packet_bytes);
static_assert(offset::curl + 5 * sizeof(float) == offset::trigger);
static_assert(std::endian::native == std::endian::little, "the packet is a little-endian struct");

void put(std::span<std::byte> at, float value) {
    assert(at.size() >= sizeof value);
    std::memcpy(at.data(), &value, sizeof value);
}

void put(std::span<std::byte> at, const glm::vec3& value) {
    put(at, value.x);
    put(at.subspan(4), value.y);
    put(at.subspan(8), value.z);
}

void put(std::span<std::byte> at, const glm::quat& value) {
    put(at, glm::vec3(value.x, value.y, value.z));
    put(at.subspan(12), value.w);
}

void put_flag(std::span<std::byte> at, bool value) {
    at[0] = std::byte{value};
}

void put_hand(std::span<std::byte> at, const RemoteHand& hand) {
    put(at.subspan(offset::orientation), hand.tracking_from_grip.orientation);
    put(at.subspan(offset::position), hand.tracking_from_grip.position_m);
    put(at.subspan(offset::linear_velocity), hand.linear_velocity_mps);
    for (std::size_t finger = 0; finger < hand.curl.size(); ++finger) {
        put(at.subspan(offset::curl + finger * sizeof(float)), hand.curl.at(finger));
    }
    put(at.subspan(offset::trigger), hand.trigger);
    put_flag(at.subspan(offset::hand_tracking_active), hand.hand_tracking_active);
    put_flag(at.subspan(offset::active), hand.active);
    put_flag(at.subspan(offset::system_click), hand.system_click);
    put_flag(at.subspan(offset::a_click), hand.a_click);
    put_flag(at.subspan(offset::b_click), hand.b_click);
    put_flag(at.subspan(offset::trigger_click), hand.trigger_click);
}

int connect_once(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
        return fd;
    }
    const int error = errno;
    if (fd >= 0) {
        ::close(fd);
    }
    errno = error;
    return -1;
}

} // namespace

RemotePacket pack(const RemoteState& state) {
    RemotePacket packet{};
    const std::span<std::byte> bytes(packet);
    constexpr std::array<char, 8> header{'m', 'n', 'd', 'r', 'm', 't', '3', '\0'};
    std::memcpy(bytes.subspan(offset::header).data(), header.data(), header.size());
    put(bytes.subspan(offset::head_orientation), state.tracking_from_head.orientation);
    put(bytes.subspan(offset::head_position), state.tracking_from_head.position_m);
    for (const Hand hand : {Hand::left, Hand::right}) {
        const auto index = static_cast<std::size_t>(hand);
        put_hand(bytes.subspan(offset::controllers + index * offset::controller_bytes,
                               offset::controller_bytes),
                 state.hands.at(index));
    }
    return packet;
}

std::expected<MonadoRemote, std::string> MonadoRemote::connect(std::uint16_t port,
                                                               std::chrono::milliseconds patience) {
    int fd = -1;
    int error = 0;
    const bool connected = await(patience, [&] {
        fd = connect_once(port);
        error = errno;
        return fd >= 0;
    });
    if (!connected) {
        return std::unexpected(std::format(
            "Monado's remote driver does not listen on port {}: {}. Is monado-service running "
            "with P_OVERRIDE_ACTIVE_CONFIG=remote and this port in its config_v0.json?",
            port, std::system_category().message(error)));
    }
    const int yes = 1; // each packet leaves at once: the driver shows what is sent now
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return MonadoRemote(fd);
}

MonadoRemote::MonadoRemote(MonadoRemote&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)) {}

MonadoRemote& MonadoRemote::operator=(MonadoRemote&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
}

MonadoRemote::~MonadoRemote() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

std::expected<void, std::string> MonadoRemote::send(const RemoteState& state) {
    const RemotePacket packet = pack(state);
    std::span<const std::byte> rest(packet);
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return std::unexpected("the connection to Monado's remote driver ended: " +
                                   std::system_category().message(errno));
        }
        rest = rest.subspan(static_cast<std::size_t>(sent));
    }
    return {};
}

} // namespace haven::test
