#include "xr_app/input/desktop_driver.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

namespace haven {
namespace {

constexpr float frame_s = 1.0F / 60.0F;

glm::vec3 hand_m(const DesktopDriver& driver, int hand) {
    return driver.hands().at(static_cast<std::size_t>(hand)).tracking_from_grip.position_m;
}

TEST(InkWish, IsAKeyWithControlForOneHandOrBoth) {
    using Kind = InkCommand::Kind;
    EXPECT_EQ(ink_wish(DeskKey::z, true, false, false), (InkWish{Kind::undo, Hands::both}));
    EXPECT_EQ(ink_wish(DeskKey::y, true, true, false), (InkWish{Kind::redo, Hands::right}));
    EXPECT_EQ(ink_wish(DeskKey::backspace, true, false, true), (InkWish{Kind::clear, Hands::left}));
    EXPECT_EQ(ink_wish(DeskKey::z, true, true, true), (InkWish{Kind::undo, Hands::both}));
    EXPECT_FALSE(ink_wish(DeskKey::z, false, true, false)) << "a letter alone is nothing";
    EXPECT_FALSE(ink_wish(DeskKey::other, true, false, false));
}

TEST(DesktopDriver, StandsAtTheOriginAndLooksAhead) {
    DesktopDriver driver;
    driver.update({}, frame_s);
    EXPECT_EQ(driver.tracking_from_head().position_m,
              glm::vec3(0.0F, DesktopDriver::eye_height_m, 0.0F));
    EXPECT_LT(hand_m(driver, 1).z, -DesktopDriver::reach_m_min);
}

TEST(DesktopDriver, MouseMovesTheRightHandAndTheLeftMirrorsIt) {
    DesktopDriver driver;
    driver.update({.mouse_x = 1.0, .mouse_y = 0.0}, frame_s);
    EXPECT_FLOAT_EQ(hand_m(driver, 1).x, DesktopDriver::half_width_m);
    EXPECT_FLOAT_EQ(hand_m(driver, 0).x, -DesktopDriver::half_width_m);
    EXPECT_FLOAT_EQ(hand_m(driver, 1).y,
                    DesktopDriver::eye_height_m + DesktopDriver::half_height_m);
    EXPECT_FLOAT_EQ(hand_m(driver, 0).y, hand_m(driver, 1).y);
}

TEST(DesktopDriver, EachButtonDrawsWithItsOwnHand) {
    DesktopDriver driver;
    driver.update({.left_button = true}, frame_s);
    EXPECT_EQ(driver.hands().at(0).draw, 0.0F);
    EXPECT_EQ(driver.hands().at(1).draw, DesktopDriver::pressure);
    driver.update({.right_button = true}, frame_s);
    EXPECT_EQ(driver.hands().at(0).draw, DesktopDriver::pressure);
    EXPECT_EQ(driver.hands().at(1).draw, 0.0F);
}

TEST(DesktopDriver, TheWheelReachesWithinAnArm) {
    DesktopDriver driver;
    driver.update({.wheel = 100.0}, frame_s);
    EXPECT_FLOAT_EQ(hand_m(driver, 1).z, -DesktopDriver::reach_m_max);
    driver.update({.wheel = -100.0}, frame_s);
    EXPECT_FLOAT_EQ(hand_m(driver, 1).z, -DesktopDriver::reach_m_min);
}

TEST(DesktopDriver, WalksWhereItLooks) {
    DesktopDriver driver;
    // A quarter turn to the left: ahead is then -X.
    driver.update({.turn_left = true}, 1.5707963F / DesktopDriver::turn_rad_per_s);
    driver.update({.forward = true}, 1.0F);
    EXPECT_NEAR(driver.tracking_from_head().position_m.x, -DesktopDriver::walk_m_per_s, 1e-5F);
    EXPECT_NEAR(driver.tracking_from_head().position_m.z, 0.0F, 1e-5F);
    EXPECT_LT(hand_m(driver, 1).x, driver.tracking_from_head().position_m.x);
}

TEST(DesktopDriver, LiftedHandsAreThereButOutOfSight) {
    DesktopDriver driver;
    driver.update({.left_button = true, .lift = true}, frame_s);
    EXPECT_TRUE(driver.hands().at(1).active);
    EXPECT_EQ(driver.hands().at(1).quality, PoseQuality::none);
}

} // namespace
} // namespace haven
