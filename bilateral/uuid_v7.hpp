#pragma once

#include "bilateral/stroke.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace haven {

/// Makes UUIDv7 (RFC 9562 section 5.7) that increase strictly, also within one millisecond and when
/// the clock steps back: rand_a is a counter that starts at a random value below 2048 in each new
/// millisecond (section 6.2, method 1), rand_b is fresh random bits each time. When the counter is
/// used up the timestamp runs ahead of the clock. One thread at a time.
class UuidV7Source {
  public:
    using ClockUnixMs = std::function<std::int64_t()>;
    using FillRandom = std::function<void(std::span<std::uint8_t>)>;

    /// The system's clock and the kernel's random numbers.
    UuidV7Source();
    UuidV7Source(ClockUnixMs clock_unix_ms, FillRandom fill_random);

    [[nodiscard]] Uuid next();

  private:
    ClockUnixMs clock_unix_ms_;
    FillRandom fill_random_;
    std::int64_t last_ms_ = -1;
    std::uint32_t counter_ = 0;
};

/// From one source for the whole process. Any thread.
[[nodiscard]] Uuid make_uuid_v7();

/// The milliseconds since 1970 that a UUIDv7 carries.
[[nodiscard]] std::int64_t unix_ms_of(const Uuid& id);

/// The id of the stroke_number-th stroke (from 0) that a hand drew in a drawing, or of its copy: a
/// function of its arguments alone, so a replayed trace gives the same ids. A valid UUIDv7: the
/// drawing's timestamp; a 24-bit counter made of hand (1 bit), stroke number (22 bits) and copy (1
/// bit), so ids are unique and sorted within a drawing; 50 bits mixed from the random bits of the
/// drawing's id.
[[nodiscard]] Uuid stroke_id(const Uuid& drawing_id, Hand hand, std::uint32_t stroke_number,
                             bool derived);

} // namespace haven
