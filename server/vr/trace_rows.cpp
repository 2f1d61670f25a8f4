#include "server/vr/trace_rows.hpp"

#include "bilateral/crc32c.hpp"
#include "bilateral/grid_sample.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/trace_format.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <format>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haven::vr {

namespace {

constexpr std::size_t blocks_together = 32; ///< at most 8 192 samples, of about 100 bytes each

std::string_view name_of(InteractionMode mode) {
    switch (mode) {
    case InteractionMode::controller:
        return "controller";
    case InteractionMode::hand_tracking:
        return "hand_tracking";
    case InteractionMode::gaze:
        return "gaze";
    }
    return "";
}

/// A hand that was not seen is nowhere: its place is left empty.
void put_row(std::string& rows, const HandSample& sample) {
    const GridSample grid = to_grid(sample);
    const auto out = std::back_inserter(rows);
    std::format_to(out, "{},{},", grid.time_us, to_string(grid.hand));
    if (grid.tracked) {
        const auto metres = [&](std::size_t axis) { return grid.position_10um[axis] / 100'000.0; };
        const auto& q = sample.tracking_from_tip.orientation;
        std::format_to(out, "{:.5f},{:.5f},{:.5f},{:.6f},{:.6f},{:.6f},{:.6f},", metres(0),
                       metres(1), metres(2), static_cast<double>(q.x), static_cast<double>(q.y),
                       static_cast<double>(q.z), static_cast<double>(q.w));
    } else {
        rows += ",,,,,,,";
    }
    std::format_to(out, "{:.4f},{:d},{:d},{:d},{}\r\n",
                   static_cast<double>(grid.pressure) / GridSample::pressure_max, grid.tracked,
                   grid.inferred, grid.drawing, name_of(grid.source));
}

template <typename T>
T get(std::string_view bytes, std::size_t at) {
    return trace::ByteReader(std::as_bytes(std::span(bytes.substr(at)))).get<T>();
}

void put(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
        bytes[at + i] = static_cast<char>((value >> (8U * i)) & 0xFFU);
    }
}

} // namespace

/// Appends the next blocks to a header, numbered as a trace's first: blocks know nothing of each
/// other. How many there were.
std::size_t TraceRows::take_blocks(std::string& part) {
    std::uint32_t count = 0;
    while (count < blocks_together && trace_.size() - at_ >= trace::block_header_bytes) {
        const std::size_t size = trace::block_header_bytes + get<std::uint32_t>(trace_, at_ + 4);
        if (size > trace_.size() - at_ ||
            trace::BlockType{get<std::uint8_t>(trace_, at_)} == trace::BlockType::end) {
            break;
        }
        const std::size_t begin = part.size();
        part.append(trace_, at_, size);
        put(part, begin + 8, count);
        const auto block = std::as_bytes(std::span(part)).subspan(begin);
        put(part, begin + 12,
            crc32c(block.subspan(trace::block_header_bytes), crc32c(block.first(12))));
        at_ += size;
        ++count;
    }
    return count;
}

/// What is known to be next: all, or as long as both hands' samples are there, or too many wait.
void TraceRows::put_rows(std::string& rows, bool all) {
    auto& [left, right] = waiting_;
    const auto take = [&rows](std::deque<HandSample>& from) {
        put_row(rows, from.front());
        from.pop_front();
    };
    while (!left.empty() || !right.empty()) {
        if (left.empty() || right.empty()) {
            auto& rest = left.empty() ? right : left;
            if (!all && rest.size() <= waiting_max) {
                return;
            }
            take(rest);
        } else {
            take(left.front().time_ns <= right.front().time_ns ? left : right);
        }
    }
}

std::expected<std::optional<std::string>, std::string> TraceRows::next() {
    std::string rows;
    if (at_ == 0) {
        if (trace_.size() < trace::header_bytes_version_1) {
            return std::unexpected("shorter than a trace's header");
        }
        header_bytes_ = get<std::uint16_t>(trace_, 10);
        if (header_bytes_ > trace_.size()) {
            return std::unexpected("the header's length is wrong");
        }
        at_ = header_bytes_;
        rows = head;
    }
    while (!over_) {
        std::string part = trace_.substr(0, header_bytes_);
        over_ = take_blocks(part) == 0;
        const auto decoded = decode_trace_prefix(std::as_bytes(std::span(part)));
        if (!decoded) {
            return std::unexpected(decoded.error().what);
        }
        for (const HandSample& sample : decoded->samples) {
            waiting_[static_cast<std::size_t>(sample.hand)].push_back(sample);
        }
        put_rows(rows, over_);
        if (!rows.empty()) {
            return rows;
        }
    }
    return rows.empty() ? std::nullopt : std::optional(std::move(rows));
}

} // namespace haven::vr
