#pragma once

#include "ui/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haven {

/// What is to hang before the person: one of ui::panel_names(), with what its words ask for.
struct PanelWish {
    std::string name;
    std::vector<ui::Argument> arguments;
};

/// What was chosen on it.
struct PanelChoice {
    std::string id;                     ///< of a choice or a round one; "back"; "number"
    std::optional<std::uint8_t> number; ///< of a rating
};

} // namespace haven
