#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) out vec3 ray;

void main() { // one triangle over the whole picture, at infinity
    vec2 ndc = vec2(gl_VertexIndex == 1 ? 3.0 : -1.0, gl_VertexIndex == 2 ? 3.0 : -1.0);
    uint eye = view_index();
    ray = frame.ray_x[eye].xyz * ndc.x + frame.ray_y[eye].xyz * ndc.y + frame.ray_0[eye].xyz;
    gl_Position = vec4(ndc, 0.0, 1.0);
}
