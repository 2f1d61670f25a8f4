#include "renderer/passes/shader_code.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace haven::renderer {
namespace {

// clang-format off
constexpr std::uint32_t scene_vert[] = {
#include "shaders/scene.vert.inc"
};
constexpr std::uint32_t scene_vert_multiview[] = {
#include "shaders/scene.vert.multiview.inc"
};
constexpr std::uint32_t scene_lean_vert[] = {
#include "shaders/scene_lean.vert.inc"
};
constexpr std::uint32_t scene_lean_vert_multiview[] = {
#include "shaders/scene_lean.vert.multiview.inc"
};
constexpr std::uint32_t sky_vert[] = {
#include "shaders/sky.vert.inc"
};
constexpr std::uint32_t sky_vert_multiview[] = {
#include "shaders/sky.vert.multiview.inc"
};
constexpr std::uint32_t star_vert[] = {
#include "shaders/star.vert.inc"
};
constexpr std::uint32_t star_vert_multiview[] = {
#include "shaders/star.vert.multiview.inc"
};
constexpr std::uint32_t ink_vert[] = {
#include "shaders/ink.vert.inc"
};
constexpr std::uint32_t ink_vert_multiview[] = {
#include "shaders/ink.vert.multiview.inc"
};
constexpr std::uint32_t ink_ribbon_vert[] = {
#include "shaders/ink_ribbon.vert.inc"
};
constexpr std::uint32_t ink_ribbon_vert_multiview[] = {
#include "shaders/ink_ribbon.vert.multiview.inc"
};
constexpr std::uint32_t sprite_vert[] = {
#include "shaders/sprite.vert.inc"
};
constexpr std::uint32_t sprite_vert_multiview[] = {
#include "shaders/sprite.vert.multiview.inc"
};
constexpr std::uint32_t marker_vert[] = {
#include "shaders/marker.vert.inc"
};
constexpr std::uint32_t marker_vert_multiview[] = {
#include "shaders/marker.vert.multiview.inc"
};
constexpr std::uint32_t hidden_area_vert[] = {
#include "shaders/hidden_area.vert.inc"
};
constexpr std::uint32_t hidden_area_vert_multiview[] = {
#include "shaders/hidden_area.vert.multiview.inc"
};
constexpr std::uint32_t hidden_area_frag[] = {
#include "shaders/hidden_area.frag.inc"
};
constexpr std::uint32_t veil_vert[] = {
#include "shaders/veil.vert.inc"
};
constexpr std::uint32_t veil_vert_multiview[] = {
#include "shaders/veil.vert.multiview.inc"
};
constexpr std::uint32_t veil_frag[] = {
#include "shaders/veil.frag.inc"
};
constexpr std::uint32_t scene_frag[] = {
#include "shaders/scene.frag.inc"
};
constexpr std::uint32_t scene_lean_frag[] = {
#include "shaders/scene_lean.frag.inc"
};
constexpr std::uint32_t translucent_frag[] = {
#include "shaders/translucent.frag.inc"
};
constexpr std::uint32_t sky_frag[] = {
#include "shaders/sky.frag.inc"
};
constexpr std::uint32_t star_frag[] = {
#include "shaders/star.frag.inc"
};
constexpr std::uint32_t ink_frag[] = {
#include "shaders/ink.frag.inc"
};
constexpr std::uint32_t ink_ribbon_frag[] = {
#include "shaders/ink_ribbon.frag.inc"
};
constexpr std::uint32_t sprite_frag[] = {
#include "shaders/sprite.frag.inc"
};
constexpr std::uint32_t marker_frag[] = {
#include "shaders/marker.frag.inc"
};
constexpr std::uint32_t panel_vert[] = {
#include "shaders/panel.vert.inc"
};
constexpr std::uint32_t panel_vert_multiview[] = {
#include "shaders/panel.vert.multiview.inc"
};
constexpr std::uint32_t panel_frag[] = {
#include "shaders/panel.frag.inc"
};
constexpr std::uint32_t panel_paint_vert[] = {
#include "shaders/panel_paint.vert.inc"
};
constexpr std::uint32_t panel_paint_frag[] = {
#include "shaders/panel_paint.frag.inc"
};
// clang-format on

using Code = std::span<const std::uint32_t>;
const std::array vertex_one_eye{Code(scene_vert),  Code(scene_lean_vert), Code(sky_vert),
                                Code(star_vert),   Code(ink_vert),        Code(ink_ribbon_vert),
                                Code(sprite_vert), Code(marker_vert),     Code(hidden_area_vert),
                                Code(veil_vert),   Code(panel_vert),      Code(panel_paint_vert)};
const std::array vertex_both_eyes{
    Code(scene_vert_multiview),       Code(scene_lean_vert_multiview),
    Code(sky_vert_multiview),         Code(star_vert_multiview),
    Code(ink_vert_multiview),         Code(ink_ribbon_vert_multiview),
    Code(sprite_vert_multiview),      Code(marker_vert_multiview),
    Code(hidden_area_vert_multiview), Code(veil_vert_multiview),
    Code(panel_vert_multiview),       Code(panel_paint_vert)}; // not of an eye
const std::array fragment{Code(scene_frag),       Code(scene_lean_frag), Code(translucent_frag),
                          Code(sky_frag),         Code(star_frag),       Code(ink_frag),
                          Code(ink_ribbon_frag),  Code(sprite_frag),     Code(marker_frag),
                          Code(hidden_area_frag), Code(veil_frag),       Code(panel_frag),
                          Code(panel_paint_frag)};

} // namespace

std::span<const std::uint32_t> shader_code(VertexShader shader, bool multiview) {
    const auto index = static_cast<std::size_t>(shader);
    return multiview ? vertex_both_eyes.at(index) : vertex_one_eye.at(index);
}

std::span<const std::uint32_t> shader_code(FragmentShader shader) {
    return fragment.at(static_cast<std::size_t>(shader));
}

} // namespace haven::renderer
