#pragma once

#include "renderer/gpu/device.hpp"
#include "renderer/gpu/error.hpp"
#include "renderer/gpu/frame_ring.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/mirror/window.hpp"

#include <expected>
#include <memory>
#include <string>

namespace haven {

/// What a facilitator sees on the desk: one eye's picture and a panel about the session. At most 30
/// times a second, and never at the headset's cost: the eye's picture is copied where it is drawn,
/// all else comes after the headset has its frame, in a submission of its own that waits for
/// nothing. Frame thread; dies before the device.
class Mirror {
  public:
    /// The window's and the GPU's needs, before the device is made.
    static void add_needs(gpu::DeviceInfo& info);

    [[nodiscard]] static std::expected<std::unique_ptr<Mirror>, std::string>
    create(const Window& window, gpu::Device& device);
    Mirror(const Mirror&) = delete;
    Mirror& operator=(const Mirror&) = delete;
    ~Mirror(); ///< the GPU must be idle

    /// Records a copy of the left eye's picture after everything else of the frame, when it is time
    /// for one and somebody can look.
    void copy(const gpu::Frame& frame, const EyeImages& images);
    /// After the headset's end of frame: a new picture was copied, and the window has an image for
    /// it now.
    [[nodiscard]] bool ready();
    /// Draws the window and shows it. Only when ready().
    [[nodiscard]] gpu::Result<void> show(const MirrorStatus& status);

  private:
    struct Parts;
    explicit Mirror(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace haven
