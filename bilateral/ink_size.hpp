#pragma once

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace haven {

/// How long the ink document of what a recorder tells gets at most, before it is written: cheap
/// enough for every sample. What encode_ink_stroke gives for a stroke is never longer; it is
/// usually much shorter, because it leaves points out.
class InkSizeBound {
  public:
    void add(std::span<const InkEvent> events);

    /// Of all strokes, those under way included.
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }
    /// Of the stroke that the hand's last stroke_ended event, copy or not, ended.
    [[nodiscard]] std::int64_t of_ended(Hand hand, bool derived) const {
        return streams_.at(index_of(hand, derived)).ended_bytes;
    }

  private:
    struct Stream {
        std::optional<StrokePoint> last;
        std::int64_t bytes = 0;
        std::int64_t ended_bytes = 0;
    };
    static std::size_t index_of(Hand hand, bool derived) {
        return static_cast<std::size_t>(hand) * 2 + (derived ? 1 : 0);
    }

    std::array<Stream, 4> streams_;
    std::int64_t bytes_ = 0;
};

} // namespace haven
