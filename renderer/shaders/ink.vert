#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "ink_ring.glsl"
#include "lighting.glsl"
#include "sky.glsl"
#include "ink_light.glsl"

layout(location = 0) out vec3 from_eye;
layout(location = 1) out vec3 normal;
layout(location = 2) out vec3 light; // that comes from here, whoever looks
layout(location = 3) out vec3 rim;   // what comes to it at the tube's edge

const uint SIDES = 8u;

void main() {
    uint index = uint(gl_VertexIndex);
    bool next = index >= SIDES;
    float angle = float(index % SIDES) * (6.28318530718 / float(SIDES));
    vec4 centre_radius = next ? next_centre_radius : here_centre_radius;
    vec4 ring_frame = normalize(next ? next_frame : here_frame);
    normal = turn(ring_frame, vec3(cos(angle), sin(angle), 0.0));
    vec3 world = centre_radius.xyz + normal * centre_radius.w;
    from_eye = world - eye_position();
    vec3 colour = ink_colour(next);
    light = light_on_ink(world, normal, colour);
    rim = colour * 0.12;
    if (HAS_FOG) {
        vec4 fog = fog_at(from_eye, world.y);
        light = mix(fog.rgb, light, fog.a);
        rim *= fog.a;
    }
    gl_Position = place_ink(world);
}
