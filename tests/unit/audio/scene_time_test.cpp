// What is seen while it sounds: the knock of a bamboo spout comes when its tip strikes.
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/spout_moments.hpp"
#include "tests/unit/audio/place_listening.hpp"
#include "xr_app/audio/mixer.hpp"
#include "xr_app/audio/output_device.hpp"
#include "xr_app/audio/scene_clock.hpp"
#include "xr_app/audio/sound_player.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace haven::audio {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::uint32_t seed = 21;
constexpr double block_s = static_cast<double>(block_frames) / soundscape::sample_rate_hz;
constexpr double together_s = 0.05; ///< what an eye and an ear take for one

soundscape::Score spout() {
    return {.sounds = {{.name = "spout", .level = 0.5F}},
            .voices = {
                {.kind = soundscape::VoiceKind::spout, .at_m = {0.0F, 0.5F, -3.0F}, .seed = seed}}};
}

double knock_s(std::int64_t number) {
    return soundscape::spout_tips_s(seed, number) + soundscape::spout_knock_after_s;
}

/// When the loudest sound of a row of frames begins: the frame at which half of it is reached.
std::size_t onset(const std::vector<float>& both) {
    float loudest = 0.0F;
    for (const float sample : both) {
        loudest = std::max(loudest, std::abs(sample));
    }
    std::size_t at = 0;
    while (std::abs(both.at(at)) < 0.5F * loudest) {
        ++at;
    }
    return at / 2;
}

TEST(SceneTime, AKnockIsHeardAtItsMomentWhereverOneComesIn) {
    for (const double before_s : {0.7, 5.0, 20.0}) {
        const auto mixer = Mixer::open({});
        ASSERT_NE(mixer, nullptr);
        const double from_s = knock_s(4) - before_s;
        mixer->set_time(from_s);
        mixer->set_place(std::make_unique<PlaceVoices>(spout(), 0.05));
        const auto samples = listening::heard(*mixer, before_s + 0.4);
        const double at_s = static_cast<double>(onset(samples)) / soundscape::sample_rate_hz;
        EXPECT_NEAR(at_s, before_s, 0.01);
    }
}

TEST(SceneTime, AKnockIsHeardOnceThoughTimeIsSetBackALittle) {
    const auto mixer = Mixer::open({});
    ASSERT_NE(mixer, nullptr);
    mixer->set_time(knock_s(4) - 0.3);
    mixer->set_place(std::make_unique<PlaceVoices>(spout(), 0.05));
    const auto first = listening::heard(*mixer, 0.32);
    mixer->set_time(knock_s(4) - 0.02);
    const auto again = listening::heard(*mixer, 0.2);
    const auto loudest = [](const std::vector<float>& row, std::size_t from) {
        float most = 0.0F;
        for (std::size_t i = from; i < row.size(); ++i) {
            most = std::max(most, std::abs(row[i]));
        }
        return most;
    };
    // 0.1 s later the first knock has died away.
    EXPECT_LT(loudest(again, again.size() / 2), 0.3F * loudest(first, 0));
}

TEST(SceneTime, TheClockFollowsSlowlyAndTakesWhatIsFarOffAsItIs) {
    SceneClock clock;
    EXPECT_EQ(clock.next_block(100.0), 100.0);
    double last_s = 100.0;
    for (int i = 1; i < 200; ++i) { // made in bursts: 15 ms early, 15 ms late
        const double now_s = clock.next_block(100.0 + i * block_s + (i % 4 < 2 ? 0.015 : -0.015));
        EXPECT_NEAR(now_s - last_s, block_s, 0.002);
        EXPECT_NEAR(now_s, 100.0 + i * block_s, 0.015);
        last_s = now_s;
    }
    EXPECT_EQ(clock.next_block(500.0), 500.0);
}

/// Plays from a queue of 60 ms and notes when each block is heard, by a clock of its own: a block's
/// time passes when the queue is full.
class PacedDevice final : public OutputDevice {
  public:
    struct Heard {
        mutable std::mutex mutex;
        std::condition_variable changed;
        Clock::time_point now;
        std::vector<Clock::time_point> at; ///< of each block
        std::vector<float> samples;

        [[nodiscard]] Clock::time_point time() const {
            const std::scoped_lock lock(mutex);
            return now;
        }
    };
    explicit PacedDevice(Heard& heard) : heard_(heard), free_at_(heard.time()) {}
    bool has_room() override {
        if (delay_s() < 0.055) {
            return true;
        }
        const std::scoped_lock lock(heard_.mutex);
        heard_.now += block;
        return false;
    }
    void queue(const Block& samples) override {
        const std::scoped_lock lock(heard_.mutex);
        const auto at = std::max(heard_.now, free_at_);
        free_at_ = at + block;
        heard_.at.push_back(at);
        heard_.samples.insert(heard_.samples.end(), samples.begin(), samples.end());
        heard_.changed.notify_all();
    }
    double delay_s() override { return std::max(Seconds(free_at_ - heard_.time()).count(), 0.0); }
    bool connected() override { return true; }
    bool reopen() override { return true; }
    [[nodiscard]] std::string name() const override { return "paced"; }
    [[nodiscard]] std::size_t times_dry() const override { return 0; }

  private:
    static constexpr auto block = std::chrono::duration_cast<Clock::duration>(Seconds(block_s));
    Heard& heard_;
    Clock::time_point free_at_;
};

TEST(SceneTime, AKnockIsHeardWhenItsMomentIsSeenAlsoAfterAChangeOfPlace) {
    PacedDevice::Heard heard;
    constexpr double soon_s = 1.2;
    const Clock::time_point scene_began;
    heard.now =
        scene_began + std::chrono::duration_cast<Clock::duration>(Seconds(knock_s(3) - soon_s));
    SoundPlayer sound({.hearing = {},
                       .open_output = [&heard] { return std::make_unique<PacedDevice>(heard); },
                       .scene_began = scene_began,
                       .now = [&heard] { return heard.time(); }});
    const auto blocks = [&heard](std::size_t count) {
        std::unique_lock lock(heard.mutex);
        return heard.changed.wait_for(lock, std::chrono::seconds(100),
                                      [&] { return heard.at.size() >= count; });
    };
    sound.set_place(spout(), 0.05);
    ASSERT_TRUE(blocks(30));
    sound.set_place(spout(), 0.05);
    ASSERT_TRUE(blocks(160));
    sound.stop();
    const std::size_t frame = onset(heard.samples);
    const auto heard_at =
        heard.at.at(frame / block_frames) +
        Seconds(static_cast<double>(frame % block_frames) / soundscape::sample_rate_hz);
    const double scene_s = Seconds(heard_at - scene_began).count();
    EXPECT_NEAR(scene_s, knock_s(3), together_s);
}

} // namespace
} // namespace haven::audio
