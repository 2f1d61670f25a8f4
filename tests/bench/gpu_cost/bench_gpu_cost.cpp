// bench-gpu-cost: what a frame costs on a GPU, without one. Mesa's compiler for AMD's GPUs says
// what each pipeline takes, a software device counts what each place asks for at a headset's size,
// and a model of named GPUs makes milliseconds of the two: 35 % off perhaps, 15 % between places.
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "tests/bench/gpu_cost/cost_model.hpp"
#include "tests/bench/gpu_cost/cost_table.hpp"
#include "tests/bench/gpu_cost/frames.hpp"
#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/places.hpp"
#include "tests/bench/gpu_cost/tap.hpp"
#include "tests/golden/ink_cloud.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <expected>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <print>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace haven::gpu_cost {
namespace {

constexpr std::array ink_clouds{0, 50'000}; // points

struct Options {
    std::string place;
    std::vector<float> yaws{0.0F};
    bool write_table = false;
    bool pipelines = false;
    bool frames = true;
};

std::expected<std::vector<FrameCount>, std::string> count_all(const Options& options) {
    auto places = load_places(options.place);
    if (!places) {
        return std::unexpected(places.error());
    }
    std::vector<FrameCount> rows;
    for (View view : {headset, portable}) {
        if (!options.frames) {
            view.width_px = view.height_px = 64; // only the pipelines
        }
        auto headless = make_renderer(view);
        if (!headless) {
            return std::unexpected(headless.error());
        }
        for (const auto& place : *places) {
            if (auto set = (*headless)->renderer().set_scene(place.scene()); !set) {
                return std::unexpected(set.error().what);
            }
            for (const int points :
                 options.frames ? std::span(ink_clouds) : std::span<const int>()) {
                test::set_ink_cloud(**headless, points);
                for (const float yaw : options.yaws) {
                    auto counted = count_frame(**headless, place, points, yaw, view);
                    if (!counted) {
                        return std::unexpected(counted.error());
                    }
                    rows.push_back(std::move(*counted));
                }
            }
        }
    }
    return rows;
}

void print_pipelines(const Costs& costs) {
    std::println("| pipeline | VGPRs, vertex / fragment | spills | instructions | cycles a wave | "
                 "loads |\n|---|---|---|---|---|---|");
    for (std::size_t i = 0; i < costs.size(); ++i) {
        const StageCost& v = costs[i].vertex;
        const StageCost& f = costs[i].fragment;
        std::println("| {} | {} / {} | {} | {} / {} | {} / {} | {} / {} |", recipes()[i].name(),
                     v.vgprs, f.vgprs, v.spills + f.spills, v.instructions, f.instructions,
                     v.cycles, f.cycles, v.loads, f.loads);
    }
}

void print_row(const FrameCount& row, const std::array<Costs, gpu_models.size()>& costs) {
    std::string line = std::format("| {}{} | {} | {} x {} | {} | {:.2f} | {:.0f} % |", row.place,
                                   row.yaw == 0.0F ? "" : std::format(", {:.0f}°", row.yaw),
                                   row.points, row.view.width_px, row.view.height_px, row.view.rung,
                                   row.fragments() / row.pixels(), 100.0 * row.live_leaf());
    for (std::size_t g = 0; g < gpu_models.size(); ++g) {
        const FrameMs frame = frame_ms(gpu_models.at(g), costs.at(g), row);
        line += std::format(" {:.1f} |", frame.whole());
    }
    const FrameMs frame = frame_ms(gpu_models[0], costs[0], row);
    for (const RelatedGpu& gpu : related_gpus) {
        line += gpu.times_from == gpu.times_to
                    ? std::format(" {:.1f} |", frame.whole() * gpu.times_from)
                    : std::format(" {:.0f} to {:.0f} |", frame.whole() * gpu.times_from,
                                  frame.whole() * gpu.times_to);
    }
    for (const double ms : frame.by_pass) {
        line += std::format(" {:.2f} |", ms);
    }
    std::println("{} {:.2f} | {:.2f} |", line, frame.output, frame.resolve);
}

void print_rows(const std::vector<FrameCount>& rows,
                const std::array<Costs, gpu_models.size()>& costs) {
    std::string head =
        "| place | ink points | px an eye | rung | fragments a pixel | leaf that lives |";
    std::string rule = "|---|---|---|---|---|---|";
    const auto column = [&](std::string_view name) {
        head += std::format(" {} |", name);
        rule += "---|";
    };
    for (const GpuModel& gpu : gpu_models) {
        column(std::format("{}, ms", gpu.name));
    }
    for (const RelatedGpu& gpu : related_gpus) {
        column(std::format("{}, ms", gpu.name));
    }
    for (const std::string_view pass : passes) {
        column(std::format("{}", pass));
    }
    column("output");
    column("resolve");
    std::println("\nThe parts are the {}'s, in ms.\n\n{}\n{}", gpu_models[0].name, head, rule);
    for (const FrameCount& row : rows) {
        print_row(row, costs);
    }
}

std::expected<void, std::string> run(const Options& options) {
    count_frames(options.frames);
    const auto rows = count_all(options);
    count_frames(false); // the compiler's devices have no memory to count in
    if (!rows) {
        return std::unexpected(rows.error());
    }
    std::array<Costs, gpu_models.size()> costs;
    std::string driver;
    for (std::size_t g = 0; g < gpu_models.size(); ++g) {
        auto compiled = compile_all(gpu_models.at(g), driver);
        if (!compiled) {
            return std::unexpected(compiled.error());
        }
        costs.at(g) = std::move(*compiled);
    }
    std::println("{}, the place's own hour", driver);
    if (options.pipelines) {
        print_pipelines(costs[0]);
    }
    if (options.frames) {
        print_rows(*rows, costs);
    }
    if (!options.write_table) {
        return {};
    }
    CostTable table{.driver = driver, .pipelines = {}};
    for (std::size_t i = 0; i < recipes().size(); ++i) {
        table.pipelines.emplace(recipes()[i].name(), costs[0][i]);
    }
    return write_cost_table(table);
}

constexpr std::string_view usage =
    "usage: bench-gpu-cost [--place ID] [--yaw DEGREES]... [--pipelines] [--no-frames] "
    "[--write-table]\n"
    "  --place        only this one\n"
    "  --yaw          turned left by so much; may be given several times (0)\n"
    "  --pipelines    also registers, spills, instructions and cycles of every pipeline\n"
    "  --no-frames    only what compiles; no place is drawn\n"
    "  --write-table  keep what the pipelines cost as the table that a test holds them to\n";

std::optional<Options> parse(std::span<char*> arguments) {
    Options options;
    bool yaw_given = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
        float yaw = 0.0F;
        if (name == "--pipelines") {
            options.pipelines = true;
        } else if (name == "--no-frames") {
            options.frames = false;
        } else if (name == "--write-table") {
            options.write_table = true;
        } else if (name == "--place" && !value.empty()) {
            options.place = value;
            ++i;
        } else if (name == "--yaw" &&
                   std::from_chars(value.data(), value.data() + value.size(), yaw).ec ==
                       std::errc()) {
            if (!std::exchange(yaw_given, true)) {
                options.yaws.clear();
            }
            options.yaws.push_back(yaw);
            ++i;
        } else {
            std::print(stderr, "bench-gpu-cost: cannot read '{}'\n{}", name, usage);
            return std::nullopt;
        }
    }
    if (options.write_table && !options.place.empty()) {
        std::println(stderr, "bench-gpu-cost: the table is of every place: no --place with it");
        return std::nullopt;
    }
    return options;
}

} // namespace
} // namespace haven::gpu_cost

int main(int argc, char** argv) {
    try {
        const auto arguments =
            std::span(argv, static_cast<std::size_t>(argc)).subspan(argc > 0 ? 1 : 0);
        if (!arguments.empty() && std::string_view(arguments.front()) == "--help") {
            std::print("{}", haven::gpu_cost::usage);
            return 0;
        }
        const auto options = haven::gpu_cost::parse(arguments);
        if (!options) {
            return 2;
        }
        if (auto done = haven::gpu_cost::run(*options); !done) {
            std::println(stderr, "bench-gpu-cost: {}", done.error());
            return 1;
        }
        std::fflush(stdout);
        return 0;
    } catch (const std::exception& trouble) {
        std::fputs(trouble.what(), stderr);
        return 1;
    }
}
