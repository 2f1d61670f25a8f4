#include "bilateral/crc32c.hpp"
#include "bilateral/grid_sample.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "bilateral/trace_column.hpp"
#include "bilateral/trace_format.hpp"

#include <glm/vec3.hpp>

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace haven {

namespace {

using trace::BlockType;
using trace::ByteWriter;

static_assert(TraceWriter::samples_per_block_max == trace::column_values_max);
static_assert(GridSample::time_us_max <= trace::column_value_max);

void put(ByteWriter& out, const glm::vec3& v) {
    out.put(v.x);
    out.put(v.y);
    out.put(v.z);
}

void put(ByteWriter& out, const Brush& brush) {
    const Brush valid = made_valid(brush);
    put(out, valid.colour_linear);
    out.put(valid.width_m);
}

void put(ByteWriter& out, const Symmetry& symmetry) {
    const Symmetry valid = made_valid(symmetry);
    out.put(static_cast<std::uint32_t>(valid.mode));
    put(out, valid.plane_point_m);
    put(out, valid.plane_normal);
    put(out, valid.parallel_offset_m);
}

void put(ByteWriter& out, const InkCommand& command) {
    const InkCommand valid = made_valid(command);
    out.put(static_cast<std::uint8_t>(valid.kind));
    out.put(static_cast<std::uint8_t>(valid.hands));
    out.put(std::uint16_t{0});
    for (const std::uint8_t byte : valid.stroke_id.bytes) {
        out.put(byte);
    }
    out.put(static_cast<std::uint32_t>(valid.time_ms));
}

void put_header(std::vector<std::byte>& bytes, const TraceHeader& header) {
    ByteWriter out{bytes};
    for (const char c : trace::magic) {
        out.put(static_cast<std::uint8_t>(c));
    }
    out.put(trace_version);
    out.put(static_cast<std::uint16_t>(trace::header_bytes));
    out.put(std::uint32_t{0});
    for (const std::uint8_t byte : header.recording.drawing_id.bytes) {
        out.put(byte);
    }
    out.put(header.start_unix_us);
    for (const Brush& brush : header.recording.brushes) {
        put(out, brush);
    }
    put(out, header.recording.symmetry);
    out.put(header.sample_period_us);
    out.put(header.measured ? trace::flag_measured : 0U);
    out.put(header.recording.thinned_um);
    out.put(header.recording.bridged_ms);
    out.put(crc32c(bytes));
    assert(bytes.size() == trace::header_bytes);
}

/// Writes the block's header, lets `payload` append what is in it, and completes the header.
template <typename Payload>
void put_block(std::vector<std::byte>& bytes, BlockType type, std::uint8_t hand, std::size_t count,
               std::uint32_t sequence, Payload payload) {
    const std::size_t start = bytes.size();
    bytes.resize(start + trace::block_header_bytes);
    payload();
    const std::size_t payload_bytes = bytes.size() - start - trace::block_header_bytes;
    assert(payload_bytes <= trace::block_payload_bytes_max);

    std::vector<std::byte>& out = bytes;
    const auto set = [&](std::size_t place, std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            out[start + place + i] = static_cast<std::byte>((value >> (8U * i)) & 0xFFU);
        }
    };
    set(0, static_cast<std::uint8_t>(type), 1);
    set(1, hand, 1);
    set(2, count, 2);
    set(4, payload_bytes, 4);
    set(8, sequence, 4);
    const std::span<const std::byte> block = std::span{bytes}.subspan(start);
    set(12, crc32c(block.subspan(trace::block_header_bytes), crc32c(block.first(12))), 4);
}

} // namespace

void trace::put_end(std::vector<std::byte>& bytes, const std::array<std::uint64_t, 2>& samples,
                    std::uint32_t blocks_before) {
    put_block(bytes, BlockType::end, 0, 0, blocks_before, [&] {
        ByteWriter out{bytes};
        out.put(samples[0]);
        out.put(samples[1]);
        out.put(blocks_before);
    });
}

Placement made_valid(const Placement& placement) {
    constexpr float far_m = 10'000.0F;
    const auto valid = [](float value) { return std::abs(value) <= far_m ? value : 0.0F; };
    Placement mended = placement;
    for (int axis = 0; axis < 3; ++axis) {
        mended.place_from_tracking_m[axis] = valid(mended.place_from_tracking_m[axis]);
    }
    mended.yaw_rad = valid(mended.yaw_rad);
    return mended;
}

TraceWriter::TraceWriter(const TraceHeader& header) {
    for (auto& samples : open_) {
        samples.reserve(samples_per_block_max);
    }
    constexpr std::size_t bytes_reserved = std::size_t{64} << 10U;
    bytes_.reserve(bytes_reserved);
    taken_.reserve(bytes_reserved);
    put_header(bytes_, header);
}

/// A reader refuses a trace that is larger than it may be: then everything would be lost.
bool TraceWriter::has_room() {
    // Two open blocks at their worst, an event and the end.
    constexpr std::size_t still_to_come_bytes = std::size_t{256} << 10U;
    full_ = full_ || samples() >= TraceLimits::samples_max || events_ >= TraceLimits::events_max ||
            size_bytes() + still_to_come_bytes > TraceLimits::bytes_max;
    return !full_;
}

void TraceWriter::add(const HandSample& sample) {
    assert(!finished_);
    if (!has_room()) {
        return;
    }
    const auto hand = static_cast<std::size_t>(sample.hand);
    open_[hand].push_back(to_grid(sample));
    ++samples_[hand];
    if (open_[hand].size() == samples_per_block_max) {
        flush_hand(hand);
    }
}

void TraceWriter::add(const TraceEvent& event) {
    assert(!finished_);
    if (!has_room()) {
        return;
    }
    ++events_;
    flush(); // an event's place among the blocks is its place among the samples
    if (const auto* brush = std::get_if<BrushChange>(&event)) {
        put_block(bytes_, BlockType::brush, static_cast<std::uint8_t>(brush->hand), 0, blocks_++,
                  [&] {
                      ByteWriter out{bytes_};
                      put(out, brush->brush);
                  });
    } else if (const auto* change = std::get_if<SymmetryChange>(&event)) {
        put_block(bytes_, BlockType::symmetry, 0, 0, blocks_++, [&] {
            ByteWriter out{bytes_};
            put(out, change->symmetry);
        });
    } else if (const auto* placement = std::get_if<Placement>(&event)) {
        put_block(bytes_, BlockType::placement, 0, 0, blocks_++, [&] {
            ByteWriter out{bytes_};
            const Placement valid = made_valid(*placement);
            put(out, valid.place_from_tracking_m);
            out.put(valid.yaw_rad);
            out.put(static_cast<std::uint32_t>(valid.reason));
        });
    } else if (const auto* command = std::get_if<InkCommand>(&event)) {
        put_block(bytes_, BlockType::ink_command, 0, 0, blocks_++, [&] {
            ByteWriter out{bytes_};
            put(out, *command);
        });
    } else {
        const auto type =
            std::holds_alternative<Paused>(event) ? BlockType::paused : BlockType::resumed;
        put_block(bytes_, type, 0, 0, blocks_++, [] {});
    }
}

void TraceWriter::flush() {
    flush_hand(0);
    flush_hand(1);
}

void TraceWriter::flush_hand(std::size_t hand) {
    std::vector<GridSample>& samples = open_[hand];
    if (samples.empty()) {
        return;
    }
    std::array<std::array<std::int64_t, samples_per_block_max>, trace::column_count> columns;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const trace::Row row = trace::row_of(samples[i]);
        for (std::size_t column = 0; column < columns.size(); ++column) {
            columns[column][i] = row[column];
        }
    }
    put_block(bytes_, BlockType::samples, static_cast<std::uint8_t>(hand), samples.size(),
              blocks_++, [&] {
                  for (const auto& column : columns) {
                      trace::append_column(std::span{column}.first(samples.size()), bytes_);
                  }
              });
    samples.clear();
}

void TraceWriter::finish() {
    if (finished_) {
        return;
    }
    flush();
    trace::put_end(bytes_, samples_, blocks_++);
    finished_ = true;
}

std::span<const std::byte> TraceWriter::take() {
    taken_.clear();
    taken_.swap(bytes_);
    taken_bytes_ += taken_.size();
    return taken_;
}

} // namespace haven
