#include "bilateral/stroke.hpp"
#include "net/api/paths.hpp"
#include "net/api/problem.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace haven::api {
namespace {

// ---- times ----

TEST(Time, IsWrittenInUtcToTheMicrosecond) {
    EXPECT_EQ(format_time_us(0), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(format_time_us(1'795'363'592'000'007), "2026-11-22T16:06:32.000007Z");
}

TEST(Time, OffsetsAreTakenToUtc) {
    const auto utc = parse_time_us("2026-11-22T16:06:32.5Z");
    ASSERT_TRUE(utc);
    EXPECT_EQ(parse_time_us("2026-11-22T17:36:32.500+01:30"), utc);
    EXPECT_EQ(parse_time_us("2026-11-21T23:06:32.500000-17:00"), utc);
    EXPECT_EQ(parse_time_us("2026-11-22t16:06:32.5z"), utc);
}

TEST(Time, DigitsBeyondMicrosecondsAreCut) {
    EXPECT_EQ(parse_time_us("1970-01-01T00:00:00.123456789Z"), 123'456);
    EXPECT_EQ(parse_time_us("1970-01-01T00:00:00.1Z"), 100'000);
    EXPECT_EQ(parse_time_us("1970-01-01T00:00:00.1234567890Z"), 123'456);
    EXPECT_EQ(parse_time_us("1970-01-01T00:00:00." + std::string(100, '9') + "z"), 999'999);
}

TEST(Time, LeapSecondIsTheSecondAfterIt) {
    EXPECT_EQ(parse_time_us("2016-12-31T23:59:60Z"), parse_time_us("2017-01-01T00:00:00Z"));
    EXPECT_EQ(parse_time_us("2017-01-01T00:59:60+01:00"), parse_time_us("2017-01-01T00:00:00Z"));
    EXPECT_FALSE(parse_time_us("2016-12-31T22:59:60Z"));
}

TEST(Time, AnythingElseIsRefused) {
    for (const std::string_view text :
         {"", "2026-11-22", "2026-11-22 16:06:32Z", "2026-11-22T16:06:32", "2026-11-22T16:06Z",
          "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z",
          "2026-11-22T16:60:00Z", "2026-11-22T16:06:61Z", "2026-11-22T16:06:32.Z",
          "2026-11-22T16:06:32+0100", "2026-11-22T16:06:32+24:00", "2026-11-22T16:06:32Z ",
          "+026-11-22T16:06:32Z", "9999-12-31T23:59:60Z", "0000-12-31T23:59:59Z",
          "0001-01-01T00:00:00+00:01"}) {
        EXPECT_FALSE(parse_time_us(text)) << text;
    }
}

TEST(Time, WhatIsWrittenIsReadBack) {
    EXPECT_EQ(format_time_us(*parse_time_us("0001-01-01T00:00:00Z")),
              "0001-01-01T00:00:00.000000Z");
    EXPECT_EQ(format_time_us(*parse_time_us("1969-12-31T23:59:59.999999Z")),
              "1969-12-31T23:59:59.999999Z");
    for (TimeUs time_us = -62'135'596'800'000'000; time_us < 253'402'300'800'000'000;
         time_us += 7'654'321'987'654'321) {
        EXPECT_EQ(parse_time_us(format_time_us(time_us)), time_us);
    }
}

// ---- problems ----

TEST(Problem, ComesBackAsItWent) {
    const Problem problem{
        .type = std::string(problem_type::trace_offset),
        .title = "The chunk does not begin where the trace ends",
        .status = 409,
        .detail = "Send from upload_offset.",
        .errors = {{.pointer = "/a~1b", .code = ErrorCode::malformed, .detail = "is \"wrong\""}},
        .upload_offset = 1048576};
    EXPECT_EQ(decode_problem(encode(problem)), problem);
}

TEST(Problem, LeavesOutWhatIsEmpty) {
    EXPECT_EQ(encode(Problem{.title = "No", .status = 404}),
              R"({"type":"about:blank","title":"No","status":404})");
}

TEST(Problem, StrangeMembersDoNotSpoilTheRest) {
    const auto problem = decode_problem(
        R"({"type":7,"title":"T","status":"x","errors":{"a":1},"upload_offset":"y","more":[]})");
    ASSERT_TRUE(problem);
    EXPECT_EQ(*problem, (Problem{.title = "T"}));
    EXPECT_FALSE(decode_problem("<html>"));
    EXPECT_FALSE(decode_problem("[]"));
}

TEST(Problem, IsHavensOnlyWithItsMediaTypeItsTypeAndItsStatus) {
    const std::string body =
        encode(Problem{.type = "/problems/not-found", .title = "No", .status = 404});
    EXPECT_TRUE(haven_problem(404, "application/problem+json", body));
    EXPECT_TRUE(haven_problem(404, "Application/Problem+JSON ; charset=utf-8", body));
    EXPECT_FALSE(haven_problem(404, "application/json", body));
    EXPECT_FALSE(haven_problem(404, "text/html", "<html>not found</html>"));
    EXPECT_FALSE(haven_problem(403, "application/problem+json", body));
    for (const char* type : {"about:blank", "https://gateway.example/problems/not-found",
                             "/problems/out-of-credit", "not-found"}) {
        const Problem other{.type = type, .title = "No", .status = 404};
        EXPECT_FALSE(haven_problem(404, "application/problem+json", encode(other))) << type;
    }
}

// ---- paths ----

TEST(Paths, HoldTheIdInLowerCase) {
    const Uuid id = *parse_uuid("0190163D-8694-739B-AEA5-966C26F8AD91");
    EXPECT_EQ(trace_chunk_path(id, 1048576),
              "/v1/bilateral-drawings/0190163d-8694-739b-aea5-966c26f8ad91/trace/1048576");
    EXPECT_EQ(canvas_path(id, "combined"),
              "/v1/bilateral-drawings/0190163d-8694-739b-aea5-966c26f8ad91/canvases/combined");
}

} // namespace
} // namespace haven::api
