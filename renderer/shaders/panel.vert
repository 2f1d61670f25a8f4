#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec4 in_position_radius;
layout(location = 1) in vec4 in_orientation;
layout(location = 2) in vec4 in_size_opacity; // z: opacity

layout(location = 0) out vec2 panel_uv;
layout(location = 1) flat out float opacity;

const float COLUMNS = 24.0; // passes/panel_pass.cpp draws as many

vec3 turned(vec4 q, vec3 v) {
    return v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v);
}

// A strip around an upright cylinder; its radius is 0 for a flat one.
void main() {
    panel_uv = vec2(float(gl_VertexIndex / 2) / COLUMNS, float(gl_VertexIndex & 1));
    opacity = in_size_opacity.z;
    float along = (panel_uv.x - 0.5) * in_size_opacity.x;
    vec3 at = vec3(along, (0.5 - panel_uv.y) * in_size_opacity.y, 0.0);
    float radius = in_position_radius.w;
    if (radius > 0.0) {
        at.x = radius * sin(along / radius);
        at.z = radius * (1.0 - cos(along / radius));
    }
    gl_Position = project(in_position_radius.xyz + turned(in_orientation, at));
}
