#include "xr_app/input_router.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/pose_trace.hpp"
#include "environments/catalog.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/menu.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/session.hpp"
#include "xr_app/session_director.hpp"
#include "xr_app/stop_signal.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace haven {

namespace {

using Clock = std::chrono::steady_clock;

/// A press that the runtime says to be older stopped nothing.
constexpr double tour_stop_s_max = 60.0;

} // namespace

void InputRouter::poll_desk() {
    if (desk_ != nullptr) {
        desk_->poll();
    }
}

void InputRouter::take(const HeadsetNews& news, double time_s) {
    take_samples(news.samples, time_s);
    seen_log_.menu(news.menu_held_share > 0.0F);
    take_choice(); // before the panel is another one
    if (news.pause_input) {
        session_.panels.let_go();
        hands_ = {};
        seen_log_.hand(Hand::left, false);
        seen_log_.hand(Hand::right, false);
        session_.drawing.pause();
    }
    SessionDirector& director = session_.director;
    const auto now = Clock::now();
    if (news.finish_wished) {
        director.finish_gently({.by = Command::By::person, .why = "the menu button was held"}, now);
    }
    take_wishes(news, time_s);
    if (stop_signals() > 0) {
        director.finish({.why = "it was asked to stop by a signal"}, now);
    }
    if (desk_ == nullptr) {
        return;
    }
    if (desk_->closed()) {
        director.finish({.by = Command::By::desk, .why = "the window was closed"}, now);
    }
    take_keys(desk_->input());
}

/// Of the guided session, and of the places.
void InputRouter::take_keys(const DeskInput& input) {
    Guide* const guide = session_.guide ? &*session_.guide : nullptr;
    if (guide != nullptr && input.guide) {
        guide->press(*input.guide, host_now_ns());
    }
    if (input.number > 0 && guide != nullptr && guide->wants_rating()) {
        guide->rate({.by = Command::By::desk, .why = "a key"}, input.number, host_now_ns());
    } else if (const auto wanted = static_cast<std::size_t>(input.number);
               wanted > 0 && wanted <= session_.places.size()) {
        session_.director.change_place(wanted - 1);
    }
}

/// Of the ink; while the person is taken through the place a button stops that, and no more.
void InputRouter::take_wishes(const HeadsetNews& news, double time_s) {
    if (news.undo_wished != Hands::none && session_.surroundings.at_rest(time_s)) {
        change_ink({.by = Command::By::person, .why = "a button takes ink back"},
                   {.kind = InkCommand::Kind::undo, .hands = news.undo_wished});
    }
    auto menu = news.menu_wished;
    if (desk_ != nullptr && desk_->input().menu) {
        menu = Hand::left;
    }
    if (menu && session_.surroundings.at_rest(time_s) && !session_.director.ended_at()) {
        session_.menu.toggle(*menu);
        headset_.tick(*menu);
        spdlog::info("the menu is {}", session_.menu.open() ? "opened" : "closed");
    }
    if (desk_ != nullptr && desk_->input().ink) {
        const InkWish& wish = *desk_->input().ink;
        change_ink({.by = Command::By::desk,
                    .why = wish.kind == InkCommand::Kind::undo   ? "a key takes ink back"
                           : wish.kind == InkCommand::Kind::redo ? "a key brings ink back"
                                                                 : "a key clears the ink"},
                   wish);
    }
}

/// An answer is felt at once.
void InputRouter::take_choice() {
    const auto chosen = session_.panels.take_chosen();
    if (!chosen) {
        return;
    }
    spdlog::info("chosen on the panel: {}", chosen->choice.id);
    if (chosen->by) {
        headset_.tick(*chosen->by);
    }
    if (!session_.menu.open()) {
        if (session_.guide) {
            session_.guide->choose(chosen->choice, host_now_ns());
        }
    } else if (const auto wish = session_.menu.choose(chosen->choice)) {
        perform(*wish);
    }
}

void InputRouter::perform(const MenuWish& wish) {
    constexpr auto person = Command::By::person;
    SessionDirector& director = session_.director;
    switch (wish.kind) {
    case MenuWish::Kind::undo:
        change_ink({.by = person, .why = "the menu takes ink back"},
                   {.kind = InkCommand::Kind::undo, .hands = Hands::both});
        break;
    case MenuWish::Kind::symmetry:
        director.change_symmetry({.by = person, .why = "it was chosen in the menu"}, wish.symmetry);
        break;
    case MenuWish::Kind::another_place: {
        const auto now = std::ranges::find(session_.places, session_.environment.id(),
                                           &environments::CatalogEntry::id);
        if (!session_.places.empty()) {
            const auto number = static_cast<std::size_t>(now - session_.places.begin());
            director.change_place((number + 1) % session_.places.size());
        }
        break;
    }
    case MenuWish::Kind::turn_to_me:
        recenter_chosen_ = true;
        break;
    case MenuWish::Kind::finish:
        director.finish_gently({.by = person, .why = "it was chosen in the menu"}, Clock::now());
        break;
    case MenuWish::Kind::safe_place:
        if (session_.guide) {
            session_.guide->choose({.id = "safe_place", .number = {}}, host_now_ns());
        }
        break;
    }
}

void InputRouter::change_ink(const Command& command, const InkWish& wish) {
    if (!session_.director.change_ink(command, wish.kind, wish.hands)) {
        return;
    }
    for (const Hand hand : {Hand::left, Hand::right}) {
        if (contains(wish.hands, hand)) {
            headset_.tick(hand);
        }
    }
}

void InputRouter::take_samples_before(const HeadsetFrame& frame, double time_s) {
    take_samples(frame.samples_before, time_s);
}

void InputRouter::take(const HeadsetFrame& frame, double time_s) {
    if (frame.pressed_since_ns && session_.surroundings.press(time_s)) {
        // By the runtime's two times, where they can be true.
        const double took_s = 1e-9 * (static_cast<double>(frame.display_time_ns) -
                                      static_cast<double>(*frame.pressed_since_ns));
        if (took_s >= 0.0 && took_s <= tour_stop_s_max) {
            session_.performance.tour_stop_ns = static_cast<std::int64_t>(1e9 * took_s);
        }
    }
    session_.panels.update(session_.panel_wish(), session_.menu.hand(), frame, time_s);
    take_samples(frame.samples, time_s);
    take_choice();
    hands_ = frame.shown;
    for (const Hand hand : {Hand::left, Hand::right}) {
        ShownHand& shown = hands_.at(static_cast<std::size_t>(hand));
        shown.drawing = shown.drawing && !draws_no_more_.at(static_cast<std::size_t>(hand));
        if (shown.tracked && shown.drawing) {
            session_.drawing.lead(hand, shown.tracking_from_tip.position_m);
        }
    }
}

bool InputRouter::recenter_wished() {
    const bool held = desk_ != nullptr && desk_->input().recenter;
    const bool by_key = recenter_held_.update(
        held, std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
    return std::exchange(recenter_chosen_, false) || by_key;
}

void InputRouter::take_samples(std::span<const HandSample> samples, double time_s) {
    if (samples.empty()) {
        return;
    }
    if (session_.director.begin(samples.front(), headset_.sample_period_us(), Clock::now())) {
        session_.placement.record(Placement::Reason::first_focus);
    }
    if (session_.records()) {
        session_.drawing.resume();
    } else {
        session_.drawing.pause();
    }
    for (const HandSample& sample : samples) {
        take_sample(sample, time_s);
    }
}

void InputRouter::take_sample(HandSample sample, double time_s) {
    seen_log_.hand(sample.hand, sample.drawing);
    // While the person is taken through the place nothing is drawn, and what stopped it draws
    // nothing either, nor what began on a panel.
    bool& no_more = draws_no_more_.at(static_cast<std::size_t>(sample.hand));
    const bool toured = !session_.surroundings.at_rest(time_s);
    no_more = toured || !session_.ink_allowed() || (no_more && sample.drawing);
    no_more = session_.panels.takes(sample, toured) || no_more;
    if (session_.guide) {
        session_.guide->see(sample);
        if (!session_.records()) {
            return;
        }
    }
    if (no_more) {
        sample.drawing = false;
        sample.pressure = 0.0F;
    }
    const StrokeEdges edges = session_.drawing.add(sample);
    if (edges.began || edges.ended) {
        headset_.tick(sample.hand);
    }
    if (edges.began && !session_.performance.first_stroke_at) {
        session_.performance.first_stroke_at = Clock::now();
    }
}

} // namespace haven
