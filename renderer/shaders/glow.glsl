// Light in the air, added to what is behind: a soft disc, or, where the card's motion is not 0, a
// shaft of light with slow dust in it, pattern_m.y along the shaft.
vec3 glow() {
    vec3 light = tint_occlusion.rgb * rough_emit_motion.y;
    float phase = rough_emit_motion.z;
    if (phase <= 0.0) {
        float r = length(pattern_m * 2.0 - 1.0);
        float soft = max(1.0 - r, 0.0);
        return light * soft * soft * soft;
    }
    float across = abs(pattern_m.x * 2.0 - 1.0);
    float side = max(1.0 - across * across, 0.0);
    float ends = smoothstep(0.0, 0.35, pattern_m.y) * smoothstep(1.0, 0.55, pattern_m.y);
    float turn = frame.time_wind_flame.x * (6.28318530718 / 8192.0);
    float breath = 0.82 + 0.18 * sin(turn * (380.0 + floor(phase * 255.0)) + phase * 40.0);
    vec2 drift = vec2(sin(turn * 331.0 + phase * 9.0), cos(turn * 263.0)) * 0.03;
    vec2 beside = vec2(pattern_m.x * 0.22 + phase * 5.0, phase) + drift * 0.3;
    float streaks = texture(noise_map, beside).r;
    float dust = texture(noise_map, pattern_m * vec2(0.12, 0.3) + phase * 3.0 + drift).g;
    return light * side * side * ends * breath * (0.35 + 0.9 * streaks) * (0.7 + 0.6 * dust);
}
