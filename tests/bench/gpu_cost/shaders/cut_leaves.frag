#version 460
// The depth of what foliage leaves of its cards, and nothing else.
#include "common.glsl"
#include "output.glsl"
#include "patterns.glsl"

layout(location = 0) in vec3 world;
layout(location = 2) in vec3 normal_in;
layout(location = 3) in vec4 tint_occlusion;
layout(location = 4) in vec2 pattern_m;
layout(location = 5) in vec3 rough_emit_motion;
layout(location = 14) in vec4 near_ways;

void main() {
    picture_at = near_ways.xy;
    evaluate(tint_occlusion.rgb, pattern_m, world, normalize(normal_in), rough_emit_motion.x,
             rough_emit_motion.z);
    if (foliage_cover < 0.5) {
        discard;
    }
}
