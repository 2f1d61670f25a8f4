#pragma once

#include "tests/support/process.hpp"

#include <optional>
#include <string>

namespace haven::test {

/// An X server without a screen, of the test's own.
class Xvfb {
  public:
    Xvfb(); ///< throws std::runtime_error with why there is none
    Xvfb(const Xvfb&) = delete;
    Xvfb& operator=(const Xvfb&) = delete;
    ~Xvfb();

    [[nodiscard]] const std::string& name() const { return name_; } ///< for DISPLAY: ":7"

    /// From now on it reads nothing and answers nothing, and its connections stay open.
    void stand_still();
    void go_on();

  private:
    TempDirectory directory_{"haven-xvfb"};
    std::optional<Process> process_;
    std::string name_;
};

} // namespace haven::test
