#pragma once

#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"

#include <cstddef>
#include <expected>
#include <span>
#include <vector>

namespace haven {

/// The strokes that a trace's samples make, in the order in which they ended (a copy after its
/// source): a StrokeRecorder and an InkHistory are given the samples and events, so the ink, what
/// was taken back included, is that of the recording to the byte.
[[nodiscard]] std::vector<Stroke> replay_trace(const Trace& trace);

/// Refuses what decode_trace refuses.
[[nodiscard]] std::expected<std::vector<Stroke>, TraceError>
replay_trace(std::span<const std::byte> bytes);

} // namespace haven
