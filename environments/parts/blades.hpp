#pragma once
// Grass and reeds: bent blades that taper, in tufts.

#include "environments/parts/noise.hpp"
#include "environments/parts/shapes.hpp"

#include <glm/vec3.hpp>

namespace haven::environments {

struct Blades {
    int count = 12;
    float height_m = 0.5F;  ///< of the tallest
    float width_m = 0.008F; ///< at the foot
    float spread_m = 0.08F; ///< of the feet
    float bend = 0.5F;      ///< 0 upright .. 1 hanging over
    float sway_m = 0.02F;   ///< of the tips in the wind
    int segments = 3;
    glm::vec3 tint{0.2F}; ///< at the tip
    glm::vec3 foot_tint{0.1F};
    glm::vec3 lean{0.0F}; ///< which way all of them bend a little
};

/// One tuft, its feet at the sculptor's place.
void add_blades(const Sculptor& place, const Blades& blades, Dice& dice);

} // namespace haven::environments
