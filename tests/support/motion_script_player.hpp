#pragma once

#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"

#include <expected>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace haven::test {

/// The hands stay as they are at `at_s` of the script until somebody has seen it: the script waits
/// for who watches, however slow that is.
struct Gate {
    double at_s = 0.0;
    std::string until; ///< in words, for the message when it never is
    std::function<bool()> open;
};

struct PlayOptions {
    double rate_hz = 120.0;
    double seconds = 0.0;    ///< how long to play; 0: the script once, or with `loop` until stopped
    double start_s = 0.0;    ///< where in the script to begin
    bool loop = false;       ///< from the end to the beginning again
    std::vector<Gate> gates; ///< in the order of their times; each once
    std::function<void(double time_s)> progress; ///< with each packet: what is in force now
};

/// Plays the script in real time, but for its gates and where this thread gets no processor (a step
/// is never longer than two packets), until its end or `stop`; then the triggers and pinches are
/// released and the hands are at rest. The message says why the connection ended, or which gate
/// stayed shut.
[[nodiscard]] std::expected<void, std::string> play(const MotionScript& script,
                                                    MonadoRemote& remote,
                                                    const PlayOptions& options,
                                                    const std::stop_token& stop);

} // namespace haven::test
