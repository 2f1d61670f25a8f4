// Run where the library finds no sound card; see CMakeLists.txt.
#include "tests/support/await.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/output_device.hpp"
#include "xr_app/audio/sound_player.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace haven::audio {
namespace {

TEST(WithoutACard, TheSystemHasNoOutput) {
    EXPECT_EQ(open_system_output(), nullptr);
}

TEST(WithoutACard, ThePlayerGoesOnAndShowsCaptions) {
    SoundPlayer sound({.retry_after = std::chrono::milliseconds(20)});
    sound.set_place({.sounds = {{.name = "wind", .level = 0.5F}}, .voices = {{.sound = 0}}});
    EXPECT_TRUE(test::await(std::chrono::seconds(60),
                            [&] { return sound.status().state == SoundState::no_device; }));
    EXPECT_EQ(sound.status().devices_lost, 0U);
    sound.set_listener({});
    const auto before = std::chrono::steady_clock::now();
    sound.ring(Bell::end);
    EXPECT_FALSE(sound.caption(before).empty());
}

} // namespace
} // namespace haven::audio
