#pragma once

#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "tests/support/complaints.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/monado_service.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_runtime.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// haven-xr on a real runtime with the scripted layer between them, without a server: what the
/// headset's side of it does. Every wait is for a condition.
namespace haven::test {

/// What one eye saw, 8 bits a channel.
struct EyePicture {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::vector<std::uint8_t> rgba;

    [[nodiscard]] double brightness() const; ///< mean of all channels, 0 to 255
    /// Where what is decidedly blue is, in pixels, and how many pixels of it there are.
    struct Spot {
        double x = 0.0;
        double y = 0.0;
        std::size_t pixels = 0;
    };
    [[nodiscard]] Spot blue() const;
};

/// The mean difference of 8 x 8 blocks, 0 to 255: small flames are small, another view is large.
[[nodiscard]] double difference(const EyePicture& a, const EyePicture& b);

class LoneClient {
  public:
    /// `lines`: of the layer's script, from the first call on.
    explicit LoneClient(const MonadoService& runtime, std::string_view lines = "",
                        std::vector<std::string> more = {});

    void say(std::string_view lines) { script_.say(lines); }
    [[nodiscard]] bool await_log(std::string_view text, std::size_t times = 1);
    [[nodiscard]] std::string log() const;
    [[nodiscard]] std::size_t count_in_log(std::string_view text) const;
    [[nodiscard]] bool running() { return client_->running(); }
    [[nodiscard]] Process& process() { return *client_; }
    /// Until hands can draw and the place is there.
    [[nodiscard]] bool await_ready();
    /// The left eye's picture of a frame that begins after this call; nothing if none comes.
    [[nodiscard]] std::optional<EyePicture> next_picture();
    /// The first one from there on that is as wanted, else the last one that came.
    [[nodiscard]] std::optional<EyePicture>
    await_picture(const std::function<bool(const EyePicture&)>& wanted);
    /// SIGTERM. What it recorded, whole.
    [[nodiscard]] std::optional<Trace> end();
    [[nodiscard]] const std::optional<Ended>& ended() const { return ended_; }

  private:
    [[nodiscard]] std::size_t pictures() const;

    TempDirectory directory_{"haven-lone"};
    ScriptedRuntime script_;
    std::optional<Process> client_;
    std::optional<Ended> ended_;
};

/// Of one hand, in the order in which they ended; of both hands that end together either is first.
[[nodiscard]] std::vector<Stroke> of_hand(const std::vector<Stroke>& strokes, Hand hand);

/// Where the newest placement puts a head of the tracking space, in the place.
[[nodiscard]] std::vector<Placement> placements_of(const Trace& trace);

} // namespace haven::test
