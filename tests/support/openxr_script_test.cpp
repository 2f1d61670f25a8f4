// The layer's script: every instruction of FORMAT-openxr-script.md is read, and nothing else is.

#include "tests/support/openxr_layer/script.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>

namespace haven::test::layer {
namespace {

TEST(OpenxrScript, EveryExampleOfTheDescriptionIsRead) {
    std::ifstream description(HAVEN_SOURCE_DIR
                              "/tests/support/openxr_layer/FORMAT-openxr-script.md");
    bool in_example = false;
    int examples = 0;
    for (std::string line; std::getline(description, line);) {
        if (line.starts_with("```")) {
            in_example = !in_example;
        } else if (in_example) {
            const auto parsed = parse_line(line);
            EXPECT_TRUE(parsed.has_value()) << parsed.error();
            examples += parsed.has_value() && parsed->has_value() ? 1 : 0;
        }
    }
    EXPECT_GE(examples, 25);
}

TEST(OpenxrScript, WhatIsNoInstructionIsRefusedWithItsLine) {
    for (const std::string_view line :
         {"stage unlocatable", "space STAGE", "space STAGE gone", "head zero",
          "controller inferred", "fail xrWaitFrame", "fail xrWaitFrame XR_ERROR_NONSENSE",
          "display_time by", "display_time by 1 frames", "recenter 1 2 3", "recenter 1 2 3 4 in",
          "state happy", "profile left hand_interaction", "await", "await frames x",
          "lose_session now"}) {
        const auto parsed = parse_line(line);
        ASSERT_FALSE(parsed.has_value()) << line;
        EXPECT_TRUE(parsed.error().contains(line)) << parsed.error();
    }
}

TEST(OpenxrScript, ARecenterMovesBothLocalSpacesAndSaysSo) {
    const auto parsed = parse_line("recenter 1 0 -2 90 in 250 # a comment");
    ASSERT_TRUE(parsed && *parsed);
    const auto& redefine = std::get<Redefine>(**parsed);
    EXPECT_EQ(redefine.types.size(), 2U);
    EXPECT_EQ(redefine.previous_from_new.position_m, glm::vec3(1.0F, 0.0F, -2.0F));
    // -Z turned by 90 degrees about +Y is -X.
    const glm::vec3 forward = redefine.previous_from_new.orientation * glm::vec3(0.0F, 0.0F, -1.0F);
    EXPECT_NEAR(forward.x, -1.0F, 1e-6F);
    EXPECT_TRUE(redefine.said);
    EXPECT_EQ(redefine.in_ns, 250'000'000);
}

TEST(OpenxrScript, ACommentOrAnEmptyLineSaysNothing) {
    for (const std::string_view line : {"", "   ", "# head lost"}) {
        const auto parsed = parse_line(line);
        ASSERT_TRUE(parsed.has_value());
        EXPECT_FALSE(parsed->has_value());
    }
}

} // namespace
} // namespace haven::test::layer
