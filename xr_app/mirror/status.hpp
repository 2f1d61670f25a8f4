#pragma once

#include "net/uploader/courier.hpp"
#include "xr_app/headset/session_phase.hpp"
#include "xr_app/session_state.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace haven {

/// What the panel tells about the session; made by the presenter when the mirror is due.
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
    std::vector<std::string> places; ///< the key 1 leads to the first, and so on
    std::string place_fault;         ///< why the last one asked for did not come
    bool sound = false;              ///< asked for
    bool no_sound = false;           ///< and no device plays it
    std::string caption;             ///< what a bell says, for those who do not hear it
    bool place_comes = false;        ///< another one is being made ready
    double fps = 0.0;
    double gpu_ms = 0.0;
    std::string hint;       ///< how to draw and how to end, in a line or two
    std::string guide;      ///< where a guided session stands; empty: nobody is led
    std::string guide_keys; ///< what the keys do now
    SessionState session;
    std::array<HandStatus, 2> hands;
    uploader::CourierStatus kept;
};

/// One thing the desk should know; `fine` is false when somebody has to look or do something.
struct Notice {
    bool fine = true;
    std::string text;
    friend bool operator==(const Notice&, const Notice&) = default;
};

/// What is happening, and what to do when nothing can be drawn.
[[nodiscard]] Notice now_notice(const MirrorStatus& status);
/// Whether what was drawn is safe; says saved only of what is durable.
[[nodiscard]] Notice saved_notice(const uploader::CourierStatus& kept);
/// Where the server stands, and what still waits for it. A drawing under way is not the server's
/// yet: it is sent when it ends.
[[nodiscard]] Notice server_notice(const uploader::CourierStatus& kept, bool drawing_open);
/// "drawing", "resting", "not seen".
[[nodiscard]] std::string hand_sentence(const MirrorStatus::HandStatus& hand);

} // namespace haven
