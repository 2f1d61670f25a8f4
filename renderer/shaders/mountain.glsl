// A whole mountain of rock, where the rock style's scale is that of a mountain: snow lies on its
// ledges, as far down as m.x says (0 none, 1 deep). The tint is the colour of what covers it;
// under snow the rock is that times the accent.
Surface mountain_surface(vec3 tint, vec2 m, vec3 at, vec3 n) {
    float per_m = 1.0 / scale_m(5u, vec2(1.0)).x;
    vec3 where = at * per_m;
    vec4 broad = noise_on_sides(where, n);
    const vec3 down = vec3(5.7, 1.5, 5.7); // gullies run down the mountain
#ifdef HAVEN_LEAN
    float steep = 0.7 * (noise_on_sides(where * down, n).g - 0.5);
    float relief = 0.0;
#else
    vec4 fine = noise_on_sides(where * 4.7 + 0.4, n);
    float steep = 0.45 * (broad.g - 0.5) + 0.6 * (noise_on_sides(where * down, n).g - 0.5) +
                  0.2 * (fine.r - 0.5);
    // What rises toward the light is brighter than what falls away from it.
    vec3 toward = vec3(0.022, 0.018, 0.010);
    float relief = 1.5 * (broad.r - noise_on_sides(where + toward, n).r) +
                   1.1 * (fine.r - noise_on_sides(where * 4.7 + 0.4 + toward * 2.0, n).r);
#endif
    float snow = smoothstep(0.47, 0.66, n.y + 0.85 * steep + 0.2 * (m.x - 0.6));
    vec3 rock = tint * mix(vec3(1.0), accent(5u), m.x) * (0.72 + 0.55 * broad.r);
    vec3 c = mix(rock, tint, snow * m.x) * clamp(1.0 + relief, 0.35, 1.6);
    return Surface(c, 1.0, 0.0, 1.0);
}
