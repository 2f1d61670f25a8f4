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

/// Where in the pattern's plane each lies: of the many there, ones that fill their outlines well
/// and are unlike each other. After a change: haven-card-outlines.
constexpr std::array<glm::vec2, 16> painted{{{21, 10},
                                             {20, -32},
                                             {21, 15},
                                             {21, 11},
                                             {21, 25},
                                             {20, -19},
                                             {17, -14},
                                             {16, 0},
                                             {16, -11},
                                             {16, -21},
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
/// Where there is none, at most: mips mix what is leaf with what is none, by as much either way, so
/// that far leaves neither shrink nor grow.
constexpr float outside = -0.22F;
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
        const auto mass_at = [&](glm::vec2 there) { // lobes, a few to a card
            const float rim = rim_of(there - glm::floor(m));
            const float lobes = 3.0F * (soft_.at(there * 0.43F + 0.3F).r - 0.5F);
            return std::min(0.32F - 0.45F * rim + lobes, 0.98F - 1.15F * rim);
        };
        const float mass = mass_at(m);
        if (mass < -0.6F) {
            return {{outside, 0.0F}, {outside, 0.0F}}; // no leaf reaches so far
        }
        const float deep = glm::smoothstep(0.1F, 0.8F, mass);
        const glm::vec4 ragged = sharp_.at(m * 1.1F);
        Cut near = layers(m, {.many = 13.0F, .count = 5, .lowest_tone = 0.1F, .missing = 0.6F},
                          [&](glm::vec2 at) { return 0.38F - 4.6F * mass_at(at); });
        const float shade = mass - 0.62F + 0.6F * (ragged.g - 0.5F); // behind the outer leaves
        near.tone = (near.inside > 0.0F ? near.tone : 0.5F * (ragged.g - 0.5F) - 0.05F) -
                    0.22F * deep + 0.12F;
        near.inside = std::max(near.inside, shade);
        return {near,
                {1.2F * mass - 0.08F + 0.9F * (ragged.r - 0.5F),
                 0.6F + 0.5F * (ragged.r - 0.5F) - 0.6F * deep}};
    }

    [[nodiscard]] Shown spray(glm::vec2 m) const {
        const auto mass_at = [&](glm::vec2 there) {
            const float rim = rim_of(there - glm::floor(m));
            const float lobes = 2.6F * (soft_.at(there * 0.43F + 0.3F).r - 0.5F);
            return std::min(0.36F - 0.50F * rim + lobes, 0.75F - 1.1F * rim);
        };
        const float mass = mass_at(m);
        if (mass < -0.9F) {
            return {{outside, 0.0F}, {outside, 0.0F}}; // no leaf reaches so far
        }
        const glm::vec4 ragged = sharp_.at(m * 1.1F);
        return {layers(m, {.many = 5.5F, .count = 5, .lowest_tone = 0.15F},
                       [&](glm::vec2 at) { return 0.40F - 3.4F * mass_at(at); }),
                {mass + 0.3F * (ragged.r - 0.5F), 0.2F + 0.5F * ragged.r}};
    }

    /// A few, as they fell: no two cards alike.
    [[nodiscard]] Shown fallen(glm::vec2 m) const {
        const glm::vec4 ragged = sharp_.at(m * 1.1F);
        const float turn = 2.4F * std::floor(m.y) + std::floor(m.x);
        const Cut near =
            layer(m, {.many = 6.5F, .way = {std::cos(turn), std::sin(turn)}},
                  [&](glm::vec2 at) { return rim_of(at - glm::floor(m)) < 0.8F ? 0.66F : 2.0F; });
        // Leaves so far apart would be lost in mips: there they spread to their outlines.
        return {near, {near.inside > 0.0F ? 0.2F : -0.03F, 0.2F + 0.5F * ragged.r}};
    }

    /// Three rows in tussocks, one behind the other.
    [[nodiscard]] static Shown blades(glm::vec2 m) {
        const glm::vec2 at = glm::fract(m);
        const float card = std::floor(m.x) + 17.0F * std::floor(m.y);
        const Tussock tussock = tussock_at(at.x, card);
        const Cut near = blade_row(at, card, tussock, 15.0F, 3.0F);
        const Cut middle = blade_row(at, card, tussock, 20.0F, 5.6F);
        const Cut far = blade_row(at, card, tussock, 26.0F, 8.5F);
        const float inside = std::max({near.inside, middle.inside, far.inside});
        const float tone = near.inside > 0.0F     ? near.tone * 0.6F + 0.4F
                           : middle.inside > 0.0F ? middle.tone * 0.6F + 0.15F
                                                  : far.tone * 0.5F;
        return {{inside, tone}, {0.52F * tussock.grown(at.x) - at.y, 0.5F}};
    }

  private:
    /// Blades grow in three tussocks to a card, and lean away from the middle of theirs.
    struct Tussock {
        float middle;
        float wide;
        float tall;
        [[nodiscard]] float grown(float x) const {
            const float off = (x - middle) / wide;
            return std::max(tall * (1.0F - off * off), 0.05F);
        }
    };
    static Tussock tussock_at(float x, float card) {
        Tussock highest{};
        for (int i = 0; i < 3; ++i) {
            const auto number = static_cast<float>(i);
            const float own = chance({card + 3.0F * number, 5.1F});
            const Tussock one{.middle = (number + 0.5F) / 3.0F + 0.2F * (own - 0.5F),
                              .wide = 0.10F + 0.09F * glm::fract(own * 9.7F),
                              .tall = 0.35F + 0.6F * glm::fract(own * 5.3F)};
            highest = i == 0 || one.grown(x) > highest.grown(x) ? one : highest;
        }
        return highest;
    }
    /// No two as tall or as wide.
    static Cut blade_row(glm::vec2 at, float card, const Tussock& tussock, float many, float seed) {
        if (at.y > tussock.tall) {
            return {outside, 0.0F};
        }
        const float up = at.y * at.y;
        const float from = tussock.middle + (at.x - tussock.middle) / (1.0F + 1.1F * up);
        const float own = chance({card + seed, 17.3F});
        const float x = from * many + seed + (own - 0.5F) * 2.0F * up +
                        0.8F * std::sin(from * (6.0F + 4.0F * own) + seed + own * 40.0F);
        const float blade = std::floor(x);
        const float tone = chance({blade, card + seed});
        const float share = chance({blade + 7.0F, card - seed});
        const float foot = from + (blade + 0.5F - x) / many;
        const float sides =
            glm::smoothstep(0.02F, 0.1F, foot) * (1.0F - glm::smoothstep(0.9F, 0.98F, foot));
        const float tall = std::max((0.58F + 0.42F * share) * tussock.grown(foot) * sides, 0.02F);
        const float lean = (tone - 0.5F) * 0.7F * at.y;
        const float wide = 0.22F + 0.22F * glm::fract(tone * 7.3F);
        const float risen = at.y / tall;
        return {wide * (1.0F - risen * risen) - std::abs(x - blade - 0.5F + lean), tone};
    }
    static float chance(glm::vec2 p) { // common.glsl's hash21
        glm::vec3 q = glm::fract(glm::vec3(p.x, p.y, p.x) * glm::vec3(0.1031F, 0.1030F, 0.0973F));
        q += glm::dot(q, glm::vec3(q.y, q.z, q.x) + 33.33F);
        return glm::fract((q.x + q.y) * q.z);
    }
    static float rim_of(glm::vec2 in_card) {
        const glm::vec2 from_middle = in_card * 2.0F - 1.0F;
        return glm::dot(from_middle, from_middle);
    }
    static glm::vec2 turned(glm::vec2 at, glm::vec2 way) {
        return {way.x * at.x - way.y * at.y, way.y * at.x + way.x * at.y};
    }

    struct Layer {
        float many; ///< leaves across a card
        glm::vec2 way{1.0F, 0.0F};
        glm::vec2 past{0.0F};
        float missing = 0.0F; ///< of all of them, this share at least
    };
    /// One leaf in each cell; `sparse_at` says of a leaf's place how many of those there are
    /// missing.
    template <typename Sparse>
    [[nodiscard]] Cut layer(glm::vec2 m, const Layer& layer, const Sparse& sparse_at) const {
        const glm::vec2 at = turned((m + bend(m)) * layer.many, layer.way) + layer.past;
        const glm::vec4 leaf = leaves_.at(at / 16.0F);
        const float inside = leaf.r - 0.47F;
        if (inside < outside) {
            return {outside, leaf.g};
        }
        const glm::vec2 back{layer.way.x, -layer.way.y};
        const glm::vec2 middle = turned(glm::floor(at) + 0.5F - layer.past, back) / layer.many;
        const float sparse = sparse_at(middle - bend(middle - bend(middle)));
        return {leaf.b > std::max(sparse, layer.missing) ? inside : outside, leaf.g};
    }
    /// Leaves stand in no rows: the plane they grow in is bent, softly.
    [[nodiscard]] glm::vec2 bend(glm::vec2 there) const {
        return 0.4F * (glm::vec2(softest_.at(there * 0.21F)) - 0.5F);
    }
    struct Layers {
        float many;
        int count;
        float lowest_tone;
        float missing = 0.0F; ///< of the highest
    };
    template <typename Sparse>
    [[nodiscard]] Cut layers(glm::vec2 m, const Layers& all, const Sparse& sparse_at) const {
        Cut cut{outside, 0.0F};
        for (int i = 0; i < all.count; ++i) {
            const auto number = static_cast<float>(i);
            const float share = number / static_cast<float>(all.count - 1);
            const float turn = 2.4F * number;
            const Cut one = layer(m,
                                  {.many = all.many * (1.0F + 0.09F * static_cast<float>(i % 3)),
                                   .way = {std::cos(turn), std::sin(turn)},
                                   .past = glm::vec2(5.37F, 2.71F) * number,
                                   .missing = all.missing * (1.0F - share)},
                                  sparse_at);
            if (cut.inside <= 0.0F) {
                cut.tone =
                    glm::mix(0.3F, 0.0F, share) + glm::mix(0.7F, all.lowest_tone, share) * one.tone;
            }
            cut.inside = std::max(cut.inside, one.inside);
            if (cut.inside > 0.0F) {
                break;
            }
        }
        return cut;
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
        const float near = std::max(shown.near.inside, outside);
        return Texel{near + 0.5F, tone(shown.near.tone), shown.far.inside + 0.5F,
                     tone(shown.far.tone)};
    });
}

} // namespace haven::scene
