// When the place comes around the person anew, and where.
#include "xr_app/person_placement.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "tests/unit/xr_app/session_fixture.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/headset/headset.hpp"

#include <glm/gtc/quaternion.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace haven {
namespace {

constexpr bool focus = true;

class Placements : public testing::Test {
  protected:
    bool placed(const HeadsetFrame& frame, bool has_focus = focus) {
        return house.session->placement.update(frame, has_focus, false);
    }
    static HeadsetFrame in_room(std::uint32_t room) {
        return {.tracking_from_head = {.position_m = {0.3F, 1.6F, -0.2F}},
                .head_valid = true,
                .room = room};
    }
    /// The left hand draws, and goes on.
    void draw() {
        DrawingSession& drawing = house.session->drawing;
        drawing.begin({.unix_us = 1'700'000'000'000'000, .sample_period_us = 5000});
        for (int i = 1; i <= 3; ++i) {
            HandSample sample{.time_ns = i * std::int64_t{5'000'000},
                              .tracked = true,
                              .drawing = true,
                              .pressure = 1.0F};
            sample.tracking_from_tip.position_m = {0.01F * static_cast<float>(i), 1.2F, -0.4F};
            static_cast<void>(drawing.add(sample));
        }
        EXPECT_TRUE(drawing.drawing(Hand::left));
    }
    test::SessionHouse house;
};

TEST_F(Placements, OnceInARoomWithTheHandsHere) {
    EXPECT_TRUE(placed(in_room(1)));
    EXPECT_FALSE(placed(in_room(1)));
    EXPECT_FALSE(placed(in_room(1), !focus));
    EXPECT_FALSE(placed(in_room(1))) << "the headset's menu was open";
}

TEST_F(Placements, AnotherHeadsetInTheSameRoomFindsThePlaceAsItLay) {
    ASSERT_TRUE(placed(in_room(1)));
    house.session->placement.begin_headset();
    EXPECT_FALSE(placed({.room = 2})) << "nobody knows yet where it is";
    EXPECT_FALSE(placed(in_room(1)));
}

TEST_F(Placements, AnotherRoomIsPlacedInAndTheOneOfBeforeAgain) {
    ASSERT_TRUE(placed(in_room(1)));
    house.session->placement.begin_headset();
    EXPECT_TRUE(placed(in_room(2)));
    EXPECT_FALSE(placed(in_room(2)));
    EXPECT_TRUE(placed(in_room(1))) << "where they were placed lately was in the other";
}

TEST_F(Placements, ARoomWithoutTheHandsLeavesTheOneOfBeforeAsItLay) {
    ASSERT_TRUE(placed(in_room(1)));
    const Pose before = house.session->placement.ink();
    HeadsetFrame frame = in_room(2);
    frame.floor_m = 0.3F; // another room's
    EXPECT_FALSE(placed(frame, !focus));
    frame = in_room(1);
    frame.tracking_from_head.orientation = turned_by(1.0F);
    EXPECT_FALSE(placed(frame));
    EXPECT_EQ(house.session->placement.ink(), before);
}

TEST_F(Placements, ARecenterInAnotherRoomWithoutTheHandsDoesNotCountForTheOneOfBefore) {
    ASSERT_TRUE(placed(in_room(1)));
    const Pose before = house.session->placement.ink();
    HeadsetFrame frame = in_room(2);
    frame.tracking_from_head.position_m.x += 1.0F;
    frame.recentered = true;
    EXPECT_TRUE(placed(frame, !focus));
    EXPECT_TRUE(placed(in_room(1)));
    EXPECT_EQ(house.session->placement.ink(), before) << "the same head in the same room";
}

TEST_F(Placements, AHeadsetThatSeesNothingYetSaysNoFloor) {
    HeadsetFrame frame = in_room(1);
    frame.floor_m = -0.25F;
    ASSERT_TRUE(placed(frame));
    house.session->placement.begin_headset();
    EXPECT_FALSE(placed({.room = 2}));
    EXPECT_FALSE(placed({.room = 1}));
    EXPECT_FALSE(placed(frame));
}

TEST_F(Placements, WaitForTheHead) {
    EXPECT_FALSE(placed({.room = 1}));
    EXPECT_TRUE(placed(in_room(1)));
}

TEST_F(Placements, ComeDownToTheFloor) {
    HeadsetFrame frame = in_room(1);
    frame.floor_m = 0.4F;
    ASSERT_TRUE(placed(frame));
    const Pose feet{.position_m = {0.3F, 0.4F, -0.2F}};
    const Pose in_place = house.session->placement.ink() * feet;
    EXPECT_NEAR(in_place.position_m.y, house.session->surroundings.home().position_m.y, 1e-5F);
}

TEST_F(Placements, AFloorThatIsKnownLaterMovesThePlaceAndTurnsNothing) {
    ASSERT_TRUE(placed(in_room(1)));
    const Pose before = house.session->placement.ink();
    HeadsetFrame frame = in_room(1);
    frame.tracking_from_head.orientation = turned_by(1.0F); // they look elsewhere by then
    frame.floor_m = -0.25F;
    EXPECT_TRUE(placed(frame));
    EXPECT_FALSE(placed(frame));
    const Pose after = house.session->placement.ink();
    EXPECT_NEAR(after.position_m.x, before.position_m.x, 1e-5F);
    EXPECT_NEAR(after.position_m.y, before.position_m.y + 0.25F, 1e-5F);
    EXPECT_NEAR(after.position_m.z, before.position_m.z, 1e-5F);
    EXPECT_NEAR(std::abs(glm::dot(after.orientation, before.orientation)), 1.0F, 1e-6F);
}

TEST_F(Placements, WhatIsDrawnEndsWhereTheRoomIsAnotherWhetherOrNotTheHeadIsSeen) {
    ASSERT_TRUE(placed(in_room(2)));
    draw();
    EXPECT_FALSE(placed({.room = 2}));
    EXPECT_TRUE(house.session->drawing.drawing(Hand::left));
    EXPECT_FALSE(placed({.room = 1}));
    EXPECT_FALSE(house.session->drawing.drawing(Hand::left));
}

TEST_F(Placements, WhatIsDrawnEndsWhereTheTrackingSpaceMovedAndThePlaceStays) {
    ASSERT_TRUE(placed(in_room(1)));
    draw();
    HeadsetFrame frame = in_room(1);
    frame.moved = true;
    EXPECT_FALSE(placed(frame));
    EXPECT_FALSE(house.session->drawing.drawing(Hand::left));
}

} // namespace
} // namespace haven
