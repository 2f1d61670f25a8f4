// Few lights, soft terminators, one specular lobe.
#include "leaf_light.glsl"

struct Lit {
    vec3 diffuse;
    vec3 specular;
};

vec3 ambient_light(vec3 normal, float occlusion) {
    vec3 n = normal;
    vec3 light = frame.ambient[0].rgb + frame.ambient[1].rgb * n.x + frame.ambient[2].rgb * n.y +
                 frame.ambient[3].rgb * n.z;
    if (HAS_AIR) { // a hemisphere has no more
        light += frame.ambient[4].rgb * (n.x * n.y) + frame.ambient[5].rgb * (n.y * n.z) +
                 frame.ambient[6].rgb * (n.z * n.x) +
                 frame.ambient[7].rgb * (3.0 * n.y * n.y - 1.0) +
                 frame.ambient[8].rgb * (n.x * n.x - n.z * n.z);
        light = max(light, vec3(0.0));
    }
    return light * occlusion;
}

// Light of one source at a point: the way to it, and how much of it comes there.
struct Arriving {
    vec3 to_light;
    vec3 colour;
};

Arriving light_arriving(uint i, vec3 world, float visibility) {
    uint kind = (LIGHT_KINDS >> (2u * i)) & 3u;
    vec3 to_light;
    float strength = visibility;
    if (kind == 1u) {
        to_light = frame.lights[i].position_reach.xyz;
        strength *= leaf_light(world, to_light, frame.lights[i].cone_scale.yz);
    } else {
        vec3 offset = frame.lights[i].position_reach.xyz - world;
        float distance2 = dot(offset, offset);
        to_light = offset * inversesqrt(max(distance2, 1e-6));
        float far = distance2 * frame.lights[i].position_reach.w;
        float window = clamp(1.0 - far * far, 0.0, 1.0);
        strength *= window * window / (distance2 + frame.lights[i].colour_source.w);
        if (kind == 3u) {
            float cone =
                clamp(dot(-to_light, frame.lights[i].direction_cone.xyz) *
                              frame.lights[i].cone_scale.x +
                          frame.lights[i].direction_cone.w,
                      0.0, 1.0);
            strength *= cone * cone;
        }
    }
    return Arriving(to_light, frame.lights[i].colour_source.rgb * strength);
}

#ifdef HAVEN_CORNER_LIGHT
const bool NEAR_IS_ON_CORNERS = true;
#else
const bool NEAR_IS_ON_CORNERS = false;
#endif

// Where there are many near lights they fall on corners of triangles (scene::refine_for_light makes
// those dense enough), and a fragment asks only the sun.
bool many_near() {
    return bitCount(LIGHT_KINDS & 0xAAAAu) > 2; // the high bit of a point's and of a spot's kind
}
bool falls_on_corners(uint light) {
    return many_near() && ((LIGHT_KINDS >> (2u * light)) & 2u) != 0u;
}

bool is_glossy() {
    return PATTERN != 6u && PATTERN != 7u && PATTERN != 8u && PATTERN != 10u && !PLAIN_LIGHT;
}
bool has_relief() {
    return PATTERN != 0u && PATTERN != 10u && !PLAIN_LIGHT;
}
float wrap_of() {
    return PATTERN == 6u || PATTERN == 7u ? 0.35
           : PATTERN == 11u               ? 0.5
           : PATTERN == 12u               ? 0.3
                                          : 0.05;
}

float lobe_of(vec3 normal, vec3 to_light, vec3 to_eye, float roughness) {
    float alpha = roughness * roughness;
    float sharpness = 2.0 / max(alpha * alpha, 0.002);
    float aligned = dot(normal, normalize(to_light + to_eye));
    return exp2((aligned - 1.0) * sharpness * 1.4427) * (sharpness * 0.125 + 0.25) *
           clamp(dot(normal, to_light) * 4.0, 0.0, 1.0);
}

// `wrap` lets light creep past the terminator: wrap_of().
Lit light_surface(vec3 world, vec3 normal, vec3 to_eye, float roughness, float wrap, bool glossy,
                  vec4 visibility_low, vec4 visibility_high) {
    Lit lit = Lit(vec3(0.0), vec3(0.0));
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        if (NEAR_IS_ON_CORNERS && falls_on_corners(i)) {
            continue;
        }
        float visibility = i < 4u ? visibility_low[i] : visibility_high[i - 4u];
        Arriving light = light_arriving(i, world, visibility);
        float facing = dot(normal, light.to_light);
        lit.diffuse += light.colour * clamp((facing + wrap) / (1.0 + wrap), 0.0, 1.0);
        if (glossy) {
            lit.specular += light.colour * lobe_of(normal, light.to_light, to_eye, roughness);
        }
    }
    return lit;
}

// The light on a leaf, and what comes through it.
float leaf_sides(float facing) {
    const float WRAP = 0.35;
    vec2 sides = clamp((vec2(facing, -facing) + WRAP) / (1.0 + WRAP), 0.0, 1.0);
    return dot(sides, vec2(0.75, 0.45));
}
