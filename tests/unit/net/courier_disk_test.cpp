#include "bilateral/stroke.hpp"
#include "courier_fixture.hpp"
#include "drawing_fixture.hpp"
#include "net/uploader/courier.hpp"
#include "scripted_server.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ios>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <sys/mount.h>
#include <thread>
#include <vector>

/// What one bad drawing, one bad event, a full disk and a file that is taken away do to the rest.
namespace haven::uploader {
namespace {

using std::chrono::steady_clock;
using test::await;
using test::end_of;
using test::numbered_drawing;
using test::numbered_stroke;
using test::ScriptedServer;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using std::chrono_literals::operator""s;

std::string hexadecimal(const Uuid& id) {
    std::string text;
    for (const std::uint8_t byte : id.bytes) {
        text += std::format("{:02X}", byte);
    }
    return text;
}

/// The first column of the first row.
std::string sql(const std::filesystem::path& file, const std::string& statement) {
    sqlite3* connection = nullptr;
    sqlite3_open(file.c_str(), &connection);
    std::string answer;
    const auto keep = [](void* text, int count, char** values, char**) {
        if (count > 0 && values[0] != nullptr) {
            *static_cast<std::string*>(text) = values[0];
        }
        return 0;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(connection, statement.c_str(), keep, &answer, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    sqlite3_close(connection);
    return answer;
}

class CourierDisk : public CourierFixture {
  protected:
    static void begin(Courier& courier, std::uint32_t number) {
        post(courier, DrawingBegun{numbered_drawing(number)});
    }

    static void stroke(Courier& courier, std::uint32_t drawing, std::uint32_t number) {
        post(courier, StrokeFinished{.drawing_id = numbered_drawing(drawing).drawing_id,
                                     .stroke = numbered_stroke(number)});
    }

    static void finish(Courier& courier, std::uint32_t number) {
        post(courier, DrawingFinished{numbered_drawing(number).drawing_id,
                                      end_of(numbered_drawing(number))});
    }

    /// Drawing 1 has begun, and its first stroke is saved.
    static std::unique_ptr<Courier> start_with_a_stroke(const CourierConfig& config) {
        auto courier = start(config);
        begin(*courier, 1);
        stroke(*courier, 1, 0);
        if (!saved(*courier, 1)) {
            throw std::runtime_error("the first stroke was not saved");
        }
        return courier;
    }

    /// Somebody else's file in the place of ours.
    void replace_file() const {
        std::filesystem::rename(file, away);
        test::write_text(file, "somebody else's");
    }

    static bool says_the_disk_fails(const Courier& courier) {
        return await(20s, [&] { return !courier.status().disk_error.empty(); });
    }

    std::filesystem::path away = folder.path() / "away.sqlite";
};

TEST_F(CourierDisk, ADrawingThatCannotBeEndedIsKeptAndStopsNoOther) {
    {
        auto courier = start_with_a_stroke(offline());
    }
    sql(file, std::format("CREATE TRIGGER poison BEFORE INSERT ON requests WHEN "
                          "NEW.drawing_id = x'{}' BEGIN SELECT RAISE(ABORT, 'poison'); END",
                          hexadecimal(numbered_drawing(1).drawing_id)));
    const ScriptedServer server;
    {
        auto courier = start(online(server));
        EXPECT_EQ(courier->status().drawings_left_open, 1);
        begin(*courier, 2);
        stroke(*courier, 2, 5);
        finish(*courier, 2);
        const DrainResult left = courier->drain(steady_clock::now() + 20s);
        EXPECT_EQ(left.events_unsaved, 0);
        EXPECT_EQ(courier->status().requests_acknowledged, 3 + 6);
        EXPECT_THAT(courier->status().left_open_because, HasSubstr("poison"));
    }
    EXPECT_EQ(stroke_count(1), 1);
    sql(file, "DROP TRIGGER poison");
    auto courier = start(online(server)); // mended: it goes now
    EXPECT_EQ(courier->status().drawings_recovered, 1);
    EXPECT_EQ(courier->drain(steady_clock::now() + 20s).requests_pending, 0);
    EXPECT_EQ(courier->status().drawings_left_open, 0);
}

TEST_F(CourierDisk, AnEventThatCanNeverBeStoredIsSetAsideWholeAndTheNextOnesAreSaved) {
    {
        const auto courier = start(offline());
    }
    sql(file, std::format("CREATE TRIGGER poison BEFORE INSERT ON strokes WHEN NEW.stroke_id = "
                          "x'{}' BEGIN SELECT RAISE(ABORT, 'poison'); END",
                          hexadecimal(numbered_stroke(1).id)));
    {
        auto courier = start(offline());
        begin(*courier, 1);
        for (std::uint32_t i = 0; i < 3; ++i) {
            stroke(*courier, 1, i);
        }
        finish(*courier, 1);
        EXPECT_EQ(courier->drain(steady_clock::now() + 20s).events_unsaved, 0);
        EXPECT_EQ(courier->status().strokes_saved, 2);
        EXPECT_EQ(courier->status().events_set_aside, 1);
        EXPECT_EQ(courier->status().strokes_set_aside, 1);
        EXPECT_THAT(courier->status().set_aside_because, HasSubstr("poison"));
        EXPECT_THAT(courier->status().disk_error, IsEmpty());
    }
    EXPECT_EQ(start(offline())->status().set_aside_ever, 1); // told at the next start too
    EXPECT_EQ(sql(file, "SELECT what FROM set_aside"), "stroke");
    EXPECT_THAT(sql(file, "SELECT content FROM set_aside"),
                HasSubstr(to_string(numbered_stroke(1).id)));
    EXPECT_THAT(sql(file, "SELECT reason FROM set_aside"), HasSubstr("poison"));
}

TEST_F(CourierDisk, WhatTheServerHasAndCannotBeNotedIsSaidAndNotAsUnsaved) {
    {
        const auto courier = start(offline());
    }
    sql(file, "CREATE TRIGGER poison BEFORE DELETE ON requests BEGIN SELECT RAISE(ABORT, "
              "'poison'); END");
    const ScriptedServer server;
    {
        auto courier = start_with_a_stroke(online(server));
        EXPECT_TRUE(await(20s, [&] { return courier->status().last_error.contains("poison"); }));
        EXPECT_THAT(courier->status().disk_error, IsEmpty());
    }
    EXPECT_EQ(server.seen().size(), 1); // it is not sent again only because of that
    sql(file, "DROP TRIGGER poison");
    auto courier = start(online(server));
    EXPECT_EQ(courier->drain(steady_clock::now() + 20s).requests_pending, 0);
    EXPECT_THAT(courier->status().last_error, IsEmpty());
}

// ---- a disk that is full ----

/// A file system of its own, of a megabyte.
class SmallDisk : public CourierDisk {
  protected:
    SmallDisk() {
        std::filesystem::create_directory(disk);
        mounted = mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") == 0;
        file = disk / "outbox.sqlite";
        away = disk / "away.sqlite";
    }
    ~SmallDisk() override {
        if (mounted) {
            umount2(disk.c_str(), MNT_DETACH);
        }
    }

    /// Takes all of the room that is left.
    void fill() const {
        std::ofstream ballast(disk / "ballast", std::ios::binary | std::ios::app);
        const std::string block(1024, 'x');
        while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }

    std::filesystem::path disk = folder.path() / "disk";
    bool mounted = false;
};

TEST_F(SmallDisk, IsSaidGoesOnWhenThereIsRoomAndLosesNothing) {
    if (!mounted) {
        GTEST_SKIP() << "no file system may be mounted here";
    }
    auto courier = start_with_a_stroke(offline());
    fill();
    std::uint32_t posted = 1;
    for (; posted < 200; ++posted) { // the log's own room is used up first
        stroke(*courier, 1, posted);
    }
    ASSERT_TRUE(says_the_disk_fails(*courier));
    EXPECT_THAT(courier->status().disk_error, HasSubstr("no space left"));
    EXPECT_LT(courier->status().strokes_saved, posted);
    std::filesystem::remove(disk / "ballast");
    EXPECT_TRUE(saved(*courier, posted));
    EXPECT_TRUE(await(20s, [&] { return courier->status().disk_error.empty(); }));
    finish(*courier, 1);
    EXPECT_EQ(courier->drain(steady_clock::now() + 20s).events_unsaved, 0);
}

TEST_F(SmallDisk, TheEndComesWhenItIsWishedAndTellsWhatIsNotSaved) {
    if (!mounted) {
        GTEST_SKIP() << "no file system may be mounted here";
    }
    auto courier = start_with_a_stroke(offline());
    fill();
    for (std::uint32_t i = 1; i < 200; ++i) {
        stroke(*courier, 1, i);
    }
    finish(*courier, 1);
    ASSERT_TRUE(says_the_disk_fails(*courier));
    const DrainResult left = courier->drain(steady_clock::now() + 2s);
    EXPECT_GT(left.events_unsaved, 0);
    const std::int64_t shown = courier->status().strokes_saved;
    courier.reset();
    std::filesystem::remove(disk / "ballast");
    EXPECT_EQ(stroke_count(1), shown);
}

TEST_F(SmallDisk, WhatTheLastStartLeftIsDueAsSoonAsThereIsRoom) {
    if (!mounted) {
        GTEST_SKIP() << "no file system may be mounted here";
    }
    {
        auto courier = start(offline());
        begin(*courier, 1);
        EXPECT_EQ(courier->drain(steady_clock::now() + 20s).requests_pending, 3);
    }
    // on the clock of a machine that ran for long
    sql(file, "UPDATE requests SET attempts = 1, next_attempt_at_ms = 9000000000000000");
    fill();
    const ScriptedServer server;
    auto courier = start(online(server));
    EXPECT_TRUE(await(20s, [&] { return courier->status().link == Link::reachable; }));
    std::filesystem::remove(disk / "ballast");
    EXPECT_TRUE(await(20s, [&] { return courier->status().requests_pending == 0; }));
}

TEST_F(CourierDisk, SomebodyInAHurryWaitsForNoDrain) {
    ScriptedServer server({{.hold = true}});
    auto courier = start(online(server));
    begin(*courier, 1);
    ASSERT_TRUE(await(20s, [&] { return server.seen().size() == 1; }));
    DrainResult left;
    std::atomic<bool> ended = false;
    std::thread draining([&] {
        left = courier->drain(steady_clock::now() + std::chrono::hours(1));
        ended = true;
    });
    EXPECT_TRUE(await(20s, [&] {
        courier->hurry();
        return ended.load();
    }));
    draining.join();
    EXPECT_EQ(left.requests_pending, 3);
}

// ---- a file that is taken away ----

TEST_F(CourierDisk, AFileThatIsRemovedIsWrittenAgainWithAllThatWasInIt) {
    {
        auto courier = start_with_a_stroke(offline());
        std::filesystem::remove(file);
        std::filesystem::remove(file.string() + "-wal");
        stroke(*courier, 1, 1);
        ASSERT_TRUE(saved(*courier, 2));
        EXPECT_THAT(courier->status().disk_error, IsEmpty());
        EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::all,
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    EXPECT_EQ(stroke_count(1), 2);
}

TEST_F(CourierDisk, AFileThatIsReplacedIsNoticedAndNothingIsShownAsSaved) {
    {
        auto courier = start_with_a_stroke(offline());
        replace_file();
        stroke(*courier, 1, 1);
        ASSERT_TRUE(says_the_disk_fails(*courier));
        EXPECT_THAT(courier->status().disk_error, HasSubstr("replaced"));
        EXPECT_EQ(courier->status().strokes_saved, 1);
        EXPECT_EQ(test::read_text(file), "somebody else's");
        std::filesystem::rename(away, file); // put back
        EXPECT_TRUE(saved(*courier, 2));
    }
    EXPECT_EQ(stroke_count(1), 2);
}

TEST_F(CourierDisk, AFileThatIsReplacedIsWholeWhereItWasTaken) {
    const std::filesystem::path log = file.string() + "-wal";
    {
        auto courier = start_with_a_stroke(offline());
        replace_file();
        ASSERT_TRUE(says_the_disk_fails(*courier));
    }
    EXPECT_EQ(test::read_text(file), "somebody else's");
    EXPECT_THAT(test::read_text(log), IsEmpty()); // or they would open theirs with our log
    std::filesystem::remove(log);
    std::filesystem::rename(away, file);
    EXPECT_EQ(stroke_count(1), 1);
}

TEST_F(SmallDisk, AFileThatCannotBeWrittenAgainLosesNothing) {
    if (!mounted) {
        GTEST_SKIP() << "no file system may be mounted here";
    }
    {
        auto courier = start_with_a_stroke(offline());
        fill();
        std::filesystem::rename(file, away);
        stroke(*courier, 1, 1);
        ASSERT_TRUE(says_the_disk_fails(*courier));
        EXPECT_EQ(courier->status().strokes_saved, 1);
    }
    EXPECT_FALSE(std::filesystem::exists(file)); // nothing half made stands in its place
    std::filesystem::remove(disk / "ballast");
    std::filesystem::rename(away, file);
    EXPECT_EQ(stroke_count(1), 1);
}

TEST_F(CourierDisk, NothingIsSaidToBeUnsavedOnceAllIsSaved) {
    auto courier = start_with_a_stroke(offline());
    replace_file();
    ASSERT_TRUE(says_the_disk_fails(*courier));
    std::filesystem::rename(away, file);
    EXPECT_TRUE(await(20s, [&] { return courier->status().disk_error.empty(); }));
}

TEST_F(CourierDisk, WhatIsUnderWayWhenTheFileGoesAwayGoesAgainWhenItIsBack) {
    ScriptedServer server({{.hold = true}});
    auto courier = start(online(server));
    begin(*courier, 1);
    ASSERT_TRUE(await(20s, [&] { return server.seen().size() == 1; }));
    replace_file();
    ASSERT_TRUE(says_the_disk_fails(*courier));
    server.release(); // nobody waits for this answer any more
    std::filesystem::rename(away, file);
    EXPECT_TRUE(await(20s, [&] { return courier->status().requests_pending == 0; }));
    const auto paths = server.seen_paths();
    ASSERT_EQ(paths.size(), 4U);
    EXPECT_EQ(paths[1], paths[0]);
}

TEST_F(CourierDisk, TheEndGivesAFileThatIsAwayItsTimeToComeBack) {
    {
        auto courier = start_with_a_stroke(offline());
        replace_file();
        ASSERT_TRUE(says_the_disk_fails(*courier));
        stroke(*courier, 1, 1);
        std::atomic<bool> ended = false;
        const std::jthread somebody([&] {
            EXPECT_FALSE(await(std::chrono::milliseconds(300), [&] { return ended.load(); }));
            std::filesystem::rename(away, file);
        });
        EXPECT_EQ(courier->drain(steady_clock::now() + 60s).events_unsaved, 0);
        ended = true;
    }
    EXPECT_EQ(stroke_count(1), 2);
}

} // namespace
} // namespace haven::uploader
