#pragma once

#include "xr_app/input/desktop_driver.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>

struct GLFWwindow;

namespace haven {

/// A window on the desk. Every call may wait for the display's server, for ever if that stands:
/// the desk's thread only (desk.hpp).
class Window {
  public:
    /// The error says why there is none (no display).
    [[nodiscard]] static std::expected<std::unique_ptr<Window>, std::string>
    create(const std::string& title, int width_px, int height_px);
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;
    ~Window();

    /// Takes in what happened since the last time, or waits so long for something to happen.
    void wait(double seconds);
    [[nodiscard]] bool closed() const; ///< somebody asked to close it
    [[nodiscard]] const DeskInput& input() const { return input_; }
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> size_px() const { return size_px_; }
    [[nodiscard]] GLFWwindow* get() const { return window_; }

  private:
    Window() = default;
    void take_sizes();
    GLFWwindow* window_ = nullptr;
    DeskInput input_;
    std::pair<std::uint32_t, std::uint32_t> size_px_{};
    int width_ = 1; ///< in what the mouse is told in
    int height_ = 1;
    double wheel_ = 0.0;
};

} // namespace haven
