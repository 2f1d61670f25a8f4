#include "tests/unit/xr_app/fake_spaces.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/headset/openxr_pose.hpp"

#include <cstdint>
#include <optional>

namespace haven::test {

namespace {

FakeSpaces::Made* made_for(XrSpace space) {
    return reinterpret_cast<FakeSpaces::Made*>(space);
}

bool is_view(XrSpace space) {
    return made_for(space)->type == XR_REFERENCE_SPACE_TYPE_VIEW;
}

} // namespace

FakeSpaces& FakeSpaces::get() {
    static FakeSpaces spaces;
    return spaces;
}

std::optional<Pose> FakeSpaces::room_from(XrSpace space) const {
    const Made& its = *made_for(space);
    if (is_view(space)) {
        return room_from_head * its.offset;
    }
    const auto found = room_from_space.find(its.type);
    return found != room_from_space.end() && found->second
               ? std::optional(*found->second * its.offset)
               : std::nullopt;
}

} // namespace haven::test

using haven::test::FakeSpaces;

XRAPI_ATTR XrResult XRAPI_CALL xrEnumerateReferenceSpaces(XrSession /*session*/,
                                                          std::uint32_t capacity,
                                                          std::uint32_t* count,
                                                          XrReferenceSpaceType* types) {
    *count = 0;
    for (const auto& [type, pose] : FakeSpaces::get().room_from_space) {
        if (*count < capacity) {
            types[*count] = type;
        }
        *count += 1;
    }
    return XR_SUCCESS;
}

XRAPI_ATTR XrResult XRAPI_CALL xrCreateReferenceSpace(XrSession /*session*/,
                                                      const XrReferenceSpaceCreateInfo* info,
                                                      XrSpace* space) {
    FakeSpaces& spaces = FakeSpaces::get();
    if (spaces.creations_failing > 0) {
        spaces.creations_failing -= 1;
        return XR_ERROR_LIMIT_REACHED;
    }
    spaces.made.push_back(
        {.type = info->referenceSpaceType, .offset = haven::pose_of(info->poseInReferenceSpace)});
    *space = reinterpret_cast<XrSpace>(&spaces.made.back());
    return XR_SUCCESS;
}

XRAPI_ATTR XrResult XRAPI_CALL xrDestroySpace(XrSpace space) {
    FakeSpaces::get().made.remove_if(
        [&](const FakeSpaces::Made& one) { return &one == haven::test::made_for(space); });
    return XR_SUCCESS;
}

XRAPI_ATTR XrResult XRAPI_CALL xrLocateSpace(XrSpace space, XrSpace base, XrTime /*time*/,
                                             XrSpaceLocation* location) {
    const FakeSpaces& spaces = FakeSpaces::get();
    const auto room_from_space = spaces.room_from(space);
    const auto room_from_base = spaces.room_from(base);
    location->locationFlags = 0;
    if (room_from_space && room_from_base) {
        location->locationFlags = haven::test::is_view(space) != haven::test::is_view(base)
                                      ? spaces.head
                                      : FakeSpaces::whole;
        location->pose = haven::xr_pose_of(haven::inverse(*room_from_base) * *room_from_space);
    }
    return XR_SUCCESS;
}

XRAPI_ATTR XrResult XRAPI_CALL xrGetReferenceSpaceBoundsRect(XrSession /*session*/,
                                                             XrReferenceSpaceType /*type*/,
                                                             XrExtent2Df* bounds) {
    const auto& told = FakeSpaces::get().bounds;
    *bounds = told.value_or(XrExtent2Df{});
    return told ? XR_SUCCESS : XR_SPACE_BOUNDS_UNAVAILABLE;
}
