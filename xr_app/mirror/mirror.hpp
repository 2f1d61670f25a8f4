#pragma once

#include "renderer/gpu/error.hpp"
#include "ui/look.hpp"
#include "xr_app/mirror/picture_handover.hpp"
#include "xr_app/mirror/window.hpp"

#include <cstdint>
#include <memory>

namespace haven {

/// What a facilitator sees on the desk: one eye's picture and a panel about the session, at most 30
/// times a second, drawn by a GPU device of its own. Every call may wait for the display's server:
/// the desk's thread only. Dies before its window.
class Mirror {
  public:
    [[nodiscard]] static gpu::Result<std::unique_ptr<Mirror>> create(const Window& window,
                                                                     const ui::Look& look);
    Mirror(const Mirror&) = delete;
    Mirror& operator=(const Mirror&) = delete;
    ~Mirror();

    /// Asks for a picture when one can be shown, and shows the one that came; where only the
    /// panel's words came, beside the last picture.
    [[nodiscard]] gpu::Result<void> show(PictureHandover& pictures);
    [[nodiscard]] std::uint64_t pictures() const;    ///< shown so far
    [[nodiscard]] std::uint64_t words_alone() const; ///< so often the panel alone was new
    [[nodiscard]] std::uint64_t complaints() const;  ///< of Vulkan's validation layer

  private:
    struct Impl;
    explicit Mirror(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven
