#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace haven::audio {

/// Frames are rendered, queued and played in blocks of this many: 10 ms.
inline constexpr std::size_t block_frames = 480;
/// Left and right in turn, -1 to 1.
using Block = std::array<float, 2 * block_frames>;

/// Where finished sound goes: the system's device, or what stands for it in a test. Audio thread.
class OutputDevice {
  public:
    OutputDevice() = default;
    OutputDevice(const OutputDevice&) = delete;
    OutputDevice& operator=(const OutputDevice&) = delete;
    OutputDevice(OutputDevice&&) = delete;
    OutputDevice& operator=(OutputDevice&&) = delete;
    virtual ~OutputDevice() = default;

    /// Whether a block can be queued now; never waits.
    [[nodiscard]] virtual bool has_room() = 0;
    /// Only when there is room.
    virtual void queue(const Block& block) = 0;
    /// How long until what is queued next is heard, as well as the device knows.
    [[nodiscard]] virtual double delay_s() = 0;
    /// False once the device is gone: unplugged, or its server has ended.
    [[nodiscard]] virtual bool connected() = 0;
    /// Brings a lost device back, or the one that is the system's default now.
    [[nodiscard]] virtual bool reopen() = 0;
    [[nodiscard]] virtual std::string name() const = 0;
    /// How often it had nothing left to play.
    [[nodiscard]] virtual std::size_t times_dry() const = 0;
};

/// Null when there is no device now.
using OpenOutput = std::function<std::unique_ptr<OutputDevice>()>;

/// The system's default device through OpenAL Soft.
[[nodiscard]] std::unique_ptr<OutputDevice> open_system_output();

} // namespace haven::audio
