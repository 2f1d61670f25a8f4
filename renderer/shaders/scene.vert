#version 460
#define HAVEN_VERTEX_SHADER
#include "common.glsl"
#include "lighting.glsl"
#include "scene_vertex.glsl"
#include "sky.glsl"
#include "water_waves.glsl"

layout(location = 0) out vec3 world;
layout(location = 1) out vec3 from_eye;
layout(location = 2) out vec3 normal;
layout(location = 3) out vec4 tint_occlusion;
layout(location = 4) out vec2 pattern_m;
layout(location = 5) out vec3 rough_emit_motion;
layout(location = 6) out vec4 visibility_low;
layout(location = 7) out vec4 visibility_high;
// Of leaves, and of water, lean: the air before it. What else is small enough to have on corners:
// the sky that water mirrors low and high, the light that comes to a leaf from all around.
layout(location = 8) out vec4 corner_air;
layout(location = 9) out vec3 mirror_low;
layout(location = 10) out vec3 mirror_high;
layout(location = 11) out vec3 leaf_ambient;

void main() {
    world = swayed_position();
    from_eye = world - eye_position();
    normal = vertex_normal();
    tint_occlusion = vec4(in_tint.rgb * in_tint.rgb, in_tint.a);
    pattern_m = vec2(in_pattern_mm) * 0.001;
    rough_emit_motion = vec3(float(in_surface.y) / 255.0, vertex_emission(), vertex_motion());
    visibility_low = visibility_from(0u);
    visibility_high = visibility_from(16u);
    corner_air = vec4(0.0, 0.0, 0.0, 1.0);
    mirror_low = vec3(0.0);
    mirror_high = vec3(0.0);
    if (PATTERN == 11u) { // pattern_m: where the water lies at rest; motion: its depth
        Raised raised = raise_water(world, 1.0 - rough_emit_motion.z);
        world = raised.position;
        from_eye = world - eye_position();
        normal = raised.normal;
        pattern_m = in_position.xz;
        rough_emit_motion.yz = vec2(raised.crest, raised.depth_m);
        if (LEAN) {
            vec2 way = from_eye.xz * inversesqrt(max(dot(from_eye.xz, from_eye.xz), 1e-6));
            vec3 low = normalize(vec3(way.x, MIRROR_LOW, way.y));
            vec3 high = normalize(vec3(way.x, MIRROR_HIGH, way.y));
            mirror_low = sky_gradient(low) + sky_glow(low);
            mirror_high = sky_gradient(high) + sky_glow(high);
            corner_air = HAS_FOG ? fog_at(from_eye, world.y) : corner_air;
        }
    }
    leaf_ambient = vec3(0.0);
    if (PATTERN == 10u) {
        leaf_ambient = ambient_light(normal, 1.0);
        corner_air = HAS_FOG ? fog_at(from_eye, world.y) : corner_air;
    }
    gl_Position = project(world);
}
