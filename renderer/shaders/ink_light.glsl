// No shadow falls on ink, and it has a little light of its own: it stays readable in the dark.
vec3 light_on_ink(vec3 world, vec3 n, vec3 colour) {
    Lit lit = light_surface(world, n, vec3(0.0, 1.0, 0.0), 1.0, 0.6, false, vec4(1.0), vec4(1.0));
    return colour * (min(lit.diffuse, vec3(1.6)) * 0.7 + ambient_light(n, 1.0) +
                     frame.time_wind_flame.w);
}
