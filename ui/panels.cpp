#include "ui/panels.hpp"

#include "ui/panel.hpp"
#include "ui/words.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <format>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::ui {
namespace {

struct Form {
    std::string_view name;
    std::array<std::string_view, Panel::choices_max> choices; ///< as in the group "choice"
    std::size_t next = Panel::choices_max;                    ///< the one in accent; or none
    bool back = false;
    bool rating = false;
};

/// What a panel has, besides words. Its first choice is the next step where there is one; the way
/// back leads to the panel before it.
constexpr std::array forms{
    Form{.name = "welcome_linked",
         .choices = {"begin", "another_place", "somebody_else"},
         .next = 0},
    Form{.name = "welcome_unlinked", .choices = {"begin", "another_place", "link"}, .next = 0},
    Form{.name = "link", .back = true},
    Form{.name = "consent", .choices = {"with_motion", "drawing_only"}, .back = true},
    Form{.name = "rating_before", .choices = {"skip"}, .back = true, .rating = true},
    Form{.name = "rating_after", .choices = {"skip"}, .back = true, .rating = true},
    Form{.name = "grounding", .choices = {"go_on", "longer", "skip"}, .next = 0, .back = true},
    Form{.name = "arm_circles", .choices = {"go_on", "longer", "skip"}, .next = 0, .back = true},
    Form{.name = "arm_circles_one_hand",
         .choices = {"go_on", "longer", "skip"},
         .next = 0,
         .back = true},
    Form{.name = "free_scribble", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "free_scribble_one_hand", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "mirror_drawing", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "mirror_drawing_one_hand", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "figure_eight", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "figure_eight_one_hand", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "opposing_pattern_offer", .choices = {"go_on", "skip"}, .back = true},
    Form{.name = "opposing_pattern", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{
        .name = "opposing_pattern_one_hand", .choices = {"begin", "skip"}, .next = 0, .back = true},
    Form{.name = "look_and_title", .choices = {"go_on", "longer"}, .next = 0, .back = true},
    Form{.name = "closing", .choices = {"done", "longer"}, .next = 0, .back = true},
    Form{.name = "width", .choices = {"thinner", "wider"}, .back = true},
    Form{.name = "symmetry", .choices = {"free", "mirror", "parallel"}, .back = true},
    Form{.name = "place", .choices = {"another_place", "light", "sound"}, .back = true},
    Form{.name = "light", .choices = {"brighter", "darker", "warmer"}, .back = true},
    Form{.name = "sound", .choices = {"louder", "softer", "sound_off"}, .back = true},
    Form{.name = "help", .choices = {"safe_place", "turn_to_me"}, .back = true},
    Form{.name = "finish", .choices = {"finish"}, .next = 0, .back = true},
    Form{.name = "safe_place", .choices = {"go_on", "stop"}},
    Form{.name = "pause", .choices = {"go_on", "safe_place", "finish"}, .next = 0},
    Form{.name = "break_reminder", .choices = {"rest", "go_on", "finish"}, .next = 0},
    Form{.name = "offline", .choices = {"go_on"}, .next = 0},
    Form{.name = "link_ended", .choices = {"go_on", "link"}, .next = 0},
    Form{.name = "disk_full", .choices = {"go_on", "finish"}, .next = 0},
    Form{.name = "saved", .choices = {"done"}, .next = 0},
};

constexpr std::string_view wrist = "wrist";

struct RoundForm {
    Icon icon;
    std::string_view id;
};
/// Always in these places.
constexpr std::array around{
    RoundForm{Icon::colours, "colours"}, RoundForm{Icon::brushes, "brushes"},
    RoundForm{Icon::width, "width"},     RoundForm{Icon::symmetry, "symmetry"},
    RoundForm{Icon::undo, "undo"},       RoundForm{Icon::place, "place"},
    RoundForm{Icon::help, "help"},       RoundForm{Icon::finish, "finish"}};
static_assert(around.size() == Panel::around_max);

Panel wrist_menu(const Words& words) {
    Panel panel{.title = words.say("wrist.title")};
    for (const RoundForm& form : around) {
        panel.around.push_back({.icon = form.icon,
                                .id = std::string(form.id),
                                .words = words.say(std::format("{}.{}", wrist, form.id))});
    }
    return panel;
}

} // namespace

std::vector<std::string_view> panel_names() {
    std::vector<std::string_view> names{wrist};
    std::ranges::transform(forms, std::back_inserter(names), &Form::name);
    return names;
}

Panel make_panel(std::string_view name, const Words& words, std::span<const Argument> arguments) {
    if (name == wrist) {
        return wrist_menu(words);
    }
    const auto* const form = std::ranges::find(forms, name, &Form::name);
    assert(form != forms.end());
    const auto say = [&](std::string_view what) {
        return words.say(std::format("{}.{}", name, what), arguments);
    };
    Panel panel{.title = say("title"), .sentence = say("sentence"), .back = form->back};
    for (std::size_t i = 0; i < form->choices.size() && !form->choices.at(i).empty(); ++i) {
        const std::string_view id = form->choices.at(i);
        panel.choices.push_back({.id = std::string(id),
                                 .words = words.say(std::format("choice.{}", id)),
                                 .next = i == form->next});
    }
    if (form->rating) {
        panel.rating = Panel::Rating{.least = say("least"), .most = say("most"), .chosen = {}};
    }
    return panel;
}

} // namespace haven::ui
