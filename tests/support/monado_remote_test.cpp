#include "tests/support/monado_remote.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace haven::test {
namespace {

float float_at(const RemotePacket& packet, std::size_t offset) {
    float value = 0.0F;
    std::memcpy(&value, packet.data() + offset, sizeof value);
    return value;
}

RemoteState distinct_state() {
    RemoteState state;
    state.tracking_from_head = {.position_m = {1.0F, 2.0F, 3.0F},
                                .orientation = glm::quat(0.5F, 0.1F, 0.2F, 0.3F)};
    state.hands[0].tracking_from_grip = {.position_m = {4.0F, 5.0F, 6.0F},
                                         .orientation = glm::quat(0.6F, 0.7F, 0.8F, 0.9F)};
    state.hands[0].curl = {0.11F, 0.12F, 0.13F, 0.14F, 0.15F};
    state.hands[0].trigger = 0.25F;
    state.hands[1].tracking_from_grip.position_m = {7.0F, 8.0F, 9.0F};
    state.hands[1].trigger = 0.75F;
    return state;
}

TEST(RemotePacket, BeginsWithTheDriversName) {
    const RemotePacket packet = pack({});
    EXPECT_EQ(std::memcmp(packet.data(), "mndrmt3\0", 8), 0);
}

TEST(RemotePacket, LeavesThePerViewDataInvalid) {
    EXPECT_EQ(pack({})[132], std::byte{0});
}

TEST(RemotePacket, HoldsTheHeadAsQuaternionXyzwThenPosition) {
    const RemotePacket packet = pack(distinct_state());
    EXPECT_EQ(float_at(packet, 104), 0.1F);
    EXPECT_EQ(float_at(packet, 116), 0.5F); // w comes last
    EXPECT_EQ(float_at(packet, 120), 1.0F);
    EXPECT_EQ(float_at(packet, 128), 3.0F);
}

TEST(RemotePacket, HoldsTheLeftControllerAt136AndTheRightAt256) {
    const RemotePacket packet = pack(distinct_state());
    EXPECT_EQ(float_at(packet, 136), 0.7F);
    EXPECT_EQ(float_at(packet, 136 + 12), 0.6F);
    EXPECT_EQ(float_at(packet, 136 + 16), 4.0F);
    EXPECT_EQ(float_at(packet, 136 + 52), 0.11F);
    EXPECT_EQ(float_at(packet, 136 + 52 + 16), 0.15F);
    EXPECT_EQ(float_at(packet, 136 + 72), 0.25F);
    EXPECT_EQ(float_at(packet, 256 + 16), 7.0F);
    EXPECT_EQ(float_at(packet, 256 + 72), 0.75F);
}

TEST(RemotePacket, HoldsEachFlagInItsOwnByte) {
    RemoteState state;
    state.hands[0].hand_tracking_active = false;
    state.hands[1].active = false;
    state.hands[1].a_click = true;
    const RemotePacket packet = pack(state);
    EXPECT_EQ(packet[136 + 104], std::byte{0});
    EXPECT_EQ(packet[136 + 105], std::byte{1});
    EXPECT_EQ(packet[256 + 104], std::byte{1});
    EXPECT_EQ(packet[256 + 105], std::byte{0});
    EXPECT_EQ(packet[256 + 108], std::byte{1});
    EXPECT_EQ(packet[136 + 108], std::byte{0});
}

TEST(MonadoRemote, SaysWhichPortDoesNotListen) {
    const auto remote = MonadoRemote::connect(1, std::chrono::milliseconds{0});
    ASSERT_FALSE(remote.has_value());
    EXPECT_NE(remote.error().find("port 1"), std::string::npos) << remote.error();
}

} // namespace
} // namespace haven::test
