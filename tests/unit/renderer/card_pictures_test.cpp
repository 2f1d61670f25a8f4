#include "renderer/scene/card_pictures.hpp"

#include "renderer/scene/card_outlines.hpp"
#include "renderer/scene/noise.hpp"

#include <glm/vec2.hpp>

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
        const double least = card < 10 ? 0.28 : card < 12 ? 0.045 : 0.14;
        const double most = card < 10 ? 0.44 : card < 12 ? 0.12 : 0.30;
        EXPECT_GT(share_of_leaf(card), least) << card;
        EXPECT_LT(share_of_leaf(card), most) << card;
    }
}

bool holds(const CardOutline& outline, glm::vec2 p) {
    return std::ranges::any_of(outline.triangles, [&](const auto& triangle) {
        const auto left_of = [&](std::size_t from, std::size_t to) {
            const glm::vec2 a = outline.corners[triangle.at(from)];
            const glm::vec2 b = outline.corners[triangle.at(to)];
            return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) >= 0.0F;
        };
        return left_of(0, 1) && left_of(1, 2) && left_of(2, 0);
    });
}

TEST_F(CardPictures, OutlinesHoldAllLeavesAndLittleElse) {
    for (std::size_t card = 0; card < 16; ++card) {
        std::size_t leaf = 0;
        std::size_t lost = 0;
        std::size_t held = 0;
        for (std::size_t i = 0; i < card_px * card_px; ++i) {
            const std::size_t x = i % card_px;
            const std::size_t y = i / card_px;
            const glm::vec2 at = (glm::vec2(x, y) + 0.5F) / static_cast<float>(card_px);
            const bool inside =
                std::ranges::any_of(card_outlines(card),
                                    [&](const CardOutline& outline) { return holds(outline, at); });
            leaf += is_leaf(card, x, y) ? 1 : 0;
            lost += is_leaf(card, x, y) && !inside ? 1 : 0;
            held += inside ? 1 : 0;
        }
        EXPECT_LE(lost, leaf / 100) << card << "; when pictures change: haven-card-outlines";
        EXPECT_GT(100 * leaf, 52 * held) << card << "; so much of what is drawn is to be leaf";
    }
}

TEST_F(CardPictures, EachOutlineIsOnePolygonCutIntoTriangles) {
    for (std::size_t card = 0; card < 16; ++card) {
        for (const CardOutline& outline : card_outlines(card)) {
            EXPECT_EQ(outline.triangles.size() + 2, outline.corners.size()) << card;
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
        EXPECT_GT(highest, card_px * 2 / 5) << card;
        EXPECT_GT(at_foot, card_px / 3) << card;
    }
}

} // namespace
} // namespace haven::scene
