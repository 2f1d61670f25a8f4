#include "xr_app/input/hand_reader.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace haven {

namespace {

bool is_pose(PoseQuality quality, const Pose& pose) {
    return quality != PoseQuality::none && pose.position_m != glm::vec3(0.0F);
}

} // namespace

bool is_there(const ControllerReading& controller) {
    return controller.active && is_pose(controller.quality, controller.stage_from_grip);
}

bool is_there(const FingerReading& fingers) {
    return fingers.active && is_pose(fingers.quality, fingers.stage_from_thumb_tip) &&
           is_pose(fingers.quality, fingers.stage_from_index_tip);
}

namespace {

Pose between(const Pose& before, const Pose& after, float share) {
    return {.position_m = glm::mix(before.position_m, after.position_m, share),
            .orientation = glm::slerp(before.orientation, after.orientation, share)};
}

} // namespace

std::optional<HandReadings> between(const HandReadings& before, const HandReadings& after,
                                    std::int64_t time_ns, bool by_fingers) {
    const ControllerReading& held = after.controller;
    const bool there = by_fingers ? is_there(before.fingers) && is_there(after.fingers)
                                  : is_there(before.controller) && is_there(held) &&
                                        before.controller.is_hand == held.is_hand &&
                                        before.controller.grip_from_tip == held.grip_from_tip;
    if (!there || time_ns <= before.time_ns || time_ns >= after.time_ns) {
        return std::nullopt;
    }
    const float share = static_cast<float>(time_ns - before.time_ns) /
                        static_cast<float>(after.time_ns - before.time_ns);
    HandReadings made{.time_ns = time_ns,
                      .controller = {.active = held.active, .is_hand = held.is_hand}};
    if (by_fingers) {
        made.fingers = after.fingers;
        FingerReading& fingers = made.fingers;
        fingers.quality = std::min(before.fingers.quality, fingers.quality);
        fingers.stage_from_thumb_tip =
            between(before.fingers.stage_from_thumb_tip, fingers.stage_from_thumb_tip, share);
        fingers.stage_from_index_tip =
            between(before.fingers.stage_from_index_tip, fingers.stage_from_index_tip, share);
        fingers.thumb_to_little_m =
            std::min(before.fingers.thumb_to_little_m, fingers.thumb_to_little_m);
    } else {
        made.controller = held;
        made.controller.quality = std::min(before.controller.quality, held.quality);
        made.controller.stage_from_grip =
            between(before.controller.stage_from_grip, held.stage_from_grip, share);
    }
    return made;
}

float pinch_strength(float distance_m) {
    return std::clamp((pinch_off_m - distance_m) / (pinch_off_m - pinch_full_m), 0.0F, 1.0F);
}

void HandReader::Way::see(std::int64_t time_ns, const glm::vec3& position_m) {
    if (!there(time_ns)) {
        reference_m = position_m; // where it is found again says nothing of how it moves
    } else if (!(glm::distance(reference_m, position_m) < moved_m)) {
        reference_m = position_m;
        moved_ns = time_ns;
    }
    seen_ns = time_ns;
}

bool HandReader::Way::there(std::int64_t time_ns) const {
    return seen_ns && time_ns - *seen_ns <= bridged_ns;
}

bool HandReader::Way::moves(std::int64_t time_ns) const {
    return there(time_ns) && moved_ns && time_ns - *moved_ns < rest_ns;
}

void HandReader::restart() {
    const bool by_fingers = by_fingers_;
    *this = HandReader(hand_, choice_);
    by_fingers_ = by_fingers;
}

std::optional<HandSample> HandReader::read(std::int64_t time_ns,
                                           const ControllerReading& controller,
                                           const FingerReading& fingers) {
    follow(time_ns, controller, fingers);
    HandSample sample = by_fingers_ ? read_fingers(fingers) : read_controller(controller);
    sample.time_ns = time_ns;
    sample.hand = hand_;
    hold(time_ns, sample);
    if (sample.tracked || sample.drawing) {
        said_away_ns_.reset();
    } else if (said_away_ns_ && time_ns - *said_away_ns_ < away_ns) {
        return std::nullopt;
    } else {
        said_away_ns_ = time_ns;
    }
    return sample;
}

void HandReader::follow(std::int64_t time_ns, const ControllerReading& controller,
                        const FingerReading& fingers) {
    if (is_there(controller)) {
        controller_.see(time_ns, controller.stage_from_grip.position_m);
    }
    if (is_there(fingers)) {
        fingers_.see(time_ns, fingers.stage_from_index_tip.position_m);
    }
    const bool chosen = choose_fingers(time_ns, controller, fingers);
    if (chosen != by_fingers_) {
        by_fingers_ = chosen;
        trigger_.open();
        pinch_.open();
        finish_.open();
        must_open_ = seen_;
        was_drawing_ = false;
        lost_since_ns_.reset();
        said_away_ns_.reset();
    }
}

bool HandReader::choose_fingers(std::int64_t time_ns, const ControllerReading& controller,
                                const FingerReading& fingers) const {
    const bool same_hand = controller.active && controller.is_hand;
    if (choice_ == InteractionChoice::hand_tracking) {
        return !same_hand || fingers.active; // a runtime may know pinches and no joints
    }
    if (choice_ == InteractionChoice::controller) {
        return false;
    }
    if (same_hand) {
        return fingers_.there(time_ns);
    }
    if (!controller_.there(time_ns) || !fingers_.there(time_ns)) {
        return fingers_.there(time_ns) || (by_fingers_ && !controller_.there(time_ns));
    }
    // Both are there. What moves with the hand is held by it; what is drawing is in use.
    const bool held = controller_.moves(time_ns);
    if (by_fingers_) {
        return !(controller.draw >= trigger_on || (held && !pinch_.closed()));
    }
    return !held && fingers_.moves(time_ns) && !trigger_.closed();
}

HandSample HandReader::read_controller(const ControllerReading& controller) {
    HandSample sample{.source = controller.is_hand ? InteractionMode::hand_tracking
                                                   : InteractionMode::controller};
    sample.drawing = controller.active ? trigger_.update(controller.draw) : trigger_.closed();
    if (is_there(controller)) {
        sample.tracked = true;
        sample.inferred = controller.quality == PoseQuality::inferred;
        sample.stage_from_tip = controller.stage_from_tip();
        sample.pressure = std::clamp(controller.draw, 0.0F, 1.0F);
    }
    return sample;
}

HandSample HandReader::read_fingers(const FingerReading& fingers) {
    HandSample sample{.source = InteractionMode::hand_tracking, .drawing = pinch_.closed()};
    if (!is_there(fingers)) {
        finish_.open();
        return sample;
    }
    const float distance_m = glm::distance(fingers.stage_from_thumb_tip.position_m,
                                           fingers.stage_from_index_tip.position_m);
    sample.tracked = true;
    sample.inferred = fingers.quality == PoseQuality::inferred;
    sample.stage_from_tip = fingers.stage_from_tip();
    sample.drawing = pinch_.update(distance_m);
    sample.pressure = pinch_strength(distance_m);
    // In a fist the index finger is near the thumb, too.
    if (!finish_.update(fingers.thumb_to_little_m) || distance_m < pinch_off_m) {
        finish_.open();
    }
    return sample;
}

/// What is held may draw, as long as the hand was not away.
void HandReader::hold(std::int64_t time_ns, HandSample& sample) {
    if (!sample.tracked && !lost_since_ns_) {
        lost_since_ns_ = time_ns;
    }
    const bool away = lost_since_ns_ && time_ns - *lost_since_ns_ > bridged_ns;
    if (sample.tracked) {
        must_open_ = (must_open_ || away) && sample.drawing;
        seen_ = true;
        lost_since_ns_.reset();
    } else if (away) {
        pinch_.open();
        must_open_ = true;
    }
    sample.drawing = sample.drawing && !must_open_ && (sample.tracked || was_drawing_);
    if (!sample.drawing && must_open_) {
        sample.pressure = 0.0F;
    }
    was_drawing_ = sample.drawing;
}

} // namespace haven
