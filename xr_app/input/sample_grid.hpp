#pragma once

#include "bilateral/pose.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

/// When a hand is sampled, and what was true then. Pure: times come in, decisions come out.
namespace haven {

/// Poses are recorded at whole multiples of this on the runtime's clock, whatever the frames do.
inline constexpr std::int64_t sample_period_ns = 5'000'000;

/// Which moments of the grid are due.
class SampleGrid {
  public:
    /// So long ago a pose has been measured, or lies between two that were: it is no prediction.
    static constexpr std::int64_t delay_ns = 8'000'000;
    /// How far back a late thread still asks. Runtimes promise 50 ms; the call itself takes time.
    static constexpr std::int64_t history_ns = 48'000'000;
    /// A clock that is farther behind the last sample was set back: the grid begins anew.
    static constexpr std::int64_t set_back_ns = 100'000'000;

    /// Without history: moments between two samples that are so near to each other are known from
    /// them, since no hand does anything in that time that they do not show. More is a gap.
    static constexpr std::int64_t between_ns_max = 15'000'000;

    struct Due {
        std::int64_t first_ns = 0;
        std::int64_t count = 0; ///< one period apart
        bool begins_anew = false;
        friend bool operator==(const Due&, const Due&) = default;
    };
    /// Without history only the present can be asked for: it stands for the moment just passed, the
    /// last that is due, and the others lie between it and the sample before.
    /// What a trigger is, is known until `known_ns`: with history, a later moment waits.
    [[nodiscard]] Due due(std::int64_t now_ns, bool keeps_history,
                          std::int64_t known_ns = std::numeric_limits<std::int64_t>::max());
    /// When there is more to do, after due().
    [[nodiscard]] std::int64_t next_ns(bool keeps_history) const;
    void restart() { last_ns_.reset(); }

    /// Moments that could not be had, since the thread came too late for them.
    [[nodiscard]] std::uint64_t missed() const { return missed_; }

  private:
    std::optional<std::int64_t> last_ns_;
    std::uint64_t missed_ = 0;
};

/// Whether the runtime answers a question about the past with the past. One that answers it with
/// the present is found out as soon as the hand moves; until it is known, it counts as such a one.
class PastProbe {
  public:
    /// One moment of confusion (a new pose between two calls) decides nothing.
    static constexpr int votes_needed = 4;
    static constexpr std::int64_t past_ns = 40'000'000;

    /// Both were asked for in one moment, the second `past_ns` before it.
    void add(const Pose& present, const Pose& past);
    void forget() { *this = {}; }
    [[nodiscard]] bool keeps_history() const { return keeps_history_; }
    [[nodiscard]] bool decided() const { return decided_; }

  private:
    std::optional<Pose> before_;
    int votes_ = 0;
    bool keeps_history_ = false;
    bool decided_ = false;
};

/// What a trigger was at any moment of the last tenth of a second, by the times of its changes.
class ValueHistory {
  public:
    /// One look at it: begun at `asked_ns`, over at `read_ns`. Whoever looks may be held up on the
    /// way, and what was seen was so somewhere between.
    struct Reading {
        std::int64_t asked_ns = 0;
        std::int64_t read_ns = 0;
        std::int64_t changed_ns = 0; ///< the runtime says that it is so since then
        float value = 0.0F;
    };
    /// A change cannot be older than the last reading, which did not see it, nor newer than this
    /// one.
    void note(const Reading& reading);
    [[nodiscard]] float at(std::int64_t time_ns) const;
    void forget() { *this = {}; }

  private:
    struct Change {
        std::int64_t since_ns = 0;
        float value = 0.0F;
    };
    std::array<Change, 24> changes_{}; ///< oldest first
    std::size_t count_ = 0;
    std::int64_t asked_ns_ = 0; ///< the last time
};

/// When the space that hands are located in was replaced, on the host's clock: what the runtime
/// says of it, unless that lies farther ahead than any runtime predicts. What is located until then
/// is thrown away, so a moment that never comes would be the end of all drawing.
[[nodiscard]] std::int64_t replaced_at(std::optional<std::int64_t> said_host_ns,
                                       std::int64_t host_now_ns);

/// From the runtime's clock to the host's. The runtime's word for each moment is taken where it can
/// be true; a clock that stands, jumps or talks nonsense moves nothing by more than it must.
class HostTime {
  public:
    /// A moment asked for is in the past, and not long ago.
    static constexpr std::int64_t age_max_ns = 1'000'000'000;
    static constexpr std::int64_t ahead_max_ns = 50'000'000;
    /// The runtime's conversions tremble; the grid does not.
    static constexpr std::int64_t tremble_ns = 1'000'000;

    /// `converted_ns`: what the runtime says of `time_ns`, on the host's clock.
    [[nodiscard]] std::int64_t map(std::int64_t time_ns, std::optional<std::int64_t> converted_ns,
                                   std::int64_t host_now_ns);
    /// As the last map() would have it; nothing before there was one.
    [[nodiscard]] std::optional<std::int64_t> held(std::int64_t time_ns) const;

  private:
    std::optional<std::int64_t> host_minus_runtime_ns_;
};

} // namespace haven
