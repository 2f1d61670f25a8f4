#version 460
// One triangle over the whole picture: what any frame costs at least.
layout(location = 0) out vec2 place;

void main() {
    place = vec2(gl_VertexIndex == 1 ? 3.0 : -1.0, gl_VertexIndex == 2 ? 3.0 : -1.0);
    gl_Position = vec4(place, 0.0, 1.0);
}
