#pragma once

#include "bilateral/hand_sample.hpp"
#include "net/uploader/courier.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace haven {

/// Says at the level `debug` what has been seen of the hands and what is durable, so that whoever
/// plays the person goes on when it was seen, and never by a clock. Costs nothing at other levels.
class SeenLog {
  public:
    /// `pressed`: there, and wants to draw. Says so when that changes.
    void hand(Hand hand, bool pressed);
    void menu(bool pressed);
    /// How many strokes of this drawing survive a crash.
    void kept(const uploader::Courier& courier);

  private:
    std::array<bool, 2> pressed_{};
    bool menu_pressed_ = false;
    std::int64_t strokes_saved_ = 0;
};

} // namespace haven
