#include "renderer/passes/frame_uniforms.hpp"

#include "renderer/passes/picture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/shaders/shared.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::renderer {
namespace {

constexpr double time_wrap_s = 8192.0; // a float still tells 1 ms there

void fill_eye(shared::FrameUniforms& to, std::size_t eye, const scene::EyeView& view) {
    const glm::mat4 projection = scene::clip_from_eye(view.fov);
    to.clip_from_world[eye] = projection * scene::eye_from_world(view);
    to.eye_position[eye] = glm::vec4(view.position_m, 0.0F);
    const auto ray = [&](glm::vec3 in_eye) { return glm::vec4(view.orientation * in_eye, 0.0F); };
    to.ray_x[eye] = ray({1.0F / projection[0][0], 0.0F, 0.0F});
    to.ray_y[eye] = ray({0.0F, 1.0F / projection[1][1], 0.0F});
    to.ray_0[eye] =
        ray({projection[2][0] / projection[0][0], projection[2][1] / projection[1][1], -1.0F});
}

shared::ShaderLight shader_light(const scene::Light& light, float scale) {
    shared::ShaderLight to{};
    const bool sun = light.kind == scene::LightKind::sun;
    const glm::vec3 direction = glm::normalize(light.direction);
    to.position_reach = sun ? glm::vec4(-direction, 0.0F)
                            : glm::vec4(light.position_m, 1.0F / (light.reach_m * light.reach_m));
    to.colour_source =
        glm::vec4(light.colour * scale, light.source_radius_m * light.source_radius_m);
    to.direction_cone = glm::vec4(direction, 1.0F);
    if (light.kind == scene::LightKind::spot) {
        const float inner = std::cos(light.cone_inner_rad);
        const float outer = std::cos(light.cone_outer_rad);
        const float slope = 1.0F / std::max(inner - outer, 1e-3F);
        to.cone_scale.x = slope;
        to.direction_cone.w = -outer * slope;
    }
    return to;
}

void fill_sky(shared::FrameUniforms& to, const scene::Scene& scene, double time_s) {
    const scene::Sky& sky = scene.sky;
    to.sky_zenith = glm::vec4(sky.zenith, 1.0F / std::max(sky.horizon_width, 0.01F));
    to.sky_horizon = glm::vec4(sky.horizon, sky.cloud_cover);
    to.sky_ground = glm::vec4(sky.ground, sky.cloud_scale);
    const float edge = std::cos(sky.sun_radius_rad);
    const float rim = std::cos(sky.sun_radius_rad * 0.85F);
    to.to_sun = glm::vec4(glm::normalize(sky.to_sun), edge);
    to.sun_colour = glm::vec4(sky.sun_colour, 1.0F / std::max(rim - edge, 1e-6F));
    // The glow halves where 1 - cos(angle) = width^2 / 2.
    const float spread = std::max(sky.glow_width * sky.glow_width * 0.5F, 1e-3F);
    to.glow_colour = glm::vec4(sky.glow_colour, 1.0F / spread);
    to.cloud_colour = glm::vec4(sky.cloud_colour, 0.0F);
    const auto drift = [&](float per_second) { // the noise repeats at 1
        return static_cast<float>(std::fmod(static_cast<double>(per_second) * time_s, 1.0));
    };
    to.cloud_offset = glm::vec4(drift(sky.cloud_drift.x), drift(sky.cloud_drift.y), 0.0F, 0.0F);
    to.fog = glm::vec4(scene.fog.density_per_m * std::numbers::log2e_v<float>,
                       scene.fog.height_falloff_per_m * std::numbers::log2e_v<float>,
                       scene.fog.start_m, 0.0F);
    to.fog_tint = glm::vec4(scene.fog.tint, 0.0F);
}

} // namespace

shared::FrameUniforms frame_uniforms(const scene::Scene& scene, const scene::SceneFrame& moment,
                                     const Picture& picture, VkExtent2D extent) {
    assert(scene.lights.size() <= scene::light_count_max);
    shared::FrameUniforms to{};
    for (std::size_t eye = 0; eye < 2; ++eye) {
        fill_eye(to, eye, picture.eyes.at(eye));
    }
    to.time_wind_flame = {static_cast<float>(std::fmod(moment.time_s, time_wrap_s)), moment.wind,
                          moment.flame_height, picture.ink_glow};
    to.white_saturation =
        glm::vec4(scene.white * (scene.exposure * moment.exposure), scene.saturation);
    to.fade = glm::vec4(picture.fade_colour, std::clamp(picture.fade, 0.0F, 1.0F));
    to.size_vignette = {static_cast<float>(extent.width), static_cast<float>(extent.height),
                        picture.vignette, 0.0F};
    to.ambient_sky = glm::vec4(scene.ambient.sky, 0.0F);
    to.ambient_ground = glm::vec4(scene.ambient.ground, 0.0F);
    fill_sky(to, scene, moment.time_s);
    to.world_from_stars = glm::mat4_cast(moment.world_from_stars);
    for (std::size_t i = 0; i < scene.lights.size(); ++i) {
        to.lights[i] = shader_light(scene.lights[i], moment.light_scale.at(i));
    }
    for (std::size_t i = 0; i < scene::pattern_count; ++i) {
        const scene::PatternStyle& style = scene.styles.at(i);
        to.styles[i] = {
            .accent_strength = glm::vec4(style.accent, style.strength),
            .scale_bump_gloss = {style.scale_m.x, style.scale_m.y, style.bump, style.gloss}};
    }
    return to;
}

} // namespace haven::renderer
