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

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven {

namespace {

using trace::BlockType;
using trace::ByteReader;

std::unexpected<TraceError> fault(std::size_t offset, std::string what) {
    return std::unexpected{TraceError{.offset = offset, .what = std::move(what)}};
}

glm::vec3 get_vec3(ByteReader& in) {
    glm::vec3 v{0.0F};
    for (int i = 0; i < 3; ++i) {
        v[i] = in.get<float>();
    }
    return v;
}

/// Nothing when the writer would not have written it so.
std::optional<Brush> get_brush(ByteReader& in) {
    Brush brush;
    brush.colour_linear = get_vec3(in);
    brush.width_m = in.get<float>();
    return made_valid(brush) == brush ? std::optional{brush} : std::nullopt;
}

std::optional<Symmetry> get_symmetry(ByteReader& in) {
    Symmetry symmetry;
    const auto mode = in.get<std::uint32_t>();
    if (mode > static_cast<std::uint32_t>(SymmetryMode::parallel)) {
        return std::nullopt;
    }
    symmetry.mode = static_cast<SymmetryMode>(mode);
    symmetry.plane_point_m = get_vec3(in);
    symmetry.plane_normal = get_vec3(in);
    symmetry.parallel_offset_m = get_vec3(in);
    return made_valid(symmetry) == symmetry ? std::optional{symmetry} : std::nullopt;
}

std::optional<Placement> get_placement(ByteReader& in) {
    Placement placement;
    placement.place_from_tracking_m = get_vec3(in);
    placement.yaw_rad = in.get<float>();
    const auto reason = in.get<std::uint32_t>();
    if (reason > static_cast<std::uint32_t>(Placement::Reason::place_changed)) {
        return std::nullopt;
    }
    placement.reason = static_cast<Placement::Reason>(reason);
    return made_valid(placement) == placement ? std::optional{placement} : std::nullopt;
}

std::optional<InkCommand> get_ink_command(ByteReader& in) {
    const auto kind = in.get<std::uint8_t>();
    const auto hands = in.get<std::uint8_t>();
    const auto reserved = in.get<std::uint16_t>();
    InkCommand command;
    for (std::uint8_t& byte : command.stroke_id.bytes) {
        byte = in.get<std::uint8_t>();
    }
    command.time_ms = in.get<std::uint32_t>();
    if (kind > static_cast<std::uint8_t>(InkCommand::Kind::clear) || hands == 0 ||
        hands > static_cast<std::uint8_t>(Hands::both) || reserved != 0) {
        return std::nullopt;
    }
    command.kind = static_cast<InkCommand::Kind>(kind);
    command.hands = static_cast<Hands>(hands);
    return made_valid(command) == command ? std::optional{command} : std::nullopt;
}

std::optional<GridSample> sample_of(const trace::Row& row, Hand hand, unsigned version) {
    const std::int64_t state_max = version == 1 ? 15 : 31;
    if (std::ranges::any_of(std::span{row}.subspan(1),
                            [](std::int64_t v) { return v < INT32_MIN || v > INT32_MAX; }) ||
        row[7] < 0 || row[7] > 3 || row[9] < 0 || row[9] > state_max) {
        return std::nullopt;
    }
    const auto state = static_cast<unsigned>(row[9]);
    GridSample sample;
    sample.time_us = row[0];
    for (std::size_t i = 0; i < 3; ++i) {
        sample.position_10um[i] = static_cast<std::int32_t>(row[1 + i]);
        sample.orientation[i] = static_cast<std::int32_t>(row[4 + i]);
    }
    sample.orientation_largest = static_cast<std::uint8_t>(row[7]);
    sample.pressure = static_cast<std::int32_t>(row[8]);
    sample.hand = hand;
    sample.tracked = (state & 1U) != 0;
    sample.drawing = (state & 2U) != 0;
    sample.source = static_cast<InteractionMode>((state >> 2U) & 3U);
    sample.inferred = (state & 16U) != 0;
    return is_on_grid(sample) ? std::optional{sample} : std::nullopt;
}

struct BlockHeader {
    std::uint8_t type = 0;
    std::uint8_t hand = 0;
    std::uint16_t count = 0;
    std::uint32_t payload_bytes = 0;
    std::uint32_t sequence = 0;
    std::uint32_t crc = 0;
};

BlockHeader get_block_header(std::span<const std::byte> bytes) {
    ByteReader in{bytes};
    BlockHeader header;
    header.type = in.get<std::uint8_t>();
    header.hand = in.get<std::uint8_t>();
    header.count = in.get<std::uint16_t>();
    header.payload_bytes = in.get<std::uint32_t>();
    header.sequence = in.get<std::uint32_t>();
    header.crc = in.get<std::uint32_t>();
    return header;
}

/// Whether the last block is an end.
bool has_end(std::span<const std::byte> bytes) {
    constexpr std::size_t size = trace::block_header_bytes + trace::end_bytes;
    if (bytes.size() < size) {
        return false;
    }
    const auto block = bytes.last(size);
    const BlockHeader header = get_block_header(block);
    return BlockType{header.type} == BlockType::end && header.payload_bytes == trace::end_bytes &&
           header.crc == crc32c(block.subspan(trace::block_header_bytes), crc32c(block.first(12)));
}

enum class Cut : std::uint8_t { refused, allowed };
enum class Keep : std::uint8_t { everything, nothing };

class Decoder {
  public:
    Decoder(std::span<const std::byte> bytes, Cut cut, Keep keep)
        : bytes_{bytes}, cut_{cut}, keep_{keep} {}

    std::expected<Trace, TraceError> run() {
        if (bytes_.size() > TraceLimits::bytes_max) {
            return fault(TraceLimits::bytes_max, "longer than a trace may be");
        }
        std::optional<TraceError> error = read_header();
        while (!error && !trace_.complete && at_ < bytes_.size()) {
            if (const auto whole = whole_block()) {
                error = read_block(*whole);
            } else if (cut_ == Cut::allowed) {
                break;
            } else {
                error = at(0, "cut off within a block");
            }
        }
        if (error) {
            return std::unexpected{std::move(*error)};
        }
        if (cut_ == Cut::refused && !trace_.complete) {
            return fault(at_, "cut off: it has no end block");
        }
        if (trace_.complete && at_ != bytes_.size()) {
            return fault(at_, "goes on after its end block");
        }
        merge_hands();
        trace_.bytes_used = at_;
        return std::move(trace_);
    }

    [[nodiscard]] TraceTotals totals() const {
        return {.samples = samples_[0] + samples_[1], .events = events_};
    }

    /// Of what has been read.
    [[nodiscard]] std::vector<std::byte> end_block() const {
        std::vector<std::byte> end;
        trace::put_end(end, samples_, blocks_);
        return end;
    }

  private:
    [[nodiscard]] TraceError at(std::size_t further, std::string what) const {
        return {.offset = at_ + further, .what = std::move(what)};
    }

    std::optional<TraceError> read_header();
    [[nodiscard]] std::optional<BlockHeader> whole_block() const;
    std::optional<TraceError> read_block(const BlockHeader& header);
    std::optional<TraceError> read_payload(const BlockHeader& header,
                                           std::span<const std::byte> payload);
    std::optional<TraceError> read_samples(const BlockHeader& header,
                                           std::span<const std::byte> payload);
    std::optional<TraceError> read_event(const BlockHeader& header,
                                         std::span<const std::byte> payload);
    std::optional<TraceError> read_end(std::span<const std::byte> payload);
    void merge_hands();

    std::span<const std::byte> bytes_;
    Cut cut_;
    Keep keep_;
    std::size_t at_ = 0;
    unsigned version_ = trace_version;
    std::uint32_t blocks_ = 0;
    std::array<std::vector<HandSample>, 2> hands_; ///< since the last event
    std::array<std::uint64_t, 2> samples_{};
    std::size_t events_ = 0;
    Trace trace_;
};

std::optional<TraceError> Decoder::read_header() {
    if (bytes_.size() < trace::header_bytes_version_1) {
        return at(0, "shorter than a trace's header");
    }
    for (std::size_t i = 0; i < trace::magic.size(); ++i) {
        if (std::to_integer<char>(bytes_[i]) != trace::magic[i]) {
            return at(i, "not a trace: it does not begin with HVNTRACE");
        }
    }
    ByteReader in{bytes_};
    in.skip(trace::magic.size());
    const auto version = in.get<std::uint16_t>();
    if (version == 0 || version > trace_version) {
        return at(8, "version " + std::to_string(version) +
                         " is not one that this program reads, which is up to " +
                         std::to_string(trace_version));
    }
    version_ = version;
    const std::size_t size = in.get<std::uint16_t>();
    const std::size_t size_min = version == 1 ? trace::header_bytes_version_1 : trace::header_bytes;
    if (size < size_min || size > trace::header_bytes_max || size > bytes_.size()) {
        return at(10, "the header's length is wrong");
    }
    ByteReader crc{bytes_.subspan(size - trace::crc_bytes)};
    if (crc.get<std::uint32_t>() != crc32c(bytes_.first(size - trace::crc_bytes))) {
        return at(0, "the header is damaged");
    }
    if (in.get<std::uint32_t>() != 0) {
        return at(12, "the header has a reserved bit set");
    }
    for (std::uint8_t& byte : trace_.header.recording.drawing_id.bytes) {
        byte = in.get<std::uint8_t>();
    }
    trace_.header.start_unix_us = in.get<std::int64_t>();
    for (Brush& brush : trace_.header.recording.brushes) {
        const auto read = get_brush(in);
        if (!read) {
            return at(40, "a brush in the header is out of bounds");
        }
        brush = *read;
    }
    const auto symmetry = get_symmetry(in);
    if (!symmetry) {
        return at(72, "the symmetry in the header is out of bounds");
    }
    trace_.header.recording.symmetry = *symmetry;
    if (version >= 2) {
        trace_.header.sample_period_us = in.get<std::uint32_t>();
        const auto flags = in.get<std::uint32_t>();
        if ((flags & ~trace::flag_measured) != 0) {
            return at(116, "the header has a flag that is not known");
        }
        trace_.header.measured = (flags & trace::flag_measured) != 0;
        trace_.header.recording.thinned_um = in.get<std::uint32_t>();
        trace_.header.recording.bridged_ms = in.get<std::uint32_t>();
    }
    at_ = size;
    return std::nullopt;
}

/// The header of the block that begins here, if all of the block is there.
std::optional<BlockHeader> Decoder::whole_block() const {
    const auto rest = bytes_.subspan(at_);
    if (rest.size() < trace::block_header_bytes) {
        return std::nullopt;
    }
    const BlockHeader header = get_block_header(rest);
    if (header.payload_bytes > rest.size() - trace::block_header_bytes) {
        return std::nullopt;
    }
    return header;
}

std::optional<TraceError> Decoder::read_block(const BlockHeader& header) {
    if (header.payload_bytes > trace::block_payload_bytes_max) {
        return at(4, "a block is longer than it may be");
    }
    const auto block = bytes_.subspan(at_, trace::block_header_bytes + header.payload_bytes);
    const auto payload = block.subspan(trace::block_header_bytes);
    if (crc32c(payload, crc32c(block.first(12))) != header.crc) {
        return at(0, "a block is damaged");
    }
    if (header.sequence != blocks_) {
        return at(8, "blocks are missing or out of order");
    }
    if (auto error = read_payload(header, payload)) {
        return error;
    }
    ++blocks_;
    at_ += block.size();
    return std::nullopt;
}

std::optional<TraceError> Decoder::read_payload(const BlockHeader& header,
                                                std::span<const std::byte> payload) {
    switch (BlockType{header.type}) {
    case BlockType::samples:
        return read_samples(header, payload);
    case BlockType::brush:
    case BlockType::symmetry:
    case BlockType::paused:
    case BlockType::resumed:
    case BlockType::placement:
    case BlockType::ink_command:
        return read_event(header, payload);
    case BlockType::end:
        return read_end(payload);
    }
    if ((header.type & trace::must_be_known) != 0) {
        return at(0, "a block of type " + std::to_string(header.type) + " needs a newer program");
    }
    ++trace_.blocks_unknown;
    return std::nullopt;
}

std::optional<TraceError> Decoder::read_samples(const BlockHeader& header,
                                                std::span<const std::byte> payload) {
    if (header.hand > 1 || header.count == 0 || header.count > TraceWriter::samples_per_block_max) {
        return at(1, "a block of samples has a wrong hand or count");
    }
    if (samples_[0] + samples_[1] + header.count > TraceLimits::samples_max) {
        return at(2, "more than " + std::to_string(TraceLimits::samples_max) + " samples");
    }
    std::array<std::array<std::int64_t, TraceWriter::samples_per_block_max>, trace::column_count>
        columns{};
    for (auto& column : columns) {
        if (!trace::read_column(payload, std::span{column}.first(header.count))) {
            return at(trace::block_header_bytes, "a block's samples cannot be decoded");
        }
    }
    if (!payload.empty()) {
        return at(trace::block_header_bytes, "a block of samples is longer than its samples");
    }
    for (std::size_t i = 0; i < header.count; ++i) {
        trace::Row row{};
        for (std::size_t column = 0; column < columns.size(); ++column) {
            row[column] = columns[column][i];
        }
        const auto sample = sample_of(row, Hand{header.hand}, version_);
        if (!sample) {
            return at(trace::block_header_bytes, "a sample is out of bounds");
        }
        if (keep_ == Keep::everything) {
            hands_[header.hand].push_back(from_grid(*sample));
        }
    }
    samples_[header.hand] += header.count;
    return std::nullopt;
}

std::optional<TraceError> Decoder::read_event(const BlockHeader& header,
                                              std::span<const std::byte> payload) {
    const BlockType type{header.type};
    std::size_t size = 0;
    if (type == BlockType::brush) {
        size = trace::brush_bytes;
    } else if (type == BlockType::symmetry) {
        size = trace::symmetry_bytes;
    } else if (type == BlockType::placement) {
        size = trace::placement_bytes;
    } else if (type == BlockType::ink_command) {
        size = trace::ink_command_bytes;
    }
    if (payload.size() != size || header.hand > 1 || events_ == TraceLimits::events_max) {
        return at(0, "an event has a wrong length or hand, or there are too many");
    }
    ByteReader in{payload};
    TraceEvent event = Paused{};
    if (type == BlockType::brush) {
        const auto brush = get_brush(in);
        if (!brush) {
            return at(trace::block_header_bytes, "a brush is out of bounds");
        }
        event = BrushChange{.hand = Hand{header.hand}, .brush = *brush};
    } else if (type == BlockType::symmetry) {
        const auto symmetry = get_symmetry(in);
        if (!symmetry) {
            return at(trace::block_header_bytes, "a symmetry is out of bounds");
        }
        event = SymmetryChange{.symmetry = *symmetry};
    } else if (type == BlockType::resumed) {
        event = Resumed{};
    } else if (type == BlockType::placement) {
        const auto placement = get_placement(in);
        if (!placement) {
            return at(trace::block_header_bytes, "a placement is out of bounds");
        }
        event = *placement;
    } else if (type == BlockType::ink_command) {
        const auto command = get_ink_command(in);
        if (!command) {
            return at(trace::block_header_bytes, "a command is out of bounds");
        }
        event = *command;
    }
    ++events_;
    if (keep_ == Keep::everything) {
        merge_hands();
        trace_.events.push_back({.before_sample = trace_.samples.size(), .event = event});
    }
    return std::nullopt;
}

std::optional<TraceError> Decoder::read_end(std::span<const std::byte> payload) {
    if (payload.size() != trace::end_bytes) {
        return at(4, "the end block has a wrong length");
    }
    ByteReader in{payload};
    const auto left = in.get<std::uint64_t>();
    const auto right = in.get<std::uint64_t>();
    if (left != samples_[0] || right != samples_[1] || in.get<std::uint32_t>() != blocks_) {
        return at(trace::block_header_bytes, "the totals do not agree with what was read");
    }
    trace_.complete = true;
    return std::nullopt;
}

/// Both hands by time, left first, each hand's samples in their own order whatever their times.
void Decoder::merge_hands() {
    const auto& [left, right] = hands_;
    std::size_t l = 0;
    std::size_t r = 0;
    while (l < left.size() || r < right.size()) {
        const bool take_left =
            r == right.size() || (l < left.size() && left[l].time_ns <= right[r].time_ns);
        trace_.samples.push_back(take_left ? left[l++] : right[r++]);
    }
    for (auto& samples : hands_) {
        samples.clear();
    }
}

} // namespace

std::expected<Trace, TraceError> decode_trace(std::span<const std::byte> bytes) {
    return Decoder{bytes, Cut::refused, Keep::everything}.run();
}

std::expected<TraceTotals, TraceError> check_trace(std::span<const std::byte> bytes) {
    Decoder decoder{bytes, Cut::refused, Keep::nothing};
    return decoder.run().transform([&](const Trace&) { return decoder.totals(); });
}

std::expected<Trace, TraceError> decode_trace_prefix(std::span<const std::byte> bytes) {
    return Decoder{bytes, Cut::allowed, Keep::everything}.run();
}

std::optional<TraceEnding> missing_ending(std::span<const std::byte> bytes) {
    if (has_end(bytes)) { // as almost every one has: no need to read hours of samples
        return std::nullopt;
    }
    Decoder decoder{bytes, Cut::allowed, Keep::nothing};
    const auto read = decoder.run();
    if (!read || read->complete) {
        return std::nullopt;
    }
    return TraceEnding{.bytes_used = read->bytes_used, .end = decoder.end_block()};
}

} // namespace haven
