#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec3 in_ndc_eye; // where in the eye's picture, and which eye's

void main() {
    bool here = uint(in_ndc_eye.z) == view_index();
    gl_Position = here ? vec4(in_ndc_eye.xy, 1.0, 1.0) : vec4(2.0, 2.0, 1.0, 1.0);
}
