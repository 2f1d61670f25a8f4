#version 460
#include "common.glsl"
#include "output.glsl"

layout(location = 0) in vec2 panel_uv;
layout(location = 1) flat in float opacity;
layout(location = 0) out vec4 out_colour;

// A little sharper than its mips are, since the picture has more pixels than any eye shows of it.
const float SHARPER = -0.4;

// Its colours are what the display shows: no light of the place falls on them. Its white is the
// brightest that the place allows, so that it dims where that does; its dark tones less, so that
// eight bits still tell a field from the paper that it lies on.
void main() {
    vec4 painted = texture(panel_map, panel_uv, SHARPER);
    float white = frame.size_vignette.w;
    vec3 colour =
        white * pow(painted.rgb / max(painted.a, 1e-4), vec3(1.0 - 0.35 * (1.0 - white)));
    float alpha = painted.a * opacity;
    out_colour = vec4(mapped_to_display(colour, 1.0).rgb * alpha, alpha);
}
