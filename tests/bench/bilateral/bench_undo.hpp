#pragma once

#include <cstddef>
#include <vector>

namespace haven::bench {

/// A thousand times: what it costs the frame thread to take back the last of so many strokes of
/// 65 536 points each. Microseconds.
[[nodiscard]] std::vector<double> undo_us(std::size_t stroke_count);

} // namespace haven::bench
