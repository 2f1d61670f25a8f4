// A SceneVertex as it arrives, and what both kinds of shader make of it.
#include "wind.glsl"

layout(location = 0) in vec3 in_position;
layout(location = 1) in vec2 in_normal;     // octahedral
layout(location = 2) in vec4 in_tint;       // square root of the tint, occlusion
layout(location = 3) in uvec4 in_surface;   // pattern, roughness, emission, motion
layout(location = 4) in uint in_visibility; // 4 bits a light
layout(location = 5) in ivec2 in_pattern_mm;

vec3 unfold(vec2 p) {
    vec3 n = vec3(p, 1.0 - abs(p.x) - abs(p.y));
    float t = max(-n.z, 0.0);
    n.xy += mix(vec2(t), vec2(-t), greaterThanEqual(n.xy, vec2(0.0)));
    return normalize(n);
}

float vertex_motion() {
    return float(in_surface.w) / 255.0;
}
float vertex_emission() {
    float root = float(in_surface.z) / 255.0;
    return root * root * 16.0;
}
vec4 visibility_from(uint shift) {
    return vec4((uvec4(in_visibility) >> (shift + uvec4(0u, 4u, 8u, 12u))) & 15u) / 15.0;
}

bool on_hinge() {
    return PATTERN == 0u && in_surface.w > 0u;
}
vec3 about_hinge(vec3 v) { // Rodrigues
    vec3 axis = frame.hinge_axis.xyz;
    float c = frame.hinge_point.w;
    return v * c + cross(axis, v) * frame.hinge_axis.w + axis * (dot(axis, v) * (1.0 - c));
}

vec3 vertex_normal() {
    vec3 normal = unfold(in_normal);
    return on_hinge() ? about_hinge(normal) : normal;
}

vec3 swayed_position() {
    vec3 position = in_position;
    if (on_hinge()) {
        position = frame.hinge_point.xyz + about_hinge(position - frame.hinge_point.xyz);
    }
    if (PATTERN == 10u) { // foliage leans in a wind that passes through the place
        vec2 lean = wind_lean(position, frame.time_wind_flame.x);
        position.xz += lean * (vertex_motion() * frame.time_wind_flame.y);
    }
    return position;
}
