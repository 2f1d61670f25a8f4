#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_handle.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/profile_table.hpp"

#include <openxr/openxr.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

namespace haven {

/// One hand's switches at the last sync.
struct HandActions {
    bool active = false;                         ///< the runtime gives this hand a controller
    const InteractionProfile* profile = nullptr; ///< which; none: one that is not suggested
    bool is_hand = false;
    float draw = 0.0F;
    XrTime draw_changed = 0; ///< when it took that value
    bool menu = false;
    bool undo = false;
    std::optional<XrTime> pressed_since; ///< any button
};

/// Both hands as the runtime knows them: controllers by actions, bare hands by joints. Lives with a
/// session. Syncing and reading actions is for one thread, the sampler's; locating is for any.
class OpenxrInput {
  public:
    [[nodiscard]] static std::expected<std::unique_ptr<OpenxrInput>, HeadsetError>
    create(const OpenxrInstance& instance, XrSession session);
    OpenxrInput(const OpenxrInput&) = delete;
    OpenxrInput& operator=(const OpenxrInput&) = delete;
    ~OpenxrInput();

    /// Looks up which controllers are held now, after each sync: they change with it, and the event
    /// that tells so waits for the frames.
    void look_up_profiles();

    /// False: the session has not the focus, nothing can be read.
    [[nodiscard]] std::expected<bool, HeadsetError> sync();
    [[nodiscard]] HandActions read_actions(std::size_t hand) const;

    /// Where the hand's ink comes out; without the switches.
    [[nodiscard]] ControllerReading locate_controller(std::size_t hand, XrSpace base,
                                                      XrTime time) const;
    /// What it points with, along -Z; nothing: the runtime does not say.
    [[nodiscard]] std::optional<Pose> locate_aim(std::size_t hand, XrSpace base, XrTime time) const;
    [[nodiscard]] FingerReading locate_fingers(std::size_t hand, XrSpace base, XrTime time) const;
    [[nodiscard]] bool tracks_fingers(std::size_t hand) const {
        return trackers_.at(hand) != XR_NULL_HANDLE;
    }

    void tick(Hand hand);

  private:
    OpenxrInput(const OpenxrInstance& instance, XrSession session);
    [[nodiscard]] std::expected<void, HeadsetError> create_actions();
    [[nodiscard]] XrResult add_action(XrActionType type, const char* name, const char* shown,
                                      XrAction& action);
    void suggest_bindings();
    [[nodiscard]] XrResult suggest(const InteractionProfile& profile, bool with_press);
    [[nodiscard]] std::expected<void, HeadsetError> create_spaces();
    void create_trackers();
    [[nodiscard]] XrActionStateGetInfo asked(XrAction action, std::size_t hand) const;
    [[nodiscard]] std::optional<XrTime> pressed_since(XrAction action, std::size_t hand) const;

    const OpenxrInstance& instance_;
    XrSession session_;
    std::array<XrPath, 2> hand_paths_{};
    XrActionSetHandle action_set_;
    XrAction tip_ = XR_NULL_HANDLE; // actions die with their set
    XrAction aim_ = XR_NULL_HANDLE;
    XrAction draw_ = XR_NULL_HANDLE;
    XrAction menu_ = XR_NULL_HANDLE;
    XrAction undo_ = XR_NULL_HANDLE;
    XrAction press_ = XR_NULL_HANDLE;
    XrAction haptic_ = XR_NULL_HANDLE;
    std::array<XrSpaceHandle, 2> tip_spaces_;
    std::array<XrSpaceHandle, 2> aim_spaces_;
    std::array<XrPath, 2> profile_paths_{};
    std::array<std::atomic<const InteractionProfile*>, 2> profiles_{};
    std::array<XrHandTrackerEXT, 2> trackers_{};
    PFN_xrLocateHandJointsEXT locate_joints_ = nullptr;
    PFN_xrDestroyHandTrackerEXT destroy_tracker_ = nullptr;
};

} // namespace haven
