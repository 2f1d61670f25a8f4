#pragma once

#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/tap.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace haven::gpu_cost {

/// What a GPU can do in a second, as far as a frame asks for it.
struct GpuModel {
    std::string_view name;
    std::string_view family; ///< as RADV calls it
    double simds;
    double clock_hz;
    double bytes_per_s;
    double bandwidth_share; ///< of the colour's bytes that memory sees: the rest a cache holds
    double samples_per_s;   ///< written
    double triangles_per_s;
};

inline constexpr std::array gpu_models{
    GpuModel{"RX 6600", "navi23", 56, 2.3e9, 224e9, 0.6, 64 * 2.3e9, 2.3e9},
    GpuModel{"Steam Deck", "vangogh", 16, 1.6e9, 66e9, 1.0, 32 * 1.6e9, 1.6e9}};

/// GPUs of other makers, by a factor on the RX 6600's time; from published figures of compute,
/// bandwidth and of frames of games: rough.
struct RelatedGpu {
    std::string_view name;
    double times_from;
    double times_to;
};
inline constexpr std::array related_gpus{RelatedGpu{"RTX 2060", 1.27, 1.27},
                                         RelatedGpu{"Adreno 740", 2.4, 3.9}};

/// One draw: shading of its fragments, 4 lanes a quad, and its vertices or the set-up of triangles.
[[nodiscard]] double draw_ms(const GpuModel& gpu, const DrawCount& draw, const PipelineCost& cost);
/// What a whole frame writes, however cheap its shaders: `samples` of colour and depth.
[[nodiscard]] double output_ms(const GpuModel& gpu, double samples);
/// The four samples of each pixel become one.
[[nodiscard]] double resolve_ms(const GpuModel& gpu, double pixels);

} // namespace haven::gpu_cost
