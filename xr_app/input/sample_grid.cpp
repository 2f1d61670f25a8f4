#include "xr_app/input/sample_grid.hpp"

#include "bilateral/pose.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace haven {

namespace {

/// The last moment of the grid that is not after `time_ns`.
std::int64_t grid_floor(std::int64_t time_ns) {
    const std::int64_t over_ns = time_ns % sample_period_ns;
    return time_ns - over_ns - (over_ns < 0 ? sample_period_ns : 0);
}

bool plausible(std::int64_t host_ns, std::int64_t host_now_ns) {
    return host_ns >= host_now_ns - HostTime::age_max_ns &&
           host_ns <= host_now_ns + HostTime::ahead_max_ns;
}

/// Of two clocks that may say anything at all.
std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}

std::optional<std::int64_t> difference(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
}

} // namespace

SampleGrid::Due SampleGrid::due(std::int64_t now_ns, bool keeps_history, std::int64_t known_ns) {
    if (now_ns <= history_ns) {
        return {}; // no clock yet: what lies before zero cannot be asked for
    }
    const std::int64_t newest_ns =
        grid_floor(keeps_history ? std::min(now_ns - delay_ns, known_ns) : now_ns);
    if (!last_ns_ || newest_ns < *last_ns_ - set_back_ns) {
        last_ns_ = newest_ns;
        return {.first_ns = newest_ns, .count = 1, .begins_anew = true};
    }
    if (newest_ns <= *last_ns_) {
        return {};
    }
    const std::int64_t wanted_ns = *last_ns_ + sample_period_ns;
    const bool near = newest_ns - *last_ns_ <= between_ns_max;
    const std::int64_t oldest_ns = keeps_history
                                       ? grid_floor(now_ns - history_ns) + sample_period_ns
                                   : near ? wanted_ns
                                          : newest_ns;
    const std::int64_t first_ns =
        std::min(std::max(wanted_ns, oldest_ns), newest_ns + sample_period_ns);
    missed_ += static_cast<std::uint64_t>((first_ns - wanted_ns) / sample_period_ns);
    last_ns_ = newest_ns;
    return {.first_ns = first_ns, .count = (newest_ns - first_ns) / sample_period_ns + 1};
}

std::int64_t SampleGrid::next_ns(bool keeps_history) const {
    return last_ns_.value_or(0) + sample_period_ns + (keeps_history ? delay_ns : 0);
}

void PastProbe::add(const Pose& present, const Pose& past) {
    const bool moved = before_ && *before_ != present;
    before_ = present;
    if (past != present) {
        votes_ = std::min(votes_ + 1, votes_needed);
    } else if (moved) {
        votes_ = std::max(votes_ - 1, -votes_needed);
    }
    if (std::abs(votes_) == votes_needed) {
        decided_ = true;
        keeps_history_ = votes_ > 0;
    }
}

void ValueHistory::note(const Reading& reading) {
    const bool first = count_ == 0;
    const bool believed =
        !first && reading.changed_ns > asked_ns_ && reading.changed_ns <= reading.read_ns;
    asked_ns_ = reading.asked_ns;
    if (!first && changes_.at(count_ - 1).value == reading.value) {
        return;
    }
    if (count_ == changes_.size()) {
        std::ranges::move(changes_.begin() + 1, changes_.end(), changes_.begin());
        count_ -= 1;
    }
    changes_.at(count_) = {.since_ns = believed ? reading.changed_ns : reading.read_ns,
                           .value = reading.value};
    count_ += 1;
}

float ValueHistory::at(std::int64_t time_ns) const {
    for (std::size_t i = count_; i > 0; --i) {
        if (changes_.at(i - 1).since_ns <= time_ns) {
            return changes_.at(i - 1).value;
        }
    }
    return count_ == 0 ? 0.0F : changes_.front().value;
}

std::optional<std::int64_t> HostTime::held(std::int64_t time_ns) const {
    return host_minus_runtime_ns_ ? sum(time_ns, *host_minus_runtime_ns_) : std::nullopt;
}

std::int64_t replaced_at(std::optional<std::int64_t> said_host_ns, std::int64_t host_now_ns) {
    constexpr std::int64_t predicted_ns_max = 250'000'000;
    const std::int64_t said_ns = said_host_ns.value_or(host_now_ns);
    const bool never_comes = said_ns > host_now_ns && (said_ns - predicted_ns_max > host_now_ns);
    return never_comes ? host_now_ns : said_ns;
}

std::int64_t HostTime::map(std::int64_t time_ns, std::optional<std::int64_t> converted_ns,
                           std::int64_t host_now_ns) {
    if (converted_ns && plausible(*converted_ns, host_now_ns)) {
        const auto said_ns = difference(*converted_ns, time_ns);
        const auto apart_ns = said_ns && host_minus_runtime_ns_
                                  ? difference(*said_ns, *host_minus_runtime_ns_)
                                  : std::nullopt;
        if (!said_ns) {
            return *converted_ns;
        }
        if (!apart_ns || *apart_ns > tremble_ns || *apart_ns < -tremble_ns) {
            host_minus_runtime_ns_ = said_ns;
        }
        return time_ns + *host_minus_runtime_ns_;
    }
    const auto held_ns = held(time_ns);
    if (held_ns && plausible(*held_ns, host_now_ns)) {
        return *held_ns;
    }
    host_minus_runtime_ns_ = difference(host_now_ns, time_ns);
    return host_now_ns;
}

} // namespace haven
