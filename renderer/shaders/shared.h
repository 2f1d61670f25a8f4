// What the CPU writes and the shaders read, typed once. Vectors of four only, so that std140 and
// C++ agree.
#ifdef __cplusplus
#pragma once
#include <glm/mat4x4.hpp>
#include <glm/vec4.hpp>
namespace haven::renderer::shared {
using glm::mat4;
using glm::uvec4;
using glm::vec4;
#endif

#define HAVEN_LIGHT_COUNT_MAX 8
#define HAVEN_PATTERN_COUNT 16
#define HAVEN_SKY_ROWS 24
#define HAVEN_SKY_CELLS 24 // across and down, where corners have the sky
#define HAVEN_SKY_CURVE 6  // coefficients of a sky that is the same all around
#define HAVEN_WAVE_COUNT 5

struct ShaderLight {
    vec4 position_reach; // xyz: where, or for a sun the way to it; w: 1 / reach^2
    vec4 colour_source;  // rgb: at 1 m, scaled for this frame; w: source radius^2
    vec4 direction_cone; // xyz: the way a spot shines; w: cone offset
    vec4 cone_scale;     // x: cone scale; a point light has 0 and offset 1. A sun: y: how much of it
                         // leaves break, z: 1 / size of the spots. Another: w: 1 of the
                         // strongest and of those that flicker in step with it, else 0
};

struct ShaderStyle {
    vec4 accent_strength;  // rgb, strength
    vec4 scale_bump_gloss; // along, across, bump, gloss
};

struct FrameUniforms {
    mat4 clip_from_world[2];
    vec4 eye_position[2];
    vec4 ray_x[2]; // ray of a pixel = ray_x * ndc.x + ray_y * ndc.y + ray_0, world space, not unit
                   // length
    vec4 ray_y[2];
    vec4 ray_0[2];
    vec4 time_wind_flame;    // seconds (wrapped), wind, flame height, ink glow
    vec4 white_saturation;   // white balance times exposure, saturation
    vec4 fade;               // rgb, amount
    vec4 size_vignette;      // pixels across and down, vignette, brightest luminance
    vec4 sky_zenith;  // w: 1 / horizon width
    vec4 sky_horizon; // w: cloud cover
    vec4 sky_ground;  // w: cloud scale
    vec4 to_sun;      // w: cosine of the disc's radius
    vec4 sun_colour;  // w: 1 / softness of its edge
    vec4 glow_colour; // w: exponent
    vec4 cloud_colour;
    vec4 cloud_offset; // xy: drift so far
    vec4 fog;          // density, falloff, start
    vec4 fog_tint; // w: 1 when the sky is seen in still water below the horizon
    vec4 cloud_light; // where the sun comes through their edges
    vec4 cloud_between; // sines of elevation: begins, ends; the sun's azimuth, xz
    vec4 sky_even[HAVEN_SKY_ROWS]; // of the air: scene::SkyLight
    vec4 sky_toward[HAVEN_SKY_ROWS];
    vec4 sky_halo[HAVEN_SKY_ROWS];
    vec4 ambient[9];               // spherical harmonics of the light from everywhere
    vec4 waves[HAVEN_WAVE_COUNT];  // wave vector xz, height from the middle, phase
    vec4 water;                    // reach of the swash, foam, how much it mirrors, sharp crests
    vec4 water_phases;             // of the swash, twice; of rings, twice
    vec4 water_drift;              // of broad and fine ripples
    vec4 hinge_point; // where what swings is held; w: cosine of its angle
    vec4 hinge_axis;  // unit length; w: sine
    vec4 rings;       // x: of drops on still water, 0..1
    mat4 world_from_stars; // fourth column: light of the Milky Way
    ShaderLight lights[HAVEN_LIGHT_COUNT_MAX];
    ShaderStyle styles[HAVEN_PATTERN_COUNT];
};

#ifdef __cplusplus
} // namespace haven::renderer::shared
#endif
