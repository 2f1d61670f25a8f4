#include "environments/parts/part.hpp"

#include <array>
#include <span>

namespace haven::environments {

std::span<const PartKind> part_kinds() {
    static constexpr std::array kinds{
        PartKind{.name = "log_room", .read = read_log_room},
        PartKind{.name = "plank_floor", .read = read_plank_floor},
        PartKind{.name = "roof", .read = read_roof},
        PartKind{.name = "hearth", .read = read_hearth},
        PartKind{.name = "firewood", .read = read_firewood},
        PartKind{.name = "window", .read = read_window},
        PartKind{.name = "outdoors", .read = read_outdoors},
        PartKind{.name = "armchair", .read = read_armchair},
        PartKind{.name = "table", .read = read_table},
        PartKind{.name = "cup", .read = read_cup},
        PartKind{.name = "lamp", .read = read_lamp},
        PartKind{.name = "bookshelf", .read = read_bookshelf},
        PartKind{.name = "books", .read = read_books},
        PartKind{.name = "rug", .read = read_rug},
        PartKind{.name = "door", .read = read_door},
        PartKind{.name = "veranda", .read = read_veranda},
        PartKind{.name = "floor_cushion", .read = read_floor_cushion},
        PartKind{.name = "straw_mat", .read = read_straw_mat},
        PartKind{.name = "moss", .read = read_moss},
        PartKind{.name = "raked_gravel", .read = read_raked_gravel},
        PartKind{.name = "pond", .read = read_pond},
        PartKind{.name = "maple", .read = read_maple},
        PartKind{.name = "bamboo", .read = read_bamboo},
        PartKind{.name = "garden_stone", .read = read_garden_stone},
        PartKind{.name = "garden_wall", .read = read_garden_wall},
        PartKind{.name = "stone_lantern", .read = read_stone_lantern},
        PartKind{.name = "spout", .read = read_spout},
        PartKind{.name = "rain_fall", .read = read_rain_fall},
        PartKind{.name = "sand_shore", .read = read_sand_shore},
        PartKind{.name = "sea", .read = read_sea},
        PartKind{.name = "dune_grass", .read = read_dune_grass},
        PartKind{.name = "driftwood", .read = read_driftwood},
        PartKind{.name = "towel", .read = read_towel},
        PartKind{.name = "pebbles", .read = read_pebbles},
        PartKind{.name = "headland", .read = read_headland},
        PartKind{.name = "lake_bank", .read = read_lake_bank},
        PartKind{.name = "lake", .read = read_lake},
        PartKind{.name = "reeds", .read = read_reeds},
        PartKind{.name = "mist_sheets", .read = read_mist_sheets},
        PartKind{.name = "mountains", .read = read_mountains},
        PartKind{.name = "far_woods", .read = read_far_woods},
        PartKind{.name = "jetty", .read = read_jetty},
        PartKind{.name = "boat", .read = read_boat},
        PartKind{.name = "night_sky", .read = read_night_sky},
        PartKind{.name = "hills", .read = read_hills},
        PartKind{.name = "grass", .read = read_grass},
        PartKind{.name = "far_lights", .read = read_far_lights},
        PartKind{.name = "tree", .read = read_tree},
        PartKind{.name = "woods", .read = read_woods},
        PartKind{.name = "blanket", .read = read_blanket},
        PartKind{.name = "lantern", .read = read_lantern},
        PartKind{.name = "fireflies", .read = read_fireflies},
        PartKind{.name = "motes", .read = read_motes},
    };
    return kinds;
}

} // namespace haven::environments
