#pragma once

#include <string>

namespace haven {

/// Logs to stderr from a thread of its own, so that a slow terminal never holds a frame; when the
/// queue is full the oldest lines are dropped. Until destroyed.
class LogGuard {
  public:
    explicit LogGuard(const std::string& level);
    LogGuard(const LogGuard&) = delete;
    LogGuard& operator=(const LogGuard&) = delete;
    ~LogGuard(); ///< writes what waits
};

} // namespace haven
