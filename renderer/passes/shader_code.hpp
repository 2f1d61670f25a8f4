#pragma once

#include <cstdint>
#include <span>

namespace haven::renderer {

enum class VertexShader : std::uint8_t {
    scene,
    scene_lean,
    sky,
    star,
    ink,
    ink_ribbon,
    sprite,
    marker,
    hidden_area,
    veil,
    panel,
    panel_paint
};
enum class FragmentShader : std::uint8_t {
    scene,
    scene_lean,
    translucent,
    sky,
    star,
    ink,
    ink_ribbon,
    sprite,
    marker,
    hidden_area,
    veil,
    panel,
    panel_paint
};

/// SPIR-V, compiled with the program.
[[nodiscard]] std::span<const std::uint32_t> shader_code(VertexShader shader, bool multiview);
[[nodiscard]] std::span<const std::uint32_t> shader_code(FragmentShader shader);

} // namespace haven::renderer
