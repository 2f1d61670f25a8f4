#pragma once

#include "renderer/scene/scene.hpp"

#include <expected>
#include <filesystem>
#include <string>

namespace haven::environments {

/// Baked light beside its definition: ID.json has ID.light. See FORMAT.md.
[[nodiscard]] std::filesystem::path light_file_of(const std::filesystem::path& definition);

/// Sets the scene's occlusion and light visibility from the file. False, and nothing changed, when
/// there is no such file or it was baked for other geometry or lights.
[[nodiscard]] bool apply_light_file(const std::filesystem::path& file, scene::Scene& scene);

/// Keeps the scene's baked light. The error says what could not be written.
[[nodiscard]] std::expected<void, std::string> write_light_file(const std::filesystem::path& file,
                                                                const scene::Scene& scene);

/// Ray counts: `full` for files made ahead, `quick` where a place without one is opened.
enum class BakeQuality { quick, full };
void bake_light(scene::Scene& scene, BakeQuality quality);

} // namespace haven::environments
