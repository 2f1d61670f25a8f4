#include "xr_app/input/hand_reader.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace haven {

namespace {

bool is_pose(PoseQuality quality, const Pose& pose) {
    return quality != PoseQuality::none && pose.position_m != glm::vec3(0.0F);
}

} // namespace

bool is_there(const ControllerReading& controller) {
    return controller.active && is_pose(controller.quality, controller.tracking_from_grip);
}

bool is_there(const FingerReading& fingers) {
    const bool all_in_one =
        fingers.thumb_to_little_m == 0.0F &&
        fingers.tracking_from_thumb_tip.position_m == fingers.tracking_from_index_tip.position_m;
    return fingers.active && !all_in_one &&
           is_pose(fingers.quality, fingers.tracking_from_thumb_tip) &&
           is_pose(fingers.quality, fingers.tracking_from_index_tip);
}

namespace {

/// A hand that snaps from open to closed has no way between the two.
bool same_pinch(const FingerReading& a, const FingerReading& b) {
    constexpr float snap_m = 0.005F;
    const auto open_m = [](const FingerReading& fingers) {
        return glm::distance(fingers.tracking_from_thumb_tip.position_m,
                             fingers.tracking_from_index_tip.position_m);
    };
    return std::abs(open_m(a) - open_m(b)) <= snap_m;
}

bool same_way(const HandReadings& a, const HandReadings& b, bool by_fingers) {
    if (by_fingers) {
        return is_there(a.fingers) && is_there(b.fingers) && same_pinch(a.fingers, b.fingers);
    }
    return is_there(a.controller) && is_there(b.controller) &&
           a.controller.profile == b.controller.profile &&
           a.controller.is_hand == b.controller.is_hand &&
           a.controller.grip_from_tip == b.controller.grip_from_tip;
}

/// Three moments, and what is asked for between the last two.
struct Passing {
    float share = 0.0F; ///< of the way from the second to the third
    float bend = 0.0F;  ///< of the difference between the two ways' mean velocities, times seconds
    float first_s = 0.0F;
    float second_s = 0.0F; ///< of the ways

    /// `earlier` is not looked at where `bend` is 0.
    [[nodiscard]] Pose of(const Pose& earlier, const Pose& before, const Pose& after) const {
        Pose passed{.position_m = glm::mix(before.position_m, after.position_m, share),
                    .orientation = glm::slerp(before.orientation, after.orientation, share)};
        if (bend != 0.0F) {
            passed.position_m += bend * ((after.position_m - before.position_m) / second_s -
                                         (before.position_m - earlier.position_m) / first_s);
        }
        return passed;
    }
};

/// Newton's form of the parabola through three points.
Passing passing(std::int64_t earlier_ns, std::int64_t before_ns, std::int64_t after_ns,
                std::int64_t time_ns) {
    const auto seconds = [](std::int64_t from_ns, std::int64_t to_ns) {
        return 1e-9F * static_cast<float>(to_ns - from_ns);
    };
    Passing passing{.first_s = seconds(earlier_ns, before_ns),
                    .second_s = seconds(before_ns, after_ns)};
    passing.share = seconds(before_ns, time_ns) / passing.second_s;
    if (passing.first_s > 0.0F) {
        passing.bend = seconds(before_ns, time_ns) * seconds(after_ns, time_ns) /
                       (passing.first_s + passing.second_s);
    }
    return passing;
}

} // namespace

void ReadingTrail::add(const HandReadings& readings) {
    if (count_ == readings_.size()) {
        std::ranges::move(readings_.begin() + 1, readings_.end(), readings_.begin());
        count_ -= 1;
    }
    readings_.at(count_) = readings;
    count_ += 1;
}

std::optional<HandReadings> ReadingTrail::between(const HandReadings& after, std::int64_t time_ns,
                                                  bool by_fingers) const {
    if (count_ == 0) {
        return std::nullopt;
    }
    const HandReadings& before = readings_.at(count_ - 1);
    if (!same_way(before, after, by_fingers) || time_ns <= before.time_ns ||
        time_ns >= after.time_ns) {
        return std::nullopt;
    }
    const HandReadings* earlier = &before;
    for (std::size_t i = count_ - 1; i > 0; --i) {
        const HandReadings& one = readings_.at(i - 1);
        if (before.time_ns - one.time_ns > bend_ns_max || !same_way(one, before, by_fingers)) {
            break;
        }
        earlier = &one;
    }
    if (earlier == &before && after.time_ns - before.time_ns > straight_ns_max) {
        return std::nullopt;
    }
    const Passing way = passing(earlier->time_ns, before.time_ns, after.time_ns, time_ns);
    HandReadings passed = after;
    passed.time_ns = time_ns;
    passed.from_ns = earlier->from_ns;
    if (by_fingers) {
        FingerReading& fingers = passed.fingers;
        const FingerReading& first = earlier->fingers;
        const FingerReading& second = before.fingers;
        fingers.quality = std::min(second.quality, fingers.quality);
        fingers.tracking_from_thumb_tip =
            way.of(first.tracking_from_thumb_tip, second.tracking_from_thumb_tip,
                   fingers.tracking_from_thumb_tip);
        fingers.tracking_from_index_tip =
            way.of(first.tracking_from_index_tip, second.tracking_from_index_tip,
                   fingers.tracking_from_index_tip);
        fingers.thumb_to_little_m = std::min(second.thumb_to_little_m, fingers.thumb_to_little_m);
        passed.controller.quality = PoseQuality::none; // not looked at
    } else {
        ControllerReading& held = passed.controller;
        held.quality = std::min(before.controller.quality, held.quality);
        held.tracking_from_grip =
            way.of(earlier->controller.tracking_from_grip, before.controller.tracking_from_grip,
                   held.tracking_from_grip);
        passed.fingers = {};
    }
    return passed;
}

std::optional<Pose> aim_through(const glm::vec3& from_m, const glm::vec3& through_m) {
    const glm::vec3 along = through_m - from_m;
    const float level_m = std::hypot(along.x, along.z);
    if (!(level_m + std::abs(along.y) > 0.01F)) {
        return std::nullopt;
    }
    return Pose{.position_m = from_m,
                .orientation =
                    turned_by(std::atan2(-along.x, -along.z)) *
                    glm::angleAxis(std::atan2(along.y, level_m), glm::vec3(1.0F, 0.0F, 0.0F))};
}

std::optional<Pose> aim_along_arm(Hand hand, const Pose& space_from_head, const glm::vec3& tip_m) {
    const glm::vec3 shoulder_m{hand == Hand::left ? -0.16F : 0.16F, -0.20F, 0.0F}; // from the eyes
    auto aim = aim_through(space_from_head.position_m +
                               turned_by(level_yaw_rad(space_from_head.orientation)) * shoulder_m,
                           tip_m);
    if (aim) {
        aim->position_m = tip_m;
    }
    return aim;
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
    HandReader anew(hand_, choice_);
    anew.by_fingers_ = by_fingers_;
    anew.device_ = device_;
    anew.must_open_ = must_open_;
    anew.seen_ = seen_;
    *this = anew;
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
        controller_.see(time_ns, controller.tracking_from_grip.position_m);
    }
    if (is_there(fingers)) {
        fingers_.see(time_ns, fingers.tracking_from_index_tip.position_m);
    }
    const bool chosen = choose_fingers(time_ns, controller, fingers);
    const bool another = sees_another(controller);
    const bool let_go = trigger_rests_ && !another;
    const bool rested = chosen && !by_fingers_ ? !trigger_.closed() : let_go;
    trigger_rests_ = controller.active && controller_.there(time_ns) &&
                     (rested || controller.draw < trigger_off);
    if (chosen != by_fingers_ || (another && !chosen)) {
        by_fingers_ = chosen;
        trigger_.open();
        pinch_.open();
        finish_.open();
        // A trigger that was let go a moment ago, while the controller was there, is pulled now.
        must_open_ = seen_ && (chosen || !let_go);
        was_drawing_ = false;
        lost_since_ns_.reset();
        said_away_ns_.reset();
    }
}

/// Another controller than the one that was there last.
bool HandReader::sees_another(const ControllerReading& controller) {
    if (!is_there(controller)) {
        return false;
    }
    const Device now{.profile = controller.profile,
                     .is_hand = controller.is_hand,
                     .grip_from_tip = controller.grip_from_tip};
    return std::exchange(device_, now).value_or(now) != now;
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
    // Of one that is lost a runtime may not even say what it was.
    const bool is_hand = is_there(controller) || !device_ ? controller.is_hand : device_->is_hand;
    HandSample sample{.source =
                          is_hand ? InteractionMode::hand_tracking : InteractionMode::controller};
    sample.drawing = controller.active ? trigger_.update(controller.draw) : trigger_.closed();
    if (is_there(controller)) {
        sample.tracked = true;
        sample.inferred = controller.quality == PoseQuality::inferred;
        sample.tracking_from_tip = controller.tracking_from_tip();
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
    const float distance_m = glm::distance(fingers.tracking_from_thumb_tip.position_m,
                                           fingers.tracking_from_index_tip.position_m);
    sample.tracked = true;
    sample.inferred = fingers.quality == PoseQuality::inferred;
    sample.tracking_from_tip = fingers.tracking_from_tip();
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
