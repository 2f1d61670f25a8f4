#pragma once

#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/quality_ladder.hpp"
#include "tests/bench/gpu_cost/cost_model.hpp"
#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/recipe.hpp"
#include "tests/bench/gpu_cost/tap.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace haven::gpu_cost {

/// One eye's picture, and what is given up for it.
struct View {
    std::uint32_t width_px;
    std::uint32_t height_px;
    std::size_t rung; ///< of renderer::quality_rungs()
    [[nodiscard]] bool multisampled() const { return renderer::quality_rungs()[rung].multisampled; }
};
inline constexpr View headset{2064, 2208, 0};
/// A handheld's GPU: ink, sprites and light made simpler, one sample, and every pixel.
inline constexpr View portable{1680, 1760, 3};

/// A frame as it was counted.
struct FrameCount {
    std::string place;
    int points = 0;
    float yaw = 0.0F;
    View view{};
    std::vector<DrawCount> draws;

    [[nodiscard]] double fragments() const;
    /// Of foliage's fragments, the share that is leaf; 1 where there is none.
    [[nodiscard]] double live_leaf() const;
    [[nodiscard]] double pixels() const { return 2.0 * view.width_px * view.height_px; }
};

/// A renderer of that view; places are set in it afterwards. The message says what is missing here.
[[nodiscard]] std::expected<std::unique_ptr<renderer::HeadlessRenderer>, std::string>
make_renderer(const View& view);

/// Draws one frame of the place that is set in `headless`, which is of `view`, and counts it;
/// count_frames(true) comes before the renderer is made.
[[nodiscard]] std::expected<FrameCount, std::string>
count_frame(renderer::HeadlessRenderer& headless, const environments::Environment& place,
            int points, float yaw, const View& view);

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
