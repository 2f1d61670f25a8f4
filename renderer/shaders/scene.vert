#version 460
#define HAVEN_VERTEX_SHADER
#define HAVEN_CORNER_LIGHT
#include "common.glsl"
#include "lighting.glsl"
#include "corner_light.glsl"
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
// the sky that water mirrors low and high, light that is even: all that comes to a leaf but the sun.
layout(location = 8) out vec4 corner_air;
layout(location = 9) out vec3 mirror_low;
layout(location = 10) out vec3 mirror_high;
layout(location = 11) out vec3 even_light;
layout(location = 12) out vec4 near_one; // of near light: the colours, and the ways' x, then yz
layout(location = 13) out vec4 near_other;
layout(location = 14) out vec4 near_ways; // xy of leaves: where their card's picture is

// Each whole metre of the pattern's plane is a card: which of foliage.glsl's bands it lies in and its
// place there say which of the pictures it shows (scene::card_levels), or its mirror image.
vec2 card_picture(vec2 m) {
    ivec2 card = ivec2(floor(m));
    int number = (card.x & 1) + 2 * card.y + 128; // of the part's dice
    int which = card.x >= 24   ? 12 + (number & 3)
                : card.x >= 20 ? number % 6
                : card.x >= 18 ? 10 + (number & 1)
                               : 6 + (number & 3);
    vec2 inside = fract(m);
    inside.x = (card.y & 8) == 0 ? inside.x : 1.0 - inside.x;
    return (vec2(which & 3, which >> 2) + inside) * 0.25;
}

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
    vec3 facing_eye = dot(normal, from_eye) > 0.0 ? -normal : normal;
    vec3 lit_side = PATTERN == 12u ? facing_eye : normal;
    if (PATTERN == 10u) {
        corner_air = HAS_FOG ? fog_at(from_eye, world.y) : corner_air;
        lit_side = abs(in_pattern_mm.x) < 16000 ? facing_eye : normal; // is_cut(): crowns have theirs
        visibility_low *= leaf_takes(lit_side, 0u);
        visibility_high *= leaf_takes(lit_side, 4u);
    }
    NearLight near[2] = near_on_corner(world, lit_side, visibility_low, visibility_high);
    bool even = PATTERN == 10u || PATTERN == 11u || (!has_relief() && !is_glossy());
    even_light = even ? near[0].colour + near[1].colour : vec3(0.0);
    if (PATTERN == 10u) {
        even_light += ambient_light(normal, in_tint.a);
    }
    near_one = vec4(near[0].colour, near[0].way.x);
    near_other = vec4(near[1].colour, near[1].way.x);
    near_ways = vec4(near[0].way.yz, near[1].way.yz);
    if (PATTERN == 10u) {
        near_ways.xy = card_picture(pattern_m);
    }
    gl_Position = project(world);
}
