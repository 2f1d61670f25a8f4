// From one place to another: the old one stays until it is dark, the new one comes whole.
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/golden/golden_fixture.hpp"
#include "tests/support/await.hpp"
#include "xr_app/place_change.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace haven::testing {
namespace {

using test::Milliseconds;

constexpr const char* folder = HAVEN_SOURCE_DIR "/assets/environments";
constexpr double period_s = 0.05;
constexpr Milliseconds patience{100'000};

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
    renderer::HeadlessRenderer& in_the_dark() {
        return make({.detail = renderer::Detail::lean}, 64, 64);
    }
    renderer::RgbaPicture picture_of(const std::string& id) {
        auto& headless = in_the_dark();
        EXPECT_TRUE(headless.renderer().set_scene(place(id).scene()));
        return frame(headless);
    }
    /// Frame after frame, as many as whoever reads the place leaves time for.
    static bool frames_until(const std::function<bool()>& done) {
        return test::await(patience, done, Milliseconds{0});
    }
    /// From the dark to the cabin in its full light; the moment after.
    double enter_cabin(PlaceChange& change, renderer::HeadlessRenderer& headless) {
        change.begin(home);
        float fade = 1.0F;
        double time_s = 0.0;
        EXPECT_TRUE(frames_until([&] {
            fade = change.step(time_s).fade;
            time_s += period_s;
            (void)frame(headless);
            return fade == 0.0F;
        }));
        return time_s;
    }
    environments::Environment home = place("cozy_cabin");
};

bool is_dark(const renderer::RgbaPicture& picture) { // only alpha is not
    return std::ranges::count_if(picture.bytes, [](auto byte) { return byte > 8; }) == 64L * 64L;
}

TEST_F(PlaceChanges, TheFirstPlaceComesOutOfTheDark) {
    const auto cabin = picture_of("cozy_cabin");
    auto& headless = in_the_dark();
    PlaceChange change(folder, headless.renderer());
    change.begin(home);
    EXPECT_FALSE(change.ask("beach_sunset", {})) << "one at a time";
    double time_s = 0.0;
    float fade_before = 1.0F;
    EXPECT_TRUE(frames_until([&] {
        const PlaceChange::Step step = change.step(time_s);
        EXPECT_FALSE(step.arrived) << "it is there already";
        EXPECT_LE(step.fade, fade_before) << "it only gets lighter";
        EXPECT_LT(fade_before - step.fade, 0.1F) << "no flash";
        const auto now = frame(headless, step.fade);
        EXPECT_TRUE(step.fade < 1.0F || is_dark(now)) << "at " << time_s << " s";
        fade_before = step.fade;
        time_s += period_s;
        return fade_before == 0.0F;
    }));
    EXPECT_FALSE(change.under_way());
    EXPECT_EQ(differing(frame(headless), cabin), 0U);
}

TEST_F(PlaceChanges, TheOldPlaceStaysUntilItIsDarkAndTheNewOneComesWhole) {
    const auto beach = picture_of("beach_sunset");
    auto& headless = in_the_dark();
    PlaceChange change(folder, headless.renderer());
    double time_s = enter_cabin(change, headless);
    const auto cabin = frame(headless);
    ASSERT_GT(differing(cabin, beach, 8), 2000U);

    ASSERT_TRUE(change.ask("beach_sunset", {}));
    EXPECT_FALSE(change.ask("cozy_cabin", {})) << "one at a time";
    std::optional<environments::Environment> arrived;
    float fade_before = 0.0F;
    ASSERT_TRUE(frames_until([&] {
        PlaceChange::Step step = change.step(time_s);
        EXPECT_GE(step.fade, fade_before) << "it only gets darker";
        EXPECT_LT(step.fade - fade_before, 0.1F) << "no flash";
        const auto now = frame(headless, step.fade);
        if (step.fade == 0.0F) {
            EXPECT_EQ(differing(now, cabin), 0U) << "at " << time_s << " s";
        }
        if (step.arrived) {
            EXPECT_EQ(step.fade, 1.0F);
            EXPECT_TRUE(is_dark(now));
        }
        fade_before = step.fade;
        arrived = std::move(step.arrived);
        time_s += period_s;
        return arrived.has_value();
    }));
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

/// Of all pixels and channels, 0 to 255.
double mean_difference(const renderer::RgbaPicture& a, const renderer::RgbaPicture& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i) {
        sum += std::abs(int{a.bytes.at(i)} - int{b.bytes.at(i)});
    }
    return sum / static_cast<double>(a.bytes.size());
}

TEST_F(PlaceChanges, AnotherQualityIsExchangedInPlaceWithoutAFadeOrAnArrival) {
    auto& headless = make({.samples = 4, .detail = renderer::Detail::full}, 64, 64);
    renderer::StereoRenderer& stereo = headless.renderer();
    PlaceChange change(folder, stereo);
    double time_s = enter_cabin(change, headless);
    const auto finest = frame(headless);
    const renderer::Quality plain{.plain_light = true};
    const renderer::Quality one_sample{.plain_light = true, .multisampled = false};
    const renderer::Quality lean{.plain_light = true, .multisampled = false, .lean = true};
    for (const renderer::Quality& quality : {plain, one_sample, lean, renderer::Quality{}}) {
        EXPECT_TRUE(stereo.scene_fits());
        stereo.set_quality(quality);
        EXPECT_FALSE(stereo.scene_fits());
        EXPECT_TRUE(frames_until([&] {
            change.renew(home);
            const PlaceChange::Step step = change.step(time_s);
            EXPECT_EQ(step.fade, 0.0F);
            EXPECT_FALSE(step.arrived) << "no visit to be recorded";
            EXPECT_FALSE(change.under_way()) << "nobody is told";
            EXPECT_LT(mean_difference(frame(headless), finest), 12.0) << "at " << time_s << " s";
            time_s += period_s;
            return stereo.scene_fits();
        }));
    }
    EXPECT_EQ(change.fault(), "");
    EXPECT_EQ(differing(frame(headless), finest), 0U) << "as fine as it was";
}

TEST_F(PlaceChanges, WhoeverAsksForAnotherPlaceDuringAnExchangeGetsIt) {
    auto& headless = make({.detail = renderer::Detail::full}, 64, 64);
    PlaceChange change(folder, headless.renderer());
    double time_s = enter_cabin(change, headless);
    headless.renderer().set_quality({.plain_light = true});
    change.renew(home);
    ASSERT_TRUE(change.ask("beach_sunset", {}));
    EXPECT_TRUE(change.under_way());
    std::optional<environments::Environment> arrived;
    ASSERT_TRUE(frames_until([&] {
        arrived = std::move(change.step(time_s).arrived);
        time_s += period_s;
        (void)frame(headless);
        return arrived.has_value();
    }));
    EXPECT_EQ(arrived->id(), "beach_sunset");
    EXPECT_TRUE(headless.renderer().scene_fits()) << "as the quality wants it";
}

TEST_F(PlaceChanges, APlaceThatIsNotThereLeavesEverythingAsItIs) {
    auto& headless = in_the_dark();
    PlaceChange change(folder, headless.renderer());
    double time_s = enter_cabin(change, headless);
    const auto before = frame(headless);
    ASSERT_TRUE(change.ask("nowhere", {}));
    EXPECT_TRUE(frames_until([&] {
        EXPECT_EQ(change.step(time_s).fade, 0.0F);
        time_s += period_s;
        (void)frame(headless);
        return !change.under_way();
    }));
    EXPECT_TRUE(change.fault().contains("nowhere")) << change.fault();
    EXPECT_EQ(differing(frame(headless), before), 0U);
    EXPECT_TRUE(change.ask("beach_sunset", {})) << "another may be asked for";
}

} // namespace
} // namespace haven::testing
