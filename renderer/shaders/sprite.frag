#version 460
#include "common.glsl"
#include "output.glsl"
#include "sky.glsl"

layout(location = 0) in vec2 corner;
layout(location = 1) in vec4 colour_opacity;
layout(location = 2) flat in uint kind;
layout(location = 3) in float seed;
layout(location = 4) in vec3 from_eye;
layout(location = 0) out vec4 out_colour;

void main() {
    float soft = max(1.0 - dot(corner, corner), 0.0);
    float puff = textureLod(noise_map, corner * 0.09 + seed * 3.7, 0.0).r;
    float shape = kind == 1u ? soft * soft * smoothstep(0.25, 0.75, puff + 0.15) : soft * soft;
    shape =
        kind == 2u ? max(1.0 - abs(corner.x), 0.0) * max(1.0 - corner.y * corner.y, 0.0) : shape;
    float alpha = shape * colour_opacity.a;
    if (kind == 1u) {
        out_colour = vec4(to_display(colour_opacity.rgb, 1.0).rgb * alpha, alpha);
    } else {
        out_colour = vec4(added_to_display(colour_opacity.rgb, 0.5).rgb * alpha, 0.0);
    }
}
