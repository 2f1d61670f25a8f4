#include "tests/support/motion_script_player.hpp"

#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <expected>
#include <limits>
#include <stop_token>
#include <string>
#include <thread>

namespace haven::test {

namespace {

double duration_s(const MotionScript& script, const PlayOptions& options) {
    if (options.seconds > 0.0) {
        return options.seconds;
    }
    return options.loop ? std::numeric_limits<double>::infinity()
                        : script.seconds - options.start_s;
}

} // namespace

std::expected<void, std::string> play(const MotionScript& script, MonadoRemote& remote,
                                      const PlayOptions& options, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    const double end_s = duration_s(script, options);
    const std::chrono::duration<double> step(1.0 / options.rate_hz);
    const auto start = Clock::now();
    auto next = start;
    double reported_s = 0.0;
    while (!stop.stop_requested()) {
        const double played_s = std::chrono::duration<double>(Clock::now() - start).count();
        if (played_s >= end_s) {
            break;
        }
        const double time_s = options.start_s + played_s;
        const RemoteState state =
            evaluate(script, options.loop ? std::fmod(time_s, script.seconds) : time_s);
        if (auto sent = remote.send(state); !sent) {
            return sent;
        }
        if (options.progress && played_s - reported_s >= 1.0) {
            reported_s = played_s;
            options.progress(played_s);
        }
        next += std::chrono::duration_cast<Clock::duration>(step);
        next = std::max(next, Clock::now()); // after a stall, go on from now: no burst of old poses
        std::this_thread::sleep_until(next);
    }
    // The end of the script is the hands at rest, whatever was being drawn when it was stopped.
    return remote.send(evaluate(script, script.seconds));
}

} // namespace haven::test
