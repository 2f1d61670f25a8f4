#pragma once

#include "xr_app/mirror/status.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>

namespace haven {

struct PictureSize {
    std::uint32_t width_px = 0;
    std::uint32_t height_px = 0;
    friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// sRGB, red first, 8 bits a channel, rows from the top without gaps.
struct PictureView {
    PictureSize size;
    std::span<const std::byte> rgba;
};

/// One picture at a time goes from the frame thread to the desk's, and lies in the frame thread's
/// memory until the desk has read it. While none comes, what the panel says goes alone. The frame
/// thread waits for nobody: where the desk does not come to ask, nothing is made.
class PictureHandover {
  public:
    // ---- the desk's thread ----
    /// The next picture can be shown now, in that size.
    void ask(PictureSize size);
    using Read = std::function<void(const PictureView&)>;
    /// Reads what was handed over, once, with what the panel shows beside it. Nothing: there is
    /// none yet.
    [[nodiscard]] std::optional<MirrorStatus> take(const Read& read);
    /// What was said without a picture, once.
    [[nodiscard]] std::optional<MirrorStatus> take_status();

    // ---- the frame thread ----
    /// A picture is asked for and none was handed over since.
    [[nodiscard]] std::optional<PictureSize> asked() const;
    /// The memory must stay as it is until asked() again, or withdraw(). False: not now, try again.
    [[nodiscard]] bool hand_over(const PictureView& picture, MirrorStatus status);
    /// Beside the last picture, where one is asked for. False: not now.
    [[nodiscard]] bool hand_over(MirrorStatus status);
    /// The memory goes. Waits for a reader who copies at this moment; what was not read is asked
    /// for again.
    void withdraw();

  private:
    mutable std::mutex mutex_; ///< the desk holds it for as long as a picture's copy takes
    std::optional<PictureSize> asked_;
    std::optional<PictureView> picture_;
    MirrorStatus status_;
    std::optional<MirrorStatus> status_alone_;
};

} // namespace haven
