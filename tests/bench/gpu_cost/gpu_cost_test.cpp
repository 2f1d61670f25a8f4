#include "tests/bench/gpu_cost/cost_table.hpp"
#include "tests/bench/gpu_cost/null_gpu.hpp"
#include "tests/bench/gpu_cost/places.hpp"
#include "tests/bench/gpu_cost/tap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>

namespace haven::gpu_cost {
namespace {

/// Every pipeline of every place, made by the renderer on whatever device is here and compiled
/// again by Mesa's compiler for a GPU that is not.
class GpuCost : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        {
            const auto places = load_places();
            ASSERT_TRUE(places) << places.error();
            const auto headless = make_renderer(64, 64);
            ASSERT_TRUE(headless) << headless.error();
            for (const auto& place : *places) {
                ASSERT_TRUE((*headless)->renderer().set_scene(place.scene())) << place.id();
            }
        }
        const auto compiler = NullGpu::create("navi23");
        ASSERT_TRUE(compiler) << compiler.error();
        found_.driver = (*compiler)->driver();
        for (const Recipe& recipe : recipes()) {
            const auto cost = (*compiler)->compile(recipe);
            ASSERT_TRUE(cost) << cost.error();
            found_.pipelines.emplace(recipe.name(), *cost);
        }
    }
    static void TearDownTestSuite() { found_ = {}; }

    static inline CostTable found_;
};

constexpr const char* advice = "; if it is meant: ./haven bench gpu-cost --write-table";

void expect_near(std::uint64_t now, std::uint64_t then, const std::string& what) {
    const double least = 0.95 * static_cast<double>(then) - 2.0;
    const double most = 1.05 * static_cast<double>(then) + 2.0;
    EXPECT_GE(static_cast<double>(now), least) << what << advice;
    EXPECT_LE(static_cast<double>(now), most) << what << advice;
}

TEST_F(GpuCost, NoPipelineSpillsOrTakesManyRegisters) {
    ASSERT_GT(found_.pipelines.size(), 20U);
    for (const auto& [name, cost] : found_.pipelines) {
        EXPECT_EQ(cost.vertex.spills + cost.fragment.spills, 0U) << name;
        const bool heavy = name.contains("foliage") || name.contains("water");
        EXPECT_LE(cost.fragment.vgprs, heavy ? 64U : 48U) << name;
        EXPECT_LE(cost.vertex.vgprs, 64U) << name;
    }
}

TEST_F(GpuCost, EveryPipelineCostsWhatTheTableSays) {
    const auto table = read_cost_table();
    ASSERT_TRUE(table) << table.error();
    if (table->driver != found_.driver) {
        GTEST_SKIP() << "the table is of " << table->driver << ", here is " << found_.driver;
    }
    for (const auto& [name, cost] : found_.pipelines) {
        const auto known = table->pipelines.find(name);
        ASSERT_TRUE(known != table->pipelines.end()) << name << " is not in the table" << advice;
        const PipelineCost& then = known->second;
        expect_near(cost.vertex.instructions, then.vertex.instructions, name + " vertex");
        expect_near(cost.vertex.cycles, then.vertex.cycles, name + " vertex");
        expect_near(cost.fragment.instructions, then.fragment.instructions, name + " fragment");
        expect_near(cost.fragment.cycles, then.fragment.cycles, name + " fragment");
    }
    for (const auto& [name, cost] : table->pipelines) {
        EXPECT_TRUE(found_.pipelines.contains(name)) << name << " is no longer made" << advice;
    }
}

} // namespace
} // namespace haven::gpu_cost
