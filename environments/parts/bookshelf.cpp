// Books, on shelves and in small piles.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct Bookshelf {
    glm::vec3 size_m{0.9F, 1.8F, 0.28F};
    int shelves = 5;
    float filled = 0.8F; ///< how much of each shelf holds books
    glm::vec3 wood_tint{0.2F};
    std::vector<glm::vec3> book_tints;
};

glm::vec3 pick(const std::vector<glm::vec3>& tints, Dice& dice) {
    return tints[static_cast<std::size_t>(dice.bits()) % tints.size()] * dice.between(0.7F, 1.15F);
}

/// A book standing on its foot: x its thickness, y its height, z its depth; spine toward +Z.
void add_book(const Sculptor& place, glm::vec3 size_m, glm::vec3 tint, Dice& dice) {
    const glm::vec2 half_m{size_m.x * 0.5F, size_m.z * 0.5F};
    // Side, rounded spine, side: what can be seen of a book among books.
    const std::array<glm::vec2, 8> round{glm::vec2{-1.0F, -1.0F},   glm::vec2{-1.0F, 0.94F},
                                         glm::vec2{-0.92F, 0.975F}, glm::vec2{-0.45F, 1.0F},
                                         glm::vec2{0.45F, 1.0F},    glm::vec2{0.92F, 0.975F},
                                         glm::vec2{1.0F, 0.94F},    glm::vec2{1.0F, -1.0F}};
    add_grid(place, {.across = 7, .along = 2, .facing = {0.0F, 0.0F, 1.0F}},
             {.tint = tint, .roughness = 0.75F, .unevenness = 0.1F}, [&](float u, float v) {
                 const glm::vec2 at =
                     round.at(static_cast<std::size_t>(std::lround(u * 7.0F))) * half_m;
                 return GridPoint{.position_m = {at.x, v * size_m.y, at.y},
                                  .pattern_m = {u, v},
                                  .shade = 0.85F + 0.15F * v};
             });
    add_grid(place.at({0.0F, size_m.y - 0.004F, 0.0F}),
             {.across = 1, .along = 1, .facing = {0.0F, 1.0F, 0.0F}},
             {.tint = glm::vec3(0.42F, 0.34F, 0.23F), .roughness = 1.0F}, [&](float u, float v) {
                 return GridPoint{.position_m = {(u * 2.0F - 1.0F) * half_m.x, 0.0F,
                                                 (v * 2.0F - 1.0F) * half_m.y * 0.93F},
                                  .pattern_m = {u, v}};
             });
    // Two raised bands of the binding, as on old books.
    if (dice.unit() < 0.4F) {
        const glm::vec3 gilt = glm::vec3(0.42F, 0.27F, 0.09F) * dice.between(0.5F, 1.0F);
        for (const float share : {0.16F, 0.82F}) {
            const float band_half_m = size_m.x * 0.36F;
            add_grid(place.at({0.0F, size_m.y * share, size_m.z * 0.5F + 0.001F}),
                     {.across = 1, .along = 1, .facing = {0.0F, 0.0F, 1.0F}},
                     {.tint = gilt, .roughness = 0.5F}, [&](float u, float v) {
                         return GridPoint{.position_m = {(u * 2.0F - 1.0F) * band_half_m,
                                                         (v - 0.5F) * 0.008F, 0.0F},
                                          .pattern_m = {u, v}};
                     });
        }
    }
}

/// A lying book: boards with paler pages between.
void add_lying_book(const Sculptor& place, glm::vec3 size_m, glm::vec3 tint, Dice& dice) {
    const Material board{.tint = tint, .roughness = 0.7F};
    const float board_m = 0.004F;
    for (const float y : {board_m * 0.5F, size_m.y - board_m * 0.5F}) {
        add_box(place.at({0.0F, y, 0.0F}),
                {.size_m = {size_m.x, board_m, size_m.z}, .bevel_m = 0.0015F}, board);
    }
    add_box(place.at({-size_m.x * 0.5F + 0.004F, size_m.y * 0.5F, 0.0F}),
            {.size_m = {0.008F, size_m.y, size_m.z}, .bevel_m = 0.0035F}, board);
    add_box(
        place.at({0.0F, size_m.y * 0.5F, 0.0F}),
        {.size_m = {size_m.x - 0.012F, size_m.y - 2.0F * board_m, size_m.z - 0.01F},
         .bevel_m = 0.001F},
        {.tint = glm::vec3(0.52F, 0.43F, 0.3F) * dice.between(0.85F, 1.0F), .roughness = 0.95F});
}

/// Books from the left until `to_m`, some leaning on the last.
void fill_shelf(const Sculptor& place, const Bookshelf& made, float from_m, float to_m,
                float room_m, Dice& dice) {
    float x_m = from_m;
    const float depth_m = made.size_m.z * 0.62F;
    while (x_m < to_m) {
        const float thick_m = dice.between(0.018F, 0.046F);
        const float tall_m = room_m * dice.between(0.6F, 0.92F);
        const float out_m = dice.around(0.0F, 0.014F);
        const bool last = x_m + thick_m * 2.2F > to_m;
        const float lean = last ? 0.17F : dice.around(0.0F, 0.012F);
        add_book(
            place.at({x_m + thick_m * 0.5F + (last ? tall_m * 0.16F : 0.0F), 0.0F, 0.02F + out_m},
                     turn_about_z(lean)),
            {thick_m, tall_m, depth_m * dice.between(0.9F, 1.08F)}, pick(made.book_tints, dice),
            dice);
        x_m += thick_m + 0.0015F;
    }
}

void add_jar(const Sculptor& place, glm::vec3 tint, float scale, Dice& dice) {
    const float s = scale * dice.between(0.85F, 1.1F);
    const std::array<glm::vec2, 9> profile{glm::vec2{0.0F, 0.0F},
                                           glm::vec2{0.04F * s, 0.0F},
                                           glm::vec2{0.058F * s, 0.03F * s},
                                           glm::vec2{0.066F * s, 0.08F * s},
                                           glm::vec2{0.05F * s, 0.14F * s},
                                           glm::vec2{0.03F * s, 0.165F * s},
                                           glm::vec2{0.035F * s, 0.185F * s},
                                           glm::vec2{0.03F * s, 0.183F * s},
                                           glm::vec2{0.0F, 0.15F * s}};
    add_lathe(place, profile, 18, {.tint = tint, .roughness = 0.4F, .unevenness = 0.25F});
}

void build_bookshelf(const Bookshelf& made, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    const glm::vec3 size_m = made.size_m;
    const float board_m = 0.028F;
    const auto board = [&](glm::vec3 centre_m, glm::vec3 board_size_m, float shade) {
        Sculptor one = place.at(centre_m);
        one.seed = dice.bits();
        add_box(one, {.size_m = board_size_m, .bevel_m = 0.005F, .edge_m_max = 0.3F},
                {.pattern = scene::Pattern::wood,
                 .tint = made.wood_tint * (shade * dice.between(0.9F, 1.1F)),
                 .roughness = 0.55F});
    };
    for (const float side : {-1.0F, 1.0F}) {
        board({side * (size_m.x - board_m) * 0.5F, size_m.y * 0.5F, 0.0F},
              {board_m, size_m.y, size_m.z}, 1.0F);
    }
    board({0.0F, size_m.y * 0.5F, -size_m.z * 0.5F + 0.006F}, {size_m.x, size_m.y, 0.012F}, 0.55F);
    board({0.0F, size_m.y + 0.012F, 0.008F}, {size_m.x + 0.05F, 0.03F, size_m.z + 0.04F}, 1.0F);
    const float pitch_m = (size_m.y - 0.06F) / static_cast<float>(made.shelves);
    const float inner_m = size_m.x * 0.5F - board_m - 0.004F;
    for (int i = 0; i < made.shelves; ++i) {
        const float y_m = 0.06F + static_cast<float>(i) * pitch_m;
        board({0.0F, y_m - board_m * 0.5F, 0.0F}, {size_m.x - board_m, board_m, size_m.z * 0.97F},
              1.0F);
        const Sculptor shelf = place.at({0.0F, y_m, 0.0F});
        const float filled = made.filled * dice.between(0.75F, 1.15F);
        const float to_m = -inner_m + 2.0F * inner_m * std::min(filled, 0.97F);
        fill_shelf(shelf, made, -inner_m, to_m - 0.06F, pitch_m - board_m, dice);
        const float rest_m = inner_m - to_m;
        if (rest_m > 0.17F) {
            add_jar(shelf.at({inner_m - 0.09F, 0.0F, 0.03F}), pick(made.book_tints, dice) * 1.2F,
                    0.95F, dice);
        }
    }
    add_jar(place.at({size_m.x * 0.24F, size_m.y + 0.027F, 0.0F}), made.book_tints.front(), 1.25F,
            dice);
}

struct Books {
    int count = 3;
    std::vector<glm::vec3> tints;
};

void build_books(const Books& books, Site& site) {
    const Sculptor place = site.sculptor();
    Dice dice(site.seed);
    float y_m = 0.0F;
    for (int i = 0; i < books.count; ++i) {
        const float thick_m = dice.between(0.02F, 0.04F);
        const float shrink = 1.0F - 0.08F * static_cast<float>(i);
        add_lying_book(place.at({dice.around(0.0F, 0.01F), y_m, dice.around(0.0F, 0.01F)},
                                turn_about_y(dice.around(0.0F, pi * 0.1F))),
                       {0.15F * shrink, thick_m, 0.21F * shrink}, pick(books.tints, dice), dice);
        y_m += thick_m + 0.0005F;
    }
}

} // namespace

PartBuilder read_bookshelf(ObjectReader& reader) {
    Bookshelf made;
    made.size_m = reader.vec3("size_m", {0.2F, 3.0F});
    made.shelves = reader.count("shelves", 1, 10, 5);
    made.filled = reader.number("filled", {0.1F, 1.0F}, 0.8F);
    made.wood_tint = reader.colour("wood_tint");
    made.book_tints = reader.colours("book_tints", 12);
    return [made](Site& site) { build_bookshelf(made, site); };
}

PartBuilder read_books(ObjectReader& reader) {
    Books books;
    books.count = reader.count("count", 1, 8, 3);
    books.tints = reader.colours("tints", 12);
    return [books](Site& site) { build_books(books, site); };
}

} // namespace haven::environments
