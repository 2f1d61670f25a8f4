#include "xr_app/frame_stats.hpp"

#include "net/api/limits.hpp"
#include "xr_app/log_histogram.hpp"

#include <gtest/gtest.h>
#include <yyjson.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace haven {
namespace {

constexpr std::int64_t ms = 1'000'000;

std::int64_t exact_percentile(std::vector<std::int64_t> values, double share) {
    std::ranges::sort(values);
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values.at(std::max<std::size_t>(rank, 1) - 1);
}

TEST(LogHistogram, PercentilesAreWithinATwoHundredthOfTheExactOnes) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> spread(16.0, 0.8); // around 9 ms, with a long tail
    LogHistogram histogram;
    std::vector<std::int64_t> values;
    for (int i = 0; i < 20'000; ++i) {
        values.push_back(static_cast<std::int64_t>(spread(random)));
        histogram.add_ns(values.back());
    }
    for (const double share : {0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999}) {
        const auto exact = static_cast<double>(exact_percentile(values, share));
        const auto found = static_cast<double>(histogram.percentile_ns(share));
        EXPECT_NEAR(found, exact, exact * 0.02) << share;
    }
    EXPECT_EQ(histogram.max_ns(), *std::ranges::max_element(values));
    EXPECT_EQ(histogram.percentile_ns(1.0), histogram.max_ns());
}

TEST(LogHistogram, TakesAnyDuration) {
    LogHistogram histogram;
    for (const std::int64_t value : {std::int64_t{-5}, std::int64_t{0}, std::int64_t{999},
                                     std::int64_t{1'000'000'000'000'000}, INT64_MAX}) {
        histogram.add_ns(value);
    }
    EXPECT_EQ(histogram.count(), 5U);
    EXPECT_EQ(histogram.max_ns(), INT64_MAX);
    EXPECT_GE(histogram.percentile_ns(0.5), 0);
}

TEST(LogHistogram, IsEmptyAtFirst) {
    const LogHistogram histogram;
    EXPECT_EQ(histogram.percentile_ns(0.5), 0);
    EXPECT_EQ(histogram.mean_ns(), 0.0);
}

FrameTiming frame_at(std::int64_t time_ms, std::int64_t cpu_ms = 1, std::int64_t gpu_ms = 2) {
    return {.display_time_ns = time_ms * ms,
            .display_period_ns = 10 * ms,
            .cpu_ns = cpu_ms * ms,
            .gpu_ns = gpu_ms * ms,
            .prediction_ns = 30 * ms};
}

TEST(FrameStats, DroppedFramesAreBlamedOnWhatWasLate) {
    FrameStats stats;
    stats.add(frame_at(0));
    stats.add(frame_at(10, 25)); // our own work took 25 ms of 10
    stats.add(frame_at(40, 1, 15));
    stats.add(frame_at(60));
    stats.add(frame_at(80));
    EXPECT_EQ(stats.dropped().cpu, 2U);
    EXPECT_EQ(stats.dropped().gpu, 1U);
    EXPECT_EQ(stats.dropped().runtime, 1U);
    EXPECT_EQ(stats.dropped().total(), 4U);
}

TEST(FrameStats, JitterIsNoDroppedFrame) {
    FrameStats stats;
    for (const std::int64_t time : {0, 11, 19, 33, 40}) {
        stats.add(frame_at(time));
    }
    EXPECT_EQ(stats.dropped().total(), 0U);
}

TEST(FrameStats, APauseIsNoDroppedFrame) {
    FrameStats stats;
    stats.add(frame_at(0));
    stats.interrupt();
    stats.add(frame_at(5000));
    stats.add(frame_at(5010));
    EXPECT_EQ(stats.dropped().total(), 0U);
    EXPECT_NEAR(stats.fps(), 100.0, 1e-9);
    EXPECT_EQ(stats.frames(), 3U);
}

struct Document {
    explicit Document(const std::string& text)
        : parsed(yyjson_read(text.data(), text.size(), 0), &yyjson_doc_free) {}
    [[nodiscard]] yyjson_val* at(const char* pointer) const {
        return yyjson_doc_ptr_get(parsed.get(), pointer);
    }
    std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> parsed;
};

TEST(FrameStats, TimesThatMisbehaveMakeNoNumberThatIsNotTrue) {
    constexpr std::int64_t hour = 3'600'000 * ms;
    FrameStats stats;
    std::int64_t at = 100 * hour;
    const auto frame = [&](std::int64_t display_time_ns, std::int64_t period_ns = 10 * ms,
                           std::int64_t prediction_ns = 20 * ms) {
        stats.add({.display_time_ns = display_time_ns,
                   .display_period_ns = period_ns,
                   .cpu_ns = 2 * ms,
                   .prediction_ns = prediction_ns});
    };
    for (int i = 0; i < 50; ++i) {
        frame(at += 10 * ms);
    }
    for (const std::int64_t nonsense :
         {at + 5 * hour, at - 5 * hour, std::int64_t{0}, -at, INT64_MIN, INT64_MAX}) {
        frame(nonsense, 10 * ms, nonsense);
        frame(at += 10 * ms);
        frame(at += 10 * ms);
    }
    for (const std::int64_t period : {std::int64_t{0}, -10 * ms, std::int64_t{1}, INT64_MAX}) {
        frame(at += 10 * ms, period);
    }
    EXPECT_NEAR(stats.fps(), 100.0, 1.0);
    EXPECT_EQ(stats.dropped().total(), 0U);
    const std::string json = stats.to_json({});
    EXPECT_FALSE(json.contains("e+")) << json;
    EXPECT_FALSE(json.contains("-")) << json;
}

TEST(FrameStats, MetricsDocumentHasWhatFormatOnePromises) {
    FrameStats stats;
    for (int i = 0; i < 100; ++i) {
        stats.add(frame_at(10 * i));
    }
    const Document document(stats.to_json({.runtime = "a \"runtime\"",
                                           .system = "s",
                                           .refresh_rate_hz = 90.0F,
                                           .tracking_losses = 3}));
    ASSERT_NE(document.parsed, nullptr);
    EXPECT_EQ(yyjson_get_int(document.at("/format")), 1);
    EXPECT_EQ(yyjson_get_int(document.at("/frames")), 100);
    EXPECT_NEAR(yyjson_get_num(document.at("/fps")), 100.0, 0.01);
    for (const char* const group : {"frame_ms", "cpu_ms", "gpu_ms", "prediction_ms"}) {
        for (const char* const part : {"p50", "p95", "p99", "max"}) {
            const std::string pointer = "/" + std::string(group) + "/" + part;
            EXPECT_TRUE(yyjson_is_num(document.at(pointer.c_str()))) << pointer;
        }
    }
    EXPECT_NEAR(yyjson_get_num(document.at("/frame_ms/p50")), 10.0, 0.2);
    EXPECT_NEAR(yyjson_get_num(document.at("/latency_estimate_ms")), 30.0, 0.5);
    EXPECT_EQ(yyjson_get_int(document.at("/dropped_frames/total")), 0);
    EXPECT_EQ(yyjson_get_int(document.at("/tracking_losses")), 3);
    EXPECT_STREQ(yyjson_get_str(document.at("/runtime")), "a \"runtime\"");
    EXPECT_TRUE(yyjson_is_arr(document.at("/quality_steps")));
}

TEST(FrameStats, WhatARuntimeOrADriverSaysEmptiesNoDocument) {
    FrameSystem system{.runtime = "cut off \xE2\x82",
                       .system = "Br\xC3\xBC"
                                 "cke",
                       .refresh_rate_hz = 90.0F};
    system.gpu = "\xFF\xC0\x80";
    system.note(FrameSystem::QualityChange{
        .at_s = 1.0, .step = {.gpu_p95_ms = std::numeric_limits<float>::infinity()}});
    const Document document(FrameStats{}.to_json(system));
    ASSERT_NE(document.parsed, nullptr);
    EXPECT_STREQ(yyjson_get_str(document.at("/runtime")), "cut off \xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_STREQ(yyjson_get_str(document.at("/system")), "Br\xC3\xBC"
                                                         "cke");
    EXPECT_STREQ(yyjson_get_str(document.at("/gpu")), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_TRUE(yyjson_is_null(document.at("/quality_steps/0/gpu_p95_ms")));
}

TEST(FrameStats, AnotherSpaceAndAnotherRateAreKeptFromWhenTheyCame) {
    FrameSystem system;
    for (int frame = 0; frame < 90; ++frame) {
        system.note_headset(0.1 * frame, frame < 30 ? "local_floor" : "stage",
                            frame < 60 ? 90.0F : 72.0F);
    }
    ASSERT_EQ(system.headset_states.size(), 3U);
    const Document document(FrameStats{}.to_json(system));
    EXPECT_STREQ(yyjson_get_str(document.at("/headset_states/0/reference_space")), "local_floor");
    EXPECT_STREQ(yyjson_get_str(document.at("/headset_states/1/reference_space")), "stage");
    EXPECT_NEAR(yyjson_get_num(document.at("/headset_states/1/from_s")), 3.0, 1e-9);
    EXPECT_NEAR(yyjson_get_num(document.at("/headset_states/2/from_s")), 6.0, 1e-9);
    EXPECT_NEAR(yyjson_get_num(document.at("/headset_states/2/refresh_rate_hz")), 72.0, 1e-9);
    EXPECT_STREQ(yyjson_get_str(document.at("/reference_space")), "stage");
    EXPECT_NEAR(yyjson_get_num(document.at("/refresh_rate_hz")), 72.0, 1e-9);
}

TEST(FrameStats, TheLongestDocumentIsOneThatAServerTakes) {
    FrameSystem system{.runtime = std::string(128, 'r'), .system = std::string(256, 's')};
    for (int i = 0; i < 10'000; ++i) {
        system.note(FrameSystem::QualityChange{.at_s = 1e6 + i / 3.0});
        system.note_headset(1e6 + i / 3.0, "local_floor", 72.0F + 0.3F * static_cast<float>(i));
        system.note(PlaceVisit{.environment_id = std::string(api::environment_id_length_max, 'e'),
                               .environment_config_json =
                                   R"({"format":1,"audio":")" + std::string(1024, 'a') + R"("})",
                               .from_s = 1e6 + i / 3.0});
    }
    EXPECT_EQ(system.places.size(), FrameSystem::places_max);
    EXPECT_EQ(system.headset_states.size(), FrameSystem::headset_states_max);
    const std::string document = FrameStats{}.to_json(system);
    // The body is the document in a member of one object.
    EXPECT_LT(document.size() + 1024, api::metrics_body_bytes_max);
}

TEST(FrameStats, WhatWasNotMeasuredIsNull) {
    const Document document(FrameStats{}.to_json({}));
    for (const char* const pointer :
         {"/frame_ms", "/gpu_ms", "/prediction_ms", "/latency_estimate_ms", "/refresh_rate_hz"}) {
        EXPECT_TRUE(yyjson_is_null(document.at(pointer))) << pointer;
    }
}

} // namespace
} // namespace haven
