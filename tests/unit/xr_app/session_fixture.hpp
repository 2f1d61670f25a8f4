#pragma once

#include "bilateral/hand_sample.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "tests/support/process.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/options.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/session.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

/// A session of its own in a folder of its own, without sound: everything real but the headset.
class SessionHouse {
  public:
    explicit SessionHouse(Options wished = {}) : options(std::move(wished)) {
        options.assets = HAVEN_SOURCE_DIR "/assets";
        options.data = folder.path();
        options.sound = false;
        courier = uploader::Courier::start({.outbox_file = options.data / "haven.sqlite"}).value();
        auto place =
            environments::load_environment(options.assets / "environments", options.environment_id);
        session = std::make_unique<Session>(options, std::move(place.value()), *courier, worker,
                                            Performance::Clock::now(),
                                            read_guide(options.assets, options.guide).value());
    }

    TempDirectory folder{"haven-session"};
    Options options;
    std::unique_ptr<uploader::Courier> courier;
    BackgroundWorker worker{16};
    std::unique_ptr<Session> session;
};

/// A headset whose frames are what the test says: no machine fails when it is asked to.
class ScriptedHeadset final : public Headset {
  public:
    using Waited = std::expected<HeadsetFrame, HeadsetError>;

    /// `wait` gets the frame's number, from 1.
    explicit ScriptedHeadset(std::function<Waited(int)> wait = [](int) { return HeadsetFrame{}; })
        : wait_(std::move(wait)) {}
    [[nodiscard]] const HeadsetInfo& info() const override { return described; }
    [[nodiscard]] std::string_view hint() const override { return ""; }
    [[nodiscard]] std::uint32_t sample_period_us() const override { return 5000; }
    [[nodiscard]] std::expected<void, HeadsetError>
    attach(gpu::Device& /*device*/, const ImagesDecided& /*decided*/) override {
        return {};
    }
    void detach() override {}
    [[nodiscard]] HeadsetNews poll() override { return {.phase = phase}; }
    void request_exit() override { phase = SessionPhase::over; }
    [[nodiscard]] std::expected<HeadsetFrame, HeadsetError> wait_frame() override {
        return wait_(++waits);
    }
    [[nodiscard]] std::expected<EyeImages, HeadsetError> acquire() override { return EyeImages{}; }
    [[nodiscard]] std::expected<void, HeadsetError>
    end_frame(const std::optional<VkExtent2D>& /*drawn*/) override {
        ++ends;
        return {};
    }
    void tick(Hand hand) override { ticks.push_back(hand); }

    HeadsetInfo described;
    SessionPhase phase = SessionPhase::focused;
    int waits = 0;
    int ends = 0;
    std::vector<Hand> ticks;

  private:
    std::function<Waited(int)> wait_;
};

} // namespace haven::test
