// The place is around the person: whoever stands anywhere and looks anywhere finds its view before
// them, at the start and after a recenter, and their ink stays where it is in the room.

#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "tests/e2e/lone_client.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr float degree = std::numbers::pi_v<float> / 180.0F;
constexpr const char* placed = "the place is around the person";
/// Two pictures of one view differ by its flames; other views of the cabin differ by 20 and more.
constexpr double same_view = 6.0;

/// What is sent is seen some pictures later, by a slow machine many.
auto is_view(const EyePicture& of, bool wanted = true) {
    return [&of, wanted](const EyePicture& picture) {
        return (difference(picture, of) < same_view) == wanted;
    };
}

struct Head {
    glm::vec3 position_m;
    float yaw_deg;
    float lean_deg;
    float pitch_deg;

    [[nodiscard]] Pose pose() const {
        return {.position_m = position_m,
                .orientation = turned_by(yaw_deg * degree) *
                               glm::angleAxis(lean_deg * degree, glm::vec3(0.0F, 0.0F, 1.0F)) *
                               glm::angleAxis(pitch_deg * degree, glm::vec3(1.0F, 0.0F, 0.0F))};
    }
    /// The same person, looking ahead.
    [[nodiscard]] Pose level() const {
        return {.position_m = position_m, .orientation = turned_by(yaw_deg * degree)};
    }
};

constexpr std::array heads{Head{{0.0F, 1.6F, 0.0F}, 0.0F, 0.0F, 0.0F},
                           Head{{1.4F, 1.6F, 0.0F}, 150.0F, 0.0F, 0.0F},
                           Head{{-2.0F, 1.6F, 1.0F}, -90.0F, 0.0F, 0.0F},
                           Head{{0.3F, 1.6F, -0.4F}, 45.0F, 0.0F, -60.0F},
                           Head{{0.0F, 1.6F, 3.0F}, 180.0F, 0.0F, 0.0F},
                           Head{{0.7F, 1.6F, 0.7F}, -135.0F, 20.0F, 0.0F},
                           Head{{-0.5F, 1.6F, -1.5F}, 75.0F, -25.0F, 0.0F},
                           Head{{2.5F, 1.6F, -2.0F}, 10.0F, 0.0F, 70.0F},
                           Head{{-3.0F, 1.6F, 0.2F}, 120.0F, 15.0F, -80.0F},
                           Head{{0.1F, 1.6F, 0.1F}, -30.0F, 30.0F, 30.0F},
                           Head{{1.0F, 1.6F, 2.0F}, -170.0F, 0.0F, -85.0F},
                           Head{{-1.2F, 1.6F, -0.8F}, 95.0F, -10.0F, 5.0F}};

/// A person at rest whose hands are before them.
RemoteState person(const Pose& head) {
    RemoteState state;
    state.tracking_from_head = head;
    const Pose stance = stance_of(head);
    for (std::size_t hand = 0; hand < 2; ++hand) {
        state.hands.at(hand).tracking_from_grip =
            stance * Pose{.position_m = {hand == 0 ? -0.2F : 0.2F, 1.3F, -0.45F}};
    }
    return state;
}

class Placed : public testing::Test {
  protected:
    void SetUp() override { start_runtime(); }
    /// A new one: its LOCAL_FLOOR lies on its STAGE, in which heads and hands are sent.
    void start_runtime() {
        remote.reset();
        auto started = MonadoService::start();
        ASSERT_TRUE(started.has_value()) << started.error();
        runtime.emplace(std::move(*started));
        auto connected = runtime->connect();
        ASSERT_TRUE(connected.has_value()) << connected.error();
        remote.emplace(std::move(*connected));
    }
    void send(const RemoteState& state) { ASSERT_TRUE(remote->send(state).has_value()); }
    /// Where a head of STAGE is in the place, by the newest placement. The tracking space lies on
    /// the remote driver's stage at the start, and stays there.
    static Pose in_place(const Trace& trace, const Pose& head) {
        const Placement newest = placements_of(trace).back();
        return Pose{.position_m = newest.place_from_tracking_m,
                    .orientation = turned_by(newest.yaw_rad)} *
               head;
    }

    std::optional<MonadoService> runtime;
    std::optional<MonadoRemote> remote;
};

/// The cabin's spot and its view.
void expect_at_the_spot(const Pose& head_in_place, const Pose& at_origin, std::size_t which) {
    EXPECT_NEAR(head_in_place.position_m.x, at_origin.position_m.x, 0.01F) << "head " << which;
    EXPECT_NEAR(head_in_place.position_m.z, at_origin.position_m.z, 0.01F) << "head " << which;
    const float turned_deg =
        (level_yaw_rad(head_in_place.orientation) - level_yaw_rad(at_origin.orientation)) / degree;
    EXPECT_LT(std::abs(std::remainder(turned_deg, 360.0F)), 1.0F) << "head " << which;
}

TEST_F(Placed, FromTwelveHeadsTheFirstPictureIsTheSameAndAgainAfterARecenter) {
    std::optional<EyePicture> reference;
    Pose reference_head;
    for (std::size_t which = 0; which < heads.size(); ++which) {
        const Head& head = heads.at(which);
        start_runtime();
        ASSERT_TRUE(remote.has_value());
        send(person(head.pose()));
        LoneClient client(*runtime);
        ASSERT_TRUE(client.await_log(placed)) << client.log();
        send(person(head.level())); // the same person, looking up from where they looked
        ASSERT_TRUE(client.await_ready()) << client.log();
        const auto first =
            reference ? client.await_picture(is_view(*reference)) : client.next_picture();
        ASSERT_TRUE(first.has_value()) << client.log();

        const Head& other = heads.at((which + 5) % heads.size());
        send(person(other.pose()));
        const auto away = client.await_picture(is_view(*first, false));
        ASSERT_TRUE(away.has_value());
        const std::size_t before = client.count_in_log(placed);
        ASSERT_TRUE(runtime->recenter());
        ASSERT_TRUE(client.await_log(placed, before + 1)) << client.log();
        send(person(other.level()));
        const auto again = client.await_picture(is_view(*first));
        ASSERT_TRUE(again.has_value()) << client.log();
        const auto trace = client.end();
        ASSERT_TRUE(trace.has_value()) << client.log();
        EXPECT_EQ(complaints_in(client.log()), "");

        const Pose placed_head = in_place(*trace, other.level());
        if (!reference) {
            reference = first;
            reference_head = placed_head;
        }
        EXPECT_GT(first->brightness(), 5.0);
        EXPECT_LT(difference(*first, *reference), same_view) << "head " << which;
        EXPECT_LT(difference(*again, *reference), same_view) << "head " << which;
        EXPECT_GT(difference(*away, *reference), same_view) << "head " << which;
        expect_at_the_spot(placed_head, reference_head, which);
    }
}

/// The ink of a recorded trace.
std::vector<Stroke> ink_of(const Trace& trace) {
    return replay_trace(trace);
}

TEST_F(Placed, InkStaysWhereItIsInTheRoomWhenTheRuntimeRecenters) {
    const Head before = heads[0];
    send(person(before.pose()));
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    // A dot of each hand, drawn where the hands are.
    const auto draw = [&](RemoteState state) {
        for (RemoteHand& hand : state.hands) {
            hand.trigger = 0.9F;
        }
        send(state);
        ASSERT_TRUE(client.next_picture().has_value());
        for (int step = 0; step < 2; ++step) { // each too short to be a jump
            for (RemoteHand& hand : state.hands) {
                hand.tracking_from_grip.position_m.y += 0.05F;
            }
            send(state);
            ASSERT_TRUE(client.next_picture().has_value());
        }
        for (RemoteHand& hand : state.hands) {
            hand.trigger = 0.0F;
        }
        send(state);
    };
    RemoteState state = person(before.pose());
    draw(state);
    const auto drawn = client.next_picture();
    ASSERT_TRUE(drawn.has_value());
    for (RemoteHand& hand : state.hands) {
        hand.active = false; // what is blue now is the ink
        hand.hand_tracking_active = false;
    }
    // Somebody who turned a little and stepped aside, and recenters.
    state.tracking_from_head = {.position_m = {0.15F, 1.6F, 0.1F}, .orientation = turned_by(0.25F)};
    send(state);
    const auto seen = client.await_picture([&](const EyePicture& picture) {
        return difference(picture, *drawn) > same_view && picture.blue().pixels > 10;
    });
    ASSERT_TRUE(seen.has_value());
    ASSERT_TRUE(runtime->recenter());
    ASSERT_TRUE(client.await_log(placed, 2)) << client.log();
    const auto recentered = client.await_picture(
        [&](const EyePicture& picture) { return difference(picture, *seen) > 3.0; });
    ASSERT_TRUE(recentered.has_value());
    const EyePicture::Spot ink = seen->blue();
    const EyePicture::Spot ink_after = recentered->blue();
    EXPECT_GT(ink.pixels, 10U);
    EXPECT_NEAR(ink_after.x, ink.x, 1.5);
    EXPECT_NEAR(ink_after.y, ink.y, 1.5);
    EXPECT_GT(difference(*seen, *recentered), 3.0); // the place did move

    // The same hands, to the millimetre, come back open and draw over the ink of before.
    send(person(before.pose()));
    ASSERT_TRUE(client.next_picture().has_value());
    draw(person(before.pose()));
    ASSERT_TRUE(client.next_picture().has_value());
    const auto trace = client.end();
    ASSERT_TRUE(trace.has_value()) << client.log();
    const std::vector<Stroke> strokes = ink_of(*trace);
    ASSERT_EQ(strokes.size(), 4U);
    for (const Hand hand : {Hand::left, Hand::right}) {
        const std::vector<Stroke> its = of_hand(strokes, hand);
        ASSERT_EQ(its.size(), 2U);
        EXPECT_LT(glm::distance(its[0].points.front().position_m, its[1].points.front().position_m),
                  0.001F);
    }
    EXPECT_EQ(complaints_in(client.log()), "");
}

/// How a runtime may say that LOCAL has another origin.
class RecenteredBy : public Placed, public testing::WithParamInterface<const char*> {};

TEST_P(RecenteredBy, InkStaysAndAStrokeThatRunsEnds) {
    send(person(heads[1].pose()));
    LoneClient client(*runtime);
    ASSERT_TRUE(client.await_ready()) << client.log();
    RemoteState drawing = person(heads[1].pose());
    for (RemoteHand& hand : drawing.hands) {
        hand.trigger = 0.9F;
    }
    send(drawing);
    ASSERT_TRUE(client.next_picture().has_value());
    client.say(GetParam());
    ASSERT_TRUE(client.await_log(placed, 2)) << client.log();
    ASSERT_TRUE(client.next_picture().has_value());
    const auto trace = client.end();
    ASSERT_TRUE(trace.has_value()) << client.log();
    const std::vector<Stroke> strokes = ink_of(*trace);
    for (const Hand hand : {Hand::left, Hand::right}) {
        const std::vector<Stroke> its = of_hand(strokes, hand);
        ASSERT_EQ(its.size(), 2U) << client.log(); // one that was ended, one that went on
        EXPECT_EQ(its[0].end, StrokeEnd::paused);
        for (const Stroke& stroke : its) {
            for (const StrokePoint& point : stroke.points) {
                EXPECT_LT(glm::distance(point.position_m, its[0].points.front().position_m),
                          0.005F);
            }
        }
    }
    const auto placements = placements_of(*trace);
    EXPECT_EQ(placements.back().reason, Placement::Reason::recentered);
    expect_at_the_spot(in_place(*trace, heads[1].pose()),
                       Pose{.position_m = placements.front().place_from_tracking_m,
                            .orientation = turned_by(placements.front().yaw_rad)} *
                           heads[1].pose(),
                       1);
    EXPECT_EQ(complaints_in(client.log()), "");
}

INSTANTIATE_TEST_SUITE_P(Runtime, RecenteredBy,
                         testing::Values("recenter 1 0 -0.5 90", "recenter 1 0 -0.5 90 in 300",
                                         "recenter 1 0 -0.5 90 unsaid",
                                         "space STAGE unlocatable\nrecenter 1 0 -0.5 90 unsaid",
                                         "redefine STAGE 0.3 0 0 20\nrecenter -2 0 1 170 unsaid",
                                         "recenter -2 0 1 170 unsaid\nredefine STAGE 0.3 0 0 20"));

} // namespace
} // namespace haven::test
