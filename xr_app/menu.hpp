#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"
#include "xr_app/panel_wish.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace haven {

/// What was chosen in the menu, for whoever does it.
struct MenuWish {
    enum class Kind : std::uint8_t {
        undo,
        symmetry,
        another_place,
        turn_to_me, ///< the place comes around the person
        finish,
        safe_place, ///< of a guided session
    };
    Kind kind = Kind::undo;
    SymmetryMode symmetry = SymmetryMode::free; ///< of that kind
    friend bool operator==(const MenuWish&, const MenuWish&) = default;
};

/// The person's own menu: which panel it shows, and what a choice on it means. Pure.
class Menu {
  public:
    /// The button of that hand: opens it there, or closes it.
    void toggle(Hand by);
    void close() { page_ = Page::closed; }
    [[nodiscard]] bool open() const { return page_ != Page::closed; }
    [[nodiscard]] Hand hand() const { return hand_; }

    /// `place`: the name of the place that is shown; it must live as long as the wish.
    [[nodiscard]] std::optional<PanelWish> panel(std::string_view place) const;
    /// Whether anything comes of that choice of that panel; what is not offered is left out of it.
    [[nodiscard]] static bool offers(std::string_view panel, std::string_view id);
    [[nodiscard]] std::optional<MenuWish> choose(const PanelChoice& choice);

  private:
    enum class Page : std::uint8_t { closed, wrist, symmetry, place, help, finish };
    [[nodiscard]] std::optional<MenuWish> choose_round(std::string_view id);

    Page page_ = Page::closed;
    Hand hand_ = Hand::left;
};

} // namespace haven
