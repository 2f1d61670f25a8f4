#include "tests/bench/gpu_cost/cost_model.hpp"
#include "tests/bench/gpu_cost/cost_table.hpp"
#include "tests/bench/gpu_cost/frames.hpp"
#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/places.hpp"
#include "tests/bench/gpu_cost/tap.hpp"
#include "tests/golden/ink_cloud.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::gpu_cost {
namespace {

/// What docs/benchmarks.md says of each place: a dearer frame is to be seen.
struct KnownFrame {
    std::string_view place;
    double fragments_a_pixel;
    double ms;          ///< on the first of the GPUs
    double inked_ms;    ///< there, with 50 000 points of ink before the eyes
    double portable_ms; ///< of the portable rung, on the second
};
constexpr std::array known_frames{KnownFrame{"beach_sunset", 1.33, 2.2, 1.1, 4.7},
                                  KnownFrame{"cozy_cabin", 2.23, 3.3, 1.9, 5.5},
                                  KnownFrame{"forest_stream", 2.48, 2.5, 1.7, 5.9},
                                  KnownFrame{"mountain_lake", 1.88, 3.3, 1.4, 8.8},
                                  KnownFrame{"rain_garden", 1.61, 2.5, 1.6, 4.7},
                                  KnownFrame{"starry_night", 1.55, 1.6, 1.1, 3.8}};

struct Asked {
    View view;
    int points;
};
constexpr std::array asked{Asked{headset, 0}, Asked{headset, 50'000}, Asked{portable, 0}};

/// A frame of every place, drawn and counted on whatever device is here, and every pipeline of it
/// compiled again by Mesa's compiler for a GPU that is not.
class GpuCost : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        count_frames(true);
        {
            const auto places = load_places();
            ASSERT_TRUE(places) << places.error();
            ASSERT_EQ(places->size(), known_frames.size());
            for (const auto& [view, points] : asked) {
                const auto headless = make_renderer(view);
                ASSERT_TRUE(headless) << headless.error();
                test::set_ink_cloud(**headless, points);
                for (const auto& place : *places) {
                    ASSERT_TRUE((*headless)->renderer().set_scene(place.scene())) << place.id();
                    auto frame = count_frame(**headless, place, points, 0.0F, view);
                    ASSERT_TRUE(frame) << frame.error();
                    frames.push_back(std::move(*frame));
                }
            }
        }
        count_frames(false);
        for (std::size_t g = 0; g < gpu_models.size(); ++g) {
            auto compiled = compile_all(gpu_models.at(g), found.driver);
            ASSERT_TRUE(compiled) << compiled.error();
            costs.at(g) = std::move(*compiled);
        }
        for (std::size_t i = 0; i < costs[0].size(); ++i) {
            found.pipelines.emplace(recipes().at(i).name(), costs[0][i]);
        }
    }
    static void TearDownTestSuite() {
        found = {};
        costs = {};
        frames = {};
    }

    static inline CostTable found;
    static inline std::array<Costs, gpu_models.size()> costs;
    static inline std::vector<FrameCount> frames;
};

constexpr const char* advice = "; if it is meant: ./haven bench gpu-cost --write-table";

void expect_near(std::uint64_t now, std::uint64_t then, const std::string& what) {
    const double least = 0.95 * static_cast<double>(then) - 2.0;
    const double most = 1.05 * static_cast<double>(then) + 2.0;
    EXPECT_GE(static_cast<double>(now), least) << what << advice;
    EXPECT_LE(static_cast<double>(now), most) << what << advice;
}

TEST_F(GpuCost, NoPipelineSpillsOrTakesManyRegisters) {
    ASSERT_GT(found.pipelines.size(), 20U);
    for (const auto& [name, cost] : found.pipelines) {
        EXPECT_EQ(cost.vertex.spills + cost.fragment.spills, 0U) << name;
        const bool heavy = name.contains("foliage") || name.contains("water");
        EXPECT_LE(cost.fragment.vgprs, heavy ? 64U : 48U) << name;
        EXPECT_LE(cost.vertex.vgprs, 64U) << name;
    }
}

TEST_F(GpuCost, EveryPipelineCostsWhatTheTableSays) {
    const auto table = read_cost_table();
    ASSERT_TRUE(table) << table.error();
    if (table->driver != found.driver) {
        GTEST_SKIP() << "the table is of " << table->driver << ", here is " << found.driver;
    }
    for (const auto& [name, cost] : found.pipelines) {
        const auto known = table->pipelines.find(name);
        ASSERT_TRUE(known != table->pipelines.end()) << name << " is not in the table" << advice;
        const PipelineCost& then = known->second;
        expect_near(cost.vertex.instructions, then.vertex.instructions, name + " vertex");
        expect_near(cost.vertex.cycles, then.vertex.cycles, name + " vertex");
        expect_near(cost.fragment.instructions, then.fragment.instructions, name + " fragment");
        expect_near(cost.fragment.cycles, then.fragment.cycles, name + " fragment");
    }
    for (const auto& [name, cost] : table->pipelines) {
        EXPECT_TRUE(found.pipelines.contains(name)) << name << " is no longer made" << advice;
    }
}

TEST_F(GpuCost, NoPlaceAsksForMoreThanItDid) {
    const auto table = read_cost_table();
    ASSERT_TRUE(table) << table.error();
    const auto expect = [](double now, double known, const std::string& what) {
        EXPECT_NEAR(now, known, 0.05 * known + 0.05) << what;
    };
    for (std::size_t i = 0; i < known_frames.size(); ++i) {
        const KnownFrame& known = known_frames.at(i);
        const FrameCount& frame = frames.at(i);
        const FrameCount& inked = frames.at(known_frames.size() + i);
        const FrameCount& on_the_rung = frames.at(2 * known_frames.size() + i);
        ASSERT_EQ(frame.place, known.place);
        ASSERT_EQ(on_the_rung.place, known.place);
        expect(frame.fragments() / frame.pixels(), known.fragments_a_pixel, frame.place);
        if (table->driver == found.driver) { // another one's cycles no table knows
            expect(frame_ms(gpu_models[0], costs[0], frame).whole(), known.ms, frame.place);
            expect(frame_ms(gpu_models[0], costs[0], inked).whole(), known.inked_ms,
                   frame.place + " with ink");
            expect(frame_ms(gpu_models[1], costs[1], on_the_rung).whole(), known.portable_ms,
                   frame.place + " on the portable rung");
        }
    }
}

TEST_F(GpuCost, LittleIsShadedThatNobodySees) {
    for (std::size_t i = 0; i < known_frames.size(); ++i) { // in a headset, without ink
        const FrameCount& frame = frames.at(i);
        EXPECT_LE(frame.fragments() / frame.pixels(), 2.5) << frame.place;
        EXPECT_GE(frame.live_leaf(), 0.6) << frame.place;
    }
}

} // namespace
} // namespace haven::gpu_cost
