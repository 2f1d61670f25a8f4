#include "xr_app/ghost_targets.hpp"

#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "renderer/passes/picture.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <span>

namespace haven {
namespace {

constexpr std::array circle{exercise::Target{.hand = Hand::right,
                                             .centre_m = {0.24F, -0.12F, -0.35F},
                                             .size_m = {0.26F, 0.3F},
                                             .pace_hz = 0.25F}};

Pose head(const glm::vec3& at_m, float yaw_rad, float pitch_rad = 0.0F) {
    return {.position_m = at_m,
            .orientation =
                turned_by(yaw_rad) * glm::angleAxis(pitch_rad, glm::vec3(1.0F, 0.0F, 0.0F))};
}

/// Where the ghost itself is, which is the first.
glm::vec3 ghost_m(const GhostTargets& ghosts) {
    return ghosts.markers().front().position_m;
}

TEST(GhostTargets, GoRoundBeforeTheBodyWhereverItLooks) {
    GhostTargets ghosts;
    const glm::vec3 eyes_m{1.0F, 1.6F, 2.0F};
    ghosts.update(circle, head(eyes_m, glm::half_pi<float>(), -0.6F), true, 0.0);
    ASSERT_EQ(ghosts.markers().size(), 1 + GhostTargets::path_beads);
    // Turned left by a quarter, -Z of the body is -X of the room, and its +X is -Z.
    const glm::vec3 middle_m = eyes_m + glm::vec3(-0.35F, -0.20F - 0.12F, -0.24F);
    EXPECT_LT(glm::distance(ghost_m(ghosts), middle_m + glm::vec3(0.0F, 0.0F, -0.13F)), 1e-4F);
    ghosts.update(circle, head(eyes_m, 0.3F), true, 1.0); // a quarter of a round later
    EXPECT_LT(glm::distance(ghost_m(ghosts), middle_m + glm::vec3(0.0F, 0.15F, 0.0F)), 1e-4F)
        << "looking elsewhere takes them nowhere";
    ghosts.place_anew();
    ghosts.update(circle, head(eyes_m, 0.0F), true, 1.0);
    EXPECT_LT(glm::distance(ghost_m(ghosts), eyes_m + glm::vec3(0.24F, -0.17F, -0.35F)), 1e-4F);
}

TEST(GhostTargets, BeadsLieOnTheWayOfTheGhost) {
    GhostTargets ghosts;
    ghosts.update(circle, head({0.0F, 1.6F, 0.0F}, 0.0F), true, 0.0);
    const auto beads = ghosts.markers().subspan(1);
    ASSERT_EQ(beads.size(), GhostTargets::path_beads);
    for (std::size_t i = 0; i < beads.size(); ++i) {
        const glm::vec3 bead_m = beads[i].position_m;
        GhostTargets later;
        later.update(circle, head({0.0F, 1.6F, 0.0F}, 0.0F), true,
                     4.0 * static_cast<double>(i) / static_cast<double>(beads.size()));
        EXPECT_LT(glm::distance(bead_m, ghost_m(later)), 1e-4F) << i;
    }
}

TEST(GhostTargets, AreNowhereWithoutABodyOrAPhaseThatHasThem) {
    GhostTargets ghosts;
    ghosts.update(circle, head({0.0F, 0.0F, 0.0F}, 0.0F), false, 0.0);
    EXPECT_TRUE(ghosts.markers().empty()) << "nobody knows where the head is";
    ghosts.update(circle, head({0.0F, 1.6F, 0.0F}, 0.0F), true, 0.0);
    EXPECT_FALSE(ghosts.markers().empty());
    ghosts.update({}, head({0.0F, 1.6F, 0.0F}, 0.0F), true, 0.0);
    EXPECT_TRUE(ghosts.markers().empty());
}

} // namespace
} // namespace haven
