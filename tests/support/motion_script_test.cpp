#include "tests/support/motion_script.hpp"

#include "bilateral/hand_sample.hpp"
#include "tests/support/monado_remote.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace haven::test {
namespace {

constexpr const char* two_moves = R"({
  "format": 1, "name": "two moves", "seconds": 6,
  "left": {
    "rest_m": [-0.2, 1.0, -0.3],
    "moves": [
      {"from_s": 1, "to_s": 2,
       "curve": {"shape": "circle", "centre_m": [-0.3, 1.3, -0.5], "radius_m": 0.1},
       "trigger": [[0.25, 0.5], [0.75, 1.0]]},
      {"from_s": 3, "to_s": 4,
       "curve": {"shape": "polyline", "points_m": [[0, 1, -0.5], [0, 1.4, -0.5]]},
       "trigger": [[0, 0.4], [1, 0.4]], "pinch": [[0.5, 1], [0.6, 1]]}
    ]
  },
  "right": {"mirror": true}
})";

MotionScript parsed(const char* json) {
    auto script = parse_motion_script(json);
    EXPECT_TRUE(script.has_value()) << script.error();
    return script.value_or(MotionScript{});
}

glm::vec3 hand_at(const MotionScript& script, int hand, double time_s) {
    return evaluate(script, time_s)
        .hands.at(static_cast<std::size_t>(hand))
        .tracking_from_grip.position_m;
}

void expect_near(const glm::vec3& is, const glm::vec3& should) {
    EXPECT_LT(glm::distance(is, should), 1e-6F) << is.x << " " << is.y << " " << is.z;
}

std::string error_of(const std::string& json) {
    auto script = parse_motion_script(json);
    return script ? "" : script.error();
}

TEST(MotionScript, ACircleIsFollowedEvenlyInTime) {
    const MotionScript script = parsed(two_moves);
    expect_near(hand_at(script, 0, 1.0), {-0.2F, 1.3F, -0.5F});
    expect_near(hand_at(script, 0, 1.25), {-0.3F, 1.4F, -0.5F});
    expect_near(hand_at(script, 0, 1.5), {-0.4F, 1.3F, -0.5F});
}

TEST(MotionScript, AHandRestsAtBothEnds) {
    const MotionScript script = parsed(two_moves);
    expect_near(hand_at(script, 0, 0.0), {-0.2F, 1.0F, -0.3F});
    expect_near(hand_at(script, 0, 6.0), {-0.2F, 1.0F, -0.3F});
    expect_near(hand_at(script, 0, 99.0), {-0.2F, 1.0F, -0.3F});
}

TEST(MotionScript, AHandTravelsBetweenMovesWithoutAJump) {
    const MotionScript script = parsed(two_moves);
    for (int step = 0; step < 6000; ++step) {
        const double time_s = step * 1e-3;
        EXPECT_LT(glm::distance(hand_at(script, 0, time_s), hand_at(script, 0, time_s + 1e-3)),
                  2e-3F)
            << time_s;
    }
}

TEST(MotionScript, TheMirroredHandIsAcrossThePlaneBetweenThem) {
    const MotionScript script = parsed(two_moves);
    for (const double time_s : {0.0, 0.7, 1.3, 2.5, 3.4, 5.0}) {
        const glm::vec3 left = hand_at(script, 0, time_s);
        expect_near(hand_at(script, 1, time_s), {-left.x, left.y, left.z});
    }
}

TEST(MotionScript, TheTriggerIsPressedOnlyBetweenItsFirstAndLastKey) {
    const MotionScript script = parsed(two_moves);
    const auto trigger = [&](double time_s) { return evaluate(script, time_s).hands[0].trigger; };
    EXPECT_EQ(trigger(1.24), 0.0F);
    EXPECT_FLOAT_EQ(trigger(1.25), 0.5F);
    EXPECT_FLOAT_EQ(trigger(1.5), 0.75F);
    EXPECT_EQ(trigger(1.76), 0.0F);
    EXPECT_EQ(trigger(2.5), 0.0F);
}

TEST(MotionScript, PressesAreTheIntervalsAboveTheThreshold) {
    const auto found = presses(parsed(two_moves), Hand::left, PressBy::trigger, 0.3);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NEAR(found[0].from_s, 1.25, 0.002);
    EXPECT_NEAR(found[0].to_s, 1.75, 0.002);
    EXPECT_EQ(presses(parsed(two_moves), Hand::left, PressBy::pinch, 0.5).size(), 1U);
}

TEST(MotionScript, PinchCurlsTheIndexFingerAlone) {
    const auto curl = evaluate(parsed(two_moves), 3.55).hands[0].curl;
    EXPECT_EQ(curl[3], 1.0F);
    EXPECT_EQ(curl[2], 0.0F);
}

TEST(MotionScript, AMisspeltNameIsRefusedWithItsPlace) {
    std::string json = two_moves;
    json.replace(json.find("\"radius_m\""), 10, "\"raduis_m\"");
    EXPECT_NE(error_of(json).find("/left/moves/0/curve"), std::string::npos) << error_of(json);
}

TEST(MotionScript, OverlappingMovesAreRefused) {
    std::string json = two_moves;
    json.replace(json.find("\"from_s\": 3"), 11, "\"from_s\": 1");
    EXPECT_NE(error_of(json).find("/left/moves/1"), std::string::npos) << error_of(json);
}

TEST(MotionScript, AnUnknownShapeIsRefusedWithTheKnownOnes) {
    std::string json = two_moves;
    json.replace(json.find("\"circle\""), 8, "\"circel\"");
    EXPECT_NE(error_of(json).find("blossom"), std::string::npos) << error_of(json);
}

TEST(MotionScript, EveryScriptOfTheAssetsKeepsTheHandsWithinComfortableReach) {
    int scripts = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(HAVEN_SOURCE_DIR "/assets/scripts")) {
        if (entry.path().extension() != ".json") {
            continue;
        }
        ++scripts;
        const auto script = load_motion_script(entry.path());
        ASSERT_TRUE(script.has_value()) << script.error();
        for (double time_s = 0.0; time_s <= script->seconds; time_s += 0.01) {
            const RemoteState state = evaluate(*script, time_s);
            for (const RemoteHand& hand : state.hands) {
                const glm::vec3 reach =
                    hand.tracking_from_grip.position_m - glm::vec3(script->head.position_m);
                EXPECT_LE(-reach.z, 0.6F) << entry.path() << " at " << time_s; // A3: no long reach
                EXPECT_LE(glm::length(reach), 0.85F) << entry.path() << " at " << time_s;
                EXPECT_LE(glm::length(hand.linear_velocity_mps), 2.0F) << entry.path() << time_s;
            }
        }
    }
    EXPECT_GE(scripts, 1);
}

} // namespace
} // namespace haven::test
