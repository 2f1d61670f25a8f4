// bench-render: what a place costs a frame beside the plain full-screen frame of the same run
// (SPD-2: at most 6 times, in software, at 512 px an eye).
#define GLM_ENABLE_EXPERIMENTAL
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/plain_frame.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/gtx/quaternion.hpp>
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
#include <print>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using haven::renderer::HeadlessRenderer;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t size_px = 512;

/// Milliseconds of one kind, a frame each.
class Series {
  public:
    void add(float ms) { ms_.push_back(ms); }
    [[nodiscard]] float at(double share) {
        std::ranges::sort(ms_);
        const auto last = static_cast<double>(ms_.size() - 1);
        return ms_.at(static_cast<std::size_t>(std::lround(share * last)));
    }
    [[nodiscard]] std::string text() {
        return std::format("{:8.2f}{:9.2f}{:9.2f}", at(0.5), at(0.95), at(0.99));
    }

  private:
    std::vector<float> ms_;
};

float ms_since(Clock::time_point start) {
    return std::chrono::duration<float, std::milli>(Clock::now() - start).count();
}

/// Strokes of 100 points each, in a cloud within the arms' reach.
void draw_ink(HeadlessRenderer& headless, int points) {
    constexpr int stroke_points = 100;
    for (int stroke = 0; stroke * stroke_points < points; ++stroke) {
        const auto at = [&](int i) {
            const float t = 0.02F * static_cast<float>(i);
            const auto s = static_cast<float>(stroke);
            return glm::vec3(0.6F * std::sin(t + s * 2.4F), 1.3F + 0.4F * std::sin(t * 1.3F + s),
                             -0.7F + 0.2F * std::cos(t + s * 1.7F));
        };
        std::vector<haven::scene::InkRing> rings(stroke_points);
        for (int i = 0; i < stroke_points; ++i) {
            auto& ring = rings[static_cast<std::size_t>(i)];
            const glm::vec3 along = glm::normalize(at(i + 1) - at(i));
            const glm::quat turn = glm::rotation(glm::vec3(0, 0, 1), along);
            ring.centre_m = at(i);
            ring.radius_m = 0.003F;
            for (int k = 0; k < 4; ++k) {
                ring.frame.at(static_cast<std::size_t>(k)) =
                    static_cast<std::int16_t>(std::lround(turn[k] * 32767.0F));
            }
            ring.colour = 0xFF5FA8E8U;
        }
        rings.back().flags = haven::scene::InkRing::last_of_stroke;
        const bool left = stroke % 2 == 0;
        headless.renderer().ink().append(
            left ? haven::renderer::InkHand::left : haven::renderer::InkHand::right, rings);
    }
}

/// Of both, in the same words.
struct Costs {
    Series recorded;  ///< on the frame thread
    Series gpu;       ///< by the GPU's clock
    Series whole;     ///< from the first command to the last pixel
    Series processor; ///< of the whole process: in software, where the pixels come from
};

struct Row {
    std::string name;
    std::unique_ptr<HeadlessRenderer> headless;
    int every = 1; ///< drawn in one round of so many
    Costs costs{};
};

template <typename Draw>
haven::gpu::Result<void> measure(haven::gpu::FrameRing& ring, Costs& costs, Draw draw) {
    const auto start = Clock::now();
    const std::clock_t processor = std::clock();
    if (auto drawn = draw(); !drawn) {
        return drawn;
    }
    costs.recorded.add(ms_since(start));
    if (auto waited = ring.wait(); !waited) {
        return waited;
    }
    costs.whole.add(ms_since(start));
    costs.processor.add(static_cast<float>(std::clock() - processor) * 1000.0F / CLOCKS_PER_SEC);
    costs.gpu.add(ring.gpu_times().whole_ms);
    return {};
}

haven::gpu::Result<std::vector<Row>> make_rows(const haven::environments::Environment& place) {
    std::vector<Row> rows;
    for (const int points : {0, 50'000, 500'000}) {
        auto made = HeadlessRenderer::create(
            {.eye_extent = {size_px, size_px},
             .options = {.samples = 1, .detail = haven::renderer::Detail::automatic}});
        if (!made) {
            return std::unexpected(made.error());
        }
        if (auto set = (*made)->renderer().set_scene(place.scene()); !set) {
            return std::unexpected(set.error());
        }
        draw_ink(**made, points);
        rows.push_back({.name = points == 0 ? place.id() + ", no ink"
                                            : std::format("{}, {} points", place.id(), points),
                        .headless = std::move(*made),
                        .every = points <= 50'000 ? 1 : 10});
    }
    return rows;
}

haven::renderer::Picture seen(const haven::scene::SceneFrame& moment) {
    haven::renderer::Picture picture;
    for (std::size_t eye = 0; eye < 2; ++eye) {
        picture.eyes.at(eye).position_m = {eye == 0 ? -0.0315F : 0.0315F, 1.6F, 0.0F};
    }
    picture.scene_frame = &moment;
    return picture;
}

void print_row(const std::string& name, Costs& costs, Costs& plain, std::uint32_t draws,
               std::uint64_t triangles) {
    std::println("{:<26}{}  {}  {}{:9.2f}{:7}{:10}{:8.1f}{:8.1f}", name, costs.recorded.text(),
                 costs.gpu.text(), costs.whole.text(), costs.processor.at(0.5), draws, triangles,
                 costs.whole.at(0.5) / plain.whole.at(0.5),
                 costs.processor.at(0.5) / plain.processor.at(0.5));
}

void print_table(Costs& plain, std::vector<Row>& rows) {
    std::println("{:<26}{:^26}  {:^26}  {:^26}{:>9}{:>7}{:>10}{:>16}", "ms: p50, p95, p99",
                 "record and submit", "GPU's clock", "whole frame", "process", "draws", "triangles",
                 "ratio, process");
    print_row("plain", plain, plain, 1, 1);
    for (Row& row : rows) {
        const auto& stats = row.headless->renderer().stats();
        print_row(row.name, row.costs, plain,
                  stats.scene_draws + stats.other_draws + stats.ink_draws[0] + stats.ink_draws[1],
                  stats.scene_triangles + stats.ink_triangles);
    }
}

/// In turns, so that whatever else the machine does falls on all of them alike.
haven::gpu::Result<void> measure_all(const haven::testing::PlainFrame& plain, Costs& plain_costs,
                                     std::vector<Row>& rows,
                                     const haven::renderer::Picture& picture, int frames) {
    constexpr int warm_up = 10; // these bring the ink to the GPU
    for (int i = 0; i < frames + warm_up; ++i) {
        if (i == warm_up) {
            plain_costs = {};
            for (Row& row : rows) {
                row.costs = {};
            }
        }
        auto& ring = rows.front().headless->ring();
        if (auto drawn = measure(ring, plain_costs, [&] { return plain.draw(ring); }); !drawn) {
            return drawn;
        }
        for (Row& row : rows) {
            if (i % row.every != 0) {
                continue;
            }
            auto drawn = measure(row.headless->ring(), row.costs,
                                 [&] { return row.headless->draw(picture); });
            if (!drawn) {
                return drawn;
            }
        }
    }
    return {};
}

int run(int frames) {
    const auto place = haven::environments::load_environment(
        HAVEN_SOURCE_DIR "/assets/environments", "cozy_cabin");
    if (!place) {
        std::println(stderr, "bench-render: {}", haven::environments::to_string(place.error()));
        return 1;
    }
    auto rows = make_rows(*place);
    if (!rows) {
        std::println(stderr, "bench-render: {}", rows.error().what);
        return 1;
    }
    HeadlessRenderer& first = *rows->front().headless;
    auto plain = haven::testing::PlainFrame::create(first.device(), {size_px, size_px});
    if (!plain) {
        std::println(stderr, "bench-render: {}", plain.error().what);
        return 1;
    }
    Costs plain_costs;
    const auto moment = place->frame(3.0);
    if (auto done = measure_all(*plain, plain_costs, *rows, seen(moment), frames); !done) {
        std::println(stderr, "bench-render: {}", done.error().what);
        return 1;
    }
    std::println("{}, {} px an eye, {} frames each", first.device().properties().deviceName,
                 size_px, frames);
    print_table(plain_costs, *rows);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
        int frames = 100;
        if (arguments.size() > 1) {
            const std::string_view text = arguments[1];
            if (std::from_chars(text.data(), text.data() + text.size(), frames).ec != std::errc()) {
                frames = 0;
            }
        }
        if (frames < 1 || frames > 100'000) {
            std::println(stderr, "usage: bench-render [FRAMES]");
            return 2;
        }
        return run(frames);
    } catch (const std::exception& trouble) {
        std::fputs(trouble.what(), stderr);
        return 1;
    }
}
