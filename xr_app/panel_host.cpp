#include "xr_app/panel_host.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panel_painter.hpp"
#include "ui/panel_placement.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"
#include "ui/wrist_placement.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/panel_wish.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace haven {
namespace {

/// A tip so near to the panel is over it.
constexpr float over_m = 0.05F;
/// Fainter ones are not chosen from.
constexpr float opacity_least = 0.5F;

std::size_t number_of(Hand hand) {
    return static_cast<std::size_t>(hand);
}

ui::Ray ray_of(const Pose& space_from_aim) {
    return {.origin_m = space_from_aim.position_m,
            .direction = space_from_aim.orientation * glm::vec3(0.0F, 0.0F, -1.0F)};
}

PanelChoice choice_of(const ui::Panel& panel, const ui::Target& target) {
    switch (target.kind) {
    case ui::Target::Kind::choice:
        return {.id = panel.choices.at(target.index).id, .number = {}};
    case ui::Target::Kind::back:
        return {.id = "back", .number = {}};
    case ui::Target::Kind::number:
        return {.id = "number", .number = target.index};
    case ui::Target::Kind::round:
        return {.id = panel.around.at(target.index).id, .number = {}};
    }
    std::unreachable();
}

} // namespace

bool PanelHost::Asked::is(const PanelWish& wish) const {
    return name == wish.name &&
           std::ranges::equal(arguments, wish.arguments, [](const auto& own, const auto& its) {
               const auto* const text = std::get_if<std::string>(&own.second);
               const auto* const its_text = std::get_if<std::string_view>(&its.value);
               return own.first == its.name &&
                      (text != nullptr || its_text != nullptr
                           ? text != nullptr && its_text != nullptr && *text == *its_text
                           : std::get<std::int64_t>(own.second) ==
                                 std::get<std::int64_t>(its.value));
           });
}

PanelHost::PanelHost(Config config)
    : config_(std::move(config)),
      coming_(std::async(std::launch::async, [this] { return make(config_); })) {}

/// Nothing where something of it cannot be read: the session goes on without panels.
std::unique_ptr<PanelHost::Made> PanelHost::make(const Config& config) {
    const auto refuse = [](std::string_view why) {
        spdlog::error("there are no panels: {}", why);
        return nullptr;
    };
    const std::filesystem::path folder = config.assets / "words";
    const auto there = ui::languages_in(folder);
    const std::array<std::string_view, 1> wished{config.language};
    auto words = ui::Words::load(folder, ui::language_for(there, wished));
    if (!words) {
        return refuse(words.error());
    }
    auto look = ui::Look::load(config.assets);
    if (!look) {
        return refuse(look.error());
    }
    auto painter = ui::PanelPainter::create(*look);
    if (!painter) {
        return refuse(painter.error());
    }
    return std::make_unique<Made>(std::move(*look), std::move(*words), std::move(*painter));
}

void PanelHost::wait_until_read() {
    if (coming_.valid()) {
        coming_.wait();
    }
    static_cast<void>(take_made());
}

bool PanelHost::take_made() {
    if (coming_.valid() && coming_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
        made_ = coming_.get();
        if (made_) {
            placed_.emplace(ui::PanelPlacement(made_->look.panel, made_->look.fade_s),
                            ui::WristPlacement(made_->look));
            dwell_.emplace(made_->look.target.dwell_s);
        }
    }
    return made_ != nullptr;
}

void PanelHost::update(const std::optional<PanelWish>& wish, Hand by, const HeadsetFrame& frame,
                       double time_s) {
    if (!take_made()) {
        return;
    }
    pointing_count_ = 0;
    take_wish(wish);
    place(by, frame, time_s);
    if (!wanted_ && hangs_.opacity <= 0.0F) {
        seen_ = false;
        hands_[0].tip_m.reset();
        hands_[1].tip_m.reset();
        return;
    }
    point(frame, time_s);
    if (made_->painter->paint(panel_, state_, glm::vec3(0.0F))) {
        painted_ = panel_;
        painting_ += 1;
    }
}

void PanelHost::take_wish(const std::optional<PanelWish>& wish) {
    if (!wish) {
        asked_.reset();
        next_.reset();
    } else if (!asked_ || !asked_->is(*wish)) {
        asked_ = Asked{.name = wish->name, .arguments = {}};
        for (const ui::Argument& one : wish->arguments) {
            auto& kept = asked_->arguments.emplace_back();
            kept.first = one.name;
            if (const auto* const text = std::get_if<std::string_view>(&one.value)) {
                kept.second = std::string(*text);
            } else {
                kept.second = std::get<std::int64_t>(one.value);
            }
        }
        next_ = ui::make_panel(wish->name, made_->words, wish->arguments);
        const auto offered = [&](const std::string& id) { return config_.offers(wish->name, id); };
        std::erase_if(next_->choices, [&](const auto& one) { return !offered(one.id); });
        for (ui::Panel::Round& round : next_->around) {
            round.offered = offered(round.id);
        }
    }
    if (next_ && (hangs_.opacity <= 0.0F || next_->around.empty() == panel_.around.empty())) {
        panel_ = *std::exchange(next_, std::nullopt);
        state_ = {};
        gaze_is_new_ = true;
        let_go();
    }
    wanted_ = wish.has_value() && !next_;
}

void PanelHost::place(Hand by, const HeadsetFrame& frame, double time_s) {
    if (std::exchange(room_, frame.room) != frame.room || frame.moved || frame.recentered) {
        placed_->sheet.place_anew();
        placed_->wrist.place_anew();
    }
    const bool around = !panel_.around.empty();
    // Without a head nobody knows where to: a pose that is none moves nothing.
    Pose head = frame.tracking_from_head;
    if (!frame.head_valid) {
        head.orientation = {0.0F, 0.0F, 0.0F, 0.0F};
    }
    const ShownHand& hand = frame.shown.at(number_of(by));
    const auto wrist = placed_->wrist.update(
        wanted_ && around, head,
        hand.tracked ? std::optional(hand.tracking_from_tip.position_m) : std::nullopt, time_s);
    const auto sheet = placed_->sheet.update(wanted_ && !around, head, time_s);
    hangs_ = around ? wrist : sheet;
}

bool PanelHost::visible() const {
    return seen_ && hangs_.opacity > 0.0F && painting_ > 0;
}

bool PanelHost::live() const {
    return visible() && wanted_ && hangs_.opacity >= opacity_least && painted_ == panel_;
}

void PanelHost::point(const HeadsetFrame& frame, double time_s) {
    state_ = {};
    bool any_hand = false;
    for (const Hand hand : {Hand::left, Hand::right}) {
        OneHand& one = hands_.at(number_of(hand));
        const ShownHand& shown = frame.shown.at(number_of(hand));
        const auto& aim = frame.aims.at(number_of(hand));
        any_hand = any_hand || aim || shown.tracked;
        one.at.reset();
        one.over = false;
        const bool draws = one.held && !one.owned;
        if (aim && !draws && visible()) {
            one.at = point_with(ray_of(*aim), hand, one.over);
            state_.pointed_at = one.at ? one.at : state_.pointed_at;
        }
        touch(hand, shown);
    }
    if (!any_hand && frame.head_valid) {
        state_.pointed_at = gaze(frame, time_s);
    }
}

std::optional<ui::Target> PanelHost::point_with(const ui::Ray& ray, std::optional<Hand> by,
                                                bool& over) {
    const ui::PanelLayout& layout = made_->painter->layout();
    const auto met = ui::where_met(layout.shape, hangs_.space_from_panel, ray);
    over = met.has_value();
    if (!met) {
        return std::nullopt;
    }
    pointing_.at(pointing_count_++) = {
        .from_m = ray.origin_m,
        .at_m = ui::point_on(layout.shape, hangs_.space_from_panel, *met),
        .by = by};
    return live() ? ui::target_at(layout, *met) : std::nullopt;
}

/// A tip that draws or holds something touches nothing.
void PanelHost::touch(Hand hand, const ShownHand& shown) {
    OneHand& one = hands_.at(number_of(hand));
    const glm::vec3 tip_m = shown.tracking_from_tip.position_m;
    const auto before_m =
        std::exchange(one.tip_m, shown.tracked ? std::optional(tip_m) : std::nullopt);
    if (!one.tip_m || !before_m || one.held || shown.drawing || !live()) {
        return;
    }
    const ui::PanelLayout& layout = made_->painter->layout();
    const auto touched = ui::where_touched(layout.shape, hangs_.space_from_panel, *before_m, tip_m);
    if (const auto target = touched ? ui::target_at(layout, *touched) : std::nullopt) {
        choose(*target, hand);
    }
}

/// Where there are no hands. What the gaze rests on when a panel comes is chosen only once it was
/// somewhere else.
std::optional<ui::Target> PanelHost::gaze(const HeadsetFrame& frame, double time_s) {
    bool over = false;
    const auto at =
        visible() ? point_with(ray_of(frame.tracking_from_head), {}, over) : std::nullopt;
    if (!live()) {
        return std::nullopt;
    }
    if (std::exchange(gaze_is_new_, false)) {
        gaze_before_ = at;
    }
    if (gaze_before_ && at == gaze_before_) {
        static_cast<void>(dwell_->look(std::nullopt, time_s));
        return std::nullopt;
    }
    gaze_before_.reset();
    const ui::Dwell::Step step = dwell_->look(at, time_s);
    state_.dwell = step.progress;
    if (step.chosen) {
        choose(*step.chosen, {});
    }
    return step.progress > 0.0F ? at : std::nullopt; // with as much of its ring
}

/// The first of a frame counts.
void PanelHost::choose(const ui::Target& target, std::optional<Hand> by) {
    if (!chosen_) {
        chosen_ = Chosen{.choice = choice_of(painted_, target), .by = by};
    }
}

bool PanelHost::takes(const HandSample& sample, bool taken) {
    OneHand& one = hands_.at(number_of(sample.hand));
    if (!sample.drawing) {
        if (one.on && one.on == one.at && sample.tracked && live()) {
            choose(*one.on, sample.hand);
        }
        one.held = one.owned = false;
        one.on.reset();
        return false;
    }
    if (!std::exchange(one.held, true)) {
        one.owned =
            !taken && visible() &&
            (one.over || ui::is_over(made_->painter->layout().shape, hangs_.space_from_panel,
                                     sample.tracking_from_tip.position_m, over_m));
        one.on = one.owned && live() ? one.at : std::nullopt;
    }
    return one.owned;
}

void PanelHost::let_go() {
    for (OneHand& one : hands_) {
        one.on.reset();
    }
}

std::optional<PanelHost::Chosen> PanelHost::take_chosen() {
    return std::exchange(chosen_, std::nullopt);
}

std::optional<PanelChoice> PanelHost::take_choice() {
    auto chosen = take_chosen();
    return chosen ? std::optional(std::move(chosen->choice)) : std::nullopt;
}

std::optional<PanelHost::Shown> PanelHost::shown() const {
    const bool is_it = painted_.around.empty() == panel_.around.empty(); // not of another shape
    if (!made_ || painting_ == 0 || hangs_.opacity <= 0.0F || !is_it) {
        return std::nullopt;
    }
    return Shown{.tracking_from_panel = hangs_.space_from_panel,
                 .shape = made_->painter->layout().shape,
                 .opacity = hangs_.opacity};
}

} // namespace haven
