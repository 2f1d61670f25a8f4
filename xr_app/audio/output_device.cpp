#include "xr_app/audio/output_device.hpp"

#include "environments/soundscape/score.hpp"
#include "xr_app/audio/openal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace haven::audio {
namespace {

constexpr std::size_t blocks_ahead = 6;

constexpr std::array<ALCint, 5> plain_stereo{ALC_FREQUENCY, soundscape::sample_rate_hz,
                                             ALC_HRTF_SOFT, ALC_FALSE, 0};

/// One stereo source that plays a queue of blocks, straight to its channels.
class SystemOutput final : public OutputDevice {
  public:
    [[nodiscard]] bool open() {
        if (!al_.open_default(plain_stereo)) {
            return false;
        }
        const AlContext::Use use(al_);
        if (alIsExtensionPresent("AL_EXT_FLOAT32") == AL_FALSE) {
            return false;
        }
        alGenSources(1, &source_);
        alGenBuffers(static_cast<ALsizei>(free_.size()), free_.data());
        free_count_ = free_.size();
        if (alIsExtensionPresent("AL_SOFT_direct_channels") == AL_TRUE) {
            alSourcei(source_, AL_DIRECT_CHANNELS_SOFT, AL_TRUE);
        }
        knows_latency_ = alIsExtensionPresent("AL_SOFT_source_latency") == AL_TRUE;
        return alGetError() == AL_NO_ERROR;
    }
    SystemOutput() = default;
    SystemOutput(const SystemOutput&) = delete;
    SystemOutput& operator=(const SystemOutput&) = delete;
    SystemOutput(SystemOutput&&) = delete;
    SystemOutput& operator=(SystemOutput&&) = delete;
    ~SystemOutput() override {
        if (source_ != 0) {
            const AlContext::Use use(al_);
            alSourceStop(source_);
            take_back();
            alDeleteSources(1, &source_);
            alDeleteBuffers(static_cast<ALsizei>(free_count_), free_.data());
        }
    }

    bool has_room() override {
        const AlContext::Use use(al_);
        take_back();
        return free_count_ > 0;
    }
    void queue(const Block& block) override {
        const AlContext::Use use(al_);
        const ALuint buffer = free_.at(--free_count_);
        alBufferData(buffer, AL_FORMAT_STEREO_FLOAT32, block.data(),
                     static_cast<ALsizei>(sizeof(block)), soundscape::sample_rate_hz);
        alSourceQueueBuffers(source_, 1, &buffer);
        ALint state = 0;
        alGetSourcei(source_, AL_SOURCE_STATE, &state);
        // Begin, or go on after it ran dry, with a little in hand.
        if (state != AL_PLAYING && free_count_ <= blocks_ahead / 2) {
            ++starts_;
            alSourcePlay(source_);
        }
    }
    double delay_s() override {
        const AlContext::Use use(al_);
        const double queued_s = static_cast<double>(blocks_ahead - free_count_) * block_frames /
                                soundscape::sample_rate_hz;
        std::array<ALdouble, 2> played_latency_s{};
        if (knows_latency_) {
            alGetSourcedvSOFT(source_, AL_SEC_OFFSET_LATENCY_SOFT, played_latency_s.data());
        }
        return std::max(queued_s - played_latency_s[0], 0.0) + played_latency_s[1];
    }
    bool connected() override {
        ALCint connected = ALC_TRUE;
        alcGetIntegerv(al_.device(), ALC_CONNECTED, 1, &connected);
        return connected == ALC_TRUE;
    }
    bool reopen() override {
        if (alcIsExtensionPresent(al_.device(), "ALC_SOFT_reopen_device") == ALC_FALSE) {
            return false;
        }
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how OpenAL gives functions
        const auto reopen_device = reinterpret_cast<LPALCREOPENDEVICESOFT>(
            alcGetProcAddress(al_.device(), "alcReopenDeviceSOFT"));
        return reopen_device != nullptr &&
               reopen_device(al_.device(), nullptr, plain_stereo.data()) == ALC_TRUE && connected();
    }
    [[nodiscard]] std::string name() const override {
        const ALCchar* name = alcGetString(al_.device(), ALC_ALL_DEVICES_SPECIFIER);
        return name == nullptr ? std::string() : std::string(name);
    }
    [[nodiscard]] std::size_t times_dry() const override { return starts_ > 0 ? starts_ - 1 : 0; }

  private:
    void take_back() {
        ALint done = 0;
        alGetSourcei(source_, AL_BUFFERS_PROCESSED, &done);
        for (; done > 0 && free_count_ < free_.size(); --done) {
            alSourceUnqueueBuffers(source_, 1, &free_.at(free_count_));
            ++free_count_;
        }
    }

    AlContext al_;
    ALuint source_ = 0;
    std::array<ALuint, blocks_ahead> free_{};
    std::size_t free_count_ = 0;
    std::size_t starts_ = 0;
    bool knows_latency_ = false;
};

/// Whether it makes sense to ask: without a card or a sound server ALSA complains on stderr, each
/// time. Somebody who chose a driver is believed.
bool something_could_play() {
    std::error_code ignored;
    for (const char* const chosen : {"ALSOFT_DRIVERS", "PULSE_SERVER"}) {
        if (std::getenv(chosen) != nullptr) {
            return true;
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator("/dev/snd", ignored)) {
        if (entry.path().filename().string().starts_with("pcm")) {
            return true;
        }
    }
    const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
    return runtime != nullptr &&
           (std::filesystem::exists(std::filesystem::path(runtime) / "pulse/native", ignored) ||
            std::filesystem::exists(std::filesystem::path(runtime) / "pipewire-0", ignored));
}

} // namespace

std::unique_ptr<OutputDevice> open_system_output() {
    if (!something_could_play()) {
        return nullptr;
    }
    auto output = std::make_unique<SystemOutput>();
    return output->open() ? std::move(output) : nullptr;
}

} // namespace haven::audio
