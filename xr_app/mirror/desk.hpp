#pragma once

#include "ui/look.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/mirror/picture_handover.hpp"
#include "xr_app/mirror/status.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <thread>

namespace haven {

/// The window on the desk, on a thread and a GPU device of its own: whatever the display's server
/// does, or never does, nobody else waits for it. Used by the frame thread.
class Desk {
  public:
    /// The error says why there is no window: there is no display, or it does not answer.
    [[nodiscard]] static std::expected<std::unique_ptr<Desk>, std::string>
    open(const std::string& title, int width_px, int height_px, const ui::Look& look);
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    ~Desk(); ///< after close(); a thread that still waits for its display is left behind

    /// Takes in what was done at the desk since the last time.
    void poll();
    [[nodiscard]] const DeskInput& input() const { return input_; }
    [[nodiscard]] bool closed() const { return closed_; } ///< somebody asked to close it
    [[nodiscard]] PictureHandover& pictures();
    /// While no pictures come: the panel can be drawn anew, once a second at most.
    [[nodiscard]] bool wants_status() const;
    void show(MirrorStatus status);
    /// The window goes as soon as its display lets it. Does not wait.
    void close();
    /// What Vulkan's validation layer said of the window so far.
    [[nodiscard]] std::uint64_t complaints() const;

    /// The thread of some desk still waits for its display: the process must end without taking
    /// apart what that thread would find when it wakes up.
    [[nodiscard]] static bool left_behind();

  private:
    struct Shared;
    Desk(std::shared_ptr<Shared> shared, std::thread thread);
    static void run(const std::shared_ptr<Shared>& shared, const std::string& title, int width_px,
                    int height_px, const ui::Look& look);

    std::shared_ptr<Shared> shared_; ///< the thread has it, too: it may stay longer than this
    std::thread thread_;
    DeskInput input_;
    bool closed_ = false;
    std::chrono::steady_clock::time_point status_shown_at_; ///< without a picture
};

} // namespace haven
