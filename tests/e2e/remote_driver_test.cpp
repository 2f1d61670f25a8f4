// The scripted headset is trusted by every other test here, so it is tested first: what is sent to
// the remote driver is what an application sees through the runtime.

#include "bilateral/pose.hpp"
#include "tests/e2e/openxr_probe.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/motion_script.hpp"
#include "tests/support/motion_script_player.hpp"
#include "tests/support/process.hpp"

#include <glm/geometric.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <expected>
#include <functional>
#include <numbers>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr Milliseconds patience{60'000};

/// One runtime and one application for the file: starting them is most of the time.
class RemoteDriver : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        auto service = MonadoService::start();
        ASSERT_TRUE(service.has_value()) << service.error();
        runtime.emplace(std::move(*service));
        auto probe = OpenXrProbe::start(runtime->client_environment(), patience);
        ASSERT_TRUE(probe.has_value()) << probe.error() << "\n" << runtime->log();
        application.emplace(std::move(*probe));
    }
    static void TearDownTestSuite() {
        application.reset();
        runtime.reset();
    }
    void SetUp() override {
        ASSERT_TRUE(application.has_value());
        auto remote = runtime->connect();
        ASSERT_TRUE(remote.has_value()) << remote.error();
        connection.emplace(std::move(*remote));
    }
    [[nodiscard]] static std::array<SeenHand, 2> look() {
        const auto seen = application->look();
        EXPECT_TRUE(seen.has_value()) << seen.error();
        return seen.value_or(std::array<SeenHand, 2>{});
    }
    void send(const RemoteState& state) {
        const auto sent = connection->send(state);
        ASSERT_TRUE(sent.has_value()) << sent.error();
    }
    [[nodiscard]] static bool
    await_seen(const std::function<bool(const std::array<SeenHand, 2>&)>& condition) {
        return await(patience, [&] { return condition(look()); });
    }

    static inline std::optional<MonadoService> runtime;
    static inline std::optional<OpenXrProbe> application;
    std::optional<MonadoRemote> connection;
};

float apart_m(const Pose& a, const Pose& b) {
    return glm::distance(a.position_m, b.position_m);
}

TEST_F(RemoteDriver, BothHandsPosesArriveWithinATenthOfAMillimetre) {
    for (int step = 0; step < 8; ++step) {
        RemoteState state;
        const float angle = static_cast<float>(step) * std::numbers::pi_v<float> / 4.0F;
        for (std::size_t hand = 0; hand < 2; ++hand) {
            Pose& pose = state.hands.at(hand).tracking_from_grip;
            pose.position_m += glm::vec3(0.1F * std::cos(angle), 0.1F * std::sin(angle), 0.0F);
            pose.orientation = glm::angleAxis(0.5F * angle, glm::vec3(0.0F, 1.0F, 0.0F));
        }
        send(state);
        EXPECT_TRUE(await_seen([&](const auto& seen) {
            return apart_m(seen[0].tracking_from_grip, state.hands[0].tracking_from_grip) < 1e-4F &&
                   apart_m(seen[1].tracking_from_grip, state.hands[1].tracking_from_grip) < 1e-4F &&
                   std::abs(glm::dot(seen[0].tracking_from_grip.orientation,
                                     state.hands[0].tracking_from_grip.orientation)) > 0.99999F;
        })) << "step "
            << step;
    }
}

TEST_F(RemoteDriver, EachHandsTriggerArrivesAsSent) {
    RemoteState state;
    state.hands[0].trigger = 0.3F;
    state.hands[1].trigger = 0.85F;
    send(state);
    EXPECT_TRUE(await_seen([](const auto& seen) {
        return std::abs(seen[0].trigger - 0.3F) < 1e-3F &&
               std::abs(seen[1].trigger - 0.85F) < 1e-3F;
    }));
}

TEST_F(RemoteDriver, AnIndexFingerCurledToTheThumbIsAPinchAndAnOpenOneIsNot) {
    const auto tips_apart_m = [](const SeenHand& hand) {
        return glm::distance(hand.thumb_tip_m, hand.index_tip_m);
    };
    RemoteState state;
    state.hands[0].curl[4] = 1.0F; // the thumb waits where the index finger meets it
    state.hands[1].curl[4] = 1.0F;
    send(state);
    EXPECT_TRUE(await_seen(
        [&](const auto& seen) { return seen[0].fingers_active && tips_apart_m(seen[0]) > 0.08F; }));
    state.hands[0].curl[3] = 1.0F;
    send(state);
    EXPECT_TRUE(await_seen([&](const auto& seen) {
        return tips_apart_m(seen[0]) < 0.015F && tips_apart_m(seen[1]) > 0.08F;
    }));
}

TEST_F(RemoteDriver, AnInactiveControllerHasNoPose) {
    RemoteState state;
    state.hands[1].active = false;
    send(state);
    EXPECT_TRUE(await_seen([](const auto& seen) {
        return seen[0].pose_active && seen[0].pose_tracked && !seen[1].pose_tracked;
    }));
}

TEST_F(RemoteDriver, AHandThatIsNotTrackedHasNoFingers) {
    RemoteState state;
    state.hands[0].hand_tracking_active = false;
    send(state);
    EXPECT_TRUE(await_seen(
        [](const auto& seen) { return !seen[0].fingers_active && seen[1].fingers_active; }));
}

TEST_F(RemoteDriver, APlayedScriptIsSeenOnItsOwnCurve) {
    MotionScript script{.name = "circles", .seconds = 1.0};
    for (std::size_t hand = 0; hand < 2; ++hand) {
        script.hands.at(hand).rest_m = {hand == 0 ? -0.1 : 0.5, 1.3, -0.4};
        script.hands.at(hand).moves = {
            {.from_s = 0.0,
             .to_s = 1.0,
             .curve = {.shape = Spiral{.from_radius_m = 0.1, .to_radius_m = 0.1},
                       .centre_m = {hand == 0 ? -0.2 : 0.4, 1.3, -0.4}}}};
    }
    // On the connection's thread; what is seen meanwhile must lie on the circle, wherever on it.
    std::expected<void, std::string> played;
    std::jthread player([&](const std::stop_token& stop) {
        played = play(script, *connection, {.loop = true}, stop);
    });
    const glm::vec3 centre_m(-0.2F, 1.3F, -0.4F);
    std::vector<glm::vec3> points;
    ASSERT_TRUE(await_seen([&](const auto& seen) {
        const glm::vec3 point = seen[0].tracking_from_grip.position_m;
        const bool begun =
            !points.empty() || std::abs(glm::distance(point, centre_m) - 0.1F) < 1e-4F;
        if (begun && (points.empty() || point != points.back())) {
            points.push_back(point);
        }
        return points.size() == 50;
    }));
    player.request_stop();
    player.join();
    ASSERT_TRUE(played.has_value()) << played.error();
    for (const glm::vec3& point : points) {
        EXPECT_NEAR(glm::distance(point, centre_m), 0.1F, 1e-4F);
    }
}

TEST_F(RemoteDriver, ARestartedServiceListensOnTheSamePort) {
    auto other = MonadoService::start();
    ASSERT_TRUE(other.has_value()) << other.error();
    const auto port = other->port();
    other->kill();
    EXPECT_FALSE(port_is_listened_on(port));
    const auto restarted = other->restart();
    ASSERT_TRUE(restarted.has_value()) << restarted.error();
    EXPECT_EQ(other->port(), port);
    EXPECT_TRUE(other->connect().has_value());
}

} // namespace
} // namespace haven::test
