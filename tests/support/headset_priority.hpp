#pragma once

#include <sys/types.h>

/// What plays a headset's part runs before the programs under test, as a headset's own runtime and
/// trackers do. Where the system does not allow that, it runs as they do.
namespace haven::test {

/// Every thread of a process, and those that they start.
void run_as_headset(pid_t process);

/// This thread, as long as this is there; not what it starts.
class RunsAsHeadset {
  public:
    RunsAsHeadset();
    RunsAsHeadset(const RunsAsHeadset&) = delete;
    RunsAsHeadset& operator=(const RunsAsHeadset&) = delete;
    ~RunsAsHeadset();

  private:
    int policy_before_;
};

} // namespace haven::test
