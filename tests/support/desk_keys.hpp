#pragma once

#include <string>

namespace haven::test {

/// A key ("Return", "p": X11's names) goes down and up in every window of that display. Throws
/// std::runtime_error where it cannot be.
void press_key(const std::string& display, const std::string& key);

/// The same with Ctrl.
void press_with_control(const std::string& display, const std::string& key);

} // namespace haven::test
