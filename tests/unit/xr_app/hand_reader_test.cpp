#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/hold_timer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace haven {
namespace {

ControllerReading held(float draw) {
    return {.active = true,
            .tracked = true,
            .stage_from_grip = {.position_m = {0.1F, 1.2F, -0.4F}},
            .draw = draw};
}

FingerReading fingers_apart(float distance_m) {
    return {.active = true,
            .tracked = true,
            .stage_from_thumb_tip = {.position_m = {0.0F, 1.0F, -0.3F}},
            .stage_from_index_tip = {.position_m = {distance_m, 1.0F, -0.3F}}};
}

HandSample read(HandReader& reader, const ControllerReading& controller,
                const FingerReading& fingers = {},
                InteractionChoice choice = InteractionChoice::automatic) {
    return reader.read(7, controller, fingers, choice);
}

TEST(HandReader, TriggerDrawsFromItsUpperThresholdDownToItsLower) {
    HandReader reader(Hand::right);
    EXPECT_FALSE(read(reader, held(0.14F)).drawing);
    EXPECT_TRUE(read(reader, held(0.15F)).drawing);
    EXPECT_TRUE(read(reader, held(0.09F)).drawing) << "between the thresholds it keeps drawing";
    EXPECT_FALSE(read(reader, held(0.08F)).drawing);
    EXPECT_FALSE(read(reader, held(0.14F)).drawing) << "between the thresholds it keeps resting";
}

TEST(HandReader, TriggerIsThePressure) {
    HandReader reader(Hand::left);
    const HandSample sample = read(reader, held(0.6F));
    EXPECT_FLOAT_EQ(sample.pressure, 0.6F);
    EXPECT_EQ(sample.hand, Hand::left);
    EXPECT_EQ(sample.time_ns, 7);
    EXPECT_EQ(sample.source, InteractionMode::controller);
}

TEST(HandReader, InkLeavesTheControllerAtItsGrip) {
    HandReader reader(Hand::right);
    EXPECT_EQ(read(reader, held(1.0F)).stage_from_tip.position_m, glm::vec3(0.1F, 1.2F, -0.4F));
}

TEST(HandReader, PinchClosesAtTwoCentimetresAndOpensAtThreeAndAHalf) {
    HandReader reader(Hand::right);
    EXPECT_FALSE(read(reader, {}, fingers_apart(0.021F)).drawing);
    EXPECT_TRUE(read(reader, {}, fingers_apart(0.020F)).drawing);
    EXPECT_TRUE(read(reader, {}, fingers_apart(0.034F)).drawing);
    EXPECT_FALSE(read(reader, {}, fingers_apart(0.035F)).drawing);
    EXPECT_FALSE(read(reader, {}, fingers_apart(0.021F)).drawing);
}

TEST(HandReader, PinchDrawsBetweenTheTipsAndHarderWhenTighter) {
    HandReader reader(Hand::left);
    const HandSample loose = read(reader, {}, fingers_apart(0.020F));
    EXPECT_FLOAT_EQ(loose.stage_from_tip.position_m.x, 0.010F);
    EXPECT_EQ(loose.source, InteractionMode::hand_tracking);
    const HandSample tight = read(reader, {}, fingers_apart(0.010F));
    EXPECT_GT(tight.pressure, loose.pressure);
    EXPECT_FLOAT_EQ(tight.pressure, 1.0F);
    EXPECT_FLOAT_EQ(pinch_strength(0.1F), 0.0F);
}

TEST(HandReader, BareHandsCountWhileNoControllerIsThere) {
    HandReader reader(Hand::right);
    const FingerReading pinched = fingers_apart(0.01F);
    EXPECT_EQ(read(reader, held(0.5F), pinched).source, InteractionMode::controller);
    EXPECT_EQ(read(reader, {}, pinched).source, InteractionMode::hand_tracking);
    EXPECT_EQ(read(reader, held(0.5F), pinched, InteractionChoice::hand_tracking).source,
              InteractionMode::hand_tracking);
    EXPECT_FALSE(read(reader, {}, pinched, InteractionChoice::controller).tracked);
}

TEST(HandReader, LostTrackingStopsTheInkUntilItIsAskedForAgain) {
    HandReader reader(Hand::right);
    EXPECT_TRUE(read(reader, held(0.5F)).drawing);
    ControllerReading lost = held(0.5F);
    lost.tracked = false;
    const HandSample sample = read(reader, lost);
    EXPECT_FALSE(sample.tracked);
    EXPECT_FALSE(sample.drawing);
    EXPECT_FALSE(read(reader, held(0.10F)).drawing) << "the switch opened with the loss";
    EXPECT_TRUE(read(reader, held(0.5F)).drawing);
}

TEST(HandReader, ATriggerThatIsNoNumberDoesNotDraw) {
    HandReader reader(Hand::right);
    EXPECT_FALSE(read(reader, held(std::numeric_limits<float>::quiet_NaN())).drawing);
}

TEST(HandReader, ARuntimesOwnPinchCountsAsHandTracking) {
    HandReader reader(Hand::right);
    ControllerReading hand = held(0.9F);
    hand.is_hand = true;
    EXPECT_EQ(read(reader, hand).source, InteractionMode::hand_tracking);
}

TEST(HoldTimer, FiresOnceForAHoldThatLasts) {
    HoldTimer timer;
    EXPECT_FALSE(timer.update(true, 0));
    EXPECT_FALSE(timer.update(true, HoldTimer::hold_ns / 2));
    EXPECT_FLOAT_EQ(timer.share(), 0.5F);
    EXPECT_TRUE(timer.update(true, HoldTimer::hold_ns));
    EXPECT_FALSE(timer.update(true, HoldTimer::hold_ns * 2));
}

TEST(HoldTimer, LettingGoStartsAnew) {
    HoldTimer timer;
    EXPECT_FALSE(timer.update(true, 0));
    EXPECT_FALSE(timer.update(false, HoldTimer::hold_ns - 1));
    EXPECT_FALSE(timer.update(true, HoldTimer::hold_ns));
    EXPECT_FLOAT_EQ(timer.share(), 0.0F);
    EXPECT_TRUE(timer.update(true, HoldTimer::hold_ns * 2));
}

} // namespace
} // namespace haven
