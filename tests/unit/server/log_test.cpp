#include "server/log.hpp"

#include "server/seldom.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace haven::test {

namespace {

using log::Format;
using log::format_line;
using log::Level;

TEST(Log, JsonLinesHoldTypedValues) {
    EXPECT_EQ(
        format_line(Format::json, Level::info, "request",
                    {{"route", "/v1/sessions"}, {"status", 201}, {"seconds", 0.5}, {"tls", true}}),
        R"("level":"info","event":"request","route":"/v1/sessions",)"
        R"("status":201,"seconds":0.5,"tls":true)");
}

TEST(Log, LogfmtQuotesOnlyWhatNeedsIt) {
    EXPECT_EQ(
        format_line(Format::logfmt, Level::warn, "database_unavailable",
                    {{"why", "it went away"}, {"host", "db.local:5432"}, {"empty", ""}}),
        R"(level=warn event=database_unavailable why="it went away" host=db.local:5432 empty="")");
}

TEST(Log, NoValueCanBeginANewLineOrCloseItsQuotes) {
    for (const Format format : {Format::json, Format::logfmt}) {
        const std::string line = format_line(format, Level::error, "x",
                                             {{"key", "a\n\"b\"\\c\r\x7f"
                                                      "\x1b[31m"}});
        EXPECT_EQ(line.find_first_of("\n\r\x1b\x7f"), std::string::npos);
        EXPECT_TRUE(line.contains(R"("a\u000a\"b\"\\c\u000d\u007f\u001b[31m")")) << line;
    }
}

TEST(Log, NumbersThatAreNoneAreNull) {
    EXPECT_EQ(format_line(Format::json, Level::debug, "x",
                          {{"seconds", std::numeric_limits<double>::quiet_NaN()}}),
              R"("level":"debug","event":"x","seconds":null)");
}

TEST(Log, WhatHappensAThousandTimesIsALineAMinuteThatSaysHowOften) {
    Seldom failures;
    const Seldom::Clock::time_point begin{};
    EXPECT_EQ(failures.happened(begin), 1U);
    for (int i = 1; i < 60; ++i) {
        EXPECT_EQ(failures.happened(begin + std::chrono::seconds(i)), std::nullopt);
    }
    EXPECT_EQ(failures.happened(begin + std::chrono::minutes(1)), 60U);
    EXPECT_EQ(failures.happened(begin + std::chrono::minutes(1)), std::nullopt);
}

TEST(Log, LinesBelowTheLevelAreNotWritten) {
    log::init(Level::warn, Format::json);
    testing::internal::CaptureStderr();
    log::info("quiet");
    log::warn("loud", {{"status", 503}});
    log::shutdown();
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_FALSE(written.contains("quiet"));
    EXPECT_TRUE(written.starts_with(R"({"time":"20)")) << written;
    EXPECT_TRUE(written.ends_with("\"level\":\"warn\",\"event\":\"loud\",\"status\":503}\n"))
        << written;
}

} // namespace

} // namespace haven::test
