#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "output.glsl"
#include "sky.glsl"

layout(location = 0) out vec3 ray;
layout(location = 1) out vec3 air; // lean: what the air sends, worked out on corners

// A lean sky that is the same all around: a ball of rows by elevation, close where it changes. Its
// corners have what is displayed.
const bool EVEN = PATTERN == 1u;

float row_sine(int row) {
    if (row == 0 || row == HAVEN_EVEN_SKY_ROWS) {
        return row == 0 ? -1.0 : 1.0;
    }
    if (row < 3) {
        return float(row - 3) / 12.0; // from a sixth below the horizon on there is ground alone
    }
    float climbs = 1.0 / frame.sky_zenith.w;
    float part = float(row - 3) / float(HAVEN_EVEN_SKY_ROWS - 4);
    return min(part * part * (HAS_FOG ? max(climbs, 0.3) : climbs), 1.0);
}

// Rows of a strip each, an instance a row: a corner of the upper edge, one of the lower, and so on.
ivec2 corner() {
    return ivec2(gl_VertexIndex / 2, gl_InstanceIndex + (gl_VertexIndex + 1) % 2);
}

vec3 direction_of(ivec2 at) {
    float turn = float(at.x % HAVEN_EVEN_SKY_COLUMNS) * (6.28318530718 / float(HAVEN_EVEN_SKY_COLUMNS));
    float sine = row_sine(at.y);
    float cosine = sqrt(max(1.0 - sine * sine, 0.0));
    return vec3(cos(turn) * cosine, sine, sin(turn) * cosine);
}

vec2 place_of(ivec2 at) {
    if (!LEAN || !HAS_AIR) { // one triangle over the whole picture
        return vec2(gl_VertexIndex == 1 ? 3.0 : -1.0, gl_VertexIndex == 2 ? 3.0 : -1.0);
    }
    return vec2(at) * (2.0 / float(HAVEN_SKY_CELLS)) - 1.0;
}

void main() { // at infinity
    if (EVEN) {
        vec3 direction = direction_of(corner());
        ray = direction;
        air = mix(tone_map(sky_fog(direction, sky_gradient(direction))), frame.fade.rgb, frame.fade.w);
        vec4 clip = frame.clip_from_world[view_index()] * vec4(direction, 0.0);
        gl_Position = vec4(clip.xy, 0.0, clip.w);
        return;
    }
    vec2 ndc = place_of(corner());
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
