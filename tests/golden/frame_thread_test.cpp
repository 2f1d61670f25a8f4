// What the frame thread does in each frame asks the heap for nothing, in every place.
#include "bilateral/hand_sample.hpp"
#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "renderer/capture/capture.hpp"
#include "renderer/stereo_renderer.hpp"
#include "tests/support/allocation_count.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/surroundings.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace haven::testing {
namespace {

constexpr const char* folder = HAVEN_SOURCE_DIR "/assets/environments";
constexpr std::int64_t frame_ns = 11'111'111;

/// Both hands circle, half a metre ahead, and draw.
HandSample circling(Hand hand, int frame) {
    const float angle = 0.05F * static_cast<float>(frame);
    const float side = hand == Hand::left ? -0.25F : 0.25F;
    HandSample sample{.time_ns = frame * frame_ns,
                      .hand = hand,
                      .tracked = true,
                      .drawing = true,
                      .pressure = 0.7F};
    sample.tracking_from_tip.position_m = {side + 0.15F * std::cos(angle),
                                           1.3F + 0.15F * std::sin(angle), -0.5F};
    return sample;
}

/// The frame loop's work on a place, without a headset.
class Frames {
  public:
    explicit Frames(const environments::Environment& place, renderer::HeadlessRenderer& headless)
        : place_(place), headless_(headless),
          surroundings_(place, environments::CameraMotion::still, 0.0F),
          drawing_({}, [](uploader::Event&) { return true; }, {}),
          ink_(world_from_person_at(place.spots().stand)) {
        drawing_.begin(DrawingSession::Beginning{});
    }
    void next() {
        frame_ += 1;
        for (const Hand hand : {Hand::left, Hand::right}) {
            drawing_.add(circling(hand, frame_));
        }
        CanvasSink canvas(headless_.renderer().ink());
        ink_.feed(drawing_.shown(), canvas);
        const double time_s = 1e-9 * static_cast<double>(frame_ * frame_ns);
        moment_ = place_.frame(time_s);
        picture_.scene_frame = &moment_;
        picture_.fade = surroundings_.at(time_s).fade;
        drawn_ = drawn_ && headless_.draw(picture_).has_value();
    }
    [[nodiscard]] bool drawn() const { return drawn_; }

  private:
    const environments::Environment& place_;
    renderer::HeadlessRenderer& headless_;
    Surroundings surroundings_;
    DrawingSession drawing_;
    InkFeed ink_;
    scene::SceneFrame moment_;
    renderer::Picture picture_;
    bool drawn_ = true;
    int frame_ = 0;
};

std::size_t allocations_of(Frames& frames, int count) {
    return test::allocations_in([&] {
        for (int i = 0; i < count; ++i) {
            frames.next();
        }
    });
}

TEST(FrameThread, AllocatesNothingInAnyPlaceOnceWarm) {
    const auto catalog = environments::list_environments(folder);
    ASSERT_FALSE(catalog.entries.empty());
    for (const environments::CatalogEntry& entry : catalog.entries) {
        auto place = environments::load_environment(folder, entry.id);
        ASSERT_TRUE(place) << environments::to_string(place.error());
        auto headless = renderer::HeadlessRenderer::create({.eye_extent = {64, 64}});
        ASSERT_TRUE(headless) << headless.error().what;
        ASSERT_TRUE((*headless)->renderer().set_scene(place->scene()));
        Frames frames(*place, **headless);
        EXPECT_GT(allocations_of(frames, 40), 0U) << "the count counts";
        EXPECT_EQ(allocations_of(frames, 40), 0U) << entry.id;
        EXPECT_TRUE(frames.drawn());
    }
}

} // namespace
} // namespace haven::testing
