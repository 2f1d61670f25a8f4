#pragma once

#include "ui/panel.hpp"
#include "ui/words.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace haven::ui {

/// The panels that there are, by the names that their words have in assets/words: "consent".
[[nodiscard]] std::vector<std::string_view> panel_names();

/// One of them, in words. Asserts that there is such a panel, and that what its words ask for is
/// among the arguments.
[[nodiscard]] Panel make_panel(std::string_view name, const Words& words,
                               std::span<const Argument> arguments = {});

} // namespace haven::ui
