// Waves that lift the water's vertices: Tessendorf 2001, "Simulating Ocean Water", and Finch in GPU
// Gems 1: each point goes round a circle, so that crests are sharp and troughs wide.
const float MIRROR_LOW = 0.06; // rise over run, of the sky that lean water mirrors
const float MIRROR_HIGH = 0.9;

struct Raised {
    vec3 position;
    vec3 normal;
    float crest;   // 0..1: how near the top of a wave
    float depth_m; // of the water there now; below 0 the sand is dry
};

Raised raise_water(vec3 position, float deep) {
    float depth_m = deep * deep * 4.0 - 0.25; // sand that falls dry is above the water at rest
    float reach = smoothstep(0.02, 1.3, depth_m); // waves die away on the shore
    vec2 at = position.xz;
    vec3 offset = vec3(0.0);
    vec2 slope = vec2(0.0);
    float highest = 1e-4;
    for (uint i = 0u; i < uint(HAVEN_WAVE_COUNT); ++i) {
        vec4 wave = frame.waves[i];
        // The mesh is coarse far away; there the waves are for the pixels.
        float coarse = length(at) * length(wave.xy) * 0.02;
        float height = wave.z * reach * (1.0 - smoothstep(0.35, 0.8, coarse));
        float angle = dot(wave.xy, at) + wave.w;
        float c = cos(angle);
        float s = sin(angle);
        offset.y += height * c;
        offset.xz -= wave.xy * (inversesqrt(max(dot(wave.xy, wave.xy), 1e-6)) * height * s *
                                frame.water.w);
        slope -= wave.xy * (height * s);
        highest += height;
    }
    // Sheets of water climb the sand and run back, each stretch of it in its own time.
    float shallow = 1.0 - smoothstep(0.0, 0.6, depth_m);
    float swash = 0.62 * sin(frame.water_phases.x + at.x * 0.21 + 0.8 * sin(at.x * 0.37)) +
                  0.38 * sin(frame.water_phases.y - at.x * 0.13);
    offset.y += frame.water.x * swash * shallow;
    Raised raised;
    raised.position = position + offset;
    raised.normal = normalize(vec3(-slope.x, 1.0, -slope.y));
    raised.crest = clamp(0.5 + 0.5 * offset.y / highest, 0.0, 1.0) * reach;
    raised.depth_m = depth_m + offset.y;
    return raised;
}
