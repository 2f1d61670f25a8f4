#include "server/canvas/model.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_mesh.hpp"
#include "server/canvas/glb.hpp"
#include "server/canvas/tube_thinning.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <format>
#include <numbers>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::canvas {

namespace {

constexpr float finest_m = 0.00005F;
constexpr float coarsest_m = 100'000.0F; ///< farther than ink can be: a few rings a stroke
constexpr std::size_t rings_min = 3;     ///< a pole, a full ring, a pole

/// How round a tube is where its line may be so far off.
std::size_t sides_for(float tolerance_m) {
    if (tolerance_m < 0.0001F) {
        return 12;
    }
    if (tolerance_m < 0.0004F) {
        return 8;
    }
    if (tolerance_m < 0.0016F) {
        return 6;
    }
    return tolerance_m < 0.0064F ? 4 : 3;
}

struct Tube {
    const Stroke* stroke = nullptr;
    int number = 0; ///< among its hand's, from 1
    std::vector<TubeRing> rings;
};

struct Tubes {
    std::vector<Tube> all;
    std::size_t rings = 0;
    float tolerance_m = finest_m;
    int skipped = 0;

    /// The caps end in one vertex, so their bands have a triangle a side.
    [[nodiscard]] std::size_t triangles() const {
        return 2 * sides_for(tolerance_m) * (rings - (2 * all.size()));
    }
    void coarsen() {
        tolerance_m *= 2.0F;
        rings = 0;
        for (Tube& tube : all) {
            tube.rings = thinned(tube.rings, tolerance_m);
            rings += tube.rings.size();
        }
    }
    void add(std::span<const Stroke> strokes) {
        int number = 0;
        for (const Stroke& stroke : strokes) {
            if (stroke.removed_ms) {
                continue;
            }
            ++number;
            std::vector<TubeRing> made =
                thinned_rings(stroke, tolerance_m, coarsest_m, model_triangles_max);
            if (made.size() < rings_min) {
                ++skipped;
                continue;
            }
            rings += made.size();
            all.push_back({.stroke = &stroke, .number = number, .rings = std::move(made)});
            if (triangles() > 2 * model_triangles_max &&
                tolerance_m < coarsest_m) { // bounds what is in memory
                coarsen();
            }
        }
    }
};

glb::Mesh mesh_of(const Tube& tube, std::size_t sides) {
    glb::Mesh mesh;
    const std::size_t last = tube.rings.size() - 1;
    const auto corners = static_cast<std::uint32_t>(sides);
    for (std::size_t i = 0; i <= last; ++i) {
        const TubeRing& ring = tube.rings[i];
        const glm::quat frame = frame_of(ring);
        const float slope = slope_of(ring);
        const float across = std::sqrt(std::max(0.0F, 1.0F - (slope * slope)));
        const bool pole = i == 0 || i == last;
        for (std::size_t corner = 0; corner < (pole ? 1 : sides); ++corner) {
            const float angle = 2.0F * std::numbers::pi_v<float> * static_cast<float>(corner) /
                                static_cast<float>(sides);
            const glm::vec3 out{std::cos(angle), std::sin(angle), 0.0F};
            const glm::vec3 normal = pole ? glm::vec3{0.0F, 0.0F, i == 0 ? -1.0F : 1.0F}
                                          : glm::vec3{out.x * across, out.y * across, slope};
            mesh.vertices.push_back(
                {.position_m = ring.centre_m + (pole ? 0.0F : ring.radius_m) * (frame * out),
                 .normal = glm::normalize(frame * normal)});
        }
    }
    // Ring i of the rings between the poles begins at vertex 1 + (i - 1) * sides.
    const auto at = [&](std::size_t ring, std::uint32_t corner) {
        if (ring == 0) {
            return std::uint32_t{0};
        }
        const auto first = static_cast<std::uint32_t>(1 + ((ring - 1) * sides));
        return ring == last ? first : first + (corner % corners);
    };
    for (std::size_t i = 0; i < last; ++i) {
        for (std::uint32_t c = 0; c < corners; ++c) {
            if (i > 0) {
                mesh.indices.insert(mesh.indices.end(), {at(i, c), at(i, c + 1), at(i + 1, c)});
            }
            if (i + 1 < last) {
                mesh.indices.insert(mesh.indices.end(),
                                    {at(i, c + 1), at(i + 1, c + 1), at(i + 1, c)});
            }
        }
    }
    return mesh;
}

std::string extras_of(const Stroke& stroke) {
    std::string extras =
        std::format(R"({{"stroke_id":"{}","hand":"{}","derived":{})", to_string(stroke.id),
                    to_string(stroke.hand), stroke.derived_from.has_value());
    if (stroke.derived_from) {
        extras += std::format(R"(,"derived_from":"{}")", to_string(*stroke.derived_from));
    }
    return extras + "}";
}

} // namespace

Model model_of(std::span<const Stroke> left, std::span<const Stroke> right) {
    Tubes tubes;
    tubes.add(left);
    tubes.add(right);
    while (tubes.triangles() > model_triangles_max && tubes.tolerance_m < coarsest_m) {
        tubes.coarsen();
    }
    const std::size_t sides = sides_for(tubes.tolerance_m);
    glb::File file;
    for (const Tube& tube : tubes.all) {
        const Stroke& stroke = *tube.stroke;
        file.add(std::format("{} {}", to_string(stroke.hand), tube.number), extras_of(stroke),
                 tube.rings.front().colour_rgba8, mesh_of(tube, sides));
    }
    Model model{.triangles = tubes.triangles(),
                .strokes_drawn = static_cast<int>(tubes.all.size()),
                .strokes_skipped = tubes.skipped};
    model.glb = std::move(file).finish(std::format(
        R"({{"strokes":{},"triangles":{},"triangles_max":{},"sides":{},)"
        R"("line_tolerance_m":{}}})",
        tubes.all.size(), model.triangles, model_triangles_max, sides, tubes.tolerance_m));
    return model;
}

} // namespace haven::canvas
