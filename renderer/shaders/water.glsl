// Water from above: it mirrors the sky more the flatter one looks, shows its depth where one looks
// steeply, and carries foam where it is shallow and on crests. Waves finer than a pixel become
// roughness, so that nothing glitters when the head moves.
#include "rings.glsl"

struct Ripples {
    vec3 normal;
    float spread; // of the slopes that a pixel does not show: their variance
};

Ripples water_ripples(float distance_m) {
    vec2 slope;
    float spread = 0.0008;
    if (LEAN) {
        slope = -normal_in.xz / max(normal_in.y, 0.2);
    } else {
        slope = vec2(0.0);
        float reach = smoothstep(0.02, 1.3, rough_emit_motion.z);
        for (uint i = 0u; i < uint(HAVEN_WAVE_COUNT); ++i) {
            vec4 wave = frame.waves[i];
            float angle = dot(wave.xy, pattern_m) + wave.w;
            float height = wave.z * reach;
            float seen = 1.0 - smoothstep(0.5, 2.2, fwidth(angle));
            slope -= wave.xy * (height * sin(angle) * seen);
            spread += 0.5 * dot(wave.xy, wave.xy) * height * height * (1.0 - seen * seen);
        }
    }
    float size = frame.styles[11].scale_bump_gloss.x > 0.0 ? frame.styles[11].scale_bump_gloss.x
                                                           : 1.2;
    vec2 m = pattern_m / (size * 8.0);
    float far = clamp(1.0 - distance_m * 0.008, 0.15, 1.0);
    // A little sharper than a pixel: seen flatly, a mip that is right across is far too soft along.
    vec2 broad = texture(noise_map, m - frame.water_drift.xy, -1.7).rg - 0.5;
    vec2 fine = texture(noise_map, m.yx * 3.7 - frame.water_drift.wz, -1.7).gr - 0.5;
    if (!LEAN) {
        fine += 0.6 * (texture(noise_map, m * 9.1 - frame.water_drift.zw, -1.0).gr - 0.5);
    }
    float bump = frame.styles[11].scale_bump_gloss.z;
    slope += (broad * 0.6 + fine * 0.4) * (bump * far);
    spread += 0.02 * bump * bump * (1.0 - far * far);
    if (frame.rings.x > 0.0) {
        slope += drop_rings(pattern_m, frame.time_wind_flame.x) * frame.rings.x;
    }
    return Ripples(normalize(vec3(-slope.x, 1.0, -slope.y)), spread);
}

// Where foam lies: a thin line at the edge, lace behind it, broken crests farther out.
float water_foam(float depth_m, float crest) {
    float amount = frame.water.y;
    if (amount <= 0.0) {
        return 0.0;
    }
    vec2 drift = frame.water_drift.xy; // whole: it begins again at 1
    vec4 cells = texture(noise_map, pattern_m * 0.13 - drift);
    vec2 warped = pattern_m * vec2(0.41, 0.53) + 0.11 * (cells.rg - 0.5);
    vec4 fine = texture(noise_map, warped + drift);
    float ragged = depth_m + 0.05 * (cells.r - 0.5) + 0.03 * (fine.g - 0.5);
    float edge = smoothstep(-0.02, 0.004, ragged) * (1.0 - smoothstep(0.02, 0.075, ragged));
    float veins = smoothstep(0.10 + 0.16 * cells.g, 0.02, fine.b) * 0.9 +
                  smoothstep(0.55, 0.8, fine.g) * 0.35;
    float lace = veins * smoothstep(0.0, 0.05, ragged) *
                 (1.0 - smoothstep(0.08, 0.5, depth_m + 0.2 * (cells.g - 0.5)));
    // Rollers come in one after the other and leave lace behind.
    float turn = 0.159155 * frame.water_phases.x;
    float uneven = 0.35 * (cells.g - 0.5) + 0.2 * sin(pattern_m.x * 0.17);
    float behind = fract(depth_m * 1.9 + turn + uneven);
    float roller = (exp2(-14.0 * behind) + 0.8 * exp2(-4.0 * behind) * veins) *
                   smoothstep(0.0, 0.012, behind) * smoothstep(0.02, 0.14, depth_m) *
                   (1.0 - smoothstep(0.5, 0.95, depth_m));
    roller *= smoothstep(0.30, 0.55, cells.r + 0.2 * (fine.r - 0.5));
    float breaking = smoothstep(0.72, 0.98, crest + 0.3 * (cells.g - 0.5)) *
                     (0.35 + 0.65 * fine.r) * (1.0 - smoothstep(1.0, 3.2, depth_m));
    return clamp(amount * (edge + 0.8 * lace + 1.5 * roller + 0.6 * breaking), 0.0, 0.92);
}

// The sun on slopes of that spread: Beckmann's distribution, the long path of light toward it.
vec3 water_glitter(vec3 n, vec3 to_eye, float spread) {
    vec3 sum = vec3(0.0);
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        if (((LIGHT_KINDS >> (2u * i)) & 3u) != 1u) {
            continue;
        }
        vec3 to_sun = frame.lights[i].position_reach.xyz;
        float seen = i < 4u ? visibility_low[i] : visibility_high[i - 4u];
        vec3 halfway = normalize(to_sun + to_eye);
        float up = max(dot(n, halfway), 0.05);
        float wide = 2.0 * spread;
        float share = exp2(-1.4427 * (1.0 - up * up) / (up * up * wide)) /
                      (3.14159 * wide * up * up * up * up);
        float grazing = 1.0 - clamp(dot(to_eye, halfway), 0.0, 1.0);
        float square = grazing * grazing;
        float mirrored = 0.02 + 0.98 * square * square * grazing;
        float both = max(dot(n, to_sun), 0.02) + max(dot(n, to_eye), 0.02);
        sum += frame.lights[i].colour_source.rgb *
               (seen * min(share * mirrored / (4.0 * both), 3.0));
    }
    return sum;
}

vec3 water_mirror(vec3 direction) {
    if (LEAN) {
        return mix(mirror_low, mirror_high, sqrt(clamp(direction.y * 1.5 - 0.08, 0.0, 1.0)));
    }
    return sky_clouds(direction, sky_gradient(direction)) + sky_glow(direction);
}

vec3 water_fog(vec3 light) {
    if (LEAN) {
        return mix(corner_air.rgb, light, corner_air.a);
    }
    return apply_fog(light, from_eye, world.y);
}

vec3 mirror_of_zenith() {
    return LEAN ? mirror_high : sky_gradient(vec3(0.0, 0.9, -0.436));
}

// Where a fish has come up: a ring that widens, slower and slower, and is gone. `phase` is its
// turn, once round for each ring.
float fish_ring(vec2 centre_m, float phase) {
    float age = phase * 0.159155;
    float off = length(pattern_m - centre_m) - 1.9 * sqrt(age);
    float inner = off + 0.22;
    return (exp2(-140.0 * off * off) + 0.5 * exp2(-140.0 * inner * inner)) *
           smoothstep(0.0, 0.04, age) * (1.0 - age) * (1.0 - age);
}

vec4 water(vec3 to_eye) {
    float distance_m = length(from_eye);
    float depth_m = rough_emit_motion.z;
    Ripples ripples = water_ripples(distance_m);
    vec3 n = ripples.normal;
    float rough = sqrt(ripples.spread);
    // Far slopes that face away are hidden: what one sees leans toward the eye.
    vec3 shown = normalize(n + vec3(to_eye.x, 0.0, to_eye.z) * rough);
    vec3 mirrored = reflect(-to_eye, shown);
    mirrored.y = abs(mirrored.y);
    float facing = clamp(dot(shown, to_eye), 0.0, 1.0);
    // Fresnel's over slopes of that spread: Bruneton, Neyret and Holzschuch 2010.
    float fresnel = 0.02 + 0.98 * pow(1.0 - facing, 5.0 * exp2(-3.88 * rough)) /
                               (1.0 + 22.7 * rough * sqrt(rough));
    if (frame.water.z > 0.0) { // as a painter has it: the peaks stand in near water, too
        float flatly = 1.0 - facing;
        fresnel = 0.03 + 0.94 * flatly * flatly * flatly;
    }
    vec3 glitter = water_glitter(n, to_eye, ripples.spread);
    // Light goes into water and foam and comes out elsewhere.
    Lit lit = light_surface(world, n, to_eye, 1.0, wrap_of(), false, visibility_low, visibility_high);
    lit.diffuse += many_near() ? even_light : vec3(0.0);
    vec3 around = ambient_light(vec3(0.0, 1.0, 0.0), tint_occlusion.a);

    vec3 deep = frame.styles[11].accent_strength.rgb;
    float sunk = dot(deep, vec3(1.0)) > 0.001 ? 1.0 - exp2(-1.1 * max(depth_m, 0.0)) : 0.0;
    vec3 body = mix(tint_occlusion.rgb, deep, sunk) *
                (lit.diffuse * (0.3 + 0.4 * rough_emit_motion.y) + around * 1.15);
    float opaque = (0.35 + 0.6 * frame.styles[11].accent_strength.a) *
                   (1.0 - exp2(-14.0 * max(depth_m, 0.0)));
    float edge = smoothstep(-0.005, 0.02, depth_m);
    float shows = clamp(mix(opaque, 1.0, fresnel) * edge, 0.0, 1.0);
    vec3 sky = water_mirror(mirrored) * mix(tint_occlusion.a, 1.0, 0.5);
    vec3 light = mix(body, sky, fresnel);
    if (frame.water.z > 0.0) { // what lies below is the reflection; a breath of wind breaks it
        float breath = textureLod(noise_map, pattern_m * vec2(0.007, 0.016) -
                                                 frame.water_drift.xy, 1.0).r;
        float ruffled = 0.5 * smoothstep(0.5, 0.8, breath) * smoothstep(5.0, 25.0, distance_m) *
                        (1.0 - smoothstep(20.0, 60.0, distance_m));
        float ring = fish_ring(vec2(2.1, -7.2), frame.water_phases.z) +
                     fish_ring(vec2(-1.7, -10.5), frame.water_phases.w);
        shows = 1.0 - fresnel * (1.0 - ruffled);
        shows *= edge * (1.0 - 0.7 * exp2(-5.0 * max(depth_m, 0.0)) * (1.0 - fresnel));
        light = mix(body, sky, clamp(fresnel * ruffled / max(shows, 1e-3), 0.0, 1.0));
        light = mix(light, mirror_of_zenith() * 0.8, min(ring, 1.0)); // flanks mirror what is high
        shows = max(shows, 0.7 * min(ring, 1.0));
    }
    light += glitter;
    float foam = water_foam(depth_m, rough_emit_motion.y) * edge;
    light = mix(light, vec3(0.85) * (around * 1.3 + lit.diffuse * 1.25), foam);
    return vec4(water_fog(light), mix(shows, 1.0, foam));
}
