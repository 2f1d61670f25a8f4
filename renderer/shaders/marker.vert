#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec3 in_position; // of a unit sphere
layout(location = 1) in vec4 in_centre_opacity;
layout(location = 2) in vec4 in_orientation;
layout(location = 3) in vec4 in_radii_kind;
layout(location = 4) in vec4 in_colour;

layout(location = 0) out vec3 world;
layout(location = 1) out vec3 from_eye;
layout(location = 2) out vec3 normal;
layout(location = 3) out vec4 colour_opacity;
layout(location = 4) flat out uint kind;

vec3 turn(vec4 q, vec3 v) {
    return v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v);
}

void main() {
    world = in_centre_opacity.xyz + turn(in_orientation, in_position * in_radii_kind.xyz);
    from_eye = world - eye_position();
    normal = turn(in_orientation, in_position / in_radii_kind.xyz);
    colour_opacity = vec4(in_colour.rgb, in_centre_opacity.w);
    kind = uint(in_radii_kind.w);
    gl_Position = project(world);
}
