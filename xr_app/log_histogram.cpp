#include "xr_app/log_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace haven {

namespace {

constexpr std::int64_t unit_ns = 1'000; // a bucket of the lowest octaves is one microsecond wide

} // namespace

void LogHistogram::add_ns(std::int64_t value_ns) {
    const std::int64_t value = std::max<std::int64_t>(value_ns, 0);
    const auto units = static_cast<std::uint32_t>(
        std::min<std::int64_t>(value / unit_ns, static_cast<std::int64_t>(UINT32_MAX)));
    // Below sub_count units a bucket is one unit; above, each octave has sub_count buckets.
    std::size_t index = units;
    if (units >= sub_count) {
        const std::uint32_t octave = static_cast<std::uint32_t>(std::bit_width(units)) - sub_bits;
        const std::uint32_t sub = (units >> (octave - 1U)) - sub_count;
        index = static_cast<std::size_t>(octave) * sub_count + sub;
    }
    buckets_.at(index) += 1;
    count_ += 1;
    max_ns_ = std::max(max_ns_, value);
    sum_ns_ += static_cast<double>(value);
}

double LogHistogram::mean_ns() const {
    return count_ == 0 ? 0.0 : sum_ns_ / static_cast<double>(count_);
}

std::int64_t LogHistogram::percentile_ns(double share) const {
    if (count_ == 0) {
        return 0;
    }
    const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
    if (rank >= count_) {
        return max_ns_;
    }
    std::uint64_t seen = 0;
    for (std::size_t index = 0; index < buckets_.size(); ++index) {
        seen += buckets_.at(index);
        if (seen < rank) {
            continue;
        }
        const auto octave = static_cast<std::uint32_t>(index / sub_count);
        const auto sub = static_cast<std::int64_t>(index % sub_count);
        const std::int64_t width = octave == 0 ? 1 : std::int64_t{1} << (octave - 1U);
        const std::int64_t low = octave == 0 ? sub : (sub + sub_count) * width;
        return std::min(low * unit_ns + width * unit_ns / 2, max_ns_);
    }
    return max_ns_;
}

} // namespace haven
