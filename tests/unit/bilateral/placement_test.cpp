// The motion trace knows how the place lay around the person.

#include "bilateral/pose_trace.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <span>
#include <variant>
#include <vector>

namespace haven {
namespace {

std::vector<Placement> written_and_read(std::span<const Placement> placements) {
    TraceWriter writer{TraceHeader{}};
    for (const Placement& placement : placements) {
        writer.add(TraceEvent{placement});
    }
    writer.finish();
    const auto trace = decode_trace(writer.take());
    EXPECT_TRUE(trace.has_value());
    std::vector<Placement> read;
    for (const Trace::PlacedEvent& placed : trace.value_or(Trace{}).events) {
        read.push_back(std::get<Placement>(placed.event));
    }
    return read;
}

TEST(PlacementInTheTrace, IsReadAsItWasWritten) {
    const std::vector<Placement> placements{
        {.place_from_tracking_m = {1.5F, 0.0F, -2.25F}, .yaw_rad = 2.5F},
        {.yaw_rad = -3.0F, .reason = Placement::Reason::recentered},
        {.reason = Placement::Reason::place_changed}};
    EXPECT_EQ(written_and_read(placements), placements);
}

TEST(PlacementInTheTrace, IsNeverOneThatAReaderMustRefuse) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    constexpr float far = std::numeric_limits<float>::infinity();
    const std::vector<Placement> placements{
        {.place_from_tracking_m = {nan, 1.0F, far}, .yaw_rad = nan}};
    EXPECT_EQ(written_and_read(placements),
              (std::vector<Placement>{{.place_from_tracking_m = {0.0F, 1.0F, 0.0F}}}));
}

} // namespace
} // namespace haven
