#version 460
// Counts what a fragment shader would be run for: tests come first, one is added for each
// fragment, and 12 for each 2 x 2 quad, shared between those of its four that are no helpers.
layout(early_fragment_tests) in;
layout(set = 1, binding = 0) buffer Counts { uint fragments; uint quads_12; uint live; } counts;

void main() {
    float here = gl_HelperInvocation ? 0.0 : 1.0;
    uvec2 at = uvec2(gl_FragCoord.xy) & 1u;
    float dx = dFdxFine(here);
    float row = here + here + (at.x == 0u ? dx : -dx);
    float dy = dFdyFine(row);
    float quad = row + row + (at.y == 0u ? dy : -dy);
    atomicAdd(counts.fragments, 1u);
    atomicAdd(counts.quads_12, 12u / max(uint(quad + 0.5), 1u));
}
