#pragma once
// A place as plain draw data: what it is made of, what lights it, what air it has. Nothing here
// knows Vulkan. Space: right-handed, +Y up, -Z ahead of the seated person, metres. The floor is y =
// 0. Colours are linear.

#include <glm/gtc/quaternion.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::scene {

/// What a surface is, evaluated by the fragment shader from `SurfacePoint::pattern_m` (metres along
/// and across the grain), the world position and the scene's PatternStyle of that pattern. One draw
/// a pattern in use, so a place of eight patterns is eight draws. Opaque ones are drawn first, then
/// the sky, then the translucent ones in this order.
enum class Pattern : std::uint8_t {
    plain,   ///< the tint alone, with a faint slow gradient: painted wood, ceramics, metal, books
    wood,    ///< planks along u, style.scale_m.x long and style.scale_m.y wide; grain, joints, tint
             ///< per plank
    logs,    ///< round logs along u: growth lines, cracks and knots, darker toward the joints by
             ///< occlusion
    bark,    ///< ridged, u along the trunk
    stone,   ///< fitted stones about style.scale_m in size, mortar in style.accent
    rock,    ///< one rough rock: two scales of noise, style.accent (lichen, moss) on what faces up
    fabric,  ///< woven cloth, threads style.scale_m.x apart, tint toward style.accent in wide soft
             ///< stripes
    rug,     ///< woven ornament: pattern_m in 0..1 across the whole rug, border and medallion in
             ///< style.accent
    ground,  ///< soil, grass, moss: tint to style.accent by noise of style.scale_m
    sand,    ///< ripples along u of style.scale_m.x, wet (dark, glossy) as `motion` goes to 1
    foliage, ///< leaves, needles, grass; lit from both sides, sways by `motion` metres in the wind
    // translucent, drawn after the sky, without depth writes, back to front as given
    water, ///< waves of style.scale_m, mirrors the sky; tint is the depth's colour
    glass, ///< window pane, pattern_m in metres: faint sky reflection, rain running down by
           ///< style.strength
    mist,  ///< soft drifting sheet, pattern_m 0..1 fades at the edges; `motion` is its phase
    flame, ///< a tongue of fire, pattern_m.x 0..1 across, .y 0..1 upward; `motion` is its phase
    glow,  ///< additive soft disc (halo of a lamp, light on dust), pattern_m 0..1 across
    count
};
inline constexpr std::size_t pattern_count = static_cast<std::size_t>(Pattern::count);
inline constexpr bool is_translucent(Pattern pattern) {
    return pattern >= Pattern::water;
}

/// How a pattern looks in this place. Zeroes mean the pattern's own default.
struct PatternStyle {
    glm::vec3 accent{0.0F};  ///< second colour, linear
    float strength = 0.5F;   ///< how clearly the pattern shows, 0..1
    glm::vec2 scale_m{0.0F}; ///< size of the pattern's unit, along and across
    float bump = 0.5F;       ///< how far it disturbs the normal, 0..1
    float gloss = 0.0F;      ///< added to what roughness leaves, 0..1: varnish, wetness
};

inline constexpr std::size_t light_count_max = 8;

/// 32 bytes a vertex, as the GPU reads them; fill through pack().
struct SceneVertex {
    glm::vec3 position_m{0.0F};
    std::uint32_t normal = 0; ///< octahedral, 2 x snorm16
    std::uint32_t tint_occlusion =
        0; ///< rgb: square root of the linear tint; a: how open to the sky, 1 is open
    std::uint32_t surface =
        0; ///< pattern, roughness (unorm8), emission (sqrt of /16), motion (unorm8)
    std::uint32_t light_visibility =
        ~0U;                      ///< 4 bits a light, 15 is unshadowed; see bake_light_visibility
    std::uint32_t pattern_mm = 0; ///< 2 x int16 millimetres: +-32.767 m
};
static_assert(sizeof(SceneVertex) == 32);

/// A vertex in plain numbers.
struct SurfacePoint {
    glm::vec3 position_m{0.0F};
    glm::vec3 normal{0.0F, 1.0F, 0.0F}; ///< unit length
    glm::vec3 tint{0.5F};               ///< linear, 0..1
    Pattern pattern = Pattern::plain;
    glm::vec2 pattern_m{
        0.0F};              ///< metres along and across the grain; beyond +-32.7 m it wraps on 32 m
    float roughness = 0.8F; ///< 0.05 mirror .. 1 chalk
    float emission =
        0.0F; ///< times tint, 0..16, added to the light it reflects (lamp shade 2, ember 6)
    float motion =
        0.0F; ///< 0..1: sway in metres for foliage, phase for flame, mist, wetness for sand
    float occlusion = 1.0F; ///< 1 open, 0 buried; bake_ambient_occlusion fills it
};
[[nodiscard]] SceneVertex pack(const SurfacePoint& point);
[[nodiscard]] SurfacePoint unpack(const SceneVertex& vertex);

/// Triangles, counter-clockwise seen from outside. All three corners of a triangle share one
/// pattern.
struct SceneMesh {
    std::vector<SceneVertex> vertices;
    std::vector<std::uint32_t> indices;

    std::uint32_t add(const SurfacePoint& point); ///< the new vertex's index
    void triangle(std::uint32_t a, std::uint32_t b, std::uint32_t c);
    void quad(std::uint32_t a, std::uint32_t b, std::uint32_t c,
              std::uint32_t d); ///< round its edge
    void append(const SceneMesh& other);
    [[nodiscard]] Pattern pattern_of(std::size_t triangle) const;
};

/// The triangles of one pattern: a range of a sorted index list.
struct PatternRange {
    Pattern pattern = Pattern::plain;
    std::uint32_t first_index = 0;
    std::uint32_t index_count = 0;
};
/// Reorders the indices so that each pattern is one range (stable inside a pattern), in draw order.
[[nodiscard]] std::vector<PatternRange> sort_by_pattern(SceneMesh& mesh);

enum class LightKind : std::uint32_t { none, sun, point, spot };

struct Light {
    LightKind kind = LightKind::none;
    glm::vec3 position_m{0.0F};
    glm::vec3 direction{0.0F, -1.0F, 0.0F}; ///< the way the light travels: sun, spot
    glm::vec3 colour{1.0F};                 ///< linear; sun: on a facing surface; others: at 1 m
    float source_radius_m = 0.05F;          ///< softens the near field and the baked shadow
    float reach_m = 12.0F;                  ///< fades smoothly to nothing here: point, spot
    float cone_inner_rad = 0.5F;            ///< spot: full light inside, none outside `outer`
    float cone_outer_rad = 0.8F;
    float leaves = 0.0F;      ///< sun: 0..1 of it leaves overhead break into spots that wander
    float leaf_spot_m = 0.6F; ///< how large those are
    float flicker_depth =
        0.0F; ///< 0..0.05 of the brightness each way: a fire-lit room swings under 10 %
    float flicker_period_s = 3.0F; ///< of its slowest part
    float flicker_phase = 0.0F;    ///< so that no two are in step
};
/// Brightness of a flickering light: slow sines out of step, within 1 +- flicker_depth.
[[nodiscard]] float flicker(const Light& light, double time_s);

struct Sky {
    glm::vec3 zenith{0.10F, 0.16F, 0.30F};
    glm::vec3 horizon{0.35F, 0.38F, 0.45F};
    glm::vec3 ground{0.05F, 0.05F, 0.05F}; ///< below the horizon
    glm::vec3 to_sun{0.3F, 0.2F, -0.9F};   ///< or the moon
    glm::vec3 sun_colour{0.0F};            ///< of the disc; black for none
    float sun_radius_rad = 0.02F;
    glm::vec3 glow_colour{0.0F}; ///< around the sun
    float glow_width = 0.15F;    ///< 0 tight .. 1 over half the sky
    glm::vec3 cloud_colour{0.6F};
    glm::vec3 star_band{0.0F};   ///< light of the Milky Way around the stars' equator; black: none
    float cloud_cover = 0.0F;    ///< 0 clear .. 1 overcast
    float cloud_scale = 1.0F;    ///< 1: broad; larger: finer
    float horizon_width = 0.25F; ///< how far the horizon's colour climbs, in sin(elevation)
    glm::vec2 cloud_drift{0.002F, 0.0005F}; ///< per second
    glm::vec3 cloud_light{0.0F};            ///< what the sun adds to the edges of clouds near it
    glm::vec2 cloud_between{0.0F, 2.0F};    ///< sines of elevation that clouds keep between
    float air_share = 0.0F;                 ///< of the Earth's air over the painted colours, 0..1
    float air_brightness = 12.0F;           ///< times what a sun of 1 makes of that air
    float haze = 1.0F;                      ///< times the haze of a clear day
};

struct Fog {
    float density_per_m = 0.0F; ///< at y = 0; colour is the sky's at the horizon in that direction
    float height_falloff_per_m = 0.0F; ///< 0: the same at all heights
    glm::vec3 tint{1.0F};              ///< times the sky's colour
    float start_m = 0.0F;              ///< none nearer than this
};

/// Light from everywhere: from above, and back from below, times a vertex's openness.
struct Ambient {
    glm::vec3 sky{0.20F, 0.22F, 0.26F};
    glm::vec3 ground{0.08F, 0.07F, 0.06F};
    float from_sky = 0.0F; ///< times the light of the place's own sky, added to both
};

/// How the surfaces of Pattern::water move. Their SurfacePoint::motion is how shallow they are,
/// 1 - sqrt((depth_m + 0.25) / 4): 0 deep, 1 where the sand is a hand above the water.
struct Water {
    float wave_m = 8.0F;          ///< length of the longest wave
    float height_m = 0.0F;        ///< of waves, trough to crest; they die away where it is shallow
    glm::vec2 toward{0.0F, 1.0F}; ///< x, z: where waves run to
    float swash_m = 0.0F;         ///< how far the edge climbs and falls, in height
    float foam = 0.0F;            ///< 0..1, on crests and where it is shallow
    float mirror = 0.0F; ///< 1: what lies below is the reflection, copied there by the place
    glm::vec2 flow_m_per_s{0.05F, 0.03F}; ///< of its ripples
    float rings = 0.0F;                   ///< 0..1: of drops that fall on it here and there
};

/// The one thing in a place that swings: surfaces of Pattern::plain whose motion is not 0 turn
/// about it by SceneFrame::hinge_rad.
struct Hinge {
    glm::vec3 point_m{0.0F};
    glm::vec3 axis{1.0F, 0.0F, 0.0F}; ///< unit length
};

/// A point of light in the sky or a soft camera-facing disc in the air: embers, steam, rain,
/// fireflies, motes.
enum class SpriteKind : std::uint32_t {
    dot,    ///< additive soft dot
    puff,   ///< translucent soft puff: steam, breath, mist
    streak, ///< additive, stretched upward by `stretch`: rain, a falling spark
};
struct Sprite {
    glm::vec3 position_m{0.0F};
    float radius_m = 0.01F;
    glm::vec3 colour{1.0F}; ///< linear, may exceed 1
    float opacity = 1.0F;
    SpriteKind kind = SpriteKind::dot;
    float stretch = 1.0F; ///< height over width
    float seed = 0.0F;    ///< 0..1, shapes a puff
    float unused = 0.0F;
};
static_assert(sizeof(Sprite) == 48);
inline constexpr std::size_t sprite_count_max = 512;

struct Star {
    glm::vec3 direction{0.0F, 1.0F, 0.0F}; ///< unit length, turned by SceneFrame::stars_from_sky
    float size = 1.0F; ///< 1: a pixel and a half or so, never less than the eye can hold still
    glm::vec3 colour{1.0F};
    float twinkle = 0.0F; ///< 0..0.3, slow
};

/// What changes with time: small, made each frame, passed by reference, no allocation.
struct SceneFrame {
    double time_s = 0.0;
    float exposure = 1.0F; ///< times the scene's
    float wind = 1.0F;     ///< times each vertex's sway
    std::array<float, light_count_max> light_scale{1, 1, 1, 1, 1, 1, 1, 1};
    float flame_height = 1.0F;
    float hinge_rad = 0.0F; ///< of Scene::hinge
    glm::quat world_from_stars{1.0F, 0.0F, 0.0F, 0.0F};
    std::uint32_t sprite_count = 0;
    std::array<Sprite, sprite_count_max>
        sprites{}; ///< back to front does not matter: additive or faint

    /// False when the list is full; the sprite is then left out.
    bool add(const Sprite& sprite);
};

struct Scene {
    SceneMesh mesh;
    std::vector<Light> lights; ///< at most light_count_max
    Sky sky;
    Fog fog;
    Ambient ambient;
    Water water;
    Hinge hinge;
    std::array<PatternStyle, pattern_count> styles{};
    std::vector<Star> stars;
    float exposure = 1.0F;
    float saturation = 1.0F;
    float brightest = 1.0F; ///< no luminance shown, 0 to 1, is above it: a soft shoulder
    glm::vec3 white{1.0F};  ///< multiplies the picture before tone mapping: a warm or cool cast

    PatternStyle& style(Pattern pattern) { return styles.at(static_cast<std::size_t>(pattern)); }
    [[nodiscard]] const PatternStyle& style(Pattern pattern) const {
        return styles.at(static_cast<std::size_t>(pattern));
    }
};

/// The frame of a scene that only flickers: lights by flicker(), no sprites.
[[nodiscard]] SceneFrame frame_at(const Scene& scene, double time_s);

/// 0xRRGGBB as a painter writes it (sRGB) to linear.
[[nodiscard]] glm::vec3 from_hex(std::uint32_t rgb);

} // namespace haven::scene
