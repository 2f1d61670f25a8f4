#include "renderer/scene/card_pictures.hpp"

#include "renderer/scene/noise.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::scene {
namespace {

constexpr std::uint32_t leaves_px = 512; // of those that cards are made of
constexpr float cards_across = 4.0F;

/// Where in the pattern's plane each lies: of the many there none is much barer or denser than
/// most.
constexpr std::array<glm::vec2, 16> painted{{{20, 0},
                                             {21, 0},
                                             {20, 1},
                                             {21, 1},
                                             {20, 2},
                                             {21, 2},
                                             {16, 0},
                                             {17, 0},
                                             {16, 1},
                                             {17, 1},
                                             {18, 1},
                                             {19, 8},
                                             {24, 10},
                                             {24, 30},
                                             {25, -3},
                                             {24, 9}}};

/// A picture that tiles, as a sampler reads it.
class Level {
  public:
    explicit Level(const std::vector<std::byte>& bytes)
        : bytes_(bytes),
          size_(static_cast<std::int32_t>(std::lround(std::sqrt(bytes.size() / 4)))) {}

    [[nodiscard]] glm::vec4 at(glm::vec2 place) const {
        const glm::vec2 px = place * static_cast<float>(size_) - 0.5F;
        const glm::vec2 low = glm::floor(px);
        const glm::vec2 past = px - low;
        const auto x = static_cast<std::int32_t>(low.x);
        const auto y = static_cast<std::int32_t>(low.y);
        return glm::mix(glm::mix(texel(x, y), texel(x + 1, y), past.x),
                        glm::mix(texel(x, y + 1), texel(x + 1, y + 1), past.x), past.y) /
               255.0F;
    }

  private:
    [[nodiscard]] glm::vec4 texel(std::int32_t x, std::int32_t y) const {
        const auto wrapped = [&](std::int32_t i) {
            return static_cast<std::size_t>(i & (size_ - 1));
        };
        const std::size_t index = wrapped(y) * static_cast<std::size_t>(size_) + wrapped(x);
        const auto from = std::span(bytes_).subspan(index * 4, 4);
        return {static_cast<float>(from[0]), static_cast<float>(from[1]),
                static_cast<float>(from[2]), static_cast<float>(from[3])};
    }

    const std::vector<std::byte>& bytes_;
    std::int32_t size_;
};

struct Cut {
    float inside; ///< over 0: there is leaf here
    float tone;   ///< this leaf among its neighbours, 0..1
};
struct Shown {
    Cut near;
    Cut far; ///< where leaves are finer than pixels
};

/// `m` is a place in the pattern's plane: each whole metre of it is one card.
class Painter {
  public:
    explicit Painter(const std::vector<std::vector<std::byte>>& noise)
        : sharp_(noise.at(1)), soft_(noise.at(2)), softest_(noise.at(5)),
          leaf_bytes_(leaf_levels(leaves_px)), leaves_(leaf_bytes_.front()) {}
    Painter(const Painter&) = delete;
    Painter& operator=(const Painter&) = delete;
    ~Painter() = default;

    /// Many small leaves on the twigs of a bough, dark inside, light at the rim.
    [[nodiscard]] Shown crown(glm::vec2 m) const {
        constexpr float many = 13.0F;
        const float rim = rim_of(m);
        const float lobes = 1.9F * (soft_.at(m * 0.31F + 0.3F).g - 0.5F);
        // Lobes and gaps are a few to a card, so that a crown is masses first and leaves only at
        // their edges.
        const float mass = std::min(0.50F - 0.55F * rim + lobes, 0.98F - 1.1F * rim);
        const float deep = glm::smoothstep(0.02F, 0.55F, mass);
        const glm::vec4 ragged = sharp_.at(m * 1.1F);
        const glm::vec2 at = bent(m, many);
        const float sparse = 0.62F - 1.7F * mass;
        Cut near = three_layers(at, sparse, 0.77F, 0.4F);
        const float shade = mass - 0.52F + 0.7F * (ragged.g - 0.5F); // behind the outer leaves
        near.tone = (near.inside > 0.0F ? near.tone : 0.7F * (ragged.g - 0.5F) - 0.1F) -
                    0.28F * deep + 0.16F;
        near.inside = std::max(near.inside, shade);
        return {near,
                {mass - 0.03F + 0.9F * (ragged.r - 0.5F),
                 0.6F + 0.5F * (ragged.r - 0.5F) - 0.6F * deep}};
    }

    [[nodiscard]] Shown spray(glm::vec2 m) const {
        const float rim = rim_of(m);
        const glm::vec4 ragged = sharp_.at(m * 1.1F);
        const float sparse = rim * (0.3F + 0.5F * rim) - 0.14F + 0.3F * ragged.r;
        const float lobes = soft_.at(m * 0.43F + 0.3F).g;
        return {three_layers(bent(m, 5.0F), sparse, 0.87F, 0.55F),
                {0.7F * (1.7F * (lobes - 0.5F) + 0.30F - 0.55F * rim), 0.2F + 0.5F * ragged.r}};
    }

    /// A few, as they fell: no two cards alike.
    [[nodiscard]] Shown fallen(glm::vec2 m) const {
        const float rim = rim_of(m);
        const glm::vec4 ragged = sharp_.at(m * 1.1F);
        const float turn = 2.4F * std::floor(m.y) + std::floor(m.x);
        const glm::vec2 at = turned(bent(m, 5.0F), {std::cos(turn), std::sin(turn)}) * 1.3F;
        const float sparse =
            0.55F + 1.1F * (ragged.r - 0.5F) + 0.5F * glm::smoothstep(0.45F, 1.0F, rim);
        return {layer(at, sparse), {0.02F - 0.1F * rim, 0.2F + 0.5F * ragged.r}};
    }

    /// Two rows in tussocks, one behind the other.
    [[nodiscard]] static Shown blades(glm::vec2 m) {
        const glm::vec2 at = glm::fract(m);
        const float card = std::floor(m.x) + 17.0F * std::floor(m.y);
        const Cut near = blade_row(at, card, 13.0F, 3.0F);
        const Cut far = blade_row(at, card, 21.0F, 8.5F);
        return {near.inside > far.inside ? Cut{near.inside, near.tone * 0.6F + 0.4F}
                                         : Cut{far.inside, far.tone * 0.6F},
                {0.36F - at.y - std::abs(at.x - 0.5F) * 0.5F, 0.5F}};
    }

  private:
    /// No two as tall or as wide, some missing.
    static Cut blade_row(glm::vec2 at, float card, float many, float seed) {
        const float own = chance({card + seed, 17.3F});
        const float bend = (own - 0.5F) * 3.4F;
        const float x = at.x * many + seed + bend * at.y * at.y +
                        0.8F * std::sin(at.x * (6.0F + 4.0F * own) + seed + own * 40.0F);
        const float blade = std::floor(x);
        const float tone = chance({blade, card + seed});
        float tall = chance({blade + 7.0F, card - seed});
        const float off = at.x - 0.5F;
        tall = (0.22F + 0.78F * tall * tall) * (1.0F - 1.6F * off * off);
        tall *= glm::smoothstep(0.0F, 0.2F, at.x) * (1.0F - glm::smoothstep(0.8F, 1.0F, at.x));
        const float lean = (tone - 0.5F) * 0.9F * at.y;
        const float wide = 0.20F + 0.26F * glm::fract(tone * 7.3F);
        return {wide * (1.0F - at.y / std::max(tall, 0.04F)) - std::abs(x - blade - 0.5F + lean),
                tone};
    }
    static float chance(glm::vec2 p) { // common.glsl's hash21
        glm::vec3 q = glm::fract(glm::vec3(p.x, p.y, p.x) * glm::vec3(0.1031F, 0.1030F, 0.0973F));
        q += glm::dot(q, glm::vec3(q.y, q.z, q.x) + 33.33F);
        return glm::fract((q.x + q.y) * q.z);
    }
    static float rim_of(glm::vec2 m) {
        const glm::vec2 from_middle = glm::fract(m) * 2.0F - 1.0F;
        return glm::dot(from_middle, from_middle);
    }
    static glm::vec2 turned(glm::vec2 at, glm::vec2 way) {
        return {way.x * at.x - way.y * at.y, way.y * at.x + way.x * at.y};
    }
    /// Leaves stand in no rows: the plane they grow in is bent, softly.
    [[nodiscard]] glm::vec2 bent(glm::vec2 m, float many) const {
        const glm::vec2 by = glm::vec2(softest_.at(m * 0.21F)) - 0.5F;
        return m * many + by * (0.6F * many);
    }
    /// One leaf in each whole metre; where `sparse` grows, more and more of them are missing.
    [[nodiscard]] Cut layer(glm::vec2 at, float sparse) const {
        const glm::vec4 leaf = leaves_.at(at / 16.0F);
        return {std::min(leaf.r - 0.5F, 0.85F * (leaf.b - sparse)), leaf.g};
    }
    [[nodiscard]] Cut three_layers(glm::vec2 at, float sparse, float lowest_scale,
                                   float lowest_tone) const {
        const Cut top = layer(at, sparse);
        const Cut below = layer(glm::vec2(at.y, at.x) * 1.19F + 5.37F, sparse);
        const Cut lowest = layer(turned(at, {0.8F, 0.6F}) * lowest_scale, sparse);
        return {std::max({top.inside, below.inside, lowest.inside}),
                top.inside > 0.0F     ? 0.3F + 0.7F * top.tone
                : below.inside > 0.0F ? 0.1F + 0.6F * below.tone
                                      : lowest_tone * lowest.tone};
    }

    Level sharp_; // of the noise
    Level soft_;
    Level softest_;
    std::vector<std::vector<std::byte>> leaf_bytes_;
    Level leaves_;
};

} // namespace

std::vector<std::vector<std::byte>> card_levels(std::uint32_t size_px,
                                                const std::vector<std::vector<std::byte>>& noise) {
    const Painter painter(noise);
    return levels_of(size_px, [&](float u, float v) {
        const glm::vec2 at = glm::vec2(u, v) * cards_across;
        const glm::vec2 cell = glm::floor(at);
        const auto which = static_cast<std::size_t>(cell.x + cards_across * cell.y);
        const glm::vec2 m = at - cell + painted.at(which);
        const Shown shown = m.x >= 24.0F   ? Painter::blades(m)
                            : m.x >= 20.0F ? painter.crown(m)
                            : m.x >= 18.0F ? painter.fallen(m)
                                           : painter.spray(m);
        const auto tone = [](float value) { return 0.25F + 0.5F * value; };
        return Texel{shown.near.inside + 0.5F, tone(shown.near.tone), shown.far.inside + 0.5F,
                     tone(shown.far.tone)};
    });
}

} // namespace haven::scene
