#version 460
#define HAVEN_CORNER_LIGHT
#include "common.glsl"
#include "lighting.glsl"
#include "corner_light.glsl"
#include "output.glsl"
#include "patterns.glsl"
#include "sky.glsl"

layout(location = 0) in vec3 world;
layout(location = 1) in vec3 from_eye;
layout(location = 2) in vec3 normal_in;
layout(location = 3) in vec4 tint_occlusion;
layout(location = 4) in vec2 pattern_m;
layout(location = 5) in vec3 rough_emit_motion;
layout(location = 6) in vec4 visibility_low;
layout(location = 7) in vec4 visibility_high;
layout(location = 8) in vec4 corner_air;
layout(location = 11) in vec3 even_light;
layout(location = 12) in vec4 near_one;
layout(location = 13) in vec4 near_other;
layout(location = 14) in vec4 near_ways;
layout(location = 0) out vec4 out_colour;

// Mikkelsen 2010, "Bump Mapping Unparametrized Surfaces on the GPU".
vec3 bend(vec3 n, float height_m, float amount) {
    vec3 dx = dFdx(world);
    vec3 dy = dFdy(world);
    vec3 across = cross(dy, n);
    vec3 down = cross(n, dx);
    float area = dot(dx, across);
    vec3 slope = sign(area) * (dFdx(height_m) * across + dFdy(height_m) * down);
    return normalize(abs(area) * n - slope * amount);
}

void main() {
    vec3 n = normalize(normal_in);
    bool leaf = PATTERN == 10u;
    if (leaf && !gl_FrontFacing && !is_cut(pattern_m)) { // a crown's leaves have the crown's normal
        n = -n;
    }
    vec3 to_eye = -normalize(from_eye);
    picture_at = near_ways.xy;
    Surface s =
        evaluate(tint_occlusion.rgb, pattern_m, world, n, rough_emit_motion.x, rough_emit_motion.z);
    if (leaf && foliage_cover < (MULTISAMPLED ? 0.02 : 0.5)) {
        discard; // before any light is worked out for it
    }
    float bump = frame.styles[PATTERN].scale_bump_gloss.z;
    vec3 bent = has_relief() ? bend(n, s.height_m, bump * 2.0) : n;
    bool glossy = is_glossy();
    float roughness = clamp(s.roughness - frame.styles[PATTERN].scale_bump_gloss.w, 0.05, 1.0);
    if (glossy) { // Kaplanyan 2016: normals that vary inside a pixel look rough, not glittering
        vec3 dx = dFdx(bent);
        vec3 dy = dFdy(bent);
        roughness = sqrt(sqrt(min(pow(roughness, 4.0) + 0.5 * (dot(dx, dx) + dot(dy, dy)), 1.0)));
    }
    float openness = tint_occlusion.a;
    Lit lit;
    vec3 ambient;
    if (leaf) {
        lit = Lit(light_leaf(world, bent, visibility_low, visibility_high), vec3(0.0));
        ambient = even_light * s.shade;
    } else {
        lit = light_surface(world, bent, to_eye, roughness, wrap_of(), glossy, visibility_low,
                            visibility_high);
        if (many_near() && !glossy && !has_relief()) {
            lit.diffuse += even_light;
        } else if (many_near()) {
            add_corner_light(lit, near_one, near_other, near_ways, bent - n, bent, to_eye,
                             roughness);
        }
        ambient = ambient_light(bent, openness * s.shade);
    }
    vec3 light = s.albedo * (lit.diffuse * s.shade + ambient);
    if (glossy) {
        float grazing = pow(1.0 - clamp(dot(bent, to_eye), 0.0, 1.0), 5.0);
        float mirror = (0.04 + 0.6 * grazing * (1.0 - roughness)) * s.shade;
        light += lit.specular * 0.04 * s.shade;
        if (PATTERN == 9u || PATTERN == 0u) {
            vec3 around = sky_gradient(reflect(-to_eye, bent)) + sky_glow(reflect(-to_eye, bent));
            if (PATTERN == 9u) { // a film of water, more of a mirror than it is
                float flatly = 1.0 - clamp(dot(bent, to_eye), 0.0, 1.0);
                mirror = 0.04 + 0.96 * flatly * flatly * flatly;
            }
            light += around * mirror * (1.0 - roughness) * openness;
        } else {
            light += ambient_light(reflect(-to_eye, bent), openness) * mirror;
        }
    }
    light += (PATTERN == 5u ? s.albedo : tint_occlusion.rgb) * rough_emit_motion.y;
    light = leaf ? mix(corner_air.rgb, light, corner_air.a) : apply_fog(light, from_eye, world.y);
    out_colour = to_display(light, 1.0);
    if (leaf && MULTISAMPLED) {
        out_colour.a = foliage_cover; // so many of the pixel's samples; the picture stays opaque
    }
}
