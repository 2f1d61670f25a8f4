#include "xr_app/input/hand_reader.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/input/profile_table.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>
#include <glm/gtc/quaternion.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>

namespace haven {
namespace {

constexpr std::int64_t step_ns = 5'000'000;
const Pose place{.position_m = {0.1F, 1.2F, -0.4F}};

ControllerReading held(float draw, const Pose& at = place) {
    return {
        .active = true, .quality = PoseQuality::tracked, .tracking_from_grip = at, .draw = draw};
}

FingerReading fingers_apart(float distance_m, float x_m = 0.0F) {
    return {.active = true,
            .quality = PoseQuality::tracked,
            .tracking_from_thumb_tip = {.position_m = {x_m, 1.0F, -0.3F}},
            .tracking_from_index_tip = {.position_m = {x_m + distance_m, 1.0F, -0.3F}}};
}

Pose moved(float x_m) {
    Pose pose = place;
    pose.position_m.x += x_m;
    return pose;
}

/// A hand whose readings come every 5 ms.
struct Read {
    explicit Read(InteractionChoice choice = InteractionChoice::automatic, Hand hand = Hand::right)
        : reader(hand, choice) {}

    /// A sample that is not there is an empty one: the hand is away.
    HandSample operator()(const ControllerReading& controller, const FingerReading& fingers = {}) {
        time_ns += step_ns;
        return reader.read(time_ns, controller, fingers).value_or(HandSample{});
    }
    HandSample operator()(const FingerReading& fingers) { return (*this)({}, fingers); }
    /// The same reading for so long; the last sample.
    HandSample for_ms(int milliseconds, const ControllerReading& controller,
                      const FingerReading& fingers = {}) {
        HandSample last;
        for (int passed = 0; passed < milliseconds; passed += 5) {
            last = (*this)(controller, fingers);
        }
        return last;
    }

    HandReader reader;
    std::int64_t time_ns = 1'000'000'000;
};

TEST(HandReader, TriggerDrawsFromItsUpperThresholdDownToItsLower) {
    Read read;
    EXPECT_FALSE(read(held(0.14F)).drawing);
    EXPECT_TRUE(read(held(0.15F)).drawing);
    EXPECT_TRUE(read(held(0.09F)).drawing) << "between the thresholds it keeps drawing";
    EXPECT_FALSE(read(held(0.08F)).drawing);
    EXPECT_FALSE(read(held(0.14F)).drawing) << "between the thresholds it keeps resting";
}

TEST(HandReader, TriggerIsThePressure) {
    Read read(InteractionChoice::automatic, Hand::left);
    EXPECT_FALSE(read(held(0.0F)).drawing);
    const HandSample sample = read(held(0.6F));
    EXPECT_FLOAT_EQ(sample.pressure, 0.6F);
    EXPECT_EQ(sample.hand, Hand::left);
    EXPECT_EQ(sample.time_ns, read.time_ns);
    EXPECT_EQ(sample.source, InteractionMode::controller);
}

TEST(HandReader, InkLeavesTheControllerAtItsTip) {
    Read read;
    ControllerReading controller = held(1.0F);
    controller.grip_from_tip = {.position_m = {0.0F, 0.0F, -0.1F}};
    controller.tracking_from_grip.orientation =
        glm::angleAxis(glm::half_pi<float>(), glm::vec3(0.0F, 1.0F, 0.0F));
    const glm::vec3 tip_m = read(controller).tracking_from_tip.position_m;
    EXPECT_NEAR(tip_m.x, 0.0F, 1e-6F) << "0.1 m to the left of the grip";
    EXPECT_NEAR(tip_m.z, -0.4F, 1e-6F);
}

TEST(HandReader, PinchClosesAtTwoCentimetresAndOpensAtThreeAndAHalf) {
    Read read;
    EXPECT_FALSE(read(fingers_apart(0.021F)).drawing);
    EXPECT_TRUE(read(fingers_apart(0.020F)).drawing);
    EXPECT_TRUE(read(fingers_apart(0.034F)).drawing);
    EXPECT_FALSE(read(fingers_apart(0.035F)).drawing);
    EXPECT_FALSE(read(fingers_apart(0.021F)).drawing);
}

TEST(HandReader, PinchDrawsBetweenTheTipsAndHarderWhenTighter) {
    Read read;
    EXPECT_FALSE(read(fingers_apart(0.05F)).drawing);
    const HandSample loose = read(fingers_apart(0.020F));
    EXPECT_FLOAT_EQ(loose.tracking_from_tip.position_m.x, 0.010F);
    EXPECT_EQ(loose.source, InteractionMode::hand_tracking);
    const HandSample tight = read(fingers_apart(0.010F));
    EXPECT_GT(tight.pressure, loose.pressure);
    EXPECT_FLOAT_EQ(tight.pressure, 1.0F);
    EXPECT_FLOAT_EQ(pinch_strength(0.1F), 0.0F);
}

TEST(HandReader, AChosenWayIsTheOnlyOne) {
    const FingerReading pinched = fingers_apart(0.01F);
    Read by_fingers(InteractionChoice::hand_tracking);
    EXPECT_EQ(by_fingers(held(0.5F), pinched).source, InteractionMode::hand_tracking);
    Read by_controller(InteractionChoice::controller);
    EXPECT_FALSE(by_controller({}, pinched).tracked);
    EXPECT_EQ(by_controller(held(0.5F), pinched).source, InteractionMode::controller);
}

TEST(HandReader, AControllerThatMovesWithTheHandIsWhatDraws) {
    Read read;
    for (int i = 0; i < 400; ++i) {
        const float x_m = 0.001F * static_cast<float>(i);
        const HandSample sample = read(held(0.0F, moved(x_m)), fingers_apart(0.05F, x_m));
        if (i > 20) {
            ASSERT_EQ(sample.source, InteractionMode::controller) << i;
        }
    }
}

TEST(HandReader, AHandThatMovesIsPreferredOverAControllerThatRests) {
    Read read;
    read.for_ms(1000, held(0.0F), {});
    EXPECT_FALSE(read.reader.by_fingers());
    for (int i = 0; i < 60; ++i) {
        std::ignore = read(held(0.0F), fingers_apart(0.05F, 0.002F * static_cast<float>(i)));
    }
    EXPECT_TRUE(read.reader.by_fingers());
    EXPECT_EQ(read(held(0.0F), fingers_apart(0.01F)).source, InteractionMode::hand_tracking);
    EXPECT_EQ(read.for_ms(3000, held(0.0F), fingers_apart(0.05F)).source,
              InteractionMode::hand_tracking)
        << "a hand that holds still goes on";
    for (int i = 0; i < 60; ++i) {
        std::ignore = read(held(0.0F, moved(0.002F * static_cast<float>(i))), fingers_apart(0.05F));
    }
    EXPECT_FALSE(read.reader.by_fingers()) << "taken up again";
}

TEST(HandReader, ANudgeAtTheTableDoesNotEndABareHandsStroke) {
    Read read;
    read.for_ms(600, {}, fingers_apart(0.05F));
    EXPECT_TRUE(read({}, fingers_apart(0.01F)).drawing);
    for (int i = 0; i < 60; ++i) {
        EXPECT_TRUE(
            read(held(0.0F, moved(0.002F * static_cast<float>(i))), fingers_apart(0.01F)).drawing);
    }
}

TEST(HandReader, WhatIsHeldDuringAShortLossGoesOn) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_TRUE(read(held(0.5F)).drawing);
    ControllerReading lost = held(0.5F);
    lost.quality = PoseQuality::none;
    const HandSample sample = read.for_ms(100, lost);
    EXPECT_FALSE(sample.tracked);
    EXPECT_TRUE(sample.drawing) << "the trigger is still held";
    EXPECT_TRUE(read(held(0.5F)).drawing);
}

TEST(HandReader, ATriggerLetGoDuringALossEndsAtOnce) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_TRUE(read(held(0.5F)).drawing);
    ControllerReading lost = held(0.0F);
    lost.quality = PoseQuality::none;
    EXPECT_FALSE(read(lost).drawing);
}

TEST(HandReader, AfterALongLossWhatIsHeldDrawsOnlyOnceItOpened) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_TRUE(read(held(0.5F)).drawing);
    ControllerReading lost = held(0.5F);
    lost.quality = PoseQuality::none;
    EXPECT_FALSE(read.for_ms(200, lost).drawing);
    EXPECT_FALSE(read(held(0.5F)).drawing);
    EXPECT_EQ(read(held(0.5F)).pressure, 0.0F);
    EXPECT_FALSE(read(held(0.05F)).drawing);
    EXPECT_TRUE(read(held(0.5F)).drawing);
}

TEST(HandReader, APinchIsHeldThroughAShortLossOfTheHandOnly) {
    Read read;
    std::ignore = read(fingers_apart(0.05F));
    EXPECT_TRUE(read(fingers_apart(0.01F)).drawing);
    EXPECT_TRUE(read.for_ms(100, {}, {}).drawing);
    EXPECT_TRUE(read(fingers_apart(0.01F)).drawing);
    EXPECT_FALSE(read.for_ms(200, {}, {}).drawing);
    EXPECT_FALSE(read(fingers_apart(0.01F)).drawing) << "closed while it was away";
    EXPECT_FALSE(read(fingers_apart(0.05F)).drawing);
    EXPECT_TRUE(read(fingers_apart(0.01F)).drawing);
}

TEST(HandReader, WhatIsHeldWhenTheFocusComesBackDrawsOn) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_TRUE(read(held(0.5F)).drawing);
    read.reader.restart();
    EXPECT_TRUE(read(held(0.5F)).drawing);
    Read bare;
    std::ignore = bare(fingers_apart(0.05F));
    EXPECT_TRUE(bare(fingers_apart(0.01F)).drawing);
    bare.reader.restart();
    EXPECT_TRUE(bare.reader.by_fingers());
    EXPECT_TRUE(bare(fingers_apart(0.01F)).drawing);
}

TEST(HandReader, AControllerTakenUpWithItsTriggerPulledDrawsOnlyOnceItOpened) {
    Read read;
    read.for_ms(500, {});
    EXPECT_FALSE(read(held(0.5F)).drawing);
    EXPECT_FALSE(read(held(0.0F)).drawing);
    EXPECT_TRUE(read(held(0.5F)).drawing);
}

TEST(HandReader, ATriggerPulledOnAControllerThatCameBackAMomentAfterTheFingersDrawsAtOnce) {
    Read read;
    std::ignore = read(held(0.0F), fingers_apart(0.05F));
    read.for_ms(1000, {}); // away, both of them
    std::ignore = read(fingers_apart(0.05F));
    EXPECT_TRUE(read.reader.by_fingers());
    read.for_ms(200, held(0.0F), fingers_apart(0.05F));
    EXPECT_TRUE(read(held(0.5F), fingers_apart(0.05F)).drawing);
    EXPECT_FALSE(read.reader.by_fingers());
}

TEST(HandReader, ATriggerHeldSinceBeforeTheControllerCameBackDrawsNothing) {
    Read read;
    std::ignore = read(held(0.0F), fingers_apart(0.05F));
    read.for_ms(1000, {}, fingers_apart(0.05F));
    EXPECT_FALSE(read(held(0.5F), fingers_apart(0.05F)).drawing);
    EXPECT_FALSE(read.for_ms(200, held(0.5F), fingers_apart(0.05F)).drawing);
    std::ignore = read(held(0.0F), fingers_apart(0.05F));
    EXPECT_TRUE(read(held(0.5F), fingers_apart(0.05F)).drawing);
}

/// A bare hand whose pinch the runtime measures, in the controller's place.
ControllerReading pinching(float draw, const Pose& at = place) {
    ControllerReading hand = held(draw, at);
    hand.is_hand = true;
    return hand;
}

/// Of the same shape.
ControllerReading like_device(float draw) {
    ControllerReading other = held(draw);
    other.profile = &interaction_profiles().front();
    return other;
}

ControllerReading other_device(float draw) {
    ControllerReading other = held(draw);
    other.grip_from_tip = {.position_m = {0.0F, 0.0F, -0.1F}};
    return other;
}

/// Both ways from one controller to another, while what draws is pressed.
TEST(HandReader, APressThatPassesToAnotherDeviceDrawsOnlyOnceItOpened) {
    for (const auto choice : {InteractionChoice::controller, InteractionChoice::automatic}) {
        for (const auto& next :
             {pinching, +[](float draw, const Pose&) { return other_device(draw); },
              +[](float draw, const Pose&) { return like_device(draw); }}) {
            Read read(choice);
            std::ignore = read(held(0.0F));
            ASSERT_TRUE(read(held(0.9F)).drawing);
            const HandSample first = read(next(0.9F, moved(0.02F)));
            EXPECT_FALSE(first.drawing) << "the stroke ends";
            EXPECT_EQ(first.pressure, 0.0F);
            EXPECT_FALSE(read.for_ms(500, next(0.9F, moved(0.02F))).drawing) << "and none begins";
            EXPECT_FALSE(read(next(0.0F, place)).drawing);
            EXPECT_TRUE(read(next(0.9F, place)).drawing);
            EXPECT_FALSE(read(held(0.9F)).drawing) << "and back";
            EXPECT_FALSE(read(held(0.0F)).drawing);
            EXPECT_TRUE(read(held(0.9F)).drawing);
        }
    }
}

TEST(HandReader, ADeviceThatGoesForAMomentComesBackAsItselfOrAsAnother) {
    for (const bool same : {true, false}) {
        Read read(InteractionChoice::controller);
        std::ignore = read(held(0.0F));
        ASSERT_TRUE(read(held(0.9F)).drawing);
        read.for_ms(100, {}); // the runtime names no profile
        EXPECT_EQ(read(same ? held(0.9F) : other_device(0.9F)).drawing, same);
    }
}

TEST(HandReader, AHandWhoseProfileGoesWithItIsStillThatHand) {
    Read read;
    std::ignore = read(pinching(0.0F));
    ASSERT_TRUE(read(pinching(0.9F)).drawing);
    const HandSample lost = read(ControllerReading{});
    EXPECT_TRUE(lost.drawing) << "it may come back";
    EXPECT_EQ(lost.source, InteractionMode::hand_tracking) << "or the stroke would end";
}

TEST(HandReader, ATriggerPulledSinceBeforeItsControllerWentOutOfSightDrawsNothing) {
    Read read;
    std::ignore = read(held(0.0F), fingers_apart(0.05F));
    ASSERT_TRUE(read(held(0.5F), fingers_apart(0.05F)).drawing);
    ControllerReading unseen = held(0.5F);
    unseen.quality = PoseQuality::none;
    read.for_ms(400, unseen, fingers_apart(0.05F));
    ASSERT_TRUE(read.reader.by_fingers());
    EXPECT_FALSE(read.for_ms(100, held(0.5F), fingers_apart(0.05F)).drawing);
    EXPECT_FALSE(read.reader.by_fingers());
    std::ignore = read(held(0.0F), fingers_apart(0.05F));
    EXPECT_TRUE(read(held(0.5F), fingers_apart(0.05F)).drawing);
}

TEST(HandReader, AnotherDeviceBesideTheFingersWasNotLetGoForTheOneThatWas) {
    Read read;
    read.for_ms(1000, {}, fingers_apart(0.05F));
    read.for_ms(200, held(0.0F), fingers_apart(0.05F));
    ASSERT_TRUE(read.reader.by_fingers());
    EXPECT_FALSE(read(other_device(0.5F), fingers_apart(0.05F)).drawing);
    EXPECT_FALSE(read.reader.by_fingers());
}

TEST(HandReader, WhatIsHeldOtherwiseWhenTheFocusComesBackDrawsOnlyOnceItOpened) {
    Read read;
    std::ignore = read(held(0.0F));
    ASSERT_TRUE(read(held(0.5F)).drawing);
    read.reader.restart();
    EXPECT_FALSE(read(fingers_apart(0.01F)).drawing) << "by the fingers";
    read.reader.restart();
    EXPECT_FALSE(read(fingers_apart(0.01F)).drawing) << "still the same pinch";
    std::ignore = read(fingers_apart(0.05F));
    EXPECT_TRUE(read(fingers_apart(0.01F)).drawing);
}

TEST(HandReader, ValidWithoutTrackedGoesOnAndIsMarked) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_FALSE(read(held(0.5F)).inferred);
    ControllerReading covered = held(0.5F);
    covered.quality = PoseQuality::inferred;
    const HandSample sample = read.for_ms(1000, covered);
    EXPECT_TRUE(sample.tracked);
    EXPECT_TRUE(sample.inferred);
    EXPECT_TRUE(sample.drawing);
}

TEST(HandReader, ExactZerosAreNoHand) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_TRUE(read(held(0.5F)).tracked);
    EXPECT_FALSE(read(held(0.5F, Pose{})).tracked);
    Read bare;
    std::ignore = bare(fingers_apart(0.05F));
    FingerReading nowhere = fingers_apart(0.01F);
    nowhere.tracking_from_index_tip = {};
    EXPECT_FALSE(bare(nowhere).tracked);
    // The runtime's zeros, in a space whose origin is elsewhere.
    FingerReading shifted = fingers_apart(0.0F);
    EXPECT_TRUE(bare(shifted).tracked);
    shifted.thumb_to_little_m = 0.0F;
    EXPECT_FALSE(bare(shifted).tracked);
}

TEST(HandReader, FromControllerToFingersWhatIsHeldDrawsOnlyOnceItOpened) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_TRUE(read(held(0.5F)).drawing);
    read.for_ms(200, {}, fingers_apart(0.01F)); // laid down, with the other hand's fingers closed
    EXPECT_TRUE(read.reader.by_fingers());
    EXPECT_FALSE(read({}, fingers_apart(0.01F)).drawing);
    EXPECT_FALSE(read({}, fingers_apart(0.05F)).drawing);
    EXPECT_TRUE(read({}, fingers_apart(0.01F)).drawing);
    EXPECT_FALSE(read(held(0.5F), fingers_apart(0.01F)).drawing) << "and back";
    EXPECT_FALSE(read.reader.by_fingers());
}

TEST(HandReader, AHandThatIsAwaySaysSoOnceAndThenSeldom) {
    HandReader reader(Hand::left);
    int said = 0;
    for (int i = 0; i < 200; ++i) {
        said += reader.read(i * step_ns, {}, {}) ? 1 : 0;
    }
    EXPECT_EQ(said, 4) << "in one second";
}

TEST(HandReader, ATriggerThatIsNoNumberDoesNotDraw) {
    Read read;
    std::ignore = read(held(0.0F));
    EXPECT_FALSE(read(held(std::numeric_limits<float>::quiet_NaN())).drawing);
}

TEST(HandReader, ARuntimesOwnPinchCountsAsHandTracking) {
    Read read;
    ControllerReading hand = held(0.0F);
    hand.is_hand = true;
    std::ignore = read(hand);
    hand.draw = 0.9F;
    EXPECT_EQ(read(hand).source, InteractionMode::hand_tracking);
    EXPECT_TRUE(read(hand).drawing);
}

TEST(HandReader, WhereARuntimeKnowsPinchesAndJointsTheFingersSayWhereTheInkIs) {
    Read read(InteractionChoice::hand_tracking);
    ControllerReading hand = held(0.0F);
    hand.is_hand = true;
    EXPECT_FLOAT_EQ(read(hand, fingers_apart(0.05F)).tracking_from_tip.position_m.x, 0.025F);
    hand.quality = PoseQuality::none; // not looked at
    EXPECT_TRUE(read.reader.by_fingers());
    EXPECT_FLOAT_EQ(read(hand, fingers_apart(0.05F)).tracking_from_tip.position_m.x, 0.025F);
}

TEST(HandReader, ThumbAndLittleFingerTogetherAreABareHandsMenuButton) {
    Read read;
    FingerReading fingers = fingers_apart(0.08F);
    std::ignore = read(fingers);
    EXPECT_FALSE(read.reader.finish_held());
    fingers.thumb_to_little_m = 0.015F;
    std::ignore = read(fingers);
    EXPECT_TRUE(read.reader.finish_held());
    FingerReading fist = fingers_apart(0.02F);
    fist.thumb_to_little_m = 0.015F;
    std::ignore = read(fist);
    EXPECT_FALSE(read.reader.finish_held()) << "a fist is none";
}

TEST(Aim, GoesThroughWhatItIsToldAndFromTheShoulderOfItsSide) {
    for (const glm::vec3 through_m : {glm::vec3(0.0F, 1.0F, -1.0F), glm::vec3(2.0F, 1.7F, 0.5F),
                                      glm::vec3(-1.0F, 0.2F, 3.0F)}) {
        const glm::vec3 from_m(0.3F, 1.5F, 0.2F);
        const auto aim = aim_through(from_m, through_m);
        ASSERT_TRUE(aim);
        EXPECT_EQ(aim->position_m, from_m);
        EXPECT_GT(glm::dot(aim->orientation * glm::vec3(0.0F, 0.0F, -1.0F),
                           glm::normalize(through_m - from_m)),
                  0.9999F);
    }
    EXPECT_FALSE(aim_through(glm::vec3(1.0F), glm::vec3(1.0F)));
    const Pose head{.position_m = {0.0F, 1.6F, 0.0F}};
    const auto left = aim_along_arm(Hand::left, head, {0.0F, 1.4F, -0.5F});
    ASSERT_TRUE(left);
    EXPECT_EQ(left->position_m, glm::vec3(0.0F, 1.4F, -0.5F));
    EXPECT_GT((left->orientation * glm::vec3(0.0F, 0.0F, -1.0F)).x, 0.1F) << "from the left";
}

constexpr std::int64_t ms = 1'000'000;

/// A trail of readings 5 ms apart, the last at `last_ns`.
template <typename ReadingAt>
ReadingTrail trail_of(int count, std::int64_t last_ns, ReadingAt at) {
    ReadingTrail trail;
    for (int i = count - 1; i >= 0; --i) {
        const std::int64_t time_ns = last_ns - i * step_ns;
        trail.add(at(time_ns));
    }
    return trail;
}

/// On a circle of 8 cm, at 2 m/s.
HandReadings circling(std::int64_t time_ns) {
    const float angle = 25.0F * 1e-9F * static_cast<float>(time_ns);
    return {
        .time_ns = time_ns,
        .controller = held(
            0.5F, {.position_m = {0.08F * std::cos(angle), 1.0F + 0.08F * std::sin(angle), -0.4F},
                   .orientation = glm::angleAxis(angle, glm::vec3(0.0F, 0.0F, 1.0F))})};
}

TEST(ReadingTrail, AMomentBetweenTwoReadingsLiesOnTheHandsWay) {
    const ReadingTrail trail = trail_of(5, 20 * ms, circling);
    for (const std::int64_t time_ns : {25 * ms, 30 * ms}) {
        const auto passed = trail.between(circling(35 * ms), time_ns, false);
        ASSERT_TRUE(passed.has_value());
        EXPECT_EQ(passed->time_ns, time_ns);
        const Pose right = circling(time_ns).controller.tracking_from_grip;
        const Pose found = passed->controller.tracking_from_grip;
        EXPECT_LT(glm::distance(found.position_m, right.position_m), 0.6e-3F);
        EXPECT_GT(std::abs(glm::dot(found.orientation, right.orientation)), 0.9999F);
        EXPECT_FALSE(is_there(passed->fingers));
    }
}

TEST(ReadingTrail, WithoutAnEarlierReadingTheWayIsStraightAndShort) {
    const ReadingTrail trail = trail_of(1, 0, circling);
    const auto passed = trail.between(circling(10 * ms), 5 * ms, false);
    ASSERT_TRUE(passed.has_value());
    const glm::vec3 middle = 0.5F * (circling(0).controller.tracking_from_grip.position_m +
                                     circling(10 * ms).controller.tracking_from_grip.position_m);
    EXPECT_LT(glm::distance(passed->controller.tracking_from_grip.position_m, middle), 1e-6F);
    EXPECT_FALSE(trail.between(circling(15 * ms), 5 * ms, false).has_value());
}

TEST(ReadingTrail, FingersAreOnTheirWay) {
    const auto moving = [](std::int64_t time_ns) {
        const float x_m = 1e-9F * static_cast<float>(time_ns);
        return HandReadings{.time_ns = time_ns, .fingers = fingers_apart(0.02F, x_m)};
    };
    const auto passed = trail_of(5, 20 * ms, moving).between(moving(30 * ms), 25 * ms, true);
    ASSERT_TRUE(passed.has_value());
    EXPECT_NEAR(passed->fingers.tracking_from_thumb_tip.position_m.x, 0.025F, 1e-5F);
    EXPECT_NEAR(passed->fingers.tracking_from_index_tip.position_m.x, 0.045F, 1e-5F);
}

TEST(ReadingTrail, BetweenOpenAndClosedFingersIsNoWay) {
    const auto snapping = [](std::int64_t time_ns) {
        return HandReadings{.time_ns = time_ns,
                            .fingers = fingers_apart(time_ns < 20 * ms ? 0.05F : 0.01F)};
    };
    EXPECT_FALSE(
        trail_of(5, 15 * ms, snapping).between(snapping(25 * ms), 20 * ms, true).has_value());
    const auto closed = trail_of(5, 20 * ms, snapping).between(snapping(30 * ms), 25 * ms, true);
    ASSERT_TRUE(closed.has_value()) << "both readings round it are closed";
    EXPECT_NEAR(closed->fingers.tracking_from_index_tip.position_m.x -
                    closed->fingers.tracking_from_thumb_tip.position_m.x,
                0.01F, 1e-5F);
}

TEST(ReadingTrail, SaysWhenWhatItIsMadeOfWasLocated) {
    const auto located = [](std::int64_t time_ns) {
        HandReadings readings = circling(time_ns);
        readings.from_ns = time_ns - ms;
        readings.until_ns = time_ns + ms;
        return readings;
    };
    const auto passed = trail_of(5, 20 * ms, located).between(located(30 * ms), 25 * ms, false);
    ASSERT_TRUE(passed.has_value());
    EXPECT_EQ(passed->from_ns, -ms);
    EXPECT_EQ(passed->until_ns, 31 * ms);
}

TEST(ReadingTrail, NothingIsKnownWhereTheHandWasNotThereOrIsAnother) {
    const HandReadings after = circling(30 * ms);
    HandReadings lost = after;
    lost.controller.quality = PoseQuality::none;
    HandReadings other = after;
    other.controller.grip_from_tip.position_m.z = -0.1F; // another controller's tip
    const ReadingTrail trail = trail_of(5, 20 * ms, circling);
    EXPECT_FALSE(trail.between(lost, 25 * ms, false).has_value());
    EXPECT_FALSE(trail.between(other, 25 * ms, false).has_value());
    EXPECT_FALSE(trail.between(after, 25 * ms, true).has_value()) << "no fingers";
    EXPECT_FALSE(trail.between(after, 20 * ms, false).has_value());
    EXPECT_FALSE(trail.between(after, 30 * ms, false).has_value());
    EXPECT_FALSE(ReadingTrail{}.between(after, 25 * ms, false).has_value());
}

TEST(ReadingTrail, WhatWasCoveredBeforeOrAfterIsInferred) {
    HandReadings covered = circling(30 * ms);
    covered.controller.quality = PoseQuality::inferred;
    const auto passed = trail_of(5, 20 * ms, circling).between(covered, 25 * ms, false);
    ASSERT_TRUE(passed.has_value());
    EXPECT_EQ(passed->controller.quality, PoseQuality::inferred);
}

} // namespace
} // namespace haven
