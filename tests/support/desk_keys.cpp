#include "tests/support/desk_keys.hpp"

#include <X11/Xlib.h>

#include <format>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace haven::test {

namespace {

/// A client takes a second press at the same time for the first one's echo.
Time next_time() {
    static Time time = 1;
    return time += 1'000;
}

void press(const std::string& display, const std::string& key, unsigned modifiers) {
    const std::unique_ptr<Display, int (*)(Display*)> connection(XOpenDisplay(display.c_str()),
                                                                 XCloseDisplay);
    const KeySym symbol = XStringToKeysym(key.c_str());
    if (!connection || symbol == NoSymbol) {
        throw std::runtime_error(std::format("no display {} or no key {}", display, key));
    }
    Window root = DefaultRootWindow(connection.get());
    Window parent = 0;
    Window* windows = nullptr;
    unsigned count = 0;
    if (XQueryTree(connection.get(), root, &root, &parent, &windows, &count) == 0 || count == 0) {
        throw std::runtime_error("there is no window on the display");
    }
    for (const Window window : std::span(windows, count)) {
        for (const int type : {KeyPress, KeyRelease}) {
            XEvent event{};
            event.xkey.type = type;
            event.xkey.display = connection.get();
            event.xkey.window = window;
            event.xkey.root = root;
            event.xkey.time = next_time();
            event.xkey.state = modifiers;
            event.xkey.keycode = XKeysymToKeycode(connection.get(), symbol);
            event.xkey.same_screen = True;
            XSendEvent(connection.get(), window, False,
                       type == KeyPress ? KeyPressMask : KeyReleaseMask, &event);
        }
    }
    XFree(windows);
    XSync(connection.get(), False);
}

} // namespace

void press_key(const std::string& display, const std::string& key) {
    press(display, key, 0);
}

void press_with_control(const std::string& display, const std::string& key) {
    press(display, key, ControlMask);
}

} // namespace haven::test
