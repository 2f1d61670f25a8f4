#pragma once

#include "bilateral/pose.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

/// Monado's remote driver: a headset and two controllers whose state arrives as packets over TCP.
/// One packet is one whole state; the last one stays in force, also after the connection ends.
namespace haven::test {

struct RemoteHand {
    Pose tracking_from_grip;
    glm::vec3 linear_velocity_mps{0.0F};
    std::array<float, 5> curl{}; ///< little, ring, middle, index, thumb; 0 open, 1 closed
    float trigger = 0.0F;        ///< 0 to 1
    bool trigger_click = false;
    bool a_click = false;
    bool b_click = false;
    bool system_click = false;
    bool hand_tracking_active = true;
    bool active = true; ///< false: the controller sleeps, poses and actions are gone
};

struct RemoteState {
    Pose tracking_from_head{.position_m = {0.0F, 1.6F, 0.0F}};
    std::array<RemoteHand, 2> hands{
        ///< indexed by haven::Hand
        RemoteHand{.tracking_from_grip = {.position_m = {-0.2F, 1.3F, -0.5F}}},
        RemoteHand{.tracking_from_grip = {.position_m = {0.2F, 1.3F, -0.5F}}}};
};

inline constexpr std::size_t remote_packet_bytes = 376;
using RemotePacket = std::array<std::byte, remote_packet_bytes>;

/// The packet as the driver reads it: a little-endian C struct, see monado_remote.cpp for its
/// offsets.
[[nodiscard]] RemotePacket pack(const RemoteState& state);

/// A connection to the driver. One thread at a time. The driver serves one client at a time: a
/// second one waits.
class MonadoRemote {
  public:
    /// Tries until the driver listens, at most for `patience`; the message names the port.
    [[nodiscard]] static std::expected<MonadoRemote, std::string>
    connect(std::uint16_t port,
            std::chrono::milliseconds patience = std::chrono::milliseconds{5000});

    MonadoRemote(MonadoRemote&& other) noexcept;
    MonadoRemote& operator=(MonadoRemote&& other) noexcept;
    ~MonadoRemote();

    /// The driver does not acknowledge: success means the packet is on its way.
    [[nodiscard]] std::expected<void, std::string> send(const RemoteState& state);

  private:
    explicit MonadoRemote(int socket) : socket_(socket) {}
    int socket_ = -1;
};

} // namespace haven::test
