#version 460
#include "common.glsl"
#include "lighting.glsl"
#include "output.glsl"
#include "sky.glsl"

layout(location = 0) in vec3 world;
layout(location = 1) in vec3 from_eye;
layout(location = 2) in vec3 normal_in;
layout(location = 3) in vec4 colour_opacity;
layout(location = 4) flat in uint kind;
layout(location = 0) out vec4 out_colour;

void main() {
    vec3 n = normalize(normal_in);
    float facing = clamp(dot(n, -normalize(from_eye)), 0.0, 1.0);
    Lit lit = light_surface(world, n, vec3(0.0, 1.0, 0.0), 1.0, 0.6, false, vec4(1.0), vec4(1.0));
    vec3 soft =
        colour_opacity.rgb * (min(lit.diffuse, vec3(1.5)) * 0.5 + ambient_light(n, 1.0) + 0.10);
    vec3 bead = colour_opacity.rgb * (0.35 + 0.9 * facing * facing);
    vec3 light = kind == 0u ? soft : bead;
    // A hand is densest at its rim, like a soft shell; a bead is solid and melts at its edge.
    float shell = 0.35 + 0.5 * (1.0 - facing) * (1.0 - facing);
    float alpha = colour_opacity.a * (kind == 0u ? shell : 1.0) * smoothstep(0.0, 0.25, facing);
    vec4 shown = to_display(light, 1.0);
    out_colour = vec4(shown.rgb * alpha, alpha);
}
