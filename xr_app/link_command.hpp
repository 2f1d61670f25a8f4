#pragma once

#include <chrono>
#include <functional>
#include <ostream>

namespace haven {

/// What the two commands below need of the program that runs them.
struct LinkCommandHost {
    std::ostream& out;
    std::ostream& errors;
    /// A pause; false: the person wants to end.
    std::function<bool(std::chrono::milliseconds)> wait;
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
};

/// `haven-xr link ...`: links this headset to a person's account, for which they enter a code where
/// they are logged in. argv[0] is "link". Gives the program's exit status.
[[nodiscard]] int run_link_command(int argc, const char* const* argv, const LinkCommandHost& host);

/// `haven-xr unlink ...`: tells the server, and forgets. argv[0] is "unlink".
[[nodiscard]] int run_unlink_command(int argc, const char* const* argv,
                                     const LinkCommandHost& host);

/// Either, until Ctrl-C. Main thread.
[[nodiscard]] int run_link_commands(int argc, const char* const* argv);

} // namespace haven
