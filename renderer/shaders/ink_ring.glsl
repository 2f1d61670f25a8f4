// This ring and the one after it: the same buffer, bound 32 bytes further on.
layout(location = 0) in vec4 here_centre_radius;
layout(location = 1) in vec4 here_frame;
layout(location = 2) in vec4 here_colour;
layout(location = 3) in uint here_flags;
layout(location = 4) in vec4 next_centre_radius;
layout(location = 5) in vec4 next_frame;
layout(location = 6) in vec4 next_colour;

const uint NOT_JOINED = 3u; // the last of its stroke, or hidden

vec3 turn(vec4 q, vec3 v) {
    return v + 2.0 * cross(q.xyz, cross(q.xyz, v) + q.w * v);
}

vec3 ink_colour(bool next) { // sRGB to linear, to 1 in 500
    vec3 srgb = (next ? next_colour : here_colour).rgb;
    return srgb * (srgb * (srgb * 0.305306011 + 0.682171111) + 0.012522878);
}

vec4 place_ink(vec3 world) { // nothing is drawn after a stroke's last ring, and of what is hidden
    return (here_flags & NOT_JOINED) != 0u ? vec4(0.0, 0.0, -1.0, 1.0) : project(world);
}
