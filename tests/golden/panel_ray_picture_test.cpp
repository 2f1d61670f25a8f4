// How pointing at a panel looks: the ray of a hand with its dot, and the ring of a gaze.
#include "bilateral/pose.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/golden_fixture.hpp"
#include "tests/golden/golden_pictures.hpp"
#include "tests/golden/panel_stage.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/panel_ray.hpp"

#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

constexpr const char* make_golden = "UPDATE_GOLDEN=1 build/dev/bin/golden_panel_ray";

class PanelRayPicture : public Golden {};

TEST_F(PanelRayPicture, ARayAndARingLookAsTheirGoldenPicture) {
    auto& headless = make({.samples = 4, .detail = renderer::Detail::full}, 480, 360);
    PanelStage stage(headless);
    const auto place =
        environments::load_environment(HAVEN_SOURCE_DIR "/assets/environments", "cozy_cabin", {})
            .value();
    ASSERT_TRUE(headless.renderer().set_scene(place.scene()));
    const auto words = ui::Words::load(HAVEN_SOURCE_DIR "/assets/words", "en").value();
    const auto moment = place.frame(3.0);
    const Pose head{.position_m = {0.0F, 1.4F, 0.0F},
                    .orientation =
                        glm::angleAxis(glm::radians(-6.0F), glm::vec3(1.0F, 0.0F, 0.0F))};
    const float half = glm::radians(22.5F);
    const float across = std::atan(std::tan(half) * 480.0F / 360.0F);
    renderer::Picture picture;
    for (auto& eye : picture.eyes) {
        eye = {.position_m = head.position_m,
               .orientation = head.orientation,
               .fov = {-across, across, half, -half}};
    }
    picture.scene_frame = &moment;
    const ui::Target target{.kind = ui::Target::Kind::choice, .index = 0};

    // By the gaze: as much of a ring as it has rested, and a dot.
    picture.panel =
        stage.show(ui::make_panel("symmetry", words), {.pointed_at = target, .dwell = 0.6F},
                   Pose{.position_m = head.position_m});
    const auto box = std::ranges::find(stage.layout().targets, target, &ui::TargetBox::target)->box;
    const glm::vec3 at_m =
        ui::point_on(stage.layout().shape, stage.world_from_panel(), box.middle_m());
    const glm::vec3 colour = default_brushes()[1].colour_linear;
    std::array<renderer::Marker, ray_markers_max> markers;
    PanelRay ray{.from_m = head.position_m,
                 .at_m = at_m,
                 .colour_linear = colour,
                 .away_m = stage.layout().shape.distance_m};
    std::size_t count = place_ray(std::span(markers), ray);
    EXPECT_EQ(count, 1U);
    picture.markers = std::span(markers).first(count);
    const auto by_gaze = capture(headless, picture, 0);

    // By a hand: all of the ring, and a ray.
    picture.panel = stage.show(ui::make_panel("symmetry", words), {.pointed_at = target},
                               Pose{.position_m = head.position_m});
    ray.from_m = {0.22F, 1.15F, -0.5F};
    ray.visible = true;
    count = place_ray(std::span(markers), ray);
    EXPECT_EQ(count, ray_markers_max);
    picture.markers = std::span(markers).first(count);
    const auto by_hand = capture(headless, picture, 0);
    EXPECT_EQ(golden_fault("panel_pointing", side_by_side(by_gaze, by_hand), make_golden), "");
}

} // namespace
} // namespace haven::testing
