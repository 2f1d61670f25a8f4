// No shadow falls on ink, and it has a little light of its own: it stays readable in the dark.
const float INK_WRAP = 0.6;

vec3 ink_in_light(vec3 diffuse, vec3 n, vec3 colour) {
    return colour * (min(diffuse, vec3(1.6)) * 0.7 + ambient_light(n, 1.0) +
                     frame.time_wind_flame.w);
}

float ink_faces(vec3 n, vec3 to_light) {
    return clamp((dot(n, to_light) + INK_WRAP) / (1.0 + INK_WRAP), 0.0, 1.0);
}

vec3 light_on_ink(vec3 world, vec3 n, vec3 colour) {
    vec3 diffuse = vec3(0.0);
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        Arriving light = light_arriving(i, world, 1.0);
        diffuse += light.colour * ink_faces(n, light.to_light);
    }
    return ink_in_light(diffuse, n, colour);
}

// On one side of a thin tube, on the other, and where it faces the eye.
mat3 light_on_thin_ink(vec3 world, vec3 side, vec3 facing, vec3 colour) {
    mat3 diffuse = mat3(0.0);
    for (uint i = 0u; i < LIGHT_COUNT; ++i) {
        Arriving light = light_arriving(i, world, 1.0);
        diffuse[0] += light.colour * ink_faces(side, light.to_light);
        diffuse[1] += light.colour * ink_faces(-side, light.to_light);
        diffuse[2] += light.colour * ink_faces(facing, light.to_light);
    }
    return mat3(ink_in_light(diffuse[0], side, colour), ink_in_light(diffuse[1], -side, colour),
                ink_in_light(diffuse[2], facing, colour));
}
