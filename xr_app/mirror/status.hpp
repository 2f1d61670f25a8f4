#pragma once

#include "net/uploader/courier.hpp"
#include "xr_app/headset/session_phase.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace haven {

/// What the panel tells about the session; made by the frame loop when the mirror is due.
struct MirrorStatus {
    struct HandStatus {
        bool tracked = false;
        bool drawing = false;
        bool by_fingers = false;
        std::size_t strokes = 0;
    };
    SessionPhase phase = SessionPhase::absent;
    std::string headset; ///< runtime and system
    std::string place;
    double fps = 0.0;
    double gpu_ms = 0.0;
    std::string hint; ///< how to draw and how to end, in a line or two
    double drawing_s = 0.0;
    std::array<HandStatus, 2> hands;
    uploader::CourierStatus kept;
};

/// "12 strokes, all saved on this device", and so on: says saved only of what is durable.
[[nodiscard]] std::string saved_sentence(const uploader::CourierStatus& kept);
/// Where the server stands, and what still waits for it.
[[nodiscard]] std::string link_sentence(const uploader::CourierStatus& kept);
/// "drawing", "resting", "out of sight".
[[nodiscard]] std::string hand_sentence(const MirrorStatus::HandStatus& hand);

} // namespace haven
