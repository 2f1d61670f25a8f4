#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/headset/headset.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace haven {

/// Pictures of both eyes in a folder, once a second. Stops the frame for a moment: a tool, not for
/// wearing.
class EyeCapture {
  public:
    EyeCapture(std::filesystem::path folder, BackgroundWorker& worker);

    [[nodiscard]] bool due() const;
    /// Reads both eyes of the frame just submitted; `name` or a running number names the files.
    void take(gpu::Device& device, gpu::FrameRing& ring, const EyeImages& images,
              const std::optional<std::string>& name = std::nullopt);

  private:
    std::filesystem::path folder_;
    BackgroundWorker& worker_;
    std::chrono::steady_clock::time_point next_;
    std::uint32_t number_ = 0;
};

} // namespace haven
