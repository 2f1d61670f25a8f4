// From one place to another: the old one stays until it is dark, the new one comes whole.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/golden_fixture.hpp"
#include "xr_app/place_change.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace haven::testing {
namespace {

constexpr const char* folder = HAVEN_SOURCE_DIR "/assets/environments";
constexpr double period_s = 0.05;
constexpr int frames_max = 20'000;

environments::Environment place(const std::string& id) {
    auto loaded = environments::load_environment(folder, id);
    EXPECT_TRUE(loaded) << environments::to_string(loaded.error());
    return *loaded;
}

class PlaceChanges : public Golden {
  protected:
    renderer::RgbaPicture frame(renderer::HeadlessRenderer& headless, float fade = 0.0F) {
        renderer::Picture picture = standing();
        picture.fade = fade;
        return capture(headless, picture, 0);
    }
    renderer::HeadlessRenderer& in_the_cabin() {
        auto& headless = make({.detail = renderer::Detail::lean}, 64, 64);
        EXPECT_TRUE(headless.renderer().set_scene(place("cozy_cabin").scene()));
        return headless;
    }
};

TEST_F(PlaceChanges, TheOldPlaceStaysUntilItIsDarkAndTheNewOneComesWhole) {
    auto& headless = in_the_cabin();
    const auto cabin = frame(headless);
    auto& other = make({.detail = renderer::Detail::lean}, 64, 64);
    ASSERT_TRUE(other.renderer().set_scene(place("beach_sunset").scene()));
    const auto beach = frame(other);
    ASSERT_GT(differing(cabin, beach, 8), 2000U);

    PlaceChange change(folder, headless.renderer());
    ASSERT_TRUE(change.ask("beach_sunset", {}));
    EXPECT_FALSE(change.ask("cozy_cabin", {})) << "one at a time";
    std::optional<environments::Environment> arrived;
    float fade_before = 0.0F;
    double time_s = 0.0;
    for (int i = 0; i < frames_max && !arrived; ++i, time_s += period_s) {
        PlaceChange::Step step = change.step(time_s);
        EXPECT_GE(step.fade, fade_before) << "it only gets darker";
        EXPECT_LT(step.fade - fade_before, 0.1F) << "no flash";
        const auto now = frame(headless, step.fade);
        if (step.fade == 0.0F) {
            EXPECT_EQ(differing(now, cabin), 0U) << "frame " << i;
        }
        if (step.arrived) {
            EXPECT_EQ(step.fade, 1.0F);
            EXPECT_EQ(std::ranges::count_if(now.bytes, [](auto byte) { return byte > 8; }), 64 * 64)
                << "only alpha is not dark";
        }
        fade_before = step.fade;
        arrived = std::move(step.arrived);
    }
    ASSERT_TRUE(arrived);
    EXPECT_EQ(arrived->id(), "beach_sunset");
    EXPECT_FALSE(change.under_way());
    for (int i = 0; i < 25; ++i, time_s += period_s) {
        const float fade = change.step(time_s).fade;
        EXPECT_LE(fade, fade_before);
        fade_before = fade;
    }
    EXPECT_EQ(fade_before, 0.0F);
    EXPECT_EQ(differing(frame(headless), beach), 0U);
}

TEST_F(PlaceChanges, APlaceThatIsNotThereLeavesEverythingAsItIs) {
    auto& headless = in_the_cabin();
    const auto before = frame(headless);
    PlaceChange change(folder, headless.renderer());
    ASSERT_TRUE(change.ask("nowhere", {}));
    for (int i = 0; i < frames_max && change.under_way(); ++i) {
        EXPECT_EQ(change.step(period_s * i).fade, 0.0F);
        (void)frame(headless);
    }
    EXPECT_TRUE(change.fault().contains("nowhere")) << change.fault();
    EXPECT_EQ(differing(frame(headless), before), 0U);
    EXPECT_TRUE(change.ask("beach_sunset", {})) << "another may be asked for";
}

} // namespace
} // namespace haven::testing
