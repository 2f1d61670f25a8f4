#version 460
#include "common.glsl"
#include "lighting.glsl"
#include "output.glsl"
#include "sky.glsl"

layout(location = 0) in vec3 world;
layout(location = 1) in vec3 from_eye;
layout(location = 2) in vec3 normal_in;
layout(location = 3) in vec3 colour;
layout(location = 0) out vec4 out_colour;

void main() { // no shadow falls on ink, and it has a little light of its own: it stays readable in
              // the dark
    vec3 n = normalize(normal_in);
    Lit lit = light_surface(world, n, vec3(0.0, 1.0, 0.0), 1.0, 0.6, false, vec4(1.0), vec4(1.0));
    vec3 light = colour * (min(lit.diffuse, vec3(1.6)) * 0.7 + ambient_light(n, 1.0) +
                           frame.time_wind_flame.w);
    float rim = 1.0 - abs(dot(n, normalize(from_eye)));
    light += colour * rim * rim * 0.12;
    out_colour = to_display(apply_fog(light, from_eye, world.y), 1.0);
}
