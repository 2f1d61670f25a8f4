#version 460
#include "common.glsl"
#include "output.glsl"
#include "night.glsl"
#include "sky.glsl"

layout(location = 0) noperspective in vec3 ray;
layout(location = 1) noperspective in vec3 air;
layout(location = 2) flat in vec3 curve[HAVEN_SKY_CURVE];
layout(location = 0) out vec4 out_colour;

const bool EVEN = PATTERN == 1u; // sky.vert

void main() {
    if (EVEN) {
        float up = ray.y * inversesqrt(dot(ray, ray));
        float left = 1.0 - clamp(up * frame.sky_zenith.w, 0.0, 1.0); // of the climb, its root
        float low = left * left;
        float below = clamp(up * -6.0, 0.0, 1.0);
        vec3 c = curve[0] + low * (curve[1] + low * (curve[2] + low * curve[3])) +
                 below * (curve[4] + below * curve[5]);
        out_colour = dithered(c, 1.0);
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
