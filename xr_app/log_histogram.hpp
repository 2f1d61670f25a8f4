#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace haven {

/// Counts durations in buckets whose width grows with the value: exact to 1 part in 64, from 1 us
/// to 70 minutes, in 5 kB, whatever the number of values. Any one thread; never allocates.
class LogHistogram {
  public:
    void add_ns(std::int64_t value_ns);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::int64_t max_ns() const { return max_ns_; }
    [[nodiscard]] double mean_ns() const;
    /// The smallest bucket's middle at or under which at least `share` (0 to 1) of the values lie;
    /// 0 when empty.
    [[nodiscard]] std::int64_t percentile_ns(double share) const;

  private:
    static constexpr std::uint32_t sub_bits = 5;
    static constexpr std::uint32_t sub_count = 1U << sub_bits;
    static constexpr std::uint32_t octaves = 32 - sub_bits + 1;

    std::array<std::uint32_t, static_cast<std::size_t>(octaves) * sub_count> buckets_{};
    std::uint64_t count_ = 0;
    std::int64_t max_ns_ = 0;
    double sum_ns_ = 0.0;
};

} // namespace haven
