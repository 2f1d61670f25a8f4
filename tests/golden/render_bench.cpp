// bench-render: what a frame of every place costs, in the light of every preset, with no ink and
// with much, beside a plain frame of the same run. SPD-1 and SPD-3 on a GPU, SPD-2 and SPD-8 in
// software.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "renderer/gpu/timestamps.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/ink_cloud.hpp"
#include "tests/golden/plain_frame.hpp"

#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <print>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using haven::environments::LightingPreset;
using haven::renderer::HeadlessRenderer;
using haven::testing::PlainFrame;
using Clock = std::chrono::steady_clock;

constexpr const char* places = HAVEN_SOURCE_DIR "/assets/environments";

struct Options {
    int frames = 20;
    bool all = false;
    bool gpu = false;
    bool passes = false;
    std::string place;
};

/// Milliseconds of one kind, a frame each.
class Series {
  public:
    void add(float ms) { ms_.push_back(ms); }
    [[nodiscard]] float at(double share) {
        std::ranges::sort(ms_);
        const auto last = static_cast<double>(ms_.size() - 1);
        return ms_.at(static_cast<std::size_t>(std::lround(share * last)));
    }

  private:
    std::vector<float> ms_;
};

float ms_since(Clock::time_point start) {
    return std::chrono::duration<float, std::milli>(Clock::now() - start).count();
}

struct Costs {
    Series record; ///< CPU of the frame thread, without the driver's submission
    Series submit; ///< with it: from the first command to the queue
    Series ink;    ///< CPU of choosing and recording the ink
    Series gpu;    ///< by the GPU's clock
    std::array<Series, haven::gpu::timed_span_count_max> spans; ///< of it
    Series whole;     ///< from the first command to the last pixel
    Series processor; ///< of the whole process: in software, where the pixels come from
    haven::gpu::GpuTimes last;
};

/// Everything one run draws with.
struct Bench {
    Options options;
    std::unique_ptr<HeadlessRenderer> headless;
    PlainFrame plain;
    Costs plain_costs;
};

template <typename Draw>
haven::gpu::Result<void> measure(haven::gpu::FrameRing& ring, Costs& costs, Draw draw) {
    const auto start = Clock::now();
    const std::clock_t processor = std::clock();
    if (auto drawn = draw(); !drawn) {
        return drawn;
    }
    costs.submit.add(ms_since(start));
    if (auto waited = ring.wait(); !waited) {
        return waited;
    }
    costs.whole.add(ms_since(start));
    costs.processor.add(static_cast<float>(std::clock() - processor) * 1000.0F / CLOCKS_PER_SEC);
    costs.last = ring.gpu_times();
    costs.gpu.add(costs.last.whole_ms);
    for (std::uint32_t i = 0; i < costs.last.span_count; ++i) {
        costs.spans.at(i).add(costs.last.spans.at(i).duration_ms);
    }
    return {};
}

haven::renderer::Picture seen(const haven::scene::SceneFrame* moment) {
    haven::renderer::Picture picture;
    for (std::size_t eye = 0; eye < 2; ++eye) {
        picture.eyes.at(eye).position_m = {eye == 0 ? -0.0315F : 0.0315F, 1.6F, 0.0F};
    }
    picture.scene_frame = moment;
    return picture;
}

/// In turns with a plain frame, so that whatever else the machine does falls on both alike.
haven::gpu::Result<Costs> measure_row(Bench& bench, const haven::renderer::Picture& picture,
                                      int frames) {
    HeadlessRenderer& headless = *bench.headless;
    auto& ink = headless.renderer().ink();
    bench.plain_costs = {};
    Costs costs;
    for (int i = 0; i < 3 || !ink.all_uploaded(); ++i) { // warm, and all the ink on the GPU
        if (auto drawn = headless.draw(picture); !drawn) {
            return std::unexpected(drawn.error());
        }
    }
    if (auto waited = headless.ring().wait(); !waited) {
        return std::unexpected(waited.error());
    }
    for (int i = 0; i < frames; ++i) {
        auto& ring = headless.ring();
        auto drawn = measure(ring, bench.plain_costs, [&] { return bench.plain.draw(ring); });
        if (drawn) {
            drawn = measure(ring, costs, [&] { return headless.draw(picture); });
            costs.record.add(headless.renderer().stats().record_cpu_ms);
            costs.ink.add(headless.renderer().stats().ink_cpu_ms);
        }
        if (!drawn) {
            return std::unexpected(drawn.error());
        }
    }
    return costs;
}

void print_head() {
    std::println(
        "| picture | points | record p50 / p99 | submit p50 / p99 | ink's part | GPU's "
        "clock p50 / p99 | of it by pass | whole frame | processor | times plain | draws | "
        "triangles | GPU memory |");
    std::println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
}

void print_row(Bench& bench, std::string_view name, int points, Costs& costs) {
    const auto& stats = bench.headless->renderer().stats();
    std::string passes;
    for (std::uint32_t i = 0; i < costs.last.span_count; ++i) {
        passes += std::format("{}{} {:.2f}", i == 0 ? "" : ", ", costs.last.spans.at(i).name,
                              costs.spans.at(i).at(0.5));
    }
    const float ratio = bench.options.gpu
                            ? costs.gpu.at(0.5) / bench.plain_costs.gpu.at(0.5)
                            : costs.processor.at(0.5) / bench.plain_costs.processor.at(0.5);
    std::println("| {} | {} | {:.2f} / {:.2f} | {:.2f} / {:.2f} | {:.2f} | {:.2f} / {:.2f} | {} | "
                 "{:.1f} | {:.1f} | {:.1f} | {} | {} | {:.0f} MB |",
                 name, points, costs.record.at(0.5), costs.record.at(0.99), costs.submit.at(0.5),
                 costs.submit.at(0.99), costs.ink.at(0.99), costs.gpu.at(0.5), costs.gpu.at(0.99),
                 passes, costs.whole.at(0.5), costs.processor.at(0.5), ratio,
                 stats.scene_draws + stats.other_draws + stats.ink_draws[0] + stats.ink_draws[1],
                 stats.scene_triangles + stats.ink_triangles,
                 static_cast<double>(haven::gpu::memory_in_use_bytes(bench.headless->device())) /
                     1e6);
    std::fflush(stdout);
}

haven::gpu::Result<void> bench_place(Bench& bench, const haven::environments::Environment& place,
                                     LightingPreset preset) {
    if (auto set = bench.headless->renderer().set_scene(place.scene()); !set) {
        return set;
    }
    const auto moment = place.frame(3.0);
    const auto picture = seen(&moment);
    std::vector<int> amounts{0, 50'000};
    if (bench.options.all) {
        amounts.push_back(500'000);
    }
    for (const int points : amounts) {
        haven::test::set_ink_cloud(*bench.headless, points);
        const int frames = points > 50'000 && !bench.options.gpu
                               ? std::max(bench.options.frames / 4, 3)
                               : bench.options.frames;
        auto costs = measure_row(bench, picture, frames);
        if (!costs) {
            return std::unexpected(costs.error());
        }
        print_row(bench, std::format("{}, {}", place.id(), to_string(preset)), points, *costs);
    }
    return {};
}

/// Ink and nothing else, before an empty sky.
haven::gpu::Result<void> bench_ink(Bench& bench) {
    haven::scene::Scene nothing;
    nothing.ambient = {.sky = glm::vec3(0.4F), .ground = glm::vec3(0.3F)};
    nothing.lights.push_back({.kind = haven::scene::LightKind::sun});
    if (auto set = bench.headless->renderer().set_scene(nothing); !set) {
        return set;
    }
    for (const int points : {0, 12'500, 1'000'000}) {
        haven::test::set_ink_cloud(*bench.headless, points);
        auto costs = measure_row(bench, seen(nullptr), points > 50'000 ? 5 : bench.options.frames);
        if (!costs) {
            return std::unexpected(costs.error());
        }
        print_row(bench, std::format("ink alone, {} triangles as tubes", 16 * points), points,
                  *costs);
    }
    return {};
}

haven::gpu::Result<Bench> make_bench(const Options& options) {
    const VkExtent2D extent = options.gpu ? VkExtent2D{2064, 2208} : VkExtent2D{512, 512};
    auto made = HeadlessRenderer::create({.eye_extent = extent,
                                          .options = {.samples = options.gpu ? 4U : 1U,
                                                      .detail = haven::renderer::Detail::automatic,
                                                      .times_passes = options.passes}});
    if (!made) {
        return std::unexpected(made.error());
    }
    if (options.gpu && (*made)->device().is_software()) {
        return haven::gpu::failure("--gpu needs a GPU, and only software rendering is here",
                                   VK_ERROR_INCOMPATIBLE_DRIVER);
    }
    auto plain = PlainFrame::create((*made)->device(), extent);
    if (!plain) {
        return std::unexpected(plain.error());
    }
    std::println("{}, {} x {} px an eye, {} sample(s), {} frames a row",
                 (*made)->device().properties().deviceName, extent.width, extent.height,
                 options.gpu ? 4 : 1, options.frames);
    return Bench{.options = options,
                 .headless = std::move(*made),
                 .plain = std::move(*plain),
                 .plain_costs = {}};
}

int fail(std::string_view what) {
    std::println(stderr, "bench-render: {}", what);
    return 1;
}

int run(const Options& options) {
    auto bench = make_bench(options);
    if (!bench) {
        return fail(bench.error().what);
    }
    print_head();
    if (auto done = bench_ink(*bench); !done) {
        return fail(done.error().what);
    }
    using enum LightingPreset;
    const std::vector<LightingPreset> presets =
        options.all ? std::vector{hour, day, warm, dim} : std::vector{hour};
    for (const auto& entry : haven::environments::list_environments(places).entries) {
        if (!options.place.empty() && options.place != entry.id) {
            continue;
        }
        for (const LightingPreset preset : presets) {
            const auto place =
                haven::environments::load_environment(entry.file, {.preset = preset});
            if (!place) {
                return fail(haven::environments::to_string(place.error()));
            }
            if (auto done = bench_place(*bench, *place, preset); !done) {
                return fail(done.error().what);
            }
        }
    }
    Costs& plain = bench->plain_costs;
    std::println("A plain frame at the end: {:.2f} ms of processor, {:.2f} ms whole, {:.2f} ms by "
                 "the GPU's clock.",
                 plain.processor.at(0.5), plain.whole.at(0.5), plain.gpu.at(0.5));
    return 0;
}

constexpr std::string_view usage =
    "usage: bench-render [--frames N] [--all] [--gpu] [--passes] [--place ID]\n"
    "  --frames  measured frames a row (20)\n"
    "  --all     every preset, and 500 000 points, too\n"
    "  --gpu     2064 x 2208 px an eye, 4 samples; refuses software rendering\n"
    "  --passes  each pass by the GPU's clock, too, which makes the whole dearer\n"
    "  --place   only this one\n";

std::optional<Options> parse(std::span<char*> arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
        if (name == "--all") {
            options.all = true;
        } else if (name == "--gpu") {
            options.gpu = true;
        } else if (name == "--passes") {
            options.passes = true;
        } else if (name == "--place" && !value.empty()) {
            options.place = value;
            ++i;
        } else if (name == "--frames" &&
                   std::from_chars(value.data(), value.data() + value.size(), options.frames).ec ==
                       std::errc() &&
                   options.frames >= 3 && options.frames <= 100'000) {
            ++i;
        } else {
            std::print(stderr, "bench-render: cannot read '{}'\n{}", name, usage);
            return std::nullopt;
        }
    }
    return options;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const auto arguments =
            std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0);
        if (!arguments.empty() && std::string_view(arguments.front()) == "--help") {
            std::print("{}", usage);
            return 0;
        }
        const auto options = parse(arguments);
        return options ? run(*options) : 2;
    } catch (const std::exception& trouble) {
        std::fputs(trouble.what(), stderr);
        return 1;
    }
}
