// The shell of a cabin: walls of round logs with chinking between, a plank floor, an open roof.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Opening {
    std::size_t wall = 0; ///< front, left, right, back
    glm::vec2 centre_m{0.0F};
    glm::vec2 size_m{1.0F};
};

struct LogRoom {
    glm::vec3 size_m{5.0F, 2.3F, 5.0F};
    float ridge_m = 3.5F;
    float log_m = 0.25F;
    glm::vec3 log_tint{0.3F};
    glm::vec3 chinking_tint{0.4F};
    std::vector<Opening> openings;
};

struct Interval {
    float from_m;
    float to_m;
};

/// What is left of from..to where nothing is cut out between `low_m` and `high_m`.
std::vector<Interval> without_openings(const LogRoom& room, std::size_t wall, Interval whole,
                                       float low_m, float high_m) {
    std::vector<Interval> left{whole};
    for (const Opening& opening : room.openings) {
        if (opening.wall != wall || high_m < opening.centre_m.y - opening.size_m.y * 0.5F ||
            low_m > opening.centre_m.y + opening.size_m.y * 0.5F) {
            continue;
        }
        const float from_m = opening.centre_m.x - opening.size_m.x * 0.5F;
        const float to_m = opening.centre_m.x + opening.size_m.x * 0.5F;
        std::vector<Interval> cut;
        for (const Interval& piece : left) {
            if (from_m > piece.from_m) {
                cut.push_back({piece.from_m, std::min(piece.to_m, from_m)});
            }
            if (to_m < piece.to_m) {
                cut.push_back({std::max(piece.from_m, to_m), piece.to_m});
            }
        }
        left = cut;
    }
    std::erase_if(left, [](const Interval& piece) { return piece.to_m - piece.from_m < 0.02F; });
    return left;
}

int cells(float length_m, float edge_m) {
    return std::clamp(static_cast<int>(std::ceil(length_m / edge_m)), 1, 256);
}

/// Air and years darken a wall toward the roof and a little toward the floor.
float wall_shade(float height_m) {
    return 1.0F - 0.30F * glm::smoothstep(1.5F, 3.0F, height_m) -
           0.12F * (1.0F - glm::smoothstep(0.0F, 0.7F, height_m));
}

void add_log(const Sculptor& wall, const LogRoom& room, Interval piece, float height_m, Dice& dice,
             float edge_m) {
    const float radius_m = room.log_m * 0.5F * dice.between(0.97F, 1.06F);
    const float inset_m = room.log_m * 0.5F + dice.around(0.0F, 0.006F);
    const float start = dice.between(0.0F, 20.0F);
    const float tilt = dice.around(0.0F, 0.006F);
    const std::uint32_t seed = dice.bits();
    const Material wood{.pattern = scene::Pattern::logs,
                        .tint =
                            room.log_tint * dice.between(0.82F, 1.16F) *
                            glm::vec3(1.0F, dice.between(0.95F, 1.02F), dice.between(0.9F, 1.04F)),
                        .roughness = 0.62F};
    constexpr float half_turn = 1.15F; // how far round the log is seen before the chinking
    const float length_m = piece.to_m - piece.from_m;
    add_grid(wall, {.across = cells(length_m, edge_m), .along = 5, .facing = {0.0F, 0.0F, 1.0F}},
             wood, [&](float u, float v) {
                 const float x = piece.from_m + u * length_m;
                 const float angle = (v * 2.0F - 1.0F) * half_turn;
                 const float r = radius_m * (1.0F + 0.035F * noise({x * 1.3F, angle, 0.0F}, seed));
                 const float y = height_m + tilt * x + 0.012F * noise({x * 0.4F, 0.0F, 5.0F}, seed);
                 return GridPoint{
                     .position_m = {x, y + r * std::sin(angle), r * std::cos(angle) - inset_m},
                     .pattern_m = {x + start, angle * radius_m},
                     .shade = wall_shade(height_m)};
             });
}

void add_chinking(const Sculptor& wall, const LogRoom& room, Interval piece, float height_m,
                  Dice& dice, float edge_m) {
    const float half_m = room.log_m * 0.22F;
    const std::uint32_t seed = dice.bits();
    const Material mortar{.pattern = scene::Pattern::plain,
                          .tint = room.chinking_tint * dice.between(0.9F, 1.08F),
                          .roughness = 0.95F,
                          .unevenness = 0.25F};
    const float length_m = piece.to_m - piece.from_m;
    add_grid(wall, {.across = cells(length_m, edge_m), .along = 2, .facing = {0.0F, 0.0F, 1.0F}},
             mortar, [&](float u, float v) {
                 const float x = piece.from_m + u * length_m;
                 const float hollow = std::sin(v * pi) * 0.008F;
                 return GridPoint{.position_m = {x, height_m + (v * 2.0F - 1.0F) * half_m,
                                                 -room.log_m * 0.31F - hollow +
                                                     0.006F * noise({x * 3.0F, height_m, v}, seed)},
                                  .pattern_m = {x, v * half_m},
                                  .shade = wall_shade(height_m)};
             });
}

/// One wall seen from inside: x to the right along it, y up, z into the room.
void add_wall(const Sculptor& wall, const LogRoom& room, std::size_t which, float width_m,
              bool gable, float first_log_m, Dice& dice) {
    const float top_m = gable ? room.ridge_m + room.log_m * 0.5F : room.size_m.y + room.log_m;
    const bool behind = which == 3;
    const float edge_m = behind ? 0.45F : 0.28F;
    const auto half_width_m = [&](float height_m) {
        const float share =
            (room.ridge_m - height_m) / std::max(0.1F, room.ridge_m - room.size_m.y);
        const float half_m = width_m * 0.5F;
        constexpr float corner_m = 0.12F; // into the other wall's joints
        // Past the roof's boards, which hide the ends; each log is as long as its underside needs.
        return gable && height_m > room.size_m.y - room.log_m
                   ? std::min(half_m * (share + 0.2F) + 0.12F, half_m + 0.15F)
                   : half_m + corner_m;
    };
    for (float height_m = first_log_m; height_m < top_m; height_m += room.log_m) {
        const float half_m = half_width_m(height_m);
        if (half_m > 0.1F) {
            for (const Interval piece :
                 without_openings(room, which, {-half_m, half_m}, height_m - room.log_m * 0.3F,
                                  height_m + room.log_m * 0.3F)) {
                add_log(wall, room, piece, height_m, dice, edge_m);
            }
        }
        const float joint_m = height_m + room.log_m * 0.5F;
        const float half_joint_m = half_width_m(joint_m);
        if (half_joint_m > 0.1F && joint_m < top_m) {
            for (const Interval piece :
                 without_openings(room, which, {-half_joint_m, half_joint_m}, joint_m, joint_m)) {
                add_chinking(wall, room, piece, joint_m, dice, edge_m);
            }
        }
    }
}

void build_log_room(const LogRoom& room, Site& site) {
    const Sculptor sculptor = site.sculptor();
    Dice dice(site.seed);
    const glm::vec2 half_m{room.size_m.x * 0.5F, room.size_m.z * 0.5F};
    const float low_m = room.log_m * 0.5F;
    add_wall(sculptor.at({0.0F, 0.0F, -half_m.y}), room, 0, room.size_m.x, true, low_m, dice);
    add_wall(sculptor.at({-half_m.x, 0.0F, 0.0F}, turn_about_y(pi * 0.5F)), room, 1, room.size_m.z,
             false, 0.0F, dice);
    add_wall(sculptor.at({half_m.x, 0.0F, 0.0F}, turn_about_y(-pi * 0.5F)), room, 2, room.size_m.z,
             false, 0.0F, dice);
    add_wall(sculptor.at({0.0F, 0.0F, half_m.y}, turn_about_y(pi)), room, 3, room.size_m.x, true,
             low_m, dice);
}

struct PlankFloor {
    glm::vec2 size_m{5.0F};
    glm::vec2 width_m{0.1F, 0.2F};
    glm::vec3 tint{0.3F};
};

void add_plank(const Sculptor& floor, const PlankFloor& made, float x_m, float width_m,
               Interval piece, Dice& dice) {
    const Material wood{.pattern = scene::Pattern::wood,
                        .tint =
                            made.tint * dice.between(0.78F, 1.2F) *
                            glm::vec3(1.0F, dice.between(0.94F, 1.03F), dice.between(0.88F, 1.06F)),
                        .roughness = dice.between(0.42F, 0.58F)};
    const glm::vec2 offset{dice.between(0.0F, 20.0F), dice.between(0.0F, 20.0F)};
    const std::array<float, 4> columns{0.0F, 0.03F, 0.97F, 1.0F};
    const std::array<float, 4> drops{-0.006F, 0.0F, 0.0F, -0.006F};
    const float height_m = dice.around(0.0F, 0.0012F);
    const float length_m = piece.to_m - piece.from_m - 0.003F;
    const int along = cells(length_m, 0.2F);
    add_grid(floor, {.across = 3, .along = along, .facing = {0.0F, 1.0F, 0.0F}}, wood,
             [&](float u, float v) {
                 const auto column = static_cast<std::size_t>(std::lround(u * 3.0F));
                 const float x = x_m + columns.at(column) * width_m;
                 const float z = piece.from_m + v * length_m;
                 const bool end = v <= 0.0F || v >= 1.0F;
                 return GridPoint{
                     .position_m = {x, height_m + drops.at(column) - (end ? 0.004F : 0.0F), z},
                     .pattern_m = {z + offset.x, x + offset.y},
                     .shade = end ? 0.7F : 1.0F};
             });
}

void build_plank_floor(const PlankFloor& made, Site& site) {
    const Sculptor floor = site.sculptor();
    Dice dice(site.seed);
    const glm::vec2 half_m = made.size_m * 0.5F;
    for (float x_m = -half_m.x; x_m < half_m.x;) {
        const float width_m = dice.between(made.width_m.x, made.width_m.y);
        float from_m = -half_m.y - dice.between(0.0F, 1.8F);
        while (from_m < half_m.y) {
            const float to_m = from_m + dice.between(1.5F, 3.2F);
            const Interval piece{std::max(from_m, -half_m.y), std::min(to_m, half_m.y)};
            if (piece.to_m - piece.from_m > 0.05F) {
                add_plank(floor, made, x_m + 0.0015F, width_m - 0.003F, piece, dice);
            }
            from_m = to_m;
        }
        x_m += width_m;
    }
    add_grid(floor.at({0.0F, -0.012F, 0.0F}),
             {.across = 1, .along = 1, .facing = {0.0F, 1.0F, 0.0F}},
             {.tint = made.tint * 0.12F, .roughness = 1.0F}, [&](float u, float v) {
                 return GridPoint{.position_m = {(u * 2.0F - 1.0F) * half_m.x, 0.0F,
                                                 (v * 2.0F - 1.0F) * half_m.y},
                                  .pattern_m = {u, v}};
             });
}

struct Roof {
    glm::vec2 size_m{5.0F};
    float eaves_m = 2.3F;
    float ridge_m = 3.5F;
    float rafter_spacing_m = 0.85F;
    int ties = 2;
    float tie_height_m = 2.4F;
    glm::vec3 board_tint{0.2F};
    glm::vec3 beam_tint{0.15F};
};

/// One slope from the eaves at x = 0 up to the ridge at x = run, y = rise.
void add_slope(const Sculptor& slope, const Roof& roof, Dice& dice) {
    const float run_m = roof.size_m.x * 0.5F;
    const float rise_m = roof.ridge_m - roof.eaves_m;
    const float length_m = std::hypot(run_m, rise_m);
    const float pitch = std::atan2(rise_m, run_m);
    const Sculptor boards = slope.at({0.0F, 0.0F, 0.0F}, turn_about_z(pitch));
    for (float from_m = -0.2F; from_m < length_m;) {
        const float width_m = dice.between(0.13F, 0.22F);
        const glm::vec2 offset{dice.between(0.0F, 20.0F), dice.between(0.0F, 20.0F)};
        const float drop_m = dice.around(0.0F, 0.004F);
        const Material wood{.pattern = scene::Pattern::wood,
                            .tint = roof.board_tint * dice.between(0.82F, 1.18F),
                            .roughness = 0.75F};
        add_grid(boards,
                 {.across = 1, .along = cells(roof.size_m.y, 0.4F), .facing = {0.0F, -1.0F, 0.0F}},
                 wood, [&](float u, float v) {
                     const float x = from_m + 0.003F + u * (width_m - 0.006F);
                     const float z = (v - 0.5F) * roof.size_m.y;
                     return GridPoint{.position_m = {x, drop_m, z},
                                      .pattern_m = {z + offset.x, x + offset.y},
                                      .shade = 1.0F - 0.25F * (from_m / length_m)};
                 });
        from_m += width_m;
    }
    add_grid(boards.at({0.0F, 0.02F, 0.0F}),
             {.across = 1, .along = 1, .facing = {0.0F, -1.0F, 0.0F}},
             {.tint = roof.board_tint * 0.1F, .roughness = 1.0F}, [&](float u, float v) {
                 return GridPoint{.position_m = {-0.2F + u * (length_m + 0.2F), 0.0F,
                                                 (v - 0.5F) * roof.size_m.y},
                                  .pattern_m = {u, v}};
             });
    const int rafters = std::max(2, static_cast<int>(roof.size_m.y / roof.rafter_spacing_m));
    for (int i = 0; i < rafters; ++i) {
        const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(rafters);
        Sculptor rafter = boards.at(
            {length_m * 0.5F, -0.065F, (share - 0.5F) * roof.size_m.y + dice.around(0.0F, 0.02F)},
            turn_about_x(dice.around(0.0F, 0.04F)));
        rafter.seed = dice.bits();
        add_box(rafter,
                {.size_m = {length_m + 0.2F, 0.13F, dice.between(0.085F, 0.11F)},
                 .bevel_m = 0.015F,
                 .edge_m_max = 0.7F,
                 .uneven = {.depth_m = 0.006F, .size_m = 0.3F}},
                {.pattern = scene::Pattern::wood,
                 .tint = roof.beam_tint * dice.between(0.85F, 1.15F),
                 .roughness = 0.7F});
    }
}

void build_roof(const Roof& roof, Site& site) {
    const Sculptor sculptor = site.sculptor();
    Dice dice(site.seed);
    const float half_m = roof.size_m.x * 0.5F;
    add_slope(sculptor.at({-half_m, roof.eaves_m, 0.0F}), roof, dice);
    add_slope(sculptor.at({half_m, roof.eaves_m, 0.0F}, turn_about_y(pi)), roof, dice);
    const auto beam = [&](glm::vec3 at_m, glm::vec3 size_m) {
        Sculptor place = sculptor.at(at_m, turn_about_z(dice.around(0.0F, 0.006F)));
        place.seed = dice.bits();
        add_box(place,
                {.size_m = size_m,
                 .bevel_m = 0.028F,
                 .edge_m_max = 0.2F,
                 .uneven = {.depth_m = 0.012F, .size_m = 0.35F}},
                {.pattern = scene::Pattern::wood,
                 .tint = roof.beam_tint * dice.between(0.9F, 1.12F),
                 .roughness = 0.68F});
    };
    beam({0.0F, roof.ridge_m - 0.14F, 0.0F}, {0.16F, 0.22F, roof.size_m.y});
    for (int i = 0; i < roof.ties; ++i) {
        const float share = (static_cast<float>(i) + 0.42F) / static_cast<float>(roof.ties);
        beam({0.0F, roof.tie_height_m, (share - 0.5F) * roof.size_m.y},
             {roof.size_m.x + 0.2F, 0.165F, 0.15F});
    }
}

} // namespace

PartBuilder read_log_room(ObjectReader& reader) {
    static constexpr std::array<std::string_view, 4> walls{"front", "left", "right", "back"};
    LogRoom room;
    room.size_m = reader.vec3("size_m", {2.0F, 12.0F});
    room.ridge_m = reader.number("ridge_m", {2.0F, 8.0F});
    room.log_m = reader.number("log_m", {0.12F, 0.5F}, 0.25F);
    room.log_tint = reader.colour("log_tint");
    room.chinking_tint = reader.colour("chinking_tint");
    for (ObjectReader& one : reader.objects("openings", 8)) {
        Opening opening;
        opening.wall = one.choice("wall", walls);
        opening.centre_m = one.vec2("centre_m", {-6.0F, 6.0F});
        opening.size_m = one.vec2("size_m", {0.2F, 4.0F});
        one.finish();
        room.openings.push_back(opening);
    }
    if (room.ridge_m < room.size_m.y) {
        reader.fail("ridge_m", "is below the walls' height, size_m[1]");
    }
    return [room](Site& site) { build_log_room(room, site); };
}

PartBuilder read_plank_floor(ObjectReader& reader) {
    PlankFloor made;
    made.size_m = reader.vec2("size_m", {1.0F, 12.0F});
    made.width_m = reader.vec2("width_m", {0.06F, 0.5F}, glm::vec2(0.11F, 0.21F));
    made.tint = reader.colour("tint");
    return [made](Site& site) { build_plank_floor(made, site); };
}

PartBuilder read_roof(ObjectReader& reader) {
    Roof roof;
    roof.size_m = reader.vec2("size_m", {1.0F, 12.0F});
    roof.eaves_m = reader.number("eaves_m", {1.8F, 6.0F});
    roof.ridge_m = reader.number("ridge_m", {2.0F, 8.0F});
    roof.rafter_spacing_m = reader.number("rafter_spacing_m", {0.4F, 3.0F}, 0.85F);
    roof.ties = reader.count("ties", 0, 6, 2);
    roof.tie_height_m = reader.number("tie_height_m", {2.05F, 6.0F}, 2.4F);
    roof.board_tint = reader.colour("board_tint");
    roof.beam_tint = reader.colour("beam_tint");
    return [roof](Site& site) { build_roof(roof, site); };
}

} // namespace haven::environments
