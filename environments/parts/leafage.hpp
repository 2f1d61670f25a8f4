#pragma once
// What plants are made of: cards that the foliage pattern cuts into leaves, blades or a frond, and
// the ground they stand on. Few large cards rather than many small leaves.

#include "environments/parts/noise.hpp"
#include "environments/parts/shapes.hpp"
#include "renderer/scene/scene.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <cstdint>
#include <vector>

namespace haven::environments {

/// What renderer/shaders/foliage.glsl cuts out of a card: it is told by the band of pattern_m.x.
enum class Cut : std::uint8_t { leaves, fallen_leaves, small_leaves, blades, frond };

/// A rectangle in the part's space.
struct LeafCard {
    glm::vec3 centre_m{0.0F};
    glm::vec3 right_m{0.5F, 0.0F, 0.0F}; ///< from the centre to the side
    glm::vec3 up_m{0.0F, 0.5F, 0.0F};    ///< from the centre to the top
    glm::vec3 normal{0.0F, 1.0F, 0.0F};  ///< of the crown there, not of the card
    Cut cut = Cut::leaves;
    glm::vec3 tint{0.1F};
    float glow = 0.0F; ///< emission; any at all, and the card casts no shadow
    float sway_low_m = 0.0F;
    float sway_high_m = 0.03F;
    float open = 1.0F; ///< occlusion before it is baked
};
void add_leaf_card(const Sculptor& sculptor, const LeafCard& card, Dice& dice);

/// A bough of leaves: cards in an ellipsoid, shaded like a ball.
struct Clump {
    glm::vec3 centre_m{0.0F};
    glm::vec3 radii_m{1.0F};
    int cards = 12;
    float card_m = 0.8F; ///< width of a card
    glm::vec3 tint{0.1F};
    float glow = 0.0F;
    float sway_m = 0.03F;
    float level = 0.0F;     ///< 0: cards turned every way; 1: lying, as leaves toward the light do
    float open_low = 0.55F; ///< how open the underside is; the top is 1
    float depth = 0.0F;     ///< how much darker leaves are within and beneath than at the top
};
void add_clump(const Sculptor& sculptor, const Clump& clump, Dice& dice);

/// A bent strip that the pattern cuts into a fern's frond, from its foot outward and over.
struct Frond {
    glm::vec3 foot_m{0.0F};
    float heading_rad = 0.0F;
    float length_m = 0.6F;
    float width_m = 0.2F;
    float rise = 0.9F;  ///< how steeply it begins, radians
    float droop = 1.5F; ///< how far it bends over to its tip, radians
    glm::vec3 tint{0.1F};
    float sway_m = 0.02F;
};
void add_frond(const Sculptor& sculptor, const Frond& frond, Dice& dice);

/// Blades of grass from one foot, each two bent pieces.
struct Tuft {
    glm::vec3 foot_m{0.0F};
    int blades = 12;
    float height_m = 0.3F;
    float spread_m = 0.1F;
    glm::vec3 tint{0.1F};
    float sway_m = 0.05F;
};
void add_tuft(const Sculptor& sculptor, const Tuft& tuft, Dice& dice);

/// A rock that no other is like.
struct Boulder {
    glm::vec3 centre_m{0.0F};
    glm::vec3 radii_m{0.3F};
    float rough = 0.3F; ///< how far from an ellipsoid
    int across = 14;
    glm::vec3 tint{0.2F};
};
void add_boulder(const Sculptor& sculptor, const Boulder& boulder, std::uint32_t seed);

/// What is taken already, seen from above: corners of everything of one pattern.
class Taken {
  public:
    Taken(const scene::SceneMesh& mesh, scene::Pattern pattern);
    [[nodiscard]] bool near(float x_m, float z_m, float within_m) const;

  private:
    std::vector<glm::vec2> spots_m_; ///< sorted by x
};

/// The height of the land that was built so far (the mesh may grow, not go): Pattern::ground and
/// Pattern::sand, in the room.
class LandHeight {
  public:
    explicit LandHeight(const scene::SceneMesh& mesh);
    [[nodiscard]] float at(float x_m, float z_m) const; ///< 0 where there is no land

  private:
    const scene::SceneMesh* mesh_;
    std::vector<std::uint32_t> first_; ///< of each cell's triangles in the list below, then its end
    std::vector<std::uint32_t> listed_; ///< where a triangle begins in the mesh's indices
};

} // namespace haven::environments
