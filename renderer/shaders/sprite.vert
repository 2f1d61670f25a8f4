#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec4 in_position_radius;
layout(location = 1) in vec4 in_colour_opacity;
layout(location = 2) in uint in_kind;
layout(location = 3) in vec2 in_stretch_seed;

layout(location = 0) out vec2 corner;
layout(location = 1) out vec4 colour_opacity;
layout(location = 2) flat out uint kind;
layout(location = 3) out float seed;
layout(location = 4) out vec3 from_eye;

void main() { // faces the head upright: no roll with the eyes' line
    corner = vec2((gl_VertexIndex & 1) * 2 - 1, (gl_VertexIndex & 2) - 1);
    vec3 centre = in_position_radius.xyz;
    vec3 middle = 0.5 * (frame.eye_position[0].xyz + frame.eye_position[1].xyz);
    vec3 ahead = normalize(centre - middle);
    vec3 right = normalize(cross(ahead, vec3(0.0, 1.0, 0.001)));
    vec3 up = in_kind == 2u ? vec3(0.0, 1.0, 0.0) : cross(right, ahead);
    vec3 world =
        centre + (right * corner.x + up * corner.y * in_stretch_seed.x) * in_position_radius.w;
    colour_opacity = in_colour_opacity;
    kind = in_kind;
    seed = in_stretch_seed.y;
    from_eye = world - eye_position();
    gl_Position = project(world);
}
