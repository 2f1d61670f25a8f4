// haven-picture: one picture of a place, to look at. Without --environment it shows the renderer's
// own test room.
#define GLM_ENABLE_EXPERIMENTAL
#include "renderer/capture/capture.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/quality_ladder.hpp"
#include "renderer/scene/ink_ring.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/box_room.hpp"
#include "tests/golden/ink_cloud.hpp"
#ifdef HAVEN_PICTURE_ENVIRONMENTS
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#endif
#ifdef HAVEN_PICTURE_PANELS
#include "bilateral/pose.hpp"
#include "tests/golden/panel_stage.hpp"
#include "tests/unit/ui/panel_samples.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"
#endif

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/gtx/quaternion.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <print>
#include <ratio>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using haven::renderer::HeadlessRenderer;
using haven::renderer::Picture;

constexpr std::string_view usage =
    "usage: haven-picture [--environment ID|FILE.json] [--preset hour|day|warm|dim] [--out x.png]\n"
    "         [--size 1024x1024] [--eye left|right|both] [--seconds 3] [--from x,y,z] [--look "
    "yaw,pitch]\n"
    "         [--fov degrees] [--samples 1|4] [--detail full|lean] [--ink | --points 50000]\n"
    "         [--ink-tolerance 0.35] [--bench frames] [--panel NAME [--language de]]\n"
    "yaw and pitch in degrees: yaw turns left, pitch up. Without --environment: the test room.\n";

struct Options {
    std::string environment;
    std::string preset;
    std::string out = "picture.png";
    std::string eye = "left";
    std::string detail = "full";
    std::uint32_t width = 1024;
    std::uint32_t height = 1024;
    std::uint32_t samples = 4;
    double seconds = 3.0;
    glm::vec3 from{0.0F, 1.6F, 0.0F};
    float yaw_deg = 0.0F;
    float pitch_deg = 0.0F;
    float fov_deg = 90.0F;
    bool ink = false;
    int points = 0; // of a cloud of strokes
    float ink_tolerance_px = haven::renderer::Quality{}.ink_tolerance_px;
    int bench_frames = 0;
    std::string panel; // as in assets/words
    std::string language = "en";
};

struct Place {
    haven::scene::Scene scene;
    std::function<haven::scene::SceneFrame(double)> frame;
};

std::optional<Options> parse(std::span<char*> arguments) {
    Options o;
    const std::map<std::string_view, std::function<bool(const char*)>> readers{
        {"--environment",
         [&](const char* v) {
             o.environment = v;
             return true;
         }},
        {"--detail",
         [&](const char* v) {
             o.detail = v;
             return o.detail == "full" || o.detail == "lean";
         }},
        {"--panel",
         [&](const char* v) {
             o.panel = v;
             return true;
         }},
        {"--language",
         [&](const char* v) {
             o.language = v;
             return true;
         }},
        {"--preset",
         [&](const char* v) {
             o.preset = v;
             return true;
         }},
        {"--out",
         [&](const char* v) {
             o.out = v;
             return true;
         }},
        {"--eye",
         [&](const char* v) {
             o.eye = v;
             return true;
         }},
        {"--size",
         [&](const char* v) { return std::sscanf(v, "%ux%u", &o.width, &o.height) == 2; }},
        {"--samples", [&](const char* v) { return std::sscanf(v, "%u", &o.samples) == 1; }},
        {"--seconds", [&](const char* v) { return std::sscanf(v, "%lf", &o.seconds) == 1; }},
        {"--from",
         [&](const char* v) {
             return std::sscanf(v, "%f,%f,%f", &o.from.x, &o.from.y, &o.from.z) == 3;
         }},
        {"--look",
         [&](const char* v) { return std::sscanf(v, "%f,%f", &o.yaw_deg, &o.pitch_deg) == 2; }},
        {"--fov", [&](const char* v) { return std::sscanf(v, "%f", &o.fov_deg) == 1; }},
        {"--points", [&](const char* v) { return std::sscanf(v, "%d", &o.points) == 1; }},
        {"--ink-tolerance",
         [&](const char* v) { return std::sscanf(v, "%f", &o.ink_tolerance_px) == 1; }},
        {"--bench", [&](const char* v) { return std::sscanf(v, "%d", &o.bench_frames) == 1; }}};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name == "--ink") {
            o.ink = true;
            continue;
        }
        const auto reader = readers.find(name);
        const char* value = i + 1 < arguments.size() ? arguments[i + 1] : nullptr;
        ++i;
        if (reader == readers.end() || value == nullptr || !reader->second(value)) {
            std::print(stderr, "haven-picture: cannot read '{}'\n{}", name, usage);
            return std::nullopt;
        }
    }
    return o;
}

Picture picture_of(const Options& o) {
    Picture picture;
    const glm::quat look = glm::angleAxis(glm::radians(o.yaw_deg), glm::vec3(0, 1, 0)) *
                           glm::angleAxis(glm::radians(o.pitch_deg), glm::vec3(1, 0, 0));
    const float half = glm::radians(o.fov_deg) * 0.5F;
    const float across =
        std::atan(std::tan(half) * static_cast<float>(o.width) / static_cast<float>(o.height));
    for (int eye = 0; eye < 2; ++eye) {
        picture.eyes.at(static_cast<std::size_t>(eye)) = {
            .position_m = o.from + look * glm::vec3(eye == 0 ? -0.0315F : 0.0315F, 0, 0),
            .orientation = look,
            .fov = {-across, across, half, -half}};
    }
    return picture;
}

std::optional<Place> load(const Options& o) {
    if (o.environment.empty()) {
        Place place{.scene = haven::testing::box_room(), .frame = {}};
        place.frame = [scene = place.scene](double t) { return haven::scene::frame_at(scene, t); };
        return place;
    }
#ifdef HAVEN_PICTURE_ENVIRONMENTS
    namespace env = haven::environments;
    const bool is_file = o.environment.ends_with(".json");
    const env::Lighting lighting{.preset = env::parse_lighting_preset(o.preset)};
    auto loaded = is_file ? env::load_environment(o.environment, lighting)
                          : env::load_environment(HAVEN_SOURCE_DIR "/assets/environments",
                                                  o.environment, lighting);
    if (!loaded) {
        std::println(stderr, "haven-picture: {}", env::to_string(loaded.error()));
        return std::nullopt;
    }
    return Place{.scene = loaded->scene(),
                 .frame = [environment = *loaded](double t) { return environment.frame(t); }};
#else
    std::println(stderr, "haven-picture: built without the environments room");
    return std::nullopt;
#endif
}

/// Two strokes in the air ahead, in colours of the palette, as a hand would leave them.
void add_ink(HeadlessRenderer& headless) {
    using haven::renderer::InkHand;
    for (int hand = 0; hand < 2; ++hand) {
        std::vector<haven::scene::InkRing> rings;
        const float side = hand == 0 ? -1.0F : 1.0F;
        constexpr int count = 240;
        for (int i = 0; i < count; ++i) {
            const float t = static_cast<float>(i) / count;
            const auto at = [&](float s) {
                return glm::vec3(side * (0.10F + 0.22F * std::sin(s * 9.0F) * (0.4F + s)),
                                 1.15F + 0.55F * s, -0.75F + 0.08F * std::cos(s * 9.0F));
            };
            const glm::vec3 along = glm::normalize(at(t + 0.002F) - at(t));
            const glm::quat turn = glm::rotation(glm::vec3(0, 0, 1), along);
            const float taper = std::min({1.0F, t * 12.0F, (1.0F - t) * 12.0F});
            haven::scene::InkRing ring{.centre_m = at(t), .radius_m = 0.002F + 0.006F * taper};
            for (int k = 0; k < 4; ++k) {
                ring.frame.at(static_cast<std::size_t>(k)) =
                    static_cast<std::int16_t>(std::lround(turn[k] * 32767.0F));
            }
            ring.colour = hand == 0 ? 0xFF5FA8E8U : 0xFFC8A060U;
            ring.flags = i + 1 == count ? haven::scene::InkRing::last_of_stroke : 0;
            rings.push_back(ring);
        }
        headless.renderer().ink().append(hand == 0 ? InkHand::left : InkHand::right, rings);
    }
}

#ifdef HAVEN_PICTURE_PANELS
/// Before somebody who stands there and looks ahead; with a choice pointed at.
haven::renderer::ShownPanel panel_of(haven::testing::PanelStage& stage, const Options& o) {
    namespace ui = haven::ui;
    const auto words = ui::Words::load(HAVEN_SOURCE_DIR "/assets/words", o.language);
    if (!words) {
        throw std::runtime_error(words.error() + "\n");
    }
    const auto names = ui::panel_names();
    if (std::ranges::find(names, o.panel) == names.end()) {
        throw std::runtime_error("haven-picture: there is no panel '" + o.panel + "'\n");
    }
    return stage.show(ui::make_panel(o.panel, *words, ui::testing::arguments), {},
                      {.position_m = o.from});
}
#endif

void report(HeadlessRenderer& headless) {
    const auto& stats = headless.renderer().stats();
    const auto& gpu = headless.ring().gpu_times();
    std::print("{} scene draws, {} others, {} triangles, record {:.3f} ms, gpu {:.2f} ms",
               stats.scene_draws, stats.other_draws, stats.scene_triangles, stats.record_cpu_ms,
               gpu.whole_ms);
    for (std::uint32_t i = 0; i < gpu.span_count; ++i) {
        std::print(", {} {:.2f}", gpu.spans.at(i).name, gpu.spans.at(i).duration_ms);
    }
    std::println("");
}

int bench(HeadlessRenderer& headless, const Picture& picture, int frames) {
    using Clock = std::chrono::steady_clock;
    std::vector<float> ms;
    std::clock_t cpu_start = 0; // of the whole process: a software driver draws in its own threads
    for (int i = 0; i < frames + 2; ++i) {
        const auto start = Clock::now();
        if (i == 2) {
            cpu_start = std::clock();
        }
        if (!headless.draw(picture) || !headless.ring().wait()) {
            return 1;
        }
        if (i >= 2) {
            ms.push_back(std::chrono::duration<float, std::milli>(Clock::now() - start).count());
        }
    }
    const double cpu_ms = static_cast<double>(std::clock() - cpu_start) * 1000.0 / CLOCKS_PER_SEC;
    std::ranges::sort(ms);
    std::println("median {:.2f} ms of {} frames, fastest {:.2f}, processor time {:.2f} a frame",
                 ms.at(ms.size() / 2), frames, ms.front(), cpu_ms / frames);
    report(headless);
    return 0;
}

int run(const Options& o) {
    const auto place = load(o);
    if (!place) {
        return 1;
    }
    auto made = HeadlessRenderer::create(
        {.eye_extent = {o.width, o.height},
         .options = {.samples = o.samples,
                     .detail = o.detail == "lean" ? haven::renderer::Detail::lean
                                                  : haven::renderer::Detail::full,
                     .times_passes = true}});
    if (!made) {
        std::println(stderr, "haven-picture: {}", made.error().what);
        return 1;
    }
    HeadlessRenderer& headless = **made;
    if (auto set = headless.renderer().set_scene(place->scene); !set) {
        std::println(stderr, "haven-picture: {}", set.error().what);
        return 1;
    }
    headless.renderer().set_quality({.ink_tolerance_px = o.ink_tolerance_px});
    if (o.points > 0) {
        haven::test::set_ink_cloud(headless, o.points);
    }
    if (o.ink) {
        add_ink(headless);
    }
    Picture picture = picture_of(o);
    const auto moment = place->frame(o.seconds);
    picture.scene_frame = &moment;
#ifdef HAVEN_PICTURE_PANELS
    std::optional<haven::testing::PanelStage> stage;
    if (!o.panel.empty()) {
        picture.panel = panel_of(stage.emplace(headless), o);
    }
#endif
    if (o.bench_frames > 0) {
        return bench(headless, picture, o.bench_frames);
    }
    const bool both = o.eye == "both";
    auto shown = headless.capture(picture, o.eye == "right" ? 1 : 0);
    if (shown && both) { // side by side
        auto right = headless.read(1);
        haven::renderer::RgbaPicture pair{.width = 2 * o.width, .height = o.height, .bytes = {}};
        for (std::uint32_t y = 0; right && y < o.height; ++y) {
            const auto row = static_cast<std::ptrdiff_t>(y) * o.width * 4;
            for (const auto* half : {&*shown, &*right}) {
                const auto begin = half->bytes.begin() + row;
                pair.bytes.insert(pair.bytes.end(), begin,
                                  begin + static_cast<std::ptrdiff_t>(o.width) * 4);
            }
        }
        shown = std::move(pair);
    }
    if (!shown) {
        std::println(stderr, "haven-picture: {}", shown.error().what);
        return 1;
    }
    if (auto written = haven::renderer::write_png(o.out, *shown); !written) {
        std::println(stderr, "haven-picture: {}", written.error());
        return 1;
    }
    report(headless);
    return 0;
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
    } catch (const std::exception& error) {
        std::fputs(error.what(), stderr);
        return 1;
    }
}
