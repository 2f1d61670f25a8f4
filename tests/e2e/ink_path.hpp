#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "tests/support/motion_script.hpp"

#include <glm/vec3.hpp>

#include <span>
#include <string>
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

/// Where an Index controller's ink comes out of the grip's pose (xr_app/input/profile_table.cpp);
/// the scripted hands hold two of them.
inline constexpr glm::dvec3 controller_tip_m{0.0, -0.010, -0.075};

/// The paths of all a hand's presses, in time.
[[nodiscard]] std::vector<Path> pressed_paths(const MotionScript& script, Hand hand,
                                              PressBy by = PressBy::trigger,
                                              const glm::dvec3& grip_from_tip_m = controller_tip_m,
                                              double step_s = 0.5e-3);

/// The point of the path nearest to `position_m`.
[[nodiscard]] PathPoint nearest(const Path& path, const glm::dvec3& position_m);

[[nodiscard]] double distance_m(const Path& path, const glm::dvec3& position_m);

/// From a position to the line through the stroke's points.
[[nodiscard]] double distance_m(const Stroke& ink, const glm::dvec3& position_m);

/// How far straight lines between samples `interval_s` apart can be from the path around index
/// `at`.
[[nodiscard]] double sagitta_m(const Path& path, std::size_t at, double interval_s);

/// How far a path and its ink stray from each other, sorted.
struct Straying {
    std::vector<double> path_to_ink_m;
    std::vector<double> ink_to_path_m; ///< the line between the stored points, not only these
    [[nodiscard]] static double p95(const std::vector<double>& sorted);
};
/// `ends_s` at either end of the path are left out: a stroke begins and ends with its trigger, to a
/// few milliseconds.
[[nodiscard]] Straying straying(const Path& path, const Stroke& ink, double ends_s);

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
