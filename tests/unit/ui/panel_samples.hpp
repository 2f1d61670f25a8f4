#pragma once

#include "ui/panels.hpp"
#include "ui/words.hpp"

#include <array>

namespace haven::ui::testing {

/// The longest that a place and an account are called, and figures with three digits.
inline constexpr std::array arguments{
    Argument{.name = "place", .value = "Sea shore at sunset"},
    Argument{.name = "account", .value = "Maximiliane Brandstetter"},
    Argument{.name = "address", .value = "https://haven.example.org/link"},
    Argument{.name = "code", .value = "WDJB-MJHT"},
    Argument{.name = "minutes", .value = std::int64_t{120}},
    Argument{.name = "strokes", .value = std::int64_t{365}},
    Argument{.name = "waiting", .value = std::int64_t{3}}};

} // namespace haven::ui::testing
