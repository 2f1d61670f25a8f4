#include "tests/support/motion_script_player.hpp"

#include "tests/support/headset_priority.hpp"
#include "tests/support/monado_remote.hpp"
#include "tests/support/motion_script.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <expected>
#include <format>
#include <limits>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>

namespace haven::test {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes gate_deadline{5};

double duration_s(const MotionScript& script, const PlayOptions& options) {
    if (options.seconds > 0.0) {
        return options.seconds;
    }
    return options.loop ? std::numeric_limits<double>::infinity()
                        : script.seconds - options.start_s;
}

/// Where in the script we are: it goes on with the clock, in steps of bounded length, and never
/// past a gate that is shut.
class Progress {
  public:
    Progress(std::span<const Gate> gates, double start_s, double step_s)
        : gates_(gates), time_s_(start_s), step_max_s_(2.0 * step_s) {}

    [[nodiscard]] double time_s() const { return time_s_; }
    /// The gate that was reached too long ago.
    [[nodiscard]] const Gate* stuck() const {
        return reached_ && Clock::now() - reached_at_ > gate_deadline ? &gates_[gate_] : nullptr;
    }
    /// After what is in force was sent.
    void step() {
        const auto now = Clock::now();
        const double passed_s = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        if (reached_) {
            if (!gates_[gate_].open()) {
                return;
            }
            ++gate_;
            reached_ = false;
        }
        time_s_ += std::min(passed_s, step_max_s_);
        if (gate_ < gates_.size() && time_s_ >= gates_[gate_].at_s) {
            time_s_ = gates_[gate_].at_s;
            reached_ = true;
            reached_at_ = now;
        }
    }

  private:
    std::span<const Gate> gates_;
    std::size_t gate_ = 0;
    bool reached_ = false;
    Clock::time_point reached_at_;
    Clock::time_point last_ = Clock::now();
    double time_s_;
    double step_max_s_;
};

} // namespace

std::expected<void, std::string> play(const MotionScript& script, MonadoRemote& remote,
                                      const PlayOptions& options, const std::stop_token& stop) {
    const RunsAsHeadset in_time;
    const double end_s = options.start_s + duration_s(script, options);
    const auto tick = std::chrono::duration<double>(1.0 / options.rate_hz);
    Progress progress(options.gates, options.start_s, tick.count());
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested() && progress.time_s() < end_s) {
        const double time_s = progress.time_s();
        if (auto sent = remote.send(
                evaluate(script, options.loop ? std::fmod(time_s, script.seconds) : time_s));
            !sent) {
            return sent;
        }
        if (options.progress) {
            options.progress(time_s);
        }
        if (const Gate* gate = progress.stuck(); gate != nullptr) {
            return std::unexpected(std::format("the hands wait at {:.3f} s of the script until {}, "
                                               "and that never was",
                                               gate->at_s, gate->until));
        }
        stopped.wait_for(lock, stop, tick, [] { return false; });
        progress.step();
    }
    // The end of the script is the hands at rest, whatever was being drawn when it was stopped.
    return remote.send(evaluate(script, script.seconds));
}

} // namespace haven::test
