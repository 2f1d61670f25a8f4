#pragma once

#include <string>

namespace haven {

/// Why the client could not begin, or what it could not do: shown to the person, and the program's
/// exit status.
struct ClientError {
    int exit_code = 1;
    std::string message;
    bool headset_absent = false; ///< it may come: whoever waits for it waits on
};

} // namespace haven
