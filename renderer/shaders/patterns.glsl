// The solid surfaces. Each fills Surface from the tint and the pattern's coordinates; height is in
// metres and bends the normal. Detail finer than a pixel fades into its mean, so that nothing
// shimmers when the head moves. A lean shader keeps the noise that makes the pattern and takes the
// mean of the noise that only refines it.
#ifdef HAVEN_LEAN
vec4 fine_noise(vec2 at) {
    return vec4(0.5);
}
vec4 noise_along(vec2 at, vec2 dx, vec2 dy) {
    return texture(noise_map, at);
}
#else
vec4 fine_noise(vec2 at) {
    return texture(noise_map, at);
}
vec4 noise_along(vec2 at, vec2 dx, vec2 dy) {
    return textureGrad(noise_map, at, dx, dy);
}
#endif

struct Surface {
    vec3 albedo;
    float roughness;
    float height_m;
    float shade; // extra occlusion of the pattern's own grooves
};

vec3 accent(uint pattern) {
    return frame.styles[pattern].accent_strength.rgb;
}
float strength(uint pattern) {
    return frame.styles[pattern].accent_strength.a;
}
vec2 scale_m(uint pattern, vec2 otherwise) {
    vec2 s = frame.styles[pattern].scale_bump_gloss.xy;
    return vec2(s.x > 0.0 ? s.x : otherwise.x, s.y > 0.0 ? s.y : otherwise.y);
}

// 1 on a line of half width `half_m` at distance 0, fading with the size of a pixel.
float line(float distance_m, float half_m, float pixel_m) {
    float blur = max(pixel_m, half_m * 0.5);
    return (1.0 - smoothstep(half_m, half_m + blur, distance_m)) * min(1.0, half_m / pixel_m * 2.0);
}

Surface plain_surface(vec3 tint, vec3 at, float roughness) {
    float slow = texture(noise_map, at.xz * 0.21 + at.y * 0.13).r;
    return Surface(tint * (0.9 + 0.2 * slow), roughness, 0.0, 1.0);
}

Surface wood_surface(vec3 tint, vec2 m, float roughness) {
    vec2 size = scale_m(1u, vec2(1.6, 0.14));
    vec2 dx = dFdx(m);
    vec2 dy = dFdy(m);
    float row = floor(m.y / size.y);
    float along = m.x / size.x + hash11(row) * 7.0;
    float plank = floor(along);
    float id = hash21(vec2(plank, row));
    vec2 shift = vec2(id * 5.3, id * 9.1);
    vec2 coarse = vec2(0.16, 1.9);
    vec2 fine = vec2(0.7, 9.0);
    vec4 thin = noise_along(m * fine + shift.yx, dx * fine, dy * fine);
#ifdef HAVEN_LEAN
    vec4 broad = thin.grba;
    float rings = 0.5;
#else
    vec4 broad = noise_along(m * coarse + shift, dx * coarse, dy * coarse);
    float rings = 0.5 + 0.5 * sin((broad.r * 5.0 + m.y * 6.0) * 6.2831);
#endif
    float grain = mix(thin.g, rings, 0.35) - 0.5;
    float k = strength(1u);
    float dark = 1.0 + k * (0.55 * grain + 0.5 * (id - 0.5) + 0.3 * (broad.g - 0.5));
    vec3 warm = mix(tint, tint * vec3(1.08, 0.97, 0.86), id);
    float across = abs(fract(m.y / size.y) - 0.5) * size.y;
    float lengthwise = abs(fract(along) - 0.5) * size.x;
    float joint = max(line(0.5 * size.y - across, 0.0022, fwidth(m.y)),
                      line(0.5 * size.x - lengthwise, 0.0018, fwidth(m.x)));
    Surface s;
    s.albedo = warm * dark * (1.0 - 0.72 * joint);
    s.roughness = clamp(roughness + 0.18 * (thin.g - 0.5) + joint * 0.3, 0.08, 1.0);
    s.height_m = (thin.g * 0.0012 + rings * 0.0006) - joint * 0.003;
    s.shade = 1.0 - 0.4 * joint;
    return s;
}

Surface log_surface(vec3 tint, vec2 m, float roughness) {
    vec4 broad = fine_noise(m * vec2(0.11, 0.9));
    vec4 streak = texture(noise_map, m * vec2(0.45, 5.0) + 0.37);
    float crack = smoothstep(0.62, 0.72, fine_noise(m * vec2(0.22, 2.6) + 0.13).g);
    float knot = smoothstep(0.70, 0.80, fine_noise(m * vec2(0.13, 0.5) + 0.71).r);
    float k = strength(2u);
    float tone =
        1.0 + k * (0.7 * (streak.g - 0.5) + 0.6 * (broad.r - 0.5) - 0.55 * crack - 0.35 * knot);
    Surface s;
    s.albedo = mix(tint, tint * vec3(1.1, 0.95, 0.8), broad.g) * max(tone, 0.12);
    s.roughness = clamp(roughness + 0.2 * crack, 0.1, 1.0);
    s.height_m = streak.g * 0.003 - crack * 0.006;
    s.shade = 1.0 - 0.5 * crack * k;
    return s;
}

#include "foliage.glsl"

Surface stone_surface(vec3 tint, vec2 m, float roughness) {
    vec2 size = scale_m(4u, vec2(0.34, 0.22));
    vec2 cells = m / (size * 16.0);
    vec4 cell = texture(noise_map, cells + 0.004 * (fine_noise(m * 1.7).rg - 0.5));
    vec4 rough = fine_noise(m * 1.3);
    vec4 fine = fine_noise(m * 5.1);
    float face = smoothstep(0.07, 0.22, cell.b);
    float hue = cell.a - 0.5;
    vec3 stone = tint * (1.0 + 0.55 * hue * strength(4u)) *
                 mix(vec3(1.0), vec3(1.07, 1.0, 0.91), step(0.15, hue));
    stone *= 0.72 + 0.36 * rough.r + 0.26 * fine.g;
    Surface s;
    s.albedo = mix(accent(4u), stone, face);
    s.roughness = clamp(roughness + 0.1 * (fine.g - 0.5), 0.2, 1.0);
    s.height_m = smoothstep(0.05, 0.45, cell.b) * 0.018 + rough.r * 0.006 * face + fine.g * 0.002;
    s.shade = mix(0.55, 1.0, smoothstep(0.02, 0.25, cell.b));
    return s;
}

// Projected along all three axes and blended, so that a face at any angle to them shows the same
// grain.
vec4 noise_on_sides(vec3 at, vec3 n) {
#ifdef HAVEN_LEAN
    return texture(noise_map, at.xy + at.z * vec2(0.7, 0.3));
#else
    vec3 share = n * n * n * n;
    share /= share.x + share.y + share.z;
    return texture(noise_map, at.zy) * share.x + texture(noise_map, at.xz) * share.y +
           texture(noise_map, at.xy) * share.z;
#endif
}

Surface rock_surface(vec3 tint, vec3 at, vec3 n, float roughness) {
    vec4 broad = noise_on_sides(at * 0.37, n);
    vec4 fine = noise_on_sides(at * 2.3 + 0.4, n);
    float moss = smoothstep(0.45, 0.75, n.y * 0.6 + broad.g * 0.55) * strength(5u);
    vec3 c = tint * (0.62 + 0.5 * broad.r + 0.28 * fine.g);
    c = mix(c, accent(5u) * (0.7 + 0.6 * fine.r), moss * step(0.001, dot(accent(5u), vec3(1.0))));
    return Surface(c, mix(roughness, 0.95, moss), broad.r * 0.02 + fine.g * 0.006,
                   0.8 + 0.2 * broad.r);
}

#include "mountain.glsl"

Surface fabric_surface(vec3 tint, vec2 m, float roughness) {
#ifdef HAVEN_LEAN
    float weave = 0.5;
#else
    vec2 thread = m / scale_m(6u, vec2(0.004)).x;
    vec2 seen = 1.0 - smoothstep(0.25, 0.6, fwidth(thread));
    vec2 wave = 0.5 + 0.5 * sin(thread * 6.2831);
    float weave = mix(0.5, mix(wave.x, wave.y, 0.5), min(seen.x, seen.y));
#endif
    float stripe =
        smoothstep(0.35, 0.65, 0.5 + 0.5 * sin(m.y * 6.2831 / scale_m(6u, vec2(0.0, 0.42)).y));
    vec4 soft = fine_noise(m * 0.9);
    vec3 c = mix(tint, accent(6u), stripe * strength(6u) * step(0.001, dot(accent(6u), vec3(1.0))));
    return Surface(c * (0.78 + 0.24 * weave + 0.22 * (soft.r - 0.5)), roughness, weave * 0.0006,
                   1.0);
}

Surface rug_surface(vec3 tint, vec2 p, float roughness) {
    vec2 c = abs(p * 2.0 - 1.0);
    float px = max(fwidth(p.x), fwidth(p.y)) * 2.0;
    float edge = 1.0 - max(c.x, c.y);
    float border = smoothstep(0.05 - px, 0.05 + px, edge) - smoothstep(0.17 - px, 0.17 + px, edge);
    float thin =
        smoothstep(0.195 - px, 0.195 + px, edge) - smoothstep(0.215 - px, 0.215 + px, edge);
    float diamond = c.x + c.y;
    float rings = 0.5 + 0.5 * cos(diamond * 31.4159);
    float field = smoothstep(0.66 + px, 0.66 - px, diamond) *
                  mix(rings, 0.5, smoothstep(0.04, 0.2, px * 5.0));
    vec2 teeth = abs(fract(p * 14.0) - 0.5);
    float zigzag = smoothstep(0.26 + px * 7.0, 0.26 - px * 7.0, teeth.x + teeth.y - 0.2);
    vec4 wool = texture(noise_map, p * 9.0);
    vec4 worn = fine_noise(p * 0.9 + 0.3);
    vec3 pale = mix(tint, vec3(0.62, 0.50, 0.36), 0.55);
    vec3 colour = tint;
    colour = mix(colour, accent(7u), field * 0.75);
    colour = mix(colour, pale, smoothstep(0.09, 0.0, abs(diamond - 0.70)) * 0.8);
    colour = mix(colour, mix(accent(7u), pale, zigzag * 0.7), border);
    colour = mix(colour, pale, thin * 0.8);
    colour = mix(tint, colour, strength(7u) * 1.6 > 1.0 ? 1.0 : strength(7u) * 1.6);
    return Surface(colour * (0.66 + 0.4 * wool.g + 0.25 * (worn.r - 0.5)), roughness,
                   wool.g * 0.002, 1.0);
}

Surface ground_surface(vec3 tint, vec3 at, float roughness) {
    float size = scale_m(8u, vec2(1.5)).x;
    vec4 broad = texture(noise_map, at.xz / (size * 8.0));
    vec4 mid = fine_noise(at.xz * 0.43 + 0.2);
    vec4 fine = fine_noise(at.xz * 3.1);
    float patches = smoothstep(0.35, 0.65, broad.r * 0.65 + mid.g * 0.35);
    vec3 c =
        mix(tint, accent(8u), patches * strength(8u) * step(0.001, dot(accent(8u), vec3(1.0))));
    return Surface(c * (0.62 + 0.42 * fine.g + 0.36 * mid.r), roughness,
                   mid.r * 0.015 + fine.g * 0.006, 1.0);
}

Surface sand_surface(vec3 tint, vec2 m, float roughness, float wet) {
    vec4 broad = texture(noise_map, m * 0.07);
    vec4 mid = fine_noise(m * vec2(0.31, 0.43) + 0.19);
    vec4 fine = fine_noise(m * 2.7);
    vec4 grain = fine_noise(m * 11.0);
    float ripple_m = scale_m(9u, vec2(0.11)).x;
    // Ridges that wander, part and end, in some places more than in others.
    float phase = (m.y + 0.35 * (broad.r - 0.5) + 0.22 * (mid.r - 0.5) + 0.16 * m.x) / ripple_m;
    float seen = 1.0 - smoothstep(0.2, 0.6, fwidth(phase));
    float here = strength(9u) * smoothstep(0.30, 0.72, mid.g * 0.6 + broad.g * 0.4) * (1.0 - wet);
    float ripple = 0.5 + 0.5 * sin(phase * 6.2831 + 2.4 * (fine.r - 0.5)) * seen * here;
    vec3 c = tint * (0.72 + 0.2 * broad.g + 0.16 * mid.r + 0.14 * (fine.g - 0.5) +
                     0.16 * (grain.g - 0.5) + 0.14 * (ripple - 0.5));
    return Surface(c * mix(1.0, 0.55, wet), mix(roughness, 0.10, wet),
                   ripple * 0.008 + (fine.g * 0.0016 + grain.g * 0.0006) * (1.0 - wet) +
                       mid.r * 0.004 * wet,
                   1.0);
}

Surface evaluate(vec3 tint, vec2 m, vec3 at, vec3 n, float roughness, float motion) {
    switch (PATTERN) {
    case 1u:
        return wood_surface(tint, m, roughness);
    case 2u:
        return log_surface(tint, m, roughness);
    case 3u:
        return bark_surface(tint, m, n.y, roughness);
    case 4u:
        return stone_surface(tint, m, roughness);
    case 5u:
        return frame.styles[5].scale_bump_gloss.x > 8.0 ? mountain_surface(tint, m, at, n)
                                                        : rock_surface(tint, at, n, roughness);
    case 6u:
        return fabric_surface(tint, m, roughness);
    case 7u:
        return rug_surface(tint, m, roughness);
    case 8u:
        return ground_surface(tint, at, roughness);
    case 9u:
        return sand_surface(tint, m, roughness, motion);
    case 10u:
        return foliage_surface(tint, at, m, roughness);
    default:
        return plain_surface(tint, at, roughness);
    }
}
