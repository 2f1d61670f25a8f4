// Leaves, blades of grass, fronds, and bark. A card of foliage is a plain rectangle; which shapes
// are cut out of it says the band that its pattern_m.x lies in (environments/parts/leafage.hpp):
//   16 to 18 leaves, 18 to 20 fallen ones, 20 to 24 small ones, 24 to 32 blades of grass,
//   -24 to -16 a frond; anything nearer 0 is not cut.
// Inside a band each whole metre is one card, so that a card's own 0..1 is the fraction. The edge
// of every shape is as soft as a pixel, and shapes finer than pixels melt into the card's outline:
// nothing shimmers, with or without multisampling.
const float SOLID = 1.0; // what is not cut

bool is_cut(vec2 m) {
    return abs(m.x) >= 16.0;
}

struct Cut {
    float inside; // over 0: there is leaf here
    float tone;   // this leaf among its neighbours, 0..1
};

// What is left of leaves that are finer than pixels, 0 to 1: `area` is a pixel's, in cards.
float too_fine(float area, float many, float from, float to) {
    return smoothstep(from, to, area * many * many);
}

// A card seen from its edge is nothing but its edge: it fades.
float edge_on(vec2 dx, vec2 dy, float area, vec2 from_to) {
    float facing = abs(dx.x * dy.y - dx.y * dy.x) / max(area, 1e-9);
    return smoothstep(from_to.x, from_to.y, facing);
}

#ifdef HAVEN_LEAN
// One look at the noise: each of its cells is a leaf.
vec4 ragged_leaves(vec2 m, float many) {
    vec2 leaning = m * vec2(1.0, 1.55) + m.yx * vec2(0.4, -0.3);
    return texture(noise_map, leaning * (many / 16.0));
}

// Where a crown's leaves are gathered: over 0 they stand, the deeper inside the denser.
float leaf_mass(vec2 m, float rim) {
    float lobes = 0.24 * (sin(6.1 * m.x + 4.3 * m.y) + sin(3.7 * m.x - 7.9 * m.y + 1.3)) +
                  0.16 * sin(14.9 * m.x - 5.1 * m.y) * sin(16.3 * m.y + 4.7 * m.x);
    return min(0.50 - 0.55 * rim + lobes, 0.98 - 1.1 * rim);
}

Cut cut_crown(vec2 m, float rim, float area) {
    const float MANY = 13.0;
    float mass = leaf_mass(m, rim);
    float deep = smoothstep(0.02, 0.55, mass);
    vec4 ragged = ragged_leaves(m, MANY);
    float inside = min(ragged.b - 0.10 - 0.2 * fract(ragged.a * 7.0),
                       0.85 * (ragged.a - 0.62 + 1.7 * mass));
    float shade = mass - 0.52 + 0.7 * (ragged.g - 0.5); // what stands behind the outer leaves
    float tone = (inside > 0.0 ? ragged.a : 0.7 * (ragged.g - 0.5) - 0.1) - 0.28 * deep + 0.16;
    float fine = too_fine(area, MANY, 0.02, 0.2);
    return Cut(mix(max(inside, shade), mass - 0.03 + 0.9 * (ragged.r - 0.5), fine),
               mix(tone, 0.6 + 0.5 * (ragged.r - 0.5) - 0.6 * deep, fine));
}

Cut cut_spray(vec2 m, float rim, float area, bool fallen) {
    const float MANY = 5.0;
    vec4 ragged = ragged_leaves(m, MANY);
    float sparse = fallen ? 0.74 + 0.9 * (ragged.g - 0.5) + 0.4 * smoothstep(0.45, 1.0, rim)
                          : rim * (0.3 + 0.5 * rim) - 0.05;
    float inside = min(ragged.b - (fallen ? 0.26 : 0.19), 0.85 * (ragged.a - sparse));
    float share =
        fallen ? 0.02 - 0.1 * rim : 0.7 * (1.7 * (ragged.g - 0.5) + 0.30 - 0.55 * rim);
    float fine = too_fine(area, MANY, 0.08, 0.6); // the card's own ragged outline
    return Cut(mix(inside, share, fine), mix(ragged.a, 0.2 + 0.5 * ragged.r, fine));
}
// One row of blades, in tussocks: no two as tall or as wide, some missing.
float blade_layer(vec2 at, float card, float blades, float seed, out float tone) {
    float own = hash11(card + seed);
    float bend = (own - 0.5) * 3.4;
    float x = at.x * blades + seed + bend * at.y * at.y +
              0.8 * sin(at.x * (6.0 + 4.0 * own) + seed + own * 40.0);
    float blade = floor(x);
    tone = hash21(vec2(blade, card + seed));
    float tall = hash21(vec2(blade + 7.0, card - seed));
    tall = (0.22 + 0.78 * tall * tall) * (1.0 - 1.6 * (at.x - 0.5) * (at.x - 0.5));
    tall *= smoothstep(0.0, 0.2, at.x) * smoothstep(1.0, 0.8, at.x);
    float lean = (tone - 0.5) * 0.9 * at.y;
    float wide = 0.20 + 0.26 * fract(tone * 7.3);
    return wide * (1.0 - at.y / max(tall, 0.04)) - abs(fract(x) - 0.5 + lean);
}

Cut cut_blades(vec2 m) {
    vec2 at = fract(m);
    float card = dot(floor(m), vec2(1.0, 17.0));
    float near_tone;
    float far_tone;
    float near = blade_layer(at, card, 13.0, 3.0, near_tone);
    float far = blade_layer(at, card, 21.0, 8.5, far_tone);
    float fine = smoothstep(0.25, 0.8, fwidth(m.x) * 17.0);
    float mean = 0.36 - at.y - abs(at.x - 0.5) * 0.5;
    return Cut(mix(max(near, far), mean, fine),
               mix(near > far ? near_tone * 0.6 + 0.4 : far_tone * 0.6, 0.5, fine));
}

Cut cut_card(vec2 m) {
    bool crown = m.x >= 20.0;
    bool fallen = !crown && m.x >= 18.0;
    if (m.x >= 24.0) {
        return cut_blades(m);
    }
    vec2 dx = dFdx(m);
    vec2 dy = dFdy(m);
    float area = dot(dx, dx) + dot(dy, dy);
    vec2 from_middle = fract(m) * 2.0 - 1.0;
    float rim = dot(from_middle, from_middle);
    Cut cut;
    if (crown) {
        cut = cut_crown(m, rim, area);
    } else {
        cut = cut_spray(m, rim, area, fallen);
    }
    if (!fallen) {
        cut.inside -= edge_on(dx, dy, area, crown ? vec2(0.46, 0.18) : vec2(0.22, 0.05));
    }
    return cut;
}
#else
// Where the card's picture is in leaf_map: scene.vert's card_picture, given by main.
vec2 picture_at = vec2(0.0);

// Of pictures scene::card_levels painted, and what is seen where their leaves are finer than pixels.
Cut cut_card(vec2 m) {
    const float CARDS_ACROSS = 4.0;
    bool blades = m.x >= 24.0;
    bool crown = m.x >= 20.0;
    bool fallen = m.x >= 18.0 && !crown;
    vec2 dx = dFdx(picture_at) * CARDS_ACROSS;
    vec2 dy = dFdy(picture_at) * CARDS_ACROSS;
    float area = dot(dx, dx) + dot(dy, dy);
    // No leaf grows thin far away, and no blade.
    vec4 leaf = texture(leaf_map, picture_at, blades ? -2.0 : -1.0);
    float fine = blades  ? smoothstep(0.015, 0.047, abs(dx.x) + abs(dy.x))
                 : crown ? too_fine(area, 13.0, 0.02, 0.2)
                         : too_fine(area, 5.0, 0.08, 0.6);
    vec2 seen = mix(leaf.rg, leaf.ba, fine);
    Cut cut = Cut(seen.x - 0.5, seen.y * 2.0 - 0.5);
    if (!fallen && !blades) {
        cut.inside -= edge_on(dx, dy, area, crown ? vec2(0.39, 0.15) : vec2(0.22, 0.05));
    }
    return cut;
}
#endif

// Pairs of leaflets along a rib, leaning toward the tip.
Cut cut_frond(vec2 m) {
    vec2 at = fract(m);
    float out_from_rib = abs(at.x * 2.0 - 1.0);
    float t = at.y * 17.0 - out_from_rib * 1.5;
    float from_leaflet = abs(fract(t) - 0.5) * 2.0;
    float wide = 0.86 - 0.62 * out_from_rib * out_from_rib;
    float leaflets = max(wide - from_leaflet, 0.09 - out_from_rib);
    float fine = smoothstep(0.3, 0.9, fwidth(at.y * 17.0));
    return Cut(mix(leaflets, 0.72 - out_from_rib, fine),
               0.5 + 0.35 * (1.0 - from_leaflet) * (1.0 - fine) - 0.2 * out_from_rib);
}

// The share of this pixel that is foliage; written by foliage_surface, read by main.
float foliage_cover = SOLID;

Surface foliage_surface(vec3 tint, vec3 at, vec2 m, float roughness) {
    float tone = 0.5;
    if (is_cut(m)) {
        Cut cut;
        if (m.x >= 16.0) {
            cut = cut_card(m);
        } else {
            cut = cut_frond(m);
        }
        float pixel = clamp(fwidth(cut.inside), 0.004, 0.5);
        foliage_cover = clamp(cut.inside / pixel + 0.5, 0.0, 1.0);
        tone = cut.tone;
    }
    vec4 n = fine_noise(at.xz * 0.31 + at.y * 0.23);
    vec3 c = tint * (0.72 + 0.28 * n.r + 0.28 * tone);
    c = mix(c, c * vec3(1.12, 1.03, 0.72), (tone - 0.4) * strength(10u)); // some leaves are older
    return Surface(c, roughness, 0.0, max(0.78 + 0.36 * tone, 0.2));
}

// Ridges along the trunk that part and meet again; moss where rain stays: on what faces up, and
// low on the shaded side.
Surface bark_surface(vec3 tint, vec2 m, float up, float roughness) {
    vec4 wander = fine_noise(m * vec2(0.23, 0.31) + 0.57);
    vec4 ridges = texture(noise_map, m * vec2(0.42, 2.1) + (wander.rg - 0.5) * 0.09);
    vec4 fine = fine_noise(m * vec2(1.7, 5.2) + 0.21);
    float k = strength(3u);
    float groove = smoothstep(0.50, 0.24, ridges.r);
    float crack = smoothstep(0.10, 0.02, ridges.b) * 0.5;
    float tone = 1.0 + k * (0.75 * (ridges.r - 0.5) + 0.5 * (fine.g - 0.5)) -
                 0.55 * k * max(groove, crack);
    float moss = smoothstep(0.46, 0.80, up * 0.62 + ridges.g * 0.42 + wander.r * 0.22) *
                 step(0.001, dot(accent(3u), vec3(1.0)));
    vec3 c = tint * mix(vec3(1.0), vec3(1.06, 1.0, 0.9), wander.g) * max(tone, 0.15);
    c = mix(c, accent(3u) * (0.55 + 0.7 * fine.g + 0.25 * ridges.r), moss);
    return Surface(c, mix(roughness, 0.97, moss),
                   mix(ridges.r * 0.014 - groove * 0.006, fine.g * 0.008, moss) + fine.g * 0.003,
                   1.0 - 0.45 * groove * k * (1.0 - moss));
}
