// The motion as a table: what a row says, in which order, and that it comes in pieces.
#include "server/vr/trace_rows.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using vr::TraceRows;

HandSample sample_at(std::int64_t time_us, Hand hand) {
    const float along = static_cast<float>(time_us % 1'000'000) * 1e-6F;
    return snap_to_grid({.time_ns = time_us * 1'000,
                         .hand = hand,
                         .tracked = true,
                         .drawing = time_us % 3 == 0,
                         .pressure = along,
                         .tracking_from_tip = {.position_m = {along, 1.3F, -0.5F}}});
}

std::string finished(TraceWriter& writer) {
    writer.finish();
    const auto bytes = writer.take();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Table {
    std::string text;
    std::size_t pieces = 0;
    std::size_t largest = 0;
};

Table table_of(const std::string& trace) {
    TraceRows rows(trace);
    Table table;
    for (auto piece = rows.next(); true; piece = rows.next()) {
        EXPECT_TRUE(piece) << piece.error();
        if (!piece || !*piece) {
            return table;
        }
        ++table.pieces;
        table.largest = std::max(table.largest, (*piece)->size());
        table.text += **piece;
    }
}

/// Of the rows: "time_us,hand".
std::vector<std::string> order_of(const std::string& text) {
    std::vector<std::string> order;
    for (std::size_t at = text.find("\r\n") + 2; at < text.size();) {
        const std::size_t end = text.find("\r\n", at);
        const std::size_t comma = text.find(',', text.find(',', at) + 1);
        order.push_back(text.substr(at, comma - at));
        at = end + 2;
    }
    return order;
}

TEST(TraceRows, ARowSaysWhatTheSampleIs) {
    TraceWriter writer({});
    writer.add(snap_to_grid({.time_ns = 5'000'000,
                             .hand = Hand::right,
                             .source = InteractionMode::hand_tracking,
                             .tracked = true,
                             .inferred = true,
                             .drawing = true,
                             .pressure = 1.0F,
                             .tracking_from_tip = {.position_m = {-0.12345F, 1.3F, -100.0F}}}));
    writer.add(TraceEvent{Paused{}});
    writer.add(HandSample{.time_ns = 10'000'000, .hand = Hand::left});
    EXPECT_EQ(table_of(finished(writer)).text,
              "time_us,hand,x_m,y_m,z_m,qx,qy,qz,qw,pressure,tracked,inferred,drawing,input\r\n"
              "5000,right,-0.12345,1.30000,-100.00000,0.000000,0.000000,0.000000,1.000000,1.0000,"
              "1,1,1,hand_tracking\r\n"
              "10000,left,,,,,,,,0.0000,0,0,0,controller\r\n");
}

TEST(TraceRows, BothHandsAreInTheOrderOfTimeAcrossItsPieces) {
    TraceWriter writer({});
    std::vector<std::string> expected;
    for (std::int64_t i = 0; i < 40'000; ++i) {
        for (const Hand hand : {Hand::left, Hand::right}) {
            if (hand == Hand::right && i % 7'000 > 4'000) {
                continue; // a hand that rests
            }
            writer.add(sample_at(i * 5'000, hand));
            expected.push_back(
                std::format("{},{}", i * 5'000, hand == Hand::left ? "left" : "right"));
        }
    }
    const Table table = table_of(finished(writer));
    EXPECT_EQ(order_of(table.text), expected);
    EXPECT_GT(table.pieces, 5U);
    EXPECT_LT(table.largest, std::size_t{4} << 20U);
}

TEST(TraceRows, AHandThatIsAwayKeepsNoneOfTheOthersRowsWaitingForLong) {
    TraceWriter writer({});
    for (std::int64_t i = 0; i < 100'000; ++i) {
        writer.add(sample_at(i * 5'000, Hand::left));
    }
    const Table table = table_of(finished(writer));
    EXPECT_EQ(order_of(table.text).size(), 100'000U);
    EXPECT_GT(table.pieces, 8U);
    EXPECT_LT(table.largest, std::size_t{4} << 20U);
}

TEST(TraceRows, ATraceWithoutSamplesIsItsColumnsAlone) {
    TraceWriter writer({});
    EXPECT_EQ(table_of(finished(writer)).text, TraceRows::head);
    EXPECT_FALSE(TraceRows("HVNTRACE").next());
}

} // namespace
} // namespace haven::test
