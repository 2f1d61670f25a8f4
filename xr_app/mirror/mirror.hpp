#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/mirror/window.hpp"

#include <expected>
#include <memory>
#include <string>

namespace haven {

/// What a facilitator sees on the desk: one eye's picture and a panel about the session. At most 30
/// times a second; never waits for the window's system. Frame thread; dies before the device.
class Mirror {
  public:
    /// The window's and the GPU's needs, before the device is made.
    static void add_needs(gpu::DeviceInfo& info);

    [[nodiscard]] static std::expected<std::unique_ptr<Mirror>, std::string>
    create(const Window& window, gpu::Device& device);
    Mirror(const Mirror&) = delete;
    Mirror& operator=(const Mirror&) = delete;
    ~Mirror(); ///< the GPU must be idle

    /// It is time for a new picture.
    [[nodiscard]] bool due() const;
    /// Records the left eye and the panel after everything else of the frame. False: nothing to
    /// show now.
    [[nodiscard]] bool record(const gpu::Frame& frame, const EyeImages& images,
                              const MirrorStatus& status);
    /// After a record() that said true: what the submission waits for and signals, then present().
    [[nodiscard]] gpu::SubmitSync sync() const;
    void present();

  private:
    struct Parts;
    explicit Mirror(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace haven
