#pragma once
// What moves by itself in a place: small lights and puffs in the air, each a pure function of time.

#include "renderer/scene/scene.hpp"

#include <glm/vec3.hpp>

#include <vector>

namespace haven::environments {

/// Embers that rise from a fire, cool and go out.
struct Embers {
    glm::vec3 centre_m{0.0F};
    float spread_m = 0.15F;
    float rise_m = 0.6F;
    int count = 10;
    glm::vec3 colour{1.0F, 0.4F, 0.1F};
};

/// Puffs that rise and widen: from a cup, a pond, a breath.
struct Steam {
    glm::vec3 source_m{0.0F};
    float rise_m = 0.25F;
    float width_m = 0.03F;
    int count = 7;
    glm::vec3 colour{0.5F};
    float opacity = 0.1F;
};

/// Rain that falls through a box.
struct Rain {
    glm::vec3 low_m{0.0F};
    glm::vec3 high_m{0.0F};
    int count = 80;
    float fall_m_per_s = 3.0F;
    glm::vec3 colour{0.3F};
};

struct Life {
    std::vector<Embers> embers;
    std::vector<Steam> steam;
    std::vector<Rain> rain;
};

/// Adds every sprite of this moment to the frame; what does not fit is left out.
void add_life(const Life& life, double time_s, scene::SceneFrame& frame);

} // namespace haven::environments
