#include "environments/soundscape/score.hpp"

#include "environments/catalog.hpp"
#include "environments/definition/definition.hpp"
#include "environments/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cstddef>
#include <expected>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace haven::environments {
namespace {

namespace fs = std::filesystem;

/// The cabin with other sounds.
std::expected<Definition, EnvironmentError> cabin_with(const std::string& audio) {
    std::ifstream stream(HAVEN_SOURCE_DIR "/assets/environments/cozy_cabin.json");
    std::string text(std::istreambuf_iterator<char>(stream), {});
    const std::size_t from = text.find("\"audio\"");
    const std::size_t until = text.find("\"camera\"");
    EXPECT_LT(from, until);
    text.replace(from, until - from, "\"audio\": " + audio + ", ");
    const fs::path folder = fs::path(testing::TempDir()) / ("score-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const fs::path file = folder / "cozy_cabin.json";
    std::ofstream(file) << text;
    auto definition = read_definition(file);
    fs::remove_all(folder);
    return definition;
}

TEST(Score, AVoiceStandsWhereItsPartIsSeen) {
    const auto cabin = cabin_with(R"({"fire": {"level": 0.4, "voices": [
        {"voice": "fire", "at_part": "hearth", "offset_m": [0, 0.5, 0], "gain_db": -6},
        {"voice": "wind", "at_m": [1, 2, 3], "radius_m": 4} ]}})");
    ASSERT_TRUE(cabin.has_value()) << to_string(cabin.error());
    const soundscape::Score& score = cabin->score;
    ASSERT_EQ(score.voices.size(), 2U);
    EXPECT_EQ(score.sounds, (std::vector<soundscape::Sound>{{.name = "fire", .level = 0.4F}}));
    EXPECT_LT(glm::distance(score.voices[0].at_m, glm::vec3(-1.62F, 0.5F, -2.18F)), 1e-4F);
    EXPECT_NEAR(score.voices[0].gain, 0.501F, 0.001F);
    EXPECT_EQ(score.voices[1].at_m, glm::vec3(1.0F, 2.0F, 3.0F));
    EXPECT_EQ(score.voices[1].radius_m, 4.0F);
    EXPECT_NE(score.voices[0].seed, score.voices[1].seed);
    EXPECT_NEAR(score.heard_from_m.y, 1.4F, 1e-5F);
}

TEST(Score, ALevelAloneIsTheVoiceOfThatNameFromAllAround) {
    const auto cabin = cabin_with(R"({"wind": 0.3})");
    ASSERT_TRUE(cabin.has_value()) << to_string(cabin.error());
    ASSERT_EQ(cabin->score.voices.size(), 1U);
    EXPECT_EQ(cabin->score.voices[0].kind, soundscape::VoiceKind::wind);
    EXPECT_GT(cabin->score.voices[0].radius_m, 5.0F);
}

TEST(Score, TheSameDefinitionGivesTheSameScore) {
    const fs::path file = HAVEN_SOURCE_DIR "/assets/environments/forest_stream.json";
    const auto one = read_definition(file);
    const auto again = read_definition(file);
    ASSERT_TRUE(one.has_value() && again.has_value());
    EXPECT_EQ(one->score, again->score);
}

struct ScoreFault {
    std::string audio;
    std::string pointer;
    std::string detail;
};

TEST(Score, AFaultIsRefusedWithItsPointer) {
    const auto voices = [](const std::string& one) {
        return R"({"fire": {"level": 0.5, "voices": [)" + one + "]}}";
    };
    std::string many;
    for (int i = 0; i < 9; ++i) {
        many += std::string(i == 0 ? "" : ",") + R"({"voice": "wind", "at_m": [0, 0, 0]})";
    }
    const std::vector<ScoreFault> faults{
        {voices(R"({"voice": "thunder", "at_m": [0,0,0]})"), "/audio/fire/voices/0/voice",
         "\"thunder\" is not a kind of voice"},
        {voices(R"({"voice": "fire"})"), "/audio/fire/voices/0/at_m", "is missing"},
        {voices(R"({"voice": "fire", "at_part": "pond"})"), "/audio/fire/voices/0/at_part",
         "\"pond\" is no part"},
        {voices(R"({"voice": "fire", "at_m": [0,0,0], "gain_db": 40})"),
         "/audio/fire/voices/0/gain_db", "between"},
        {voices(R"({"voice": "fire", "at_m": [0,0,0], "loud": 1})"), "/audio/fire/voices/0/loud",
         "is not known"},
        {R"({"fire": {"level": 2, "voices": []}})", "/audio/fire/level", "between 0 and 1"},
        {R"({"clatter": 0.5})", "/audio/clatter", "is not a kind of voice"},
        {R"({"one": {"level": 0.5, "voices": [)" + many +
             R"(]}, "two": {"level": 0.5, "voices": [)" + many + "]}}",
         "/audio/two", "more than 16 voices"}};
    for (const ScoreFault& fault : faults) {
        const auto cabin = cabin_with(fault.audio);
        ASSERT_FALSE(cabin.has_value()) << fault.audio;
        EXPECT_EQ(cabin.error().pointer, fault.pointer);
        EXPECT_THAT(cabin.error().detail, testing::HasSubstr(fault.detail));
    }
}

TEST(Score, WhatIsStoredIsTheLevelByName) {
    const auto place = load_environment(HAVEN_SOURCE_DIR "/assets/environments/cozy_cabin.json");
    ASSERT_TRUE(place.has_value());
    EXPECT_THAT(place->environment_config_json(),
                testing::HasSubstr(R"("audio":{"fire":0.5,"rain":0.5,"clock":0.0})"));
    EXPECT_EQ(place->score().sounds.size(), 3U);
}

} // namespace
} // namespace haven::environments
