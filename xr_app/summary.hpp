#pragma once

#include "net/uploader/courier.hpp"
#include "xr_app/session.hpp"

#include <cstdint>
#include <string>

namespace haven {

/// What the validation layers said in all.
struct Complaints {
    std::uint64_t vulkan = 0;
    std::uint64_t openxr = 0;
};

/// What happened in a run, as one JSON object: ids, strokes, what is kept where, frames.
[[nodiscard]] std::string summary_json(const Session& session, const uploader::DrainResult& drained,
                                       const Complaints& complaints);

} // namespace haven
