// Motion is measured: fast hands, few frames, and the ink is where the hands were.

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "tests/e2e/ink_path.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/motion_script_player.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <print>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr std::array both_hands{Hand::left, Hand::right};
constexpr std::int64_t period_ns = 5'000'000;

/// So quickly the scripted person tells where its hands are: as a tracker does.
constexpr double told_hz = 250.0;

constexpr Milliseconds patience{60'000};

template <typename T>
T or_throw(std::expected<T, std::string> result) {
    if (!result) {
        throw std::runtime_error(result.error());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

Move stroke(double from_s, double seconds, Curve curve) {
    return {.from_s = from_s,
            .to_s = from_s + seconds,
            .curve = std::move(curve),
            .trigger = {.keys = {{0.0, 0.7}, {seconds, 0.7}}}};
}

/// Curves at 1 to 2 m/s, as a person draws who is in a hurry.
MotionScript fast_hands() {
    MotionScript script{.name = "fast hands", .seconds = 5.0};
    const Spiral spiral{.from_radius_m = 0.09, .to_radius_m = 0.16, .turns = 2.0};
    const Lissajous eight{.size_m = {0.36, 0.2, 0.0}, .frequency = {2.0, 4.0, 0.0}};
    const Blossom blossom{.radius_m = 0.17, .petals = 3.0, .depth = 0.45, .turns = 1.0};
    for (const Hand hand : both_hands) {
        const double side = hand == Hand::left ? -1.0 : 1.0;
        const glm::dvec3 centre_m{0.3 * side, 1.35, -0.45};
        script.hands.at(static_cast<std::size_t>(hand)).rest_m = {0.25 * side, 1.1, -0.3};
        script.hands.at(static_cast<std::size_t>(hand)).moves = {
            stroke(0.6, 1.1, {.shape = spiral, .centre_m = centre_m, .wave_m = 0.04}),
            stroke(2.1, 1.3, {.shape = eight, .centre_m = centre_m, .turn_deg = {20.0, 0.0, 0.0}}),
            stroke(3.8, 0.8, {.shape = blossom, .centre_m = centre_m})};
    }
    return script;
}

/// What haven-xr, alone on its runtime, recorded of a script: its trace, and the ink, made of the
/// trace as the client made it and stored as it stores it.
struct Recorded {
    MotionScript script;
    Trace trace;
    std::array<std::vector<Stroke>, 2> ink;
    /// When each time of the script was told: later than in the script, where this got no
    /// processor.
    std::map<double, std::chrono::steady_clock::time_point> told_at;

    Recorded(MotionScript played, std::string_view runtime_lines, std::vector<std::string> options,
             const std::function<void(ScriptedRuntime&)>& meanwhile = {})
        : script(std::move(played)) {
        const TempDirectory directory("haven-motion");
        const std::filesystem::path ready = directory.path() / "ready";
        const std::filesystem::path recorded = directory.path() / "motion.trace";
        MonadoService runtime = or_throw(MonadoService::start());
        ScriptedRuntime lines(runtime_lines);
        Environment environment = runtime.client_environment();
        for (const auto& [name, value] : lines.environment(false)) {
            environment[name] = value;
        }
        std::vector<std::string> argv{HAVEN_BINARY_DIR "/haven-xr",
                                      "--no-mirror",
                                      "--no-sound",
                                      "--assets",
                                      HAVEN_SOURCE_DIR "/assets",
                                      "--data",
                                      directory.path() / "client",
                                      "--symmetry",
                                      "off",
                                      "--ready-file",
                                      ready,
                                      "--record-trace",
                                      recorded};
        std::ranges::move(options, std::back_inserter(argv));
        Process client = or_throw(Process::start({.argv = std::move(argv),
                                                  .environment = std::move(environment),
                                                  .output_stem = directory.path() / "client"}));
        const bool begun =
            await(patience, [&] { return !client.running() || std::filesystem::exists(ready); });
        if (!begun || !client.running()) {
            throw std::runtime_error("haven-xr did not get to drawing:\n" + client.errors());
        }
        if (meanwhile) {
            meanwhile(lines);
        }
        MonadoRemote remote = or_throw(runtime.connect());
        const auto tell = [&](double time_s) {
            told_at.emplace(time_s, std::chrono::steady_clock::now());
        };
        or_throw(play(script, remote, {.rate_hz = told_hz, .progress = tell}, {}));
        client.signal(SIGTERM);
        if (const auto ended = client.wait(patience); !ended || *ended != Ended{.exit_status = 0}) {
            throw std::runtime_error("haven-xr did not end well:\n" + client.errors());
        }
        const std::string bytes = read_text(recorded);
        auto decoded = decode_trace(std::as_bytes(std::span(bytes)));
        if (!decoded) {
            throw std::runtime_error(decoded.error().what);
        }
        trace = std::move(*decoded);
        make_ink();
    }
    /// How long that part of the script was.
    [[nodiscard]] double lasted_s(double from_s, double to_s) const {
        const auto at = [&](double time_s) { return told_at.lower_bound(time_s)->second; };
        return std::chrono::duration<double>(at(to_s) - at(from_s)).count();
    }
    [[nodiscard]] const std::vector<Stroke>& of(Hand hand) const {
        return ink.at(static_cast<std::size_t>(hand));
    }
    [[nodiscard]] std::vector<HandSample> samples_of(Hand hand) const {
        std::vector<HandSample> samples;
        std::ranges::copy_if(trace.samples, std::back_inserter(samples),
                             [&](const HandSample& sample) { return sample.hand == hand; });
        return samples;
    }

  private:
    void make_ink() {
        for (Stroke& stroke : replay_trace(trace)) {
            ink.at(static_cast<std::size_t>(stroke.hand)).push_back(std::move(stroke));
        }
        for (const Hand hand : both_hands) {
            auto& strokes = ink.at(static_cast<std::size_t>(hand));
            auto stored = decode_ink(encode_ink(hand, strokes), hand);
            if (!stored) {
                throw std::runtime_error(stored.error().detail);
            }
            strokes = std::move(stored->strokes);
        }
    }
};

/// Frames that take long, as a slow machine's do: large pictures of a dense place.
std::vector<std::string> few_frames() {
    return {"--environment", "forest_stream", "--eye-size", "700x700"};
}
std::vector<std::string> small_pictures(std::vector<std::string> more = {}) {
    std::vector<std::string> options{"--eye-size", "128x128"};
    std::ranges::move(more, std::back_inserter(options));
    return options;
}

class Motion : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        run = std::make_unique<Recorded>(fast_hands(), "", few_frames());
    }
    static void TearDownTestSuite() { run.reset(); }
    static inline std::unique_ptr<Recorded> run;
};

TEST_F(Motion, TheInkIsWhereTheHandsWereAndNowhereElse) {
    constexpr double ends_s = 0.012; // 10 ms, and the script's own step
    const glm::dvec3 tip_m = controller_tip_m;
    std::vector<double> all_m;
    for (const Hand hand : both_hands) {
        const auto held = presses(run->script, hand, PressBy::trigger, 0.2);
        const std::vector<Stroke>& ink = run->of(hand);
        ASSERT_EQ(ink.size(), held.size()) << to_string(hand);
        for (std::size_t i = 0; i < held.size(); ++i) {
            const Path path = path_of(run->script, hand, held[i].from_s - ends_s,
                                      held[i].to_s + ends_s, tip_m, 0.2e-3);
            const Straying found = straying(path, ink[i], 2.0 * ends_s);
            std::println("{} {}: path to ink p95 {:.2f} most {:.2f} mm; ink to path p95 {:.2f} "
                         "most {:.2f} mm; {} points",
                         to_string(hand), i, 1e3 * Straying::p95(found.path_to_ink_m),
                         1e3 * found.path_to_ink_m.back(), 1e3 * Straying::p95(found.ink_to_path_m),
                         1e3 * found.ink_to_path_m.back(), ink[i].points.size());
            EXPECT_LE(found.path_to_ink_m.back(), 3e-3) << to_string(hand) << i;
            EXPECT_LE(found.ink_to_path_m.back(), 3e-3) << to_string(hand) << i;
            std::ranges::copy(found.path_to_ink_m, std::back_inserter(all_m));
            std::ranges::copy(found.ink_to_path_m, std::back_inserter(all_m));
        }
    }
    std::ranges::sort(all_m);
    EXPECT_LE(Straying::p95(all_m), 1e-3);
}

TEST_F(Motion, AStrokeLastsAsLongAsItsTriggerIsHeld) {
    for (const Hand hand : both_hands) {
        const auto held = presses(run->script, hand, PressBy::trigger, 0.2);
        const std::vector<Stroke>& ink = run->of(hand);
        ASSERT_EQ(ink.size(), held.size()) << to_string(hand);
        for (std::size_t i = 0; i < held.size(); ++i) {
            const double lasted_s =
                static_cast<double>(ink[i].points.back().time_ns - ink[i].points.front().time_ns) *
                1e-9;
            EXPECT_NEAR(lasted_s, run->lasted_s(held[i].from_s, held[i].to_s), 0.02)
                << to_string(hand) << i;
        }
    }
}

TEST_F(Motion, TheTraceHoldsTheGridWhateverTheFrames) {
    const Trace& trace = run->trace;
    EXPECT_EQ(trace.header.sample_period_us, 5'000U);
    EXPECT_TRUE(trace.header.measured);
    for (const Hand hand : both_hands) {
        std::vector<std::int64_t> times;
        for (const HandSample& sample : trace.samples) {
            if (sample.hand == hand && sample.tracked) {
                times.push_back(sample.time_ns);
            }
        }
        ASSERT_GT(times.size(), 500U);
        std::int64_t longest_ns = 0;
        for (std::size_t i = 1; i < times.size(); ++i) {
            const std::int64_t step_ns = times[i] - times[i - 1];
            const std::int64_t off_ns = step_ns % period_ns;
            EXPECT_LE(std::min(off_ns, period_ns - off_ns), 1'000'000) << "off the grid";
            longest_ns = std::max(longest_ns, step_ns);
        }
        const double whole =
            static_cast<double>(times.back() - times.front()) / static_cast<double>(period_ns) + 1;
        const double share = static_cast<double>(times.size()) / whole;
        std::println("{}: {:.2f} % of the grid, longest gap {:.0f} ms", to_string(hand),
                     100.0 * share, static_cast<double>(longest_ns) * 1e-6);
        // Lavapipe has every core, and the runtime keeps no history from which a late sample could
        // be made. Samples that came with the frames would be a few in a hundred.
        EXPECT_GE(share, 0.99);
    }
}

void expect_ink_on_paths(const Recorded& run, const glm::dvec3& tip_m = controller_tip_m) {
    for (const Hand hand : both_hands) {
        const auto paths = pressed_paths(run.script, hand, PressBy::trigger, tip_m);
        const std::vector<Stroke>& ink = run.of(hand);
        ASSERT_EQ(ink.size(), paths.size()) << to_string(hand);
        for (std::size_t i = 0; i < paths.size(); ++i) {
            EXPECT_EQ(ink_fault(paths[i], ink[i], {.ends_s = 0.03}), "")
                << to_string(hand) << " stroke " << i;
        }
    }
}

// ---- times that misbehave ----

TEST(Times, FramesHoursAheadBehindOrNowhereLoseNothing) {
    const Recorded run(fast_hands(), "", small_pictures(), [](ScriptedRuntime& runtime) {
        runtime.say("await frames 10\n"
                    "display_time by 7200 frames 3\n"
                    "await frames 10\n"
                    "display_time by -7200 frames 3\n"
                    "await frames 10\n"
                    "display_time at -1 frames 2\n"
                    "display_period at 0\n"
                    "await frames 10\n"
                    "display_time at 0 frames 2\n");
    });
    expect_ink_on_paths(run);
    EXPECT_LT(run.trace.samples.back().time_ns, 120'000'000'000)
        << "no hours in the drawing's time";
}

// ---- hands ----

TEST(Hands, CoveredOnesGoOnAndAreMarked) {
    const Recorded run(fast_hands(), "controller left inferred", small_pictures());
    expect_ink_on_paths(run);
    for (const Hand hand : both_hands) {
        for (const HandSample& sample : run.samples_of(hand)) {
            ASSERT_EQ(sample.tracked && sample.inferred, sample.tracked && hand == Hand::left);
        }
    }
}

TEST(Hands, AtExactlyZeroThereIsNoHand) {
    const Recorded run(fast_hands(), "controller left zero\nfingers left inactive",
                       small_pictures());
    EXPECT_TRUE(run.of(Hand::left).empty());
    EXPECT_EQ(run.of(Hand::right).size(), 3U);
    for (const HandSample& sample : run.samples_of(Hand::left)) {
        ASSERT_FALSE(sample.tracked);
    }
}

TEST(Hands, OneThatMovesIsPreferredOverAControllerOnTheTable) {
    MotionScript script = fast_hands();
    for (HandScript& hand : script.hands) {
        for (Move& move : hand.moves) {
            move.pinch = std::exchange(move.trigger, {});
            for (glm::dvec2& key : move.pinch.keys) {
                key.y = 1.0;
            }
        }
    }
    const Recorded run(std::move(script), "controller both still", small_pictures());
    for (const Hand hand : both_hands) {
        EXPECT_EQ(run.of(hand).size(), 3U) << to_string(hand);
    }
    EXPECT_EQ(run.samples_of(Hand::right).back().source, InteractionMode::hand_tracking);
}

TEST(Hands, WhereARuntimeKnowsPinchesAloneTheyDrawAtThePinch) {
    const Recorded run(fast_hands(),
                       "profile both /interaction_profiles/ext/hand_interaction_ext\n"
                       "fingers both inactive\n",
                       small_pictures({"--interaction-mode", "hand_tracking"}),
                       [](ScriptedRuntime& runtime) {
                           runtime.say("input both /input/pinch_ext/value 0\n"
                                       "await frames 20\n"
                                       "input left /input/pinch_ext/value 0.9\n");
                       });
    EXPECT_TRUE(run.of(Hand::right).empty());
    ASSERT_EQ(run.of(Hand::left).size(), 1U);
    EXPECT_EQ(run.samples_of(Hand::left).back().source, InteractionMode::hand_tracking);
}

} // namespace
} // namespace haven::test
