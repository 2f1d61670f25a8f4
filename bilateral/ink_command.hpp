#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"

#include <cstdint>

namespace haven {

/// A set of hands.
enum class Hands : std::uint8_t { none = 0, left = 1, right = 2, both = 3 };

[[nodiscard]] constexpr Hands only(Hand hand) {
    return hand == Hand::left ? Hands::left : Hands::right;
}
[[nodiscard]] constexpr bool contains(Hands hands, Hand hand) {
    return (static_cast<unsigned>(hands) & static_cast<unsigned>(only(hand))) != 0;
}
[[nodiscard]] constexpr Hands operator|(Hands a, Hands b) {
    return static_cast<Hands>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// What somebody wants taken back, or back again. Nothing is lost by it: what is taken back stays
/// in every record, marked with when.
struct InkCommand {
    enum class Kind : std::uint8_t {
        undo = 0,  ///< takes back the newest thing that one of `hands` did
        redo = 1,  ///< brings back what was taken back last of what one of `hands` did
        erase = 2, ///< one stroke: `stroke_id` names it, its copy, or any part of it
        clear = 3, ///< all strokes of `hands`
    };
    static constexpr std::int64_t time_ms_max = std::int64_t{1} << 31U;

    Kind kind = Kind::undo;
    Hands hands = Hands::both; ///< erase: both
    Uuid stroke_id;            ///< erase
    std::int64_t time_ms = 0;  ///< since the drawing began
    friend bool operator==(const InkCommand&, const InkCommand&) = default;
};

/// As given, but with what says nothing in its one form, and the time within its bounds.
[[nodiscard]] InkCommand made_valid(const InkCommand& command);

} // namespace haven
