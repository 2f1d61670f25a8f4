#include "bilateral/crc32c.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/level.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/replay.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "bilateral/trace_column.hpp"
#include "tests/unit/bilateral/scripted_motion.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven {
namespace {

using Bytes = std::vector<std::byte>;

void append(Bytes& file, std::span<const std::byte> bytes) {
    file.insert(file.end(), bytes.begin(), bytes.end());
}

Bytes trace_of(std::span<const HandSample> samples) {
    TraceWriter writer{testing::trace_header()};
    for (const HandSample& sample : samples) {
        writer.add(sample);
    }
    writer.finish();
    Bytes file;
    append(file, writer.take());
    return file;
}

/// Sets a block's or the header's bytes and makes its checksum right again.
void patch(Bytes& file, std::size_t block, std::size_t place, std::uint8_t value) {
    file[block + place] = std::byte{value};
    std::size_t payload_bytes = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        payload_bytes |= std::to_integer<std::size_t>(file[block + 4 + i]) << (8 * i);
    }
    const std::span<const std::byte> whole = std::span{file}.subspan(block, 16 + payload_bytes);
    const std::uint32_t crc = crc32c(whole.subspan(16), crc32c(whole.first(12)));
    for (std::size_t i = 0; i < 4; ++i) {
        file[block + 12 + i] = static_cast<std::byte>(crc >> (8 * i));
    }
}

constexpr std::size_t header_bytes = 132;
constexpr std::size_t header_bytes_version_1 = 116;

void set_crc(Bytes& file, std::size_t place) {
    const std::uint32_t crc = crc32c(std::span{file}.first(place));
    for (std::size_t i = 0; i < 4; ++i) {
        file[place + i] = static_cast<std::byte>(crc >> (8 * i));
    }
}

/// The same trace as version 1 wrote it; nothing in it may be inferred.
Bytes as_version_1(Bytes file) {
    file.erase(file.begin() + header_bytes_version_1 - 4, file.begin() + header_bytes - 4);
    file[8] = std::byte{1};
    file[10] = std::byte{header_bytes_version_1};
    set_crc(file, header_bytes_version_1 - 4);
    return file;
}

TEST(Crc32c, GivesTheCheckValuesOfItsStandard) {
    const std::string_view digits = "123456789";
    EXPECT_EQ(crc32c(std::as_bytes(std::span{digits})), 0xE3069283U);
    EXPECT_EQ(crc32c(Bytes(32, std::byte{0})), 0x8A9136AAU); // RFC 3720, B.4
    EXPECT_EQ(crc32c(std::as_bytes(std::span{digits}.subspan(5)),
                     crc32c(std::as_bytes(std::span{digits}.first(5)))),
              0xE3069283U);
}

/// What this process may still allocate.
void allow_further_bytes(std::size_t bytes) {
    std::ifstream status{"/proc/self/status"};
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmData:")) {
            const rlim_t now = std::stoull(line.substr(7)) * 1024;
            const rlimit limit{.rlim_cur = now + bytes, .rlim_max = RLIM_INFINITY};
            (void)::setrlimit(RLIMIT_DATA, &limit);
        }
    }
}

TEST(TraceColumn, GivesBackEveryColumn) {
    std::mt19937_64 engine{11};
    for (int round = 0; round < 2'000; ++round) {
        std::vector<std::int64_t> values(1 + engine() % trace::column_values_max);
        const std::uint64_t size = std::uint64_t{1} << (engine() % 45);
        const auto kind = engine() % 4;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto noise = static_cast<std::int64_t>(engine() % (2 * size)) -
                               static_cast<std::int64_t>(size) + 1;
            const auto n = static_cast<std::int64_t>(i);
            values[i] = kind == 0 ? noise : kind == 1 ? n * n * n : kind == 2 ? 5 : n * 11'111;
            if (engine() % 100 == 0) {
                values[i] = noise;
            }
        }
        Bytes bytes;
        trace::append_column(values, bytes);
        bytes.push_back(std::byte{0x5A});
        std::span<const std::byte> rest{bytes};
        std::vector<std::int64_t> read(values.size());
        ASSERT_TRUE(trace::read_column(rest, read));
        ASSERT_EQ(read, values);
        ASSERT_EQ(rest.size(), 1U);
    }
}

TEST(Trace, IsCheckedInLittleMemoryHoweverManySamplesItsBytesStandFor) {
    TraceWriter writer{testing::trace_header()};
    Bytes file;
    for (std::size_t i = 0; i < TraceLimits::samples_max; ++i) {
        writer.add(HandSample{.time_ns = static_cast<std::int64_t>(i) * 1'000});
        if (i % 100'000 == 0) {
            append(file, writer.take());
        }
    }
    writer.finish();
    append(file, writer.take());
    ASSERT_LT(file.size(), std::size_t{2} << 20U);
    EXPECT_EXIT(
        {
            allow_further_bytes(std::size_t{4} << 20U);
            const auto totals = check_trace(file);
            std::_Exit(totals && totals->samples == TraceLimits::samples_max ? 0 : 1);
        },
        ::testing::ExitedWithCode(0), "");
    file.back() ^= std::byte{1};
    EXPECT_FALSE(check_trace(file));
}

TEST(Trace, OneThatGoesOnForeverStaysOneThatIsRead) {
    TraceWriter writer{testing::trace_header()};
    Bytes file;
    for (std::size_t i = 0; i < TraceLimits::samples_max + 1'000; ++i) {
        writer.add(HandSample{.time_ns = static_cast<std::int64_t>(i) * 5'000'000});
        if (i % 100'000 == 0) {
            append(file, writer.take());
        }
    }
    EXPECT_TRUE(writer.full());
    writer.add(TraceEvent{Paused{}});
    writer.finish();
    append(file, writer.take());
    const auto totals = check_trace(file);
    ASSERT_TRUE(totals) << totals.error().what;
    EXPECT_EQ(totals->samples, TraceLimits::samples_max);
}

TEST(Trace, GivesBackEverySampleExactly) {
    const auto samples =
        testing::ScriptedMotion{.tremor_m = 0.001, .strokes_per_second = 1.0}.samples(1'000);
    const auto trace = decode_trace(trace_of(samples));
    ASSERT_TRUE(trace) << trace.error().what;
    EXPECT_EQ(trace->samples, samples);
    EXPECT_EQ(trace->header, testing::trace_header());
    EXPECT_TRUE(trace->complete);
}

TEST(Trace, IsLosslessForWhateverTheGridHolds) {
    std::mt19937 engine{5};
    std::vector<HandSample> samples;
    for (int i = 0; i < 3'000; ++i) {
        HandSample s; // nothing about it is smooth, and time goes both ways
        s.time_ns = static_cast<std::int64_t>(engine()) * (engine() % 2 == 0 ? 1'000'000 : 1);
        s.source = static_cast<InteractionMode>(engine() % 3);
        s.tracked = engine() % 2 == 0;
        s.inferred = engine() % 2 == 0;
        s.drawing = engine() % 2 == 0;
        s.pressure = static_cast<float>(engine() % 1024) / 1023.0F;
        std::uniform_real_distribution<float> any{-100.0F, 100.0F};
        s.tracking_from_tip.position_m = {any(engine), any(engine), any(engine)};
        s.tracking_from_tip.orientation = {any(engine), any(engine), any(engine), any(engine)};
        samples.push_back(snap_to_grid(s));
    }
    const auto trace = decode_trace(trace_of(samples));
    ASSERT_TRUE(trace) << trace.error().what;
    EXPECT_EQ(trace->samples, samples);
}

TEST(Trace, CostsAtMostEightBytesASample) {
    for (const double rate_hz : {90.0, 20.0}) {
        const auto samples = testing::ScriptedMotion{.rate_hz = rate_hz}.samples(3'000);
        const double bytes = static_cast<double>(trace_of(samples).size());
        EXPECT_LE(bytes / static_cast<double>(samples.size()), 8.0) << rate_hz;
    }
}

TEST(Trace, TwoHundredSamplesASecondCostAtMostTwiceWhatNinetyDid) {
    const auto bytes = [](double rate_hz) {
        const testing::ScriptedMotion motion{.rate_hz = rate_hz, .tremor_m = 0.001};
        return trace_of(motion.samples(static_cast<std::int64_t>(60.0 * rate_hz))).size();
    };
    EXPECT_LE(bytes(200.0), 2 * bytes(90.0));
}

TEST(Trace, BytesComeInPiecesThatAreNeverChanged) {
    const auto samples = testing::ScriptedMotion{}.samples(2'000);
    TraceWriter writer{testing::trace_header()};
    Bytes pieces;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        writer.add(samples[i]);
        if (i % 77 == 0) {
            append(pieces, writer.take());
            ASSERT_EQ(writer.size_bytes(), pieces.size());
        }
    }
    writer.finish();
    append(pieces, writer.take());
    EXPECT_EQ(pieces, trace_of(samples));
    EXPECT_EQ(writer.samples(), samples.size());
}

TEST(Trace, AnEmptyOneIsWhole) {
    const auto trace = decode_trace(trace_of({}));
    ASSERT_TRUE(trace);
    EXPECT_TRUE(trace->samples.empty());
    EXPECT_TRUE(trace->complete);
}

TEST(Trace, EveryFlippedBitIsRefused) {
    TraceWriter writer{testing::trace_header()};
    for (const HandSample& sample : testing::ScriptedMotion{}.samples(20)) {
        writer.add(sample);
    }
    writer.add(BrushChange{.hand = Hand::right, .brush = {}});
    writer.add(SymmetryChange{});
    writer.finish();
    Bytes file;
    append(file, writer.take());
    ASSERT_TRUE(decode_trace(file));
    for (std::size_t i = 0; i < file.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            file[i] ^= std::byte{1} << bit;
            ASSERT_FALSE(decode_trace(file)) << i << " bit " << bit;
            ASSERT_FALSE(check_trace(file)) << i << " bit " << bit;
            (void)decode_trace_prefix(file);
            file[i] ^= std::byte{1} << bit;
        }
    }
}

TEST(Trace, CutAnywhereItIsRefusedAndItsPrefixIsReadToTheLastWholeBlock) {
    const auto samples = testing::ScriptedMotion{}.samples(300);
    const Bytes file = trace_of(samples);
    std::size_t most = 0;
    for (std::size_t size = 0; size < file.size(); size += 1 + size % 11) {
        const auto cut = std::span{file}.first(size);
        ASSERT_FALSE(decode_trace(cut)) << size;
        const auto prefix = decode_trace_prefix(cut);
        ASSERT_EQ(prefix.has_value(), size >= header_bytes) << size;
        if (prefix) {
            ASSERT_FALSE(prefix->complete);
            ASSERT_LE(prefix->bytes_used, size);
            ASSERT_GE(prefix->samples.size(), most);
            most = prefix->samples.size();
        }
    }
    EXPECT_EQ(most, samples.size());
    Bytes longer = file;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(decode_trace(longer));
    EXPECT_FALSE(decode_trace_prefix(longer));
}

TEST(Trace, DamageBeforeACutIsRefused) {
    Bytes file = trace_of(testing::ScriptedMotion{}.samples(700));
    file[header_bytes + 40] ^= std::byte{1};
    const auto prefix = decode_trace_prefix(std::span{file}.first(file.size() - 60));
    ASSERT_FALSE(prefix);
    EXPECT_EQ(prefix.error().offset, header_bytes);
}

TEST(Trace, BlocksOfATypeItDoesNotKnowAreSkippedUnlessTheyMustBeKnown) {
    TraceWriter writer{testing::trace_header()};
    writer.add(TraceEvent{Paused{}});
    writer.finish();
    Bytes file;
    append(file, writer.take());
    patch(file, header_bytes, 0, 77);
    const auto trace = decode_trace(file);
    ASSERT_TRUE(trace) << trace.error().what;
    EXPECT_EQ(trace->blocks_unknown, 1U);
    EXPECT_TRUE(trace->events.empty());
    patch(file, header_bytes, 0, 0x80 | 77);
    EXPECT_FALSE(decode_trace(file));
}

TEST(Trace, ANewerVersionIsRefusedByName) {
    Bytes file = trace_of({});
    file[8] = std::byte{3};
    const auto trace = decode_trace(file);
    ASSERT_FALSE(trace);
    EXPECT_EQ(trace.error().offset, 8U);
    EXPECT_NE(trace.error().what.find("version 3"), std::string::npos);
}

TEST(Trace, TheHeaderSaysHowItWasSampled) {
    TraceHeader header = testing::trace_header();
    header.sample_period_us = 5'000;
    header.measured = true;
    header.recording.thinned_um = 100;
    header.recording.bridged_ms = 150;
    TraceWriter writer{header};
    writer.finish();
    Bytes file;
    append(file, writer.take());
    const auto trace = decode_trace(file);
    ASSERT_TRUE(trace) << trace.error().what;
    EXPECT_EQ(trace->header, header);
    file[116] = std::byte{2}; // a flag that nobody has given a meaning yet
    set_crc(file, header_bytes - 4);
    EXPECT_FALSE(decode_trace(file));
}

TEST(Trace, VersionOneStaysReadableAndGivesTheSameInk) {
    const auto samples = testing::ScriptedMotion{.strokes_per_second = 0.7}.samples(700);
    const Bytes file = trace_of(samples);
    const auto one = decode_trace(as_version_1(file));
    ASSERT_TRUE(one) << one.error().what;
    EXPECT_EQ(one->samples, samples);
    EXPECT_EQ(one->header, testing::trace_header()) << "neither a period nor thinning";
    EXPECT_FALSE(one->header.measured);
    EXPECT_EQ(replay_trace(*one), *replay_trace(file));
}

TEST(Trace, InferredPosesNeedVersionTwo) {
    auto samples = testing::ScriptedMotion{}.samples(30);
    samples.at(7).inferred = true;
    const Bytes file = trace_of(samples);
    const auto two = decode_trace(file);
    ASSERT_TRUE(two) << two.error().what;
    EXPECT_EQ(two->samples, samples);
    EXPECT_FALSE(decode_trace(as_version_1(file)));
}

TEST(Trace, HostileBlocksWithARightChecksumNeverCrash) {
    const Bytes good = trace_of(testing::ScriptedMotion{}.samples(30));
    std::mt19937 engine{17};
    for (int round = 0; round < 5'000; ++round) {
        Bytes file = good;
        const std::size_t payload_bytes = std::to_integer<std::size_t>(file[header_bytes + 4]) |
                                          std::to_integer<std::size_t>(file[header_bytes + 5])
                                              << 8U;
        for (auto edits = 1 + engine() % 4; edits > 0; --edits) {
            const std::size_t place = engine() % (16 + payload_bytes);
            if (place < 4 || place >= 16) {
                patch(file, header_bytes, place, static_cast<std::uint8_t>(engine()));
            }
        }
        ASSERT_EQ(check_trace(file).has_value(), decode_trace(file).has_value());
        if (const auto trace = decode_trace_prefix(file)) {
            for (const HandSample& sample : trace->samples) {
                ASSERT_EQ(snap_to_grid(sample), sample);
            }
            (void)replay_trace(*trace);
        }
    }
}

TEST(Trace, RandomBytesAreRefused) {
    std::mt19937 engine{23};
    for (int round = 0; round < 2'000; ++round) {
        Bytes file(engine() % 2'000);
        std::ranges::generate(file, [&] { return static_cast<std::byte>(engine()); });
        EXPECT_FALSE(decode_trace(file));
        EXPECT_FALSE(decode_trace_prefix(file));
    }
}

/// A session with all that can happen, recorded and traced side by side.
class RecordedSession {
  public:
    explicit RecordedSession(const testing::ScriptedMotion& motion) {
        constexpr std::int64_t frames = 2'000;
        for (std::int64_t frame = 0; frame < frames; ++frame) {
            events_at(frame);
            for (const Hand hand : {Hand::left, Hand::right}) {
                HandSample sample = motion.sample(hand, frame);
                if (hand == Hand::right && frame % 700 == 650) {
                    sample.tracked = false;
                }
                if (hand == Hand::left && frame % 900 == 800) {
                    sample.tracking_from_tip.position_m.x += 3.0F;
                }
                sample = snap_to_grid(sample);
                writer_.add(sample);
                take(recorder_.add(sample));
            }
        }
        take(recorder_.finish());
        writer_.finish();
        append(trace, writer_.take());
    }

    Bytes trace;
    std::vector<Stroke> strokes;

  private:
    void events_at(std::int64_t frame) {
        if (frame == 300) {
            const auto symmetry =
                symmetry_for(SymmetryMode::mirror_copy,
                             {.position_m = {0.01F, 1.0F, 0.0F}, .orientation = turned_by(-0.29F)});
            writer_.add(SymmetryChange{symmetry});
            recorder_.set_symmetry(symmetry);
            writer_.add(Placement{.place_from_tracking_m = {1.5F, 0.0F, -2.0F},
                                  .yaw_rad = 2.5F,
                                  .reason = Placement::Reason::recentered});
        } else if (frame == 555) {
            const BrushChange change{
                .hand = Hand::left,
                .brush = {.colour_linear = {0.1F, 0.9F, 0.3F}, .width_m = 0.01F}};
            writer_.add(change);
            recorder_.set_brush(change.hand, change.brush);
        } else if (frame == 1'000) {
            writer_.add(TraceEvent{Paused{}});
            take(recorder_.pause());
        } else if (frame == 1'200) {
            writer_.add(TraceEvent{Resumed{}});
            recorder_.resume();
        } else if (frame % 90 == 0) {
            writer_.flush();
        }
    }
    void take(std::span<InkEvent> events) {
        for (InkEvent& event : events) {
            if (event.kind == InkEventKind::stroke_ended) {
                strokes.push_back(std::move(event.finished));
            }
        }
    }

    TraceWriter writer_{testing::trace_header()};
    StrokeRecorder recorder_{testing::recording_start()};
};

TEST(Replay, GivesTheInkOfTheRecordingToTheByte) {
    for (const double strokes_per_second : {0.0, 0.7}) {
        const RecordedSession session{
            {.tremor_m = 0.001, .strokes_per_second = strokes_per_second}};
        const auto replayed = replay_trace(session.trace);
        ASSERT_TRUE(replayed) << replayed.error().what;
        ASSERT_GT(session.strokes.size(), 8U);
        EXPECT_EQ(*replayed, session.strokes);
        for (const Hand hand : {Hand::left, Hand::right}) {
            std::vector<Stroke> live;
            std::vector<Stroke> again;
            std::ranges::copy_if(session.strokes, std::back_inserter(live),
                                 [&](const Stroke& s) { return s.hand == hand; });
            std::ranges::copy_if(*replayed, std::back_inserter(again),
                                 [&](const Stroke& s) { return s.hand == hand; });
            const auto json = encode_ink(hand, live);
            EXPECT_EQ(encode_ink(hand, again), json);
            EXPECT_TRUE(decode_ink(json, hand));
        }
    }
}

TEST(Replay, OfThinnedAndBridgedInkIsTheSameToTheByte) {
    TraceHeader header = testing::trace_header();
    header.recording.thinned_um = 100;
    header.recording.bridged_ms = 150;
    TraceWriter writer{header};
    StrokeRecorder recorder{header.recording};
    std::vector<Stroke> live;
    const auto take = [&](std::span<InkEvent> events) {
        for (InkEvent& event : events) {
            if (event.kind == InkEventKind::stroke_ended) {
                live.push_back(std::move(event.finished));
            }
        }
    };
    const testing::ScriptedMotion motion{.rate_hz = 200.0, .strokes_per_second = 0.7};
    for (HandSample sample : motion.samples(2'000)) {
        const auto place = sample.time_ns / 5'000'000 % 400;
        sample.tracked = place > 20; // lost for 100 ms, and for 300 ms
        sample.tracked = sample.tracked && (place < 300 || place > 360);
        sample = snap_to_grid(sample);
        writer.add(sample);
        take(recorder.add(sample));
    }
    take(recorder.finish());
    writer.finish();
    const auto replayed = replay_trace(writer.take());
    ASSERT_TRUE(replayed) << replayed.error().what;
    EXPECT_GT(live.size(), 8U);
    EXPECT_EQ(*replayed, live);
}

TEST(Replay, RefusesADamagedTrace) {
    RecordedSession session{{}};
    session.trace[500] ^= std::byte{4};
    EXPECT_FALSE(replay_trace(session.trace));
}

TEST(Trace, WhatWasCutOffIsMadeWholeUpToItsLastBlock) {
    const Bytes whole = trace_of(testing::ScriptedMotion{}.samples(300));
    for (std::size_t size = 0; size <= whole.size(); size += 7) {
        const auto cut = std::span{whole}.first(size);
        const auto ending = missing_ending(cut);
        const auto prefix = decode_trace_prefix(cut);
        ASSERT_EQ(ending.has_value(), prefix && !prefix->complete) << size;
        if (ending) {
            Bytes mended(whole.begin(),
                         whole.begin() + static_cast<std::ptrdiff_t>(ending->bytes_used));
            append(mended, ending->end);
            const auto trace = decode_trace(mended);
            ASSERT_TRUE(trace) << trace.error().what;
            EXPECT_EQ(trace->samples, prefix->samples) << size;
            EXPECT_EQ(trace->events, prefix->events) << size;
        }
    }
    EXPECT_FALSE(missing_ending(whole)) << "it ends well";
}

} // namespace
} // namespace haven
