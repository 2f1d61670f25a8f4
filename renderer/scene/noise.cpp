#include "renderer/scene/noise.hpp"

#include "renderer/scene/parallel.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numbers>
#include <utility>
#include <vector>

namespace haven::scene {
namespace {

constexpr std::uint32_t cells_across = 16;

std::uint32_t mix_bits(std::uint32_t x) { // Wellons' lowbias32
    x ^= x >> 16U;
    x *= 0x7feb352dU;
    x ^= x >> 15U;
    x *= 0x846ca68bU;
    return x ^ (x >> 16U);
}

float hash(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
    return static_cast<float>(mix_bits(x + 977U * y + 131071U * seed) >> 8U) / 16777216.0F;
}

float value_noise(float x, float y, std::uint32_t period, std::uint32_t seed) {
    const auto x0 = static_cast<std::uint32_t>(x);
    const auto y0 = static_cast<std::uint32_t>(y);
    const float fx = x - static_cast<float>(x0);
    const float fy = y - static_cast<float>(y0);
    const float sx = fx * fx * (3.0F - 2.0F * fx);
    const float sy = fy * fy * (3.0F - 2.0F * fy);
    const std::uint32_t x1 = (x0 + 1) % period;
    const std::uint32_t y1 = (y0 + 1) % period;
    const float top =
        std::lerp(hash(x0 % period, y0 % period, seed), hash(x1, y0 % period, seed), sx);
    const float bottom = std::lerp(hash(x0 % period, y1, seed), hash(x1, y1, seed), sx);
    return std::lerp(top, bottom, sy);
}

float octaves(float u, float v, std::uint32_t period, std::uint32_t count, std::uint32_t seed) {
    float sum = 0.0F;
    float weight = 0.5F;
    float total = 0.0F;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto cells = static_cast<float>(period);
        sum += weight * value_noise(u * cells, v * cells, period, seed + i);
        total += weight;
        weight *= 0.55F;
        period *= 2;
    }
    const float mean = sum / total;
    return std::clamp(0.5F + (mean - 0.5F) * 1.7F, 0.0F, 1.0F);
}

struct Cell {
    float border; // 0 on the border, towards 1 in the middle
    float value;
};

Cell cell_at(float u, float v) {
    const float x = u * cells_across;
    const float y = v * cells_across;
    const auto cx = static_cast<std::int32_t>(x);
    const auto cy = static_cast<std::int32_t>(y);
    float nearest = 9.0F;
    float second = 9.0F;
    float value = 0.0F;
    for (std::int32_t dy = -1; dy <= 1; ++dy) {
        for (std::int32_t dx = -1; dx <= 1; ++dx) {
            const auto wx = static_cast<std::uint32_t>(cx + dx + 16) % cells_across;
            const auto wy = static_cast<std::uint32_t>(cy + dy + 16) % cells_across;
            const float px = static_cast<float>(cx + dx) + 0.12F + 0.76F * hash(wx, wy, 101);
            const float py = static_cast<float>(cy + dy) + 0.12F + 0.76F * hash(wx, wy, 102);
            const float distance = std::hypot(px - x, py - y);
            if (distance < nearest) {
                second = nearest;
                nearest = distance;
                value = hash(wx, wy, 103);
            } else {
                second = std::min(second, distance);
            }
        }
    }
    return {.border = std::clamp(second - nearest, 0.0F, 1.0F), .value = value};
}

std::byte to_byte(float value) {
    return static_cast<std::byte>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
}

std::vector<std::byte> halve(const std::vector<std::byte>& above, std::uint32_t size_px) {
    const std::uint32_t half = size_px / 2;
    std::vector<std::byte> below(std::size_t{half} * half * 4);
    const auto at = [&](std::size_t x, std::size_t y, std::size_t channel) {
        return static_cast<unsigned>(above[(y * size_px + x) * 4 + channel]);
    };
    for (std::size_t y = 0; y < half; ++y) {
        for (std::size_t x = 0; x < half; ++x) {
            for (std::size_t c = 0; c < 4; ++c) {
                const unsigned sum = at(2 * x, 2 * y, c) + at(2 * x + 1, 2 * y, c) +
                                     at(2 * x, 2 * y + 1, c) + at(2 * x + 1, 2 * y + 1, c);
                below[(y * half + x) * 4 + c] = static_cast<std::byte>((sum + 2) / 4);
            }
        }
    }
    return below;
}

/// Turned by chance, small or large; a small one has room to lie off the middle of its cell.
Texel leaf_at(float u, float v) {
    const float x = u * cells_across;
    const float y = v * cells_across;
    const auto cx = static_cast<std::uint32_t>(x);
    const auto cy = static_cast<std::uint32_t>(y);
    const auto chance = [&](std::uint32_t seed) { return hash(cx, cy, seed); };
    const float own = chance(201);
    const float turn = 2.0F * std::numbers::pi_v<float> * chance(202);
    const float size = 2.1F + 0.9F * chance(203);
    const float room = std::max(0.26F, 1.05F - 2.0F / size);
    const float from_x = x - std::floor(x) - 0.5F + room * (own - 0.5F);
    const float from_y = y - std::floor(y) - 0.5F + room * (chance(204) - 0.5F);
    const float along = (from_x * std::cos(turn) + from_y * std::sin(turn)) * size;
    const float across = (from_y * std::cos(turn) - from_x * std::sin(turn)) * size;
    const float tip = std::clamp(along, -2.0F, 2.0F); // -1 the stalk, 1 the tip
    const float wide = (0.44F + 0.26F * own) * (1.0F - tip * tip) * (1.0F - 0.34F * tip);
    const float rib = 0.15F * std::clamp(1.0F - std::abs(across) / 0.07F, 0.0F, 1.0F);
    const float tone = chance(205) + (across > 0.0F ? 0.16F : -0.10F) - rib;
    return {0.5F + 0.45F * (wide - std::abs(across)), tone, own, 0.0F};
}

} // namespace

std::vector<std::vector<std::byte>>
levels_of(std::uint32_t size_px, const std::function<Texel(float u, float v)>& texel_at) {
    assert(size_px >= 16 && (size_px & (size_px - 1)) == 0);
    std::vector<std::byte> base(std::size_t{size_px} * size_px * 4);
    const auto at = [&](std::size_t i) {
        return (static_cast<float>(i) + 0.5F) / static_cast<float>(size_px);
    };
    for_each_index(size_px, [&](std::size_t y) {
        for (std::size_t x = 0; x < size_px; ++x) {
            const Texel texel = texel_at(at(x), at(y));
            std::ranges::transform(
                texel, base.begin() + static_cast<std::ptrdiff_t>((y * size_px + x) * 4), to_byte);
        }
    });
    std::vector<std::vector<std::byte>> levels{std::move(base)};
    for (std::uint32_t size = size_px; size > 1; size /= 2) {
        levels.push_back(halve(levels.back(), size));
    }
    return levels;
}

std::vector<std::vector<std::byte>> noise_levels(std::uint32_t size_px) {
    return levels_of(size_px, [](float u, float v) {
        const Cell cell = cell_at(u, v);
        return Texel{octaves(u, v, 6, 5, 1), octaves(u, v, 20, 3, 11), cell.border, cell.value};
    });
}

std::vector<std::vector<std::byte>> leaf_levels(std::uint32_t size_px) {
    return levels_of(size_px, &leaf_at);
}

} // namespace haven::scene
