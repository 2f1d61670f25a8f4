#include "xr_app/menu.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"
#include "xr_app/panel_wish.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven {

void Menu::toggle(Hand by) {
    page_ = open() ? Page::closed : Page::wrist;
    hand_ = by;
}

std::optional<PanelWish> Menu::panel(std::string_view place) const {
    switch (page_) {
    case Page::closed:
        return std::nullopt;
    case Page::wrist:
        return PanelWish{.name = "wrist", .arguments = {}};
    case Page::symmetry:
        return PanelWish{.name = "symmetry", .arguments = {}};
    case Page::place:
        return PanelWish{.name = "place", .arguments = {{.name = "place", .value = place}}};
    case Page::help:
        return PanelWish{.name = "help", .arguments = {}};
    case Page::finish:
        return PanelWish{.name = "finish", .arguments = {}};
    }
    std::unreachable();
}

bool Menu::offers(std::string_view panel, std::string_view id) {
    using Named = std::pair<std::string_view, std::string_view>;
    constexpr std::array not_yet{Named{"wrist", "colours"}, Named{"wrist", "brushes"},
                                 Named{"wrist", "width"},   Named{"place", "light"},
                                 Named{"place", "sound"},   Named{"help", "safe_place"}};
    return std::ranges::find(not_yet, Named{panel, id}) == not_yet.end();
}

std::optional<MenuWish> Menu::choose_round(std::string_view id) {
    if (id == "undo") {
        return MenuWish{.kind = MenuWish::Kind::undo}; // perhaps not the last one
    }
    page_ = id == "symmetry" ? Page::symmetry
            : id == "place"  ? Page::place
            : id == "help"   ? Page::help
            : id == "finish" ? Page::finish
                             : page_;
    return std::nullopt;
}

std::optional<MenuWish> Menu::choose(const PanelChoice& choice) {
    const std::string& id = choice.id;
    if (page_ == Page::wrist) {
        return choose_round(id);
    }
    if (id == "back") {
        page_ = open() ? Page::wrist : Page::closed;
        return std::nullopt;
    }
    const Page page = std::exchange(page_, Page::closed);
    if (page == Page::symmetry && (id == "free" || id == "mirror" || id == "parallel")) {
        return MenuWish{.kind = MenuWish::Kind::symmetry,
                        .symmetry = id == "free"     ? SymmetryMode::free
                                    : id == "mirror" ? SymmetryMode::mirror_copy
                                                     : SymmetryMode::parallel};
    }
    if (page == Page::place && id == "another_place") {
        return MenuWish{.kind = MenuWish::Kind::another_place};
    }
    if (page == Page::help && id == "turn_to_me") {
        return MenuWish{.kind = MenuWish::Kind::turn_to_me};
    }
    if (page == Page::help && id == "safe_place") {
        return MenuWish{.kind = MenuWish::Kind::safe_place};
    }
    if (page == Page::finish && id == "finish") {
        return MenuWish{.kind = MenuWish::Kind::finish};
    }
    page_ = page; // no choice of this panel
    return std::nullopt;
}

} // namespace haven
