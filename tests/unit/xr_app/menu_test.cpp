#include "xr_app/menu.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"
#include "ui/panel.hpp"
#include "ui/panels.hpp"
#include "ui/words.hpp"
#include "xr_app/panel_wish.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven {
namespace {

std::string shows(const Menu& menu) {
    const auto wish = menu.panel("Sea");
    return wish ? wish->name : "";
}

std::optional<MenuWish> choose(Menu& menu, std::string_view id) {
    return menu.choose({.id = std::string(id), .number = {}});
}

TEST(Menu, OpensAndClosesByItsButtonAtTheHandThatPressedIt) {
    Menu menu;
    EXPECT_EQ(shows(menu), "");
    menu.toggle(Hand::right);
    EXPECT_EQ(shows(menu), "wrist");
    EXPECT_EQ(menu.hand(), Hand::right);
    choose(menu, "finish");
    EXPECT_EQ(shows(menu), "finish");
    menu.toggle(Hand::left);
    EXPECT_EQ(shows(menu), "");
}

TEST(Menu, UndoStaysForTheNextOne) {
    Menu menu;
    menu.toggle(Hand::left);
    EXPECT_EQ(choose(menu, "undo"), MenuWish{.kind = MenuWish::Kind::undo});
    EXPECT_EQ(choose(menu, "undo"), MenuWish{.kind = MenuWish::Kind::undo});
    EXPECT_EQ(shows(menu), "wrist");
}

TEST(Menu, FinishAsksOnceMoreAndBackLeadsBack) {
    Menu menu;
    menu.toggle(Hand::left);
    EXPECT_EQ(choose(menu, "finish"), std::nullopt);
    EXPECT_EQ(choose(menu, "back"), std::nullopt);
    EXPECT_EQ(shows(menu), "wrist");
    choose(menu, "finish");
    EXPECT_EQ(choose(menu, "finish"), MenuWish{.kind = MenuWish::Kind::finish});
    EXPECT_EQ(shows(menu), "");
}

TEST(Menu, EverythingThatItsPanelsOfferDoesSomething) {
    const auto words = ui::Words::load(HAVEN_SOURCE_DIR "/assets/words", "en").value();
    Menu wrist;
    wrist.toggle(Hand::left);
    int offered = 0;
    for (const auto& round : ui::make_panel("wrist", words).around) {
        if (!Menu::offers("wrist", round.id)) {
            continue;
        }
        Menu menu = wrist;
        const bool does = choose(menu, round.id).has_value();
        const std::string page = shows(menu);
        EXPECT_TRUE(does || page != "wrist") << round.id;
        if (page == "wrist") {
            continue;
        }
        const auto wish = menu.panel("Sea");
        for (const auto& one : ui::make_panel(page, words, wish->arguments).choices) {
            if (Menu::offers(page, one.id)) {
                Menu at_it = menu;
                EXPECT_TRUE(choose(at_it, one.id)) << page << ' ' << one.id;
                EXPECT_EQ(shows(at_it), "") << page << ' ' << one.id;
                offered += 1;
            }
        }
    }
    EXPECT_EQ(offered, 6);
}

TEST(Menu, TwinsAreChosenByTheirNames) {
    for (const auto& [id, mode] :
         {std::pair{"free", SymmetryMode::free}, std::pair{"mirror", SymmetryMode::mirror_copy},
          std::pair{"parallel", SymmetryMode::parallel}}) {
        Menu menu;
        menu.toggle(Hand::left);
        choose(menu, "symmetry");
        const auto wish = choose(menu, id);
        ASSERT_TRUE(wish);
        EXPECT_EQ(wish->symmetry, mode);
    }
}

TEST(Menu, WhatItDoesNotKnowChangesNothing) {
    Menu menu;
    EXPECT_EQ(choose(menu, "finish"), std::nullopt);
    EXPECT_EQ(shows(menu), "");
    menu.toggle(Hand::left);
    choose(menu, "finish");
    EXPECT_EQ(choose(menu, "undo"), std::nullopt);
    EXPECT_EQ(shows(menu), "finish");
}

} // namespace
} // namespace haven
