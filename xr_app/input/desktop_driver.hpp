#pragma once

#include "bilateral/ink_command.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/input/hand_reader.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace haven {

/// What a key at the desk wants done with the ink.
struct InkWish {
    InkCommand::Kind kind = InkCommand::Kind::undo;
    Hands hands = Hands::both;
    friend bool operator==(const InkWish&, const InkWish&) = default;
};
enum class DeskKey : std::uint8_t { z, y, backspace, other };
/// With Ctrl, Z takes back, Y brings back, backspace clears: of both hands, with Shift of the right
/// one, with Alt of the left one.
[[nodiscard]] std::optional<InkWish> ink_wish(DeskKey key, bool control, bool shift, bool alt);

/// What a key at the desk says to a guided session.
enum class GuideKey : std::uint8_t {
    go_on,
    with_motion,
    begin, ///< the phase's words are put away
    skip,
    shift_skip,
    pause,
    zero,
    ten
};

/// What somebody at the desk does, in one frame.
struct DeskInput {
    double mouse_x = 0.5; ///< 0 left .. 1 right of the window
    double mouse_y = 0.5; ///< 0 top .. 1 bottom
    double wheel = 0.0;   ///< turned since the last frame; away from the person is positive
    bool left_button = false;
    bool right_button = false;
    bool forward = false;
    bool back = false;
    bool left = false;
    bool right = false;
    bool turn_left = false;
    bool turn_right = false;
    int number = 0;                ///< 1 to 9: that key went down since the last frame
    bool any_pressed = false;      ///< a mouse button, the space bar or enter
    bool recenter = false;         ///< held: the place comes around the person
    bool menu = false;             ///< that key went down since the last frame
    std::optional<InkWish> ink;    ///< the last such key that went down since the last frame
    std::optional<GuideKey> guide; ///< the last such key, too
    bool lift = false;             ///< the hands are out of sight, as if tracking were lost
};

/// A person made of mouse and keyboard: the mouse moves the right hand over a plane at arm's
/// length, the left hand is its mirror image in the body's midline; the left button draws with the
/// right hand, the right button with the left; W A S D walk, Q and E turn, the wheel reaches
/// farther or nearer.
class DesktopDriver {
  public:
    static constexpr float eye_height_m = 1.6F;
    static constexpr float reach_m_min = 0.25F;
    static constexpr float reach_m_max = 0.9F;
    static constexpr float half_width_m = 0.75F; ///< from the middle of the window to its edge
    static constexpr float half_height_m = 0.45F;
    static constexpr float walk_m_per_s = 1.0F;
    static constexpr float turn_rad_per_s = 1.2F;
    static constexpr float pressure = 0.8F; ///< a mouse button knows no more

    void update(const DeskInput& input, float elapsed_s);

    [[nodiscard]] Pose tracking_from_head() const;
    [[nodiscard]] const std::array<ControllerReading, 2>& hands() const { return hands_; }

  private:
    float yaw_rad_ = 0.0F;
    glm::vec3 floor_m_{0.0F};
    float reach_m_ = 0.5F;
    std::array<ControllerReading, 2> hands_;
};

} // namespace haven
