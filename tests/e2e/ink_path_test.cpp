#include "tests/e2e/ink_path.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "tests/support/motion_script.hpp"

#include <glm/vec3.hpp>
#include <gtest/gtest.h>

#include <string>

namespace haven::test {
namespace {

/// A hand on a circle of 10 cm, 2 s long, trigger held.
MotionScript circle_script() {
    MotionScript script{.name = "circle", .seconds = 3.0};
    script.hands[0].moves = {{.from_s = 0.5,
                              .to_s = 2.5,
                              .curve = {.shape = Spiral{}, .centre_m = {-0.3, 1.3, -0.4}},
                              .trigger = {.keys = {{0.0, 0.5}, {2.0, 0.5}}}}};
    return script;
}

Path circle() {
    return path_of(circle_script(), Hand::left, 0.5, 2.5);
}

/// The circle as a headset of 20 frames a second records it.
Stroke recorded() {
    Stroke stroke;
    for (double time_s = 0.55; time_s < 2.5; time_s += 0.05) {
        stroke.points.push_back(
            {.position_m =
                 evaluate(circle_script(), time_s).hands[0].tracking_from_grip.position_m});
    }
    return stroke;
}

TEST(InkFault, InkOnTheCurveIsRight) {
    EXPECT_EQ(ink_fault(circle(), recorded()), "");
}

TEST(InkFault, APointTwoMillimetresOffTheCurveIsAFault) {
    Stroke stroke = recorded();
    stroke.points[7].position_m.z += 0.002F;
    EXPECT_NE(ink_fault(circle(), stroke).find("off the curve"), std::string::npos);
}

TEST(InkFault, AHoleInTheInkIsAFault) {
    Stroke stroke = recorded();
    stroke.points.erase(stroke.points.begin() + 10, stroke.points.begin() + 18);
    EXPECT_NE(ink_fault(circle(), stroke).find("off the ink"), std::string::npos);
}

TEST(InkFault, InkThatEndsInTheMiddleIsAFault) {
    Stroke stroke = recorded();
    stroke.points.resize(20);
    EXPECT_NE(ink_fault(circle(), stroke), "");
}

TEST(Straying, SeesBothDirections) {
    const Straying right = straying(circle(), recorded(), 0.06);
    EXPECT_LT(Straying::p95(right.ink_to_path_m), 0.002) << "chords of 16 mm";
    EXPECT_LT(right.path_to_ink_m.back(), 0.002);
    Stroke hole = recorded();
    hole.points.erase(hole.points.begin() + 10, hole.points.begin() + 18);
    EXPECT_GT(straying(circle(), hole, 0.06).path_to_ink_m.back(), 0.01);
    Stroke spike = recorded();
    spike.points[7].position_m.z += 0.05F;
    EXPECT_GT(straying(circle(), spike, 0.06).ink_to_path_m.back(), 0.04);
    EXPECT_LT(straying(circle(), spike, 0.06).path_to_ink_m.back(), 0.05);
}

TEST(Path, TheTipIsWhereTheGripsOrientationPutsIt) {
    MotionScript script = circle_script();
    script.hands[0].turn_deg = {90.0, 0.0, 0.0}; // yaw: ahead becomes left
    const Path path = path_of(script, Hand::left, 0.5, 2.5, {0.0, 0.0, -0.1});
    EXPECT_NEAR(path.front().position_m.x, circle().front().position_m.x - 0.1, 1e-6);
    EXPECT_NEAR(path.front().position_m.z, circle().front().position_m.z, 1e-6);
}

} // namespace
} // namespace haven::test
