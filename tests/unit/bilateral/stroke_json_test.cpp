#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/uuid_v7.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <glm/geometric.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace haven {
namespace {

Stroke small_stroke(std::uint32_t number) {
    const Uuid drawing = testing::recording_start().drawing_id;
    Stroke stroke;
    stroke.id = stroke_id(drawing, Hand::left, number, false);
    stroke.brush = {.colour_linear = {0.8F, 0.25F, 0.0F}, .width_m = 0.006F};
    stroke.points = {
        {.time_ns = 20'000'000, .position_m = {-0.2F, 1.3F, -0.5F}, .pressure = 1.0F},
        {.time_ns = 520'000'000, .position_m = {-0.1F, 1.2F, -0.5F}, .pressure = 0.0F}};
    return stroke;
}

Stroke curve(std::uint32_t number, std::int64_t frames, double tremor_m = 0.0) {
    Stroke stroke = small_stroke(number);
    stroke.points.clear();
    const testing::ScriptedMotion motion{.tremor_m = tremor_m};
    for (std::int64_t frame = 0; frame < frames; ++frame) {
        const HandSample s = motion.sample(Hand::left, frame);
        stroke.points.push_back({.time_ns = s.time_ns,
                                 .position_m = s.tracking_from_tip.position_m,
                                 .pressure = s.pressure});
    }
    return stroke;
}

const std::string small_json =
    R"({"format":"haven.ink","hand":"left","strokes":[{"colour":[0.8,0.25,0],"end":"released",)"
    R"("id":"018f3a4b-1c2d-7000-8000-a03fe11df79b","pressure":[255,0],"t_ms":[20,500],)"
    R"("width_um":6000,"x":[-2000,1000],"y":[13000,-1000],"z":[-5000,0]}],"version":1})";

TEST(InkJson, IsWrittenAsItsFormatSays) {
    EXPECT_EQ(encode_ink(Hand::left, std::vector{small_stroke(0)}), small_json);
    EXPECT_EQ(encode_ink(Hand::right, {}),
              R"({"format":"haven.ink","hand":"right","strokes":[],"version":1})");
}

TEST(InkJson, ReadsWhatItWrites) {
    Stroke copy = small_stroke(1);
    copy.derived_from = small_stroke(0).id;
    copy.end = StrokeEnd::tracking_lost;
    const std::vector strokes{small_stroke(0), copy};
    const auto document = decode_ink(encode_ink(Hand::left, strokes), Hand::left);
    ASSERT_TRUE(document) << document.error().pointer << " " << document.error().detail;
    EXPECT_EQ(document->strokes, strokes);
}

TEST(InkJson, TheOrderOfMembersMeansNothing) {
    const auto document = decode_ink(
        R"({"version":1,"strokes":[{"id":"018f3a4b-1c2d-7000-8000-a03fe11df79b","y":[13000,-1000],)"
        R"("colour":[0.8,0.25,0],"width_um":6000,"t_ms":[20,500],"x":[-2000,1000],)"
        R"("z":[-5000,0],"pressure":[255,0],"end":"released"}],"hand":"left",)"
        R"("format":"haven.ink"})");
    ASSERT_TRUE(document) << document.error().pointer << " " << document.error().detail;
    EXPECT_EQ(document->strokes, std::vector{small_stroke(0)});
}

TEST(InkJson, DecodedAndEncodedAgainItIsTheSameToTheByte) {
    const std::string json =
        encode_ink(Hand::left, std::vector{curve(0, 2'000, 0.003), curve(1, 70)});
    const auto document = decode_ink(json);
    ASSERT_TRUE(document);
    EXPECT_EQ(encode_ink(*document), json);
}

TEST(InkJson, JoinedStrokesAreTheDocumentToTheByte) {
    const std::vector strokes{curve(0, 500), small_stroke(1), curve(2, 90)};
    std::vector<std::string> parts;
    for (const Stroke& stroke : strokes) {
        parts.push_back(encode_ink_stroke(stroke));
    }
    std::vector<WrittenStroke> written;
    for (const std::string& part : parts) {
        written.push_back({.json = part});
    }
    EXPECT_EQ(join_ink(Hand::left, written), encode_ink(Hand::left, strokes));
}

TEST(InkJson, WhatWasTakenBackIsMarkedAndNeedsVersionTwo) {
    std::vector strokes{small_stroke(0), small_stroke(1), curve(2, 90)};
    strokes[1].removed_ms = 4'321;
    const std::string json = encode_ink(Hand::left, strokes);
    EXPECT_NE(json.find(R"("pressure":[255,0],"removed_ms":4321,"t_ms":[20,500])"),
              std::string::npos);
    EXPECT_TRUE(json.ends_with(R"(],"version":2})"));
    const auto document = decode_ink(json, Hand::left);
    ASSERT_TRUE(document) << document.error().pointer << " " << document.error().detail;
    EXPECT_EQ(document->strokes[1], strokes[1]);
    EXPECT_EQ(encode_ink(*document), json);
    EXPECT_EQ(read_written_ink(json, Hand::left), document->strokes);

    // As the outbox keeps them: each written while it was there.
    std::vector<std::string> parts;
    for (Stroke stroke : strokes) {
        stroke.removed_ms.reset();
        parts.push_back(encode_ink_stroke(stroke));
    }
    const std::vector<WrittenStroke> written{
        {.json = parts[0]}, {.json = parts[1], .removed_ms = 4'321}, {.json = parts[2]}};
    EXPECT_EQ(join_ink(Hand::left, written), json);
}

TEST(InkJson, ADocumentOfVersionTwoInWhichAllIsThereIsReadAndWrittenAsVersionOne) {
    std::string json = small_json;
    json.replace(json.find(R"("version":1)"), 11, R"("version":2)");
    const auto document = decode_ink(json);
    ASSERT_TRUE(document);
    EXPECT_EQ(encode_ink(*document), small_json);
    EXPECT_FALSE(read_written_ink(json, Hand::left)) << "Haven does not write it so";
}

TEST(InkJson, MembersOfANewerWriterSurviveARoundTrip) {
    std::string json = small_json;
    json.insert(json.find(R"(,"end")"), R"(,"tilt":[1,{"a\"/b":null}],"grain":"\u00e9\n")");
    json.insert(json.size() - 1, R"(,"room":{"x":1.5})");
    const auto document = decode_ink(json);
    ASSERT_TRUE(document) << document.error().detail;
    const std::string again = encode_ink(*document);
    EXPECT_NE(again.find(R"("tilt":[1,{"a\"/b":null}])"), std::string::npos) << again;
    EXPECT_NE(again.find(R"("room":{"x":1.5})"), std::string::npos) << again;
    const auto twice = decode_ink(again);
    ASSERT_TRUE(twice);
    EXPECT_EQ(*twice, *document);
    EXPECT_EQ(encode_ink(*twice), again);
}

double distance_to_segment(const glm::dvec3& p, const glm::dvec3& a, const glm::dvec3& b) {
    const glm::dvec3 along = b - a;
    const double squares = glm::dot(along, along);
    const double at = squares > 0.0 ? std::clamp(glm::dot(p - a, along) / squares, 0.0, 1.0) : 0.0;
    return glm::distance(p, a + along * at);
}

/// Each point that was drawn against the line of the document between the kept points around it.
void expect_told(const Stroke& drawn, const Stroke& stored) {
    const auto kept = simplified_points(drawn.points);
    ASSERT_EQ(kept.size(), stored.points.size());
    ASSERT_EQ(kept.front(), 0U);
    ASSERT_EQ(kept.back(), drawn.points.size() - 1);
    for (std::size_t segment = 0; segment + 1 < kept.size(); ++segment) {
        const StrokePoint& a = stored.points[segment];
        const StrokePoint& b = stored.points[segment + 1];
        for (std::size_t i = kept[segment] + 1; i < kept[segment + 1]; ++i) {
            const StrokePoint& p = drawn.points[i];
            ASSERT_LE(distance_to_segment(p.position_m, a.position_m, b.position_m), 0.000501) << i;
            const double at = std::clamp(static_cast<double>(p.time_ns - a.time_ns) /
                                             static_cast<double>(b.time_ns - a.time_ns),
                                         0.0, 1.0);
            const glm::dvec3 timed = glm::dvec3{a.position_m} +
                                     at * (glm::dvec3{b.position_m} - glm::dvec3{a.position_m});
            ASSERT_LE(glm::distance(timed, glm::dvec3{p.position_m}), 0.005001) << i;
            const double pressure =
                a.pressure + at * (static_cast<double>(b.pressure) - a.pressure);
            ASSERT_LE(std::abs(pressure - p.pressure), 4.0 / 255.0 + 1e-6) << i;
        }
    }
}

TEST(InkSimplification, EveryDrawnPointIsToldWithinHalfAMillimetre) {
    for (const double tremor_m : {0.0, 0.0004, 0.003}) {
        const Stroke drawn = curve(0, 3'000, tremor_m);
        const auto document = decode_ink(encode_ink(Hand::left, std::vector{drawn}));
        ASSERT_TRUE(document);
        expect_told(drawn, document->strokes[0]);
    }
}

TEST(InkSimplification, KeepsFewPointsOfASmoothCurveAndTwoOfALine) {
    const Stroke smooth = curve(0, 3'000);
    EXPECT_LT(simplified_points(smooth.points).size(), smooth.points.size() / 4);
    Stroke line = small_stroke(0);
    line.points.clear();
    for (std::int64_t i = 0; i < 900; ++i) {
        line.points.push_back({.time_ns = i * 11'000'000,
                               .position_m = {static_cast<float>(i) * 0.001F, 1.0F, 0.0F},
                               .pressure = 0.5F});
    }
    EXPECT_EQ(simplified_points(line.points).size(), 2U);
}

TEST(InkSimplification, KeepsAPauseInTimeAndAChangeOfPressure) {
    Stroke line = small_stroke(0);
    line.points.clear();
    for (std::int64_t i = 0; i < 300; ++i) {
        const auto moved = static_cast<float>(i < 100 ? i : (i < 200 ? 100 : i - 100));
        line.points.push_back({.time_ns = i * 11'000'000,
                               .position_m = {moved * 0.002F, 1.0F, 0.0F},
                               .pressure = i == 250 ? 1.0F : 0.5F});
    }
    const auto kept = simplified_points(line.points);
    EXPECT_GE(kept.size(), 4U);
    EXPECT_TRUE(std::ranges::contains(kept, 250U));
    expect_told(line, decode_ink(encode_ink(Hand::left, std::vector{line}))->strokes[0]);
}

TEST(InkSimplification, TimeIsBoundedForAZigzagThatDefeatsIt) {
    Stroke zigzag = small_stroke(0);
    zigzag.points.clear();
    for (std::int64_t i = 0; i < 5'000; ++i) {
        const float height = static_cast<float>(i % 2) * 0.001F * static_cast<float>(1 + i % 512);
        zigzag.points.push_back({.time_ns = i * 11'000'000,
                                 .position_m = {static_cast<float>(i) * 0.0002F, height, 0.0F},
                                 .pressure = 0.5F});
    }
    EXPECT_GT(simplified_points(zigzag.points).size(), 2'500U);
}

TEST(InkJson, WhatIsOutOfBoundsIsClampedWhenWritten) {
    Stroke stroke = small_stroke(0);
    stroke.points[0].position_m = {1e30F, -1e30F, std::numeric_limits<float>::quiet_NaN()};
    stroke.points[0].pressure = 7.0F;
    stroke.points[0].time_ns = -5;
    stroke.brush.width_m = 3.0F;
    stroke.brush.colour_linear = {-1.0F, 2.0F, std::numeric_limits<float>::quiet_NaN()};
    const auto document = decode_ink(encode_ink(Hand::left, std::vector{stroke}));
    ASSERT_TRUE(document) << document.error().pointer << " " << document.error().detail;
    EXPECT_EQ(document->strokes[0].points[0].position_m.x, 100.0F);
}

TEST(InkJson, WhenAStrokeWasTakenBackIsATime) {
    Stroke stroke = small_stroke(0);
    stroke.removed_ms = InkLimits::removed_ms_max + 5;
    const std::string json = encode_ink(Hand::left, std::vector{stroke});
    ASSERT_TRUE(decode_ink(json));
    for (const std::string_view wrong : {"2147483649", "-1", "null", "\"4\"", "4.5"}) {
        std::string other = json;
        other.replace(other.find("2147483648"), 10, wrong);
        const auto document = decode_ink(other);
        ASSERT_FALSE(document) << wrong;
        EXPECT_EQ(document.error().pointer, "/strokes/0/removed_ms");
        EXPECT_FALSE(read_written_ink(other, Hand::left));
    }
}

struct Fault {
    std::string_view replace;
    std::string_view with;
    std::string_view pointer;
};

class InkJsonFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(InkJsonFaults, AreRefusedAtTheirPlace) {
    const Fault& fault = GetParam();
    std::string json = small_json;
    const auto place = json.find(fault.replace);
    ASSERT_NE(place, std::string::npos);
    json.replace(place, fault.replace.size(), fault.with);
    const auto document = decode_ink(json, Hand::left);
    ASSERT_FALSE(document) << json;
    EXPECT_FALSE(read_written_ink(json, Hand::left)) << json;
    EXPECT_EQ(document.error().pointer, fault.pointer) << document.error().detail;
    EXPECT_FALSE(document.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Each, InkJsonFaults,
    ::testing::Values(
        Fault{"haven.ink", "haven.oil", "/format"},
        Fault{R"("version":1)", R"("version":3)", "/version"},
        Fault{R"("t_ms")", R"("removed_ms":4,"t_ms")", "/strokes/0/removed_ms"},
        Fault{R"("version":1)", R"("version":1.5)", "/version"},
        Fault{R"(,"version":1)", "", "/version"}, Fault{R"("left")", R"("right")", "/hand"},
        Fault{R"("left")", R"("both")", "/hand"}, Fault{R"("left")", "7", "/hand"},
        Fault{R"("strokes")", R"("Strokes")", "/strokes"},
        Fault{R"("strokes":[)", R"("strokes":[3,)", "/strokes/0"},
        Fault{R"("hand")", R"("version":1,"hand")", "/version"},
        Fault{R"("end")", R"("a/b~c":1,"a/b~c":2,"end")", "/strokes/0/a~1b~0c"},
        Fault{"018f3a4b-1c2d", "018f3a4b+1c2d", "/strokes/0/id"},
        Fault{R"("colour")", R"("derived_from":"018f3a4b-1c2d-7000-8000-a03fe11df79b","colour")",
              "/strokes/0/derived_from"},
        Fault{"[0.8,0.25,0]", "[0.8,0.25]", "/strokes/0/colour"},
        Fault{"[0.8,0.25,0]", "[0.8,1.01,0]", "/strokes/0/colour/1"},
        Fault{"[0.8,0.25,0]", R"([0.8,0.25,"0"])", "/strokes/0/colour/2"},
        Fault{"6000", "0", "/strokes/0/width_um"}, Fault{"6000", "100001", "/strokes/0/width_um"},
        Fault{"6000", "true", "/strokes/0/width_um"}, Fault{"released", "over", "/strokes/0/end"},
        Fault{"[20,500]", "[-1,500]", "/strokes/0/t_ms/0"},
        Fault{"[20,500]", "[20,-1]", "/strokes/0/t_ms/1"},
        Fault{"[20,500]", "[20,2147483648]", "/strokes/0/t_ms/1"},
        Fault{"[-2000,1000]", "[-2000]", "/strokes/0/x"},
        Fault{"[-2000,1000]", "[-2000,1000,1]", "/strokes/0/x"},
        Fault{"[-2000,1000]", "[-2000,1000.5]", "/strokes/0/x/1"},
        Fault{"[-2000,1000]", "[-1000001,0]", "/strokes/0/x/0"},
        Fault{"[13000,-1000]", "[13000,990000]", "/strokes/0/y/1"},
        Fault{"[13000,-1000]", "[9223372036854775807,9223372036854775807]", "/strokes/0/y/0"},
        Fault{"[13000,-1000]", "null", "/strokes/0/y"},
        Fault{R"(,"z":[-5000,0])", "", "/strokes/0/z"},
        Fault{"[255,0]", "[256,0]", "/strokes/0/pressure/0"},
        Fault{"[255,0]", "[255,-1]", "/strokes/0/pressure/1"}, Fault{"]}],", "]},", ""}));

TEST(InkJson, IdsAreUnique) {
    const auto document = decode_ink(
        encode_ink(Hand::left, std::vector{small_stroke(3), small_stroke(4), small_stroke(3)}));
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().pointer, "/strokes/2/id");
}

TEST(InkJson, ACopyOfACopyIsRefused) {
    std::vector strokes{small_stroke(0), small_stroke(1), small_stroke(2)};
    strokes[1].derived_from = strokes[0].id;
    strokes[2].derived_from = strokes[1].id;
    const auto document = decode_ink(encode_ink(Hand::left, strokes));
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().pointer, "/strokes/2/derived_from");
}

TEST(InkJson, ADocumentOfTooManyStrokesOrTooDeepIsRefused) {
    // As in a document, but of one point each and with ids made by counting, so that the test is
    // quick.
    const auto json_of = [](std::size_t count) {
        std::string json = R"({"format":"haven.ink","hand":"left","strokes":[)";
        for (std::size_t i = 0; i < count; ++i) {
            const std::string number = std::to_string(100'000 + i);
            json += (i > 0 ? "," : "") + std::string{R"({"colour":[0,0,0],"end":"released",)"} +
                    R"("id":"018f3a4b-1c2d-7000-8000-a03fe1)" + number +
                    R"(","pressure":[0],"t_ms":[0],"width_um":1,"x":[0],"y":[0],"z":[0]})";
        }
        return json + R"(],"version":1})";
    };
    EXPECT_TRUE(decode_ink(json_of(InkLimits::strokes_max)));
    EXPECT_TRUE(read_written_ink(json_of(InkLimits::strokes_max), Hand::left));
    EXPECT_EQ(decode_ink(json_of(InkLimits::strokes_max + 1)).error().pointer, "/strokes");
    EXPECT_FALSE(read_written_ink(json_of(InkLimits::strokes_max + 1), Hand::left));
    std::string deep = small_json;
    deep.insert(1, R"("deep":)" + std::string(70, '[') + std::string(70, ']') + ",");
    EXPECT_FALSE(decode_ink(deep));
}

TEST(InkJson, WhatHavenWritesIsReadInOnePassAsTheStrictReaderReadsIt) {
    std::mt19937 engine{7};
    Stroke copy = small_stroke(1);
    copy.derived_from = small_stroke(0).id;
    copy.removed_ms = 1'234;
    const std::string written = encode_ink(Hand::left, std::vector{small_stroke(0), copy});
    int taken = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string json = written;
        for (auto edits = engine() % 3; edits > 0; --edits) {
            json[engine() % json.size()] = "0123456789-.,[]"[engine() % 15];
        }
        if (const auto strokes = read_written_ink(json, Hand::left)) {
            const auto document = decode_ink(json, Hand::left);
            ASSERT_TRUE(document) << json;
            ASSERT_EQ(*strokes, document->strokes) << json;
            ++taken;
        }
    }
    EXPECT_GT(taken, 15'000);
    EXPECT_FALSE(read_written_ink(written, Hand::right));
    EXPECT_FALSE(read_written_ink(written + " ", Hand::left)) << "that is another spelling";
}

TEST(InkJson, DamagedTextNeverCrashes) {
    std::mt19937 engine{3};
    for (int i = 0; i < 20'000; ++i) {
        std::string json = small_json;
        for (auto edits = 1 + engine() % 3; edits > 0; --edits) {
            json[engine() % json.size()] = static_cast<char>(engine() % 256);
        }
        json.resize(engine() % 4 == 0 ? engine() % json.size() : json.size());
        if (const auto document = decode_ink(json)) {
            ASSERT_TRUE(decode_ink(encode_ink(*document))) << json;
        }
    }
}

} // namespace
} // namespace haven
