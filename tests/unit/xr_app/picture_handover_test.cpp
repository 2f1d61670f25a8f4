#include "xr_app/mirror/picture_handover.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <latch>
#include <optional>
#include <string>
#include <thread>

namespace haven {
namespace {

constexpr PictureSize size{.width_px = 2, .height_px = 1};
constexpr PictureSize other_size{.width_px = 4, .height_px = 3};
constexpr std::array<std::byte, 8> pixels{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4},
                                          std::byte{5}, std::byte{6}, std::byte{7}, std::byte{8}};
constexpr PictureView picture{.size = size, .rgba = pixels};

MirrorStatus named(const char* headset) {
    return {.headset = headset};
}
const PictureHandover::Read unread = [](const PictureView&) { FAIL() << "there is none"; };

TEST(PictureHandover, ADeskThatNeverComesGetsNoPicture) {
    const PictureHandover desk;
    EXPECT_EQ(desk.asked(), std::nullopt);
}

TEST(PictureHandover, OnePictureForOneQuestion) {
    PictureHandover desk;
    desk.ask(size);
    desk.ask(other_size); // the window changed meanwhile
    EXPECT_EQ(desk.asked(), other_size);
    ASSERT_TRUE(desk.hand_over(picture, named("first")));
    EXPECT_EQ(desk.asked(), std::nullopt) << "until the desk comes again";
    desk.ask(size);
    EXPECT_EQ(desk.asked(), std::nullopt) << "it has not read the last one yet";
    std::size_t bytes = 0;
    const auto status = desk.take([&](const PictureView& view) {
        bytes = view.rgba.size();
        EXPECT_EQ(view.size, size);
        EXPECT_EQ(view.rgba[7], std::byte{8});
    });
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->headset, "first");
    EXPECT_EQ(bytes, pixels.size());
    EXPECT_EQ(desk.take(unread), std::nullopt);
    desk.ask(size);
    EXPECT_EQ(desk.asked(), size);
}

TEST(PictureHandover, WhatThePanelSaysGoesAloneWhileNoPictureComes) {
    PictureHandover desk;
    EXPECT_FALSE(desk.hand_over(named("unasked")));
    EXPECT_EQ(desk.take_status(), std::nullopt);
    desk.ask(size);
    ASSERT_TRUE(desk.hand_over(named("resting")));
    EXPECT_EQ(desk.asked(), std::nullopt) << "until the desk comes again";
    EXPECT_EQ(desk.take(unread), std::nullopt);
    const auto status = desk.take_status();
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->headset, "resting");
    EXPECT_EQ(desk.take_status(), std::nullopt);
}

TEST(PictureHandover, WhatAPictureSaysIsNewerThanWhatWasSaidAlone) {
    PictureHandover desk;
    desk.ask(size);
    ASSERT_TRUE(desk.hand_over(named("resting")));
    ASSERT_TRUE(desk.hand_over(picture, named("drawing")));
    EXPECT_FALSE(desk.hand_over(named("resting"))) << "the picture was not read yet";
    const auto status = desk.take([](const PictureView&) {});
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->headset, "drawing");
    EXPECT_EQ(desk.take_status(), std::nullopt);
}

TEST(PictureHandover, WhatIsWithdrawnIsNotReadAndIsAskedForAgain) {
    PictureHandover desk;
    desk.ask(size);
    ASSERT_TRUE(desk.hand_over(picture, named("lost")));
    desk.withdraw(); // another headset, another GPU
    EXPECT_EQ(desk.take(unread), std::nullopt);
    EXPECT_EQ(desk.asked(), size);
}

TEST(PictureHandover, TheFrameThreadDoesNotWaitForADeskThatReads) {
    PictureHandover desk;
    desk.ask(size);
    ASSERT_TRUE(desk.hand_over(picture, named("slow")));
    std::latch reading(1);
    std::latch read_on(1);
    std::jthread slow([&] {
        EXPECT_TRUE(desk.take([&](const PictureView&) {
                            reading.count_down();
                            read_on.wait();
                        })
                        .has_value());
    });
    reading.wait();
    EXPECT_EQ(desk.asked(), std::nullopt);
    EXPECT_FALSE(desk.hand_over(picture, named("other")));
    read_on.count_down();
    slow.join();
    EXPECT_EQ(desk.take(unread), std::nullopt);
}

} // namespace
} // namespace haven
