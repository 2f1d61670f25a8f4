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

// `wrap` lets light creep past the terminator: 0 stone, 0.4 cloth and leaves.
Lit light_surface(vec3 world, vec3 normal, vec3 to_eye, float roughness, float wrap, bool glossy,
                  vec4 visibility_low, vec4 visibility_high) {
    Lit lit = Lit(vec3(0.0), vec3(0.0));
    float alpha = roughness * roughness;
    float sharpness = 2.0 / max(alpha * alpha, 0.002);
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        float visibility = i < 4u ? visibility_low[i] : visibility_high[i - 4u];
        Arriving light = light_arriving(i, world, visibility);
        float facing = dot(normal, light.to_light);
        lit.diffuse += light.colour * clamp((facing + wrap) / (1.0 + wrap), 0.0, 1.0);
        if (glossy) {
            vec3 halfway = normalize(light.to_light + to_eye);
            float aligned = dot(normal, halfway);
            float lobe = exp2((aligned - 1.0) * sharpness * 1.4427) * (sharpness * 0.125 + 0.25);
            lit.specular += light.colour * (lobe * clamp(facing * 4.0, 0.0, 1.0));
        }
    }
    return lit;
}

// A leaf in the light that falls on it and in what comes through it: each light is asked once.
vec3 light_leaf(vec3 world, vec3 normal, vec4 visibility_low, vec4 visibility_high) {
    const float WRAP = 0.35;
    vec3 diffuse = vec3(0.0);
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        float visibility = i < 4u ? visibility_low[i] : visibility_high[i - 4u];
        Arriving light = light_arriving(i, world, visibility);
        float facing = dot(normal, light.to_light);
        vec2 sides = clamp((vec2(facing, -facing) + WRAP) / (1.0 + WRAP), 0.0, 1.0);
        diffuse += light.colour * dot(sides, vec2(0.75, 0.45));
    }
    return diffuse;
}
