#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// How the operating system orders this program's threads.
namespace haven {

enum class Precedence : std::uint8_t {
    real_time, ///< before every thread that is not real-time
    raised,    ///< sooner than others
    none,      ///< as others: the system allows no more
};
[[nodiscard]] std::string_view to_string(Precedence precedence);

/// What there is little of, and that in time; the later before the earlier.
enum class Urgency : std::uint8_t {
    frames, ///< waits most of its time; whatever it holds while it asks the runtime, hands wait for
    hands,
};

/// As long as this is there, the thread that made it runs before others, where the system allows
/// it; the threads that it starts do not. Says in the log how far that went, once a process.
class BeforeOthers {
  public:
    explicit BeforeOthers(Urgency urgency);
    BeforeOthers(const BeforeOthers&) = delete;
    BeforeOthers& operator=(const BeforeOthers&) = delete;
    ~BeforeOthers(); ///< on the same thread, which runs as it did before
    [[nodiscard]] Precedence precedence() const { return precedence_; }

  private:
    int policy_before_;
    int nice_before_;
    Precedence precedence_;
};

/// This thread, and those that it starts, run after others: half of another's share of a busy core,
/// and never its turn before another's. Any user may do this.
void run_after_others();

/// A thread of this process, as the operating system numbers it.
using ThreadNumber = std::int32_t;
[[nodiscard]] std::vector<ThreadNumber> threads_of_process();

/// The threads that were started since `before` was asked for run after others from now on, too.
/// For a library's that work for long: a renderer in software takes every core, and what answers
/// within a millisecond (a runtime, a sampler) would wait for it. How many they were.
std::size_t let_others_run_before_new_threads(const std::vector<ThreadNumber>& before);

} // namespace haven
