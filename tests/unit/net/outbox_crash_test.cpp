#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "drawing_fixture.hpp"
#include "net/api/codec.hpp"
#include "net/outbox/outbox.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace haven::outbox {
namespace {

using test::end_of;
using test::numbered_drawing;
using test::numbered_stroke;

std::filesystem::path log_of(const std::filesystem::path& file) {
    return file.string() + "-wal";
}

/// Each time that a stroke is in what the outbox would send for the drawing: when it was taken
/// back.
std::map<Uuid, std::vector<std::optional<std::int64_t>>> strokes_sent(Outbox& outbox,
                                                                      const Uuid& drawing_id) {
    std::map<Uuid, std::vector<std::optional<std::int64_t>>> times;
    for (const Request& request : test::empty_out(outbox)) {
        if (request.kind != RequestKind::drawing || request.drawing_id != drawing_id) {
            continue;
        }
        const auto strokes = test::strokes_of(request.body);
        EXPECT_TRUE(strokes);
        for (const Stroke& stroke : strokes.value_or(std::vector<Stroke>())) {
            times[stroke.id].push_back(stroke.removed_ms);
        }
    }
    return times;
}

/// Every third stroke is taken back.
std::optional<std::int64_t> removed_ms(std::uint32_t number) {
    return number % 3 == 1 ? std::optional<std::int64_t>(number) : std::nullopt;
}

/// Draws for ever; says the number of each stroke once it is saved, and marked.
[[noreturn]] void draw_until_killed(const std::filesystem::path& file, int saved_pipe,
                                    std::uint32_t drawing_number) {
    auto outbox = Outbox::open(file);
    const DrawingBegin begin = numbered_drawing(drawing_number);
    if (!outbox || !outbox->use_token("token") || !outbox->begin_drawing(begin)) {
        _exit(1);
    }
    for (std::uint32_t number = 0;; ++number) {
        if (!outbox->add_trace(begin.drawing_id, test::some_bytes(300)) ||
            !outbox->add_stroke(begin.drawing_id, numbered_stroke(number)) ||
            (removed_ms(number) &&
             !outbox->mark_strokes(begin.drawing_id, std::vector{numbered_stroke(number).id},
                                   removed_ms(number))) ||
            write(saved_pipe, &number, sizeof number) != sizeof number) {
            _exit(1);
        }
    }
}

TEST(OutboxCrash, EveryStrokeSaidToBeSavedSurvivesKill9ExactlyOnce) {
    constexpr std::uint32_t rounds = 25;
    const test::TempDirectory folder;
    const std::filesystem::path file = folder.path() / "outbox.sqlite";
    std::mt19937 random(7);
    for (std::uint32_t round = 0; round < rounds; ++round) {
        std::array<int, 2> saved{};
        ASSERT_EQ(pipe(saved.data()), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            close(saved[0]);
            draw_until_killed(file, saved[1], round);
        }
        close(saved[1]);
        std::uint32_t said = 0;
        std::uint32_t number = 0;
        const auto enough = static_cast<std::uint32_t>(1 + random() % 30);
        while (said < enough && read(saved[0], &number, sizeof number) == sizeof number) {
            ASSERT_EQ(number, said++);
        }
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
        while (read(saved[0], &number, sizeof number) == sizeof number) {
            ++said; // said between the last look and the end
        }
        close(saved[0]);

        auto outbox = Outbox::open(file);
        ASSERT_TRUE(outbox) << outbox.error().message;
        test::log_in(*outbox);
        const auto recovered = outbox->recover().finished;
        ASSERT_EQ(recovered, std::vector{numbered_drawing(round).drawing_id});
        const auto times = strokes_sent(*outbox, recovered.front());
        for (std::uint32_t i = 0; i < said; ++i) {
            ASSERT_EQ(times.count(numbered_stroke(i).id), 1U) << "stroke " << i << " of " << said;
            EXPECT_EQ(times.at(numbered_stroke(i).id).front(), removed_ms(i));
        }
        EXPECT_TRUE(
            std::ranges::all_of(times, [](const auto& entry) { return entry.second.size() == 1; }));
        EXPECT_LE(times.size(), said + 1); // one may have been saved and not yet said
    }
}

TEST(OutboxCrash, MotionCutOffIsSentAsAWholeTrace) {
    const test::TempDirectory folder;
    const std::filesystem::path file = folder.path() / "outbox.sqlite";
    const DrawingBegin begin = numbered_drawing(1);
    {
        TraceWriter writer{TraceHeader{}};
        writer.add(HandSample{.time_ns = 5'000'000, .hand = Hand::left});
        writer.flush();
        auto outbox = Outbox::open(file);
        ASSERT_TRUE(outbox->use_token("token"));
        ASSERT_TRUE(outbox->begin_drawing(begin));
        ASSERT_TRUE(outbox->add_trace(begin.drawing_id, writer.take()));
        writer.add(HandSample{.time_ns = 10'000'000, .hand = Hand::right});
        writer.flush();
        ASSERT_TRUE(outbox->add_trace(begin.drawing_id, writer.take()));
    }
    auto outbox = Outbox::open(file);
    test::log_in(*outbox);
    ASSERT_EQ(outbox->recover().finished.size(), 1U);
    for (const Request& request : test::empty_out(*outbox)) {
        if (request.kind == RequestKind::trace_chunk) {
            const auto totals = check_trace(std::as_bytes(std::span{request.body}));
            ASSERT_TRUE(totals) << totals.error().what;
            EXPECT_EQ(totals->samples, 2U);
            return;
        }
    }
    FAIL() << "no trace was sent";
}

TEST(OutboxCrash, DrawingCutOffIsEndedAsAbandonedAtItsLastPoint) {
    const test::TempDirectory folder;
    const std::filesystem::path file = folder.path() / "outbox.sqlite";
    const DrawingBegin begin = numbered_drawing(1);
    {
        auto outbox = Outbox::open(file);
        ASSERT_TRUE(outbox->use_token("token"));
        ASSERT_TRUE(outbox->begin_drawing(begin));
        ASSERT_TRUE(outbox->add_stroke(begin.drawing_id, numbered_stroke(95)));
        ASSERT_TRUE(outbox->record_metrics(begin.drawing_id, {R"({"format":1})"}));
    }
    auto outbox = Outbox::open(file);
    test::log_in(*outbox);
    ASSERT_EQ(outbox->recover().finished.size(), 1U);
    EXPECT_TRUE(outbox->recover().finished.empty());
    for (const Request& request : test::empty_out(*outbox)) {
        if (request.kind == RequestKind::exercise_end) {
            EXPECT_EQ(request.body,
                      api::encode(api::ExerciseEnd{.status = "abandoned",
                                                   .completed_at = begin.began_at + 95'322'219}));
        } else if (request.kind == RequestKind::drawing) {
            EXPECT_EQ(api::decode_bilateral_drawing_view(request.body)->duration_seconds, 95);
        }
    }
}

TEST(OutboxCrash, TruncatedTailOfTheLogLosesTheLastStrokesAlone) {
    constexpr std::uint32_t strokes = 20;
    const test::TempDirectory folder;
    const std::filesystem::path file = folder.path() / "outbox.sqlite";
    const std::filesystem::path copy = folder.path() / "copy.sqlite";
    const DrawingBegin begin = numbered_drawing(1);
    auto writer = Outbox::open(file);
    ASSERT_TRUE(writer->use_token("token"));
    ASSERT_TRUE(writer->begin_drawing(begin));
    for (std::uint32_t i = 0; i < strokes; ++i) {
        ASSERT_TRUE(writer->add_stroke(begin.drawing_id, numbered_stroke(i)));
    }
    const std::uintmax_t log_bytes = std::filesystem::file_size(log_of(file));
    ASSERT_GT(log_bytes, 0U);

    std::int64_t least = 0;
    constexpr std::uintmax_t step = 3001; // across the boundaries of pages and frames
    for (std::uintmax_t bytes = log_bytes % step; bytes <= log_bytes; bytes += step) {
        std::filesystem::copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::copy_file(log_of(file), log_of(copy),
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(log_of(copy), bytes);
        auto outbox = Outbox::open(copy);
        ASSERT_TRUE(outbox) << bytes << ": " << outbox.error().message;
        test::log_in(*outbox);
        const std::int64_t count = *outbox->stroke_count(begin.drawing_id);
        EXPECT_GE(count, least) << bytes;
        least = count;
        if (outbox->recover().finished.empty()) {
            continue; // not even the drawing's beginning was in the log
        }
        const auto times = strokes_sent(*outbox, begin.drawing_id);
        EXPECT_EQ(times.size(), static_cast<std::size_t>(count));
        for (std::uint32_t i = 0; i < count; ++i) {
            EXPECT_TRUE(times.contains(numbered_stroke(i).id)) << i;
        }
    }
    EXPECT_EQ(least, strokes);
}

/// Saves a stroke, and gives how many a crash at this moment would leave.
std::int64_t left_after(Outbox& outbox, std::uint32_t stroke, const std::filesystem::path& file) {
    const Uuid drawing_id = numbered_drawing(1).drawing_id;
    EXPECT_TRUE(outbox.stay_in_place());
    EXPECT_TRUE(outbox.add_stroke(drawing_id, numbered_stroke(stroke)));
    const std::filesystem::path copy = file.string() + "-copy";
    std::filesystem::remove(log_of(copy));
    std::filesystem::copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
    if (std::filesystem::exists(log_of(file))) {
        std::filesystem::copy_file(log_of(file), log_of(copy));
    }
    auto left = Outbox::open(copy);
    return left ? left->stroke_count(drawing_id).value_or(-1) : -1;
}

TEST(OutboxCrash, NothingIsSavedInALogThatLostItsName) {
    const test::TempDirectory folder;
    const std::filesystem::path file = folder.path() / "outbox.sqlite";
    const std::filesystem::path away = folder.path() / "away.sqlite";
    auto outbox = Outbox::open(file);
    ASSERT_TRUE(outbox->begin_drawing(numbered_drawing(1)));
    EXPECT_EQ(left_after(*outbox, 0, file), 1);
    std::filesystem::remove(log_of(file));
    EXPECT_EQ(left_after(*outbox, 1, file), 2);

    std::filesystem::rename(file, away);
    test::write_text(file, "somebody else's");
    EXPECT_FALSE(outbox->stay_in_place());
    std::filesystem::remove(log_of(file)); // as SQLite does where they open theirs
    std::filesystem::rename(away, file);
    EXPECT_EQ(left_after(*outbox, 2, file), 3);
}

} // namespace
} // namespace haven::outbox
