#pragma once

#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "tests/bench/gpu_cost/cost_model.hpp"
#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/recipe.hpp"
#include "tests/bench/gpu_cost/tap.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace haven::gpu_cost {

/// Of one eye's picture.
struct Size {
    std::uint32_t width_px;
    std::uint32_t height_px;
};
inline constexpr Size headset{2064, 2208};
inline constexpr Size portable{1680, 1760}; // what the quality ladder asks of a handheld

/// A frame as it was counted.
struct FrameCount {
    std::string place;
    int points = 0;
    float yaw = 0.0F;
    Size size{};
    std::vector<DrawCount> draws;

    [[nodiscard]] double fragments() const;
    [[nodiscard]] double pixels() const { return 2.0 * size.width_px * size.height_px; }
};

/// Draws one frame of the place that is set in `headless`, and counts it; count_frames(true) comes
/// before the renderer is made.
[[nodiscard]] std::expected<FrameCount, std::string>
count_frame(renderer::HeadlessRenderer& headless, const environments::Environment& place,
            int points, float yaw, Size size);

inline constexpr std::array<std::string_view, 6> passes{"opaque",      "foliage", "sky",
                                                        "translucent", "sprites", "ink"};

[[nodiscard]] std::size_t pass_of(const Recipe& recipe);

using Costs = std::vector<PipelineCost>; // by recipe

/// Every recipe by the compiler of that GPU; count_frames(false) comes before, for its device has
/// no memory to count in. `driver` becomes its version.
[[nodiscard]] std::expected<Costs, std::string> compile_all(const GpuModel& gpu,
                                                            std::string& driver);

struct FrameMs {
    std::array<double, passes.size()> by_pass{};
    double output = 0.0;
    double resolve = 0.0;
    [[nodiscard]] double whole() const {
        double shading = 0.0;
        for (const double ms : by_pass) {
            shading += ms;
        }
        return std::max(shading, output) + resolve;
    }
};

[[nodiscard]] FrameMs frame_ms(const GpuModel& gpu, const Costs& costs, const FrameCount& row);

} // namespace haven::gpu_cost
