#include "tests/golden/flash_meter.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haven::testing {
namespace {

constexpr float flash_step = 0.1F; // of the relative luminance
constexpr float dark_max = 0.8F;   // brighter pairs are no flash
constexpr float red_step = 20.0F;  // of (R - G - B) * 320
constexpr float red_share = 0.8F;  // saturated: R / (R + G + B)
constexpr double window_s = 1.0;

float relative_luminance(glm::vec3 linear) {
    return glm::dot(linear, glm::vec3(0.2126F, 0.7152F, 0.0722F));
}

std::array<float, 256> make_linear() { // IEC 61966-2-1
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const float c = static_cast<float>(i) / 255.0F;
        table.at(i) = c <= 0.04045F ? c / 12.92F : std::pow((c + 0.055F) / 1.055F, 2.4F);
    }
    return table;
}

} // namespace

FlashMeter::FlashMeter(std::size_t cell_count) : cells_(cell_count) {}

void FlashMeter::Follower::add(double time_s, float value, bool is_red, float step, bool needs_red,
                               float darker_max) {
    while (!changes_s.empty() && changes_s.front() <= time_s - window_s) {
        changes_s.pop_front();
    }
    if (!begun) {
        begun = true;
        low = high = value;
        low_is_red = high_is_red = is_red;
        return;
    }
    const bool counts_up = low < darker_max && (!needs_red || low_is_red || is_red);
    const bool counts_down = value < darker_max && (!needs_red || high_is_red || is_red);
    if (way <= 0 && value - low >= step && counts_up) {
        changes_s.push_back(time_s);
        way = 1;
        low = high = value;
        low_is_red = high_is_red = is_red;
    } else if (way >= 0 && high - value >= step && counts_down) {
        changes_s.push_back(time_s);
        way = -1;
        low = high = value;
        low_is_red = high_is_red = is_red;
    }
    if (value <= low) {
        low = value;
        low_is_red = is_red;
    }
    if (value >= high) {
        high = value;
        high_is_red = is_red;
    }
}

void FlashMeter::add(double time_s, std::span<const glm::vec3> cells) {
    assert(cells.size() == cells_.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const glm::vec3 c = cells[i];
        const float luminance = relative_luminance(c);
        sum += static_cast<double>(luminance);
        Cell& cell = cells_[i];
        cell.luminance.add(time_s, luminance, false, flash_step, false, dark_max);
        const bool saturated = c.r > 0.0F && c.r >= red_share * (c.r + c.g + c.b);
        const float red = std::max(c.r - c.g - c.b, 0.0F) * 320.0F;
        cell.red.add(time_s, red, saturated, red_step, true, 1e9F);
        const int flashes = cell.luminance.flashes();
        const int red_flashes = cell.red.flashes();
        if (flashes > report_.flashes || red_flashes > report_.red_flashes) {
            report_.worst_s = time_s;
            report_.worst_cell = i;
        }
        report_.flashes = std::max(report_.flashes, flashes);
        report_.red_flashes = std::max(report_.red_flashes, red_flashes);
    }
    const double mean = sum / static_cast<double>(std::max<std::size_t>(cells.size(), 1));
    report_.darkest = std::min(report_.darkest, mean);
    report_.brightest = std::max(report_.brightest, mean);
}

std::vector<glm::vec3> cells_of(std::span<const std::uint8_t> rgba, std::uint32_t width,
                                std::uint32_t height, std::uint32_t cell_px) {
    static const std::array<float, 256> linear = make_linear();
    const std::uint32_t across = width / cell_px;
    std::vector<glm::vec3> cells(std::size_t{across} * (height / cell_px), glm::vec3(0.0F));
    const float share = 1.0F / static_cast<float>(cell_px * cell_px);
    for (std::uint32_t y = 0; y < height / cell_px * cell_px; ++y) {
        for (std::uint32_t x = 0; x < across * cell_px; ++x) {
            const std::size_t at = 4 * (std::size_t{y} * width + x);
            const glm::vec3 c(linear.at(rgba[at]), linear.at(rgba[at + 1]),
                              linear.at(rgba[at + 2]));
            cells[std::size_t{y / cell_px} * across + x / cell_px] += share * c;
        }
    }
    return cells;
}

} // namespace haven::testing
