// A headset whose calls fail: no machine does that when it is asked to.
#include "xr_app/frame_loop.hpp"

#include "xr_app/drawing_session.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/session_phase.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace haven {
namespace {

using Waited = std::expected<HeadsetFrame, HeadsetError>;

/// Frame by frame what `wait` says, then the end.
class ScriptedHeadset final : public Headset {
  public:
    explicit ScriptedHeadset(std::function<Waited(int)> wait) : wait_(std::move(wait)) {}
    [[nodiscard]] const HeadsetInfo& info() const override { return info_; }
    [[nodiscard]] std::string_view hint() const override { return ""; }
    [[nodiscard]] std::uint32_t sample_period_us() const override { return 0; }
    [[nodiscard]] std::expected<void, HeadsetError> attach(gpu::Device& /*device*/) override {
        return {};
    }
    [[nodiscard]] renderer::RendererOptions renderer_options() const override { return {}; }
    void detach() override {}
    [[nodiscard]] HeadsetNews poll() override { return {.phase = phase}; }
    void ask_exit() override { phase = SessionPhase::over; }
    [[nodiscard]] std::expected<HeadsetFrame, HeadsetError> wait_frame() override {
        return wait_(++waits);
    }
    [[nodiscard]] std::expected<EyeImages, HeadsetError> acquire() override { return EyeImages{}; }
    [[nodiscard]] std::expected<void, HeadsetError>
    end_frame(const std::optional<VkExtent2D>& /*drawn*/) override {
        ++ends;
        return {};
    }

    SessionPhase phase = SessionPhase::focused;
    int waits = 0;
    int ends = 0;

  private:
    std::function<Waited(int)> wait_;
    HeadsetInfo info_;
};

HeadsetFrame good(int number) {
    return {.display_time_ns = number * std::int64_t{11'000'000}, .display_period_ns = 11'000'000};
}

struct Loop {
    explicit Loop(ScriptedHeadset& headset)
        : drawing({}, [](uploader::Event&) { return true; }, {}), state{.drawing = drawing},
          end(FrameLoop({.headset = headset, .state = state}).run()) {}
    DrawingSession drawing;
    ClientState state;
    FrameLoop::End end;
};

TEST(FrameLoop, ACallThatFailsOnceSkipsItsFrameAndNothingElse) {
    SessionPhase* phase = nullptr;
    ScriptedHeadset headset([&](int number) -> Waited {
        if (number == 10) {
            *phase = SessionPhase::over;
        }
        if (number == 4) {
            return std::unexpected(
                HeadsetError{.kind = HeadsetError::Kind::failed, .message = "once"});
        }
        return good(number);
    });
    phase = &headset.phase;
    const Loop run(headset);
    EXPECT_EQ(run.end, FrameLoop::End::over);
    EXPECT_EQ(headset.waits, 10);
    EXPECT_EQ(run.state.stats.frames(), 9U);
    EXPECT_EQ(headset.ends, 10) << "a frame that was begun is ended";
}

TEST(FrameLoop, AHeadsetWhoseCallsGoOnFailingIsBuiltAnew) {
    ScriptedHeadset headset([](int number) -> Waited {
        return number < 5 ? Waited(good(number))
                          : std::unexpected(HeadsetError{.kind = HeadsetError::Kind::failed,
                                                         .message = "always"});
    });
    const Loop run(headset);
    EXPECT_EQ(run.end, FrameLoop::End::lost);
    EXPECT_EQ(run.state.stats.frames(), 4U);
    EXPECT_GT(headset.waits, 20) << "it was given chances";
    EXPECT_LT(headset.waits, 200) << "but not for ever";
}

TEST(FrameLoop, ALostHeadsetIsLostAtOnce) {
    ScriptedHeadset headset([](int /*number*/) -> Waited {
        return std::unexpected(HeadsetError{.kind = HeadsetError::Kind::lost, .message = "gone"});
    });
    const Loop run(headset);
    EXPECT_EQ(run.end, FrameLoop::End::lost);
    EXPECT_EQ(headset.waits, 1);
}

} // namespace
} // namespace haven
