#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

// This ring and the one after it: the same buffer, bound 32 bytes further on.
layout(location = 0) in vec4 here_centre_radius;
layout(location = 1) in vec4 here_frame;
layout(location = 2) in vec4 here_colour;
layout(location = 3) in uint here_flags;
layout(location = 4) in vec4 next_centre_radius;
layout(location = 5) in vec4 next_frame;
layout(location = 6) in vec4 next_colour;

layout(location = 0) out vec3 world;
layout(location = 1) out vec3 from_eye;
layout(location = 2) out vec3 normal;
layout(location = 3) out vec3 colour;

const uint SIDES = 8u;
const uint LAST_OF_STROKE = 1u;

vec3 turn(vec4 q, vec3 v) {
    return v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v);
}

void main() {
    uint index = uint(gl_VertexIndex);
    bool next = index >= SIDES;
    float angle = float(index % SIDES) * (6.28318530718 / float(SIDES));
    vec4 centre_radius = next ? next_centre_radius : here_centre_radius;
    vec4 ring_frame = normalize(next ? next_frame : here_frame);
    vec3 srgb = (next ? next_colour : here_colour).rgb;
    normal = turn(ring_frame, vec3(cos(angle), sin(angle), 0.0));
    world = centre_radius.xyz + normal * centre_radius.w;
    from_eye = world - eye_position();
    colour = srgb * (srgb * (srgb * 0.305306011 + 0.682171111) +
                     0.012522878); // sRGB to linear, to 1 in 500
    gl_Position = (here_flags & LAST_OF_STROKE) != 0u ? vec4(0.0, 0.0, -1.0, 1.0) : project(world);
}
