#version 460
layout(set = 0, binding = 0) uniform sampler2D glyph_sheet;

layout(location = 0) in vec2 sheet_uv;
layout(location = 1) in vec4 colour;
layout(location = 0) out vec4 out_colour;

void main() {
    out_colour = colour * texture(glyph_sheet, sheet_uv).r;
}
