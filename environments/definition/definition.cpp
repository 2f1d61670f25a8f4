#include "environments/definition/definition.hpp"

#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/definition/object_reader.hpp"
#include "environments/definition/score_reader.hpp"
#include "environments/environment.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>
#include <yyjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <ios>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::environments {
namespace {

constexpr std::size_t file_bytes_max = 256UL * 1024UL;
constexpr std::size_t parts_max = 64;
constexpr int format_newest = 1;
constexpr Range light_range{.low = 0.0F, .high = 20.0F};

constexpr std::array<std::string_view, 4> preset_names{"hour", "day", "warm", "dim"};
constexpr std::array<std::string_view, scene::pattern_count> pattern_names{
    "plain",  "wood", "logs",    "bark",  "stone", "rock", "fabric", "rug",
    "ground", "sand", "foliage", "water", "glass", "mist", "flame",  "glow"};

struct FreeDocument {
    void operator()(yyjson_doc* document) const { yyjson_doc_free(document); }
};
using Document = std::unique_ptr<yyjson_doc, FreeDocument>;

std::expected<Document, Fault> parse(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return std::unexpected(Fault{.pointer = "", .detail = "cannot be opened"});
    }
    std::string text;
    text.resize(file_bytes_max + 1);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    if (stream.bad()) {
        return std::unexpected(Fault{.pointer = "", .detail = "cannot be read"});
    }
    if (text.size() > file_bytes_max) {
        return std::unexpected(
            Fault{.pointer = "", .detail = std::format("is larger than {} bytes", file_bytes_max)});
    }
    yyjson_read_err error{};
    Document document(
        yyjson_read_opts(text.data(), text.size(), YYJSON_READ_NOFLAG, nullptr, &error));
    if (document == nullptr) {
        const auto line =
            1 +
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(error.pos), '\n');
        return std::unexpected(Fault{
            .pointer = "", .detail = std::format("is not JSON: {} in line {}", error.msg, line)});
    }
    return document;
}

void read_palette(ObjectReader& top) {
    ObjectReader palette = top.object("palette");
    for (const std::string& name : palette.names()) {
        if (!is_id(name)) {
            palette.fail(name, "is not a name in snake_case");
        }
        const glm::vec3 colour = palette.colour(name);
        top.reading().palette.emplace(name, colour);
    }
    palette.finish();
}

PresetLight read_preset(ObjectReader& presets, std::string_view name) {
    ObjectReader reader = presets.object(name);
    PresetLight light{.exposure = reader.number("exposure", {0.05F, 4.0F}),
                      .warmth = reader.number("warmth", {0.0F, 1.0F}),
                      .daylight = reader.number("daylight", {0.0F, 12.0F}),
                      .sources = reader.number("sources", {0.0F, 2.0F}),
                      .sun_rad = std::nullopt};
    light.colour = reader.colour("colour", "#ffffff");
    light.cast = reader.colour("cast", "#ffffff");
    light.fog = reader.number("fog", {0.0F, 10.0F}, 1.0F);
    light.everywhere = reader.number("everywhere", {0.0F, 12.0F}, 1.0F);
    light.brightest = reader.number("brightest", {0.02F, 1.0F}, 1.0F);
    if (reader.has("sun_elevation_deg")) {
        light.sun_rad = glm::radians(reader.number("sun_elevation_deg", {-10.0F, 90.0F}));
    }
    if (reader.has("air_share")) {
        light.air_share = reader.number("air_share", {0.0F, 1.0F});
    }
    if (reader.has("clouds")) {
        light.clouds =
            reader.colour("clouds") * reader.number("clouds_brightness", {0.0F, 8.0F}, 1.0F);
    }
    reader.finish();
    return light;
}

void read_lighting(ObjectReader& top, Definition& definition) {
    ObjectReader lighting = top.object("lighting");
    definition.preset = static_cast<LightingPreset>(lighting.choice("preset", preset_names));
    definition.brightness = lighting.number("brightness", {0.2F, 1.5F}, 1.0F);
    ObjectReader presets = lighting.object("presets");
    for (std::size_t i = 0; i < preset_names.size(); ++i) {
        definition.presets.at(i) = read_preset(presets, preset_names.at(i));
    }
    presets.finish();
    lighting.finish();
}

Spot read_spot(ObjectReader& spots, std::string_view name) {
    ObjectReader reader = spots.object(name);
    Spot spot;
    spot.position_m = reader.vec3("at_m", {-20.0F, 20.0F});
    spot.yaw_rad = glm::radians(reader.number("yaw_deg", {-180.0F, 180.0F}, 0.0F));
    spot.eye_height_m = reader.number("eye_height_m", {0.5F, 2.2F});
    reader.finish();
    return spot;
}

void read_spots(ObjectReader& top, Definition& definition) {
    ObjectReader spots = top.object("spots");
    definition.spots.stand = read_spot(spots, "stand");
    definition.spots.seat = read_spot(spots, "seat");
    definition.spots.draw = read_spot(spots, "draw");
    definition.spots.draw_radius_m = spots.number("draw_radius_m", {0.5F, 5.0F}, 1.0F);
    spots.finish();
}

/// The sun or the moon as a light: the first of the place's lights.
void read_sunlight(ObjectReader& sky, scene::Scene& air) {
    const glm::vec3 colour =
        sky.colour("light_colour", "#ffffff") * sky.number("light_brightness", light_range, 0.0F);
    const float softness = sky.number("light_softness", {0.0F, 0.5F}, 0.02F);
    if (colour != glm::vec3(0.0F)) {
        air.lights.push_back({.kind = scene::LightKind::sun,
                              .direction = -air.sky.to_sun,
                              .colour = colour,
                              .source_radius_m = softness});
    }
}

void read_water(ObjectReader& top, Definition& definition) {
    if (!top.has("water")) {
        return;
    }
    ObjectReader reader = top.object("water");
    scene::Water& water = definition.air.water;
    water.wave_m = reader.number("wave_m", {0.5F, 200.0F}, water.wave_m);
    water.height_m = reader.number("height_m", {0.0F, 3.0F}, 0.0F);
    water.toward = reader.vec2("toward", {-1.0F, 1.0F}, water.toward);
    water.swash_m = reader.number("swash_m", {0.0F, 0.5F}, 0.0F);
    water.foam = reader.number("foam", {0.0F, 1.0F}, 0.0F);
    water.flow_m_per_s = reader.vec2("flow_m_per_s", {-2.0F, 2.0F}, water.flow_m_per_s);
    water.mirror = reader.flag("mirror", false) ? 1.0F : 0.0F;
    definition.mirror_m = reader.number("level_m", {-5.0F, 1.0F}, 0.0F);
    reader.finish();
}

void read_sky(ObjectReader& top, scene::Scene& air) {
    ObjectReader reader = top.object("sky");
    scene::Sky& sky = air.sky;
    const float brightness = reader.number("brightness", light_range, 1.0F);
    sky.zenith = reader.colour("zenith") * brightness;
    sky.horizon = reader.colour("horizon") * brightness;
    sky.ground = reader.colour("ground") * brightness;
    sky.cloud_colour = reader.colour("cloud_colour", "#8090a0") * brightness;
    sky.cloud_cover = reader.number("cloud_cover", {0.0F, 1.0F}, 0.0F);
    sky.cloud_scale = reader.number("cloud_scale", {0.1F, 10.0F}, 1.0F);
    sky.horizon_width = reader.number("horizon_width", {0.01F, 1.0F}, 0.25F);
    const glm::vec3 to_sun = reader.vec3("to_sun", {-1.0F, 1.0F}, glm::vec3(0.3F, 0.2F, -0.9F));
    if (glm::length(to_sun) < 0.1F) {
        reader.fail("to_sun", "is too short to be a direction");
    } else {
        sky.to_sun = glm::normalize(to_sun);
    }
    sky.sun_colour =
        reader.colour("sun_colour", "#000000") * reader.number("sun_brightness", light_range, 0.0F);
    sky.glow_colour = reader.colour("glow_colour", "#000000") *
                      reader.number("glow_brightness", light_range, 0.0F);
    sky.glow_width = reader.number("glow_width", {0.0F, 1.0F}, 0.15F);
    sky.sun_radius_rad = reader.number("sun_radius_rad", {0.002F, 0.1F}, sky.sun_radius_rad);
    sky.cloud_between = reader.vec2("cloud_between", {0.0F, 2.0F}, sky.cloud_between);
    sky.cloud_drift = reader.vec2("cloud_drift", {-0.01F, 0.01F}, sky.cloud_drift);
    sky.cloud_light = reader.colour("cloud_light", "#000000") *
                      reader.number("cloud_light_brightness", light_range, 0.0F);
    sky.air_share = reader.number("air_share", {0.0F, 1.0F}, 0.0F);
    sky.air_brightness = reader.number("air_brightness", {0.0F, 100.0F}, sky.air_brightness);
    sky.haze = reader.number("haze", {0.0F, 10.0F}, sky.haze);
    read_sunlight(reader, air);
    reader.finish();
}

void read_air(ObjectReader& top, scene::Scene& air) {
    read_sky(top, air);
    ObjectReader fog = top.object("fog");
    air.fog.density_per_m = fog.number("density_per_m", {0.0F, 1.0F});
    air.fog.height_falloff_per_m = fog.number("height_falloff_per_m", {0.0F, 5.0F}, 0.0F);
    air.fog.start_m = fog.number("start_m", {0.0F, 1000.0F}, 0.0F);
    fog.finish();
    ObjectReader ambient = top.object("ambient");
    air.ambient.sky = ambient.colour("above") * ambient.number("above_brightness", light_range);
    air.ambient.ground = ambient.colour("below") * ambient.number("below_brightness", light_range);
    air.ambient.from_sky = ambient.number("from_sky", {0.0F, 4.0F}, 0.0F);
    ambient.finish();
    air.exposure = top.number("exposure", {0.05F, 20.0F}, 1.0F);
    air.saturation = top.number("saturation", {0.0F, 2.0F}, 1.0F);
    ObjectReader styles = top.object("styles");
    for (std::size_t i = 0; i < pattern_names.size(); ++i) {
        if (!styles.has(pattern_names.at(i))) {
            continue;
        }
        ObjectReader one = styles.object(pattern_names.at(i));
        scene::PatternStyle& style = air.styles.at(i);
        style.accent = one.colour("accent", "#000000");
        style.strength = one.number("strength", {0.0F, 1.0F}, 0.5F);
        style.scale_m = one.vec2("scale_m", {0.0F, 1000.0F}, glm::vec2(0.0F));
        style.bump = one.number("bump", {0.0F, 1.0F}, 0.5F);
        style.gloss = one.number("gloss", {0.0F, 1.0F}, 0.0F);
        one.finish();
    }
    styles.finish();
}

std::optional<PlacedPart> read_part(ObjectReader& reader, std::uint32_t seed) {
    const std::string name = reader.text("part", 50);
    const auto kinds = part_kinds();
    const auto kind = std::ranges::find(kinds, name, &PartKind::name);
    if (kind == kinds.end()) {
        reader.fail("part", std::format("\"{}\" is not a kind of part", name));
        return std::nullopt;
    }
    PlacedPart part;
    part.kind = kind->name;
    part.placement.position_m = reader.vec3("at_m", {-60.0F, 60.0F}, glm::vec3(0.0F));
    part.placement.turn =
        turn_about_y(glm::radians(reader.number("yaw_deg", {-180.0F, 180.0F}, 0.0F)));
    part.seed = scramble(seed + static_cast<std::uint32_t>(reader.count("seed", 0, 1 << 20, 0)));
    part.mirrored = reader.flag("mirrored", false);
    part.build = kind->read(reader);
    reader.finish();
    return part;
}

void read_parts(ObjectReader& top, Definition& definition) {
    std::uint32_t number = 0;
    for (ObjectReader& reader : top.objects("parts", parts_max)) {
        if (auto part = read_part(reader, definition.seed * 1009U + ++number * 31U)) {
            definition.parts.push_back(std::move(*part));
        }
    }
}

Definition read_all(ObjectReader& top) {
    Definition definition;
    static_cast<void>(top.count("format", format_newest, format_newest));
    definition.id = top.text("id", 200);
    if (!definition.id.empty() && !is_id(definition.id)) {
        top.fail("id", "is not snake_case of at most 50 characters");
    }
    definition.display_name = top.text("display_name", 80);
    definition.seed = static_cast<std::uint32_t>(top.count("seed", 0, 1 << 20));
    read_palette(top);
    read_lighting(top, definition);
    read_spots(top, definition);
    definition.camera = read_camera(top, definition.spots);
    read_air(top, definition.air);
    read_water(top, definition);
    read_parts(top, definition);
    definition.score = read_score(top, definition);
    top.finish();
    return definition;
}

} // namespace

std::expected<Definition, EnvironmentError> read_definition(const std::filesystem::path& file) {
    const auto fault = [&](const Fault& found) {
        return std::unexpected(
            EnvironmentError{.file = file, .pointer = found.pointer, .detail = found.detail});
    };
    const auto document = parse(file);
    if (!document) {
        return fault(document.error());
    }
    Reading reading;
    ObjectReader top(yyjson_doc_get_root(document->get()), "", reading);
    Definition definition = read_all(top);
    definition.file = file;
    if (!reading.fault && definition.id != file.stem().string()) {
        top.fail("id", std::format(R"("{}" is not the file's name, "{}")", definition.id,
                                   file.stem().string()));
    }
    if (reading.fault) {
        return fault(*reading.fault);
    }
    return definition;
}

} // namespace haven::environments
