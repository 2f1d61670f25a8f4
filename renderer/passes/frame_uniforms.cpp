#include "renderer/passes/frame_uniforms.hpp"

#include "renderer/passes/picture.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/sky_light.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/shaders/shared.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <algorithm>
#include <array>
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
    if (sun) {
        to.cone_scale.y = light.leaves;
        to.cone_scale.z = 1.0F / std::max(light.leaf_spot_m, 0.01F);
    }
    if (light.kind == scene::LightKind::spot) {
        const float inner = std::cos(light.cone_inner_rad);
        const float outer = std::cos(light.cone_outer_rad);
        const float slope = 1.0F / std::max(inner - outer, 1e-3F);
        to.cone_scale.x = slope;
        to.direction_cone.w = -outer * slope;
    }
    return to;
}

/// Of a point or a spot: it is the strongest of them, or belongs to that, as what a room throws
/// back of a fire.
bool in_step_with_strongest(const scene::Scene& scene, const scene::Light& light) {
    const scene::Light* strongest = nullptr;
    float most = -1.0F;
    for (const scene::Light& other : scene.lights) {
        const float bright = glm::dot(other.colour, glm::vec3(0.2126F, 0.7152F, 0.0722F));
        if (other.kind != scene::LightKind::sun && bright > most) {
            strongest = &other;
            most = bright;
        }
    }
    return &light == strongest ||
           (strongest != nullptr && light.kind != scene::LightKind::sun &&
            light.flicker_depth > 0.0F && light.flicker_depth == strongest->flicker_depth &&
            light.flicker_phase == strongest->flicker_phase);
}

/// The part of a turn at which something is that takes `period_s`, in radians; exact after weeks.
float phase_at(double time_s, double period_s) {
    const double turns = time_s / period_s;
    return static_cast<float>((turns - std::floor(turns)) * 2.0 * std::numbers::pi);
}

/// Deep water's own rhythm, slowed: no wave comes quicker than every four seconds.
void fill_water(shared::FrameUniforms& to, const scene::Scene& scene, double time_s) {
    struct Part {
        double length;
        float height;
        float turn_rad;
    };
    static constexpr std::array<Part, HAVEN_WAVE_COUNT> parts{
        Part{1.0, 0.36F, 0.0F}, Part{0.71, 0.26F, 0.42F}, Part{0.47, 0.18F, -0.51F},
        Part{0.31, 0.12F, 0.83F}, Part{0.19, 0.08F, -0.93F}};
    constexpr double gravity = 9.81;
    constexpr double slowed = 1.7;
    const scene::Water& water = scene.water;
    const float way_length = std::max(glm::length(water.toward), 1e-3F);
    const glm::vec2 way = water.toward / way_length;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = parts.at(i);
        const double length_m = static_cast<double>(water.wave_m) * part.length;
        const double period_s =
            std::max(4.0 + 0.37 * static_cast<double>(parts.size() - i),
                     slowed * std::sqrt(2.0 * std::numbers::pi * length_m / gravity));
        const auto number = static_cast<float>(2.0 * std::numbers::pi / length_m);
        const float c = std::cos(part.turn_rad);
        const float s = std::sin(part.turn_rad);
        to.waves[i] = {number * (way.x * c - way.y * s), number * (way.y * c + way.x * s),
                       0.5F * water.height_m * part.height, -phase_at(time_s, period_s)};
    }
    to.water = {water.swash_m, water.foam, water.mirror, 0.75F};
    to.water_phases = {phase_at(time_s, 9.3), phase_at(time_s, 13.1), phase_at(time_s, 17.0),
                       phase_at(time_s, 23.0)};
    const float size_m = std::max(scene.style(scene::Pattern::water).scale_m.x, 0.0F);
    const double tile_m = 8.0 * static_cast<double>(size_m > 0.0F ? size_m : 1.2F);
    const auto drift = [&](float m_per_s, double tiles) { // the noise repeats at 1
        return static_cast<float>(
            std::fmod(static_cast<double>(m_per_s) * time_s / tile_m * tiles, 1.0));
    };
    to.water_drift = {drift(water.flow_m_per_s.x, 1.0), drift(water.flow_m_per_s.y, 1.0),
                      drift(water.flow_m_per_s.x, 4.7), drift(water.flow_m_per_s.y, 4.9)};
}

void fill_sky_light(shared::FrameUniforms& to, const scene::SkyLight& light) {
    static_assert(scene::sky_row_count == HAVEN_SKY_ROWS);
    for (std::size_t i = 0; i < scene::sky_row_count; ++i) {
        to.sky_even[i] = glm::vec4(light.even.at(i), 0.0F);
        to.sky_toward[i] = glm::vec4(light.toward.at(i), 0.0F);
        to.sky_halo[i] = glm::vec4(light.halo.at(i), 0.0F);
    }
    for (std::size_t i = 0; i < light.ambient.size(); ++i) {
        to.ambient[i] = glm::vec4(light.ambient.at(i), 0.0F);
    }
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
    to.fog_tint = glm::vec4(scene.fog.tint, scene.water.mirror > 0.0F ? 1.0F : 0.0F);
    to.cloud_light = glm::vec4(sky.cloud_light, 0.0F);
    const glm::vec2 flat{sky.to_sun.x, sky.to_sun.z};
    const float length = glm::length(flat);
    const glm::vec2 azimuth = length > 1e-4F ? flat / length : glm::vec2(0.0F, -1.0F);
    to.cloud_between = glm::vec4(sky.cloud_between, azimuth);
}

} // namespace

shared::FrameUniforms frame_uniforms(const scene::Scene& scene, const scene::SkyLight& sky_light,
                                     const scene::SceneFrame& moment, const Picture& picture,
                                     VkExtent2D extent) {
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
                        picture.vignette, scene.brightest};
    fill_sky(to, scene, moment.time_s);
    fill_sky_light(to, sky_light);
    fill_water(to, scene, moment.time_s);
    to.hinge_point = glm::vec4(scene.hinge.point_m, std::cos(moment.hinge_rad));
    to.hinge_axis = glm::vec4(scene.hinge.axis, std::sin(moment.hinge_rad));
    to.rings = {scene.water.rings, 0.0F, 0.0F, 0.0F};
    to.world_from_stars = glm::mat4_cast(moment.world_from_stars);
    to.world_from_stars[3] = glm::vec4(scene.sky.star_band, 0.0F);
    for (std::size_t i = 0; i < scene.lights.size(); ++i) {
        to.lights[i] = shader_light(scene.lights[i], moment.light_scale.at(i));
        to.lights[i].cone_scale.w = in_step_with_strongest(scene, scene.lights[i]) ? 1.0F : 0.0F;
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
