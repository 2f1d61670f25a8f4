#include "xr_app/headset/refresh_rate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace haven {
namespace {

TEST(RefreshRate, IsTheHighestThatIsCalmUnlessOneIsWished) {
    constexpr std::array quest{72.0F, 80.0F, 90.0F, 120.0F};
    EXPECT_EQ(refresh_rate_of(quest, std::nullopt), 90.0F);
    EXPECT_EQ(refresh_rate_of(quest, 120.0F), 120.0F);
    EXPECT_EQ(refresh_rate_of(quest, 75.0F), 72.0F);
    EXPECT_EQ(refresh_rate_of(std::array{144.0F, 120.0F}, std::nullopt), 120.0F);
    EXPECT_EQ(refresh_rate_of({}, 90.0F), std::nullopt);
}

} // namespace
} // namespace haven
