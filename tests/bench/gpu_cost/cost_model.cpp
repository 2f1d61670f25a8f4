#include "tests/bench/gpu_cost/cost_model.hpp"

#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/tap.hpp"

#include <algorithm>

namespace haven::gpu_cost {
namespace {

constexpr double real_over_ideal = 1.25; // waves that are not full, caches that miss
constexpr double lanes = 64.0;
constexpr double texture_cycles = 24.0; // a wave's load, for a SIMD's half of a compute unit
constexpr double buffer_cycles = 16.0;
constexpr double compressed = 0.5; // of the samples' bytes, by delta colour compression
constexpr double bytes_a_sample = 8.0;

} // namespace

double draw_ms(const GpuModel& gpu, const DrawCount& draw, const PipelineCost& cost) {
    const double per_second = gpu.simds * gpu.clock_hz;
    const double fragment_waves = 4.0 * draw.quads / lanes;
    const double fragment_cycles =
        std::max(static_cast<double>(cost.fragment.cycles),
                 2.0 * texture_cycles * static_cast<double>(cost.fragment.loads));
    const double vertex_waves = static_cast<double>(draw.vertices) / lanes;
    const double vertex_cycles =
        std::max(static_cast<double>(cost.vertex.cycles),
                 2.0 * buffer_cycles * static_cast<double>(cost.vertex.loads));
    const double fragments_s = real_over_ideal * fragment_waves * fragment_cycles / per_second;
    const double geometry_s = std::max(real_over_ideal * vertex_waves * vertex_cycles / per_second,
                                       static_cast<double>(draw.triangles) / gpu.triangles_per_s);
    return (fragments_s + geometry_s) * 1e3;
}

double output_ms(const GpuModel& gpu, double samples) {
    return std::max(samples * bytes_a_sample * compressed * gpu.bandwidth_share / gpu.bytes_per_s,
                    samples * compressed / gpu.samples_per_s) *
           1e3;
}

double resolve_ms(const GpuModel& gpu, double pixels) {
    return pixels * (4.0 * 4.0 * compressed + 4.0) * gpu.bandwidth_share / gpu.bytes_per_s * 1e3;
}

} // namespace haven::gpu_cost
