#version 460
#include "common.glsl"
#include "output.glsl"

layout(location = 0) in vec2 corner;
layout(location = 1) in vec3 colour;
layout(location = 0) out vec4 out_colour;

void main() {
    float soft = max(1.0 - dot(corner, corner), 0.0);
    // A small bright heart and a faint skirt, as in an eye at night.
    float light = soft * soft * soft + 0.05 * soft;
    out_colour = added_to_display(colour * light, 0.45);
}
