#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "scene_vertex.glsl"
#include "water_waves.glsl"

layout(location = 0) out vec3 world;
layout(location = 1) out vec3 from_eye;
layout(location = 2) out vec3 normal;
layout(location = 3) out vec4 tint_occlusion;
layout(location = 4) out vec2 pattern_m;
layout(location = 5) out vec3 rough_emit_motion;
layout(location = 6) out vec4 visibility_low;
layout(location = 7) out vec4 visibility_high;

void main() {
    world = swayed_position();
    from_eye = world - eye_position();
    normal = vertex_normal();
    tint_occlusion = vec4(in_tint.rgb * in_tint.rgb, in_tint.a);
    pattern_m = vec2(in_pattern_mm) * 0.001;
    rough_emit_motion = vec3(float(in_surface.y) / 255.0, vertex_emission(), vertex_motion());
    visibility_low = visibility_from(0u);
    visibility_high = visibility_from(16u);
    if (PATTERN == 11u) { // pattern_m: where the water lies at rest; motion: its depth
        Raised raised = raise_water(world, 1.0 - rough_emit_motion.z);
        world = raised.position;
        from_eye = world - eye_position();
        normal = raised.normal;
        pattern_m = in_position.xz;
        rough_emit_motion.yz = vec2(raised.crest, raised.depth_m);
    }
    gl_Position = project(world);
}
