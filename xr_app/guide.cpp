#include "xr_app/guide.hpp"

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/options.hpp"
#include "xr_app/panel_wish.hpp"
#include "xr_app/session_director.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace haven {

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;
constexpr std::int64_t tick_ns = ns_per_s / 4;
/// A hand that is out of sight for so long takes no part until it comes back.
constexpr std::int64_t hand_away_ns = 10 * ns_per_s;
/// Longer without a sample is a pause, which says nothing of hands.
constexpr std::int64_t samples_gap_ns = ns_per_s;
constexpr std::int64_t notice_ns = 8 * ns_per_s;

std::string_view caption_of(exercise::Bell bell) {
    switch (bell) {
    case exercise::Bell::begin:
        return "A bell: the drawing begins";
    case exercise::Bell::change:
        return "A bell: something else comes";
    case exercise::Bell::end:
        return "A deep bell: the drawing is finished";
    case exercise::Bell::none:
        break;
    }
    return "";
}

audio::Bell sound_of(exercise::Bell bell) {
    return bell == exercise::Bell::begin ? audio::Bell::begin
           : bell == exercise::Bell::end ? audio::Bell::end
                                         : audio::Bell::change;
}

} // namespace

std::expected<std::optional<exercise::Script>, std::string>
read_guide(const std::filesystem::path& assets, GuideChoice choice) {
    if (choice == GuideChoice::off) {
        return std::nullopt;
    }
    const std::filesystem::path file =
        assets / "exercise" /
        (choice == GuideChoice::short_one ? "bilateral_drawing_short.json"
                                          : "bilateral_drawing.json");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return std::unexpected(std::format("--guide: cannot read {}", file.string()));
    }
    std::string text(exercise::ScriptLimits::bytes_max + 1, '\0');
    stream.read(text.data(), std::ssize(text));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    auto script = exercise::read_script(text);
    if (!script) {
        const exercise::ScriptError& wrong = script.error();
        return std::unexpected(std::format(
            "--guide: {}{}{}: {}", file.string(), wrong.pointer.empty() ? "" : " ",
            wrong.line > 0 ? std::format(", line {}", wrong.line) : wrong.pointer, wrong.detail));
    }
    return *std::move(script);
}

/// Does each effect; false where it is a refusal.
struct Guide::Doing {
    Guide& guide;

    bool operator()(const exercise::ShowPrompt& show) const {
        guide.put_away_ = guide.put_away_ && guide.prompt_ == show.prompt;
        guide.prompt_ = show.prompt;
        return true;
    }
    bool operator()(const exercise::Notice& notice) const {
        if (notice.by == exercise::By::program) {
            guide.break_due_ = true;
        } else {
            guide.notice_ = notice.prompt;
            guide.notice_until_ns_ = guide.state_.clock_ns + notice_ns;
        }
        return true;
    }
    bool operator()(const exercise::ShowTurn& turn) const {
        guide.turn_ = turn.hand;
        return true;
    }
    bool operator()(const exercise::ShowTargets& show) const {
        guide.targets_ = show.targets;
        return true;
    }
    bool operator()(const exercise::SetSymmetry& symmetry) const {
        guide.drawing_.set_symmetry(symmetry.mode);
        return true;
    }
    bool operator()(const exercise::SetBrushWidth& brush) const {
        guide.drawing_.set_width(brush.width_m);
        return true;
    }
    bool operator()(const exercise::SetInk& ink) const {
        guide.ink_ = ink.allowed;
        return true;
    }
    bool operator()(const exercise::RingBell& ring) const {
        guide.config_.ring(sound_of(ring.bell), caption_of(ring.bell));
        return true;
    }
    bool operator()(const exercise::ShowSafePlace& /*shown*/) const { return true; } // a panel
    bool operator()(const exercise::BeginDrawing& /*next*/) const { return true; } // with a sample
    bool operator()(const exercise::EndDrawing& /*now*/) const {
        guide.drawing_.end_recording();
        return true;
    }
    bool operator()(const exercise::BeginExercise& begin) const {
        const bool copies = guide.hands_now() != exercise::Hands{} ||
                            std::ranges::any_of(guide.script_.phases, [](const auto& phase) {
                                return phase.symmetry != SymmetryMode::free;
                            });
        guide.drawing_.open({.technique = begin.technique,
                             .config_json = begin.config_json,
                             .opening_prompt = begin.opening_prompt,
                             .guideposts = begin.guideposts,
                             .grounding_close = begin.grounding_close,
                             .copies = copies,
                             .motion = guide.motion_},
                            guide.mode_, unix_us_at(guide.state_.clock_ns));
        return true;
    }
    bool operator()(const exercise::EndExercise& end) const {
        guide.completed_ = end.completed;
        return true;
    }
    bool operator()(const exercise::WriteEvent& event) const {
        if (guide.events_ == events_max) {
            spdlog::warn("more happened in this guided session than is kept of one");
        }
        if (guide.events_++ < events_max) {
            guide.drawing_.tell(event.data_json, unix_us_at(guide.state_.clock_ns));
        }
        return true;
    }
    bool operator()(const exercise::Refused& refused) const {
        spdlog::info("the guided session does not take that: {}", refused.why);
        return false;
    }
};

Guide::Guide(exercise::Script script, DrawingSession& drawing, Config config, std::int64_t now_ns)
    : script_(std::move(script)), drawing_(drawing), config_(std::move(config)),
      ticked_ns_(now_ns) {
    exercise::Step step = exercise::begin(script_, now_ns);
    state_ = std::move(step.state);
    std::ignore = take_all(step.effects);
    // Until somebody is there nothing is asked.
    take({.time_ns = now_ns, .by = exercise::By::program, .what = exercise::Focus{false}});
}

// ---- what happens ----

void Guide::tick(bool focused, std::int64_t now_ns) {
    if (over()) {
        return;
    }
    const auto happens = [&](const exercise::What& what) {
        take({.time_ns = now_ns, .by = exercise::By::program, .what = what});
        ticked_ns_ = now_ns;
    };
    if (focused != state_.focused) {
        happens(exercise::Focus{focused});
    }
    if (now_ns - ticked_ns_ < tick_ns && now_ns >= ticked_ns_) {
        return;
    }
    if (const exercise::Hands hands = hands_now(); focused && hands != state_.hands) {
        happens(hands);
    } else {
        happens(exercise::Tick{});
    }
    if (notice_ && now_ns >= notice_until_ns_) {
        notice_.reset();
    }
}

void Guide::see(const HandSample& sample) {
    mode_ = sample.source;
    if (sample.time_ns - sample_ns_ > samples_gap_ns) {
        tracked_ns_ = {sample.time_ns, sample.time_ns};
    }
    sample_ns_ = std::max(sample_ns_, sample.time_ns);
    if (sample.tracked) {
        tracked_ns_.at(static_cast<std::size_t>(sample.hand)) = sample.time_ns;
    }
}

exercise::Hands Guide::hands_now() const {
    const auto there = [&](Hand hand) {
        return sample_ns_ - tracked_ns_.at(static_cast<std::size_t>(hand)) < hand_away_ns;
    };
    return {
        .left = there(Hand::left), .right = there(Hand::right), .in_turns = state_.hands.in_turns};
}

bool Guide::act(const Command& command, const exercise::What& what, std::int64_t now_ns) {
    const std::size_t entered = state_.entered;
    const bool was_over = over();
    const bool was_paused = state_.paused();
    exercise::Step step =
        exercise::step(script_, state_, {.time_ns = now_ns, .by = by(command.by), .what = what});
    state_ = std::move(step.state);
    const bool taken = take_all(step.effects);
    if (state_.entered != entered && !over()) {
        spdlog::info("progress: the guided session is at {}", phase().id);
    }
    if (state_.paused() != was_paused) {
        spdlog::info("progress: the guided session {}", was_paused ? "goes on" : "is paused");
    }
    if (over() && !was_over) {
        spdlog::info("progress: the guided session is over, {}",
                     completed_ ? "completed" : "before its end");
    }
    hang_panel();
    return taken;
}

void Guide::take(const exercise::Event& event) {
    std::ignore = act({.by = Command::By::program}, event.what, event.time_ns);
}

bool Guide::take_all(const std::vector<exercise::Effect>& effects) {
    bool taken = true;
    for (const exercise::Effect& effect : effects) {
        taken = std::visit(Doing{*this}, effect) && taken;
    }
    return taken;
}

exercise::By Guide::by(Command::By who) const {
    switch (who) {
    case Command::By::person:
        return exercise::By::person;
    case Command::By::desk:
        return config_.desk_is_person ? exercise::By::person : exercise::By::facilitator;
    case Command::By::program:
        return exercise::By::program;
    }
    std::unreachable();
}

// ---- what somebody chooses ----

bool Guide::choose(const PanelChoice& choice, std::int64_t now_ns) {
    const Command person{.by = Command::By::person, .why = "a choice"};
    const auto happens = [&](const exercise::What& what) { return act(person, what, now_ns); };
    const std::string_view id = choice.id;
    const exercise::PhaseKind kind = phase().kind;
    if (over()) {
        return false;
    }
    if (id == "number" && choice.number) {
        return rate(person, *choice.number, now_ns);
    }
    if (id == "finish" || id == "stop") {
        if (state_.in_safe_place) {
            std::ignore = happens(exercise::SafePlace{false});
        }
        return happens(exercise::EndGently{});
    }
    if (id == "safe_place") {
        return happens(exercise::SafePlace{true});
    }
    if (id == "rest") {
        break_due_ = false;
        return happens(exercise::Pause{});
    }
    if (state_.in_safe_place || state_.paused() || break_due_) {
        return resumes(id, now_ns);
    }
    if (id == "with_motion" || id == "drawing_only") {
        motion_ = id == "with_motion";
        return happens(exercise::Consent{.given = true, .motion = motion_});
    }
    if (id == "go_on" || id == "done") {
        return kind == exercise::PhaseKind::title ? happens(exercise::Title{false})
                                                  : happens(exercise::GoOn{});
    }
    if (id == "skip") {
        return happens(exercise::Skip{});
    }
    if (id == "back") {
        return kind == exercise::PhaseKind::consent ? happens(exercise::Consent{.given = false})
                                                    : happens(exercise::Back{});
    }
    if (id == "longer" && kind != exercise::PhaseKind::title) {
        return happens(exercise::Extend{});
    }
    if (id == "begin" || id == "longer") { // it was read, or is looked at without words
        put_away_ = true;
        hang_panel();
        spdlog::info("the words of {} are put away", phase().id);
        return true;
    }
    return false;
}

/// What goes on after a stop; any other choice has to wait.
bool Guide::resumes(std::string_view id, std::int64_t now_ns) {
    if (id != "go_on") {
        return false;
    }
    const Command person{.by = Command::By::person, .why = "a choice"};
    if (state_.in_safe_place) {
        return act(person, exercise::SafePlace{false}, now_ns);
    }
    if (state_.paused()) {
        return act(person, exercise::Resume{}, now_ns);
    }
    break_due_ = false;
    hang_panel();
    return true;
}

bool Guide::press(GuideKey key, std::int64_t now_ns) {
    const Command desk{.by = Command::By::desk, .why = "a key"};
    if (over()) {
        return false;
    }
    switch (key) {
    case GuideKey::pause:
        return state_.paused() ? act(desk, exercise::Resume{}, now_ns)
                               : act(desk, exercise::Pause{}, now_ns);
    case GuideKey::skip: // walks, where the desk is the person
        return !config_.desk_is_person && act(desk, exercise::Skip{}, now_ns);
    case GuideKey::shift_skip:
        return act(desk, exercise::Skip{}, now_ns);
    case GuideKey::zero:
    case GuideKey::ten:
        return rate(desk, key == GuideKey::zero ? 0 : 10, now_ns);
    case GuideKey::begin:
        return ink_ && !put_away_ && choose({.id = "begin", .number = {}}, now_ns);
    case GuideKey::with_motion:
    case GuideKey::go_on:
        break;
    }
    if (phase().kind == exercise::PhaseKind::consent && !state_.paused()) {
        motion_ = key == GuideKey::with_motion;
        return act(
            desk,
            exercise::Consent{.given = true, .motion = motion_, .spoken = !config_.desk_is_person},
            now_ns);
    }
    if (key == GuideKey::with_motion) {
        return false;
    }
    if (state_.paused()) {
        return act(desk, exercise::Resume{}, now_ns);
    }
    if (phase().kind == exercise::PhaseKind::title) {
        return act(desk, exercise::Title{false}, now_ns);
    }
    return act(desk, exercise::GoOn{}, now_ns);
}

bool Guide::rate(const Command& command, int value, std::int64_t now_ns) {
    return !over() && act(command, exercise::Rate{value}, now_ns);
}

void Guide::end_now(const Command& command, std::int64_t now_ns) {
    constexpr int asked_max = 2; // gently, and at once
    for (int asked = 0; asked < asked_max && !over(); ++asked) {
        std::ignore = act(command, exercise::EndGently{}, now_ns);
    }
}

// ---- what is shown ----

bool Guide::wants_rating() const {
    return !over() && phase().kind == exercise::PhaseKind::rating && !state_.paused() &&
           !state_.in_safe_place;
}

void Guide::hang_panel() {
    std::string_view name;
    if (state_.ended) {
        name = "";
    } else if (state_.in_safe_place) {
        name = "safe_place";
    } else if (state_.paused()) {
        name = "pause";
    } else if (break_due_ && !state_.ending) {
        name = script_.break_prompt;
    } else if (!put_away_) {
        name = prompt_;
    }
    if (name.empty()) {
        panel_.reset();
    } else if (!panel_ || panel_->name != name) {
        panel_ = PanelWish{.name = std::string(name)};
        if (name == script_.break_prompt) {
            panel_->arguments.push_back(
                {.name = "minutes", .value = state_.worn_ns / (60 * ns_per_s)});
        }
    }
}

double Guide::targets_s(std::int64_t now_ns) const {
    const std::int64_t since_ns =
        state_.runs() ? std::clamp<std::int64_t>(now_ns - state_.clock_ns, 0, ns_per_s) : 0;
    return static_cast<double>(state_.phase_ns + since_ns) / static_cast<double>(ns_per_s);
}

std::string Guide::phase_words() const {
    if (over()) {
        return "The guided session is over.";
    }
    std::string name = phase().id;
    std::ranges::replace(name, '_', ' ');
    const std::int64_t seconds = state_.phase_ns / ns_per_s;
    return std::format("{}, {}:{:02}{}{}", name, seconds / 60, seconds % 60,
                       state_.in_safe_place      ? ", in the safe place"
                       : state_.paused_by_person ? ", paused by the person"
                       : state_.paused()         ? ", paused"
                       : !state_.focused         ? ", waits for the headset"
                                                 : "",
                       state_.ending ? ", ends" : "");
}

std::string Guide::keys_words() const {
    if (over() || state_.in_safe_place) {
        return "Nothing is asked.";
    }
    if (state_.paused()) {
        return "P: go on.";
    }
    const std::string_view skip = config_.desk_is_person ? "Shift+S" : "S";
    switch (phase().kind) {
    case exercise::PhaseKind::consent:
        return "When the person says yes. Enter: the drawing is kept. M: the motion, too.";
    case exercise::PhaseKind::rating:
        return std::format("0 to 9, T for ten: what the person says. {}: leave it out.", skip);
    case exercise::PhaseKind::guided:
    case exercise::PhaseKind::title:
    case exercise::PhaseKind::closing:
        return state_.offered
                   ? std::format("Enter: take it. {}: go on without it. P: pause.", skip)
                   : std::format("{}Enter: go on. {}: skip. P: pause.",
                                 ink_ && !put_away_ ? "B: put the words away. " : "", skip);
    }
    std::unreachable();
}

} // namespace haven
