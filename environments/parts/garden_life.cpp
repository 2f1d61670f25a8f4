#include "environments/parts/garden_life.hpp"

#include "environments/parts/noise.hpp"
#include "environments/soundscape/spout_moments.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace haven::environments {
namespace {

constexpr float raised_rad = 0.40F;
constexpr float tipped_rad = -0.42F;
constexpr float sinks_rad = 0.07F; // while it fills
constexpr float pi = std::numbers::pi_v<float>;
constexpr float gravity = 6.0F; // drops fall a little slower than they do

float fraction(double value) {
    return static_cast<float>(value - std::floor(value));
}

struct Tip {
    float since_s;
    float until_next_s;
};

Tip tip_at(std::uint32_t seed, double time_s) {
    const soundscape::SpoutTip tip = soundscape::spout_tip_at(seed, time_s);
    return {.since_s = static_cast<float>(tip.since_s),
            .until_next_s = static_cast<float>(tip.until_next_s)};
}

/// How strongly it pours, 0..1.
float pouring(float since_s) {
    constexpr auto from_s = static_cast<float>(soundscape::spout_pours_after_s);
    constexpr auto to_s = static_cast<float>(soundscape::spout_poured_after_s);
    return glm::smoothstep(from_s, from_s + 0.4F, since_s) *
           (1.0F - glm::smoothstep(to_s - 0.9F, to_s, since_s));
}

} // namespace

float spout_angle_rad(std::uint32_t seed, double time_s) {
    constexpr auto knock_s = static_cast<float>(soundscape::spout_knock_after_s);
    constexpr auto rebound_s = static_cast<float>(soundscape::spout_second_knock_after_s) - knock_s;
    const Tip tip = tip_at(seed, time_s);
    const float full = 1.0F - glm::smoothstep(0.0F, 14.0F, tip.until_next_s);
    const float back = glm::smoothstep(3.0F, knock_s, tip.since_s);
    const float down = glm::smoothstep(0.0F, 1.1F, tip.since_s) * (1.0F - back);
    // What is left of the last filling goes while it lies tipped.
    const float sunk = sinks_rad * (tip.since_s < 2.0F ? 1.0F : full);
    const float after = tip.since_s - knock_s;
    const float rebound =
        after > 0.0F ? 0.045F * std::exp(-after * 3.2F) * std::abs(std::sin(after / rebound_s * pi))
                     : 0.0F;
    return glm::mix(raised_rad - sunk, tipped_rad, down) - rebound;
}

void add_drips(const Drips& drips, std::uint32_t seed, double time_s, scene::SceneFrame& frame) {
    const float falls_s = std::sqrt(2.0F * drips.fall_m / gravity);
    for (int i = 0; i < drips.count; ++i) {
        Dice dice(scramble(seed + static_cast<std::uint32_t>(i) * 13U));
        const float period_s = dice.between(3.5F, 9.0F);
        const float age_s = period_s * fraction(time_s / static_cast<double>(period_s) +
                                                static_cast<double>(dice.unit()));
        const float share = (static_cast<float>(i) + dice.unit()) / static_cast<float>(drips.count);
        const float hangs_s = period_s - falls_s;
        const float gathered = glm::smoothstep(0.0F, hangs_s * 0.9F, age_s);
        const float fallen_s = glm::max(age_s - hangs_s, 0.0F);
        const float fallen = fallen_s / falls_s;
        const float depth_m = 0.5F * gravity * fallen_s * fallen_s;
        frame.add({.position_m = glm::mix(drips.from_m, drips.to_m, share) -
                                 glm::vec3(0.0F, depth_m + 0.012F * gathered, 0.0F),
                   .radius_m = 0.0075F + 0.0035F * gathered * (1.0F - fallen),
                   .colour = drips.colour,
                   .opacity = 0.75F * glm::smoothstep(0.1F, 0.7F, gathered) *
                              (1.0F - glm::smoothstep(0.85F, 0.985F, fallen)),
                   .kind = scene::SpriteKind::streak,
                   .stretch = 1.2F + 11.0F * glm::smoothstep(0.0F, 0.4F, fallen),
                   .seed = dice.unit()});
    }
}

void add_spout(const Spout& spout, double time_s, scene::SceneFrame& frame) {
    const float angle = spout_angle_rad(spout.seed, time_s);
    frame.hinge_rad = angle;
    const float strength = pouring(tip_at(spout.seed, time_s).since_s);
    const glm::vec3 mouth_m =
        spout.pivot_m + spout.mouth_m * (spout.toward_mouth * std::cos(angle) +
                                         glm::vec3(0.0F, std::sin(angle), 0.0F));
    constexpr int count = 14;
    const float falls_s = std::sqrt(2.0F * spout.fall_m / gravity);
    for (int i = 0; i < count; ++i) {
        Dice dice(scramble(spout.seed + static_cast<std::uint32_t>(i) * 29U));
        const float age = fraction(time_s / static_cast<double>(falls_s * 1.15F) +
                                   static_cast<double>(i) / count);
        const float fallen_s = age * falls_s;
        frame.add(
            {.position_m = mouth_m + spout.toward_mouth * (0.22F * fallen_s) -
                           glm::vec3(0.0F, 0.5F * gravity * fallen_s * fallen_s, 0.0F) +
                           glm::vec3(dice.around(0.0F, 0.008F), 0.0F, dice.around(0.0F, 0.008F)),
             .radius_m = 0.009F,
             .colour = spout.colour,
             .opacity = 0.7F * strength * glm::smoothstep(0.0F, 0.2F, age) *
                        (1.0F - glm::smoothstep(0.75F, 0.96F, age)),
             .kind = scene::SpriteKind::streak,
             .stretch = 4.0F + 6.0F * age,
             .seed = dice.unit()});
    }
}

} // namespace haven::environments
