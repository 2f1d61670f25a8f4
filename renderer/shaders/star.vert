#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec4 in_direction_size;
layout(location = 1) in vec4 in_colour_twinkle;

layout(location = 0) out vec2 corner;
layout(location = 1) out vec3 colour;

void main() { // at infinity: the same direction for both eyes, a fixed size in pixels
    corner = vec2((gl_VertexIndex & 1) * 2 - 1, (gl_VertexIndex & 2) - 1);
    vec3 direction = mat3(frame.world_from_stars) * in_direction_size.xyz;
    float phase = fract(dot(in_direction_size.xyz, vec3(17.3, 31.7, 23.9)));
    float twinkle =
        1.0 + in_colour_twinkle.a * sin(frame.time_wind_flame.x * (0.6 + phase) + phase * 40.0);
    float above = smoothstep(0.0, 0.15, direction.y);
    colour = in_colour_twinkle.rgb * twinkle * above;
    vec4 clip = project(eye_position() + direction);
    vec2 pixel = 2.0 / frame.size_vignette.xy;
    clip.xy += corner * pixel * (0.75 + in_direction_size.w) * clip.w;
    gl_Position = vec4(clip.xy, 0.0, clip.w);
}
