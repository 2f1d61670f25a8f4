#include "xr_app/seen_log.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/uploader/courier.hpp"

#include <spdlog/spdlog.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace haven {

void SeenLog::hand(Hand hand, bool pressed) {
    bool& before = pressed_.at(static_cast<std::size_t>(hand));
    if (std::exchange(before, pressed) != pressed) {
        spdlog::debug("seen: {} {}", to_string(hand), pressed ? "pressed" : "released");
    }
}

void SeenLog::menu(bool pressed) {
    if (std::exchange(menu_pressed_, pressed) != pressed) {
        spdlog::debug("seen: the menu button {}", pressed ? "pressed" : "released");
    }
}

void SeenLog::kept(const uploader::Courier& courier) {
    if (!spdlog::should_log(spdlog::level::debug)) {
        return;
    }
    const std::int64_t saved = courier.status().strokes_saved;
    if (std::exchange(strokes_saved_, saved) != saved) {
        spdlog::debug("seen: {} strokes saved", saved);
    }
}

} // namespace haven
