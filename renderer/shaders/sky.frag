#version 460
#include "common.glsl"
#include "output.glsl"
#include "night.glsl"
#include "sky.glsl"

layout(location = 0) in vec3 ray;
layout(location = 1) in vec3 air;
layout(location = 0) out vec4 out_colour;

void main() {
    vec3 direction = normalize(ray);
    direction.y = frame.fog_tint.w > 0.0 ? abs(direction.y) : direction.y; // in still water
    vec3 light = LEAN && HAS_AIR ? air : sky_gradient(direction) + sky_glow(direction);
    light += sky_sun(direction);
    light += star_band(direction);
    light = sky_clouds(direction, light);
    if (HAS_FOG && !HAS_AIR) { // the air thickens toward the horizon, as it does over the land
        vec3 low = (sky_gradient(vec3(direction.x, 0.0, direction.z)) + sky_glow(direction)) *
                   frame.fog_tint.rgb;
        light = mix(light, low, exp2(-max(direction.y, 0.0) * 22.0));
    }
    out_colour = to_display(light, 1.0);
}
