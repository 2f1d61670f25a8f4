#pragma once

#include <cstdio>
#include <string_view>

namespace haven::bench {

/// One line of a bench's table: the requirement, what is measured, what is asked for, what was
/// found.
inline void print_figure(std::string_view requirement, std::string_view what,
                         std::string_view target, double found, std::string_view unit) {
    std::printf("%-6.*s %-54.*s %-14.*s %10.3f %.*s\n", static_cast<int>(requirement.size()),
                requirement.data(), static_cast<int>(what.size()), what.data(),
                static_cast<int>(target.size()), target.data(), found,
                static_cast<int>(unit.size()), unit.data());
}

inline void print_head() {
    std::printf("%-6s %-54s %-14s %10s\n", "id", "figure", "target", "found");
}

} // namespace haven::bench
