#include "xr_app/mirror/status.hpp"

#include "net/uploader/courier.hpp"
#include "xr_app/headset/session_phase.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>

namespace haven {

std::ostream& operator<<(std::ostream& out, const Notice& notice) {
    return out << (notice.fine ? "fine: " : "look: ") << notice.text;
}

namespace {

using uploader::Link;

constexpr bool open = true;
constexpr bool ended = false;

Notice fine(std::string text) {
    return {.fine = true, .text = std::move(text)};
}

Notice look(std::string text) {
    return {.fine = false, .text = std::move(text)};
}

TEST(MirrorStatus, SaysSavedOnlyOfWhatIsDurable) {
    EXPECT_EQ(saved_notice({.strokes_posted = 12, .strokes_saved = 12}),
              fine("12 strokes, all saved on this computer."));
    EXPECT_EQ(saved_notice({.strokes_posted = 12, .strokes_saved = 11}),
              look("Saving 1 of 12 strokes."));
    EXPECT_EQ(saved_notice({.strokes_posted = 1, .strokes_saved = 1}),
              fine("1 stroke, saved on this computer."));
    EXPECT_EQ(saved_notice({}), fine("Nothing drawn yet."));
}

TEST(MirrorStatus, AFullDiskComesFirst) {
    EXPECT_EQ(
        saved_notice({.strokes_posted = 3, .strokes_saved = 1, .disk_error = "the disk is full"}),
        look("NOT SAVED: 2 strokes. Leave Haven running. Reason: the disk is full."));
    EXPECT_EQ(saved_notice({.disk_error = "the disk is full"}),
              look("NOT SAVED: the last moments. Leave Haven running. Reason: the disk is full."));
}

TEST(MirrorStatus, TheServerHasEverythingOnlyOfADrawingThatEndedAndWasSent) {
    const uploader::CourierStatus sent{.strokes_posted = 3, .link = Link::reachable};
    EXPECT_EQ(server_notice(sent, ended), fine("The server has everything."));
    EXPECT_EQ(server_notice(sent, open),
              fine("The server answers. This drawing is sent when it ends."));
    EXPECT_EQ(server_notice({.link = Link::reachable}, ended), fine("The server answers."));
    for (const bool drawing : {open, ended}) {
        EXPECT_EQ(server_notice({.requests_pending = 2, .link = Link::reachable}, drawing),
                  fine("Sending to the server: 2 messages to go."));
    }
}

TEST(MirrorStatus, AsksForALookWhenTheServerTakesNothing) {
    for (const Link link : {Link::no_token, Link::token_refused, Link::unlinked, Link::unreachable,
                            Link::not_haven}) {
        const Notice notice = server_notice({.link = link}, open);
        EXPECT_FALSE(notice.fine);
        EXPECT_TRUE(notice.text.contains("drawings are safe on this computer")) << notice.text;
    }
    EXPECT_EQ(
        server_notice({.requests_refused = 1, .refused_because = "422", .link = Link::reachable},
                      ended),
        look("The server refused 1 message; kept on this computer. Tell whoever looks after "
             "the server: 422"));
}

TEST(MirrorStatus, TellsWhatLiesAsideAndWhy) {
    EXPECT_EQ(saved_notice({.strokes_posted = 3,
                            .strokes_saved = 2,
                            .strokes_set_aside = 1,
                            .events_set_aside = 1,
                            .set_aside_because = "the disk took 2 of 3"}),
              look("2 of 3 strokes saved on this computer. Set aside on this computer, whole: 1 "
                   "part that could not be kept as drawn. Tell whoever looks after Haven: the disk "
                   "took 2 of 3"));
    EXPECT_EQ(saved_notice({.drawings_left_open = 1, .left_open_because = "no space"}),
              look("Nothing drawn yet. Kept, and tried again by itself: 1 drawing of an earlier "
                   "start that cannot be ended yet: no space"));
}

TEST(MirrorStatus, TroubleOnTheWayIsToldThoughAllIsSaved) {
    const uploader::CourierStatus kept{.strokes_posted = 1,
                                       .strokes_saved = 1,
                                       .requests_pending = 2,
                                       .link = Link::reachable,
                                       .last_error = "no space left"};
    EXPECT_EQ(saved_notice(kept), fine("1 stroke, saved on this computer."));
    const Notice notice = server_notice(kept, ended);
    EXPECT_FALSE(notice.fine);
    EXPECT_TRUE(notice.text.ends_with("no space left")) << notice.text;
}

TEST(MirrorStatus, TellsWhatIsHappeningAndWhatToDo) {
    MirrorStatus status{.phase = SessionPhase::focused};
    EXPECT_EQ(now_notice(status),
              look("No hand is seen. Take the controllers, or hold the hands up."));
    status.hands.back().tracked = true;
    EXPECT_EQ(now_notice(status), fine("Ready to draw."));
    status.hands.back().drawing = true;
    EXPECT_EQ(now_notice(status), fine("Drawing."));
    status.phase = SessionPhase::visible;
    EXPECT_EQ(now_notice(status), look(std::string(sentence(SessionPhase::visible))));
}

TEST(MirrorStatus, SaysInTimeThatADrawingIsNearlyFullAndThatThePensRest) {
    MirrorStatus status{.phase = SessionPhase::focused, .session = {.used = 0.8}};
    status.hands.back().drawing = true;
    EXPECT_EQ(now_notice(status), fine("Drawing."));
    status.session.used = 0.86;
    EXPECT_TRUE(now_notice(status).text.starts_with("This drawing is nearly full."));
    status.session.rests = true;
    EXPECT_TRUE(now_notice(status).text.starts_with("The pens rest"));
}

TEST(MirrorStatus, SaysThatTheServerIsSetTooSmall) {
    const Notice notice = server_notice(
        {.requests_pending = 5, .requests_too_large = 1, .link = Link::reachable}, ended);
    EXPECT_FALSE(notice.fine);
    EXPECT_TRUE(notice.text.starts_with("A drawing is larger than this server is set to take"));
}

TEST(MirrorStatus, SaysForWhomElseSomethingWaits) {
    EXPECT_EQ(
        server_notice({.waiting_for = "1 drawing: nobody has said whose", .link = Link::reachable},
                      ended),
        fine("The server answers. Kept on this computer for others: 1 drawing: nobody has "
             "said whose."));
}

TEST(MirrorStatus, TellsHandsApartByWordsToo) {
    EXPECT_EQ(hand_sentence({}), "not seen");
    EXPECT_EQ(hand_sentence({.tracked = true}), "resting");
    EXPECT_EQ(hand_sentence({.tracked = true, .drawing = true}), "drawing");
    EXPECT_EQ(hand_sentence({.tracked = true, .drawing = true, .by_fingers = true}),
              "drawing, by pinch");
}

} // namespace
} // namespace haven
