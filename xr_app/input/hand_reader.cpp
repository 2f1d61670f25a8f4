#include "xr_app/input/hand_reader.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cstdint>

namespace haven {

float pinch_strength(float distance_m) {
    return std::clamp((pinch_off_m - distance_m) / (pinch_off_m - pinch_full_m), 0.0F, 1.0F);
}

HandSample HandReader::read(std::int64_t time_ns, const ControllerReading& controller,
                            const FingerReading& fingers, InteractionChoice choice) {
    const bool by_fingers = choice == InteractionChoice::hand_tracking ||
                            (choice == InteractionChoice::automatic && !controller.active);
    HandSample sample = by_fingers ? read_fingers(fingers) : read_controller(controller);
    sample.time_ns = time_ns;
    sample.hand = hand_;
    return sample;
}

HandSample HandReader::read_controller(const ControllerReading& controller) {
    pinch_.open();
    HandSample sample{.source = controller.is_hand ? InteractionMode::hand_tracking
                                                   : InteractionMode::controller};
    if (!controller.active || !controller.tracked) {
        trigger_.open();
        return sample;
    }
    sample.tracked = true;
    sample.stage_from_tip = controller.stage_from_grip * grip_from_tip;
    sample.drawing = trigger_.update(controller.draw);
    sample.pressure = std::clamp(controller.draw, 0.0F, 1.0F);
    return sample;
}

HandSample HandReader::read_fingers(const FingerReading& fingers) {
    trigger_.open();
    HandSample sample{.source = InteractionMode::hand_tracking};
    if (!fingers.active || !fingers.tracked) {
        pinch_.open();
        return sample;
    }
    const Pose& thumb = fingers.stage_from_thumb_tip;
    const Pose& index = fingers.stage_from_index_tip;
    const float distance_m = glm::distance(thumb.position_m, index.position_m);
    sample.tracked = true;
    sample.stage_from_tip = {.position_m = 0.5F * (thumb.position_m + index.position_m),
                             .orientation = index.orientation};
    sample.drawing = pinch_.update(distance_m);
    sample.pressure = pinch_strength(distance_m);
    return sample;
}

} // namespace haven
