#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "output.glsl"
#include "sky.glsl"

layout(location = 0) noperspective out vec3 ray;
layout(location = 1) noperspective out vec3 air; // lean: what the air sends, worked out on corners
layout(location = 2) flat out vec3 curve[HAVEN_SKY_CURVE]; // even: sky.frag

// A lean sky that is the same all around, above a ground that the image was cleared to: a
// rectangle over whatever is not ground alone. What is displayed is a curve over the climb above the
// horizon and one over the depth below it.
const bool EVEN = PATTERN == 1u;

vec3 displayed(vec3 light) {
    return mix(tone_map(light), frame.fade.rgb, frame.fade.w);
}

// Each a polynomial through what is right at points that lie evenly from 0 to 1.
void find_curves() {
    vec3 f0 = displayed(frame.sky_zenith.rgb);
    vec3 f1 = displayed(mix(frame.sky_zenith.rgb, frame.sky_horizon.rgb, 1.0 / 3.0));
    vec3 f2 = displayed(mix(frame.sky_zenith.rgb, frame.sky_horizon.rgb, 2.0 / 3.0));
    vec3 f3 = displayed(frame.sky_horizon.rgb);
    vec3 second = f2 - 2.0 * f1 + f0; // differences
    vec3 third = f3 - 3.0 * f2 + 3.0 * f1 - f0;
    curve[0] = f0;
    curve[1] = 3.0 * (f1 - f0) - 1.5 * second + third;
    curve[2] = 4.5 * (second - third);
    curve[3] = 4.5 * third;
    vec3 g1 = displayed(mix(frame.sky_horizon.rgb, frame.sky_ground.rgb, 0.5));
    vec3 g2 = displayed(frame.sky_ground.rgb);
    curve[5] = 2.0 * (g2 - 2.0 * g1 + f3);
    curve[4] = g2 - f3 - curve[5];
}

vec3 ray_at(vec2 ndc, uint eye) {
    return frame.ray_x[eye].xyz * ndc.x + frame.ray_y[eye].xyz * ndc.y + frame.ray_0[eye].xyz;
}

// From a sixth below the horizon on there is ground alone. The ray's height is affine in the
// picture, and a sixth of the longest ray is a sixth of any: what lies under that line is ground.
vec2 above_ground(uint eye, int corner) {
    float longest = 0.0;
    for (int i = 0; i < 4; ++i) {
        longest = max(longest, length(ray_at(vec2(i & 1, i >> 1) * 2.0 - 1.0, eye)));
    }
    vec2 rise = vec2(frame.ray_x[eye].y, frame.ray_y[eye].y);
    float steep = length(rise);
    vec2 up = steep > 1e-6 ? rise / steep : vec2(0.0, 1.0);
    float line = (-longest / 6.0 - frame.ray_0[eye].y) / max(steep, 1e-6);
    vec2 along = vec2(up.y, -up.x);
    const float END = 1.41421; // of the picture, in any direction; within twice its width nothing
                               // is clipped, which software drawing does not do well
    line = clamp(line, -END, END);
    return up * (corner < 2 ? line : END) + along * (corner % 2 == 0 ? END : -END);
}

// Rows of a strip each, an instance a row: a corner of the upper edge, one of the lower, and so on.
ivec2 cell_corner() {
    return ivec2(gl_VertexIndex / 2, gl_InstanceIndex + (gl_VertexIndex + 1) % 2);
}

vec2 place_of(uint eye) {
    if (EVEN) {
        return above_ground(eye, gl_VertexIndex);
    }
    if (LEAN && HAS_AIR) {
        return vec2(cell_corner()) * (2.0 / float(HAVEN_SKY_CELLS)) - 1.0;
    }
    return vec2(gl_VertexIndex & 1, gl_VertexIndex >> 1) * 2.0 - 1.0;
}

void main() { // at infinity
    uint eye = view_index();
    vec2 ndc = place_of(eye);
    ray = ray_at(ndc, eye);
    air = vec3(0.0);
    if (LEAN && HAS_AIR) {
        vec3 direction = normalize(ray);
        direction.y = frame.fog_tint.w > 0.0 ? abs(direction.y) : direction.y;
        air = sky_gradient(direction) + sky_glow(direction);
    }
    if (EVEN) {
        find_curves();
    }
    gl_Position = vec4(ndc, 0.0, 1.0);
}
