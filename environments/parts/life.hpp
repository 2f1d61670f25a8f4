#pragma once
// What moves by itself in a place: small lights and puffs in the air, each a pure function of time.

#include "environments/parts/garden_life.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <optional>
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

/// Specks that wander in a box, each on slow paths of its own: fireflies, dust in sunlight. Nothing
/// of them repeats within a minute or moves quicker than once in seven seconds.
struct Drifters {
    glm::vec3 low_m{0.0F};
    glm::vec3 high_m{0.0F};
    int count = 20;
    float radius_m = 0.01F;
    float wander_m = 0.4F; ///< how far from its middle each goes, at most
    glm::vec3 colour{1.0F};
    float opacity = 1.0F;
    float pulse = 0.0F;       ///< 0 steady; 1 goes dark between, in seconds
    float keep_away_m = 0.0F; ///< from the middle of the place, seen from above
};

/// The slow turn of the stars about their pole.
struct StarTurn {
    glm::quat start{1.0F, 0.0F, 0.0F, 0.0F}; ///< world from stars at the beginning
    glm::vec3 pole{0.0F, 1.0F, 0.0F};        ///< in the world, of unit length
    double period_s = 0.0;                   ///< 0: they stand still
};

struct Life {
    std::vector<Embers> embers;
    std::vector<Steam> steam;
    std::vector<Rain> rain;
    std::vector<Drips> drips;
    std::optional<Spout> spout;
    std::vector<Drifters> drifters;
    StarTurn stars;
};

/// Adds every sprite of this moment to the frame; what does not fit is left out.
void add_life(const Life& life, double time_s, scene::SceneFrame& frame);

} // namespace haven::environments
