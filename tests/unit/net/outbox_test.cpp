#include "net/outbox/outbox.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "drawing_fixture.hpp"
#include "net/api/codec.hpp"
#include "net/api/limits.hpp"
#include "net/api/paths.hpp"
#include "tests/support/process.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace haven::outbox {
namespace {

using test::empty_out;
using test::end_of;
using test::numbered_drawing;
using test::numbered_stroke;
using test::some_bytes;
using testing::ElementsAre;
using testing::HasSubstr;
using enum RequestKind;

void run_sql(const std::filesystem::path& file, const char* sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
}

class OutboxTest : public testing::Test {
  protected:
    Outbox open(const Options& options = {}) {
        auto opened = Outbox::open(file_, options);
        if (!opened) {
            throw std::runtime_error(opened.error().message);
        }
        test::log_in(*opened);
        return *std::move(opened);
    }

    /// A whole drawing: four strokes, metrics, and `trace_bytes` of trace.
    void draw(Outbox& outbox, std::uint32_t number, std::size_t trace_bytes = 1000) {
        const DrawingBegin begin = numbered_drawing(number);
        ASSERT_TRUE(outbox.begin_drawing(begin));
        for (std::uint32_t stroke = 0; stroke < 4; ++stroke) {
            ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(stroke)));
        }
        if (trace_bytes > 0) {
            ASSERT_TRUE(outbox.add_trace(begin.drawing_id, some_bytes(trace_bytes)));
        }
        ASSERT_TRUE(outbox.record_metrics(begin.drawing_id, {R"({"format":1,"fps":72})"}));
        ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    }

    static std::vector<RequestKind> kinds(const std::vector<Request>& requests) {
        std::vector<RequestKind> kinds;
        for (const Request& request : requests) {
            kinds.push_back(request.kind);
        }
        return kinds;
    }

    test::TempDirectory folder_;
    std::filesystem::path file_ = folder_.path() / "data" / "outbox.sqlite";
};

// ---- what is sent ----

TEST_F(OutboxTest, RequestsOfADrawingComeInTheOrderTheServerNeeds) {
    Outbox outbox = open();
    draw(outbox, 1);
    EXPECT_THAT(kinds(empty_out(outbox)),
                ElementsAre(session, exercise, vr_session, metrics, drawing, trace_chunk,
                            trace_completion, vr_session_end, exercise_end));
    EXPECT_EQ(outbox.counts()->pending, 0);
}

TEST_F(OutboxTest, SessionIsSentWhileTheDrawingIsStillUnderWay) {
    Outbox outbox = open();
    ASSERT_TRUE(outbox.begin_drawing(numbered_drawing(1)));
    EXPECT_THAT(kinds(empty_out(outbox)), ElementsAre(session, exercise, vr_session));
}

TEST_F(OutboxTest, SessionOfTheWebIsNotMadeAgain) {
    Outbox outbox = open();
    DrawingBegin begin = numbered_drawing(1);
    begin.session.reset();
    ASSERT_TRUE(outbox.begin_drawing(begin));
    EXPECT_THAT(kinds(empty_out(outbox)), ElementsAre(exercise, vr_session));
}

TEST_F(OutboxTest, DrawingHoldsBothHandsInkAsOneDocumentEach) {
    Outbox outbox = open();
    draw(outbox, 1);
    const std::vector<Request> requests = empty_out(outbox);
    const auto sent = api::decode_bilateral_drawing_view(requests[4].body);
    ASSERT_TRUE(sent);
    const std::vector<Stroke> left{numbered_stroke(0), numbered_stroke(2)};
    const std::vector<Stroke> right{numbered_stroke(1), numbered_stroke(3)};
    EXPECT_EQ(sent->left_hand_strokes_json, encode_ink(Hand::left, left));
    EXPECT_EQ(sent->right_hand_strokes_json, encode_ink(Hand::right, right));
    EXPECT_EQ(sent->duration_seconds, 60);
    EXPECT_EQ(requests[4].path, api::bilateral_drawing_path(numbered_drawing(1).drawing_id));
}

TEST_F(OutboxTest, DrawingWithoutAStrokeIsSentEmpty) {
    Outbox outbox = open();
    const DrawingBegin begin = numbered_drawing(1);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    const std::vector<Request> requests = empty_out(outbox);
    EXPECT_THAT(kinds(requests),
                ElementsAre(session, exercise, vr_session, drawing, vr_session_end, exercise_end));
    EXPECT_TRUE(test::strokes_of(requests[3].body)->empty());
}

TEST_F(OutboxTest, TraceIsCutIntoChunksThatJoinToTheSameBytes) {
    Outbox outbox = open();
    const DrawingBegin begin = numbered_drawing(1);
    const std::vector<std::byte> trace = some_bytes(2'600'000);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    std::span<const std::byte> rest(trace);
    for (std::size_t piece = 1; !rest.empty(); piece = piece * 2 + 7) {
        const std::size_t size = std::min(piece, rest.size());
        ASSERT_TRUE(outbox.add_trace(begin.drawing_id, rest.first(size)));
        rest = rest.subspan(size);
    }
    ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));

    std::string joined;
    std::string completion;
    for (const Request& request : empty_out(outbox)) {
        if (request.kind == trace_chunk) {
            EXPECT_EQ(
                request.path,
                api::trace_chunk_path(begin.drawing_id, static_cast<std::int64_t>(joined.size())));
            EXPECT_LE(request.body.size(), api::trace_chunk_bytes_max);
            EXPECT_EQ(request.content_type, "application/octet-stream");
            joined += request.body;
        } else if (request.kind == trace_completion) {
            completion = request.body;
        }
    }
    EXPECT_EQ(joined, std::string(reinterpret_cast<const char*>(trace.data()), trace.size()));
    // sha256sum of the same sequence
    EXPECT_EQ(completion, R"({"size_bytes":2600000,"sha256":")"
                          "b247e962587a19c2ef30dcafffd737da8d92359e93573673f2efe145191ec2ad"
                          R"("})");
}

TEST_F(OutboxTest, AStrokeThatWentOnTakesThePlaceOfItsBeginning) {
    Outbox outbox = open();
    const DrawingBegin begin = numbered_drawing(1);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    Stroke so_far = numbered_stroke(0);
    so_far.points.resize(3);
    ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, so_far));
    ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(2)));
    ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(0)));
    EXPECT_EQ(outbox.stroke_count(begin.drawing_id), 2);
    ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    const std::vector<Request> requests = empty_out(outbox);
    const auto sent = api::decode_bilateral_drawing_view(requests.at(3).body);
    ASSERT_TRUE(sent);
    const std::vector<Stroke> in_order_of_their_ends{numbered_stroke(2), numbered_stroke(0)};
    EXPECT_EQ(sent->left_hand_strokes_json, encode_ink(Hand::left, in_order_of_their_ends));
}

TEST_F(OutboxTest, ACrashKeepsWhatWasDrawnOfAStrokeThatWentOn) {
    const DrawingBegin begin = numbered_drawing(1);
    Stroke so_far = numbered_stroke(0);
    so_far.points.resize(20);
    {
        Outbox outbox = open();
        ASSERT_TRUE(outbox.begin_drawing(begin));
        ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, so_far));
    }
    Outbox outbox = open();
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    const std::vector<Request> requests = empty_out(outbox);
    const auto sent = api::decode_bilateral_drawing_view(requests.at(3).body);
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->left_hand_strokes_json, encode_ink(Hand::left, std::vector<Stroke>{so_far}));
}

TEST_F(OutboxTest, WhatWasTakenBackIsSentMarkedAndWhatIsThereAgainIsNot) {
    const DrawingBegin begin = numbered_drawing(1);
    {
        Outbox outbox = open();
        ASSERT_TRUE(outbox.begin_drawing(begin));
        for (std::uint32_t number = 0; number < 4; ++number) {
            ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(number)));
        }
        const std::vector taken_back{numbered_stroke(0).id, numbered_stroke(1).id,
                                     numbered_stroke(2).id};
        ASSERT_TRUE(outbox.mark_strokes(begin.drawing_id, taken_back, 5'000));
        ASSERT_TRUE(outbox.mark_strokes(begin.drawing_id, std::vector{numbered_stroke(1).id}, {}));
    } // killed here, it stays
    Outbox outbox = open();
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    const std::vector<Request> requests = empty_out(outbox);
    const auto sent = api::decode_bilateral_drawing_view(requests.at(3).body);
    ASSERT_TRUE(sent);
    std::vector left{numbered_stroke(0), numbered_stroke(2)};
    for (Stroke& stroke : left) {
        stroke.removed_ms = 5'000;
    }
    EXPECT_EQ(sent->left_hand_strokes_json, encode_ink(Hand::left, left));
    EXPECT_EQ(sent->right_hand_strokes_json,
              encode_ink(Hand::right, std::vector{numbered_stroke(1), numbered_stroke(3)}));
}

TEST_F(OutboxTest, AnOutboxOfVersion2KeepsItsStrokesAndAllOfThemAreThere) {
    const DrawingBegin begin = numbered_drawing(1);
    {
        Outbox outbox = open();
        ASSERT_TRUE(outbox.begin_drawing(begin));
        ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(0)));
    }
    run_sql(
        file_,
        "ALTER TABLE strokes DROP COLUMN removed_ms; ALTER TABLE drawings DROP COLUMN recorded; "
        "ALTER TABLE drawings DROP COLUMN told_us; PRAGMA user_version = 2");
    Outbox outbox = open();
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    const std::vector<Request> requests = empty_out(outbox);
    const auto sent = api::decode_bilateral_drawing_view(requests.at(3).body);
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->left_hand_strokes_json,
              encode_ink(Hand::left, std::vector{numbered_stroke(0)}));
}

TEST_F(OutboxTest, MarksOfNoOpenDrawingAreAnError) {
    Outbox outbox = open();
    const auto marked = outbox.mark_strokes(numbered_drawing(1).drawing_id, {}, 1);
    ASSERT_FALSE(marked);
    EXPECT_EQ(marked.error().kind, ErrorKind::unknown_drawing);
}

TEST_F(OutboxTest, SameStrokeTwiceIsKeptOnce) {
    Outbox outbox = open();
    const DrawingBegin begin = numbered_drawing(1);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    ASSERT_TRUE(outbox.begin_drawing(begin));
    ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(7)));
    ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(7)));
    EXPECT_EQ(outbox.stroke_count(begin.drawing_id), 1);
    EXPECT_EQ(outbox.counts()->pending, 3);
}

TEST_F(OutboxTest, StrokeOfNoOpenDrawingIsAnError) {
    Outbox outbox = open();
    const auto added = outbox.add_stroke(numbered_drawing(1).drawing_id, numbered_stroke(0));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().kind, ErrorKind::unknown_drawing);
}

// ---- waiting, refusing, dropping ----

TEST_F(OutboxTest, WhileTheFirstWaitsSoDoesAllOfItsDrawingButNotOfOthers) {
    Outbox outbox = open();
    ASSERT_TRUE(outbox.begin_drawing(numbered_drawing(1)));
    ASSERT_TRUE(outbox.begin_drawing(numbered_drawing(2)));
    const auto first = outbox.next_due(1000);
    ASSERT_TRUE(first && *first);
    ASSERT_TRUE(outbox.reschedule((*first)->sequence, 5000, "no route"));

    const auto other = outbox.next_due(1000);
    ASSERT_TRUE(other && *other);
    EXPECT_EQ((*other)->drawing_id, numbered_drawing(2).drawing_id);
    while (const auto due = *outbox.next_due(4999)) {
        EXPECT_EQ(due->drawing_id, numbered_drawing(2).drawing_id);
        ASSERT_TRUE(outbox.acknowledge(due->sequence));
    }
    EXPECT_EQ(*outbox.next_due_at_ms(), 5000);
    const auto again = outbox.next_due(5000);
    ASSERT_TRUE(again && *again);
    EXPECT_EQ((*again)->sequence, (*first)->sequence);
    EXPECT_EQ((*again)->attempts, 1);
}

TEST_F(OutboxTest, WhatStandsOnARefusedRequestIsKeptAndTheRestIsSent) {
    Outbox outbox = open();
    draw(outbox, 1);
    std::vector<RequestKind> sent;
    while (const auto due = *outbox.next_due(0)) {
        if (due->kind == vr_session) {
            ASSERT_TRUE(outbox.refuse(due->sequence, "422 /environment_id"));
        } else {
            sent.push_back(due->kind);
            ASSERT_TRUE(outbox.acknowledge(due->sequence));
        }
    }
    EXPECT_THAT(sent, ElementsAre(session, exercise, exercise_end));
    EXPECT_FALSE(*outbox.next_due_at_ms());
    EXPECT_EQ(outbox.counts()->refused, 1);
    EXPECT_EQ(outbox.counts()->pending, 5);
    EXPECT_EQ(outbox.refused(10)->at(0).reason, "422 /environment_id");

    EXPECT_EQ(outbox.retry_refused(), 1);
    EXPECT_THAT(kinds(empty_out(outbox)), ElementsAre(vr_session, metrics, drawing, trace_chunk,
                                                      trace_completion, vr_session_end));
}

TEST_F(OutboxTest, DroppedTraceLeavesANoteAndTheDrawing) {
    Outbox outbox = open();
    draw(outbox, 1, 2'000'000);
    ASSERT_TRUE(outbox.drop_trace(numbered_drawing(1).drawing_id, "no consent"));
    EXPECT_EQ(outbox.counts()->dropped, 1);
    EXPECT_THAT(kinds(empty_out(outbox)), ElementsAre(session, exercise, vr_session, metrics,
                                                      drawing, vr_session_end, exercise_end));
}

// ---- batches ----

TEST_F(OutboxTest, BatchThatIsNotCommittedChangesNothing) {
    Outbox outbox = open();
    const DrawingBegin begin = numbered_drawing(1);
    {
        const auto batch = outbox.begin_batch();
        ASSERT_TRUE(batch);
        ASSERT_TRUE(outbox.begin_drawing(begin));
        ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(0)));
    }
    EXPECT_EQ(outbox.counts()->open_drawings, 0);
    EXPECT_EQ(outbox.counts()->pending, 0);
}

TEST_F(OutboxTest, BatchInWhichOneChangeFailedIsNotCommitted) {
    Outbox outbox = open();
    auto batch = outbox.begin_batch();
    ASSERT_TRUE(outbox.begin_drawing(numbered_drawing(1)));
    ASSERT_FALSE(outbox.add_stroke(numbered_drawing(2).drawing_id, numbered_stroke(0)));
    EXPECT_FALSE(batch->commit());
    EXPECT_EQ(outbox.counts()->open_drawings, 0);
}

// ---- the file ----

TEST_F(OutboxTest, FileIsItsOwnersAlone) {
    const Outbox outbox = open();
    for (const auto& entry : std::filesystem::directory_iterator(file_.parent_path())) {
        EXPECT_EQ(entry.status().permissions() & std::filesystem::perms::all,
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
            << entry.path();
    }
}

TEST_F(OutboxTest, SecondOpenerIsToldWhoHasIt) {
    const Outbox outbox = open();
    const auto second = Outbox::open(file_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::in_use);
    EXPECT_THAT(second.error().message, HasSubstr(file_.string()));
    EXPECT_THAT(second.error().message, HasSubstr("in use by another client"));
}

TEST_F(OutboxTest, ClosedOutboxOpensAgainWithAllItHeld) {
    {
        Outbox outbox = open();
        draw(outbox, 1);
    }
    Outbox outbox = open();
    EXPECT_EQ(outbox.counts()->pending, 9);
}

TEST_F(OutboxTest, FullDiskIsSaidAndWhatWasSavedStays) {
    constexpr std::int64_t bytes_max = 104 * 1024;
    const DrawingBegin begin = numbered_drawing(1);
    std::int64_t saved = 0;
    {
        Outbox outbox = open({.bytes_max = bytes_max});
        ASSERT_TRUE(outbox.begin_drawing(begin));
        Result<std::int64_t> added;
        while (added) {
            added = outbox.add_stroke(begin.drawing_id,
                                      numbered_stroke(static_cast<std::uint32_t>(saved)));
            saved += added ? 1 : 0;
            ASSERT_LT(saved, 10'000);
        }
        EXPECT_EQ(added.error().kind, ErrorKind::disk_full);
        EXPECT_THAT(added.error().message, HasSubstr("no space left"));
        EXPECT_GT(saved, 10);
        EXPECT_EQ(outbox.stroke_count(begin.drawing_id), saved);
        EXPECT_FALSE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
        EXPECT_EQ(outbox.stroke_count(begin.drawing_id), saved);
    }
    Outbox outbox = open(); // the disk has space again
    EXPECT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(9999)));
    EXPECT_EQ(outbox.stroke_count(begin.drawing_id), saved + 1);
    EXPECT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
}

TEST_F(OutboxTest, FileThatIsNoDatabaseIsRefusedAndLeftAlone) {
    std::filesystem::create_directories(file_.parent_path());
    const std::string text(8192, 'x');
    test::write_text(file_, text);
    const auto opened = Outbox::open(file_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::damaged);
    EXPECT_EQ(test::read_text(file_), text);
}

TEST_F(OutboxTest, DamagedPagesAreFoundOnOpening) {
    {
        Outbox outbox = open();
        draw(outbox, 1, 400'000);
    }
    std::string bytes = test::read_text(file_);
    for (std::size_t page = 4096 * 2; page < 4096 * 12; page += 4096) {
        bytes.replace(page, 64, 64, '\x5A');
    }
    test::write_text(file_, bytes);
    const auto opened = Outbox::open(file_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::damaged);
    EXPECT_THAT(opened.error().message, HasSubstr(file_.string()));
}

TEST_F(OutboxTest, WhatGoesNextIsFoundWithoutReadingWhatWaits) {
    {
        const Outbox outbox = open();
    }
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file_.c_str(), &connection), SQLITE_OK);
    std::string plan;
    const auto keep = [](void* text, int count, char** values, char**) {
        *static_cast<std::string*>(text) += std::string(values[count - 1]) + "\n";
        return 0;
    };
    EXPECT_EQ(
        sqlite3_exec(connection, "EXPLAIN QUERY PLAN SELECT * FROM heads", keep, &plan, nullptr),
        SQLITE_OK);
    sqlite3_close(connection);
    EXPECT_THAT(plan, HasSubstr("candidate USING COVERING INDEX"));
    EXPECT_THAT(plan, HasSubstr("earlier USING COVERING INDEX"));
}

TEST_F(OutboxTest, WhoseADrawingWasIsForgottenWithTheLastOfIt) {
    {
        Outbox outbox = open();
        draw(outbox, 1); // all of it goes
        static_cast<void>(empty_out(outbox));
        draw(outbox, 2); // its trace waits, until the person says no
        while (const auto due = *outbox.next_due(0)) {
            ASSERT_TRUE(due->kind == trace_chunk ? outbox.refuse(due->sequence, "403")
                                                 : outbox.acknowledge(due->sequence));
        }
        ASSERT_TRUE(outbox.drop_trace(numbered_drawing(2).drawing_id, "no consent"));
    }
    run_sql(file_, "CREATE TABLE none_left (belongs INTEGER CHECK (belongs = 0)); "
                   "INSERT INTO none_left SELECT count(*) FROM belongs");
}

TEST_F(OutboxTest, ACopyThatACrashKeptFromItsPlaceIsTakenAtTheNextStart) {
    {
        Outbox outbox = open();
        draw(outbox, 1);
    }
    const std::filesystem::path whole = file_.string() + "-whole";
    std::filesystem::rename(file_, whole);
    Outbox outbox = open();
    EXPECT_EQ(outbox.counts()->pending, 9);
    EXPECT_FALSE(std::filesystem::exists(whole));
}

TEST_F(OutboxTest, ACopyTakesNobodysPlace) {
    const std::filesystem::path whole = file_.string() + "-whole";
    {
        Outbox outbox = open();
        draw(outbox, 1);
    }
    test::write_text(whole, "an older one");
    Outbox outbox = open();
    EXPECT_EQ(outbox.counts()->pending, 9);
    EXPECT_EQ(test::read_text(whole), "an older one");
}

TEST_F(OutboxTest, FileOfANewerVersionIsRefused) {
    {
        const Outbox outbox = open();
    }
    run_sql(file_, "PRAGMA user_version = 5");
    const auto opened = Outbox::open(file_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::newer);
}

TEST_F(OutboxTest, DatabaseOfAnotherProgramIsRefused) {
    std::filesystem::create_directories(file_.parent_path());
    run_sql(file_, "CREATE TABLE notes (text TEXT)");
    const auto opened = Outbox::open(file_);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("another program's"));
}

TEST_F(OutboxTest, FolderThatCannotBeMadeIsSaid) {
    test::write_text(folder_.path() / "flat", "");
    const auto opened = Outbox::open(folder_.path() / "flat" / "outbox.sqlite");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::io);
}

} // namespace
} // namespace haven::outbox
