#pragma once

#include "tests/support/process.hpp"

#include <string_view>

namespace haven::test {

/// The script of the test-only OpenXR API layer (openxr_layer/FORMAT-openxr-script.md), for the
/// programs that are started with its environment. Lines may be added while they run.
class ScriptedRuntime {
  public:
    explicit ScriptedRuntime(std::string_view lines = "");

    /// One line or several. Followed in order, at the program's next frame, poll or sync.
    void say(std::string_view lines);

    /// Lies over the environment of a program: the layer beside the validation layer, which sees
    /// what the application sees.
    [[nodiscard]] Environment environment(bool with_validation) const;

  private:
    TempDirectory directory_{"haven-openxr-script"};
};

} // namespace haven::test
