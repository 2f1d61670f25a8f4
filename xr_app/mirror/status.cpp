#include "xr_app/mirror/status.hpp"

#include "net/uploader/courier.hpp"
#include "xr_app/headset/session_phase.hpp"

#include <algorithm>
#include <cstdint>
#include <format>
#include <string>

namespace haven {

namespace {

std::string counted(std::int64_t number, const char* one, const char* many) {
    return std::format("{} {}", number, number == 1 ? one : many);
}

} // namespace

Notice now_notice(const MirrorStatus& status) {
    if (!takes_input(status.phase)) {
        return {.fine = false, .text = std::string(sentence(status.phase))};
    }
    if (status.session.rests) {
        return {.fine = false,
                .text = "The pens rest: too much waits to be saved. They go on when there is room "
                        "on the disk."};
    }
    if (status.session.nearly_full()) {
        return {.fine = false,
                .text = "This drawing is nearly full. It ends by itself when it is; all of it is "
                        "kept."};
    }
    const auto is_drawing = [](const MirrorStatus::HandStatus& hand) { return hand.drawing; };
    const auto is_seen = [](const MirrorStatus::HandStatus& hand) { return hand.tracked; };
    if (std::ranges::any_of(status.hands, is_drawing)) {
        return {.text = "Drawing."};
    }
    if (std::ranges::none_of(status.hands, is_seen)) {
        return {.fine = false,
                .text = "No hand is seen. Take the controllers, or hold the hands up."};
    }
    return {.text = std::string(sentence(status.phase))};
}

namespace {

Notice drawing_notice(const uploader::CourierStatus& kept) {
    const std::int64_t unsaved = kept.strokes_posted - kept.strokes_saved - kept.strokes_set_aside;
    if (!kept.disk_error.empty()) {
        return {.fine = false,
                .text = std::format("NOT SAVED: {}. Leave Haven running. Reason: {}.",
                                    unsaved > 0 ? counted(unsaved, "stroke", "strokes")
                                                : "the last moments",
                                    kept.disk_error)};
    }
    if (kept.strokes_posted == 0) {
        return {.text = "Nothing drawn yet."};
    }
    if (unsaved > 0) {
        return {.fine = false,
                .text = std::format("Saving {} of {}.", unsaved,
                                    counted(kept.strokes_posted, "stroke", "strokes"))};
    }
    if (kept.strokes_set_aside > 0) {
        return {.fine = false,
                .text = std::format("{} of {} saved on this computer.", kept.strokes_saved,
                                    counted(kept.strokes_posted, "stroke", "strokes"))};
    }
    return {.text =
                kept.strokes_posted == 1
                    ? "1 stroke, saved on this computer."
                    : std::format("{} strokes, all saved on this computer.", kept.strokes_posted)};
}

} // namespace

Notice saved_notice(const uploader::CourierStatus& kept) {
    Notice notice = drawing_notice(kept);
    if (kept.events_set_aside > 0) {
        notice.fine = false;
        notice.text += std::format(
            " Set aside on this computer, whole: {} that could not be kept as drawn. Tell whoever "
            "looks after Haven: {}",
            counted(kept.events_set_aside, "part", "parts"), kept.set_aside_because);
    }
    if (kept.drawings_left_open > 0) {
        notice.fine = false;
        notice.text += std::format(
            " Kept, and tried again by itself: {} of an earlier start that cannot be ended yet: {}",
            counted(kept.drawings_left_open, "drawing", "drawings"), kept.left_open_because);
    }
    return notice;
}

namespace {

Notice own_notice(const uploader::CourierStatus& kept, bool drawing_open) {
    if (kept.link != uploader::Link::offline && kept.requests_refused > 0) {
        return {.fine = false,
                .text = std::format("The server refused {}; kept on this computer. Tell whoever "
                                    "looks after the server: {}",
                                    counted(kept.requests_refused, "message", "messages"),
                                    kept.refused_because)};
    }
    switch (kept.link) {
    case uploader::Link::offline:
        return {.text = "No server is set: drawings stay on this computer."};
    case uploader::Link::no_token:
        return {.fine = false,
                .text = "Not sent: this headset is not linked to an account. Link it with "
                        "`haven-xr link`; drawings are safe on this computer."};
    case uploader::Link::token_refused:
        return {.fine = false,
                .text = "Not sent: the server refuses the token. Start again with a new one; "
                        "drawings are safe on this computer."};
    case uploader::Link::unlinked:
        return {.fine = false,
                .text = "Not sent: this headset is not linked to its account any more. Link it "
                        "again with `haven-xr link`; drawings are safe on this computer, and go "
                        "then."};
    case uploader::Link::untried:
        return {.text = "Looking for the server."};
    case uploader::Link::unreachable:
        return {.fine = false,
                .text = "The server does not answer. Nothing to do: Haven keeps trying, and "
                        "drawings are safe on this computer."};
    case uploader::Link::not_haven:
        return {.fine = false,
                .text = "Something else answers in the server's place, such as a network's sign-in "
                        "page or an older Haven. Haven keeps trying, and drawings are safe on "
                        "this computer."};
    case uploader::Link::reachable:
        break;
    }
    if (kept.requests_too_large > 0) {
        return {.fine = false,
                .text = std::format("{} larger than this server is set to take, and safe on this "
                                    "computer. Ask whoever looks after the server to raise its "
                                    "--body-bytes-max; Haven tries again by itself.",
                                    kept.requests_too_large == 1 ? "A drawing is"
                                                                 : "Some drawings are")};
    }
    if (kept.requests_pending > 0 && !kept.last_error.empty()) {
        return {.fine = false,
                .text = std::format("Sending to the server: {} to go, and kept on this computer "
                                    "until then. Haven keeps trying: {}",
                                    counted(kept.requests_pending, "message", "messages"),
                                    kept.last_error)};
    }
    if (kept.requests_pending > 0) {
        return {.text = std::format("Sending to the server: {} to go.",
                                    counted(kept.requests_pending, "message", "messages"))};
    }
    if (drawing_open) {
        return {.text = "The server answers. This drawing is sent when it ends."};
    }
    return {.text = kept.strokes_posted > 0 ? "The server has everything." : "The server answers."};
}

} // namespace

Notice server_notice(const uploader::CourierStatus& kept, bool drawing_open) {
    Notice notice = own_notice(kept, drawing_open);
    if (!kept.waiting_for.empty()) {
        notice.text += std::format(" Kept on this computer for others: {}.", kept.waiting_for);
    }
    return notice;
}

std::string hand_sentence(const MirrorStatus::HandStatus& hand) {
    if (!hand.tracked) {
        return "not seen";
    }
    if (hand.drawing) {
        return hand.by_fingers ? "drawing, by pinch" : "drawing";
    }
    return hand.by_fingers ? "bare hand, resting" : "resting";
}

} // namespace haven
