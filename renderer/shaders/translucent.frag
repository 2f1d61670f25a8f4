#version 460
#define HAVEN_CORNER_LIGHT
#include "common.glsl"
#include "lighting.glsl"
#include "corner_light.glsl"
#include "output.glsl"
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
layout(location = 9) in vec3 mirror_low;
layout(location = 10) in vec3 mirror_high;
layout(location = 11) in vec3 even_light;
layout(location = 12) in vec4 near_one;
layout(location = 13) in vec4 near_other;
layout(location = 14) in vec4 near_ways;
layout(location = 0) out vec4 out_colour; // premultiplied; alpha 0 adds light

// The moment as a share of the time after which the shaders' time begins again: what goes through
// a whole number of its periods in it does not jump there.
const float BEGINS_AGAIN_S = 8192.0;
float turn() {
    return frame.time_wind_flame.x / BEGINS_AGAIN_S;
}

#include "water.glsl"

// One layer of drops that gather, run a little and rest: column, speed and start differ.
float drops(vec2 m, float columns, float seed) {
    vec2 cell = m * vec2(columns, columns * 0.45);
    float column = floor(cell.x);
    float chance = hash21(vec2(column, seed));
    float rows = floor((0.05 + 0.12 * chance) * BEGINS_AGAIN_S); // until it begins again
    float run = cell.y + turn() * rows +
                0.6 * sin(turn() * 456.0 * 6.28318530718 + chance * 40.0) + chance * 17.0; // 18 s
    float row = mod(floor(run), rows);
    float size = 0.10 + 0.16 * hash21(vec2(column + seed, row));
    vec2 inside = vec2(fract(cell.x) - 0.5 - 0.3 * (hash21(vec2(row, column)) - 0.5),
                       (fract(run) - 0.5) * 1.6);
    float drop = smoothstep(size, size * 0.45, length(inside));
    float trail =
        smoothstep(size * 0.5, 0.0, abs(inside.x)) * smoothstep(0.0, 0.7, -inside.y + 0.1) * 0.25;
    return (drop + trail * step(0.4, chance)) *
           step(0.35, hash21(vec2(column * 1.7 + seed, row * 2.3)));
}

vec4 glass(vec3 n, vec3 to_eye) {
    float rain = frame.styles[12].accent_strength.a;
    float seen = 1.0 - smoothstep(0.004, 0.02, max(fwidth(pattern_m.x), fwidth(pattern_m.y)));
    float wet =
        (drops(pattern_m, 26.0, 3.0) + 0.6 * drops(pattern_m + 0.37, 55.0, 8.0)) * rain * seen;
    float grazing = 1.0 - abs(dot(n, to_eye));
    float fresnel = 0.03 + 0.5 * grazing * grazing * grazing * grazing;
    vec3 facing_eye = gl_FrontFacing ? n : -n;
    Lit lit = light_surface(world, facing_eye, to_eye, 0.25, wrap_of(), true, visibility_low,
                            visibility_high);
    if (many_near()) {
        add_corner_light(lit, near_one, near_other, near_ways, vec3(0.0), facing_eye, to_eye, 0.25);
    }
    vec3 room = ambient_light(-n, 1.0) + lit.diffuse * 0.06;
    vec3 bead = frame.sky_horizon.rgb * 0.55 + lit.specular * 0.06 + room * 0.25;
    vec3 light = (room * fresnel + bead * wet * 0.75) * 1.0 + tint_occlusion.rgb * 0.02;
    return vec4(light, clamp(0.05 + fresnel * 0.5 + wet * 0.35, 0.0, 0.9));
}

vec4 mist() {
    vec2 p = pattern_m;
    vec2 beside = vec2(rough_emit_motion.z * 7.0);
    vec2 broad = beside + vec2(turn() * 49.0, 0.0); // the noise repeats at 1
    vec2 fine = beside * 0.6 + vec2(turn() * 29.0, 0.0);
    float body = texture(noise_map, p * vec2(0.35, 0.2) + broad).r * 0.6 +
                 texture(noise_map, p * vec2(0.9, 0.5) - fine).g * 0.4;
    vec2 edge =
        smoothstep(vec2(0.0), vec2(0.3, 0.45), p) * smoothstep(vec2(0.0), vec2(0.3, 0.45), 1.0 - p);
    float alpha =
        smoothstep(0.32, 0.75, body) * edge.x * edge.y * frame.styles[13].accent_strength.a;
    vec3 light =
        tint_occlusion.rgb * (ambient_light(vec3(0.0, 1.0, 0.0), 1.0) * 1.6 + rough_emit_motion.y);
    return vec4(apply_fog(light, from_eye, world.y), alpha);
}

vec3 flame() {
    vec2 p = pattern_m;
    float seed = rough_emit_motion.z * 13.0;
    float rises = turn() * 1311.0; // 6 s a length of noise: a tongue takes seconds to climb
    float quicker = turn() * 2097.0;
    float height = max(frame.time_wind_flame.z, 0.2);
    float y = p.y / height;
    float lick = texture(noise_map, vec2(p.x * 0.10 + seed, y * 0.11 - rises)).r - 0.5;
    float lap = texture(noise_map, vec2(p.x * 0.24 + seed * 1.7, y * 0.22 - quicker)).g - 0.5;
    float x = (p.x - 0.5) * 2.0 + (lick * 1.5 + lap * 0.7) * y;
    float width =
        mix(0.72, 0.05, pow(clamp(y, 0.0, 1.0), 0.75)) * smoothstep(-0.02, 0.12, y + 0.02);
    float body = smoothstep(width, width * 0.15, abs(x)) * smoothstep(1.0, 0.55, y + lick * 0.7);
    float core = smoothstep(width * 0.75, 0.0, abs(x)) * smoothstep(0.75, 0.05, y);
    vec3 outer = vec3(1.0, 0.25, 0.045);
    vec3 inner = vec3(1.0, 0.62, 0.22);
    return mix(outer, inner, core) * (body * body * (0.55 + 1.6 * core)) * tint_occlusion.rgb *
           max(rough_emit_motion.y, 1.0);
}

#include "glow.glsl"

void main() {
    vec3 n = normalize(normal_in);
    vec3 to_eye = -normalize(from_eye);
    vec4 c;
    switch (PATTERN) {
    case 11u:
        c = water(to_eye);
        break;
    case 12u:
        c = glass(n, to_eye);
        break;
    case 13u:
        c = mist();
        break;
    case 14u:
        c = vec4(flame(), 0.0);
        break;
    default:
        c = vec4(glow(), 0.0);
        break;
    }
    if (PATTERN >= 14u) {
        out_colour = added_to_display(c.rgb, PATTERN == 14u ? 0.52 : 0.25);
    } else {
        vec4 shown = to_display(c.rgb, 1.0);
        out_colour = vec4(shown.rgb * c.a, c.a);
    }
}
