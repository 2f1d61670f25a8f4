#include "ui/panel_layout.hpp"

#include "ui/look.hpp"
#include "ui/panel.hpp"

#include <glm/trigonometric.hpp>
#include <glm/vec2.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::ui {
namespace {

constexpr std::size_t title_lines_max = 2;
constexpr std::size_t choice_lines_max = 2;

/// A sheet is filled from above by what is read, from below by what is chosen.
class Setter {
  public:
    Setter(const Look& look, const Measure& measure, const PanelShape& shape)
        : look_(look), measure_(measure), side_m_(target_side_m(look, shape)) {
        layout_.shape = shape;
    }

    PanelLayout sheet(const Panel& panel);
    PanelLayout wrist(const Panel& panel);

  private:
    [[nodiscard]] float height_m(TextStyle style) const {
        return text_height_m(style, look_, layout_.shape);
    }
    [[nodiscard]] float advance_m(TextStyle style) const {
        return height_m(style) * look_.text.line;
    }
    [[nodiscard]] float width_m(TextStyle style, std::string_view text) const {
        return measure_(style, text) * height_m(style);
    }
    [[nodiscard]] std::vector<std::string> wrapped(TextStyle style, std::string_view text,
                                                   float width_m);
    /// `place` 0 begins at left, 0.5 has its middle at there, 1 ends there.
    void line(std::string text, TextStyle style, Tone tone, glm::vec2 at_m, float place = 0.0F);
    void label(std::string_view words, TextStyle style, Tone tone, const Rect& box);
    float header(const Panel& panel);
    float choices(const Panel& panel);
    float rating(const Panel::Rating& rating, float bottom_m);

    const Look& look_;
    const Measure& measure_;
    float side_m_;
    PanelLayout layout_;
};

std::vector<std::string> Setter::wrapped(TextStyle style, std::string_view text, float width_m) {
    std::vector<std::string> lines;
    std::string current;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::string longer =
            current.empty() ? std::string(word) : std::format("{} {}", current, word);
        if (!current.empty() && this->width_m(style, longer) > width_m) {
            lines.push_back(std::exchange(current, std::string(word)));
        } else {
            current = std::move(longer);
        }
        layout_.fits = layout_.fits && this->width_m(style, word) <= width_m;
    }
    if (!current.empty()) {
        lines.push_back(std::move(current));
    }
    return lines;
}

void Setter::line(std::string text, TextStyle style, Tone tone, glm::vec2 at_m, float place) {
    const float width = width_m(style, text);
    layout_.lines.push_back({.text = std::move(text),
                             .style = style,
                             .tone = tone,
                             .box = {.left_m = at_m.x - place * width,
                                     .top_m = at_m.y,
                                     .width_m = width,
                                     .height_m = height_m(style)}});
}

/// Words in the middle of a target, on two lines if need be.
void Setter::label(std::string_view words, TextStyle style, Tone tone, const Rect& box) {
    const auto lines = wrapped(style, words, box.width_m - look_.panel.between_m);
    layout_.fits = layout_.fits && lines.size() <= choice_lines_max;
    float top_m =
        box.middle_m().y -
        0.5F * (advance_m(style) * static_cast<float>(lines.size() - 1) + height_m(style));
    for (const std::string& one : lines) {
        line(one, style, tone, {box.middle_m().x, top_m}, 0.5F);
        top_m += advance_m(style);
    }
}

/// The way back, the title; answers where the sentence begins.
float Setter::header(const Panel& panel) {
    const float inside_m = look_.panel.inside_m;
    float left_m = inside_m;
    if (panel.back) {
        const Rect box{
            .left_m = inside_m, .top_m = inside_m, .width_m = side_m_, .height_m = side_m_};
        layout_.targets.push_back(
            {.target = {.kind = Target::Kind::back}, .box = box, .round = true});
        left_m = box.right_m() + look_.panel.between_m;
    }
    const float high_m = height_m(TextStyle::title);
    const auto lines =
        wrapped(TextStyle::title, panel.title, layout_.shape.width_m - inside_m - left_m);
    layout_.fits = layout_.fits && lines.size() <= title_lines_max;
    float top_m = inside_m + 0.5F * (side_m_ - high_m); // beside the way back, be it there or not
    for (const std::string& one : lines) {
        line(one, TextStyle::title, Tone::text, {left_m, top_m}, 0.0F);
        top_m += 1.25F * high_m;
    }
    return top_m - 0.25F * high_m + 2.0F * look_.panel.between_m;
}

/// Side by side at the bottom; answers where they begin.
float Setter::choices(const Panel& panel) {
    const float inside_m = look_.panel.inside_m;
    const float between_m = look_.panel.between_m;
    const float bottom_m = layout_.shape.height_m - inside_m;
    if (panel.choices.empty()) {
        return bottom_m;
    }
    const auto parts = static_cast<float>(std::max<std::size_t>(panel.choices.size(), 2));
    const float all_m = layout_.shape.width_m - 2.0F * inside_m;
    const float width_m = (all_m - between_m * (parts - 1.0F)) / parts;
    std::size_t lines = 1;
    for (const Panel::Choice& choice : panel.choices) {
        lines = std::max(lines, wrapped(TextStyle::body, choice.words, width_m - between_m).size());
    }
    const float room_m = height_m(TextStyle::body) + 2.5F * between_m +
                         advance_m(TextStyle::body) * static_cast<float>(lines - 1);
    const float high_m = std::max(1.2F * side_m_, room_m);
    Rect box{
        .left_m = inside_m, .top_m = bottom_m - high_m, .width_m = width_m, .height_m = high_m};
    std::uint8_t index = 0;
    for (const Panel::Choice& choice : panel.choices) {
        layout_.targets.push_back(
            {.target = {.kind = Target::Kind::choice, .index = index++}, .box = box});
        label(choice.words, TextStyle::body, choice.next ? Tone::on_accent : Tone::text, box);
        box.left_m += width_m + between_m;
    }
    return bottom_m - high_m;
}

/// Eleven round targets in a row, and what the first and the last mean.
float Setter::rating(const Panel::Rating& rating, float bottom_m) {
    const float inside_m = look_.panel.inside_m;
    const float words_m = bottom_m - 2.2F * look_.panel.between_m - height_m(TextStyle::small);
    const float top_m = words_m - 0.6F * look_.panel.between_m - side_m_;
    const float step_m =
        (layout_.shape.width_m - 2.0F * inside_m - side_m_) / (Panel::numbers - 1.0F);
    for (std::uint8_t i = 0; i < Panel::numbers; ++i) {
        const Rect box{.left_m = inside_m + step_m * static_cast<float>(i),
                       .top_m = top_m,
                       .width_m = side_m_,
                       .height_m = side_m_};
        layout_.targets.push_back(
            {.target = {.kind = Target::Kind::number, .index = i}, .box = box, .round = true});
        label(std::format("{}", i), TextStyle::body,
              rating.chosen == i ? Tone::on_accent : Tone::text, box);
    }
    line(rating.least, TextStyle::small, Tone::muted, {inside_m, words_m});
    line(rating.most, TextStyle::small, Tone::muted, {layout_.shape.width_m - inside_m, words_m},
         1.0F);
    const float both_m = width_m(TextStyle::small, rating.least) +
                         width_m(TextStyle::small, rating.most) + look_.panel.between_m;
    layout_.fits = layout_.fits && both_m <= layout_.shape.width_m - 2.0F * inside_m;
    return top_m;
}

PanelLayout Setter::sheet(const Panel& panel) {
    float top_m = header(panel);
    for (std::string& one : wrapped(TextStyle::body, panel.sentence,
                                    layout_.shape.width_m - 2.0F * look_.panel.inside_m)) {
        line(std::move(one), TextStyle::body, Tone::text, {look_.panel.inside_m, top_m});
        top_m += advance_m(TextStyle::body);
    }
    float bottom_m = choices(panel);
    if (panel.rating) {
        bottom_m = rating(*panel.rating, bottom_m);
    }
    const float read_to_m = top_m - advance_m(TextStyle::body) + height_m(TextStyle::body);
    layout_.fits = layout_.fits && read_to_m + look_.panel.between_m <= bottom_m;
    return std::move(layout_);
}

/// Around the arc of a thumb, from its left below to its right below, the words under each.
PanelLayout Setter::wrist(const Panel& panel) {
    constexpr float first_deg = 200.0F;
    constexpr float last_deg = -20.0F;
    const PanelShape& shape = layout_.shape;
    const glm::vec2 middle_m{0.5F * shape.width_m, 0.64F * shape.height_m};
    const float reach_m = middle_m.y - 0.5F * side_m_ - 0.06F * shape.height_m;
    const auto steps = static_cast<float>(std::max<std::size_t>(panel.around.size(), 2) - 1);
    const float apart_m =
        2.0F * reach_m * std::sin(glm::radians(0.5F * (first_deg - last_deg) / steps));
    layout_.fits = apart_m >= side_m_;
    std::uint8_t index = 0;
    for (const Panel::Round& round : panel.around) {
        const float turn =
            glm::radians(first_deg + (last_deg - first_deg) * static_cast<float>(index) / steps);
        const std::uint8_t its_index = index++;
        if (!round.offered) {
            continue;
        }
        const glm::vec2 at_m = middle_m + reach_m * glm::vec2(std::cos(turn), -std::sin(turn));
        const Rect box{.left_m = at_m.x - 0.5F * side_m_,
                       .top_m = at_m.y - 0.5F * side_m_,
                       .width_m = side_m_,
                       .height_m = side_m_};
        layout_.targets.push_back({.target = {.kind = Target::Kind::round, .index = its_index},
                                   .box = box,
                                   .round = true});
        line(round.words, TextStyle::small, Tone::text,
             {at_m.x, box.bottom_m() + 0.5F * height_m(TextStyle::small)}, 0.5F);
        const Rect& said = layout_.lines.back().box;
        layout_.fits = layout_.fits && said.width_m <= apart_m && said.left_m >= 0.0F &&
                       said.right_m() <= shape.width_m && said.bottom_m() <= shape.height_m;
    }
    line(panel.title, TextStyle::body, Tone::muted,
         {middle_m.x, middle_m.y - 0.5F * height_m(TextStyle::body)}, 0.5F);
    layout_.fits =
        layout_.fits && layout_.lines.back().box.width_m <= 2.0F * (reach_m - 0.5F * side_m_);
    return std::move(layout_);
}

} // namespace

PanelShape shape_of(const Panel& panel, const Look& look) {
    if (!panel.around.empty()) {
        return {.width_m = look.wrist.width_m,
                .height_m = look.wrist.height_m,
                .distance_m = look.wrist.distance_m};
    }
    return {.width_m = look.panel.width_m,
            .height_m = look.panel.height_m,
            .distance_m = look.panel.distance_m,
            .radius_m = look.panel.distance_m};
}

float text_height_m(TextStyle style, const Look& look, const PanelShape& shape) {
    const float deg = style == TextStyle::title  ? look.text.title_deg
                      : style == TextStyle::body ? look.text.body_deg
                                                 : look.text.small_deg;
    return 2.0F * shape.distance_m * std::tan(0.5F * glm::radians(deg));
}

float target_side_m(const Look& look, const PanelShape& shape) {
    return std::max(look.target.hand_m, look.target.ray_m_at_1_m * shape.distance_m);
}

PanelLayout lay_out(const Panel& panel, const Look& look, const Measure& measure) {
    assert(panel.choices.size() <= Panel::choices_max);
    assert(panel.around.size() <= Panel::around_max);
    Setter setter(look, measure, shape_of(panel, look));
    return panel.around.empty() ? setter.sheet(panel) : setter.wrist(panel);
}

} // namespace haven::ui
