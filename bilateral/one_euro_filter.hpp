#pragma once

#include <glm/vec3.hpp>

#include <cstdint>

namespace haven {

/// The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012): an exponential low-pass whose cutoff
/// rises with speed, so a slow hand does not tremble and a fast hand does not lag. For ink on the
/// screen only; what is recorded is never filtered.
class OneEuroFilter {
  public:
    struct Options {
        float cutoff_hz_min = 1.5F;        ///< lower: steadier at rest
        float cutoff_per_speed = 60.0F;    ///< Hz per m/s; higher: less lag in motion
        float derivative_cutoff_hz = 2.0F; ///< of the speed's own low-pass
    };

    OneEuroFilter() = default;
    explicit OneEuroFilter(const Options& options) : options_{options} {}

    /// Forgets the past: the next value comes out as it went in.
    void reset() { started_ = false; }

    /// A sample whose time does not pass the last one's leaves the filter as it is.
    [[nodiscard]] glm::vec3 filter(std::int64_t time_ns, const glm::vec3& value);

  private:
    Options options_;
    bool started_ = false;
    std::int64_t time_ns_ = 0;
    glm::vec3 raw_{0.0F};
    glm::vec3 value_{0.0F};
    glm::vec3 derivative_{0.0F};
};

} // namespace haven
