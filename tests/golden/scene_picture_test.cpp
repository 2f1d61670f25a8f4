#include "renderer/capture/capture.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/ink_canvas.hpp"
#include "renderer/prepared_scene.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/view.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/box_room.hpp"
#include "tests/golden/golden_fixture.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <unistd.h>

#include <gtest/gtest.h>

namespace haven::testing {
namespace {

using renderer::Picture;
using renderer::RgbaPicture;

class ScenePicture : public Golden {};

double mean_brightness(const RgbaPicture& picture) {
    double sum = 0.0;
    for (std::size_t i = 0; i < picture.bytes.size(); i += 4) {
        sum += picture.bytes[i] + picture.bytes[i + 1] + picture.bytes[i + 2];
    }
    return sum / (0.75 * static_cast<double>(picture.bytes.size()));
}

class ScenePictureOfDetail : public Golden,
                             public ::testing::WithParamInterface<renderer::Detail> {};
INSTANTIATE_TEST_SUITE_P(Details, ScenePictureOfDetail,
                         ::testing::Values(renderer::Detail::full, renderer::Detail::lean));

TEST_P(ScenePictureOfDetail, MultiviewAndTwoPassesGiveTheSamePicture) {
    auto& both = make({.multiview = true, .detail = GetParam()});
    auto& one_by_one = make({.multiview = false, .detail = GetParam()});
    const scene::Scene room = box_room();
    ASSERT_TRUE(both.renderer().set_scene(room));
    ASSERT_TRUE(one_by_one.renderer().set_scene(room));
    for (std::uint32_t eye = 0; eye < 2; ++eye) {
        const auto a = capture(both, standing(), eye);
        const auto b = capture(one_by_one, standing(), eye);
        EXPECT_LE(differing(a, b, 1), 3U) << "eye " << eye;
        EXPECT_GT(mean_brightness(a), 10.0);
    }
}

TEST_F(ScenePicture, TheLeanOneHasTheSameValuesAsTheFullOne) {
    auto& full = make({.detail = renderer::Detail::full});
    auto& lean = make({.detail = renderer::Detail::lean});
    ASSERT_TRUE(full.renderer().set_scene(box_room()));
    ASSERT_TRUE(lean.renderer().set_scene(box_room()));
    const auto a = mean_brightness(capture(full, standing(), 0));
    const auto b = mean_brightness(capture(lean, standing(), 0));
    EXPECT_NEAR(a, b, 0.12 * a);
}

TEST_F(ScenePicture, ALeanSkyThatIsTheSameAllAroundLooksLikeTheFullOne) {
    auto& full = make({.detail = renderer::Detail::full});
    auto& lean = make({.detail = renderer::Detail::lean});
    for (const float fog : {0.0F, 0.03F}) {
        scene::Scene sky;
        sky.fog = {.density_per_m = fog, .tint = glm::vec3(0.7F, 0.8F, 0.9F)};
        sky.white = {1.0F, 0.9F, 0.8F};
        sky.saturation = 0.7F;
        ASSERT_TRUE(full.renderer().set_scene(sky));
        ASSERT_TRUE(lean.renderer().set_scene(sky));
        for (const float pitch : {-1.57F, -0.6F, -0.1F, 0.0F, 0.2F, 0.9F, 1.57F}) {
            Picture picture = standing();
            picture.fade = pitch < 0.0F ? 0.3F : 0.0F;
            picture.fade_colour = {0.4F, 0.1F, 0.0F};
            picture.vignette = pitch == -0.1F ? 0.5F : 0.0F; // then the ground is drawn
            for (scene::EyeView& eye : picture.eyes) {
                eye.orientation = glm::angleAxis(3.0F * pitch + 0.1F, glm::vec3(0, 1, 0)) *
                                  glm::angleAxis(pitch, glm::vec3(1, 0, 0)) *
                                  glm::angleAxis(0.5F * pitch, glm::vec3(0, 0, 1));
            }
            const auto a = capture(full, picture, 0);
            const auto b = capture(lean, picture, 0);
            EXPECT_LE(differing(a, b, 6), 8U) << "fog " << fog << ", pitch " << pitch;
        }
    }
}

TEST_F(ScenePicture, WhatIsOutOfSightIsNotDrawn) {
    auto& headless = make({.detail = renderer::Detail::full});
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    ASSERT_TRUE(headless.draw(standing()));
    const auto inside = headless.renderer().stats().scene_triangles;
    Picture picture = standing();
    for (auto& eye : picture.eyes) {
        eye.position_m.z = -40.0F; // the room is behind
    }
    ASSERT_TRUE(headless.draw(picture));
    EXPECT_LT(headless.renderer().stats().scene_triangles, inside / 10);
}

TEST_F(ScenePicture, TheEyesSeeDifferentPictures) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    const auto left = capture(headless, standing(), 0);
    const auto right = capture(headless, standing(), 1);
    EXPECT_GT(differing(left, right, 8), 500U);
}

TEST_F(ScenePicture, IsTheSameForTheSameMoment) {
    auto& headless = make();
    const scene::Scene room = box_room();
    ASSERT_TRUE(headless.renderer().set_scene(room));
    const auto moment = scene::frame_at(room, 12.5);
    const auto later = scene::frame_at(room, 14.0);
    Picture picture = standing();
    picture.scene_frame = &moment;
    const auto first = capture(headless, picture, 0);
    picture.scene_frame = &later;
    const auto moved = capture(headless, picture, 0);
    picture.scene_frame = &moment;
    const auto again = capture(headless, picture, 0);
    EXPECT_EQ(differing(first, again), 0U);
    EXPECT_GT(differing(first, moved), 0U) << "the fire lives";
}

/// A coloured, glowing square across the view at a distance.
void add_square(scene::SceneMesh& mesh, float z, float half, glm::vec3 tint) {
    const auto corner = [&](float x, float y) {
        return mesh.add(
            {.position_m = {x, 1.5F + y, z}, .normal = {0, 0, 1}, .tint = tint, .emission = 1.0F});
    };
    mesh.quad(corner(-half, -half), corner(half, -half), corner(half, half), corner(-half, half));
}

TEST_F(ScenePicture, WhatIsNearerHidesWhatIsFurtherInEitherOrder) {
    for (const bool near_first : {true, false}) {
        scene::Scene scene;
        add_square(scene.mesh, near_first ? -1.0F : -4.0F, near_first ? 0.5F : 4.0F,
                   near_first ? glm::vec3(0.8F, 0, 0) : glm::vec3(0, 0, 0.8F));
        add_square(scene.mesh, near_first ? -4.0F : -1.0F, near_first ? 4.0F : 0.5F,
                   near_first ? glm::vec3(0, 0, 0.8F) : glm::vec3(0.8F, 0, 0));
        auto& headless = make();
        ASSERT_TRUE(headless.renderer().set_scene(scene));
        const auto picture = capture(headless, standing(), 0);
        const auto middle = picture.at(size_px / 2, size_px / 2);
        const auto side = picture.at(size_px / 2, size_px / 5);
        EXPECT_GT(middle[0], 100) << near_first;
        EXPECT_LT(middle[2], 60) << near_first;
        EXPECT_GT(side[2], 100) << near_first;
        EXPECT_LT(side[0], 60) << near_first;
    }
}

TEST_F(ScenePicture, BackFacesOfSolidThingsAreNotDrawn) {
    scene::Scene scene;
    add_square(scene.mesh, -1.0F, 2.0F, {0.8F, 0, 0});
    std::swap(scene.mesh.indices[1], scene.mesh.indices[2]);
    std::swap(scene.mesh.indices[4], scene.mesh.indices[5]);
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(scene));
    const auto middle = capture(headless, standing(), 0).at(size_px / 2, size_px / 2);
    EXPECT_LT(middle[0], middle[2] + 20) << "the sky shows";
}

TEST_F(ScenePicture, SrgbAndPlainImagesLookAlike) {
    auto& srgb = make({.colour_format = VK_FORMAT_R8G8B8A8_SRGB});
    auto& plain = make({.colour_format = VK_FORMAT_B8G8R8A8_UNORM});
    scene::Scene room = box_room();
    room.mesh.indices.resize(room.mesh.indices.size() -
                             12); // no glass, no flame: they blend encoded
    ASSERT_TRUE(srgb.renderer().set_scene(room));
    ASSERT_TRUE(plain.renderer().set_scene(room));
    const auto a = capture(srgb, standing(), 0);
    const auto b = capture(plain, standing(), 0);
    EXPECT_LT(differing(a, b, 3), size_px * size_px / 50);
}

TEST_F(ScenePicture, FourSamplesSoftenEdgesAndChangeNothingElse) {
    auto& one = make({.samples = 1});
    auto& four = make({.samples = 4});
    ASSERT_TRUE(one.renderer().set_scene(box_room()));
    ASSERT_TRUE(four.renderer().set_scene(box_room()));
    const auto a = capture(one, standing(), 0);
    const auto b = capture(four, standing(), 0);
    EXPECT_NEAR(mean_brightness(a), mean_brightness(b), 1.0);
    EXPECT_GT(differing(a, b, 16), 0U);
}

TEST_F(ScenePicture, AFullFadeShowsOnlyItsColour) {
    auto& headless = make();
    const scene::Scene room = box_room();
    ASSERT_TRUE(headless.renderer().set_scene(room));
    Picture picture = standing();
    picture.fade = 1.0F;
    EXPECT_LT(mean_brightness(capture(headless, picture, 1)), 1.5);
}

TEST_F(ScenePicture, AFadeToLightIsBrightestAheadAndGoesWithTheHead) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    Picture picture = standing();
    picture.fade = 1.0F;
    picture.fade_colour = glm::vec3(0.05F);
    picture.vignette = 0.9F;
    const auto ahead = capture(headless, picture, 0);
    const auto red_at = [&](std::size_t x, std::size_t y) {
        return ahead.bytes[4 * (y * size_px + x)];
    };
    const int middle = red_at(size_px / 2, size_px / 2);
    EXPECT_NEAR(middle, 63, 2) << "0.05 of light, as sRGB";
    EXPECT_LT(red_at(2, 2), middle / 2);
    EXPECT_LT(red_at(size_px - 3, 2), middle / 2);
    for (scene::EyeView& eye : picture.eyes) {
        eye.position_m.z -= 0.5F;
        eye.orientation = glm::angleAxis(1.2F, glm::vec3(0.0F, 1.0F, 0.0F));
    }
    EXPECT_EQ(differing(capture(headless, picture, 0), ahead), 0U);
}

TEST_F(ScenePicture, BeforeThereIsAPlaceThereIsTheFadesLight) {
    Picture picture = standing();
    picture.fade = 1.0F;
    picture.fade_colour = glm::vec3(0.05F, 0.04F, 0.03F);
    picture.vignette = 0.9F;
    for (const std::uint32_t samples : {1U, 4U}) {
        auto& headless = make({.samples = samples, .detail = renderer::Detail::full});
        const auto before = capture(headless, picture, 1);
        EXPECT_NEAR(before.at(size_px / 2, size_px / 2)[0], 63, 2) << "0.05 of light, as sRGB";
        ASSERT_TRUE(headless.renderer().set_scene(box_room()));
        EXPECT_EQ(differing(capture(headless, picture, 1), before), 0U);
    }
}

TEST_F(ScenePicture, WhatAFullFadeCoversIsNotDrawn) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    headless.renderer().ink().append(renderer::InkHand::left,
                                     stroke({-0.3F, 1.5F, 0}, {0.3F, 1.5F, 0}, 20, 0.02F, 0));
    Picture picture = standing();
    for (const float fade : {0.0F, 0.999F, 1.0F}) {
        picture.fade = fade;
        ASSERT_TRUE(headless.draw(picture));
        const auto& stats = headless.renderer().stats();
        EXPECT_EQ(stats.scene_draws > 0, fade < 1.0F) << fade;
        EXPECT_EQ(stats.ink_triangles > 0, fade < 1.0F) << fade;
        EXPECT_GE(stats.other_draws, 1U) << fade;
    }
}

TEST_F(ScenePicture, WhereNothingIsSolidThePictureIsTheSame) {
    auto& headless = make({.detail = renderer::Detail::full});
    scene::Scene sky;
    sky.stars.push_back({.direction = {0, 0.3F, -0.95F}});
    ASSERT_TRUE(headless.renderer().set_scene(sky));
    Picture picture = standing();
    const std::array markers{renderer::Marker{.position_m = {0, 1.5F, 0}}};
    picture.markers = markers;
    const auto alone = capture(headless, picture, 0);
    ASSERT_TRUE(headless.draw(standing())); // leaves nothing behind
    EXPECT_EQ(differing(capture(headless, picture, 0), alone), 0U);
    add_square(sky.mesh, -500.0F, 0.05F, {0.8F, 0, 0}); // less than a pixel, and depth is tested
    ASSERT_TRUE(headless.renderer().set_scene(sky));
    EXPECT_LE(differing(capture(headless, picture, 0), alone), 1U);
    EXPECT_EQ(headless.renderer().stats().scene_triangles, 2U);
}

TEST_F(ScenePicture, FollowsANewSizeAndANewScene) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    const auto small = capture(headless, standing(), 0);
    ASSERT_TRUE(headless.resize({96, 64}));
    const auto resized = capture(headless, standing(), 0);
    EXPECT_EQ(resized.width, 96U);
    EXPECT_EQ(resized.height, 64U);
    ASSERT_TRUE(headless.resize({size_px, size_px}));
    EXPECT_EQ(differing(small, capture(headless, standing(), 0)), 0U);
    for (int i = 0; i < 3; ++i) { // replaced while frames that show it are in flight
        ASSERT_TRUE(headless.draw(standing()));
        ASSERT_TRUE(headless.renderer().set_scene(i % 2 == 0 ? scene::Scene{} : box_room()));
        ASSERT_TRUE(headless.renderer().set_scene(i % 2 == 0 ? box_room() : scene::Scene{}));
    }
    EXPECT_EQ(differing(small, capture(headless, standing(), 0)), 0U);
}

TEST_F(ScenePicture, ASceneReplacedIsKeptUntilItsUploadsAreRecorded) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    for (int i = 0; i < 4; ++i) { // frames of the ring that this renderer has no part in
        auto frame = headless.ring().begin();
        ASSERT_TRUE(frame);
        ASSERT_TRUE(headless.ring().submit(*frame));
    }
    EXPECT_GT(mean_brightness(capture(headless, standing(), 0)), 10.0);
}

TEST_P(ScenePictureOfDetail, EveryPatternAndEverySpriteDrawsInOneCallEach) {
    auto& headless = make({.detail = GetParam()});
    scene::Scene scene;
    for (std::size_t p = 0; p < scene::pattern_count; ++p) {
        const auto first = static_cast<std::uint32_t>(scene.mesh.vertices.size());
        for (int corner = 0; corner < 4; ++corner) {
            const float x = -0.9F + 0.12F * static_cast<float>(p) +
                            0.1F * static_cast<float>(corner == 1 || corner == 2);
            const float y = corner >= 2 ? 1.8F : 1.2F;
            scene.mesh.add({.position_m = {x, y, -1},
                            .normal = {0, 0, 1},
                            .pattern = static_cast<scene::Pattern>(p),
                            .pattern_m = {corner == 1 || corner == 2, corner >= 2},
                            .emission = 1.0F});
        }
        scene.mesh.quad(first, first + 1, first + 2, first + 3);
    }
    scene.fog.density_per_m = 0.02F;
    scene.sky.cloud_cover = 0.5F;
    scene.stars.push_back({.direction = {0, 0.7F, -0.7F}});
    scene.lights = {{.kind = scene::LightKind::sun},
                    {.kind = scene::LightKind::point, .position_m = {0, 2, 0}},
                    {.kind = scene::LightKind::spot, .position_m = {0, 3, 0}}};
    ASSERT_TRUE(headless.renderer().set_scene(scene));
    auto moment = scene::frame_at(scene, 1.0);
    for (const auto kind :
         {scene::SpriteKind::dot, scene::SpriteKind::puff, scene::SpriteKind::streak}) {
        moment.add({.position_m = {0, 1, -1}, .radius_m = 0.1F, .kind = kind});
    }
    const std::array markers{
        renderer::Marker{.kind = renderer::MarkerKind::hand, .position_m = {0, 1, 0}},
        renderer::Marker{.position_m = {0.2F, 1, 0}}};
    Picture picture = standing();
    picture.scene_frame = &moment;
    picture.markers = markers;
    EXPECT_GT(mean_brightness(capture(headless, picture, 0)), 5.0);
    EXPECT_EQ(headless.renderer().stats().scene_draws, scene::pattern_count);
    EXPECT_EQ(headless.renderer().stats().other_draws, 4U) << "sky, stars, sprites, markers";
}

TEST_F(ScenePicture, GpuTimesArriveAFewFramesLater) {
    for (const bool passes : {false, true}) {
        auto& headless = make({.times_passes = passes});
        ASSERT_TRUE(headless.renderer().set_scene({}));
        for (int i = 0; i < 4; ++i) {
            ASSERT_TRUE(headless.draw(standing()));
        }
        const auto& times = headless.ring().gpu_times();
        EXPECT_GE(times.frame_number, 1U);
        EXPECT_GT(times.whole_ms, 0.0F);
        ASSERT_EQ(times.span_count, passes ? 5U : 1U);
        EXPECT_STREQ(times.spans.at(times.span_count - 1).name, passes ? "markers" : "frame");
    }
}

TEST_F(ScenePicture, PngHoldsThePicture) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("haven_golden_" + std::to_string(::getpid()) + ".png");
    ASSERT_TRUE(renderer::write_png(file, capture(make(), standing(), 0)));
    std::ifstream in(file, std::ios::binary);
    std::string head(8, '\0');
    in.read(head.data(), 8);
    EXPECT_EQ(head, "\x89PNG\r\n\x1a\n");
    std::filesystem::remove(file);
    EXPECT_FALSE(renderer::write_png("/nowhere/picture.png",
                                     {.width = 1, .height = 1, .bytes = {0, 0, 0, 0}}));
}

TEST_F(ScenePicture, TheNextPlaceIsPreparedBesideTheFramesAndShownAtOnce) {
    auto& reference = make();
    ASSERT_TRUE(reference.renderer().set_scene(box_room()));
    const auto room = capture(reference, standing(), 0);
    scene::Scene second = box_room();
    second.lights.resize(1);
    second.exposure *= 1.5F;
    ASSERT_TRUE(reference.renderer().set_scene(second));
    const auto expected = capture(reference, standing(), 0);

    auto& headless = make();
    auto& stereo = headless.renderer();
    ASSERT_TRUE(stereo.set_scene(box_room()));
    std::optional<gpu::Result<renderer::PreparedScene>> prepared;
    std::atomic<bool> done = false;
    std::thread background([&] {
        prepared = stereo.prepare_scene(second);
        done = true;
    });
    while (!done) { // the frame thread goes on meanwhile
        EXPECT_EQ(differing(room, capture(headless, standing(), 0)), 0U);
    }
    background.join();
    ASSERT_TRUE(*prepared);
    EXPECT_FALSE(stereo.scene_is_brought());
    stereo.bring_scene(std::move(**prepared));
    for (int i = 0; i < 100 && !stereo.scene_is_brought(); ++i) {
        EXPECT_EQ(differing(room, capture(headless, standing(), 0)), 0U) << "not shown yet";
    }
    ASSERT_TRUE(stereo.scene_is_brought());
    stereo.show_scene();
    EXPECT_EQ(differing(expected, capture(headless, standing(), 0)), 0U);
    EXPECT_FALSE(stereo.scene_is_brought());
}

TEST_F(ScenePicture, APreparedPlaceMayGoUnshown) {
    auto& headless = make();
    auto& stereo = headless.renderer();
    const auto before = capture(headless, standing(), 0);
    for (int i = 0; i < 3; ++i) {
        auto prepared = stereo.prepare_scene(box_room());
        ASSERT_TRUE(prepared);
        stereo.bring_scene(std::move(*prepared)); // each drops the one before
        EXPECT_EQ(differing(before, capture(headless, standing(), 0)), 0U);
    }
    ASSERT_TRUE(stereo.set_scene(box_room()));
    auto& reference = make();
    ASSERT_TRUE(reference.renderer().set_scene(box_room()));
    EXPECT_EQ(differing(capture(headless, standing(), 0), capture(reference, standing(), 0)), 0U);
}

TEST_F(ScenePicture, OneSampleInMultisampledImagesIsThePictureOfOneSample) {
    auto& single = make({.detail = renderer::Detail::full});
    ASSERT_TRUE(single.renderer().set_scene(box_room()));
    auto& multiple = make({.samples = 4, .detail = renderer::Detail::full});
    ASSERT_TRUE(multiple.renderer().set_scene(box_room()));
    const auto smooth = capture(multiple, standing(), 0);
    const auto plain = capture(single, standing(), 0);
    EXPECT_GT(differing(smooth, plain), 0U) << "edges";
    multiple.renderer().set_quality({.multisampled = false});
    EXPECT_FALSE(multiple.renderer().scene_fits());
    EXPECT_EQ(differing(capture(multiple, standing(), 0), smooth), 0U) << "until it is exchanged";
    ASSERT_TRUE(multiple.renderer().set_scene(box_room()));
    EXPECT_TRUE(multiple.renderer().scene_fits());
    EXPECT_EQ(differing(capture(multiple, standing(), 0), plain), 0U);
}

TEST_F(ScenePicture, ASmallerRenderScaleFillsTheUpperLeftPart) {
    auto& headless = make();
    auto& stereo = headless.renderer();
    ASSERT_TRUE(stereo.set_scene(box_room()));
    const auto whole = capture(headless, standing(), 0);
    stereo.set_quality({.render_scale = 0.85F});
    const VkExtent2D drawn = stereo.drawn_extent({.width = size_px, .height = size_px});
    EXPECT_EQ(drawn.width, 136U);
    const auto part = capture(headless, standing(), 0);
    int apart = 0; // the same picture, smaller
    for (std::uint32_t y = 4; y < drawn.height; y += 8) {
        for (std::uint32_t x = 4; x < drawn.width; x += 8) {
            apart += std::abs(part.at(x, y)[1] -
                              whole.at(x * size_px / drawn.width, y * size_px / drawn.height)[1]);
        }
    }
    EXPECT_LT(apart, 17 * 17 * 6);
}

TEST_F(ScenePicture, WhatNoLensShowsIsBlackInItsEyeAloneAndTheRestIsAsItWas) {
    auto& headless = make();
    ASSERT_TRUE(headless.renderer().set_scene(box_room()));
    const auto left = capture(headless, standing(), 0);
    const auto right = capture(headless, standing(), 1);
    // The upper half of the left eye's picture: a field of 45 degrees each way.
    headless.renderer().set_hidden_area(
        {renderer::HiddenTriangles{{-1, 0}, {1, 0}, {1, 1}, {-1, 0}, {1, 1}, {-1, 1}}, {}});
    const auto masked = capture(headless, standing(), 0);
    EXPECT_EQ(differing(capture(headless, standing(), 1), right), 0U);
    for (std::uint32_t y = 0; y < size_px; ++y) {
        for (std::uint32_t x = 0; x < size_px; ++x) {
            if (y + 1 < size_px / 2) {
                ASSERT_EQ(masked.at(x, y), (std::array<std::uint8_t, 4>{0, 0, 0, 255}));
            } else if (y > size_px / 2) {
                ASSERT_EQ(masked.at(x, y), left.at(x, y)) << x << ' ' << y;
            }
        }
    }
}

} // namespace
} // namespace haven::testing
