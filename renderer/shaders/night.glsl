// The Milky Way: a soft band around the stars' own equator with dark lanes in it, brightest toward
// their +X. The fourth column of world_from_stars is its light.
vec3 star_band(vec3 direction) {
    if (!HAS_STAR_BAND) {
        return vec3(0.0);
    }
    vec3 colour = frame.world_from_stars[3].rgb;
    vec3 d = direction * mat3(frame.world_from_stars);
    float round = atan(d.y, d.x) * (1.0 / 6.28318530718);
    vec4 broad = textureLod(noise_map, vec2(round * 3.0, d.z * 0.55 + 0.31), 2.0);
    float mid = textureLod(noise_map, vec2(round * 7.0 + 0.2, d.z * 1.3), 1.0).r;
    float fine = textureLod(noise_map, vec2(round * 17.0, d.z * 3.1 + 0.7), 1.0).g;
    float heart = exp2(-(1.0 - d.x) * 3.2);
    float z = d.z + (broad.g - 0.5) * 0.10 + (mid - 0.5) * 0.035;
    float wide = 0.105 + 0.075 * heart + 0.05 * (broad.r - 0.5);
    float band = exp2(-1.6 * z * z / (wide * wide));
    float haze = exp2(-abs(d.z) * 5.0) * 0.16;
    // Dust lies along the middle, branches, and is thickest before the heart.
    float along = (z - 0.012 - (mid - 0.5) * 0.06) / (0.030 + 0.030 * heart);
    float dust = exp2(-along * along) * smoothstep(0.30, 0.62, mid * 0.55 + broad.r * 0.45);
    dust = max(dust, 0.75 * smoothstep(0.56, 0.78, fine * 0.4 + mid * 0.6) *
                         exp2(-6.0 * abs(z) / wide));
    float clouds = 0.45 + 0.75 * broad.r * mid * 1.6 + 0.3 * (fine - 0.5);
    float light = (band * clouds + haze) * (0.34 + 0.95 * heart) * (1.0 - 0.82 * dust);
    vec3 hue = mix(vec3(0.86, 0.95, 1.12), vec3(1.16, 0.99, 0.80), heart * band);
    light *= smoothstep(-0.04, 0.42, direction.y); // air dims what is low
    return colour * hue * max(light, 0.0);
}
