// What every shader knows: the frame, which eye it draws, the noise and the leaves.
#extension GL_EXT_multiview : enable
#extension GL_GOOGLE_include_directive : require
#include "shared.h"

layout(set = 0, binding = 0, std140) uniform Frame { FrameUniforms frame; };
// r, g: soft noise; b: distance to a cell's edge; a: the cell's own value.
layout(set = 0, binding = 1) uniform sampler2D noise_map;
// 4 x 4 cards of leaves: scene::card_levels.
layout(set = 0, binding = 2) uniform sampler2D leaf_map;
// The panel that is shown, premultiplied.
layout(set = 0, binding = 3) uniform sampler2D panel_map;

// Two passes: which eye is drawn; multiview does not look.
layout(push_constant) uniform Push { uint eye; } push;

#ifdef HAVEN_VERTEX_SHADER
uint view_index() {
#ifdef HAVEN_MULTIVIEW
    return uint(gl_ViewIndex);
#else
    return push.eye;
#endif
}
vec4 project(vec3 world) { return frame.clip_from_world[view_index()] * vec4(world, 1.0); }
vec3 eye_position() { return frame.eye_position[view_index()].xyz; }
#endif

layout(constant_id = 0) const uint PATTERN = 0u;
layout(constant_id = 1) const uint LIGHT_COUNT = 0u;
// Two bits a light: 0 none, 1 sun, 2 point, 3 spot.
layout(constant_id = 2) const uint LIGHT_KINDS = 0u;
layout(constant_id = 3) const bool HAS_FOG = false;
layout(constant_id = 4) const bool HAS_CLOUDS = false;
layout(constant_id = 5) const bool ENCODES_SRGB = false; // the image does not do it
layout(constant_id = 6) const bool HAS_AIR = false;      // the sky is the air's own scattering
layout(constant_id = 7) const bool LEAN = false;
layout(constant_id = 8) const bool MULTISAMPLED = false;
layout(constant_id = 9) const bool HAS_STAR_BAND = false;
layout(constant_id = 10) const bool HOLDS_BRIGHTNESS = false; // no luminance above size_vignette.w
layout(constant_id = 11) const bool PLAIN_LIGHT = false; // no gloss and no relief

// Without sines: the same on every device, and cheap where there is no device.
float hash21(vec2 p) {
    vec3 q = fract(p.xyx * vec3(0.1031, 0.1030, 0.0973));
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}
float hash11(float p) { return hash21(vec2(p, 17.3)); }
