#pragma once

#include "bilateral/hand_sample.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/hold_timer.hpp"
#include "xr_app/input/profile_table.hpp"

#include <openxr/openxr.h>

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

namespace haven {

/// Both hands as the runtime gives them: controllers by actions, bare hands by joints. Lives with a
/// session.
class OpenxrInput {
  public:
    [[nodiscard]] static std::expected<std::unique_ptr<OpenxrInput>, HeadsetError>
    create(const OpenxrInstance& instance, XrSession session, InteractionChoice choice);
    OpenxrInput(const OpenxrInput&) = delete;
    OpenxrInput& operator=(const OpenxrInput&) = delete;
    ~OpenxrInput();

    /// Looks up which controllers are held now; on XrEventDataInteractionProfileChanged.
    void profiles_changed();

    /// Reads both hands for the moment `time`. Only while the session is focused.
    [[nodiscard]] std::expected<std::array<HandSample, 2>, HeadsetError> read(XrSpace stage,
                                                                              XrTime time);
    /// How far the menu button's hold has come, 0 to 1; 1 once per hold means: finish.
    [[nodiscard]] const HoldTimer& menu() const { return menu_held_; }

    /// Since when anything at all is pressed, in the last read; none where nothing is.
    [[nodiscard]] std::optional<XrTime> pressed_since() const { return pressed_since_; }

    void tick(Hand hand);

  private:
    OpenxrInput(const OpenxrInstance& instance, XrSession session, InteractionChoice choice);
    [[nodiscard]] std::expected<void, HeadsetError> create_actions();
    [[nodiscard]] XrResult add_action(XrActionType type, const char* name, const char* shown,
                                      XrAction& action);
    void suggest_bindings();
    [[nodiscard]] XrResult suggest(const InteractionProfile& profile, bool with_press);
    [[nodiscard]] std::expected<void, HeadsetError> create_spaces();
    void create_trackers();
    [[nodiscard]] ControllerReading read_controller(std::size_t hand, XrSpace stage, XrTime time);
    [[nodiscard]] std::optional<XrTime> pressed_since(XrAction action, std::size_t hand) const;
    [[nodiscard]] FingerReading read_fingers(std::size_t hand, XrSpace stage, XrTime time) const;

    const OpenxrInstance& instance_;
    XrSession session_;
    InteractionChoice choice_;
    std::array<XrPath, 2> hand_paths_{};
    XrActionSetHandle action_set_;
    XrAction grip_ = XR_NULL_HANDLE; // actions die with their set
    XrAction draw_ = XR_NULL_HANDLE;
    XrAction menu_ = XR_NULL_HANDLE;
    XrAction press_ = XR_NULL_HANDLE;
    XrAction haptic_ = XR_NULL_HANDLE;
    std::array<XrSpaceHandle, 2> grip_spaces_;
    std::array<bool, 2> holds_bare_hand_{};
    std::array<XrHandTrackerEXT, 2> trackers_{};
    PFN_xrLocateHandJointsEXT locate_joints_ = nullptr;
    PFN_xrDestroyHandTrackerEXT destroy_tracker_ = nullptr;
    std::array<HandReader, 2> readers_{HandReader{Hand::left}, HandReader{Hand::right}};
    HoldTimer menu_held_;
    std::optional<XrTime> pressed_since_;
};

} // namespace haven
