#include "xr_app/mirror/status.hpp"

#include <gtest/gtest.h>

namespace haven {
namespace {

TEST(MirrorStatus, SaysSavedOnlyOfWhatIsDurable) {
    EXPECT_EQ(saved_sentence({.strokes_posted = 12, .strokes_saved = 12}),
              "12 strokes, all saved on this device");
    EXPECT_EQ(saved_sentence({.strokes_posted = 12, .strokes_saved = 11}),
              "12 strokes, 11 of them saved so far");
    EXPECT_EQ(saved_sentence({.strokes_posted = 1, .strokes_saved = 1}),
              "1 stroke, and it is saved on this device");
    EXPECT_EQ(saved_sentence({}), "nothing drawn yet");
}

TEST(MirrorStatus, AFullDiskComesFirst) {
    EXPECT_EQ(saved_sentence({.strokes_posted = 3, .disk_error = "the disk is full"}),
              "cannot save on this device: the disk is full");
}

TEST(MirrorStatus, SaysTheServerHasEverythingOnlyWhenNothingWaits) {
    EXPECT_EQ(link_sentence({.link = uploader::Link::reachable}), "the server has everything");
    EXPECT_EQ(link_sentence({.requests_pending = 2, .link = uploader::Link::reachable}),
              "the server answers, 2 things to send");
    EXPECT_EQ(link_sentence({.requests_pending = 1, .link = uploader::Link::unreachable}),
              "the server does not answer; trying again, 1 thing to send");
}

TEST(MirrorStatus, TellsHandsApartByWordsToo) {
    EXPECT_EQ(hand_sentence({}), "out of sight");
    EXPECT_EQ(hand_sentence({.tracked = true}), "resting");
    EXPECT_EQ(hand_sentence({.tracked = true, .drawing = true}), "drawing");
    EXPECT_EQ(hand_sentence({.tracked = true, .drawing = true, .by_fingers = true}),
              "drawing, by pinch");
}

} // namespace
} // namespace haven
