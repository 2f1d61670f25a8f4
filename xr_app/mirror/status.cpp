#include "xr_app/mirror/status.hpp"

#include "net/uploader/courier.hpp"

#include <cstdint>
#include <format>
#include <string>
#include <utility>

namespace haven {

namespace {

std::string counted(std::int64_t number, const char* one, const char* many) {
    return std::format("{} {}", number, number == 1 ? one : many);
}

} // namespace

std::string saved_sentence(const uploader::CourierStatus& kept) {
    if (!kept.disk_error.empty()) {
        return std::format("cannot save on this device: {}", kept.disk_error);
    }
    if (kept.strokes_posted == 0) {
        return "nothing drawn yet";
    }
    const std::string strokes = counted(kept.strokes_posted, "stroke", "strokes");
    if (kept.strokes_saved >= kept.strokes_posted) {
        return std::format("{}, {} saved on this device", strokes,
                           kept.strokes_posted == 1 ? "and it is" : "all");
    }
    return std::format("{}, {} of them saved so far", strokes, kept.strokes_saved);
}

std::string link_sentence(const uploader::CourierStatus& kept) {
    const std::string waiting =
        kept.requests_pending == 0
            ? ""
            : std::format(", {} to send", counted(kept.requests_pending, "thing", "things"));
    switch (kept.link) {
    case uploader::Link::offline:
        return "no server is set; everything stays here";
    case uploader::Link::no_token:
        return "waiting to be let in by the server" + waiting;
    case uploader::Link::token_refused:
        return "the server does not know this token" + waiting;
    case uploader::Link::untried:
        return "the server has not been asked yet" + waiting;
    case uploader::Link::reachable:
        return kept.requests_pending == 0 ? "the server has everything"
                                          : "the server answers" + waiting;
    case uploader::Link::unreachable:
        return "the server does not answer; trying again" + waiting;
    }
    std::unreachable();
}

std::string hand_sentence(const MirrorStatus::HandStatus& hand) {
    if (!hand.tracked) {
        return "out of sight";
    }
    if (hand.drawing) {
        return hand.by_fingers ? "drawing, by pinch" : "drawing";
    }
    return hand.by_fingers ? "bare hand, resting" : "resting";
}

} // namespace haven
