#pragma once

#include "bilateral/grid_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

/// The motion trace: every sample of both hands, lossless over the grid, and what a replay needs to
/// make the same ink. FORMAT-trace.md is the description of the file.
namespace haven {

inline constexpr std::uint16_t trace_version = 2;

struct TraceHeader {
    std::int64_t start_unix_us = 0; ///< when the drawing began, on the wall clock
    RecordingStart recording; ///< drawing id, brushes, symmetry: what the recorder starts from
    /// Each hand's samples are a whole number of periods apart, and as a rule one; 0: they came
    /// with the frames.
    std::uint32_t sample_period_us = 0;
    bool measured = false; ///< poses of moments that had passed; else they were predicted
    friend bool operator==(const TraceHeader&, const TraceHeader&) = default;
};

struct BrushChange {
    Hand hand = Hand::left;
    Brush brush;
    friend bool operator==(const BrushChange&, const BrushChange&) = default;
};
struct SymmetryChange {
    Symmetry symmetry;
    friend bool operator==(const SymmetryChange&, const SymmetryChange&) = default;
};
struct Paused {
    friend bool operator==(const Paused&, const Paused&) = default;
};
struct Resumed {
    friend bool operator==(const Resumed&, const Resumed&) = default;
};

/// The place lies anew around the tracking space, level. The ink stays where it is in the tracking
/// space.
struct Placement {
    enum class Reason : std::uint8_t { first_focus = 0, recentered = 1, place_changed = 2 };
    glm::vec3 place_from_tracking_m{0.0F}; ///< the tracking space's origin in the place
    float yaw_rad = 0.0F;                  ///< of the tracking space in the place, about +Y
    Reason reason = Reason::first_focus;
    friend bool operator==(const Placement&, const Placement&) = default;
};

/// As given; what is not finite or farther than 10 km is 0.
[[nodiscard]] Placement made_valid(const Placement& placement);

/// What else the recorder and its history were told, and what the person was shown.
using TraceEvent =
    std::variant<BrushChange, SymmetryChange, Paused, Resumed, Placement, InkCommand>;

/// Writes a trace, a sample at a time. Bytes come out in whole blocks and are never changed, so
/// they can be stored and sent by offset. Samples wait in a block of their hand until it is full,
/// an event comes, or flush() is called. Allocates only until its buffers have grown to what comes
/// between two takes. One thread at a time.
class TraceWriter {
  public:
    static constexpr std::size_t samples_per_block_max = 256;

    explicit TraceWriter(const TraceHeader& header);

    void add(const HandSample& sample); ///< snapped to the grid if it is not
    void add(const TraceEvent& event); ///< told to the recorder at the same place among the samples
    void flush();  ///< completes open blocks; a block a second costs about half a byte a sample
    void finish(); ///< the end with its totals; nothing may be added after it

    /// The bytes since the last take. The span holds until the next call of anything.
    [[nodiscard]] std::span<const std::byte> take();

    /// It holds all that a reader takes; what was added since is not in it, and only finish() may
    /// still write.
    [[nodiscard]] bool full() const { return full_; }

    [[nodiscard]] std::uint64_t size_bytes() const { return taken_bytes_ + bytes_.size(); }
    [[nodiscard]] std::uint64_t samples() const { return samples_[0] + samples_[1]; }

  private:
    void flush_hand(std::size_t hand);

    std::array<std::vector<GridSample>, 2> open_;
    std::array<std::uint64_t, 2> samples_{};
    [[nodiscard]] bool has_room();

    std::uint32_t blocks_ = 0;
    std::size_t events_ = 0;
    bool full_ = false;
    bool finished_ = false;
    std::vector<std::byte> bytes_;
    std::vector<std::byte> taken_;
    std::uint64_t taken_bytes_ = 0;
};

struct TraceError {
    std::size_t offset = 0; ///< in the file
    std::string what;
    friend bool operator==(const TraceError&, const TraceError&) = default;
};

struct TraceLimits {
    static constexpr std::size_t bytes_max = std::size_t{256} << 20U;
    static constexpr std::size_t samples_max = 10'000'000; ///< both hands: 7 hours at 200 Hz
    static constexpr std::size_t events_max = 100'000;
};

struct Trace {
    struct PlacedEvent {
        std::size_t before_sample = 0; ///< index into samples; samples.size() for after the last
        TraceEvent event;
        friend bool operator==(const PlacedEvent&, const PlacedEvent&) = default;
    };
    TraceHeader header;
    /// Each hand's samples as they were written; between events both hands are merged by time, left
    /// first.
    std::vector<HandSample> samples;
    std::vector<PlacedEvent> events;
    bool complete = false;          ///< it ends with its totals
    std::size_t bytes_used = 0;     ///< up to the last whole block
    std::size_t blocks_unknown = 0; ///< blocks of a type this version does not know, skipped
};

/// A whole trace. Damaged, cut, or oversized input is refused.
[[nodiscard]] std::expected<Trace, TraceError> decode_trace(std::span<const std::byte> bytes);

/// Whether decode_trace would read it, in little memory: a few hundred kilobytes can stand for
/// samples_max samples. The totals of a trace that it would.
struct TraceTotals {
    std::size_t samples = 0; ///< of both hands
    std::size_t events = 0;
    friend bool operator==(const TraceTotals&, const TraceTotals&) = default;
};
[[nodiscard]] std::expected<TraceTotals, TraceError> check_trace(std::span<const std::byte> bytes);

/// As decode_trace, but a trace that was cut off is read up to its last whole block. Damage before
/// the cut is refused.
[[nodiscard]] std::expected<Trace, TraceError>
decode_trace_prefix(std::span<const std::byte> bytes);

/// What makes a whole trace of one that was cut off, by a crash for one: `bytes_used` of it, then
/// `end`. Nothing for one that ends well, and for bytes that are no trace.
struct TraceEnding {
    std::size_t bytes_used = 0; ///< up to the last whole block
    std::vector<std::byte> end;
};
[[nodiscard]] std::optional<TraceEnding> missing_ending(std::span<const std::byte> bytes);

} // namespace haven
