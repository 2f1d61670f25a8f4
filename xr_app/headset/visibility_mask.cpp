#include "xr_app/headset/visibility_mask.hpp"

#include "renderer/stereo_renderer.hpp"
#include "xr_app/headset/openxr_instance.hpp"

#include <openxr/openxr.h>

#include <array>
#include <cstdint>
#include <vector>

namespace haven {

std::array<renderer::HiddenTriangles, 2> read_visibility_mask(const OpenxrInstance& instance,
                                                              XrSession session) {
    std::array<renderer::HiddenTriangles, 2> hidden;
    if (!instance.has_extension(XR_KHR_VISIBILITY_MASK_EXTENSION_NAME)) {
        return hidden;
    }
    const auto get = instance.function<PFN_xrGetVisibilityMaskKHR>("xrGetVisibilityMaskKHR");
    for (std::uint32_t eye = 0; eye < hidden.size() && get != nullptr; ++eye) {
        const auto ask = [&](XrVisibilityMaskKHR& mask) {
            return get(session, XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO, eye,
                       XR_VISIBILITY_MASK_TYPE_HIDDEN_TRIANGLE_MESH_KHR, &mask);
        };
        XrVisibilityMaskKHR mask{.type = XR_TYPE_VISIBILITY_MASK_KHR};
        if (XR_FAILED(ask(mask)) || mask.indexCountOutput == 0) {
            continue;
        }
        std::vector<XrVector2f> corners(mask.vertexCountOutput);
        std::vector<std::uint32_t> indices(mask.indexCountOutput);
        mask.vertexCapacityInput = mask.vertexCountOutput;
        mask.vertices = corners.data();
        mask.indexCapacityInput = mask.indexCountOutput;
        mask.indices = indices.data();
        if (XR_FAILED(ask(mask))) {
            continue;
        }
        for (const std::uint32_t index : indices) {
            const XrVector2f& corner = corners.at(index);
            hidden.at(eye).emplace_back(corner.x, corner.y);
        }
    }
    return hidden;
}

} // namespace haven
