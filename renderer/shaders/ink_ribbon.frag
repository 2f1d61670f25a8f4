#version 460
#include "common.glsl"
#include "output.glsl"

layout(location = 0) in vec4 edge_across;
layout(location = 1) in vec3 middle;
layout(location = 0) out vec4 out_colour;

void main() {
    float round = sqrt(max(1.0 - edge_across.w * edge_across.w, 0.0));
    out_colour = mapped_to_display(edge_across.rgb + middle * round, 1.0);
}
