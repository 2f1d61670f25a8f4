#include "xr_app/audio/sound_player.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "environments/soundscape/score.hpp"
#include "environments/soundscape/touch.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/latest.hpp"
#include "xr_app/audio/mixer.hpp"
#include "xr_app/audio/output_device.hpp"
#include "xr_app/audio/scene_clock.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace haven::audio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t bells_max = 8;
constexpr std::size_t levels_max = 32;
constexpr std::size_t caption_bytes_max = 160;
constexpr auto caption_stays = std::chrono::seconds(5);
constexpr auto look_again = std::chrono::milliseconds(4);
constexpr int hands_forgotten_blocks = 30; ///< without news: the headset is off or busy

constexpr std::array<std::string_view, 3> bell_captions{
    "A bell: you may begin", "A bell: the next part begins", "A bell: it is coming to its end"};

/// What other threads ask for; taken whole by the audio thread.
struct Wishes {
    std::unique_ptr<PlaceVoices> place; ///< the newest only
    std::optional<Hearing> hearing;
    std::vector<std::pair<std::string, float>> levels;
    std::vector<Bell> bells;
    bool stop = false;
};

} // namespace

class SoundPlayer::Engine {
  public:
    explicit Engine(Config config) : config_(std::move(config)), thread_([this] { run(); }) {}
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    Engine(Engine&&) = delete;
    Engine& operator=(Engine&&) = delete;
    ~Engine() { stop(); }

    template <typename Change>
    void wish(Change change) {
        {
            const std::scoped_lock lock(mutex_);
            change(wishes_);
        }
        wake_.notify_one();
    }
    void stop() {
        wish([](Wishes& wishes) { wishes.stop = true; });
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    void post_ears() { posted_.post(ears_); }
    [[nodiscard]] SoundStatus status() const {
        const std::scoped_lock lock(mutex_);
        return status_;
    }
    void show_caption(std::string text) {
        const std::scoped_lock lock(mutex_);
        caption_ = std::move(text);
        caption_since_ = Clock::now();
    }
    [[nodiscard]] std::string caption(Clock::time_point now) const {
        const std::scoped_lock lock(mutex_);
        return now - caption_since_ < caption_stays ? caption_ : std::string();
    }
    void take_hand(const HandSample& sample, const Pose& world_from_tracking);
    Ears& ears() { return ears_; }

  private:
    void run();
    [[nodiscard]] bool stopping() const {
        const std::scoped_lock lock(mutex_);
        return wishes_.stop;
    }
    void wait(std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, at_most, [this] { return wishes_.stop; });
    }
    void show(SoundState state) {
        const std::string device = output_ == nullptr ? std::string() : output_->name();
        const std::scoped_lock lock(mutex_);
        status_.state = state;
        status_.device = state == SoundState::playing ? device : std::string();
    }
    [[nodiscard]] bool find_device();
    void grant_wishes();
    void play_block();
    void fade_away();

    Config config_;
    mutable std::mutex mutex_; ///< held for moments only; never while rendering
    std::condition_variable wake_;
    Wishes wishes_;
    SoundStatus status_;
    std::string caption_;
    Clock::time_point caption_since_;

    Latest<Ears> posted_;
    Ears ears_; ///< the frame thread's
    std::array<std::optional<HandSample>, 2> last_samples_;

    std::unique_ptr<Mixer> mixer_; ///< from here on the audio thread's
    std::unique_ptr<OutputDevice> output_;
    std::unique_ptr<PlaceVoices> next_place_;
    SceneClock clock_;
    int blocks_without_news_ = 0;
    double load_ = 0.0;
    std::thread thread_; ///< last: everything above is there when it begins
};

void SoundPlayer::Engine::take_hand(const HandSample& sample, const Pose& world_from_tracking) {
    auto& last = last_samples_.at(static_cast<std::size_t>(sample.hand));
    HandHeard& heard = ears_.hands.at(static_cast<std::size_t>(sample.hand));
    if (!sample.tracked) {
        heard.stroking.drawing = false;
        last.reset();
        return;
    }
    if (last && sample.time_ns > last->time_ns) {
        const auto seconds =
            static_cast<float>(static_cast<double>(sample.time_ns - last->time_ns) * 1e-9);
        heard.stroking.speed_m_per_s =
            glm::distance(sample.tracking_from_tip.position_m, last->tracking_from_tip.position_m) /
            seconds;
    } else if (!last) {
        heard.stroking.speed_m_per_s = 0.0F;
    }
    heard.stroking.drawing = sample.drawing;
    heard.stroking.pressure = sample.pressure;
    heard.world_position_m = (world_from_tracking * sample.tracking_from_tip).position_m;
    last = sample;
}

/// True with a device to play on. Otherwise a little has been waited.
bool SoundPlayer::Engine::find_device() {
    if (output_ != nullptr && output_->connected()) {
        return true;
    }
    if (output_ != nullptr && !output_->reopen()) {
        output_.reset();
    }
    if (output_ == nullptr) {
        output_ = config_.open_output();
    }
    if (output_ != nullptr) {
        show(SoundState::playing);
        return true;
    }
    show(SoundState::no_device);
    // Bells nobody could hear are over; their captions were shown.
    wish([](Wishes& wishes) { wishes.bells.clear(); });
    wait(config_.retry_after);
    return false;
}

void SoundPlayer::Engine::grant_wishes() {
    Wishes taken;
    {
        const std::scoped_lock lock(mutex_);
        std::swap(taken, wishes_);
        wishes_.stop = taken.stop;
    }
    if (taken.place != nullptr) {
        next_place_ = std::move(taken.place);
    }
    if (next_place_ != nullptr && mixer_->has_room_for_a_place()) {
        mixer_->set_place(std::move(next_place_));
    }
    if (taken.hearing) {
        mixer_->set_hearing(*taken.hearing);
    }
    for (const auto& [sound, level] : taken.levels) {
        mixer_->set_level(sound, level);
        if (next_place_ != nullptr) {
            next_place_->set_level(sound, level);
        }
    }
    for (const Bell bell : taken.bells) {
        mixer_->ring(bell);
    }
}

void SoundPlayer::Engine::play_block() {
    const auto began = Clock::now();
    blocks_without_news_ = posted_.take() ? 0 : blocks_without_news_ + 1;
    Ears ears = posted_.value();
    if (blocks_without_news_ > hands_forgotten_blocks) {
        ears.hands[0].stroking.drawing = false;
        ears.hands[1].stroking.drawing = false;
    }
    mixer_->set_ears(ears);
    const std::chrono::duration<double> scene = config_.now() - config_.scene_began;
    mixer_->set_time(clock_.next_block(scene.count() + output_->delay_s()));
    Block block;
    mixer_->render(block);
    output_->queue(block);
    const std::chrono::duration<double> spent = Clock::now() - began;
    load_ += 0.01 * (spent.count() * soundscape::sample_rate_hz / block_frames - load_);
    const std::scoped_lock lock(mutex_);
    ++status_.blocks;
    status_.times_dry = output_->times_dry();
    status_.spatial = mixer_->spatial();
    status_.load = load_;
}

void SoundPlayer::Engine::fade_away() {
    mixer_->close();
    const auto until = Clock::now() + std::chrono::milliseconds(250);
    while (output_ != nullptr && output_->connected() && !mixer_->closed() &&
           Clock::now() < until) {
        if (output_->has_room()) {
            play_block();
        } else {
            // `stop` is wished: this waits for the device, not for the wish.
            std::this_thread::sleep_for(look_again);
        }
    }
}

void SoundPlayer::Engine::run() {
    mixer_ = Mixer::open(config_.hearing);
    if (mixer_ == nullptr) {
        show(SoundState::off);
        return;
    }
    while (!stopping()) {
        const bool had_device = output_ != nullptr;
        const bool lost = had_device && !output_->connected();
        if (lost) {
            const std::scoped_lock lock(mutex_);
            ++status_.devices_lost;
        }
        if (!find_device()) {
            continue;
        }
        while (output_->has_room() && !stopping()) {
            grant_wishes();
            play_block();
        }
        wait(look_again);
    }
    fade_away();
    output_.reset();
    mixer_.reset();
    show(SoundState::off);
}

SoundPlayer::SoundPlayer(Config config) : engine_(std::make_unique<Engine>(std::move(config))) {}
SoundPlayer::~SoundPlayer() = default;

void SoundPlayer::set_place(const soundscape::Score& score, double fade_s) {
    auto place = std::make_unique<PlaceVoices>(score, fade_s);
    engine_->wish([&](Wishes& wishes) { std::swap(wishes.place, place); });
}

void SoundPlayer::set_level(std::string_view sound, float level) {
    engine_->wish([&](Wishes& wishes) {
        const auto same =
            std::ranges::find(wishes.levels, sound, &std::pair<std::string, float>::first);
        if (same != wishes.levels.end()) {
            same->second = level;
        } else if (wishes.levels.size() < levels_max) {
            wishes.levels.emplace_back(sound, level);
        }
    });
}

void SoundPlayer::set_hearing(const Hearing& hearing) {
    engine_->wish([&](Wishes& wishes) { wishes.hearing = hearing; });
}

void SoundPlayer::set_listener(const Pose& world_from_head) {
    engine_->ears().world_from_head = world_from_head;
    engine_->post_ears();
}

void SoundPlayer::set_hand(const HandSample& sample, const Pose& world_from_tracking) {
    engine_->take_hand(sample, world_from_tracking);
    engine_->post_ears();
}

void SoundPlayer::ring(Bell bell, std::string_view caption) {
    const std::string_view words =
        caption.empty() ? bell_captions.at(static_cast<std::size_t>(bell)) : caption;
    engine_->show_caption(std::string(words.substr(0, caption_bytes_max)));
    engine_->wish([&](Wishes& wishes) {
        if (wishes.bells.size() < bells_max) {
            wishes.bells.push_back(bell);
        }
    });
}

std::string SoundPlayer::caption(std::chrono::steady_clock::time_point now) const {
    return engine_->caption(now);
}

SoundStatus SoundPlayer::status() const {
    return engine_->status();
}

void SoundPlayer::stop() {
    engine_->stop();
}

} // namespace haven::audio
