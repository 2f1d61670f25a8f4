#pragma once

#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"

#include <expected>
#include <functional>
#include <stop_token>
#include <string>

namespace haven::test {

struct PlayOptions {
    double rate_hz = 120.0;
    double seconds = 0.0; ///< how long to play; 0: the script once, or with `loop` until stopped
    double start_s = 0.0; ///< where in the script to begin
    bool loop = false;    ///< from the end to the beginning again
    std::function<void(double time_s)> progress; ///< called about once a second
};

/// Plays the script in real time until its end or `stop`; then the triggers and pinches are
/// released and the hands are at rest. The message says why the connection ended.
[[nodiscard]] std::expected<void, std::string> play(const MotionScript& script,
                                                    MonadoRemote& remote,
                                                    const PlayOptions& options,
                                                    const std::stop_token& stop);

} // namespace haven::test
