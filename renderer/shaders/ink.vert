#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "ink_ring.glsl"

layout(location = 0) out vec3 world;
layout(location = 1) out vec3 from_eye;
layout(location = 2) out vec3 normal;
layout(location = 3) out vec3 colour;

const uint SIDES = 8u;

void main() {
    uint index = uint(gl_VertexIndex);
    bool next = index >= SIDES;
    float angle = float(index % SIDES) * (6.28318530718 / float(SIDES));
    vec4 centre_radius = next ? next_centre_radius : here_centre_radius;
    vec4 ring_frame = normalize(next ? next_frame : here_frame);
    normal = turn(ring_frame, vec3(cos(angle), sin(angle), 0.0));
    world = centre_radius.xyz + normal * centre_radius.w;
    from_eye = world - eye_position();
    colour = ink_colour(next);
    gl_Position = place_ink(world);
}
