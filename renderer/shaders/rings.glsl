// Drops on still water. In each square of a grid one falls now and then, at a place and pace of its
// own; a ring widens from it, slower and slower, and is gone before the square's edge. How often is a
// whole number of times in the 8192 s after which the shaders' time begins again.
vec2 drop_ring(vec2 at, float turn, float seed) {
    vec2 cell = floor(at);
    float often = floor(mix(900.0, 1500.0, hash21(cell + seed))); // 9 s to 5.5 s
    float lives = turn * often + hash21(cell.yx - seed);
    float life = mod(floor(lives), often);
    float age = fract(lives);
    vec2 centre = 0.5 + 0.24 * (vec2(hash21(cell + life * 0.37), hash21(cell - life * 0.61)) - 0.5);
    vec2 off = fract(at) - centre;
    float away = length(off);
    float from_ring = (away - 0.35 * sqrt(age)) * 30.0;
    float fine = 1.0 - smoothstep(0.5, 2.0, fwidth(at.x) * 30.0 + fwidth(at.y) * 10.0);
    float high = smoothstep(0.0, 0.04, age) * (1.0 - age) * (1.0 - age) * fine;
    float wave = sin(from_ring * 2.4) * exp2(-from_ring * from_ring * 0.55);
    return off / max(away, 0.02) * (wave * high);
}

vec2 drop_rings(vec2 m, float time_s) {
    float turn = time_s / 8192.0;
    return 0.5 * (drop_ring(m / 0.74, turn, 3.0) + drop_ring(m / 0.61 + vec2(0.37, 0.52), turn, 11.0));
}
