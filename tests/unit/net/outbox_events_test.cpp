// An exercise that begins before its drawing, and what happens in it.
#include "bilateral/stroke.hpp"
#include "drawing_fixture.hpp"
#include "net/api/codec.hpp"
#include "net/api/paths.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"
#include "tests/support/process.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace haven::outbox {
namespace {

using test::empty_out;
using test::end_of;
using test::numbered_drawing;
using test::numbered_id;
using test::numbered_stroke;
using testing::ElementsAre;
using enum RequestKind;

void run_sql(const std::filesystem::path& file, const char* sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
}

class OutboxEvents : public testing::Test {
  protected:
    Outbox open() {
        auto opened = Outbox::open(file_);
        if (!opened) {
            throw std::runtime_error(opened.error().message);
        }
        test::log_in(*opened);
        return *std::move(opened);
    }
    static std::vector<RequestKind> kinds(const std::vector<Request>& requests) {
        std::vector<RequestKind> kinds;
        for (const Request& request : requests) {
            kinds.push_back(request.kind);
        }
        return kinds;
    }

    test::TempDirectory folder_;
    std::filesystem::path file_ = folder_.path() / "outbox.sqlite";
};

/// Of a guided session: what happened at that second of it.
api::SessionEvent happened(const DrawingBegin& begin, int second) {
    return {.session_id = begin.session_id,
            .event_data_json = std::format(R"({{"step":{}}})", second),
            .happened_at = begin.began_at + second * std::int64_t{1'000'000}};
}

DrawingBegin guided_drawing(std::uint32_t number) {
    DrawingBegin begin = numbered_drawing(number);
    begin.recorded = false;
    return begin;
}

TEST_F(OutboxEvents, WhatHappensBeforeInAndAfterADrawingIsSentInItsOrder) {
    Outbox outbox = open();
    const DrawingBegin begin = guided_drawing(1);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    ASSERT_TRUE(outbox.add_event(begin.drawing_id, numbered_id(9, 1), happened(begin, 1)));
    ASSERT_TRUE(outbox.begin_recording(begin.drawing_id, {.began_at = begin.began_at + 2}));
    ASSERT_TRUE(outbox.add_stroke(begin.drawing_id, numbered_stroke(0)));
    ASSERT_TRUE(outbox.add_event(begin.drawing_id, numbered_id(9, 2), happened(begin, 2)));
    ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    const std::vector<Request> requests = empty_out(outbox);
    EXPECT_THAT(kinds(requests), ElementsAre(session, exercise, vr_session, session_event,
                                             session_event, drawing, vr_session_end, exercise_end));
    EXPECT_EQ(requests[3].path, api::session_event_path(numbered_id(9, 1)));
    EXPECT_EQ(requests[4].body, api::encode(happened(begin, 2)));
    EXPECT_FALSE(outbox.add_event(begin.drawing_id, numbered_id(9, 3), happened(begin, 3)));
}

TEST_F(OutboxEvents, AnExerciseInWhichNothingWasDrawnEndsWithoutADrawing) {
    Outbox outbox = open();
    const DrawingBegin begin = guided_drawing(1);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    EXPECT_THAT(kinds(empty_out(outbox)),
                ElementsAre(session, exercise, vr_session, vr_session_end, exercise_end));
}

TEST_F(OutboxEvents, AnExerciseThatACrashCutOffEndsWithTheLastThatHappened) {
    const DrawingBegin begin = guided_drawing(1);
    {
        Outbox outbox = open();
        ASSERT_TRUE(outbox.begin_drawing(begin));
        ASSERT_TRUE(outbox.add_event(begin.drawing_id, numbered_id(9, 1), happened(begin, 40)));
    }
    Outbox outbox = open();
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    const std::vector<Request> requests = empty_out(outbox);
    ASSERT_THAT(kinds(requests), ElementsAre(session, exercise, vr_session, session_event,
                                             vr_session_end, exercise_end));
    EXPECT_EQ(requests.back().body,
              api::encode(api::ExerciseEnd{.status = "abandoned",
                                           .completed_at = happened(begin, 40).happened_at}));
}

TEST_F(OutboxEvents, ARefusedEventHoldsNothingUp) {
    Outbox outbox = open();
    const DrawingBegin begin = guided_drawing(1);
    ASSERT_TRUE(outbox.begin_drawing(begin));
    ASSERT_TRUE(outbox.add_event(begin.drawing_id, numbered_id(9, 1), happened(begin, 1)));
    ASSERT_TRUE(outbox.add_event(begin.drawing_id, numbered_id(9, 2), happened(begin, 2)));
    for (int before = 0; before < 3; ++before) {
        ASSERT_TRUE(outbox.acknowledge((*outbox.next_due(0))->sequence));
    }
    ASSERT_TRUE(outbox.refuse((*outbox.next_due(0))->sequence, "409"));
    ASSERT_TRUE(outbox.begin_recording(begin.drawing_id, {.began_at = begin.began_at}));
    ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, end_of(begin)));
    EXPECT_THAT(kinds(empty_out(outbox)),
                ElementsAre(session_event, drawing, vr_session_end, exercise_end));
    EXPECT_EQ(outbox.counts()->refused, 1);
}

TEST_F(OutboxEvents, AnOutboxOfVersion3IsRecordedFromItsBeginning) {
    const DrawingBegin begin = numbered_drawing(1);
    {
        Outbox outbox = open();
        ASSERT_TRUE(outbox.begin_drawing(begin));
    }
    run_sql(file_, "ALTER TABLE drawings DROP COLUMN recorded; ALTER TABLE drawings DROP COLUMN "
                   "told_us; PRAGMA user_version = 3");
    Outbox outbox = open();
    ASSERT_EQ(outbox.recover().finished.size(), 1U);
    EXPECT_THAT(kinds(empty_out(outbox)),
                ElementsAre(session, exercise, vr_session, drawing, vr_session_end, exercise_end));
}

} // namespace
} // namespace haven::outbox
