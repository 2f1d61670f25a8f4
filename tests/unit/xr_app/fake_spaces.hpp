#pragma once

#include "bilateral/pose.hpp"

#include <openxr/openxr.h>

#include <list>
#include <map>
#include <optional>

namespace haven::test {

/// The reference spaces and the head of a runtime, as a test says that they lie in the room. It
/// answers instead of the OpenXR loader: a program that links it talks to no runtime.
struct FakeSpaces {
    static constexpr XrSpaceLocationFlags whole =
        XR_SPACE_LOCATION_ORIENTATION_VALID_BIT | XR_SPACE_LOCATION_POSITION_VALID_BIT;

    /// Enumerated; none: never located.
    std::map<XrReferenceSpaceType, std::optional<Pose>> room_from_space;
    Pose room_from_head{.position_m = {0.0F, 1.6F, 0.0F}};
    XrSpaceLocationFlags head = whole;
    std::optional<XrExtent2Df> bounds; ///< of STAGE
    int creations_failing = 0;         ///< the next ones

    /// What a handle points to.
    struct Made {
        XrReferenceSpaceType type = XR_REFERENCE_SPACE_TYPE_VIEW;
        Pose offset;
    };
    std::list<Made> made;

    [[nodiscard]] static FakeSpaces& get();
    /// Where a space lies; none: it cannot be located.
    [[nodiscard]] std::optional<Pose> room_from(XrSpace space) const;
};

} // namespace haven::test
