// The wind, for everything that leans in it. Several slow waves, none quicker than one in four
// seconds; every period divides the 8192 s after which the shaders' time begins again.
const float WIND_TURN = 6.28318530718 / 8192.0;

vec2 wind_lean(vec3 position, float time_s) {
    float turn = time_s * WIND_TURN;
    float gust = 0.64 + 0.36 * sin(turn * 431.0 - dot(position.xz, vec2(0.31, 0.22))); // 19 s
    float here = dot(position, vec3(0.7, 0.3, 0.5));
    vec2 lean = vec2(0.62 * sin(turn * 1171.0 + here) +          // 7 s
                         0.30 * sin(turn * 1607.0 + here * 2.3), // 5.1 s
                     0.55 * cos(turn * 883.0 + here * 1.3));     // 9.3 s
    float flutter = 0.10 * sin(turn * 2039.0 + dot(position, vec3(5.1, 3.7, 4.3))); // 4 s
    return lean * gust + flutter;
}
