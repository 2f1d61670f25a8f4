#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "environments/soundscape/score.hpp"
#include "tests/support/await.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/output_device.hpp"
#include "xr_app/audio/sound_player.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace haven::audio {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds patience{100'000};

/// A socket in the wall: a device can be plugged in and pulled out, and what it played is kept.
class Socket {
  public:
    void plug(bool in) {
        const std::scoped_lock lock(mutex_);
        plugged_ = in;
    }
    [[nodiscard]] bool plugged() const {
        const std::scoped_lock lock(mutex_);
        return plugged_;
    }
    void asked() {
        const std::scoped_lock lock(mutex_);
        ++asked_;
        changed_.notify_all();
    }
    void play(const Block& block) {
        const std::scoped_lock lock(mutex_);
        if (block_count_++ < blocks_kept_max) {
            samples_.insert(samples_.end(), block.begin(), block.end());
        }
        changed_.notify_all();
    }
    [[nodiscard]] bool played(std::size_t blocks) {
        return await([&] { return block_count_ >= blocks; });
    }
    [[nodiscard]] bool asked_times(int times) {
        return await([&] { return asked_ >= times; });
    }
    [[nodiscard]] std::size_t blocks() const {
        const std::scoped_lock lock(mutex_);
        return block_count_;
    }
    void forget() {
        const std::scoped_lock lock(mutex_);
        samples_.clear();
        block_count_ = 0;
    }
    /// The loudest sample since `forget`.
    [[nodiscard]] float loudest() const {
        const std::scoped_lock lock(mutex_);
        float most = 0.0F;
        for (const float sample : samples_) {
            most = std::max(most, std::abs(sample));
        }
        return most;
    }
    [[nodiscard]] float last_sample() const {
        const std::scoped_lock lock(mutex_);
        return samples_.empty() ? 0.0F : samples_.back();
    }
    [[nodiscard]] OpenOutput opener(bool reopens);

  private:
    static constexpr std::size_t blocks_kept_max = 2000;
    [[nodiscard]] bool await(const std::function<bool()>& condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, condition);
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool plugged_ = true;
    int asked_ = 0;
    std::size_t block_count_ = 0;
    std::vector<float> samples_;
};

class SocketDevice final : public OutputDevice {
  public:
    SocketDevice(Socket& socket, bool reopens) : socket_(socket), reopens_(reopens) {}
    bool has_room() override {
        // One block a look: the player never runs away with a device that is always ready.
        room_ = !room_;
        return room_ && connected();
    }
    void queue(const Block& block) override { socket_.play(block); }
    double delay_s() override { return 0.0; }
    bool connected() override {
        lost_ = lost_ || !socket_.plugged();
        return !lost_;
    }
    bool reopen() override {
        if (reopens_ && socket_.plugged()) {
            lost_ = false;
        }
        return !lost_;
    }
    [[nodiscard]] std::string name() const override { return "socket"; }
    [[nodiscard]] std::size_t times_dry() const override { return 0; }

  private:
    Socket& socket_;
    bool reopens_;
    bool room_ = false;
    bool lost_ = false;
};

OpenOutput Socket::opener(bool reopens) {
    return [this, reopens]() -> std::unique_ptr<OutputDevice> {
        asked();
        return plugged() ? std::make_unique<SocketDevice>(*this, reopens) : nullptr;
    };
}

soundscape::Score stream() {
    return {.sounds = {{.name = "stream", .level = 0.5F}},
            .voices = {{.kind = soundscape::VoiceKind::stream, .at_m = {0.0F, 1.0F, -2.0F}}}};
}

SoundPlayer::Config config(Socket& socket, bool reopens = true) {
    return {.hearing = {}, .open_output = socket.opener(reopens), .retry_after = milliseconds(5)};
}

TEST(SoundPlayer, PlaysThePlaceItIsGiven) {
    Socket socket;
    SoundPlayer sound(config(socket));
    ASSERT_TRUE(socket.played(5));
    EXPECT_EQ(socket.loudest(), 0.0F);
    sound.set_place(stream(), 0.05);
    ASSERT_TRUE(socket.played(socket.blocks() + 40));
    EXPECT_GT(socket.loudest(), 0.001F);
    const SoundStatus status = sound.status();
    EXPECT_EQ(status.state, SoundState::playing);
    EXPECT_EQ(status.device, "socket");
    EXPECT_TRUE(status.spatial);
    EXPECT_GT(status.blocks, 0U);
}

TEST(SoundPlayer, WithoutADeviceEverythingElseGoesOnAndSoundComesByItself) {
    Socket socket;
    socket.plug(false);
    SoundPlayer sound(config(socket));
    ASSERT_TRUE(socket.asked_times(3)) << "it looks again and again";
    EXPECT_EQ(sound.status().state, SoundState::no_device);
    sound.set_place(stream(), 0.05);
    sound.set_listener({});
    const auto before = Clock::now();
    sound.ring(Bell::change);
    EXPECT_EQ(sound.caption(before), "A bell: the next part begins");
    socket.plug(true);
    ASSERT_TRUE(socket.played(40));
    EXPECT_EQ(sound.status().state, SoundState::playing);
    EXPECT_GT(socket.loudest(), 0.001F) << "the place given meanwhile";
}

TEST(SoundPlayer, ALostDeviceComesBackByItself) {
    for (const bool reopens : {true, false}) {
        Socket socket;
        SoundPlayer sound(config(socket, reopens));
        sound.set_place(stream(), 0.05);
        ASSERT_TRUE(socket.played(20));
        socket.plug(false);
        ASSERT_TRUE(
            test::await(patience, [&] { return sound.status().state == SoundState::no_device; }));
        EXPECT_EQ(sound.status().devices_lost, 1U);
        socket.forget();
        socket.plug(true);
        ASSERT_TRUE(socket.played(40));
        EXPECT_GT(socket.loudest(), 0.001F) << "the place goes on";
        EXPECT_EQ(sound.status().devices_lost, 1U);
    }
}

TEST(SoundPlayer, StopsInSilence) {
    Socket socket;
    SoundPlayer sound(config(socket));
    sound.set_place(stream(), 0.05);
    ASSERT_TRUE(socket.played(30));
    sound.stop();
    const std::size_t blocks = socket.blocks();
    EXPECT_LT(std::abs(socket.last_sample()), 1e-4F);
    EXPECT_EQ(sound.status().state, SoundState::off);
    sound.stop();
    EXPECT_EQ(socket.blocks(), blocks);
}

TEST(SoundPlayer, StopsWhileItWaitsForADevice) {
    Socket socket;
    socket.plug(false);
    SoundPlayer sound(
        {.hearing = {}, .open_output = socket.opener(true), .retry_after = std::chrono::hours(1)});
    ASSERT_TRUE(socket.asked_times(1));
    sound.stop(); // and does not wait for an hour
    EXPECT_EQ(sound.status().state, SoundState::off);
}

TEST(SoundPlayer, ADrawingHandIsHeard) {
    Socket socket;
    SoundPlayer sound(config(socket));
    ASSERT_TRUE(socket.played(3));
    HandSample sample{.hand = Hand::left, .tracked = true, .drawing = true, .pressure = 0.8F};
    // A metre a second, frame by frame, until it is heard.
    EXPECT_TRUE(test::await(patience, [&] {
        const std::size_t blocks = socket.blocks();
        sample.time_ns += 10'000'000;
        sample.tracking_from_tip.position_m = {
            std::sin(static_cast<float>(sample.time_ns) * 2e-9F) * 0.5F, 1.3F, -0.4F};
        sound.set_listener({.position_m = {0.0F, 1.6F, 0.0F}});
        sound.set_hand(sample, {});
        return socket.played(blocks + 1) && socket.loudest() >= 0.0005F;
    }));
}

TEST(SoundPlayer, ACaptionStaysFiveSecondsAndMayHaveItsOwnWords) {
    Socket socket;
    SoundPlayer sound(config(socket));
    const auto before = Clock::now();
    EXPECT_EQ(sound.caption(before), "");
    sound.ring(Bell::begin, "A bell: both hands, one circle");
    EXPECT_EQ(sound.caption(before), "A bell: both hands, one circle");
    EXPECT_EQ(sound.caption(Clock::now() + std::chrono::seconds(5)), "");
    ASSERT_TRUE(socket.played(socket.blocks() + 60));
    EXPECT_GT(socket.loudest(), 0.001F);
}

TEST(SoundPlayer, PlaysOnTheLibrarysOwnDevice) {
    SoundPlayer sound({});
    sound.set_place(stream(), 0.05);
    ASSERT_TRUE(test::await(patience, [&] { return sound.status().blocks >= 30; }));
    const SoundStatus status = sound.status();
    EXPECT_EQ(status.state, SoundState::playing);
    EXPECT_FALSE(status.device.empty());
    EXPECT_GT(status.load, 0.0);
}

} // namespace
} // namespace haven::audio
