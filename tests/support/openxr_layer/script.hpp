#pragma once

#include "bilateral/pose.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <openxr/openxr.h>

/// The script of the test-only OpenXR API layer: one instruction a line. FORMAT-openxr-script.md
/// describes it.
namespace haven::test::layer {

/// How well something is located.
enum class Tracking : std::uint8_t {
    runtime,          ///< as the runtime says
    inferred,         ///< VALID without TRACKED
    orientation_only, ///< no position
    nonsense,         ///< valid and tracked, and no numbers
    lost,             ///< nothing valid
    zero,             ///< valid and tracked, exactly at the origin
    still,            ///< where it was when this began to hold
    inactive,         ///< and its actions too
};

enum class SpaceIs : std::uint8_t { whole, unlocatable, missing };
enum class Device : std::uint8_t { controller, fingers };

struct SetSpace {
    XrReferenceSpaceType type = XR_REFERENCE_SPACE_TYPE_STAGE;
    SpaceIs is = SpaceIs::whole;
};
struct SetHead {
    Tracking tracking = Tracking::runtime;
};
struct SetHand {
    std::array<bool, 2> hands{};
    Device device = Device::controller;
    Tracking tracking = Tracking::runtime;
};
struct SetProfile {
    std::array<bool, 2> hands{};
    std::string path; ///< empty: the runtime's
};
struct SetInput {
    std::array<bool, 2> hands{};
    std::string path;           ///< "/input/pinch_ext/value"
    std::optional<float> value; ///< none: the runtime's
};
struct Fail {
    std::string call;
    XrResult result = XR_SUCCESS;
    std::uint32_t times = 1;
};
/// What xrWaitFrame says instead of the truth.
struct SetDisplayTime {
    enum class Kind : std::uint8_t { truth, by, at };
    Kind kind = Kind::truth;
    std::int64_t ns = 0;
    std::optional<std::uint32_t> frames; ///< none: until told otherwise
};
struct SetDisplayPeriod {
    std::optional<std::int64_t> ns; ///< none: the truth
};
/// Reference spaces get another origin.
struct Redefine {
    std::vector<XrReferenceSpaceType> types;
    Pose previous_from_new;
    bool said = true;       ///< the event carries the pose
    bool announced = true;  ///< there is an event
    std::int64_t in_ns = 0; ///< from now
};
struct SetState {
    XrSessionState state = XR_SESSION_STATE_UNKNOWN;
};
struct InstanceLossPending {};
struct LoseSession {};
struct SetGaze {
    std::optional<Pose> head_from_gaze; ///< none: the eyes are not seen
};
struct SetPresence {
    bool present = true;
};
/// Nothing after it holds before.
struct Await {
    enum class What : std::uint8_t { frames, focused };
    What what = What::frames;
    std::uint64_t frames = 0; ///< more, from when its turn comes
    std::uint64_t until = 0;  ///< 0: its turn has not come
};

using Instruction = std::variant<SetSpace, SetHead, SetHand, SetProfile, SetInput, Fail,
                                 SetDisplayTime, SetDisplayPeriod, Redefine, SetState,
                                 InstanceLossPending, LoseSession, SetGaze, SetPresence, Await>;

/// None for an empty line and a comment; the error says what is wrong with the line.
[[nodiscard]] std::expected<std::optional<Instruction>, std::string>
parse_line(std::string_view line);

} // namespace haven::test::layer
