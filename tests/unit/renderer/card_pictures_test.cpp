#include "renderer/scene/card_pictures.hpp"

#include "renderer/scene/noise.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

constexpr std::size_t card_px = 64;
constexpr std::size_t across_px = 4 * card_px;

class CardPictures : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { levels = card_levels(across_px, noise_levels(512)); }
    static void TearDownTestSuite() { levels.clear(); }

    static int channel(std::size_t card, std::size_t x, std::size_t y, std::size_t which) {
        const std::size_t at_x = card % 4 * card_px + x;
        const std::size_t at_y = card / 4 * card_px + y;
        return static_cast<int>(levels.front().at((at_y * across_px + at_x) * 4 + which));
    }
    static bool is_leaf(std::size_t card, std::size_t x, std::size_t y) {
        return channel(card, x, y, 0) > 127;
    }
    static double share_of_leaf(std::size_t card) {
        std::size_t leaf = 0;
        for (std::size_t i = 0; i < card_px * card_px; ++i) {
            leaf += is_leaf(card, i % card_px, i / card_px) ? 1 : 0;
        }
        return static_cast<double>(leaf) / (card_px * card_px);
    }

    static inline std::vector<std::vector<std::byte>> levels;
};

TEST_F(CardPictures, NoneIsMuchBarerOrDenserThanItsKind) {
    EXPECT_EQ(levels.size(), 9U);
    for (std::size_t card = 0; card < 16; ++card) {
        const double least = card < 10 ? 0.28 : card < 12 ? 0.06 : 0.16;
        const double most = card < 10 ? 0.44 : card < 12 ? 0.12 : 0.28;
        EXPECT_GT(share_of_leaf(card), least) << card;
        EXPECT_LT(share_of_leaf(card), most) << card;
    }
}

TEST_F(CardPictures, CrownsAndSpraysLeaveTheirCornersBare) {
    constexpr std::size_t last = card_px - 1;
    for (std::size_t card = 0; card < 10; ++card) {
        for (std::size_t i = 0; i < card_px / 6; ++i) { // the corners
            for (const std::size_t edge : {std::size_t{0}, last}) {
                EXPECT_FALSE(is_leaf(card, i, edge) || is_leaf(card, last - i, edge)) << card;
                EXPECT_FALSE(is_leaf(card, edge, i) || is_leaf(card, edge, last - i)) << card;
            }
        }
    }
}

TEST_F(CardPictures, BladesStandAtTheBottomAndReachUp) {
    for (std::size_t card = 12; card < 16; ++card) {
        std::size_t highest = 0;
        std::size_t at_foot = 0;
        for (std::size_t i = 0; i < card_px * card_px; ++i) {
            if (is_leaf(card, i % card_px, i / card_px)) {
                highest = std::max(highest, i / card_px);
                at_foot += i / card_px == 0 ? 1 : 0;
            }
        }
        EXPECT_GT(highest, card_px * 2 / 3) << card;
        EXPECT_GT(at_foot, card_px / 3) << card;
    }
}

} // namespace
} // namespace haven::scene
