#version 460
layout(location = 0) in vec2 place;
layout(location = 0) out vec4 colour;

void main() {
    colour = vec4(place * 0.5 + 0.5, 0.25, 1.0);
}
