#pragma once

#include "bilateral/hand_sample.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/input/hold_timer.hpp"
#include "xr_app/menu.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/seen_log.hpp"
#include "xr_app/session.hpp"
#include "xr_app/session_director.hpp"

#include <array>
#include <span>

namespace haven {

/// Whose a press is. Whatever moves the person stops with it first, and what stopped it draws
/// nothing; one that begins on a panel is the panel's; else it is ink. The menu button, panels, the
/// desk's keys and window, and signals become commands. One headset's; frame thread.
class InputRouter {
  public:
    /// All must outlive this. `desk`: nullptr where there is no window.
    InputRouter(Headset& headset, Session& session, Desk* desk)
        : headset_(headset), session_(session), desk_(desk) {}

    /// Before the headset's news, which a desk may make.
    void poll_desk();
    /// `time_s`: of the picture that is shown, since the program began.
    void take(const HeadsetNews& news, double time_s);
    /// Before the person is placed anew.
    void take_samples_before(const HeadsetFrame& frame, double time_s);
    void take(const HeadsetFrame& frame, double time_s);

    /// Once when the desk's key was held long enough, or it was chosen in the menu.
    [[nodiscard]] bool recenter_wished();
    /// Both hands as the newest frame shows them: not drawing where their press is not the ink's.
    [[nodiscard]] const std::array<ShownHand, 2>& hands() const { return hands_; }

  private:
    void take_wishes(const HeadsetNews& news, double time_s);
    void take_keys(const DeskInput& input);
    void take_choice();
    void perform(const MenuWish& wish);
    void change_ink(const Command& command, const InkWish& wish);
    void take_samples(std::span<const HandSample> samples, double time_s);
    void take_sample(HandSample sample, double time_s);

    Headset& headset_;
    Session& session_;
    Desk* desk_;
    HoldTimer recenter_held_;
    bool recenter_chosen_ = false;
    std::array<bool, 2> draws_no_more_{}; ///< until what is pressed now is let go
    std::array<ShownHand, 2> hands_;
    SeenLog seen_log_;
};

} // namespace haven
