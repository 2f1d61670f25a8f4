// Leaves overhead break sunlight into soft spots that wander slowly.
vec2 sun_leaves(uint light) { // how much of the light they break, and one over the size of a spot
    return frame.lights[light].cone_scale.yz;
}

float leaf_spots(vec3 world, vec3 to_sun, float per_m) {
    float turn = frame.time_wind_flame.x * (6.28318530718 / 8192.0);
    vec2 sway = vec2(sin(turn * 449.0), cos(turn * 577.0)) * 0.011; // 18 s, 14 s
    vec2 at = (world.xz - to_sun.xz * (world.y / max(to_sun.y, 0.2))) * per_m * 0.1;
    float broad = textureLod(noise_map, at * 0.31 + 0.4 * sway, 1.0).r;
    float fine = textureLod(noise_map, at + sway.yx, 1.0).g;
    return 1.3 * smoothstep(0.42, 0.62, broad * 0.58 + fine * 0.42);
}

// On corners of triangles spots would be torn: they have the mean.
float leaf_light(vec3 world, vec3 to_sun, vec2 leaves) {
#ifdef HAVEN_VERTEX_SHADER
    return 1.0 - 0.4 * leaves.x;
#else
    return leaves.x > 0.0 ? mix(1.0, leaf_spots(world, to_sun, leaves.y), leaves.x) : 1.0;
#endif
}
