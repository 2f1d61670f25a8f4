#version 460
#include "common.glsl"
#include "output.glsl"
#include "night.glsl"
#include "sky.glsl"

layout(location = 0) in vec3 ray;
layout(location = 1) in vec3 air;
layout(location = 0) out vec4 out_colour;

const bool EVEN = PATTERN == 1u; // sky.vert

void main() {
    if (EVEN) {
        out_colour = faded_to_display(air, 1.0);
        return;
    }
    vec3 direction = normalize(ray);
    direction.y = frame.fog_tint.w > 0.0 ? abs(direction.y) : direction.y; // in still water
    vec3 light = LEAN && HAS_AIR ? air : sky_gradient(direction) + sky_glow(direction);
    light += sky_sun(direction);
    light += star_band(direction);
    light = sky_clouds(direction, light);
    out_colour = to_display(sky_fog(direction, light), 1.0);
}
