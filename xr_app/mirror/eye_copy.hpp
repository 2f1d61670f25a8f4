#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/memory.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/picture_handover.hpp"
#include "xr_app/mirror/status.hpp"

#include <cstdint>

namespace haven {

/// The left eye's picture for the desk: copied at the end of the eye's own submission when the desk
/// has asked for one, and handed over once the GPU has passed it. Frame thread; waits for nothing.
/// Dies before the device, when the GPU is idle.
class EyeCopy {
  public:
    EyeCopy(gpu::Device& device, gpu::FrameRing& ring, PictureHandover& desk);
    EyeCopy(const EyeCopy&) = delete;
    EyeCopy& operator=(const EyeCopy&) = delete;
    ~EyeCopy();

    /// After everything else that the frame draws.
    void record(const gpu::Frame& frame, const EyeImages& images);
    /// A picture has come that was not handed over yet.
    [[nodiscard]] bool has_news() const;
    void hand_over(MirrorStatus status);

  private:
    [[nodiscard]] bool make_memory(PictureSize size);

    gpu::Device& device_;
    gpu::FrameRing& ring_;
    PictureHandover& desk_;
    gpu::Image picture_; ///< as large as the desk has room for it
    gpu::Buffer memory_; ///< the same, where the desk can read it
    PictureSize size_;
    std::uint64_t copied_in_ = 0; ///< the frame; 0: nothing waits to be handed over
};

} // namespace haven
