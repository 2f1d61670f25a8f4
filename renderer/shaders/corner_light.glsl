// Light that corners of triangles bring to their fragments: what many near lights give, and what the
// sun gives a leaf. Near lights come as two: the strongest with those in step with it, and all the
// others. Each has the light on the surface as it lies at the corner, and its way there: what relief
// makes of that, and the highlight, a fragment works out.
#ifdef HAVEN_VERTEX_SHADER
struct NearLight {
    vec3 colour; // on the surface
    vec3 way;    // mostly to the strongest; longer than 1 where light grazes
};

float luminance(vec3 colour) {
    return dot(colour, vec3(0.2126, 0.7152, 0.0722));
}

NearLight[2] near_on_corner(vec3 at, vec3 normal, vec4 low, vec4 high) {
    NearLight near[2] =
        NearLight[2](NearLight(vec3(0.0), vec3(0.0)), NearLight(vec3(0.0), vec3(0.0)));
    float bright[2] = float[2](0.0, 0.0);
    float wrap = wrap_of();
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        if (!falls_on_corners(i)) {
            continue;
        }
        Arriving light = light_arriving(i, at, i < 4u ? low[i] : high[i - 4u]);
        float facing = dot(normal, light.to_light);
        vec3 taken = light.colour * (PATTERN == 10u
                                         ? leaf_sides(facing)
                                         : clamp((facing + wrap) / (1.0 + wrap), 0.0, 1.0));
        float much = luminance(light.colour) * clamp(facing * 4.0 + 0.5, 0.0, 1.0);
        float first = frame.lights[i].cone_scale.w;
        for (int k = 0; k < 2; ++k) {
            float share = k == 0 ? first : 1.0 - first;
            near[k].colour += taken * share;
            near[k].way += light.to_light * (share * much * much); // of two the stronger
            bright[k] += share * much;
        }
    }
    for (int k = 0; k < 2; ++k) {
        float seen = max(luminance(near[k].colour), 0.08 * bright[k]);
        near[k].way *= bright[k] / max(seen, 1e-6) *
                       inversesqrt(max(dot(near[k].way, near[k].way), 1e-20));
    }
    return near;
}

// How much of the sun a leaf takes, for its visibility.
vec4 leaf_takes(vec3 normal, uint first) {
    vec4 taken = vec4(1.0);
    for (uint k = 0u; k < 4u; ++k) {
        uint i = first + k;
        if (i < LIGHT_COUNT && ((LIGHT_KINDS >> (2u * i)) & 3u) == 1u) {
            taken[k] = leaf_sides(dot(normal, frame.lights[i].position_reach.xyz));
        }
    }
    return taken;
}
#else
void add_near(inout Lit lit, vec3 colour, vec3 way, vec3 bend, vec3 normal, vec3 to_eye,
              float roughness) {
    lit.diffuse += has_relief() ? colour * max(1.0 + dot(bend, way), 0.0) : colour;
    if (is_glossy()) {
        float much2 = max(dot(way, way), 1e-6);
        float per_much = inversesqrt(much2);
        lit.specular +=
            colour * (much2 * per_much * lobe_of(normal, way * per_much, to_eye, roughness));
    }
}

// `one`, `other` and `ways` as scene.vert packs them; `bend` is what relief adds to the normal.
void add_corner_light(inout Lit lit, vec4 one, vec4 other, vec4 ways, vec3 bend, vec3 normal,
                      vec3 to_eye, float roughness) {
    add_near(lit, one.rgb, vec3(one.w, ways.xy), bend, normal, to_eye, roughness);
    add_near(lit, other.rgb, vec3(other.w, ways.zw), bend, normal, to_eye, roughness);
}

// A leaf in the light of the sun that its corners brought, and in near lights.
vec3 light_leaf(vec3 at, vec3 normal, vec4 low, vec4 high) {
    vec3 diffuse = vec3(0.0);
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        if (falls_on_corners(i)) {
            continue;
        }
        bool sun = ((LIGHT_KINDS >> (2u * i)) & 3u) == 1u;
        Arriving light = light_arriving(i, at, i < 4u ? low[i] : high[i - 4u]);
        diffuse += light.colour * (sun ? 1.0 : leaf_sides(dot(normal, light.to_light)));
    }
    return diffuse;
}
#endif
