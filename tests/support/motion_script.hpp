#pragma once

#include "bilateral/hand_sample.hpp"
#include "tests/support/monado_remote.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// How a person moves, written down: where the head and both hands are at any moment, as closed
/// formulas, so that what was drawn can be compared with what was meant. assets/scripts/FORMAT.md
/// is the file format. Everything here is pure.
namespace haven::test {

// The shapes, in the plane of the curve (x right, y up), for a phase s from 0 to 1. Lengths in
// metres.

/// Through the points, at a constant speed.
struct Polyline {
    std::vector<glm::dvec3> points_m;
};
/// radius * (cos, sin) of the angle start_turn + turns * s; from_radius to to_radius makes it a
/// spiral.
struct Spiral {
    double from_radius_m = 0.1;
    double to_radius_m = 0.1;
    double turns = 1.0;
    double start_turn = 0.0;
};
/// size / 2 * sin(2 pi (frequency * s + phase)), axis by axis. A figure eight is the frequencies 1
/// and 2.
struct Lissajous {
    glm::dvec3 size_m{0.2, 0.2, 0.0};
    glm::dvec3 frequency{1.0, 2.0, 0.0};
    glm::dvec3 phase_turns{0.0};
};
/// A circle whose radius swells with each petal: radius (1 - depth (1 - cos(petals * angle)) / 2).
struct Blossom {
    double radius_m = 0.12;
    double petals = 5.0;
    double depth = 0.6;
    double turns = 1.0;
    double start_turn = 0.0;
};

struct Curve {
    std::variant<Polyline, Spiral, Lissajous, Blossom> shape;
    glm::dvec3 centre_m{0.0}; ///< STAGE space
    glm::dvec3 turn_deg{0.0}; ///< yaw, pitch, roll of the curve's plane
    double wave_m = 0.0;      ///< toward and away from the person: wave_m * sin(2 pi waves s)
    double waves = 1.0;
    bool mirrored = false; ///< across the plane x = 0, after all else
};

/// Value against time; linear between keys, 0 before the first and after the last.
struct Envelope {
    std::vector<glm::dvec2> keys; ///< seconds since the move began, value
};

struct Move {
    double from_s = 0.0;
    double to_s = 0.0;
    Curve curve;
    bool gentle =
        false; ///< starts and ends at rest (minimum jerk); otherwise the phase grows evenly
    Envelope trigger;
    Envelope pinch; ///< curl of the index finger
};

struct HandScript {
    glm::dvec3 rest_m{0.2, 1.1, -0.3};
    glm::dvec3 turn_deg{0.0}; ///< yaw, pitch, roll of the grip
    glm::dvec3 sway_deg{0.0}; ///< added, once a sway_seconds
    double sway_seconds = 4.0;
    bool active = true;
    bool tracked = true;     ///< hand tracking sees the hand
    std::vector<Move> moves; ///< in time, not overlapping
};

struct HeadScript {
    glm::dvec3 position_m{0.0, 1.6, 0.0};
    glm::dvec3 turn_deg{0.0};
    glm::dvec3 sway_m{0.0};
    glm::dvec3 sway_deg{0.0};
    double sway_seconds = 6.0;
};

struct MotionScript {
    std::string name;
    double seconds = 0.0;
    HeadScript head;
    std::array<HandScript, 2> hands; ///< indexed by haven::Hand
};

/// The point of a curve at phase s; outside 0 to 1 it is the nearer end.
[[nodiscard]] glm::dvec3 point_at(const Curve& curve, double s);

/// The whole state at `time_s` after the start; outside the script's seconds it is that of the
/// nearer end. Between moves, and from and to its place of rest, a hand travels straight, starting
/// and stopping softly.
[[nodiscard]] RemoteState evaluate(const MotionScript& script, double time_s);

/// When a hand holds its trigger (or pinch) above a threshold.
struct Press {
    double from_s = 0.0;
    double to_s = 0.0;
    friend bool operator==(const Press&, const Press&) = default;
};
enum class PressBy : std::uint8_t { trigger, pinch };
[[nodiscard]] std::vector<Press> presses(const MotionScript& script, Hand hand, PressBy by,
                                         double threshold);

/// The message says where in the document and what was expected.
[[nodiscard]] std::expected<MotionScript, std::string> parse_motion_script(std::string_view json);
[[nodiscard]] std::expected<MotionScript, std::string>
load_motion_script(const std::filesystem::path& file);

} // namespace haven::test
