#version 460
// For drawing without a GPU: light falls on vertices, which are dense enough for baked shadows
// anyway.
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "lighting.glsl"
#include "output.glsl"
#include "scene_vertex.glsl"
#include "sky.glsl"

layout(location = 0) out vec4 tint_u;
layout(location = 1) out vec4 light_v;
layout(location = 2) out vec4 world_extra; // w: wetness of sand, else how far the surface faces up
layout(location = 3) out vec3 air;         // what the fog adds

void main() {
    vec3 world = swayed_position();
    vec3 from_eye = world - eye_position();
    vec3 normal = vertex_normal();
    vec4 low = visibility_from(0u);
    vec4 high = visibility_from(16u);
    bool leaf = PATTERN == 10u;
    Lit lit =
        light_surface(world, normal, vec3(0.0), 1.0, leaf ? 0.35 : wrap_of(), false, low, high);
    if (leaf) {
        Lit through = light_surface(world, -normal, vec3(0.0), 1.0, 0.35, false, low, high);
        lit.diffuse = (lit.diffuse + through.diffuse) * 0.6;
    }
    vec3 light = lit.diffuse + ambient_light(normal, in_tint.a) + vertex_emission();
    vec3 tint = in_tint.rgb * in_tint.rgb;
    // The shoulder bends light times tint; what a pattern makes of the tint is a little darker.
    vec3 seen = max(tint * light * 0.6, vec3(1e-5));
    light *= tone_map(seen) / seen;
    air = vec3(0.0);
    if (HAS_FOG) {
        vec4 fog = fog_at(from_eye, world.y);
        light *= fog.a;
        air = tone_map(fog.rgb) * (1.0 - fog.a);
    }
    tint_u = vec4(tint, float(in_pattern_mm.x) * 0.001);
    light_v = vec4(light, float(in_pattern_mm.y) * 0.001);
    world_extra = vec4(world, PATTERN == 9u ? vertex_motion() : normal.y);
    gl_Position = project(world);
}
