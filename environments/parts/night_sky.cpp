// The sky at night: stars as there are, few bright and many faint, the Milky Way, and the turn of
// it all about the pole. Stars lie in the galaxy's own space: +X its heart, +Z its pole.

#include "environments/definition/object_reader.hpp"
#include "environments/parts/life.hpp"
#include "environments/parts/noise.hpp"
#include "environments/parts/part.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/mat3x3.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float pi = std::numbers::pi_v<float>;

struct NightSky {
    int stars = 2600;
    int band_stars = 900;
    float brightness = 1.0F;
    float band_brightness = 0.1F;
    glm::vec3 band_colour{0.7F, 0.8F, 1.0F};
    float pole_height_rad = 0.8F;
    float pole_yaw_rad = 0.4F;
    glm::vec3 heart{0.3F, 0.3F, -0.9F}; ///< where the band is brightest, in the world
    float band_lean_rad = 0.5F;         ///< from upright
    float turn_h = 4.0F;
};

/// Of a star's surface, from 3 500 to 15 000 K in even steps of share.
glm::vec3 star_colour(float share) {
    static constexpr std::array<glm::vec3, 6> colours{
        glm::vec3{1.00F, 0.70F, 0.42F}, glm::vec3{1.00F, 0.83F, 0.63F},
        glm::vec3{1.00F, 0.95F, 0.88F}, glm::vec3{0.92F, 0.95F, 1.00F},
        glm::vec3{0.78F, 0.87F, 1.00F}, glm::vec3{0.68F, 0.79F, 1.00F}};
    const float at = std::clamp(share, 0.0F, 0.9999F) * (colours.size() - 1.0F);
    const auto first = static_cast<std::size_t>(at);
    return glm::mix(colours.at(first), colours.at(first + 1), at - std::floor(at));
}

/// As many of a magnitude as the sky has: three times more with each step fainter.
float magnitude(Dice& dice, float faintest) {
    return faintest + 2.0F * std::log10(std::max(dice.unit(), 1e-4F));
}

scene::Star star_of(glm::vec3 direction, float magnitude, float brightness, Dice& dice) {
    const float seen = std::pow(10.0F, -0.4F * (magnitude - 2.0F)); // 1 at magnitude 2
    const float light = brightness * std::pow(seen, 0.78F); // as the dark-adapted eye has it
    // Half are white or bluish, some yellow, a few orange; faint ones show hardly any colour.
    const float kind = dice.unit();
    const float share = kind < 0.18F  ? dice.between(0.0F, 0.2F)
                        : kind < 0.5F ? dice.between(0.25F, 0.5F)
                                      : dice.between(0.5F, 1.0F);
    const float coloured = std::clamp(0.9F - 0.13F * magnitude, 0.25F, 0.9F);
    return {.direction = direction,
            .size = std::clamp(0.84F + 0.24F * (2.6F - magnitude), 0.5F, 1.9F),
            .colour = glm::mix(glm::vec3(0.93F, 0.96F, 1.0F), star_colour(share), coloured) * light,
            .twinkle = dice.between(0.02F, 0.09F)};
}

glm::vec3 anywhere(Dice& dice) {
    const float z = dice.between(-1.0F, 1.0F);
    const float turn = dice.between(0.0F, 2.0F * pi);
    const float flat = std::sqrt(1.0F - z * z);
    return {flat * std::cos(turn), flat * std::sin(turn), z};
}

/// In clouds along the band, more of them toward its heart.
glm::vec3 in_band(Dice& dice) {
    for (int tries = 0; tries < 64; ++tries) {
        const float spread = dice.unit() + dice.unit() + dice.unit() - 1.5F;
        const glm::vec3 at = anywhere(dice);
        const glm::vec3 way = glm::normalize(
            glm::vec3(glm::normalize(glm::vec2(at.x, at.y) + 1e-4F), 0.19F * spread));
        const float thick = 0.5F + 0.5F * noise(way * 6.0F, 4711U);
        if (dice.unit() < (0.3F + 0.7F * thick * thick) * (0.55F + 0.45F * way.x)) {
            return way;
        }
    }
    return {1.0F, 0.0F, 0.0F};
}

glm::quat world_from_galaxy(const NightSky& made) {
    const glm::vec3 x = glm::normalize(made.heart);
    const glm::vec3 level = glm::normalize(glm::cross(x, glm::vec3(0.0F, 1.0F, 0.0F)));
    const glm::vec3 z = glm::angleAxis(made.band_lean_rad, x) * level;
    return glm::quat_cast(glm::mat3(x, glm::cross(z, x), z));
}

void build_night_sky(const NightSky& made, Site& site) {
    Dice dice(site.seed);
    const glm::quat start = world_from_galaxy(made);
    const glm::vec3 pole{std::cos(made.pole_height_rad) * -std::sin(made.pole_yaw_rad),
                         std::sin(made.pole_height_rad),
                         std::cos(made.pole_height_rad) * -std::cos(made.pole_yaw_rad)};
    const glm::vec3 pole_in_galaxy = glm::conjugate(start) * pole;
    const float never_up = -std::cos(made.pole_height_rad);
    const float brightness = made.brightness * site.daylight;
    const auto add = [&](glm::vec3 direction, float faintest) {
        if (glm::dot(direction, pole_in_galaxy) > never_up) { // it rises some time
            site.scene.stars.push_back(
                star_of(direction, magnitude(dice, faintest), brightness, dice));
        }
    };
    for (int i = 0; i < made.stars; ++i) {
        add(anywhere(dice), 6.1F);
    }
    for (int i = 0; i < made.band_stars; ++i) {
        add(in_band(dice), 6.6F);
    }
    site.scene.sky.star_band = made.band_colour * (made.band_brightness * site.daylight);
    site.life.stars = {
        .start = start, .pole = pole, .period_s = 3600.0 * static_cast<double>(made.turn_h)};
}

} // namespace

PartBuilder read_night_sky(ObjectReader& reader) {
    NightSky made;
    made.stars = reader.count("stars", 0, 6000, 3600);
    made.band_stars = reader.count("band_stars", 0, 4000, 1400);
    made.brightness = reader.number("brightness", {0.0F, 4.0F}, 1.0F);
    made.band_colour = reader.colour("band_colour", "#a9b8d8");
    made.band_brightness = reader.number("band_brightness", {0.0F, 2.0F}, 0.1F);
    made.pole_height_rad = glm::radians(reader.number("pole_height_deg", {0.0F, 90.0F}, 48.0F));
    made.pole_yaw_rad = glm::radians(reader.number("pole_yaw_deg", {-180.0F, 180.0F}, 40.0F));
    made.heart = reader.vec3("heart", {-1.0F, 1.0F}, glm::vec3(0.35F, 0.3F, -0.9F));
    if (glm::length(glm::cross(made.heart, glm::vec3(0.0F, 1.0F, 0.0F))) < 0.05F) {
        reader.fail("heart", "is straight up or down: the band needs a side to lean to");
        made.heart = {0.0F, 0.0F, -1.0F};
    }
    made.band_lean_rad = glm::radians(reader.number("band_lean_deg", {-90.0F, 90.0F}, 25.0F));
    made.turn_h = reader.number("turn_h", {0.5F, 24.0F}, 4.0F);
    return [made](Site& site) { build_night_sky(made, site); };
}

} // namespace haven::environments
