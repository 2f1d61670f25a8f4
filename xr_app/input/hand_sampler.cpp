#include "xr_app/input/hand_sampler.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/headset/openxr_instance.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/input/openxr_input.hpp"
#include "xr_app/input/profile_table.hpp"
#include "xr_app/input/sample_grid.hpp"
#include "xr_app/thread_priority.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace haven {

namespace {

/// How often it looks whether the hands are ours again.
constexpr std::chrono::milliseconds away_step{10};
/// A sync that fails and does not mean a loss costs its turn; more in a row mean the end.
constexpr std::uint32_t syncs_failed_max = 50;
/// What is asked for in every eighth turn only, each thing of each hand in a turn of its own, so
/// that no turn is much longer than another: a call may wait for a runtime that waits for a core.
constexpr std::uint64_t seldom = 8;
enum class Seldom : std::uint8_t { look_everywhere = 0, probe = 2 };

bool is_turn_of(Seldom what, std::uint64_t turns, std::size_t hand) {
    return (turns + hand) % seldom == static_cast<std::uint64_t>(what);
}

} // namespace

HandSampler::HandSampler(const OpenxrInstance& instance, OpenxrInput& input,
                         InteractionChoice choice, XrSpace base)
    : instance_(instance), input_(input),
      hands_{OneHand{Hand::left, choice}, OneHand{Hand::right, choice}}, base_(base),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

HandSampler::~HandSampler() {
    thread_.request_stop();
}

HandSampler::State HandSampler::state() const {
    const std::scoped_lock lock(state_mutex_);
    return state_;
}

void HandSampler::take_all(std::vector<LocatedSample>& samples) {
    for (std::size_t i = 0; i < queue_samples; ++i) {
        const auto sample = queue_.pop();
        if (!sample) {
            break;
        }
        samples.push_back(*sample);
    }
}

ShownHand HandSampler::shown(const State& state, std::size_t hand, XrSpace base,
                             XrTime time) const {
    ShownHand shown{.drawing = state.drawing.at(hand), .pressure = state.pressure.at(hand)};
    if (state.by_fingers.at(hand)) {
        const FingerReading fingers = input_.locate_fingers(hand, base, time);
        shown.tracked = is_there(fingers);
        shown.source = InteractionMode::hand_tracking;
        shown.tracking_from_tip = fingers.tracking_from_tip();
    } else if (state.active.at(hand)) {
        const ControllerReading controller = input_.locate_controller(hand, base, time);
        shown.tracked = is_there(controller);
        shown.source =
            controller.is_hand ? InteractionMode::hand_tracking : InteractionMode::controller;
        shown.tracking_from_tip = controller.tracking_from_tip();
    }
    return shown;
}

/// Fingers without an aim of the runtime's point along the arm: from a shoulder through the tip.
std::optional<Pose> HandSampler::aim(const State& state, std::size_t hand, const ShownHand& shown,
                                     const Pose& space_from_head, XrSpace base, XrTime time) const {
    if (!shown.tracked) {
        return std::nullopt;
    }
    if (state.active.at(hand)) {
        if (const auto aim = input_.locate_aim(hand, base, time)) {
            return aim;
        }
    }
    return aim_along_arm(hand == 0 ? Hand::left : Hand::right, space_from_head,
                         shown.tracking_from_tip.position_m);
}

std::optional<HeadsetError> HandSampler::failure() const {
    const std::scoped_lock lock(state_mutex_);
    return failure_;
}

std::int64_t HandSampler::clock_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

XrTime HandSampler::now() const {
    return instance_.now().value_or(clock_ns() + clock_minus_host_ns_);
}

void HandSampler::run(const std::stop_token& stop) {
    const BeforeOthers in_time(Urgency::hands);
    while (!stop.stop_requested()) {
        if (!listening_) {
            had_focus_ = false;
            std::this_thread::sleep_for(away_step);
            continue;
        }
        if (!turn()) {
            return;
        }
        if (had_focus_) {
            sleep_until_due();
        } else {
            std::this_thread::sleep_for(away_step);
        }
    }
}

bool HandSampler::turn() {
    const std::scoped_lock lock(base_mutex_);
    const XrTime asked = now();
    const auto focused = input_.sync();
    if (!focused) {
        return outlasts(focused.error());
    }
    syncs_failed_ = 0;
    if (!*focused) {
        had_focus_ = false;
        return true;
    }
    if (!had_focus_) {
        begin_anew();
    }
    now_ = now();
    input_.look_up_profiles();
    for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
        OneHand& one = hands_.at(hand);
        const InteractionProfile* const before = one.actions.profile;
        one.actions = input_.read_actions(hand);
        if (one.actions.profile != before) { // what the other one did is not this one's
            one.draw.forget();
            one.trail.forget();
        }
        one.draw.note({.asked_ns = asked,
                       .read_ns = now_,
                       .changed_ns = one.actions.draw_changed,
                       .value = one.actions.draw});
        sample(hand, asked);
    }
    turns_ += 1;
    publish(now_);
    return true;
}

/// As without the focus: both hands begin anew when a sync succeeds again.
bool HandSampler::outlasts(const HeadsetError& error) {
    had_focus_ = false;
    syncs_failed_ += 1;
    if (error.kind != HeadsetError::Kind::lost && syncs_failed_ <= syncs_failed_max) {
        if (syncs_failed_ == 1) {
            spdlog::warn("the hands are left out for a moment: {}", error.message);
        }
        return true;
    }
    const std::scoped_lock lock(state_mutex_);
    failure_ = error;
    return false;
}

void HandSampler::begin_anew() {
    had_focus_ = true;
    menu_held_ = {};
    for (OneHand& one : hands_) {
        one.reader.restart();
        one.grid.restart();
        one.draw.forget();
        one.newest = {};
        one.trail.forget();
        one.undo_held = true;
    }
}

/// Its actions were read at `asked` or later.
void HandSampler::sample(std::size_t hand, XrTime asked) {
    OneHand& one = hands_.at(hand);
    const XrTime now = now_;
    probe(one, hand, now);
    const SampleGrid::Due due = one.grid.due(now, one.probe.keeps_history(), asked);
    if (due.begins_anew) {
        one.draw.forget(); // where the clock was set back, its changes lie ahead
        one.draw.note({.asked_ns = now, .read_ns = now, .value = one.actions.draw});
    }
    const auto moment = [&](std::int64_t i) { return due.first_ns + i * sample_period_ns; };
    if (due.begins_anew || one.probe.keeps_history()) {
        one.trail.forget();
    }
    if (one.probe.keeps_history()) {
        for (std::int64_t i = 0; i < due.count; ++i) {
            take(one, moment(i), located(one, hand, moment(i)));
        }
    } else if (due.count > 0) {
        HandReadings present = located(one, hand, moment(due.count - 1));
        present.time_ns = present.until_ns = now; // whatever it was asked for
        for (std::int64_t i = 0; i + 1 < due.count; ++i) {
            auto passed = one.trail.between(present, moment(i), one.reader.by_fingers());
            if (passed) {
                passed->controller.draw = one.actions.active ? one.draw.at(moment(i)) : 0.0F;
                take(one, moment(i), *passed);
            }
        }
        take(one, moment(due.count - 1), present);
        one.trail.add(present);
    }
}

/// What the runtime says of the hand at that time: of the way to draw that is followed, and now and
/// then of the other.
HandReadings HandSampler::located(const OneHand& one, std::size_t hand, XrTime time) const {
    const bool look_everywhere = is_turn_of(Seldom::look_everywhere, turns_, hand);
    const bool by_fingers = one.reader.by_fingers();
    HandReadings readings{.time_ns = time, .from_ns = time, .until_ns = time};
    readings.controller =
        controller_at(one, hand, time, !by_fingers || look_everywhere || one.actions.draw > 0.0F);
    if (by_fingers || look_everywhere || !is_there(readings.controller)) {
        readings.fingers = input_.locate_fingers(hand, base_, time);
    }
    return readings;
}

void HandSampler::take(OneHand& one, XrTime time, const HandReadings& readings) {
    const std::int64_t host_ns = host_time_.map(time, instance_.host_time_ns(time), host_now_ns());
    auto sample = one.reader.read(host_ns, readings.controller, readings.fingers);
    if (!sample) {
        return;
    }
    one.newest = *sample;
    one.newest_time = time;
    const std::int64_t host_minus_runtime_ns = host_ns - time;
    LocatedSample located{.sample = *sample,
                          .from_ns = readings.from_ns + host_minus_runtime_ns,
                          .until_ns = readings.until_ns + host_minus_runtime_ns};
    if (!queue_.push(located)) {
        const std::scoped_lock lock(state_mutex_);
        state_.samples_lost += 1;
    }
}

ControllerReading HandSampler::controller_at(const OneHand& one, std::size_t hand, XrTime time,
                                             bool locate) const {
    ControllerReading reading{.is_hand = one.actions.is_hand};
    if (one.actions.active && locate) {
        reading = input_.locate_controller(hand, base_, time);
    }
    reading.active = one.actions.active;
    reading.draw = one.actions.active ? one.draw.at(time) : 0.0F;
    return reading;
}

/// Asks for the present and the past in one moment, of what this hand draws with.
void HandSampler::probe(OneHand& one, std::size_t hand, XrTime now) {
    if (one.probe.decided() && !is_turn_of(Seldom::probe, turns_, hand)) {
        return;
    }
    const XrTime past = now - PastProbe::past_ns;
    if (one.reader.by_fingers()) {
        const FingerReading then = input_.locate_fingers(hand, base_, past);
        const FingerReading present = input_.locate_fingers(hand, base_, now);
        if (is_there(then) && is_there(present)) {
            one.probe.add(present.tracking_from_index_tip, then.tracking_from_index_tip);
        }
    } else if (one.actions.active) {
        const ControllerReading then = input_.locate_controller(hand, base_, past);
        const ControllerReading present = input_.locate_controller(hand, base_, now);
        if (is_there(then) && is_there(present)) {
            one.probe.add(present.tracking_from_grip, then.tracking_from_grip);
        }
    }
}

/// One menu button is enough; of a runtime that knows fists alone, both must be closed.
bool HandSampler::menu_pressed() {
    for (const Hand hand : {Hand::left, Hand::right}) {
        const OneHand& one = hands_.at(static_cast<std::size_t>(hand));
        if ((one.actions.menu && !one.actions.is_hand) || one.reader.finish_held()) {
            menu_hand_ = hand;
            return true;
        }
    }
    return std::ranges::all_of(hands_, [](const OneHand& one) {
        return one.actions.menu && one.actions.is_hand && !one.reader.by_fingers();
    });
}

void HandSampler::publish(XrTime now) {
    menu_held_.update(menu_pressed(), now);
    const std::scoped_lock lock(state_mutex_);
    state_.pressed_since.reset();
    state_.moments_missed = 0;
    for (std::size_t hand = 0; hand < hands_.size(); ++hand) {
        OneHand& one = hands_.at(hand);
        state_.undos.at(hand) += one.actions.undo && !one.undo_held ? 1 : 0;
        one.undo_held = one.actions.undo;
        state_.by_fingers.at(hand) = one.reader.by_fingers();
        state_.active.at(hand) = one.actions.active;
        state_.drawing.at(hand) = one.newest.drawing;
        state_.pressure.at(hand) = one.newest.pressure;
        state_.moments_missed += one.grid.missed();
        auto since = one.actions.pressed_since;
        if (!since && one.newest.drawing) {
            since = one.newest_time;
        }
        if (since) {
            state_.pressed_since = std::min(*since, state_.pressed_since.value_or(*since));
        }
    }
    state_.menu_held_share = menu_held_.share();
    state_.menu_taps += menu_held_.tapped() ? 1 : 0;
    state_.menu_hand = menu_hand_;
    state_.finish_wished = state_.finish_wished || menu_held_.fired();
}

void HandSampler::sleep_until_due() const {
    XrTime next = now_ + sample_period_ns;
    for (const OneHand& one : hands_) {
        next = std::min(next, one.grid.next_ns(one.probe.keeps_history()));
    }
    const XrTime wait = std::clamp<XrTime>(next - now(), 0, sample_period_ns);
    std::this_thread::sleep_for(std::chrono::nanoseconds(wait));
}

} // namespace haven
