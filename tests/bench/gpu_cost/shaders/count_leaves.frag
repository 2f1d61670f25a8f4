#version 460
// As count.frag, and which fragments of foliage are leaf: the rest is cut away.
#include "common.glsl"
#include "output.glsl"
#include "patterns.glsl"

layout(location = 0) in vec3 world;
layout(location = 2) in vec3 normal_in;
layout(location = 3) in vec4 tint_occlusion;
layout(location = 4) in vec2 pattern_m;
layout(location = 5) in vec3 rough_emit_motion;
layout(location = 14) in vec4 near_ways;
layout(early_fragment_tests) in;
layout(set = 1, binding = 0) buffer Counts { uint fragments; uint quads_12; uint live; } counts;

void main() {
    float here = gl_HelperInvocation ? 0.0 : 1.0;
    uvec2 at = uvec2(gl_FragCoord.xy) & 1u;
    float dx = dFdxFine(here);
    float row = here + here + (at.x == 0u ? dx : -dx);
    float dy = dFdyFine(row);
    float quad = row + row + (at.y == 0u ? dy : -dy);
    picture_at = near_ways.xy;
    evaluate(tint_occlusion.rgb, pattern_m, world, normalize(normal_in), rough_emit_motion.x,
             rough_emit_motion.z);
    atomicAdd(counts.fragments, 1u);
    atomicAdd(counts.quads_12, 12u / max(uint(quad + 0.5), 1u));
    if (foliage_cover >= 0.02) {
        atomicAdd(counts.live, 1u);
    }
}
