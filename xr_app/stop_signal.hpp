#pragma once

namespace haven {

/// From now on SIGINT and SIGTERM are counted instead of ending the process; after three of them
/// the next one ends it, as usual: a runtime that hangs must not hold it.
void count_stop_signals();
[[nodiscard]] int stop_signals();
/// The next one ends the process, as usual.
void listen_no_more_to_stop_signals();

} // namespace haven
