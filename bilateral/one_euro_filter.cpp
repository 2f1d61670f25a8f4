#include "bilateral/one_euro_filter.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

#include <cstdint>

namespace haven {

namespace {

/// The weight of the new value in an exponential low-pass.
float smoothing(float cutoff_hz, float step_s) {
    constexpr float tau = 6.28318530718F;
    const float r = tau * cutoff_hz * step_s;
    return r / (r + 1.0F);
}

} // namespace

glm::vec3 OneEuroFilter::filter(std::int64_t time_ns, const glm::vec3& value) {
    if (!started_) {
        started_ = true;
        time_ns_ = time_ns;
        raw_ = value;
        value_ = value;
        derivative_ = glm::vec3{0.0F};
        return value;
    }
    if (time_ns <= time_ns_) {
        return value_;
    }
    const float step_s = static_cast<float>(time_ns - time_ns_) * 1e-9F;
    const glm::vec3 slope = (value - raw_) / step_s;
    derivative_ += (slope - derivative_) * smoothing(options_.derivative_cutoff_hz, step_s);
    // One cutoff for the three axes, from the speed, so that the result does not depend on how the
    // axes lie.
    const float cutoff_hz =
        options_.cutoff_hz_min + options_.cutoff_per_speed * glm::length(derivative_);
    value_ += (value - value_) * smoothing(cutoff_hz, step_s);
    raw_ = value;
    time_ns_ = time_ns;
    return value_;
}

} // namespace haven
