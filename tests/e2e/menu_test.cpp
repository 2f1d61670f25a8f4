// The menu in a session, by a controller: opened by its button, chosen from by its ray; what it
// takes back is taken back, and no stroke begins there.

#include "bilateral/pose.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "tests/e2e/lone_client.hpp"
#include "tests/support/complaints.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
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
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::test {
namespace {

constexpr glm::vec3 index_tip_m{0.0F, -0.010F, -0.075F}; // profile_table.cpp's ring_tip

/// Where that round choice of the menu is, for somebody whose left hand opened it.
glm::vec3 where_is(std::uint8_t index, const RemoteState& state) {
    const auto look = ui::Look::load(HAVEN_SOURCE_DIR "/assets").value();
    const auto words = ui::Words::load(HAVEN_SOURCE_DIR "/assets/words", "en").value();
    const ui::Panel menu = ui::make_panel("wrist", words);
    const ui::PanelLayout layout =
        ui::lay_out(menu, look, [](ui::TextStyle, std::string_view) { return 1.0F; });
    const ui::Target wanted{.kind = ui::Target::Kind::round, .index = index};
    const auto box = std::ranges::find(layout.targets, wanted, &ui::TargetBox::target)->box;
    ui::WristPlacement hanging(look);
    const glm::vec3 tip_m =
        (state.hands[0].tracking_from_grip * Pose{.position_m = index_tip_m}).position_m;
    return ui::point_on(layout.shape,
                        hanging.update(true, state.tracking_from_head, tip_m, 1.0).space_from_panel,
                        box.middle_m());
}

class TheMenu : public testing::Test {
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

    std::optional<MonadoService> runtime;
    std::optional<MonadoRemote> remote;
    RemoteState state{
        .tracking_from_head = {.position_m = {0.0F, 1.6F, 0.0F}},
        .hands = {RemoteHand{.tracking_from_grip = {.position_m = {-0.2F, 1.3F, -0.45F}}},
                  RemoteHand{.tracking_from_grip = {.position_m = {0.2F, 1.25F, -0.2F}}}}};
};

TEST_F(TheMenu, TakesBackInkAndNoStrokeBeginsOnIt) {
    LoneClient client(*runtime, "", {"--log-level", "debug", "--language", "en"});
    ASSERT_TRUE(client.await_ready()) << client.log();
    trigger(client, true);
    state.hands[1].tracking_from_grip.position_m.y += 0.05F;
    send_and_see(client);
    trigger(client, false);

    press_menu(client, "the menu is opened");
    point_right_at(where_is(4, state)); // undo
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

} // namespace
} // namespace haven::test
