#version 460
#define HAVEN_LEAN
#include "common.glsl"
#include "leaf_light.glsl"
#include "output.glsl"
#include "patterns.glsl"

layout(location = 0) in vec4 tint_u;
layout(location = 1) in vec4 light_v;
layout(location = 2) in vec4 world_extra;
layout(location = 3) in vec3 air;
layout(location = 0) out vec4 out_colour;

void main() {
    float extra = world_extra.w;
    vec3 up = vec3(0.0, extra, 0.0); // only its height is asked for
    Surface s = evaluate(tint_u.rgb, vec2(tint_u.w, light_v.w), world_extra.xyz, up, 0.8, extra);
    if (PATTERN == 10u && foliage_cover < 0.5) {
        discard;
    }
    vec3 c = s.albedo * light_v.rgb * s.shade; // tone mapped with the light, on the vertices
    bool under_leaves = PATTERN == 3u || PATTERN == 5u || PATTERN == 8u;
    if (under_leaves && LIGHT_COUNT > 0u && (LIGHT_KINDS & 3u) == 1u && sun_leaves(0u).x > 0.0) {
        vec2 leaves = sun_leaves(0u);
        vec3 to_sun = frame.lights[0].position_reach.xyz;
        float sunny = leaves.x * clamp(0.35 + 0.5 * extra, 0.0, 0.85); // no more is known here
        c *= 1.0 - 0.55 * sunny + sunny * leaf_spots(world_extra.xyz, to_sun, leaves.y);
    }
    if (HAS_FOG) {
        c += air;
    }
    if (HOLDS_BRIGHTNESS) { // the pattern may have made more of what corners held
        c *= min(1.0, frame.size_vignette.w / max(dot(c, vec3(0.2126, 0.7152, 0.0722)), 1e-4));
    }
    out_colour = mapped_to_display(c, 1.0);
}
