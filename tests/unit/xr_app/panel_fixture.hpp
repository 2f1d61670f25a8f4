#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/input/hand_reader.hpp"
#include "xr_app/panel_host.hpp"

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace haven::test {

/// Somebody who stands before a panel, with both hands before their chest.
class Reader {
  public:
    explicit Reader(PanelHost& its_host) : host(its_host) {
        frame.head_valid = true;
        frame.tracking_from_head.position_m = {0.0F, 1.6F, 0.0F};
        for (const Hand hand : {Hand::left, Hand::right}) {
            frame.shown.at(at(hand)).tracked = true;
            frame.shown.at(at(hand)).tracking_from_tip.position_m = {
                hand == Hand::left ? -0.2F : 0.2F, 1.2F, -0.3F};
            aim_away(hand);
        }
    }
    static std::size_t at(Hand hand) { return static_cast<std::size_t>(hand); }

    [[nodiscard]] glm::vec3 middle_of(ui::Target target) const {
        const ui::PanelLayout& layout = host.painter()->layout();
        const auto found = std::ranges::find(layout.targets, target, &ui::TargetBox::target);
        return ui::point_on(layout.shape, host.shown()->tracking_from_panel, found->box.middle_m());
    }
    void aim(Hand hand, glm::vec3 at_m) {
        frame.aims.at(at(hand)) =
            aim_through(frame.shown.at(at(hand)).tracking_from_tip.position_m, at_m);
    }
    void aim(Hand hand, ui::Target target) { aim(hand, middle_of(target)); }
    void aim_away(Hand hand) {
        aim(hand, frame.shown.at(at(hand)).tracking_from_tip.position_m + glm::vec3(0, -1, 0.1F));
    }
    void no_hands() {
        frame.shown = {};
        frame.aims = {};
    }
    void look_at(glm::vec3 at_m) {
        frame.tracking_from_head.orientation =
            aim_through(frame.tracking_from_head.position_m, at_m)->orientation;
    }

    PanelHost& host;
    HeadsetFrame frame;
};

inline constexpr ui::Target choice_target(std::uint8_t index) {
    return {.kind = ui::Target::Kind::choice, .index = index};
}
inline constexpr ui::Target round_target(std::uint8_t index) {
    return {.kind = ui::Target::Kind::round, .index = index};
}

} // namespace haven::test
