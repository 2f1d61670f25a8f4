#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "sky.glsl"

layout(location = 0) out vec3 ray;
layout(location = 1) out vec3 air; // lean: what the air sends, worked out on corners

vec2 corner_of(int index) {
    if (!LEAN || !HAS_AIR) { // one triangle over the whole picture
        return vec2(index == 1 ? 3.0 : -1.0, index == 2 ? 3.0 : -1.0);
    }
    // HAVEN_SKY_CELLS squared rectangles, two triangles each
    int cell = index / 6;
    int corner = index % 6;
    int right = corner == 1 || corner == 2 || corner == 4 ? 1 : 0;
    int down = corner == 2 || corner == 4 || corner == 5 ? 1 : 0;
    vec2 at = vec2(cell % HAVEN_SKY_CELLS + right, cell / HAVEN_SKY_CELLS + down);
    return at * (2.0 / float(HAVEN_SKY_CELLS)) - 1.0;
}

void main() { // at infinity
    vec2 ndc = corner_of(gl_VertexIndex);
    uint eye = view_index();
    ray = frame.ray_x[eye].xyz * ndc.x + frame.ray_y[eye].xyz * ndc.y + frame.ray_0[eye].xyz;
    air = vec3(0.0);
    if (LEAN && HAS_AIR) {
        vec3 direction = normalize(ray);
        direction.y = frame.fog_tint.w > 0.0 ? abs(direction.y) : direction.y;
        air = sky_gradient(direction) + sky_glow(direction);
    }
    gl_Position = vec4(ndc, 0.0, 1.0);
}
