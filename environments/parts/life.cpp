#include "environments/parts/life.hpp"

#include "environments/parts/garden_life.hpp"
#include "environments/parts/noise.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float two_pi = 2.0F * std::numbers::pi_v<float>;

/// 0..1 through one life of `period_s`, begun `offset` of a life ago; exact after weeks.
float phase(double time_s, double period_s, float offset) {
    const double lives = time_s / period_s + static_cast<double>(offset);
    return static_cast<float>(lives - std::floor(lives));
}

/// Which life this is: what is by chance differs from one to the next.
std::uint32_t life_number(double time_s, double period_s, float offset) {
    const double lives = std::floor(time_s / period_s + static_cast<double>(offset));
    return static_cast<std::uint32_t>(static_cast<std::int64_t>(lives));
}

/// In and out without an edge: 0 at both ends, 1 between.
float swell(float age, float in, float out) {
    return glm::smoothstep(0.0F, in, age) * (1.0F - glm::smoothstep(1.0F - out, 1.0F, age));
}

void add_embers(const Embers& embers, std::uint32_t seed, double time_s, scene::SceneFrame& frame) {
    for (int i = 0; i < embers.count; ++i) {
        Dice lasting(scramble(seed + static_cast<std::uint32_t>(i)));
        const auto period_s = static_cast<double>(lasting.between(4.5F, 9.0F));
        const float offset = lasting.unit();
        const float age = phase(time_s, period_s, offset);
        Dice dice(scramble(
            seed ^ (life_number(time_s, period_s, offset) * 131U + static_cast<std::uint32_t>(i))));
        const float angle = dice.unit() * two_pi;
        const float away = embers.spread_m * std::sqrt(dice.unit());
        const float drift = 0.05F * std::sin(two_pi * (age + dice.unit()));
        const float cooling = 1.0F - age;
        frame.add({.position_m = embers.centre_m + glm::vec3(std::cos(angle) * away + drift,
                                                             embers.rise_m * age,
                                                             std::sin(angle) * away * 0.5F),
                   .radius_m = dice.between(0.003F, 0.006F),
                   .colour = embers.colour * (1.5F * cooling),
                   .opacity = swell(age, 0.15F, 0.5F),
                   .kind = scene::SpriteKind::dot});
    }
}

void add_steam(const Steam& steam, std::uint32_t seed, double time_s, scene::SceneFrame& frame) {
    for (int i = 0; i < steam.count; ++i) {
        Dice dice(scramble(seed + static_cast<std::uint32_t>(i) * 7U));
        const auto period_s = static_cast<double>(dice.between(6.0F, 8.5F));
        const float share = static_cast<float>(i) / static_cast<float>(steam.count);
        const float age = phase(time_s, period_s, share + 0.1F * dice.unit());
        const float sway = two_pi * (phase(time_s, 11.0, dice.unit()) + age * 0.6F);
        frame.add(
            {.position_m = steam.source_m + glm::vec3(steam.width_m * 0.9F * age * std::sin(sway),
                                                      steam.rise_m * age,
                                                      steam.width_m * 0.6F * age * std::cos(sway)),
             .radius_m = steam.width_m * (0.55F + 1.3F * age),
             .colour = steam.colour,
             .opacity = steam.opacity * swell(age, 0.25F, 0.65F),
             .kind = scene::SpriteKind::puff,
             .stretch = 1.6F,
             .seed = dice.unit()});
    }
}

void add_rain(const Rain& rain, std::uint32_t seed, double time_s, scene::SceneFrame& frame) {
    const glm::vec3 size_m = rain.high_m - rain.low_m;
    for (int i = 0; i < rain.count; ++i) {
        Dice lasting(scramble(seed + static_cast<std::uint32_t>(i) * 3U));
        const auto period_s =
            static_cast<double>(size_m.y / (rain.fall_m_per_s * lasting.between(0.85F, 1.15F)));
        const float offset = lasting.unit();
        const float age = phase(time_s, period_s, offset);
        Dice dice(scramble(
            seed ^ (life_number(time_s, period_s, offset) * 977U + static_cast<std::uint32_t>(i))));
        frame.add(
            {.position_m = rain.low_m + size_m * glm::vec3(dice.unit(), 1.0F - age, dice.unit()),
             .radius_m = 0.0035F,
             .colour = rain.colour,
             .opacity = 0.5F * swell(age, 0.1F, 0.1F),
             .kind = scene::SpriteKind::streak,
             .stretch = 26.0F,
             .seed = dice.unit()});
    }
}

/// One slow way along one axis, -1..1: two waves that do not meet again for a long time.
float wander(double time_s, Dice& dice) {
    const auto slow_s = static_cast<double>(dice.between(17.0F, 41.0F));
    const auto quicker_s = static_cast<double>(dice.between(9.0F, 15.0F));
    const float slow = std::sin(two_pi * phase(time_s, slow_s, dice.unit()));
    const float quicker = std::sin(two_pi * phase(time_s, quicker_s, dice.unit()));
    return 0.72F * slow + 0.28F * quicker;
}

void add_drifters(const Drifters& drifters, std::uint32_t seed, double time_s,
                  scene::SceneFrame& frame) {
    const glm::vec3 reach_m =
        glm::min(glm::vec3(drifters.wander_m), 0.5F * (drifters.high_m - drifters.low_m));
    for (int i = 0; i < drifters.count; ++i) {
        Dice dice(scramble(seed + static_cast<std::uint32_t>(i) * 13U));
        const glm::vec3 share{dice.unit(), dice.unit(), dice.unit()};
        glm::vec3 at_m = glm::mix(drifters.low_m + reach_m, drifters.high_m - reach_m, share);
        // Its whole way lies outside the person's room.
        const float away_m = std::hypot(at_m.x, at_m.z);
        const float least_m = drifters.keep_away_m + std::hypot(reach_m.x, reach_m.z);
        if (drifters.keep_away_m > 0.0F && away_m < least_m) {
            const float out = least_m / std::max(away_m, 0.05F);
            at_m.x *= out;
            at_m.z *= out;
        }
        at_m += reach_m *
                glm::vec3(wander(time_s, dice), 0.6F * wander(time_s, dice), wander(time_s, dice));
        const auto pulse_s = static_cast<double>(dice.between(7.0F, 13.0F));
        const float wave = 0.5F + 0.5F * std::sin(two_pi * phase(time_s, pulse_s, dice.unit()));
        frame.add({.position_m = at_m,
                   .radius_m = drifters.radius_m * dice.between(0.75F, 1.25F),
                   .colour = drifters.colour,
                   .opacity = drifters.opacity * glm::mix(1.0F, wave * wave, drifters.pulse),
                   .kind = scene::SpriteKind::dot});
    }
}

glm::quat star_turn_at(const StarTurn& stars, double time_s) {
    if (stars.period_s <= 0.0) {
        return stars.start;
    }
    return glm::angleAxis(-two_pi * phase(time_s, stars.period_s, 0.0F), stars.pole) * stars.start;
}

} // namespace

void add_life(const Life& life, double time_s, scene::SceneFrame& frame) {
    std::uint32_t seed = 1;
    for (const Embers& embers : life.embers) {
        add_embers(embers, scramble(seed++), time_s, frame);
    }
    for (const Steam& steam : life.steam) {
        add_steam(steam, scramble(seed++), time_s, frame);
    }
    for (const Rain& rain : life.rain) {
        add_rain(rain, scramble(seed++), time_s, frame);
    }
    for (const Drips& drips : life.drips) {
        add_drips(drips, scramble(seed++), time_s, frame);
    }
    if (life.spout) {
        add_spout(*life.spout, time_s, frame);
    }
    for (const Drifters& drifters : life.drifters) {
        add_drifters(drifters, scramble(seed++), time_s, frame);
    }
    frame.world_from_stars = star_turn_at(life.stars, time_s);
}

} // namespace haven::environments
