#pragma once

#include <string>

namespace haven::test {

/// Ctrl and a key ("z", "BackSpace": X11's names) go down and up in every window of that display.
/// Throws std::runtime_error where it cannot be.
void press_with_control(const std::string& display, const std::string& key);

} // namespace haven::test
