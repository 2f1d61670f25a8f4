#version 460
#include "common.glsl"
#include "output.glsl"

layout(location = 0) out vec4 out_colour;

// What a full fade leaves of any picture: its colour, brightest ahead, so that it goes where the eyes go.
void main() {
    out_colour = faded_to_display(frame.fade.rgb, 1.0);
}
