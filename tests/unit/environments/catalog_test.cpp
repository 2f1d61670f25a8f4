#include "environments/catalog.hpp"

#include "environments/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace haven::environments {
namespace {

namespace fs = std::filesystem;

class TempFolder {
  public:
    TempFolder()
        : path_(fs::temp_directory_path() /
                std::format("haven-environments-{:08x}", std::random_device{}())) {
        fs::create_directories(path_);
    }
    ~TempFolder() { fs::remove_all(path_); }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    TempFolder(TempFolder&&) = delete;
    TempFolder& operator=(TempFolder&&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }
    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }

  private:
    fs::path path_;
};

std::string read_text(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// The smallest place there is: an empty room of air with one rug.
const std::string& small_place() {
    static const std::string text = R"({
  "format": 1, "id": "small_place", "display_name": "Small place", "seed": 3,
  "palette": { "wood": "#6b4226" },
  "lighting": { "preset": "hour", "presets": {
    "hour": { "exposure": 1, "warmth": 0.5, "daylight": 1, "sources": 1 },
    "day":  { "exposure": 1, "warmth": 0.2, "daylight": 4, "sources": 1 },
    "warm": { "exposure": 1, "warmth": 0.9, "daylight": 1, "sources": 1 },
    "dim":  { "exposure": 0.25, "warmth": 0.5, "daylight": 1, "sources": 0.6 } } },
  "spots": {
    "stand": { "at_m": [0, 0, 0], "eye_height_m": 1.6 },
    "seat": { "at_m": [0, 0, 0], "eye_height_m": 1.2 },
    "draw": { "at_m": [0, 0, 0], "eye_height_m": 1.6 } },
  "audio": { "wind": 0.25 },
  "camera": { "motion": "still" },
  "sky": { "zenith": "#22324a", "horizon": "#51677f", "ground": "#1a222c" },
  "fog": { "density_per_m": 0 },
  "ambient": { "above": "#8a6a50", "above_brightness": 0.2,
               "below": "#a06a3c", "below_brightness": 0.2 },
  "styles": {},
  "parts": [ { "part": "rug", "size_m": [2.5, 2], "tint": "wood", "fringe_tint": "#aaaaaa" } ]
})";
    return text;
}

std::string with(std::string_view from, std::string_view to) {
    std::string text = small_place();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

struct FaultCase {
    std::string name;
    std::string from;
    std::string to;
    std::string pointer;
    std::string detail; ///< part of it
};
// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name
void PrintTo(const FaultCase& one, std::ostream* out) {
    *out << one.name;
}

class DefinitionFault : public testing::TestWithParam<FaultCase> {};

TEST_P(DefinitionFault, IsRefusedNamingFileAndPointer) {
    const FaultCase& fault = GetParam();
    const TempFolder folder;
    const fs::path file = folder.write("small_place.json", with(fault.from, fault.to));

    const auto loaded = load_environment(file);

    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().file, file);
    EXPECT_EQ(loaded.error().pointer, fault.pointer);
    EXPECT_THAT(loaded.error().detail, testing::HasSubstr(fault.detail));
    EXPECT_THAT(to_string(loaded.error()), testing::HasSubstr("small_place.json"));
}

INSTANTIATE_TEST_SUITE_P(
    Table, DefinitionFault,
    testing::Values(
        FaultCase{"not_json", "\"seed\": 3,", "\"seed\": 3", "", "is not JSON"},
        FaultCase{"newer_format", "\"format\": 1", "\"format\": 2", "/format", "between 1 and 1"},
        FaultCase{"id_with_capitals", "\"small_place\"", "\"Small\"", "/id", "snake_case"},
        FaultCase{"id_too_long", "\"small_place\"", "\"" + std::string(51, 'a') + "\"", "/id",
                  "at most 50"},
        FaultCase{"id_that_climbs", "\"small_place\"", "\"../x\"", "/id", "snake_case"},
        FaultCase{"id_of_another_file", "\"small_place\"", "\"other\"", "/id", "file's name"},
        FaultCase{"name_missing", "\"display_name\": \"Small place\", ", "", "/display_name",
                  "is missing"},
        FaultCase{"seed_not_whole", "\"seed\": 3", "\"seed\": 3.5", "/seed", "whole number"},
        FaultCase{"seed_negative", "\"seed\": 3", "\"seed\": -3", "/seed", "between"},
        FaultCase{"unknown_at_the_top", "\"seed\": 3", "\"seed\": 3, \"colour\": 1", "/colour",
                  "is not known"},
        FaultCase{"twice", "\"seed\": 3", "\"seed\": 3, \"seed\": 4", "/seed", "twice"},
        FaultCase{"bad_colour", "\"wood\": \"#6b4226\"", "\"wood\": \"#6b42\"", "/palette/wood",
                  "#rrggbb"},
        FaultCase{"unknown_colour", "\"tint\": \"wood\"", "\"tint\": \"oak\"", "/parts/0/tint",
                  "\"oak\""},
        FaultCase{"unknown_preset", "\"preset\": \"hour\"", "\"preset\": \"noon\"",
                  "/lighting/preset", "none of: hour, day, warm, dim"},
        FaultCase{"preset_missing",
                  "\"dim\":  { \"exposure\": 0.25, \"warmth\": 0.5, "
                  "\"daylight\": 1, \"sources\": 0.6 }",
                  "\"dark\": {}", "/lighting/presets/dim", "is missing"},
        FaultCase{"too_bright", "\"exposure\": 0.25", "\"exposure\": 25",
                  "/lighting/presets/dim/exposure", "between"},
        FaultCase{"dark_as_night", "\"sources\": 0.6", "\"sources\": 0.6, \"brightest\": 0.001",
                  "/lighting/presets/dim/brightest", "between"},
        FaultCase{"two_numbers_for_three", "\"at_m\": [0, 0, 0], \"eye_height_m\": 1.2",
                  "\"at_m\": [0, 0], \"eye_height_m\": 1.2", "/spots/seat/at_m",
                  "expected 3 numbers, found 2"},
        FaultCase{"text_for_a_number", "\"eye_height_m\": 1.2", "\"eye_height_m\": \"1.2\"",
                  "/spots/seat/eye_height_m", "expected a number, found a string"},
        FaultCase{"loud", "\"wind\": 0.25", "\"wind\": 2", "/audio/wind", "between 0 and 1"},
        FaultCase{"unknown_part", "\"part\": \"rug\"", "\"part\": \"moat\"", "/parts/0/part",
                  "not a kind of part"},
        FaultCase{"part_out_of_range", "[2.5, 2]", "[2.5, 200]", "/parts/0/size_m/1", "between"},
        FaultCase{"unknown_in_a_part", "\"tint\": \"wood\"", "\"tint\": \"wood\", \"a/b\": 1",
                  "/parts/0/a~1b", "is not known"},
        FaultCase{"parts_not_an_array", "\"parts\": [", "\"parts\": {}, \"rest\": [", "/parts",
                  "array"},
        FaultCase{"part_not_an_object", "\"parts\": [", "\"parts\": [3, ", "/parts/0",
                  "expected an object"},
        FaultCase{"unknown_style", "\"styles\": {}", "\"styles\": {\"velvet\": {}}",
                  "/styles/velvet", "is not known"}),
    [](const auto& one) { return one.param.name; });

TEST(Catalog, MissingFileIsAnErrorThatNamesIt) {
    const TempFolder folder;
    const auto loaded = load_environment(folder.path(), "nowhere");
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().file, folder.path() / "nowhere.json");
    EXPECT_THAT(loaded.error().detail, testing::HasSubstr("cannot be opened"));
}

TEST(Catalog, AnIdThatIsNotSnakeCaseNeverBecomesAPath) {
    const TempFolder folder;
    for (const std::string id : {"../cozy_cabin", "a/b", "", "Cabin", "a__b", "_a", "a_", "1a"}) {
        const auto loaded = load_environment(folder.path(), id);
        ASSERT_FALSE(loaded.has_value()) << id;
        EXPECT_EQ(loaded.error().file, folder.path()) << id;
    }
}

TEST(Catalog, OneBadDefinitionDoesNotHideTheGoodOnes) {
    const TempFolder folder;
    folder.write("small_place.json", small_place());
    folder.write("broken.json", "{");
    folder.write("notes.txt", "not a place");

    const Catalog catalog = list_environments(folder.path());

    ASSERT_EQ(catalog.entries.size(), 1U);
    EXPECT_EQ(catalog.entries[0].id, "small_place");
    EXPECT_EQ(catalog.entries[0].display_name, "Small place");
    ASSERT_EQ(catalog.errors.size(), 1U);
    EXPECT_EQ(catalog.errors[0].file.filename(), "broken.json");
}

TEST(Catalog, AFolderThatIsNotThereIsOneError) {
    const TempFolder folder;
    const Catalog catalog = list_environments(folder.path() / "none");
    EXPECT_TRUE(catalog.entries.empty());
    EXPECT_EQ(catalog.errors.size(), 1U);
}

TEST(Catalog, EveryPlaceThatShipsIsUsable) {
    const Catalog catalog =
        list_environments(fs::path(HAVEN_SOURCE_DIR) / "assets" / "environments");
    EXPECT_TRUE(catalog.errors.empty()) << to_string(catalog.errors.front());
    EXPECT_THAT(catalog.entries,
                testing::Contains(testing::Field(&CatalogEntry::id, "cozy_cabin")));
}

TEST(Catalog, EveryKindOfPartIsDescribedInTheFormat) {
    const std::string format = read_text(fs::path(HAVEN_SOURCE_DIR) / "environments" / "FORMAT.md");
    const std::string registry =
        read_text(fs::path(HAVEN_SOURCE_DIR) / "environments" / "parts" / "part.cpp");
    std::vector<std::string> kinds;
    constexpr std::string_view mark = ".name = \"";
    for (std::size_t at = registry.find(mark); at != std::string::npos;
         at = registry.find(mark, at)) {
        at += mark.size();
        kinds.push_back(registry.substr(at, registry.find('"', at) - at));
    }
    EXPECT_GE(kinds.size(), 10U);
    for (const std::string& kind : kinds) {
        EXPECT_TRUE(format.contains("`" + kind + "`")) << kind << " has no row in FORMAT.md";
    }
}

TEST(EnvironmentConfig, HoldsTheLightAsChosen) {
    const TempFolder folder;
    const fs::path file = folder.write("small_place.json", small_place());
    const auto own = load_environment(file);
    const auto dim =
        load_environment(file, {.preset = LightingPreset::dim, .warmth = 0.9F, .brightness = 0.5F});
    ASSERT_TRUE(own.has_value() && dim.has_value());
    EXPECT_EQ(own->environment_config_json(),
              R"({"format":1,"lighting":{"preset":"hour","warmth":0.5,"brightness":1.0},)"
              R"("audio":{"wind":0.25},"camera":{"motion":"still"}})");
    EXPECT_EQ(dim->environment_config_json(),
              R"({"format":1,"lighting":{"preset":"dim","warmth":0.9,"brightness":0.5},)"
              R"("audio":{"wind":0.25},"camera":{"motion":"still"}})");
    EXPECT_LT(dim->scene().exposure, own->scene().exposure * 0.2F);
}

TEST(LightingPresets, HaveNamesThatReadBack) {
    for (const auto preset :
         {LightingPreset::hour, LightingPreset::day, LightingPreset::warm, LightingPreset::dim}) {
        EXPECT_EQ(parse_lighting_preset(to_string(preset)), preset);
    }
    EXPECT_EQ(parse_lighting_preset("night"), std::nullopt);
}

} // namespace
} // namespace haven::environments
