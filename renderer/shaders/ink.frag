#version 460
#include "common.glsl"
#include "output.glsl"

layout(location = 0) in vec3 from_eye;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec3 light;
layout(location = 3) in vec3 rim;
layout(location = 0) out vec4 out_colour;

void main() {
    float edge = 1.0 - abs(dot(normalize(normal), normalize(from_eye)));
    out_colour = to_display(light + rim * (edge * edge), 1.0);
}
