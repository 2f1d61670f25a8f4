#version 460
#include "common.glsl"
#include "lighting.glsl"
#include "output.glsl"
#include "sky.glsl"
#include "ink_light.glsl"

layout(location = 0) in vec3 world;
layout(location = 1) in vec3 from_eye;
layout(location = 2) in vec3 normal_in;
layout(location = 3) in vec3 colour;
layout(location = 0) out vec4 out_colour;

void main() {
    vec3 n = normalize(normal_in);
    vec3 light = light_on_ink(world, n, colour);
    float rim = 1.0 - abs(dot(n, normalize(from_eye)));
    light += colour * rim * rim * 0.12;
    out_colour = to_display(apply_fog(light, from_eye, world.y), 1.0);
}
