#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "tests/support/motion_script.hpp"

#include <glm/vec3.hpp>

#include <span>
#include <vector>

/// The curve a hand truly followed, and how ink compares with it. The runtime shows its state 20
/// times a second, whenever that is, so the comparison is of geometry: time is never compared.
namespace haven::test {

struct PathPoint {
    double time_s = 0.0; ///< of the script
    glm::dvec3 position_m{0.0};
    double trigger = 0.0;
};
using Path = std::vector<PathPoint>;

/// Where the hand's pen was from `from_s` to `to_s`, every `step_s`. `grip_from_tip_m` is the pen's
/// tip in the grip.
[[nodiscard]] Path path_of(const MotionScript& script, Hand hand, double from_s, double to_s,
                           const glm::dvec3& grip_from_tip_m = glm::dvec3(0.0),
                           double step_s = 0.5e-3);

/// The point of the path nearest to `position_m`.
[[nodiscard]] PathPoint nearest(const Path& path, const glm::dvec3& position_m);

[[nodiscard]] double distance_m(const Path& path, const glm::dvec3& position_m);

/// From a position to the line through the stroke's points.
[[nodiscard]] double distance_m(const Stroke& ink, const glm::dvec3& position_m);

/// How far straight lines between samples `interval_s` apart can be from the path around index
/// `at`.
[[nodiscard]] double sagitta_m(const Path& path, std::size_t at, double interval_s);

/// What is wrong with a stroke that should be this path, in words; empty when it is right: each
/// point within `tolerance_m` of the path, and the path covered but for `ends_s` at either end.
struct InkDemand {
    double tolerance_m = 1e-3;
    double ends_s = 0.25; ///< the pen may touch and leave a frame or two late
    double sample_interval_s =
        0.15; ///< two frames of the runtime's late: it runs beside everything else
};
[[nodiscard]] std::string ink_fault(const Path& path, const Stroke& ink,
                                    const InkDemand& demand = {});

} // namespace haven::test
