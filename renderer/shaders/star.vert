#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec4 in_direction_size;
layout(location = 1) in vec4 in_colour_twinkle;

layout(location = 0) out vec2 corner;
layout(location = 1) out vec3 colour;

const float PIXEL_RADIUS = 1.35;    // less would blink as it crosses from pixel to pixel
const float RADIUS_RAD = 0.0011;    // of a star of size 1, where pixels are finer than that

void main() { // at infinity: the same direction for both eyes
    corner = vec2((gl_VertexIndex & 1) * 2 - 1, (gl_VertexIndex & 2) - 1);
    vec3 direction = mat3(frame.world_from_stars) * in_direction_size.xyz;
    float chance = fract(dot(in_direction_size.xyz, vec3(17.3, 31.7, 23.9)));
    // 6 to 13 s, and a whole number of them until the time begins again.
    float rate = (630.0 + floor(chance * 730.0)) * (6.28318530718 / 8192.0);
    float low = 1.0 - smoothstep(0.1, 0.7, direction.y); // air makes stars waver, near the horizon
    float twinkle = 1.0 + in_colour_twinkle.a * (0.35 + 0.65 * low) *
                              sin(frame.time_wind_flame.x * rate + chance * 40.0);
    // Air dims and reddens what is low.
    float above = smoothstep(0.015, 0.28, direction.y);
    vec3 through = mix(vec3(0.42, 0.30, 0.20), vec3(1.0), above) * smoothstep(0.0, 0.05, direction.y);
    vec4 clip = project(eye_position() + direction);
    uint eye = view_index();
    vec2 pixel_rad = vec2(length(frame.ray_x[eye].xyz), length(frame.ray_y[eye].xyz)) * 2.0 /
                     frame.size_vignette.xy;
    vec2 radius = max(vec2(PIXEL_RADIUS), RADIUS_RAD / pixel_rad) * in_direction_size.w;
    // A star keeps its light however few pixels show it.
    vec2 least = max(radius, vec2(PIXEL_RADIUS));
    float kept = (radius.x * radius.y) / (least.x * least.y);
    colour = in_colour_twinkle.rgb * through * (twinkle * kept);
    clip.xy += corner * (2.0 / frame.size_vignette.xy) * least * clip.w;
    gl_Position = vec4(clip.xy, 0.0, clip.w);
}
