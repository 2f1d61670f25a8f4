#pragma once

#include <string>

namespace haven {

/// What a command printed, and the program's exit status.
struct CommandResult {
    int exit_code = 0;
    std::string text; ///< for stdout where exit_code is 0, else for stderr
};

/// `haven-xr outbox ...`: what waits on this computer, and for whom. argv[0] is "outbox".
[[nodiscard]] CommandResult run_outbox_command(int argc, const char* const* argv);

} // namespace haven
