#include "tests/bench/gpu_cost/frames.hpp"

#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/quality_ladder.hpp"
#include "tests/bench/gpu_cost/cost_model.hpp"
#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/places.hpp"
#include "tests/bench/gpu_cost/recipe.hpp"
#include "tests/bench/gpu_cost/tap.hpp"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace haven::gpu_cost {

double FrameCount::fragments() const {
    double sum = 0.0;
    for (const DrawCount& draw : draws) {
        sum += static_cast<double>(draw.fragments);
    }
    return sum;
}

double FrameCount::live_leaf() const {
    double leaves = 0.0;
    double live = 0.0;
    for (const DrawCount& draw : draws) {
        if (passes.at(pass_of(recipes()[draw.recipe])) == "foliage") {
            leaves += static_cast<double>(draw.fragments);
            live += static_cast<double>(draw.live);
        }
    }
    return leaves > 0.0 ? live / leaves : 1.0;
}

std::size_t pass_of(const Recipe& recipe) {
    const std::string kind = recipe.kind();
    const std::string_view name = kind == "scene foliage"           ? "foliage"
                                  : kind.starts_with("scene")       ? "opaque"
                                  : kind.starts_with("translucent") ? "translucent"
                                  : kind.starts_with("ink")         ? "ink"
                                  : kind == "sprite"                ? "sprites"
                                                                    : "sky";
    return static_cast<std::size_t>(std::ranges::find(passes, name) - passes.begin());
}

std::expected<std::unique_ptr<renderer::HeadlessRenderer>, std::string>
make_renderer(const View& view) {
    auto made = renderer::HeadlessRenderer::create({.eye_extent = {view.width_px, view.height_px},
                                                    .options = {.samples = 4,
                                                                .detail = renderer::Detail::full,
                                                                .eye_height_px = view.height_px}});
    if (!made) {
        return std::unexpected(made.error().what);
    }
    (*made)->renderer().set_quality(renderer::quality_rungs()[view.rung]);
    return std::move(*made);
}

std::expected<FrameCount, std::string> count_frame(renderer::HeadlessRenderer& headless,
                                                   const environments::Environment& place,
                                                   int points, float yaw, const View& view) {
    const auto moment = place.frame(3.0);
    const auto picture = seen(moment, yaw);
    const auto draw = [&]() -> std::expected<void, std::string> {
        if (auto drawn = headless.draw(picture); !drawn) {
            return std::unexpected(drawn.error().what);
        }
        if (auto waited = headless.ring().wait(); !waited) {
            return std::unexpected(waited.error().what);
        }
        return {};
    };
    for (int i = 0; i < 2 || !headless.renderer().ink().all_uploaded(); ++i) {
        if (auto drawn = draw(); !drawn) {
            return std::unexpected(drawn.error());
        }
    }
    begin_counted_frame();
    if (auto drawn = draw(); !drawn) {
        return std::unexpected(drawn.error());
    }
    return FrameCount{std::string(place.id()), points, yaw, view, counted_draws()};
}

std::expected<Costs, std::string> compile_all(const GpuModel& gpu, std::string& driver) {
    auto compiler = NullGpu::create(std::string(gpu.family));
    if (!compiler) {
        return std::unexpected(compiler.error());
    }
    driver = (*compiler)->driver();
    Costs costs;
    for (const Recipe& recipe : recipes()) {
        auto cost = (*compiler)->compile(recipe);
        if (!cost) {
            return std::unexpected(cost.error());
        }
        costs.push_back(*cost);
    }
    return costs;
}

FrameMs frame_ms(const GpuModel& gpu, const Costs& costs, const FrameCount& row) {
    FrameMs frame;
    double samples = 0.0;
    for (const DrawCount& draw : row.draws) {
        frame.by_pass.at(pass_of(recipes()[draw.recipe])) += draw_ms(gpu, draw, costs[draw.recipe]);
        samples += static_cast<double>(draw.samples);
    }
    frame.output = output_ms(gpu, samples);
    frame.resolve = row.view.multisampled() ? resolve_ms(gpu, row.pixels()) : 0.0;
    return frame;
}

} // namespace haven::gpu_cost
