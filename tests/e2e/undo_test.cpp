// Ink that is taken back, brought back and cleared, by the controllers' buttons and by the desk's
// keys: what arrives, what a canvas shows of it, and what the motion makes of it again.

#include "bilateral/hand_sample.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "tests/e2e/house.hpp"
#include "tests/e2e/stored_drawing.hpp"
#include "tests/support/desk_keys.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/process.hpp"
#include "tests/support/xvfb.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <format>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

constexpr Milliseconds patience{120'000};

bool await_log(const House& house, std::string_view text, std::size_t times) {
    return await(patience, [&] { return house.times_logged(text) >= times; });
}

/// Presses A with that hand, until the client has seen it, and lets go.
void press_a(House& house, Hand hand, std::size_t times) {
    RemoteState state = evaluate(script_named("two_hands"), 1e3);
    auto remote = MonadoRemote::connect(house.runtime().port());
    ASSERT_TRUE(remote) << remote.error();
    state.hands.at(static_cast<std::size_t>(hand)).a_click = true;
    ASSERT_TRUE(remote->send(state));
    ASSERT_TRUE(await_log(house, "the ink has changed: a button takes ink back", times))
        << house.client_log();
    state.hands.at(static_cast<std::size_t>(hand)).a_click = false;
    ASSERT_TRUE(remote->send(state));
}

std::vector<bool> there(const std::vector<Stroke>& strokes) {
    std::vector<bool> there;
    for (const Stroke& stroke : strokes) {
        there.push_back(!stroke.removed_ms);
    }
    return there;
}

TEST(Undo, IsTheSameInTheRowsOnTheCanvasesAndInTheMotion) {
    const Xvfb display;
    House house({.display = display.name()});
    house.start_client({"--symmetry", "off"});
    ASSERT_TRUE(house.await_ready()) << house.client_log();
    ASSERT_TRUE(await_log(house, "the desk sees the first picture", 1)) << house.client_log();
    const MotionScript script = script_named("two_hands");
    {
        Player player(house.runtime(), script, house.gates(script));
        ASSERT_EQ(player.wait(), "");
    }
    ASSERT_TRUE(house.await_saved(4)) << house.client_log();
    const auto press_key = [&](const char* key, std::string_view told, std::size_t times) {
        press_with_control(display.name(), key);
        ASSERT_TRUE(await_log(house, std::format("the ink has changed: {}", told), times))
            << key << '\n'
            << house.client_log();
    };
    press_a(house, Hand::right, 1);                    // its second stroke goes
    press_key("y", "a key brings ink back", 1);        // and is there again
    press_key("BackSpace", "a key clears the ink", 1); // all goes
    press_key("z", "a key takes ink back", 1);         // and is there again
    press_a(house, Hand::left, 2);                     // the left hand's second one goes
    const ClientEnd end = house.end_client();
    EXPECT_EQ(end.ended, (Ended{.exit_status = 0})) << to_string(end.ended) << end.log;
    EXPECT_EQ(end.member("vulkan_validation_messages"), "0");
    EXPECT_EQ(end.member("all_saved"), "true");
    EXPECT_EQ(end.member("strokes_left"), "1");
    EXPECT_EQ(end.member("strokes_right"), "2");

    const std::string drawing = end.member("drawing_id");
    const auto left = stored_strokes(house, drawing, Hand::left);
    const auto right = stored_strokes(house, drawing, Hand::right);
    EXPECT_EQ(there(left), (std::vector{true, false}));
    EXPECT_EQ(there(right), (std::vector{true, true}));
    EXPECT_EQ(house.sql(std::format("SELECT concat_ws(' ', stroke_count, "
                                    "left_hand_strokes->>'version', right_hand_strokes->>'version')"
                                    " FROM bilateral_drawings WHERE id = '{}'",
                                    drawing)),
              "3 2 1");
    EXPECT_GT(
        drawn_pixels(house.get(std::format("/v1/bilateral-drawings/{}/canvases/left", drawing))),
        1000U);

    const std::string artifact =
        house.sql("SELECT id FROM exercise_artifacts WHERE artifact_type = 'vr_volumetric'");
    const std::string trace = house.get(std::format("/v1/exercise-artifacts/{}/file", artifact));
    const auto replayed = replay_trace(std::as_bytes(std::span(trace)));
    ASSERT_TRUE(replayed.has_value()) << replayed.error().what;
    for (const Hand hand : {Hand::left, Hand::right}) {
        std::vector<Stroke> own;
        std::ranges::copy_if(*replayed, std::back_inserter(own),
                             [&](const Stroke& stroke) { return stroke.hand == hand; });
        const auto ink = decode_ink(encode_ink(hand, own), hand);
        ASSERT_TRUE(ink.has_value());
        EXPECT_EQ(ink->strokes, hand == Hand::left ? left : right);
    }
}

} // namespace
} // namespace haven::test
