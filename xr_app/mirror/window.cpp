#include "xr_app/mirror/window.hpp"

#include "xr_app/input/desktop_driver.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cstdint>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace haven {

namespace {

std::string glfw_error() {
    const char* text = nullptr;
    glfwGetError(&text);
    return text != nullptr ? text : "no reason given";
}

} // namespace

std::expected<std::unique_ptr<Window>, std::string> Window::create(const std::string& title,
                                                                   int width_px, int height_px) {
    if (glfwInit() != GLFW_TRUE) {
        return std::unexpected(std::format("there is no display ({})", glfw_error()));
    }
    if (glfwVulkanSupported() != GLFW_TRUE) {
        glfwTerminate();
        return std::unexpected(std::string("this display cannot show what Vulkan draws"));
    }
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
    GLFWwindow* const window =
        glfwCreateWindow(width_px, height_px, title.c_str(), nullptr, nullptr);
    if (window == nullptr) {
        const std::string why = glfw_error();
        glfwTerminate();
        return std::unexpected(std::format("the window cannot be made ({})", why));
    }
    std::unique_ptr<Window> self(new Window);
    self->window_ = window;
    glfwSetWindowUserPointer(window, self.get());
    glfwSetScrollCallback(window, [](GLFWwindow* of, double /*x*/, double y) {
        static_cast<Window*>(glfwGetWindowUserPointer(of))->wheel_ += y;
    });
    glfwSetCursorPosCallback(window, [](GLFWwindow* of, double x, double y) {
        auto* const its = static_cast<Window*>(glfwGetWindowUserPointer(of));
        its->input_.mouse_x = x / its->width_;
        its->input_.mouse_y = y / its->height_;
    });
    glfwSetKeyCallback(window, [](GLFWwindow* of, int key, int scancode, int action, int mods) {
        if (action != GLFW_PRESS) {
            return;
        }
        auto& input = static_cast<Window*>(glfwGetWindowUserPointer(of))->input_;
        // By what stands on the key, which is not everywhere in the same place.
        const char* const name = glfwGetKeyName(key, scancode);
        const char letter = name != nullptr ? name[0] : '\0';
        const auto is = [&](char small) { return (letter | 0x20) == small; };
        input.menu = input.menu || key == GLFW_KEY_TAB;
        const auto held = [&](int modifier) { return (mods & modifier) != 0; };
        const DeskKey which = is('z')                     ? DeskKey::z
                              : is('y')                   ? DeskKey::y
                              : key == GLFW_KEY_BACKSPACE ? DeskKey::backspace
                                                          : DeskKey::other;
        if (const auto wish =
                ink_wish(which, held(GLFW_MOD_CONTROL), held(GLFW_MOD_SHIFT), held(GLFW_MOD_ALT))) {
            input.ink = wish;
        }
        if (key >= GLFW_KEY_1 && key <= GLFW_KEY_9) {
            input.number = key - GLFW_KEY_0;
        }
        const auto guide =
            key == GLFW_KEY_ENTER ? std::optional(GuideKey::go_on)
            : key == GLFW_KEY_0   ? std::optional(GuideKey::zero)
            : is('s') ? std::optional(held(GLFW_MOD_SHIFT) ? GuideKey::shift_skip : GuideKey::skip)
            : is('p') ? std::optional(GuideKey::pause)
            : is('m') ? std::optional(GuideKey::with_motion)
            : is('b') ? std::optional(GuideKey::begin)
            : is('t') ? std::optional(GuideKey::ten)
                      : std::nullopt;
        input.guide = guide ? guide : input.guide;
    });
    glfwSetWindowSizeCallback(window, [](GLFWwindow* of, int width, int height) {
        auto* const its = static_cast<Window*>(glfwGetWindowUserPointer(of));
        its->width_ = std::max(width, 1);
        its->height_ = std::max(height, 1);
    });
    glfwSetFramebufferSizeCallback(window, [](GLFWwindow* of, int width, int height) {
        static_cast<Window*>(glfwGetWindowUserPointer(of))->size_px_ = {
            static_cast<std::uint32_t>(std::max(width, 0)),
            static_cast<std::uint32_t>(std::max(height, 0))};
    });
    self->take_sizes();
    return self;
}

/// Once: from then on the window tells.
void Window::take_sizes() {
    glfwGetWindowSize(window_, &width_, &height_);
    width_ = std::max(width_, 1);
    height_ = std::max(height_, 1);
    int width_px = 0;
    int height_px = 0;
    glfwGetFramebufferSize(window_, &width_px, &height_px);
    size_px_ = {static_cast<std::uint32_t>(std::max(width_px, 0)),
                static_cast<std::uint32_t>(std::max(height_px, 0))};
}

Window::~Window() {
    glfwDestroyWindow(window_);
    glfwTerminate();
}

void Window::wait(double seconds) {
    wheel_ = 0.0;
    input_.ink.reset();
    input_.guide.reset();
    input_.menu = false;
    input_.number = 0;
    glfwWaitEventsTimeout(seconds);
    input_.wheel = wheel_;
    const auto button = [&](int which) { return glfwGetMouseButton(window_, which) == GLFW_PRESS; };
    const auto key = [&](int which) { return glfwGetKey(window_, which) == GLFW_PRESS; };
    input_.left_button = button(GLFW_MOUSE_BUTTON_LEFT);
    input_.right_button = button(GLFW_MOUSE_BUTTON_RIGHT);
    input_.forward = key(GLFW_KEY_W) || key(GLFW_KEY_UP);
    input_.back = key(GLFW_KEY_S) || key(GLFW_KEY_DOWN);
    input_.left = key(GLFW_KEY_A);
    input_.right = key(GLFW_KEY_D);
    input_.turn_left = key(GLFW_KEY_Q) || key(GLFW_KEY_LEFT);
    input_.turn_right = key(GLFW_KEY_E) || key(GLFW_KEY_RIGHT);
    input_.any_pressed =
        input_.left_button || input_.right_button || key(GLFW_KEY_SPACE) || key(GLFW_KEY_ENTER);
    input_.recenter = key(GLFW_KEY_C);
    input_.lift = key(GLFW_KEY_LEFT_CONTROL) || key(GLFW_KEY_RIGHT_CONTROL);
}

bool Window::closed() const {
    return glfwWindowShouldClose(window_) == GLFW_TRUE;
}

} // namespace haven
