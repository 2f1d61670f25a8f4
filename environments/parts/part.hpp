#pragma once
// A part is a small builder: it reads its members of the definition and gives back what builds it.
// Reading never builds, so a definition is checked whole before the first triangle. To add a kind
// of part: write read_NAME in a file of its own, name it here and in part.cpp, describe it in
// FORMAT.md.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/life.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace haven::environments {

/// What parts build into.
struct Site {
    scene::Scene& scene;
    Life& life;
    Placement placement;    ///< of this part
    std::uint32_t seed = 1; ///< of this part
    float daylight = 1.0F;  ///< times the light of the sky
    glm::vec3 day_colour{1.0F};
    float sources = 1.0F; ///< times what glows

    [[nodiscard]] Sculptor sculptor() const {
        return {.mesh = scene.mesh, .placement = placement, .seed = seed};
    }
};

using PartBuilder = std::function<void(Site&)>;

struct PartKind {
    std::string_view name;
    PartBuilder (*read)(ObjectReader& reader); ///< asks for its members; the caller finishes
};
[[nodiscard]] std::span<const PartKind> part_kinds();

PartBuilder read_log_room(ObjectReader& reader);
PartBuilder read_plank_floor(ObjectReader& reader);
PartBuilder read_roof(ObjectReader& reader);
PartBuilder read_hearth(ObjectReader& reader);
PartBuilder read_firewood(ObjectReader& reader);
PartBuilder read_window(ObjectReader& reader);
PartBuilder read_outdoors(ObjectReader& reader);
PartBuilder read_armchair(ObjectReader& reader);
PartBuilder read_table(ObjectReader& reader);
PartBuilder read_cup(ObjectReader& reader);
PartBuilder read_lamp(ObjectReader& reader);
PartBuilder read_bookshelf(ObjectReader& reader);
PartBuilder read_books(ObjectReader& reader);
PartBuilder read_rug(ObjectReader& reader);
PartBuilder read_door(ObjectReader& reader);
PartBuilder read_veranda(ObjectReader& reader);
PartBuilder read_floor_cushion(ObjectReader& reader);
PartBuilder read_straw_mat(ObjectReader& reader);
PartBuilder read_moss(ObjectReader& reader);
PartBuilder read_raked_gravel(ObjectReader& reader);
PartBuilder read_pond(ObjectReader& reader);
PartBuilder read_maple(ObjectReader& reader);
PartBuilder read_shrub(ObjectReader& reader);
PartBuilder read_bamboo(ObjectReader& reader);
PartBuilder read_garden_stone(ObjectReader& reader);
PartBuilder read_garden_wall(ObjectReader& reader);
PartBuilder read_stone_lantern(ObjectReader& reader);
PartBuilder read_spout(ObjectReader& reader);
PartBuilder read_rain_fall(ObjectReader& reader);
PartBuilder read_sand_shore(ObjectReader& reader);
PartBuilder read_sea(ObjectReader& reader);
PartBuilder read_dune_grass(ObjectReader& reader);
PartBuilder read_driftwood(ObjectReader& reader);
PartBuilder read_towel(ObjectReader& reader);
PartBuilder read_pebbles(ObjectReader& reader);
PartBuilder read_headland(ObjectReader& reader);
PartBuilder read_lake_bank(ObjectReader& reader);
PartBuilder read_lake(ObjectReader& reader);
PartBuilder read_reeds(ObjectReader& reader);
PartBuilder read_mist_sheets(ObjectReader& reader);
PartBuilder read_mountains(ObjectReader& reader);
PartBuilder read_far_woods(ObjectReader& reader);
PartBuilder read_jetty(ObjectReader& reader);
PartBuilder read_boat(ObjectReader& reader);
PartBuilder read_night_sky(ObjectReader& reader);
PartBuilder read_hills(ObjectReader& reader);
PartBuilder read_grass(ObjectReader& reader);
PartBuilder read_far_lights(ObjectReader& reader);
PartBuilder read_tree(ObjectReader& reader);
PartBuilder read_woods(ObjectReader& reader);
PartBuilder read_blanket(ObjectReader& reader);
PartBuilder read_lantern(ObjectReader& reader);
PartBuilder read_fireflies(ObjectReader& reader);
PartBuilder read_motes(ObjectReader& reader);
PartBuilder read_brook(ObjectReader& reader);
PartBuilder read_ferns(ObjectReader& reader);
PartBuilder read_shrubs(ObjectReader& reader);
PartBuilder read_mossy_stones(ObjectReader& reader);
PartBuilder read_fallen_trunk(ObjectReader& reader);
PartBuilder read_canopy(ObjectReader& reader);
PartBuilder read_branch(ObjectReader& reader);
PartBuilder read_light_shafts(ObjectReader& reader);
PartBuilder read_ground_leaves(ObjectReader& reader);

} // namespace haven::environments
