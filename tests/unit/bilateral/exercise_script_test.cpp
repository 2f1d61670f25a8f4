// The scripts of guided sessions: those that ship, and what no script may be.

#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "tests/unit/bilateral/exercise_fixture.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haven::exercise {
namespace {

using testing::script;
using testing::script_text;

std::int64_t usual_s(const Script& script) {
    std::int64_t sum_ms = 0;
    for (const Phase& phase : script.phases) {
        sum_ms += phase.waits() ? 0 : phase.usual_ms;
    }
    return sum_ms / 1000;
}

TEST(Scripts, ThatShipAreAsLongAsTheyShouldBe) {
    EXPECT_GE(usual_s(script()), 12 * 60);
    EXPECT_LE(usual_s(script()), 20 * 60);
    EXPECT_LE(usual_s(script("bilateral_drawing_short")), 3 * 60);
}

TEST(Scripts, ThatShipCanBeDoneSeatedAndInPeace) {
    for (const char* const id : {"bilateral_drawing", "bilateral_drawing_short"}) {
        const Script shipped = script(id);
        EXPECT_EQ(shipped.id, id);
        EXPECT_EQ(shipped.technique, "bilateral_drawing");
        for (const Phase& phase : shipped.phases) {
            EXPECT_EQ(phase.skippable, phase.kind != PhaseKind::consent) << phase.id;
            for (const Target& target : phase.targets) {
                EXPECT_LE(target.pace_hz, 0.5F) << phase.id;
                EXPECT_LE(reach_m(target), 0.6F) << phase.id;
            }
        }
    }
}

TEST(Scripts, OfTheWholeExerciseHaveItsPhases) {
    std::vector<std::string> ids;
    for (const Phase& phase : script().phases) {
        ids.push_back(phase.id);
    }
    EXPECT_EQ(ids, (std::vector<std::string>{"consent", "rating_before", "grounding", "arm_circles",
                                             "free_scribble", "mirror_drawing", "figure_eight",
                                             "opposing_pattern", "look_and_title", "closing",
                                             "rating_after"}));
}

/// The shipped script with one place of its text changed.
std::string changed(std::string_view from, std::string_view to) {
    std::string text = script_text("bilateral_drawing");
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

struct Bad {
    std::string from, to, pointer, detail;
};

class BadScript : public ::testing::TestWithParam<Bad> {};

TEST_P(BadScript, IsRefusedWithThePlace) {
    const auto& [from, to, pointer, detail] = GetParam();
    const auto read = read_script(changed(from, to));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().pointer, pointer);
    EXPECT_TRUE(read.error().detail.contains(detail)) << read.error().detail;
    EXPECT_EQ(read.error().line, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Members, BadScript,
    ::testing::Values(
        Bad{R"("format": 1)", R"("format": 2)", "/format", "must be 1"},
        Bad{R"("version": 1,)", "", "/version", "is missing"},
        Bad{R"("version": 1)", R"("version": "1")", "/version", "must be a number"},
        Bad{R"("turn_s": 30)", R"("turn_s": 30, "speed": 2)", "/speed", "is not known here"},
        Bad{R"("turn_s": 30)", R"("turn_s": 30, "turn_s": 30)", "/turn_s", "appears twice"},
        Bad{R"("turn_s": 30)", R"("turn_s": 1e300)", "/turn_s", "must be a number"},
        Bad{R"("turn_s": 30)", R"("turn_s": 30, "a/b~": 1)", "/a~1b~0", "is not known here"},
        Bad{R"("after_s": 1200)", R"("after_s": 1201)", "/break/after_s", "from 300 to 1200"},
        Bad{R"("id": "bilateral_drawing")", R"("id": "Bilateral")", "/id", "small letters"},
        Bad{R"({"prompt": "grounding"})", R"({"prompt": "Breathe in."})",
            "/phases/2/prompts/0/prompt", "small letters"},
        Bad{R"([{"prompt": "grounding"}])", "[]", "/phases/2/prompts", "array of 1 to 16"},
        Bad{R"([{"prompt": "grounding"}])", R"([{"prompt": "grounding", "at_s": 2}])",
            "/phases/2/prompts", "must begin at 0 s"},
        Bad{R"("prompt": "arm_circles_one_hand", "hands": "one")",
            R"("prompt": "arm_circles_one_hand", "hands": "both")", "/phases/3/prompts",
            "for one hand and for both"},
        Bad{R"("kind": "guided")", R"("kind": "dance")", "/phases/2/kind",
            "consent, rating, guided, title, closing"},
        Bad{R"("moment": "before")", R"("moment": "after")", "/phases/10/moment", "already"},
        Bad{R"("least_s": 30)", R"("least_s": 100)", "/phases/2/least_s", "no more than usual_s"},
        Bad{R"("usual_s": 90)", R"("usual_s": 151)", "/phases/2/usual_s", "no more than most_s"},
        Bad{R"("pace_hz": 0.2)", R"("pace_hz": 0.51)", "/phases/3/targets/0/pace_hz", "to 0.5"},
        Bad{R"("size_m": [0.36, 0.36])", R"("size_m": [0.36])", "/phases/3/targets/0/size_m",
            "array of 2"},
        Bad{R"("size_m": [0.36, 0.36])", R"("size_m": [0.36, null])",
            "/phases/3/targets/0/size_m/1", "must be a number"},
        Bad{R"("centre_m": [0.26, -0.1, -0.32])", R"("centre_m": [0.26, -0.1, -0.6])",
            "/phases/3/targets/0", "0.6 m is the most"},
        Bad{R"("hand": "right")", R"("hand": "both")", "/phases/3/targets/0/hand", "left, right"},
        Bad{R"("phases": [)", R"("phases": [7, )", "/phases/0", "must be an object"}));

INSTANTIATE_TEST_SUITE_P(
    Order, BadScript,
    ::testing::Values(
        Bad{R"("kind": "guided")", R"("kind": "consent")", "/phases/2/least_s", "not known"},
        Bad{R"("id": "grounding")", R"("id": "consent")", "/phases/2/id", "another phase has it"},
        Bad{R"("bell": "begin",
            "drawing": "begin",)",
            R"("bell": "begin",)", "/phases/4/ink", "phases of the drawing alone"},
        Bad{R"("bell": "change",
            "ink": true)",
            R"("drawing": "begin", "ink": true)", "/phases/5/drawing", "begins once"},
        Bad{R"("bell": "end",
            "drawing": "end")",
            R"("bell": "end")", "/phases/10/moment", "after is after it"},
        Bad{R"("bell": "end",
            "drawing": "end")",
            R"("drawing": "begin")", "/phases/8/drawing", "begins once"},
        Bad{R"("usual_s": 90,
            "most_s": 150,
            "bell": "change")",
            R"("usual_s": 90, "most_s": 150, "drawing": "end")", "/phases/7/offer",
            "neither begins nor ends"},
        Bad{R"("kind": "closing",
            "prompts": [{"prompt": "closing"}],
            "usual_s": 45,)",
            R"("kind": "title", "prompts": [{"prompt": "closing"}],)", "/phases",
            "must have a closing"},
        Bad{R"("kind": "title",
            "prompts": [{"prompt": "look_and_title"}],)",
            R"("kind": "closing", "prompts": [{"prompt": "look_and_title"}], "usual_s": 9,)",
            "/phases/9/kind", "after the closing"}));

TEST(Scripts, ThatAreNoJsonAreRefusedWithTheLine) {
    const auto read = read_script("{\n  \"format\": 1,\n  \"id\" 7\n}");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().line, 3U);
    EXPECT_EQ(read.error().pointer, "");
    for (const std::string_view text : {"", "[]", "7", "null", "{}", "\"", "{\"format\":1}"}) {
        EXPECT_FALSE(read_script(text)) << text;
    }
    EXPECT_TRUE(read_script(std::string(70'000, ' ')).error().detail.contains("65536"));
}

TEST(Scripts, CutAnywhereAreRefused) {
    const std::string whole = script_text("bilateral_drawing");
    const std::size_t end = whole.find_last_of('}');
    for (std::size_t size = 0; size <= end; size += 7) {
        EXPECT_FALSE(read_script(std::string_view(whole).substr(0, size))) << size;
    }
}

TEST(Scripts, LastAnHourAtMost) {
    std::string text = script_text("bilateral_drawing");
    for (auto at = text.find("\"most_s\""); at != std::string::npos;
         at = text.find("\"most_s\"", at + 1)) {
        text.replace(at, text.find_first_of(",}\n", at) - at, "\"most_s\": 900");
    }
    const auto read = read_script(text);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().pointer, "/phases");
    EXPECT_TRUE(read.error().detail.contains("longer than 3600 s")) << read.error().detail;
}

TEST(Target, GoesAroundItsCurveAtItsPace) {
    const Target circle{.hand = Hand::right,
                        .shape = Shape::circle,
                        .centre_m = {0.2F, -0.1F, -0.3F},
                        .size_m = {0.2F, 0.3F},
                        .pace_hz = 0.25F};
    const auto near = [](const glm::vec3& a, const glm::vec3& b) {
        EXPECT_LT(glm::distance(a, b), 1e-5F) << a.x << " " << a.y << " " << a.z;
    };
    near(target_point_m(circle, 0.0), {0.3F, -0.1F, -0.3F});
    near(target_point_m(circle, 1.0), {0.2F, 0.05F, -0.3F}); // a quarter, upward first
    near(target_point_m(circle, 4.0), target_point_m(circle, 0.0));
    Target clockwise = circle;
    clockwise.clockwise = true;
    near(target_point_m(clockwise, 1.0), {0.2F, -0.25F, -0.3F});
    Target eight = circle;
    eight.shape = Shape::lemniscate;
    near(target_point_m(eight, 0.0), circle.centre_m);
    near(target_point_m(eight, 0.5), {0.2F + 0.1F * std::sqrt(0.5F), 0.05F, -0.3F});
    near(target_point_m(eight, 1.0), {0.3F, -0.1F, -0.3F});
    near(target_point_m(eight, 2.0), circle.centre_m); // through the middle
}

TEST(Target, OfTheOtherHandIsItsMirrorImageAtAnyMoment) {
    const Target target{.hand = Hand::right,
                        .shape = Shape::lemniscate,
                        .centre_m = {0.2F, -0.1F, -0.3F},
                        .size_m = {0.2F, 0.3F},
                        .pace_hz = 0.3F,
                        .start_turn = 0.1F,
                        .clockwise = true};
    const Target other = mirrored(target);
    EXPECT_EQ(other.hand, Hand::left);
    for (double t_s = 0.0; t_s < 5.0; t_s += 0.37) {
        const glm::vec3 point_m = target_point_m(target, t_s);
        EXPECT_EQ(target_point_m(other, t_s), glm::vec3(-point_m.x, point_m.y, point_m.z));
    }
    EXPECT_EQ(mirrored(other), target);
    EXPECT_EQ(reach_m(other), reach_m(target));
}

} // namespace
} // namespace haven::exercise
