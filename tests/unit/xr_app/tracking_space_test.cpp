// Where the tracking space lies in the room, whatever a runtime does to the spaces it is made of.
#include "xr_app/headset/tracking_space.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "tests/unit/xr_app/fake_spaces.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_pose.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace haven {
namespace {

using test::FakeSpaces;
using Clock = TrackingSpace::Clock;

constexpr auto local_floor = XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR;
constexpr auto local = XR_REFERENCE_SPACE_TYPE_LOCAL;
constexpr auto stage = XR_REFERENCE_SPACE_TYPE_STAGE;

Pose lying(float x_m, float y_m, float z_m, float yaw_rad = 0.0F) {
    return {.position_m = {x_m, y_m, z_m}, .orientation = turned_by(yaw_rad)};
}

void expect_same(const Pose& found, const Pose& right) {
    EXPECT_LT(glm::distance(found.position_m, right.position_m), 1e-4F)
        << found.position_m.x << " " << found.position_m.y << " " << found.position_m.z;
    EXPECT_GT(std::abs(glm::dot(found.orientation, right.orientation)), 0.99999F);
}

/// A headset's tracking space, frame by frame.
struct Seat {
    explicit Seat(std::uint32_t room = 1, std::optional<KnownRoom> before = std::nullopt,
                  std::string system = "a headset")
        : space(TrackingSpace::create(
                    XR_NULL_HANDLE,
                    {.system = std::move(system), .room = room, .before = std::move(before)})
                    .value()) {
        last = frame();
    }
    /// 200 ms after the one before.
    TrackingSpace::Step frame() {
        time += 200'000'000;
        now += std::chrono::milliseconds{200};
        auto step = space.update(time, now);
        EXPECT_TRUE(step.has_value()) << step.error().message;
        last = step.value_or(TrackingSpace::Step{});
        return last;
    }
    [[nodiscard]] Pose in_room() const { return FakeSpaces::get().room_from(space.get()).value(); }
    [[nodiscard]] Pose head_in_room() const { return in_room() * last.head.tracking_from_head; }

    TrackingSpace space;
    TrackingSpace::Step last;
    XrTime time = 1'000'000'000;
    Clock::time_point now{std::chrono::hours{1}};
};

class TrackingSpaces : public testing::Test {
  protected:
    TrackingSpaces() {
        runtime = FakeSpaces{};
        runtime.room_from_space = {{local_floor, at_first},
                                   {local, lying(0.5F, 1.6F, -0.2F, 0.4F)},
                                   {stage, lying(-1.0F, 0.0F, 2.0F, 1.0F)}};
    }
    /// Another origin of spaces, from now on, that the runtime may say and may not.
    struct Moved {
        XrReferenceSpaceType type;
        Pose previous_from_new;
        bool said;
        XrTime at;
    };
    void move(Seat& seat, const Moved& moved) {
        auto& room_from_space = runtime.room_from_space.at(moved.type);
        room_from_space = *room_from_space * moved.previous_from_new;
        hear(seat, moved);
    }
    static void hear(Seat& seat, const Moved& moved) {
        seat.space.expect({.type = XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING,
                           .referenceSpaceType = moved.type,
                           .changeTime = moved.at,
                           .poseValid = moved.said,
                           .poseInPreviousSpace = xr_pose_of(moved.previous_from_new)});
    }
    /// Recenters it while nothing but the head's turn is known: where it lies now is not.
    void leave_open(Seat& seat) {
        runtime.head = XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;
        seat.frame();
        move(seat, {local_floor, lying(1.0F, 0.0F, -0.5F, 1.5F), false, seat.time + 1});
        seat.frame();
    }

    FakeSpaces& runtime = FakeSpaces::get();
    const Pose at_first = lying(0.5F, 0.0F, -0.2F, 0.4F); ///< LOCAL_FLOOR in the room
};

TEST_F(TrackingSpaces, OverALossItLiesWhereItWasInTheRoom) {
    const Seat before;
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    const Seat after(2, before.space.room());
    expect_same(after.in_room(), at_first);
    EXPECT_EQ(after.space.room_number(), 1U);
    EXPECT_FALSE(after.last.recentered);
}

TEST_F(TrackingSpaces, WhereStageIsFoundOnlyLaterItLiesInTheRoomOfBeforeFromThenOn) {
    const Seat before;
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    Seat after(2, before.space.room());
    after.frame();
    EXPECT_TRUE(after.last.head.position_valid) << "nobody waits for it";
    EXPECT_EQ(after.space.room_number(), 2U);
    expect_same(after.in_room(), lying(3.0F, 0.0F, 1.0F, 2.0F));
    EXPECT_EQ(after.space.take_replaced_from(), std::nullopt);

    runtime.room_from_space[stage] = there;
    after.frame();
    expect_same(after.in_room(), at_first);
    EXPECT_EQ(after.space.room_number(), 1U);
    EXPECT_FALSE(after.last.recentered) << "nobody chose another forward: the room tells";
    EXPECT_EQ(after.space.take_replaced_from(), after.time);
    after.frame();
    EXPECT_EQ(after.space.take_replaced_from(), std::nullopt);
}

TEST_F(TrackingSpaces, AStageThatIsFoundLaterMovesNothingAndIsKnownToTheNextHeadset) {
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    Seat before;
    EXPECT_EQ(before.space.room(), std::nullopt);
    runtime.room_from_space[stage] = there;
    before.frame();
    expect_same(before.in_room(), at_first);
    EXPECT_FALSE(before.last.recentered);
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    const Seat after(2, before.space.room());
    expect_same(after.in_room(), at_first);
}

TEST_F(TrackingSpaces, AFloorThatIsKnownLaterIsTheFloorAndMovesNoInk) {
    runtime.room_from_space = {{local, lying(0.0F, 1.2F, 0.0F)}, {stage, std::nullopt}};
    Seat seat;
    expect_same(seat.in_room(), lying(0.0F, -0.4F, 0.0F));
    runtime.room_from_space[stage] = lying(-1.0F, 0.0F, 2.0F, 1.0F);
    seat.frame();
    expect_same(seat.in_room(), lying(0.0F, -0.4F, 0.0F));
    EXPECT_NEAR(seat.space.floor_m(), 0.4F, 1e-4F);
    EXPECT_FALSE(seat.last.recentered) << "nobody chose another forward";
}

TEST_F(TrackingSpaces, TheFloorOfARoomIsTheSameForTheNextHeadset) {
    runtime.room_from_space[stage] = lying(-1.0F, -0.1F, 2.0F, 1.0F); // not LOCAL_FLOOR's
    const Seat on_floor;
    EXPECT_EQ(on_floor.space.floor_m(), 0.0F);
    EXPECT_EQ(Seat(2, on_floor.space.room()).space.floor_m(), 0.0F);

    const auto there = std::exchange(runtime.room_from_space,
                                     {{local, lying(0.0F, 1.2F, 0.0F)}, {stage, std::nullopt}});
    Seat level;
    runtime.room_from_space[stage] = there.at(stage);
    level.frame();
    EXPECT_NEAR(level.space.floor_m(), 0.3F, 1e-4F);
    runtime.room_from_space = there;
    EXPECT_NEAR(Seat(2, level.space.room()).space.floor_m(), 0.3F, 1e-4F);
}

TEST_F(TrackingSpaces, AStageThatIsSaidToLieOnAnotherFloorTellsItToLocal) {
    runtime.room_from_space.erase(local_floor);
    Seat seat;
    const Pose right = seat.in_room();
    EXPECT_NEAR(seat.space.floor_m(), 0.0F, 1e-4F);
    move(seat, {stage, lying(0.4F, -0.25F, 0.0F, 0.3F), true, seat.time + 1});
    seat.frame();
    expect_same(seat.in_room(), right);
    EXPECT_NEAR(seat.space.floor_m(), -0.25F, 1e-4F);
    EXPECT_NEAR(Seat(2, seat.space.room()).space.floor_m(), -0.25F, 1e-4F);
}

TEST_F(TrackingSpaces, AnotherHeadsetsStageIsNotTheRoomOfBefore) {
    const Seat before;
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    const Seat other(2, before.space.room(), "another headset");
    EXPECT_EQ(other.space.room_number(), 2U);
    expect_same(other.in_room(), lying(3.0F, 0.0F, 1.0F, 2.0F));
    EXPECT_EQ(other.space.room().value().system, "another headset");
}

TEST_F(TrackingSpaces, AStageOfAnotherSizeIsAnotherRoom) {
    runtime.bounds = {3.0F, 2.0F};
    const Seat before;
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    EXPECT_EQ(Seat(2, before.space.room()).space.room_number(), 1U);
    runtime.bounds.reset(); // not told yet: nothing speaks against it
    EXPECT_EQ(Seat(3, before.space.room()).space.room_number(), 1U);
    runtime.bounds = {0.0F, 0.0F};
    EXPECT_EQ(Seat(3, before.space.room()).space.room_number(), 1U);
    runtime.bounds = {3.0F, 2.5F};
    const Seat elsewhere(4, before.space.room());
    EXPECT_EQ(elsewhere.space.room_number(), 4U);
    expect_same(elsewhere.in_room(), lying(3.0F, 0.0F, 1.0F, 2.0F));
}

TEST_F(TrackingSpaces, ARoomThatWasNotFoundAgainMayBeFoundByTheNextHeadset) {
    const Seat before;
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    const Seat blind(2, before.space.room());
    EXPECT_EQ(blind.space.room_number(), 2U);
    runtime.room_from_space[stage] = there;
    const Seat after(3, blind.space.room());
    EXPECT_EQ(after.space.room_number(), 1U);
    expect_same(after.in_room(), at_first);
}

TEST_F(TrackingSpaces, AStageThatMovedUnsaidWhileItWasLookedForIsNotTheRoomOfBefore) {
    const Seat before;
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    Seat after(2, before.space.room());
    hear(after, {.type = stage, .previous_from_new = {}, .said = false, .at = after.time});
    runtime.room_from_space[stage] = *there * lying(1.0F, 0.0F, 1.0F, 1.0F);
    after.frame();
    EXPECT_EQ(after.space.room_number(), 2U);
    EXPECT_FALSE(after.last.recentered);
}

/// Of spaces that change at once, whatever is said of them and in whichever order.
TEST_F(TrackingSpaces, ChangesThatComeTogetherLeaveItWhereItIs) {
    const Pose turned = lying(1.0F, 0.0F, -0.5F, 1.5F);
    const Pose pushed = lying(-0.3F, 0.0F, 0.8F, -0.7F);
    for (const bool first_said : {true, false}) {
        for (const bool second_said : {true, false}) {
            for (const auto first : {local_floor, stage}) {
                for (const auto second : {local_floor, stage}) {
                    SCOPED_TRACE(testing::Message()
                                 << first << first_said << " " << second << second_said);
                    runtime.room_from_space[stage] = lying(-1.0F, 0.0F, 2.0F, 1.0F);
                    Seat seat;
                    const Pose right = seat.in_room();
                    const XrTime at = seat.time + 1;
                    move(seat, {first, turned, first_said, at});
                    move(seat, {second, pushed, second_said, at});
                    seat.frame();
                    expect_same(seat.in_room(), right);
                    // And the room is still known.
                    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
                    expect_same(Seat(2, seat.space.room()).in_room(), right);
                }
            }
        }
    }
}

TEST_F(TrackingSpaces, AChangeThatComesFirstIsFirstWheneverItWasHeard) {
    Seat seat;
    const Pose right = seat.in_room();
    const XrTime at = seat.time + 1;
    const Moved first{local_floor, lying(1.0F, 0.0F, -0.5F, 1.5F), true, at};
    const Moved second{local_floor, lying(-0.3F, 0.0F, 0.8F, -0.7F), true, at + 1};
    auto& room_from_space = runtime.room_from_space[local_floor];
    room_from_space = *room_from_space * first.previous_from_new * second.previous_from_new;
    hear(seat, second);
    hear(seat, first);
    EXPECT_EQ(seat.space.right_until(), at);
    seat.frame();
    expect_same(seat.in_room(), right);
    EXPECT_EQ(seat.space.take_replaced_from(), at);
}

TEST_F(TrackingSpaces, ARecenterThatOnlyTheHeadsTurnTellsKeepsThePositionUntilItComesBack) {
    runtime.room_from_space.erase(stage);
    Seat seat;
    const Pose right = seat.in_room();
    runtime.head = XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;
    seat.frame();
    move(seat, {local_floor, lying(1.0F, 0.0F, -0.5F, 1.5F), false, seat.time + 1});
    seat.frame();
    EXPECT_GT(std::abs(glm::dot(seat.in_room().orientation, right.orientation)), 0.99999F);
    EXPECT_TRUE(seat.last.recentered);
    EXPECT_FALSE(seat.space.take_moved());
    runtime.head = FakeSpaces::whole;
    seat.frame();
    expect_same(seat.in_room(), right);
    expect_same(seat.head_in_room(), runtime.room_from_head);
    EXPECT_TRUE(seat.space.take_moved()) << "a stroke is not joined across that";
    seat.frame();
    EXPECT_FALSE(seat.space.take_moved());
}

TEST_F(TrackingSpaces, APositionThatIsOpenDoesNotUndoTheRoomThatIsFound) {
    const Seat before;
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    runtime.room_from_space[local_floor] = lying(3.0F, 0.0F, 1.0F, 2.0F);
    Seat after(2, before.space.room());
    leave_open(after);
    runtime.room_from_head.position_m.x += 0.5F; // they walked meanwhile
    runtime.head = FakeSpaces::whole;
    runtime.room_from_space[stage] = there;
    after.frame();
    EXPECT_EQ(after.space.room_number(), 1U);
    expect_same(after.in_room(), at_first);
}

TEST_F(TrackingSpaces, ARoomIsNotNotedAsLongAsThePositionIsOpen) {
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    Seat seat;
    leave_open(seat);
    runtime.room_from_space[stage] = there;
    seat.frame();
    EXPECT_EQ(seat.space.room(), std::nullopt);
    runtime.head = FakeSpaces::whole;
    seat.frame();
    const Seat after(2, seat.space.room());
    EXPECT_EQ(after.space.room_number(), 1U);
    expect_same(after.in_room(), seat.in_room());
}

TEST_F(TrackingSpaces, APositionThatIsOpenIsTheOneThatStageTells) {
    Seat seat;
    const Pose right = seat.in_room();
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    leave_open(seat);
    runtime.room_from_head.position_m.x += 0.5F;
    runtime.head = FakeSpaces::whole;
    runtime.room_from_space[stage] = there;
    seat.frame();
    expect_same(seat.in_room(), right);
    EXPECT_TRUE(seat.space.take_moved());
    expect_same(Seat(2, seat.space.room()).in_room(), right);
}

TEST_F(TrackingSpaces, APositionThatIsOpenMayBeToldWithTheNextChange) {
    Seat seat;
    const Pose right = seat.in_room();
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    leave_open(seat);
    runtime.room_from_space[stage] = there;
    move(seat, {local_floor, lying(-0.3F, 0.0F, 0.8F, -0.7F), false, seat.time + 1});
    seat.frame();
    expect_same(seat.in_room(), right);
    EXPECT_TRUE(seat.space.take_moved());
}

TEST_F(TrackingSpaces, WhereTheHeadToldThePositionTheRoomIsNotedAnew) {
    Seat seat;
    const auto there = std::exchange(runtime.room_from_space[stage], std::nullopt);
    leave_open(seat);
    runtime.room_from_head.position_m.x += 0.5F;
    runtime.head = FakeSpaces::whole;
    seat.frame();
    runtime.room_from_space[stage] = there;
    seat.frame();
    expect_same(Seat(2, seat.space.room()).in_room(), seat.in_room());
}

TEST_F(TrackingSpaces, AHeadThatWasNeverAnywhereMovesNoFloor) {
    runtime.room_from_space.erase(stage);
    runtime.room_from_head.position_m.y = 1.1F;
    runtime.head = XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;
    Seat seat;
    move(seat, {local_floor, lying(1.0F, 0.0F, -0.5F, 1.5F), false, seat.time + 1});
    seat.frame();
    runtime.head = FakeSpaces::whole;
    seat.frame();
    EXPECT_NEAR(seat.in_room().position_m.y, 0.0F, 1e-4F);
    EXPECT_NEAR(seat.last.head.tracking_from_head.position_m.y, 1.1F, 1e-4F);
}

TEST_F(TrackingSpaces, AnUnsaidRecenterWaitsForTheHeadThatTellsIt) {
    runtime.room_from_space.erase(stage);
    Seat seat;
    const Pose right = seat.in_room();
    runtime.head = 0;
    move(seat, {local_floor, lying(1.0F, 0.0F, -0.5F, 1.5F), false, seat.time + 1});
    seat.frame();
    EXPECT_FALSE(seat.last.recentered);
    EXPECT_TRUE(seat.space.right_until().has_value());
    runtime.head = FakeSpaces::whole;
    seat.frame();
    EXPECT_TRUE(seat.last.recentered);
    expect_same(seat.in_room(), right);
}

TEST_F(TrackingSpaces, ChangesThatWaitedForASpaceThatIsGivenUpAreInTheOneAfterIt) {
    runtime.room_from_space.erase(local);
    Seat seat;
    const Pose right = seat.in_room();
    runtime.room_from_space[local_floor].reset();
    const XrTime at = seat.time + 1;
    hear(seat, {.type = local_floor, .previous_from_new = {}, .said = false, .at = at});
    move(seat, {stage, lying(-0.3F, 0.0F, 0.8F, -0.7F), true, at});
    const auto give_up_local_floor = [](Seat& one) {
        for (int i = 0; i < 10 && one.space.name() != "stage"; ++i) {
            one.frame();
        }
        ASSERT_EQ(one.space.name(), "stage");
    };
    give_up_local_floor(seat);
    expect_same(seat.in_room(), right);
    EXPECT_EQ(seat.space.right_until(), std::nullopt);
    EXPECT_EQ(seat.space.take_replaced_from(), at);
    seat.frame();
    expect_same(seat.in_room(), right);
    Seat next(2, seat.space.room());
    give_up_local_floor(next);
    expect_same(next.in_room(), right);
}

TEST_F(TrackingSpaces, AHeadOfNoNumbersIsNotSeen) {
    Seat seat;
    const Pose seen = seat.last.head.tracking_from_head;
    runtime.room_from_head.position_m.x = std::numeric_limits<float>::quiet_NaN();
    seat.frame();
    EXPECT_TRUE(seat.last.head.orientation_valid);
    EXPECT_FALSE(seat.last.head.position_valid);
    EXPECT_EQ(seat.last.head.tracking_from_head.position_m, seen.position_m);
    runtime.room_from_head.orientation.w = std::numeric_limits<float>::quiet_NaN();
    seat.frame();
    EXPECT_FALSE(seat.last.head.orientation_valid);
}

TEST_F(TrackingSpaces, AFloorThatCouldNotBeMadeIsTriedAgain) {
    runtime.room_from_space = {{local, lying(0.0F, 1.2F, 0.0F)}, {stage, lying(0.0F, 0.0F, 0.0F)}};
    runtime.head = 0;
    Seat seat; // there, and not seen yet
    runtime.head = FakeSpaces::whole;
    runtime.creations_failing = 1;
    EXPECT_FALSE(seat.space.update(seat.time + 1, seat.now).has_value());
    seat.frame();
    expect_same(seat.in_room(), lying(0.0F, 0.0F, 0.0F));
}

} // namespace
} // namespace haven
