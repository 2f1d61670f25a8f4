#include "environments/environment_builder.hpp"

#include "environments/camera/camera.hpp"
#include "environments/definition/definition.hpp"
#include "environments/environment.hpp"
#include "environments/environment_state.hpp"
#include "environments/light_file.hpp"
#include "environments/parts/life.hpp"
#include "environments/parts/part.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <yyjson.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::environments {
namespace {

struct ChosenLight {
    LightingPreset preset = LightingPreset::hour;
    PresetLight light;
    float brightness = 1.0F;
};

ChosenLight choose(const Definition& definition, const Lighting& lighting) {
    ChosenLight chosen;
    chosen.preset = lighting.preset.value_or(definition.preset);
    chosen.light = definition.presets.at(static_cast<std::size_t>(chosen.preset));
    chosen.light.warmth = std::clamp(lighting.warmth.value_or(chosen.light.warmth), 0.0F, 1.0F);
    chosen.brightness = std::clamp(lighting.brightness.value_or(definition.brightness), 0.2F, 1.5F);
    return chosen;
}

struct FreeDocument {
    void operator()(yyjson_mut_doc* document) const { yyjson_mut_doc_free(document); }
};

/// Two decimals: what a person set, not what a float made of it.
double rounded(float value) {
    return std::round(static_cast<double>(value) * 100.0) / 100.0;
}

std::string config_json(const Definition& definition, const ChosenLight& chosen) {
    const std::unique_ptr<yyjson_mut_doc, FreeDocument> owner(yyjson_mut_doc_new(nullptr));
    yyjson_mut_doc* document = owner.get();
    yyjson_mut_val* top = yyjson_mut_obj(document);
    yyjson_mut_doc_set_root(document, top);
    yyjson_mut_obj_add_int(document, top, "format", 1);
    yyjson_mut_val* light = yyjson_mut_obj_add_obj(document, top, "lighting");
    const std::string preset(to_string(chosen.preset));
    yyjson_mut_obj_add_strcpy(document, light, "preset", preset.c_str());
    yyjson_mut_obj_add_real(document, light, "warmth", rounded(chosen.light.warmth));
    yyjson_mut_obj_add_real(document, light, "brightness", rounded(chosen.brightness));
    yyjson_mut_val* audio = yyjson_mut_obj_add_obj(document, top, "audio");
    for (const auto& [name, level] : definition.score.sounds) {
        yyjson_mut_obj_add_val(document, audio, name.c_str(),
                               yyjson_mut_real(document, rounded(level)));
    }
    yyjson_mut_val* camera = yyjson_mut_obj_add_obj(document, top, "camera");
    const std::string motion(to_string(definition.camera.motion));
    yyjson_mut_obj_add_strcpy(document, camera, "motion", motion.c_str());
    const std::unique_ptr<char, decltype(&std::free)> written(
        yyjson_mut_write(document, YYJSON_WRITE_NOFLAG, nullptr), &std::free);
    assert(written != nullptr);
    return written.get();
}

/// The same way, another height. Baked shadows stay those of the place's own hour.
void raise_sun(scene::Scene& built, float elevation_rad) {
    const glm::vec2 way{built.sky.to_sun.x, built.sky.to_sun.z};
    const float length = std::max(glm::length(way), 1e-3F);
    const float flat = std::cos(elevation_rad) / length;
    built.sky.to_sun = {way.x * flat, std::sin(elevation_rad), way.y * flat};
    for (scene::Light& light : built.lights) {
        light.direction = -built.sky.to_sun;
    }
}

float luminance(glm::vec3 colour) {
    return glm::dot(colour, glm::vec3(0.2126F, 0.7152F, 0.0722F));
}

void light_air(scene::Scene& built, const ChosenLight& chosen) {
    built.exposure *= chosen.light.exposure * chosen.brightness;
    built.brightest = chosen.light.brightest;
    built.white = glm::mix(glm::vec3(1.0F), glm::vec3(1.12F, 1.0F, 0.8F), chosen.light.warmth);
    const glm::vec3 cast = chosen.light.cast;
    built.white *= cast / std::max(luminance(cast), 0.05F);
    const glm::vec3 daylight = chosen.light.daylight * chosen.light.colour;
    if (chosen.light.clouds) { // lit as brightly, by a light of their colour
        const glm::vec3 clouds = *chosen.light.clouds;
        built.sky.cloud_light =
            clouds * (luminance(built.sky.cloud_light) / std::max(luminance(clouds), 1e-3F));
        built.sky.cloud_colour = clouds;
    }
    built.sky.zenith *= daylight;
    built.sky.horizon *= daylight;
    built.sky.ground *= daylight;
    built.sky.cloud_colour *= daylight;
    built.sky.sun_colour *= daylight;
    built.sky.glow_colour *= daylight;
    built.sky.cloud_light *= daylight;
    built.sky.air_brightness *= chosen.light.daylight;
    built.fog.density_per_m *= chosen.light.fog;
    for (scene::Light& light : built.lights) { // the sun: nothing else is there yet
        light.colour *= daylight;
    }
    if (chosen.light.sun_rad) {
        raise_sun(built, *chosen.light.sun_rad);
    }
    if (chosen.light.air_share) { // the painted glow is of the painted sky
        const float painted = std::max(1.0F - built.sky.air_share, 0.01F);
        built.sky.glow_colour *= std::min((1.0F - *chosen.light.air_share) / painted, 1.0F);
        built.sky.air_share = *chosen.light.air_share;
    }
    // Half of the light from everywhere comes from the sky, half from lamps and walls.
    const glm::vec3 everywhere = 0.5F * (daylight + chosen.light.sources) * chosen.light.everywhere;
    built.ambient.sky *= everywhere;
    built.ambient.ground *= everywhere;
}

/// The triangles of parts that still water shows, as ranges of the index list.
using IndexRange = std::pair<std::size_t, std::size_t>;

std::vector<IndexRange> build_parts(const Definition& definition, const ChosenLight& chosen,
                                    scene::Scene& scene, Life& life) {
    std::vector<IndexRange> mirrored;
    for (const PlacedPart& part : definition.parts) {
        const std::size_t first = scene.mesh.indices.size();
        Site site{.scene = scene,
                  .life = life,
                  .placement = part.placement,
                  .seed = part.seed,
                  .daylight = chosen.light.daylight,
                  .day_colour = chosen.light.colour,
                  .sources = chosen.light.sources};
        part.build(site);
        if (part.mirrored) {
            mirrored.emplace_back(first, scene.mesh.indices.size());
        }
    }
    if (scene.lights.size() > scene::light_count_max) {
        scene.lights.resize(scene::light_count_max);
    }
    return mirrored;
}

/// The reflection as things of their own below the water, lit as what they reflect: they keep its
/// normals and its baked light.
void add_reflections(scene::SceneMesh& mesh, std::span<const IndexRange> ranges, float level_m) {
    constexpr auto none = ~std::uint32_t{0};
    std::vector<std::uint32_t> copy_of(mesh.vertices.size(), none);
    const auto copied = [&](std::uint32_t index) {
        if (copy_of.at(index) == none) {
            copy_of.at(index) = static_cast<std::uint32_t>(mesh.vertices.size());
            scene::SceneVertex vertex = mesh.vertices.at(index);
            vertex.position_m.y = 2.0F * level_m - std::max(vertex.position_m.y, level_m);
            mesh.vertices.push_back(vertex);
        }
        return copy_of.at(index);
    };
    for (const auto& [first, end] : ranges) {
        for (std::size_t i = first; i < end; i += 3) {
            const std::array<std::uint32_t, 3> corners{mesh.indices[i], mesh.indices[i + 1],
                                                       mesh.indices[i + 2]};
            const bool sunk = std::ranges::all_of(corners, [&](std::uint32_t corner) {
                return mesh.vertices.at(corner).position_m.y <= level_m;
            });
            if (!sunk && !scene::is_translucent(mesh.pattern_of(i / 3))) {
                const std::uint32_t a = copied(corners[0]);
                const std::uint32_t b = copied(corners[1]);
                const std::uint32_t c = copied(corners[2]);
                mesh.triangle(a, c, b); // the other way round
            }
        }
    }
}

} // namespace

scene::Scene build_scene(const Definition& definition) {
    const ChosenLight chosen = choose(definition, {});
    scene::Scene scene = definition.air;
    Life life;
    static_cast<void>(build_parts(definition, chosen, scene, life));
    return scene;
}

Environment build_environment(const Definition& definition, const Lighting& lighting) {
    const ChosenLight chosen = choose(definition, lighting);
    auto state = std::make_shared<Environment::State>();
    state->id = definition.id;
    state->display_name = definition.display_name;
    state->spots = definition.spots;
    state->camera = definition.camera;
    state->score = definition.score;
    state->environment_config_json = config_json(definition, chosen);
    state->scene = definition.air;
    light_air(state->scene, chosen);
    const auto mirrored = build_parts(definition, chosen, state->scene, state->life);
    if (!apply_light_file(light_file_of(definition.file), state->scene)) {
        bake_light(state->scene, BakeQuality::quick);
    }
    add_reflections(state->scene.mesh, mirrored, definition.mirror_m);
    return Environment(std::move(state));
}

} // namespace haven::environments
