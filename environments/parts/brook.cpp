// Land with a brook in it: the valley, the bed, the water, and the stones that lie in both.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/leafage.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace haven::environments {
namespace {

struct CoursePoint {
    glm::vec2 at_m{0.0F};
    float water_m = 0.0F; ///< height of its surface
    float width_m = 1.5F;
};

struct Brook {
    glm::vec2 middle_m{0.0F}; ///< where the ground is finest
    float reach_m = 45.0F;
    float depth_m = 0.22F;
    float bank_m = 0.3F; ///< how high the land stands over the water
    std::vector<CoursePoint> course;
    glm::vec3 soil_tint{0.1F};
    glm::vec3 moss_tint{0.1F};
    glm::vec3 bed_tint{0.2F};
    glm::vec3 water_tint{0.1F};
    std::vector<glm::vec3> stone_tints;
    int pebbles = 180;
    int stones = 24;
};

/// The course as short pieces, smooth through its points.
class Course {
  public:
    explicit Course(const std::vector<CoursePoint>& points) {
        constexpr float step_m = 0.22F;
        for (std::size_t i = 0; i + 1 < points.size(); ++i) {
            const CoursePoint& a = points[i == 0 ? 0 : i - 1];
            const CoursePoint& b = points[i];
            const CoursePoint& c = points[i + 1];
            const CoursePoint& d = points[std::min(i + 2, points.size() - 1)];
            const float length_m = glm::distance(b.at_m, c.at_m);
            const int pieces = std::max(static_cast<int>(length_m / step_m), 1);
            for (int k = 0; k < pieces; ++k) {
                const float t = static_cast<float>(k) / static_cast<float>(pieces);
                pieces_.push_back(
                    {.at_m = catmull_rom(a.at_m, b.at_m, c.at_m, d.at_m, t),
                     .water_m = glm::mix(b.water_m, c.water_m, t),
                     .width_m = glm::mix(b.width_m, c.width_m, glm::smoothstep(0.0F, 1.0F, t))});
            }
        }
        pieces_.push_back(points.back());
        for (std::size_t i = 0; i < pieces_.size(); ++i) { // the land knows no small falls
            constexpr std::size_t reach = 9;
            const std::size_t first = i - std::min(i, reach);
            const std::size_t last = std::min(i + reach, pieces_.size() - 1);
            float sum = 0.0F;
            for (std::size_t k = first; k <= last; ++k) {
                sum += pieces_[k].water_m;
            }
            land_m_.push_back(sum / static_cast<float>(last - first + 1));
        }
        cut_into_stretches();
    }

    struct Near {
        float away_m = 1e9F;
        float water_m = 0.0F;
        float land_m = 0.0F; ///< the water's height, smoothed
        float half_m = 1.0F;
    };
    [[nodiscard]] Near near(glm::vec2 at_m) const {
        Near found;
        for (const Stretch& stretch : stretches_) {
            if (glm::distance(at_m, stretch.middle_m) - stretch.radius_m >= found.away_m) {
                continue;
            }
            for (std::size_t i = stretch.first; i < stretch.end; ++i) {
                look_at_piece(i, at_m, found);
            }
        }
        return found;
    }
    [[nodiscard]] const std::vector<CoursePoint>& pieces() const { return pieces_; }
    [[nodiscard]] glm::vec2 side(std::size_t i) const {
        const glm::vec2 along =
            pieces_[std::min(i + 1, pieces_.size() - 1)].at_m - pieces_[i == 0 ? 0 : i - 1].at_m;
        return glm::normalize(glm::vec2(-along.y, along.x) + glm::vec2(1e-6F, 0.0F));
    }

  private:
    struct Stretch { ///< some neighbouring pieces and the circle about them
        std::size_t first;
        std::size_t end;
        glm::vec2 middle_m;
        float radius_m;
    };
    void cut_into_stretches() {
        constexpr std::size_t most = 16;
        for (std::size_t first = 0; first + 1 < pieces_.size(); first += most) {
            const std::size_t end = std::min(first + most, pieces_.size() - 1);
            const glm::vec2 middle_m = 0.5F * (pieces_[first].at_m + pieces_[end].at_m);
            float radius_m = 0.0F;
            for (std::size_t i = first; i <= end; ++i) {
                radius_m = std::max(radius_m, glm::distance(middle_m, pieces_[i].at_m));
            }
            stretches_.push_back({first, end, middle_m, radius_m});
        }
    }
    void look_at_piece(std::size_t i, glm::vec2 at_m, Near& found) const {
        const CoursePoint& a = pieces_[i];
        const CoursePoint& b = pieces_[i + 1];
        const glm::vec2 along = b.at_m - a.at_m;
        const float t = std::clamp(
            glm::dot(at_m - a.at_m, along) / std::max(glm::dot(along, along), 1e-6F), 0.0F, 1.0F);
        const float away_m = glm::distance(at_m, a.at_m + along * t);
        if (away_m < found.away_m) {
            found = {.away_m = away_m,
                     .water_m = glm::mix(a.water_m, b.water_m, t),
                     .land_m = glm::mix(land_m_[i], land_m_[i + 1], t),
                     .half_m = 0.5F * glm::mix(a.width_m, b.width_m, t)};
        }
    }

    static glm::vec2 catmull_rom(glm::vec2 a, glm::vec2 b, glm::vec2 c, glm::vec2 d, float t) {
        return 0.5F * (2.0F * b + (c - a) * t + (2.0F * a - 5.0F * b + 4.0F * c - d) * (t * t) +
                       (3.0F * b - a - 3.0F * c + d) * (t * t * t));
    }

    std::vector<CoursePoint> pieces_;
    std::vector<float> land_m_;
    std::vector<Stretch> stretches_;
};

struct LandPoint {
    float height_m;
    float bed; ///< 1 in the brook, 0 on dry land
};

LandPoint land_at(const Brook& made, const Course& course, glm::vec2 at_m, std::uint32_t seed) {
    const Course::Near near = course.near(at_m);
    const float r = glm::length(at_m);
    const float rough = 0.16F * noise({at_m.x * 0.35F, 0.0F, at_m.y * 0.35F}, seed) +
                        0.06F * noise({at_m.x * 1.1F, 2.0F, at_m.y * 1.1F}, seed);
    const float side = std::max(near.away_m - near.half_m - 1.5F, 0.0F);
    const float slope = 0.055F * side + 0.35F * noise({at_m.x * 0.1F, 7.0F, at_m.y * 0.1F}, seed) *
                                            glm::smoothstep(4.0F, 12.0F, side);
    const float land = near.land_m + made.bank_m + rough + std::min(slope, 3.0F);
    // Level where one stands.
    float height_m = glm::mix(0.0F, land, glm::smoothstep(1.5F, 3.8F, r));
    const float share = near.away_m / near.half_m;
    const float cut = 0.03F * noise({at_m.x * 2.1F, 4.0F, at_m.y * 2.1F}, seed);
    const float bed_m = near.water_m - made.depth_m * (1.0F - share * share) - 0.02F + cut;
    const float bank =
        glm::smoothstep(near.half_m * 0.92F, near.half_m + 0.75F,
                        near.away_m + 0.22F * noise({at_m.x * 1.3F, 9.0F, at_m.y * 1.3F}, seed));
    height_m = glm::mix(std::min(bed_m, near.water_m + 0.10F), height_m, bank);
    return {.height_m = height_m, .bed = 1.0F - glm::smoothstep(0.02F, 0.22F, bank)};
}

void build_land(const Brook& made, const Course& course, Site& site) {
    const Sculptor place = site.sculptor();
    constexpr int cells = 114;
    const auto spread = [&](float share) { // fine in the middle, wide at the rim
        const float u = 2.0F * share - 1.0F;
        return made.reach_m * (0.16F * u + 0.84F * u * u * u);
    };
    add_grid(place, {.across = cells, .along = cells, .facing = {0.0F, 1.0F, 0.0F}},
             {.pattern = scene::Pattern::ground,
              .tint = glm::vec3(1.0F),
              .roughness = 0.95F,
              .unevenness = 0.16F},
             [&](float u, float v) {
                 const glm::vec2 at_m = made.middle_m + glm::vec2(spread(u), spread(v));
                 const LandPoint land = land_at(made, course, at_m, site.seed);
                 const float moss = glm::smoothstep( // in cushions, not in one sheet
                     -0.30F, 0.34F,
                     0.5F * noise({at_m.x * 0.45F, 3.0F, at_m.y * 0.45F}, site.seed) +
                         0.4F * noise({at_m.x * 1.6F, 5.0F, at_m.y * 1.6F}, site.seed) +
                         0.5F * noise({at_m.x * 3.9F, 6.0F, at_m.y * 3.9F}, site.seed));
                 const glm::vec3 dry = glm::mix(made.soil_tint, made.moss_tint, moss);
                 return GridPoint{.position_m = {at_m.x, land.height_m, at_m.y},
                                  .pattern_m = at_m,
                                  .hue = glm::mix(dry, made.bed_tint, land.bed)};
             });
}

/// Small stones of the bed, too many for a solid each: a strip of the stone style, from the land on
/// one side to the land on the other, as far as single stones can be told apart.
void build_bed(const Brook& made, const Course& course, Site& site) {
    constexpr float seen_m = 15.0F;
    constexpr int across = 6;
    scene::SceneMesh& mesh = site.scene.mesh;
    std::array<std::uint32_t, across + 1> before{};
    bool begun = false;
    const auto& pieces = course.pieces();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (glm::length(pieces[i].at_m) > seen_m) {
            begun = false;
            continue;
        }
        std::array<std::uint32_t, across + 1> here{};
        for (int k = 0; k <= across; ++k) {
            const float out = 2.0F * static_cast<float>(k) / across - 1.0F;
            const glm::vec2 at_m =
                pieces[i].at_m + course.side(i) * (0.56F * pieces[i].width_m * out);
            const LandPoint land = land_at(made, course, at_m, site.seed);
            const float sunk_m = 0.03F - 0.10F * glm::smoothstep(0.75F, 1.0F, std::abs(out));
            const float tone =
                0.95F + 0.35F * noise({at_m.x * 1.3F, 8.0F, at_m.y * 1.3F}, site.seed);
            here.at(static_cast<std::size_t>(k)) = mesh.add(
                {.position_m = site.placement.point({at_m.x, land.height_m + sunk_m, at_m.y}),
                 .normal = {0.0F, 1.0F, 0.0F},
                 .tint = glm::clamp(made.bed_tint * tone, glm::vec3(0.0F), glm::vec3(1.0F)),
                 .pattern = scene::Pattern::stone,
                 .pattern_m = at_m,
                 .roughness = 0.6F});
        }
        for (std::size_t k = 0; begun && k < across; ++k) {
            mesh.quad(before.at(k), before.at(k + 1), here.at(k + 1), here.at(k));
        }
        before = here;
        begun = true;
    }
}

void build_water(const Brook& made, const Course& course, Site& site) {
    scene::SceneMesh& mesh = site.scene.mesh;
    constexpr int across = 6;
    std::array<std::uint32_t, across + 1> before{};
    const auto& pieces = course.pieces();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const CoursePoint& piece = pieces[i];
        const glm::vec2 side = course.side(i);
        const float fall = i + 1 < pieces.size()
                               ? (piece.water_m - pieces[i + 1].water_m) /
                                     std::max(glm::distance(piece.at_m, pieces[i + 1].at_m), 0.01F)
                               : 0.0F;
        std::array<std::uint32_t, across + 1> here{};
        for (int k = 0; k <= across; ++k) {
            const float out = (2.0F * static_cast<float>(k) / across - 1.0F) * 1.25F;
            const glm::vec2 at_m = piece.at_m + side * (0.5F * piece.width_m * out);
            const float depth_m = piece.water_m - land_at(made, course, at_m, site.seed).height_m;
            const glm::vec3 local_m{at_m.x, piece.water_m, at_m.y};
            // Quick water is white with air.
            const float quick = glm::smoothstep(0.3F, 1.2F, fall);
            here.at(static_cast<std::size_t>(k)) = mesh.add(
                {.position_m = site.placement.point(local_m),
                 .normal = {0.0F, 1.0F, 0.0F},
                 .tint = glm::mix(made.water_tint, glm::vec3(0.62F, 0.68F, 0.66F), quick * 0.8F),
                 .pattern = scene::Pattern::water,
                 .pattern_m = at_m,
                 .roughness = 0.1F,
                 .motion = std::clamp(
                     1.0F -
                         std::sqrt(std::max(std::max(depth_m, quick * 0.3F) + 0.25F, 0.0F) / 4.0F),
                     0.0F, 1.0F)});
        }
        for (std::size_t k = 0; i > 0 && k < across; ++k) {
            mesh.quad(before.at(k), here.at(k), here.at(k + 1), before.at(k + 1));
        }
        before = here;
    }
}

void build_stones(const Brook& made, const Course& course, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed ^ 0x51A3U);
    const auto& pieces = course.pieces();
    const auto tint = [&] {
        return made.stone_tints.at(dice.bits() % made.stone_tints.size()) *
               dice.between(0.75F, 1.2F);
    };
    const auto nearest = [&](float reach_m) { // a piece of the course near the person
        for (int tries = 0; tries < 40; ++tries) {
            const std::size_t i = dice.bits() % pieces.size();
            if (glm::length(pieces[i].at_m) < reach_m * std::sqrt(dice.unit()) + 2.5F) {
                return i;
            }
        }
        return pieces.size() / 2;
    };
    for (int i = 0; i < made.pebbles; ++i) {
        const std::size_t k = nearest(10.0F);
        const float out = dice.around(0.0F, 1.05F);
        const glm::vec2 at_m = pieces[k].at_m + course.side(k) * (0.5F * pieces[k].width_m * out) +
                               glm::vec2(dice.around(0.0F, 0.12F), dice.around(0.0F, 0.12F));
        const float size_m = 0.035F + 0.10F * std::pow(dice.unit(), 2.5F);
        add_boulder(
            place.at({at_m.x, 0.0F, at_m.y}, turn_about_y(dice.between(0.0F, 6.0F))),
            {.centre_m = {0.0F, land_at(made, course, at_m, site.seed).height_m + 0.15F * size_m,
                          0.0F},
             .radii_m = {size_m, size_m * 0.55F, size_m * dice.between(0.6F, 0.95F)},
             .rough = 0.16F,
             .across = 6,
             .tint = tint()},
            dice.bits());
    }
    for (int i = 0; i < made.stones; ++i) {
        const std::size_t k = nearest(13.0F);
        const float side = dice.unit() < 0.5F ? -1.0F : 1.0F;
        const float size_m = dice.between(0.14F, 0.42F);
        const glm::vec2 at_m =
            pieces[k].at_m +
            course.side(k) *
                (side * (0.5F * pieces[k].width_m * dice.between(0.8F, 1.15F) + 0.3F * size_m));
        if (glm::length(at_m) < 1.5F + size_m) {
            continue;
        }
        add_boulder(
            place.at({at_m.x, 0.0F, at_m.y}, turn_about_y(dice.between(0.0F, 6.0F))),
            {.centre_m = {0.0F, land_at(made, course, at_m, site.seed).height_m + 0.18F * size_m,
                          0.0F},
             .radii_m = {size_m, size_m * dice.between(0.5F, 0.75F),
                         size_m * dice.between(0.7F, 1.0F)},
             .rough = 0.34F,
             .across = 14,
             .tint = tint()},
            dice.bits());
    }
}

/// Steps in the course: stones at their sides, breath of water at their feet.
void build_falls(const Brook& made, const Course& course, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed ^ 0xFA11U);
    const auto& pieces = course.pieces();
    for (std::size_t i = 0; i + 3 < pieces.size(); ++i) {
        const float drop_m = pieces[i].water_m - pieces[i + 2].water_m;
        if (drop_m < 0.25F) {
            continue;
        }
        const glm::vec2 side = course.side(i);
        const glm::vec2 foot_m = pieces[i + 3].at_m;
        for (const float edge : {-1.0F, -0.35F, 0.4F, 1.0F}) {
            const float size_m =
                drop_m * dice.between(0.55F, 0.85F) * (std::abs(edge) > 0.9F ? 1.35F : 0.55F);
            const glm::vec2 at_m =
                pieces[i].at_m + side * (0.5F * pieces[i].width_m * edge * 1.12F);
            add_boulder(place.at({at_m.x, 0.0F, at_m.y}, turn_about_y(dice.between(0.0F, 6.0F))),
                        {.centre_m = {0.0F, pieces[i].water_m - 0.55F * size_m, 0.0F},
                         .radii_m = {size_m, size_m * 0.8F, size_m * 0.8F},
                         .rough = 0.36F,
                         .across = 16,
                         .tint = made.stone_tints.at(dice.bits() % made.stone_tints.size())},
                        dice.bits());
        }
        const float foot_y = pieces[i + 3].water_m;
        for (int puff = 0; puff < 3; ++puff) {
            const glm::vec2 at_m =
                foot_m + side * (0.3F * pieces[i].width_m * (static_cast<float>(puff) - 1.0F));
            site.life.steam.push_back(
                {.source_m = place.placement.point({at_m.x, foot_y + 0.02F, at_m.y}),
                 .rise_m = 0.22F,
                 .width_m = 0.17F,
                 .count = 5,
                 .colour = glm::vec3(0.62F, 0.68F, 0.6F) * site.daylight,
                 .opacity = 0.10F});
        }
        i += 6;
    }
}

void build_brook(const Brook& made, Site& site) {
    const Course course(made.course);
    build_land(made, course, site);
    build_bed(made, course, site);
    build_stones(made, course, site);
    build_falls(made, course, site);
    build_water(made, course, site);
}

} // namespace

PartBuilder read_brook(ObjectReader& reader) {
    Brook made;
    made.middle_m = reader.vec2("middle_m", {-20.0F, 20.0F}, glm::vec2(0.0F));
    made.reach_m = reader.number("reach_m", {10.0F, 60.0F}, 45.0F);
    made.depth_m = reader.number("depth_m", {0.05F, 2.0F}, 0.22F);
    made.bank_m = reader.number("bank_m", {0.0F, 2.0F}, 0.3F);
    for (ObjectReader& point : reader.objects("course", 64)) {
        made.course.push_back({.at_m = point.vec2("at_m", {-80.0F, 80.0F}),
                               .water_m = point.number("water_m", {-10.0F, 10.0F}),
                               .width_m = point.number("width_m", {0.2F, 20.0F})});
        point.finish();
    }
    if (made.course.size() < 2) {
        reader.fail("course", "needs at least two points");
    }
    made.soil_tint = reader.colour("soil_tint");
    made.moss_tint = reader.colour("moss_tint");
    made.bed_tint = reader.colour("bed_tint");
    made.water_tint = reader.colour("water_tint");
    made.stone_tints = reader.colours("stone_tints", 8);
    made.pebbles = reader.count("pebbles", 0, 400, 180);
    made.stones = reader.count("stones", 0, 80, 24);
    return [made](Site& site) { build_brook(made, site); };
}

} // namespace haven::environments
