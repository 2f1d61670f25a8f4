#include "renderer/scene/sky_light.hpp"

#include "renderer/scene/scene.hpp"

#include <glm/common.hpp>
#include <glm/exponential.hpp>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace haven::scene {
namespace {

using Vec = glm::dvec3;

// Hillaire 2020, "A Scalable and Production Ready Sky and Atmosphere Rendering Technique": the
// Earth's air in metres, its measured coefficients, and light scattered many times as a series.
constexpr double ground_radius_m = 6.360e6;
constexpr double top_radius_m = 6.460e6;
constexpr Vec rayleigh_per_m{5.802e-6, 13.558e-6, 33.1e-6};
constexpr Vec ozone_per_m{0.650e-6, 1.881e-6, 0.085e-6};
constexpr double mie_scattering_per_m = 3.996e-6;
constexpr double mie_extinction_per_m = 8.396e-6;
constexpr double rayleigh_height_m = 8000.0;
constexpr double mie_height_m = 1200.0;
constexpr double eye_height_m = 20.0;
constexpr double pi = std::numbers::pi;
constexpr double even_phase = 1.0 / (4.0 * pi);
constexpr int sun_steps = 14;
constexpr int view_steps = 24;

struct Medium {
    Vec rayleigh; ///< scattered, per metre
    double mie;
    Vec extinction;
};

Medium medium_at(double height_m, double haze) {
    const double low = std::max(height_m, 0.0);
    const double mie = haze * std::exp(-low / mie_height_m);
    const double ozone = std::max(0.0, 1.0 - std::abs(low - 25e3) / 15e3);
    const Vec rayleigh = rayleigh_per_m * std::exp(-low / rayleigh_height_m);
    return {.rayleigh = rayleigh,
            .mie = mie_scattering_per_m * mie,
            .extinction = rayleigh + mie_extinction_per_m * mie + ozone_per_m * ozone};
}

/// The way to a sphere about the Earth's centre; negative when it is missed.
double way_to_sphere_m(Vec from, Vec direction, double radius_m, bool far_side) {
    const double b = glm::dot(from, direction);
    const double inside = b * b - (glm::dot(from, from) - radius_m * radius_m);
    if (inside < 0.0) {
        return -1.0;
    }
    return far_side ? -b + std::sqrt(inside) : -b - std::sqrt(inside);
}

/// Steps that grow with distance: where the middle of step i is, and how long it is.
struct Step {
    double at_m;
    double length_m;
};
Step step_of(int i, int count, double way_m) {
    const double from = static_cast<double>(i) / count;
    const double to = static_cast<double>(i + 1) / count;
    return {.at_m = way_m * 0.5 * (from * from + to * to),
            .length_m = way_m * (to * to - from * from)};
}

class Air {
  public:
    Air(Vec to_sun, double haze) : to_sun_(to_sun), haze_(haze) {
        for (std::size_t i = 0; i < again_.size(); ++i) {
            again_.at(i) = scattered_again(height_of(i));
        }
    }

    /// What is scattered into a ray: by molecules with their phase and by everything evenly, and
    /// apart from that by haze, without its phase.
    struct Seen {
        Vec soft{0.0};
        Vec haze{0.0};
    };
    [[nodiscard]] Seen look(Vec direction) const {
        const Vec from{0.0, ground_radius_m + eye_height_m, 0.0};
        const double toward = glm::dot(direction, to_sun_);
        const double rayleigh_phase = 3.0 / (16.0 * pi) * (1.0 + toward * toward);
        Seen seen;
        Vec clear{1.0};
        const double way_m = way_to_sphere_m(from, direction, top_radius_m, true);
        for (int i = 0; i < view_steps; ++i) {
            const Step step = step_of(i, view_steps, way_m);
            const Vec at = from + direction * step.at_m;
            const double height_m = glm::length(at) - ground_radius_m;
            const Medium medium = medium_at(height_m, haze_);
            const Vec kept = glm::exp(-medium.extinction * step.length_m);
            const Vec share = clear * (1.0 - kept) / medium.extinction;
            const Vec sun = sunlight(at);
            seen.soft += share * (medium.rayleigh * rayleigh_phase * sun +
                                  (medium.rayleigh + medium.mie) * again(height_m));
            seen.haze += share * medium.mie * sun;
            clear *= kept;
        }
        return seen;
    }

  private:
    static constexpr std::size_t levels = 8;
    static double height_of(std::size_t level) {
        const double share = static_cast<double>(level) / (levels - 1);
        return 60e3 * share * share + 10.0;
    }

    /// The share of the sun's light that arrives.
    [[nodiscard]] Vec sunlight(Vec at) const {
        if (way_to_sphere_m(at, to_sun_, ground_radius_m, false) > 0.0) {
            return Vec(0.0);
        }
        const double way_m = way_to_sphere_m(at, to_sun_, top_radius_m, true);
        Vec depth{0.0};
        for (int i = 0; i < sun_steps; ++i) {
            const Step step = step_of(i, sun_steps, way_m);
            const double height_m = glm::length(at + to_sun_ * step.at_m) - ground_radius_m;
            depth += medium_at(height_m, haze_).extinction * step.length_m;
        }
        return glm::exp(-depth);
    }

    [[nodiscard]] Vec scattered_again(double height_m) const {
        constexpr int directions = 24;
        constexpr int steps = 10;
        constexpr double ground_albedo = 0.15;
        const Vec from{0.0, ground_radius_m + height_m, 0.0};
        Vec twice{0.0};
        Vec once_more{0.0};
        for (int d = 0; d < directions; ++d) {
            const double y = 1.0 - 2.0 * (d + 0.5) / directions;
            const double turn = 2.39996322972865 * d; // the golden angle
            const double flat = std::sqrt(1.0 - y * y);
            const Vec direction{flat * std::cos(turn), y, flat * std::sin(turn)};
            const double ground_m = way_to_sphere_m(from, direction, ground_radius_m, false);
            const double way_m =
                ground_m > 0.0 ? ground_m : way_to_sphere_m(from, direction, top_radius_m, true);
            Vec clear{1.0};
            for (int i = 0; i < steps; ++i) {
                const Step step = step_of(i, steps, way_m);
                const Vec at = from + direction * step.at_m;
                const Medium medium = medium_at(glm::length(at) - ground_radius_m, haze_);
                const Vec kept = glm::exp(-medium.extinction * step.length_m);
                const Vec share = clear * (1.0 - kept) / medium.extinction;
                const Vec scattering = medium.rayleigh + medium.mie;
                twice += share * scattering * sunlight(at) * even_phase;
                once_more += share * scattering;
                clear *= kept;
            }
            if (ground_m > 0.0) {
                const Vec at = from + direction * ground_m;
                const double facing = std::max(glm::dot(glm::normalize(at), to_sun_), 0.0);
                twice += clear * sunlight(at * (1.0 + 1e-7)) * facing * ground_albedo / pi;
            }
        }
        return twice / static_cast<double>(directions) /
               (1.0 - once_more / static_cast<double>(directions));
    }

    [[nodiscard]] Vec again(double height_m) const {
        const double share = std::sqrt(std::clamp(height_m - 10.0, 0.0, 60e3) / 60e3);
        const double at = share * (levels - 1);
        const auto low = std::min(static_cast<std::size_t>(at), levels - 2);
        return glm::mix(again_.at(low), again_.at(low + 1), at - static_cast<double>(low));
    }

    Vec to_sun_;
    double haze_;
    std::array<Vec, levels> again_{};
};

float row_height(std::size_t row) {
    const float share = static_cast<float>(row) / static_cast<float>(sky_row_count - 1);
    return share * share;
}

glm::vec3 painted_gradient(const Sky& sky, float up) {
    const float share = std::clamp(up / std::max(sky.horizon_width, 0.01F), 0.0F, 1.0F);
    return glm::mix(sky.horizon, sky.zenith, 1.0F - (1.0F - share) * (1.0F - share));
}

/// The sun's azimuth; at the zenith any will do.
glm::vec2 azimuth_of(glm::vec3 direction) {
    const glm::vec2 flat{direction.x, direction.z};
    const float length = glm::length(flat);
    return length > 1e-4F ? flat / length : glm::vec2(0.0F, -1.0F);
}

void add_air(const Sky& sky, SkyLight& light) {
    const glm::vec3 to_sun = glm::normalize(sky.to_sun);
    const Air air(Vec(to_sun), static_cast<double>(sky.haze));
    const glm::vec2 sun_way = azimuth_of(to_sun);
    const float brightness = sky.air_brightness * sky.air_share;
    constexpr int ways = 5;
    for (std::size_t row = 0; row < sky_row_count; ++row) {
        const double up = std::max(static_cast<double>(row_height(row)), 0.004);
        const double flat = std::sqrt(std::max(1.0 - up * up, 0.0));
        Vec mean{0.0};
        Vec slope{0.0};
        for (int way = 0; way < ways; ++way) {
            const double turn = pi * way / (ways - 1);
            const double c = std::cos(turn);
            const double s = std::sin(turn);
            const Vec direction{flat * (sun_way.x * c - sun_way.y * s), up,
                                flat * (sun_way.y * c + sun_way.x * s)};
            const Air::Seen seen = air.look(direction);
            mean += seen.soft / static_cast<double>(ways);
            slope += seen.soft * c / 3.0; // the sum of the squared cosines
            if (way == 0) {
                constexpr double g = air_forward;
                light.halo.at(row) = glm::vec3(seen.haze * even_phase * (1.0 - g * g)) * brightness;
            }
        }
        light.even.at(row) =
            light.even.at(row) * (1.0F - sky.air_share) + glm::vec3(mean) * brightness;
        light.toward.at(row) = glm::vec3(slope) * brightness;
    }
}

/// The polynomials that SkyLight::ambient goes with.
std::array<float, 9> harmonics(glm::vec3 n) {
    return {1.0F,
            n.x,
            n.y,
            n.z,
            n.x * n.y,
            n.y * n.z,
            n.z * n.x,
            3.0F * n.y * n.y - 1.0F,
            n.x * n.x - n.z * n.z};
}

// Ramamoorthi and Hanrahan 2001, "An Efficient Representation for Irradiance Environment Maps": the
// squares of the harmonics' norms times what the cosine keeps of each, over pi.
constexpr std::array<float, 9> kept_of{0.0795775F, 0.159155F, 0.159155F,  0.159155F, 0.298416F,
                                       0.298416F,  0.298416F, 0.0248680F, 0.0746039F};

void add_sky_light(const Sky& sky, const Ambient& ambient, SkyLight& light) {
    constexpr int rings = 24;
    constexpr int around = 48;
    const float share = 2.0F * std::numbers::pi_v<float> / (rings * around); // of the hemisphere
    const float clouds = 0.6F * sky.cloud_cover;
    for (int ring = 0; ring < rings; ++ring) {
        for (int i = 0; i < around; ++i) {
            const float y = (static_cast<float>(ring) + 0.5F) / rings;
            const float turn =
                2.0F * std::numbers::pi_v<float> * (static_cast<float>(i) + 0.5F) / around;
            const float flat = std::sqrt(1.0F - y * y);
            const glm::vec3 direction{flat * std::cos(turn), y, flat * std::sin(turn)};
            const glm::vec3 seen =
                glm::mix(sky_in(light, sky, direction), sky.cloud_colour, clouds);
            const std::array<float, 9> basis = harmonics(direction);
            for (std::size_t k = 0; k < basis.size(); ++k) {
                light.ambient.at(k) +=
                    seen * (ambient.from_sky * share * basis.at(k) * kept_of.at(k));
            }
        }
    }
}

} // namespace

SkyLight sky_light(const Sky& sky, const Ambient& ambient) {
    SkyLight light;
    for (std::size_t row = 0; row < sky_row_count; ++row) {
        light.even.at(row) = painted_gradient(sky, row_height(row));
    }
    if (sky.air_share > 0.0F) {
        add_air(sky, light);
    }
    if (ambient.from_sky > 0.0F) {
        add_sky_light(sky, ambient, light);
    }
    light.ambient[0] += 0.5F * (ambient.sky + ambient.ground);
    light.ambient[2] += 0.5F * (ambient.sky - ambient.ground);
    return light;
}

glm::vec3 sky_in(const SkyLight& light, const Sky& sky, glm::vec3 direction) {
    const float at =
        std::sqrt(std::clamp(direction.y, 0.0F, 1.0F)) * static_cast<float>(sky_row_count - 1);
    const auto row = std::min(static_cast<std::size_t>(at), sky_row_count - 2);
    const float past = at - static_cast<float>(row);
    const glm::vec3 to_sun = glm::normalize(sky.to_sun);
    const float side = glm::dot(azimuth_of(direction), azimuth_of(to_sun));
    const float toward = std::clamp(glm::dot(direction, to_sun), -1.0F, 1.0F);
    const float wide = 1.0F + air_forward * air_forward - 2.0F * air_forward * toward;
    const float spread = std::max(sky.glow_width * sky.glow_width * 0.5F, 1e-3F);
    const auto of_row = [&](std::size_t i) {
        return light.even.at(i) + light.toward.at(i) * side +
               light.halo.at(i) / (wide * std::sqrt(wide));
    };
    return glm::mix(of_row(row), of_row(row + 1), past) +
           sky.glow_colour * std::exp2((std::max(toward, 0.0F) - 1.0F) / spread);
}

glm::vec3 ambient_on(const SkyLight& light, glm::vec3 normal) {
    const std::array<float, 9> basis = harmonics(normal);
    glm::vec3 sum{0.0F};
    for (std::size_t k = 0; k < basis.size(); ++k) {
        sum += light.ambient.at(k) * basis.at(k);
    }
    return glm::max(sum, glm::vec3(0.0F));
}

} // namespace haven::scene
