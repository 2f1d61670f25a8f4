// Panels in a session: the menu, opened by a controller's button and chosen from by its ray, and a
// guided session, by that ray and by the gaze alone. No stroke begins on a panel.

#include "bilateral/pose.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "tests/e2e/lone_client.hpp"
#include "tests/support/await.hpp"
#include "tests/support/complaints.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panel_painter.hpp"
#include "ui/panel_placement.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"
#include "ui/wrist_placement.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace haven::test {
namespace {

constexpr glm::vec3 index_tip_m{0.0F, -0.010F, -0.075F}; // profile_table.cpp's ring_tip

/// Where a target of that panel is: of the menu, for somebody whose left hand opened it.
glm::vec3 where_is(std::string_view panel, ui::Target wanted, const RemoteState& state,
                   std::string_view language = "en") {
    static const auto look = ui::Look::load(HAVEN_SOURCE_DIR "/assets").value();
    static const auto painter = ui::PanelPainter::create(look).value();
    const auto words = ui::Words::load(HAVEN_SOURCE_DIR "/assets/words", language).value();
    while (!painter->paint(ui::make_panel(panel, words), {}, {})) {
    }
    const ui::PanelLayout& layout = painter->layout();
    const auto box = std::ranges::find(layout.targets, wanted, &ui::TargetBox::target)->box;
    const Pose hangs = [&] {
        if (panel == "wrist") {
            const glm::vec3 tip_m =
                (state.hands[0].tracking_from_grip * Pose{.position_m = index_tip_m}).position_m;
            return ui::WristPlacement(look)
                .update(true, state.tracking_from_head, tip_m, 1.0)
                .space_from_panel;
        }
        return ui::PanelPlacement(look.panel, look.fade_s)
            .update(true, state.tracking_from_head, 1.0)
            .space_from_panel;
    }();
    return ui::point_on(layout.shape, hangs, box.middle_m());
}

constexpr int tries = 20;

constexpr ui::Target choice(std::uint8_t index) {
    return {.kind = ui::Target::Kind::choice, .index = index};
}
constexpr ui::Target number(std::uint8_t value) {
    return {.kind = ui::Target::Kind::number, .index = value};
}
constexpr ui::Target undo{.kind = ui::Target::Kind::round, .index = 4};

class InTheHeadset : public testing::Test {
  protected:
    void SetUp() override {
        auto started = MonadoService::start();
        ASSERT_TRUE(started.has_value()) << started.error();
        runtime.emplace(std::move(*started));
        auto connected = runtime->connect();
        ASSERT_TRUE(connected.has_value()) << connected.error();
        remote.emplace(std::move(*connected));
        send();
    }
    void send() { ASSERT_TRUE(remote->send(state).has_value()); }
    /// It is in force in the frame that this waits for.
    void send_and_see(LoneClient& client) {
        send();
        ASSERT_TRUE(client.next_picture().has_value()) << client.log();
    }
    /// The right trigger, as far as that the client has seen it.
    void trigger(LoneClient& client, bool pulled) {
        const std::string_view told = pulled ? "seen: right pressed" : "seen: right released";
        const std::size_t before = client.count_in_log(told);
        state.hands[1].trigger = pulled ? 0.9F : 0.0F;
        send();
        ASSERT_TRUE(client.await_log(told, before + 1)) << client.log();
    }
    void press_menu(LoneClient& client, std::string_view told) {
        const std::size_t before = client.count_in_log("seen: the menu button pressed");
        state.hands[0].b_click = true;
        send();
        ASSERT_TRUE(client.await_log("seen: the menu button pressed", before + 1)) << client.log();
        state.hands[0].b_click = false;
        send();
        ASSERT_TRUE(client.await_log(told)) << client.log();
    }
    void point_right_at(const glm::vec3& at_m) {
        Pose& grip = state.hands[1].tracking_from_grip;
        const glm::vec3 way = glm::normalize(at_m - grip.position_m);
        grip.orientation = glm::quat(glm::vec3(0.0F, 0.0F, -1.0F), way);
    }

    /// Until something more than `before` is chosen, or it has taken too long to come of that.
    [[nodiscard]] static bool await_choice(const LoneClient& client, std::size_t before) {
        return await(Milliseconds{15'000},
                     [&] { return client.count_in_log("chosen on the panel") > before; });
    }
    /// By the right hand's ray; again, if the panel was not whole yet.
    void choose(LoneClient& client, std::string_view panel, ui::Target target) {
        const std::size_t before = client.count_in_log("chosen on the panel");
        point_right_at(where_is(panel, target, state, "de"));
        for (int i = 0; i < tries && client.count_in_log("chosen on the panel") == before; ++i) {
            send_and_see(client);
            trigger(client, true);
            trigger(client, false);
            if (await_choice(client, before)) {
                break;
            }
        }
        ASSERT_EQ(client.count_in_log("chosen on the panel"), before + 1) << client.log();
    }
    /// By looking there; again, if it was looked at before the panel was whole.
    void look(LoneClient& client, std::string_view panel, ui::Target target) {
        const std::size_t before = client.count_in_log("chosen on the panel");
        const Pose straight = state.tracking_from_head;
        const glm::vec3 way =
            glm::normalize(where_is(panel, target, state, "de") - straight.position_m);
        for (int i = 0; i < tries && client.count_in_log("chosen on the panel") == before; ++i) {
            state.tracking_from_head = straight;
            send_and_see(client);
            send_and_see(client);
            state.tracking_from_head.orientation = glm::quat(glm::vec3(0.0F, 0.0F, -1.0F), way);
            send();
            if (await_choice(client, before)) {
                break;
            }
        }
        state.tracking_from_head = straight;
        send();
        ASSERT_EQ(client.count_in_log("chosen on the panel"), before + 1) << client.log();
    }
    void play_short_session(const std::function<void(std::string_view, ui::Target)>& answer,
                            const std::function<void()>& draw, const LoneClient& client) {
        const auto at = [&](std::string_view phase) {
            return client.count_in_log(std::format("the guided session is at {}", phase));
        };
        answer("consent", choice(0));
        ASSERT_EQ(at("rating_before"), 1U) << client.log();
        answer("rating_before", number(7));
        ASSERT_EQ(at("free_scribble"), 1U) << client.log();
        draw();
        answer("free_scribble", choice(1));
        ASSERT_EQ(at("mirror_drawing"), 1U) << client.log();
        answer("mirror_drawing", choice(1));
        ASSERT_EQ(at("look_and_title"), 1U) << client.log();
        answer("look_and_title", choice(0));
        ASSERT_EQ(at("closing"), 1U) << client.log();
        answer("closing", choice(0));
        ASSERT_EQ(at("rating_after"), 1U) << client.log();
        answer("rating_after", number(3));
        EXPECT_EQ(client.count_in_log("the guided session is over, completed"), 1U) << client.log();
    }

    std::optional<MonadoService> runtime;
    std::optional<MonadoRemote> remote;
    RemoteState state{
        .tracking_from_head = {.position_m = {0.0F, 1.6F, 0.0F}},
        .hands = {RemoteHand{.tracking_from_grip = {.position_m = {-0.2F, 1.3F, -0.45F}}},
                  RemoteHand{.tracking_from_grip = {.position_m = {0.2F, 1.25F, -0.2F}}}}};
};

TEST_F(InTheHeadset, TheMenuTakesBackInkAndNoStrokeBeginsOnIt) {
    LoneClient client(*runtime, "", {"--log-level", "debug", "--language", "en"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    trigger(client, true);
    state.hands[1].tracking_from_grip.position_m.y += 0.05F;
    send_and_see(client);
    trigger(client, false);

    press_menu(client, "the menu is opened");
    point_right_at(where_is("wrist", undo, state));
    send_and_see(client);
    send_and_see(client); // it is whole by now
    trigger(client, true);
    trigger(client, false);
    ASSERT_TRUE(client.await_log("chosen on the panel: undo")) << client.log();
    ASSERT_TRUE(client.await_log("the ink has changed: the menu takes ink back")) << client.log();

    // Pressed there, and let go beside it: nothing is chosen, nothing drawn.
    trigger(client, true);
    point_right_at(state.hands[1].tracking_from_grip.position_m + glm::vec3(0.5F, -0.5F, -0.2F));
    send_and_see(client);
    trigger(client, false);
    EXPECT_EQ(client.count_in_log("chosen on the panel"), 1U);

    press_menu(client, "the menu is closed");
    const auto trace = client.end();
    ASSERT_TRUE(trace.has_value()) << client.log();
    EXPECT_EQ(client.ended(), (Ended{.exit_status = 0})) << client.log();
    const auto strokes = replay_trace(*trace);
    ASSERT_EQ(strokes.size(), 1U) << "no stroke began on the menu";
    EXPECT_EQ(strokes.front().hand, Hand::right);
    EXPECT_TRUE(strokes.front().removed_ms.has_value());
    EXPECT_EQ(complaints_in(client.log()), "");
}

TEST_F(InTheHeadset, SomebodyIsLedThroughAnExerciseByTheRayOfAHand) {
    LoneClient client(*runtime, "",
                      {"--log-level", "debug", "--language", "de", "--guide", "short"});
    ASSERT_TRUE(client.await_log("the place appears after")) << client.log();
    play_short_session(
        [&](std::string_view panel, ui::Target target) { choose(client, panel, target); },
        [&] {
            point_right_at(state.hands[1].tracking_from_grip.position_m +
                           glm::vec3(0.5F, -0.5F, -0.2F)); // beside the panel
            send_and_see(client);
            trigger(client, true);
            state.hands[1].tracking_from_grip.position_m.x += 0.05F;
            send_and_see(client);
            trigger(client, false);
        },
        client);
    const auto trace = client.end();
    ASSERT_TRUE(trace.has_value()) << client.log();
    EXPECT_EQ(client.ended(), (Ended{.exit_status = 0})) << client.log();
    EXPECT_EQ(replay_trace(*trace).size(), 1U) << "no stroke began on a panel";
    EXPECT_EQ(complaints_in(client.log()), "");
}

TEST_F(InTheHeadset, SomebodyIsLedThroughAnExerciseByTheGazeAlone) {
    for (RemoteHand& hand : state.hands) {
        hand.active = hand.hand_tracking_active = false;
    }
    send();
    LoneClient client(*runtime, "",
                      {"--log-level", "debug", "--language", "de", "--guide", "short"});
    ASSERT_TRUE(client.await_log("the place appears after")) << client.log();
    play_short_session(
        [&](std::string_view panel, ui::Target target) { look(client, panel, target); }, [] {},
        client);
    std::ignore = client.end();
    EXPECT_EQ(client.ended(), (Ended{.exit_status = 0})) << client.log();
    EXPECT_EQ(complaints_in(client.log()), "");
}

} // namespace
} // namespace haven::test
