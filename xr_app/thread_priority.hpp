#pragma once

namespace haven {

/// This thread has little to do, and that in time: where the system allows it, it runs before
/// others. Where not, it runs as they do.
void run_before_others();

} // namespace haven
