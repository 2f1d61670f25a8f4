#pragma once

#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "environments/soundscape/score.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::environments {

/// What a lighting preset does to the place's own light.
struct PresetLight {
    float exposure = 1.0F;
    float warmth = 0.5F;            ///< 0 neutral to 1 candle light, unless the person chose
    float daylight = 1.0F;          ///< times the light of sky and windows
    float sources = 1.0F;           ///< times what glows in the place: fire, lamps
    glm::vec3 colour{1.0F};         ///< of daylight: times the sky, the sun, windows
    glm::vec3 cast{1.0F};           ///< of the whole picture, as a painter glazes it
    float fog = 1.0F;               ///< times its density
    float everywhere = 1.0F;        ///< times the light from everywhere
    float brightest = 1.0F;         ///< no luminance shown is above it
    std::optional<float> sun_rad;   ///< the sun's elevation, where it is not the hour's own
    std::optional<float> air_share; ///< so, too, how much of the sky is the air's own
    /// So, too, the clouds, before `daylight`: an evening's are not a noon's.
    std::optional<glm::vec3> clouds;
};

struct PlacedPart {
    std::string_view kind; ///< its name in part_kinds
    Placement placement;
    std::uint32_t seed = 1;
    bool mirrored = false; ///< shows in still water below
    PartBuilder build;
};

/// A definition file, checked whole. See FORMAT.md.
struct Definition {
    std::filesystem::path file;
    std::string id;
    std::string display_name;
    std::uint32_t seed = 1;
    LightingPreset preset = LightingPreset::hour;
    float brightness = 1.0F;
    std::array<PresetLight, 4> presets{}; ///< by LightingPreset
    Spots spots;
    soundscape::Score score; ///< what is heard, and where
    Camera camera;
    scene::Scene air;      ///< sky, its sun, fog, ambient light, styles; no geometry yet
    float mirror_m = 0.0F; ///< the height of still water
    std::vector<PlacedPart> parts;
};

[[nodiscard]] std::expected<Definition, EnvironmentError>
read_definition(const std::filesystem::path& file);

} // namespace haven::environments
