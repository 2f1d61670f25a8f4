#version 460
// Ink a few pixels wide: two triangles a joint, turned to the eye, that shade like the tube. Light
// on something round is nearly even in its normal: from both edges and the middle, as they are
// shown, all between follows.
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "ink_ring.glsl"
#include "lighting.glsl"
#include "sky.glsl"
#include "ink_light.glsl"
#include "output.glsl"

layout(location = 0) out vec4 edge_across; // shown at this edge; w: -1 to 1 from edge to edge
layout(location = 1) out vec3 middle;      // what the middle has more than the mean of the edges

void main() {
    bool next = gl_VertexIndex >= 2;
    float across = float(gl_VertexIndex & 1) * 2.0 - 1.0;
    vec4 centre_radius = next ? next_centre_radius : here_centre_radius;
    vec3 axis = turn(normalize(next ? next_frame : here_frame), vec3(0.0, 0.0, 1.0));
    vec3 to_eye = normalize(eye_position() - centre_radius.xyz);
    vec3 side = cross(axis, to_eye);
    float length2 = dot(side, side);
    side = length2 > 1e-8 ? side * inversesqrt(length2) : vec3(1.0, 0.0, 0.0);
    vec3 facing = cross(side, axis);
    vec3 normal = side * across;
    vec3 world = centre_radius.xyz + normal * centre_radius.w;
    vec3 colour = ink_colour(next);
    float rim = 1.0 - abs(dot(facing, to_eye));
    mat3 light = light_on_thin_ink(centre_radius.xyz, normal, facing, colour);
    vec3 edge = light[0] + colour * 0.12;
    vec3 other = light[1] + colour * 0.12;
    vec3 front = light[2] + colour * (rim * rim * 0.12);
    if (HAS_FOG) {
        vec4 fog = fog_at(world - eye_position(), world.y);
        edge = mix(fog.rgb, edge, fog.a);
        other = mix(fog.rgb, other, fog.a);
        front = mix(fog.rgb, front, fog.a);
    }
    edge = tone_map(edge);
    other = tone_map(other);
    front = tone_map(front);
    edge_across = vec4(edge, across);
    middle = front - 0.5 * (edge + other);
    gl_Position = place_ink(world);
}
