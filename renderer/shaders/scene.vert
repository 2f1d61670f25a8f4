#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"

layout(location = 0) in vec3 in_position;
layout(location = 1) in vec2 in_normal;     // octahedral
layout(location = 2) in vec4 in_tint;       // square root of the tint, occlusion
layout(location = 3) in uvec4 in_surface;   // pattern, roughness, emission, motion
layout(location = 4) in uint in_visibility; // 4 bits a light
layout(location = 5) in ivec2 in_pattern_mm;

layout(location = 0) out vec3 world;
layout(location = 1) out vec3 from_eye;
layout(location = 2) out vec3 normal;
layout(location = 3) out vec4 tint_occlusion;
layout(location = 4) out vec2 pattern_m;
layout(location = 5) out vec3 rough_emit_motion;
layout(location = 6) out vec4 visibility_low;
layout(location = 7) out vec4 visibility_high;

vec3 unfold(vec2 p) {
    vec3 n = vec3(p, 1.0 - abs(p.x) - abs(p.y));
    float t = max(-n.z, 0.0);
    n.xy += mix(vec2(t), vec2(-t), greaterThanEqual(n.xy, vec2(0.0)));
    return normalize(n);
}

void main() {
    vec3 position = in_position;
    float motion = float(in_surface.w) / 255.0;
    if (PATTERN == 10u) { // foliage leans in a wind that passes through the place
        float phase = dot(position, vec3(0.7, 0.3, 0.5));
        float t = frame.time_wind_flame.x;
        vec2 lean = vec2(sin(t * 0.9 + phase) + 0.5 * sin(t * 1.7 + phase * 2.3),
                         cos(t * 0.7 + phase * 1.3));
        position.xz += lean * motion * frame.time_wind_flame.y * 0.5;
    }
    world = position;
    from_eye = position - eye_position();
    normal = unfold(in_normal);
    tint_occlusion = vec4(in_tint.rgb * in_tint.rgb, in_tint.a);
    pattern_m = vec2(in_pattern_mm) * 0.001;
    float emission = float(in_surface.z) / 255.0;
    rough_emit_motion = vec3(float(in_surface.y) / 255.0, emission * emission * 16.0, motion);
    uvec4 low = (uvec4(in_visibility) >> uvec4(0u, 4u, 8u, 12u)) & 15u;
    uvec4 high = (uvec4(in_visibility) >> uvec4(16u, 20u, 24u, 28u)) & 15u;
    visibility_low = vec4(low) / 15.0;
    visibility_high = vec4(high) / 15.0;
    gl_Position = project(position);
}
