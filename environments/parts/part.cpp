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
        PartKind{.name = "sand_shore", .read = read_sand_shore},
        PartKind{.name = "sea", .read = read_sea},
        PartKind{.name = "dune_grass", .read = read_dune_grass},
        PartKind{.name = "driftwood", .read = read_driftwood},
        PartKind{.name = "towel", .read = read_towel},
        PartKind{.name = "pebbles", .read = read_pebbles},
        PartKind{.name = "headland", .read = read_headland},
    };
    return kinds;
}

} // namespace haven::environments
