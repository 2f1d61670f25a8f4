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

// A layer of leaves, one in each whole metre; where `sparse` grows, more and more of them are
// missing.
float leaf_layer(vec2 at, float sparse, out float tone) {
    vec4 leaf = texture(leaf_map, at * (1.0 / 16.0), -1.0); // a leaf does not grow thin far away
    tone = leaf.g;
    return min(leaf.r - 0.5, 0.85 * (leaf.b - sparse));
}

// Where this card's leaves are gathered: over 0 they stand, the deeper inside the denser. Lobes and
// gaps are a few to a card, so that a crown is masses first and leaves only at their edges.
float leaf_mass(vec2 m, float rim) {
#ifdef HAVEN_LEAN
    float lobes = 0.24 * (sin(6.1 * m.x + 4.3 * m.y) + sin(3.7 * m.x - 7.9 * m.y + 1.3)) +
                  0.16 * sin(14.9 * m.x - 5.1 * m.y) * sin(16.3 * m.y + 4.7 * m.x);
#else
    float lobes = 1.9 * (textureLod(noise_map, m * 0.31 + 0.3, 2.0).g - 0.5);
#endif
    return min(0.50 - 0.55 * rim + lobes, 0.98 - 1.1 * rim);
}

// What is left of leaves that are finer than pixels, 0 to 1: `area` is a pixel's, in cards.
float too_fine(float area, float many, float from, float to) {
    return smoothstep(from, to, area * many * many);
}

// A card seen from its edge is nothing but its edge: it fades.
float edge_on(vec2 dx, vec2 dy, float area, vec2 from_to) {
    float facing = abs(dx.x * dy.y - dx.y * dy.x) / max(area, 1e-9);
    return smoothstep(from_to.x, from_to.y, facing);
}

// A large card: many small leaves on the twigs of a bough, dark inside, light at the rim.
Cut cut_crown(vec2 m) {
    const float MANY = 13.0;
    vec2 from_middle = fract(m) * 2.0 - 1.0;
    float rim = dot(from_middle, from_middle);
    vec2 dx = dFdx(m);
    vec2 dy = dFdy(m);
    float area = dot(dx, dx) + dot(dy, dy);
    float mass = leaf_mass(m, rim);
    float sparse = 0.62 - 1.7 * mass;
    float deep = smoothstep(0.02, 0.55, mass);
    float tone;
    float inside;
#ifdef HAVEN_LEAN
    // One look at the noise: each of its cells is a leaf.
    vec2 leaning = m * vec2(1.0, 1.55) + m.yx * vec2(0.4, -0.3);
    vec4 ragged = texture(noise_map, leaning * (MANY / 16.0));
    inside = min(ragged.b - 0.10 - 0.2 * fract(ragged.a * 7.0), 0.85 * (ragged.a - sparse));
    tone = ragged.a;
#else
    vec4 ragged = texture(noise_map, m * 1.1);
    // Leaves stand in no rows: the plane they grow in is bent, softly.
    vec2 bent = textureLod(noise_map, m * 0.21, 5.0).rg - 0.5;
    vec2 at = m * MANY + bent * (0.6 * MANY);
    inside = leaf_layer(at, sparse, tone);
    float below_tone;
    float below = leaf_layer(at.yx * 1.19 + 5.37, sparse, below_tone);
    vec2 turned = vec2(0.8 * at.x - 0.6 * at.y, 0.6 * at.x + 0.8 * at.y);
    float lowest_tone;
    float lowest = leaf_layer(turned * 0.77, sparse, lowest_tone);
    tone = inside > 0.0 ? 0.3 + 0.7 * tone : below > 0.0 ? 0.1 + 0.6 * below_tone : 0.4 * lowest_tone;
    inside = max(inside, max(below, lowest));
#endif
    float shade = mass - 0.52 + 0.7 * (ragged.g - 0.5); // what stands behind the outer leaves
    tone = (inside > 0.0 ? tone : 0.7 * (ragged.g - 0.5) - 0.1) - 0.28 * deep + 0.16;
    inside = max(inside, shade);
    float fine = too_fine(area, MANY, 0.02, 0.2);
    if (fine > 0.0) {
        inside = mix(inside, mass - 0.03 + 0.9 * (ragged.r - 0.5), fine);
        tone = mix(tone, 0.6 + 0.5 * (ragged.r - 0.5) - 0.6 * deep, fine);
    }
    return Cut(inside - edge_on(dx, dy, area, vec2(0.46, 0.18)), tone);
}

Cut cut_leaves(vec2 m) {
    const float MANY = 5.0;
    vec2 from_middle = fract(m) * 2.0 - 1.0;
    float rim = dot(from_middle, from_middle);
    bool fallen = m.x >= 18.0;
    vec2 dx = dFdx(m);
    vec2 dy = dFdy(m);
    float area = dot(dx, dx) + dot(dy, dy);
    float tone;
    float inside;
#ifdef HAVEN_LEAN
    vec2 leaning = m * vec2(1.0, 1.55) + m.yx * vec2(0.4, -0.3);
    vec4 ragged = texture(noise_map, leaning * (MANY / 16.0));
    float sparse = fallen ? 0.74 + 0.9 * (ragged.g - 0.5) + 0.4 * smoothstep(0.45, 1.0, rim)
                          : rim * (0.3 + 0.5 * rim) - 0.05;
    inside = min(ragged.b - (fallen ? 0.26 : 0.19), 0.85 * (ragged.a - sparse));
    tone = ragged.a;
#else
    vec4 ragged = texture(noise_map, m * 1.1);
    vec2 bent = textureLod(noise_map, m * 0.21, 5.0).rg - 0.5;
    vec2 at = m * MANY + bent * (0.6 * MANY);
    if (fallen) { // a few, as they fell: no two cards alike
        float turn = 2.4 * floor(m.y) + floor(m.x);
        vec2 way = vec2(cos(turn), sin(turn));
        at = vec2(way.x * at.x - way.y * at.y, way.y * at.x + way.x * at.y) * 1.3;
        float sparse = 0.55 + 1.1 * (ragged.r - 0.5) + 0.5 * smoothstep(0.45, 1.0, rim);
        inside = leaf_layer(at, sparse, tone);
    } else {
        float sparse = rim * (0.3 + 0.5 * rim) - 0.14 + 0.3 * ragged.r;
        inside = leaf_layer(at, sparse, tone);
        float below_tone;
        float below = leaf_layer(at.yx * 1.19 + 5.37, sparse, below_tone);
        vec2 turned = vec2(0.8 * at.x - 0.6 * at.y, 0.6 * at.x + 0.8 * at.y);
        float lowest_tone;
        float lowest = leaf_layer(turned * 0.87, sparse, lowest_tone);
        tone = inside > 0.0  ? 0.3 + 0.7 * tone
               : below > 0.0 ? 0.1 + 0.6 * below_tone
                             : 0.55 * lowest_tone;
        inside = max(inside, max(below, lowest));
    }
#endif
    float fine = too_fine(area, MANY, 0.08, 0.6);
    if (fine > 0.0) { // the card's own ragged outline
#ifdef HAVEN_LEAN
        float lobes = ragged.g;
#else
        float lobes = textureLod(noise_map, m * 0.43 + 0.3, 2.0).g;
#endif
        float share = fallen ? 0.02 - 0.1 * rim : 0.7 * (1.7 * (lobes - 0.5) + 0.30 - 0.55 * rim);
        inside = mix(inside, share, fine);
        tone = mix(tone, 0.2 + 0.5 * ragged.r, fine);
    }
    return Cut(fallen ? inside : inside - edge_on(dx, dy, area, vec2(0.22, 0.05)), tone);
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
        if (m.x >= 24.0) {
            cut = cut_blades(m);
        } else if (m.x >= 20.0) {
            cut = cut_crown(m);
        } else if (m.x >= 16.0) {
            cut = cut_leaves(m);
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
