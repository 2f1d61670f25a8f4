#pragma once

#include "net/uploader/courier.hpp"
#include "xr_app/frame_loop.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace haven {

struct SummaryParts {
    const ClientState& state;
    std::optional<double> tour_stopped_after_s;
    uploader::CourierStatus kept;
    uploader::DrainResult drained;
    std::uint64_t vulkan_complaints = 0;
    std::uint64_t openxr_complaints = 0;
};

/// What happened in a run, as one JSON object: ids, strokes, what is kept where, frames.
[[nodiscard]] std::string summary_json(const SummaryParts& parts);

} // namespace haven
