// What is heard around a person, measured at both ears: OpenAL Soft renders, a recording device
// stands for the sound card, which this machine may not have.
#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "environments/soundscape/score.hpp"
#include "tests/support/process.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/output_device.hpp"
#include "xr_app/audio/sound_player.hpp"

#include <glm/gtc/quaternion.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace haven::audio {
namespace {

using namespace std::chrono_literals;

/// A sound card with a cable to pull: takes blocks as fast as they come, up to those allowed.
struct Card {
    std::mutex mutex;
    std::vector<Block> blocks;
    std::size_t allowed = 0;
    bool there = true;
    int opened = 0;

    [[nodiscard]] std::size_t taken() {
        const std::scoped_lock lock(mutex);
        return blocks.size();
    }
    void allow(std::size_t more) {
        const std::scoped_lock lock(mutex);
        allowed += more;
    }
    void set_there(bool now) {
        const std::scoped_lock lock(mutex);
        there = now;
    }
    /// The next `count` blocks.
    std::vector<Block> hear(std::size_t count) {
        const std::size_t before = taken();
        allow(count);
        EXPECT_TRUE(test::await(20s, [&] { return taken() >= before + count; }));
        const std::scoped_lock lock(mutex);
        return {blocks.begin() + static_cast<std::ptrdiff_t>(before),
                blocks.begin() + static_cast<std::ptrdiff_t>(before + count)};
    }
};

class CardOutput final : public OutputDevice {
  public:
    explicit CardOutput(std::shared_ptr<Card> card) : card_(std::move(card)) {}
    bool has_room() override {
        const std::scoped_lock lock(card_->mutex);
        return card_->blocks.size() < card_->allowed;
    }
    void queue(const Block& block) override {
        const std::scoped_lock lock(card_->mutex);
        card_->blocks.push_back(block);
    }
    bool connected() override {
        const std::scoped_lock lock(card_->mutex);
        return card_->there;
    }
    bool reopen() override { return connected(); }
    [[nodiscard]] std::string name() const override { return "a test's ears"; }

  private:
    std::shared_ptr<Card> card_;
};

struct Ears {
    double left = 0.0;
    double right = 0.0;
    double apart = 0.0; ///< how far the two ears' samples differ at most
    double most = 0.0;
};
Ears ears_of(const std::vector<Block>& blocks) {
    Ears ears;
    for (const Block& block : blocks) {
        for (std::size_t i = 0; i < block.size(); i += 2) {
            const double left = block.at(i);
            const double right = block.at(i + 1);
            ears.left += left * left;
            ears.right += right * right;
            ears.apart = std::max(ears.apart, std::abs(left - right));
            ears.most = std::max({ears.most, std::abs(left), std::abs(right)});
        }
    }
    return ears;
}

class Sounds : public ::testing::Test {
  protected:
    std::unique_ptr<SoundPlayer> player(const Hearing& hearing = {}) {
        return std::make_unique<SoundPlayer>(
            SoundPlayer::Parts{.hearing = hearing,
                               .open_output = [card = card]() -> std::unique_ptr<OutputDevice> {
                                   const std::scoped_lock lock(card->mutex);
                                   if (!card->there) {
                                       return nullptr;
                                   }
                                   ++card->opened;
                                   return std::make_unique<CardOutput>(card);
                               },
                               .retry_after = 5ms});
    }
    /// Rain on one side.
    static soundscape::Score rain_at(glm::vec3 at_m) {
        return {.sounds = {{.name = "rain", .level = 0.5F}},
                .voices = {{.kind = soundscape::VoiceKind::rain_leaf, .at_m = at_m, .seed = 4}},
                .heard_from_m = {0.0F, 1.4F, 0.0F}};
    }
    static Pose head(float yaw_rad = 0.0F) {
        return {.position_m = {0.0F, 1.4F, 0.0F},
                .orientation = glm::angleAxis(yaw_rad, glm::vec3(0.0F, 1.0F, 0.0F))};
    }
    std::shared_ptr<Card> card = std::make_shared<Card>();
};

TEST_F(Sounds, AThingAtTheRightIsHeardAtTheRightAndAtTheLeftFromBehind) {
    const auto sound = player();
    sound->set_place(rain_at({3.0F, 1.4F, 0.0F}), 0.05);
    sound->listen(head());
    (void)card->hear(60);
    const Ears ahead = ears_of(card->hear(100));
    EXPECT_GT(ahead.right, 1.5 * ahead.left);
    EXPECT_LT(ahead.most, 0.71) << "-3 dB";
    sound->listen(head(std::numbers::pi_v<float>));
    (void)card->hear(60);
    const Ears turned = ears_of(card->hear(100));
    EXPECT_GT(turned.left, 1.5 * turned.right);
}

TEST_F(Sounds, WithOneEarEverythingIsInBothAndVolumeIsByEar) {
    const auto sound = player({.mono = true});
    sound->set_place(rain_at({3.0F, 1.4F, 0.0F}), 0.05);
    sound->listen(head());
    (void)card->hear(60);
    const Ears both = ears_of(card->hear(50));
    EXPECT_GT(both.left, 0.0);
    EXPECT_LT(both.apart, 1e-6);
    sound->set_hearing({.mono = true, .left = 0.0F});
    (void)card->hear(60);
    const Ears right_only = ears_of(card->hear(50));
    EXPECT_LT(right_only.left, 1e-12);
    EXPECT_GT(right_only.right, 0.0);
}

TEST_F(Sounds, OnePlaceFadesIntoTheOther) {
    const auto sound = player({.spatial = false});
    sound->set_place(rain_at({4.0F, 1.4F, 0.0F}), 0.05);
    sound->listen(head());
    (void)card->hear(60);
    const Ears before = ears_of(card->hear(50));
    EXPECT_GT(before.right, 2.0 * before.left);
    sound->set_place(rain_at({-4.0F, 1.4F, 0.0F}), 0.3);
    (void)card->hear(80);
    const Ears after = ears_of(card->hear(50));
    EXPECT_GT(after.left, 2.0 * after.right);
}

TEST_F(Sounds, InkSoundsWhereItsHandIsWhileItDraws) {
    const auto sound = player({.spatial = false});
    sound->listen(head());
    std::int64_t time_ns = 0;
    const auto move = [&](bool drawing) {
        std::vector<Block> heard;
        for (int i = 0; i < 60; ++i, time_ns += 11'000'000) {
            const float along = 0.01F * static_cast<float>(i % 20);
            sound->hear_hand({.time_ns = time_ns,
                              .hand = Hand::left,
                              .tracked = true,
                              .drawing = drawing,
                              .pressure = 0.7F,
                              .stage_from_tip = {.position_m = {-0.5F, 1.2F + along, -0.2F}}},
                             {});
            const std::vector<Block> one = card->hear(1);
            heard.insert(heard.end(), one.begin(), one.end());
        }
        return ears_of(heard);
    };
    const Ears resting = move(false);
    const Ears drawing = move(true);
    EXPECT_LT(resting.left, 1e-9);
    EXPECT_GT(drawing.left, 1e-6);
    EXPECT_GT(drawing.left, 1.5 * drawing.right);
}

TEST_F(Sounds, WithoutADeviceEverythingGoesOnAndItPlaysWhenOneComes) {
    card->set_there(false);
    const auto sound = player();
    sound->set_place(rain_at({3.0F, 1.4F, 0.0F}), 0.05);
    sound->listen(head());
    sound->ring(Bell::begin, "We begin");
    EXPECT_TRUE(test::await(10s, [&] { return sound->status().state == SoundState::no_device; }));
    EXPECT_EQ(sound->caption(std::chrono::steady_clock::now()), "We begin");
    EXPECT_EQ(sound->caption(std::chrono::steady_clock::now() + 6s), "");
    card->set_there(true);
    (void)card->hear(60);
    EXPECT_GT(ears_of(card->hear(50)).right, 0.0);
    EXPECT_EQ(sound->status().state, SoundState::playing);
    EXPECT_EQ(sound->status().device, "a test's ears");
}

TEST_F(Sounds, ALostDeviceIsLookedForAgain) {
    const auto sound = player();
    sound->set_place(rain_at({3.0F, 1.4F, 0.0F}), 0.05);
    (void)card->hear(20);
    card->set_there(false);
    EXPECT_TRUE(test::await(10s, [&] { return sound->status().state == SoundState::no_device; }));
    EXPECT_EQ(sound->status().devices_lost, 1U);
    card->set_there(true);
    EXPECT_GT(ears_of(card->hear(40)).right, 0.0);
    EXPECT_EQ(card->opened, 2);
}

TEST_F(Sounds, ABellRingsAndTheEndComesWithoutAnEdge) {
    const auto sound = player();
    sound->ring(Bell::change);
    EXPECT_GT(ears_of(card->hear(50)).left, 0.0);
    card->allow(20);
    sound->stop();
    EXPECT_EQ(sound->status().state, SoundState::off);
    const std::scoped_lock lock(card->mutex);
    const Block& last = card->blocks.back();
    EXPECT_EQ(last.back(), 0.0F);
    double step = 0.0;
    for (std::size_t i = 2; i < last.size(); ++i) {
        step = std::max(step, static_cast<double>(std::abs(last.at(i) - last.at(i - 2))));
    }
    EXPECT_LT(step, 0.05);
}

} // namespace
} // namespace haven::audio
