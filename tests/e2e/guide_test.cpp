// Somebody is led through the short exercise: what they draw, and what happened in it, comes to
// the server whole and in its order, though that was away in the middle.

#include "bilateral/hand_sample.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/stored_drawing.hpp"
#include "tests/support/desk_keys.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"
#include "tests/support/xvfb.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

constexpr Milliseconds patience{120'000};

bool await_log(const House& house, std::string_view text) {
    return await(patience, [&] { return house.times_logged(text) >= 1; });
}

/// Both hands draw, or try to: two strokes each.
void move_hands(House& house) {
    const MotionScript script = script_named("two_hands");
    Player player(house.runtime(), script, house.gates(script));
    ASSERT_EQ(player.wait(), "") << house.client_log();
}

class Desk {
  public:
    Desk(House& house, std::string display) : house_(house), display_(std::move(display)) {}
    void press(const char* key, std::string_view told) {
        if (house_.times_logged(told) == 0) { // or its time was over before
            press_key(display_, key);
        }
        ASSERT_TRUE(await_log(house_, told)) << key << '\n' << house_.client_log();
    }
    void go_to(const char* key, std::string_view phase) {
        press(key, std::format("the guided session is at {}", phase));
    }

  private:
    House& house_;
    std::string display_;
};

TEST(GuidedSession, IsPlayedAtTheDeskAndAllOfItArrives) {
    const Xvfb display;
    House house({.display = display.name()});
    house.start_client({"--symmetry", "off", "--guide", "short"});
    ASSERT_TRUE(await_log(house, "the place appears")) << house.client_log();
    ASSERT_TRUE(await_log(house, "the desk sees the first picture")) << house.client_log();
    Desk desk(house, display.name());
    move_hands(house); // nobody has said yes
    desk.go_to("m", "rating_before");
    desk.go_to("6", "free_scribble");
    desk.press("b", "the words of free_scribble are put away");
    move_hands(house);
    ASSERT_TRUE(house.await_saved(4)) << house.client_log();
    house.stop_server();
    desk.go_to("Return", "mirror_drawing");
    desk.press("b", "the words of mirror_drawing are put away");
    move_hands(house);
    ASSERT_TRUE(house.await_saved(8)) << house.client_log();
    desk.press("p", "the guided session is paused");
    move_hands(house); // and draws nothing
    desk.press("p", "the guided session goes on");
    desk.press("Tab", "the menu is opened");
    desk.press("Tab", "the menu is closed");
    EXPECT_EQ(house.times_logged("the menu is opened"), 1U) << "once a press";
    desk.go_to("Return", "look_and_title");
    house.start_server();
    desk.go_to("Return", "closing");
    desk.go_to("Return", "rating_after");
    desk.press("3", "the guided session is over, completed");
    ASSERT_TRUE(await(patience, [&] { return !house.client().running(); })) << house.client_log();
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << to_string(end.ended) << end.log;
    EXPECT_EQ(end.member("vulkan_validation_messages"), "0");
    EXPECT_EQ(end.member("all_saved"), "true");
    EXPECT_EQ(end.member("pending"), "0");
    EXPECT_EQ(end.member("refused"), "0");

    EXPECT_EQ(house.sql("SELECT concat_ws(' ', technique, technique_config ->> 'script', "
                        "opening_prompt, guideposts, grounding_close, status, duration_minutes IS "
                        "NOT NULL, completed_at > started_at) FROM exercises"),
              "bilateral_drawing bilateral_drawing_short free_scribble "
              "{free_scribble,mirror_drawing} closing completed t t");
    EXPECT_EQ(house.sql("SELECT string_agg(concat_ws(' ', event_data ->> 'action', event_data ->> "
                        "'phase', event_data ->> 'rating'), ', ' ORDER BY created_at, id) FROM "
                        "session_events WHERE event_type = 'user_interaction' AND event_data ? "
                        "'script' AND coalesce(event_data ->> 'how', 'begun') = 'begun' AND "
                        "event_data ->> 'action' NOT IN ('exercise_focus', 'exercise_hands')"),
              "exercise_begin, exercise_phase rating_before, exercise_rating rating_before 6, "
              "exercise_phase free_scribble, exercise_phase mirror_drawing, exercise_pause, "
              "exercise_resume, exercise_phase look_and_title, exercise_phase closing, "
              "exercise_phase rating_after, exercise_rating rating_after 3, exercise_end");
    EXPECT_EQ(house.sql("SELECT count(*) = count(DISTINCT event_data ->> 'event_id') FROM "
                        "session_events WHERE event_data ? 'script'"),
              "t");
    for (const Hand hand : {Hand::left, Hand::right}) {
        EXPECT_EQ(stored_strokes(house, end.member("drawing_id"), hand).size(), 4U)
            << "of the two phases that have ink";
    }
}

} // namespace
} // namespace haven::test
