#version 460
// A panel's own picture, flat: not of any eye.
layout(location = 0) in vec2 in_at_px;
layout(location = 1) in vec2 in_sheet_uv;
layout(location = 2) in vec4 in_colour; // sRGB

layout(location = 0) out vec2 sheet_uv;
layout(location = 1) out vec4 colour; // linear, premultiplied

layout(push_constant) uniform Push { vec2 size_px; } push;

void main() {
    vec3 c = in_colour.rgb;
    vec3 light = mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, lessThan(c, vec3(0.04045)));
    colour = vec4(light * in_colour.a, in_colour.a);
    sheet_uv = in_sheet_uv;
    gl_Position = vec4(in_at_px / push.size_px * 2.0 - 1.0, 0.0, 1.0);
}
