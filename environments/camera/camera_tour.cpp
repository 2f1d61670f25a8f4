#include "environments/camera/camera_tour.hpp"

#include "environments/camera/camera.hpp"
#include "environments/environment.hpp"

#include <glm/common.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace haven::environments {
namespace {

constexpr double fade_s = 1.2;      ///< each way, between views
constexpr double fade_home_s = 0.6; ///< each way, after a stop

/// 1 at the ends of a stretch of time, 0 inside.
float fade_at_ends(double into_s, double of_s) {
    const double edge = std::min(into_s, of_s - into_s) / fade_s;
    return 1.0F - glm::smoothstep(0.0F, 1.0F, static_cast<float>(edge));
}

} // namespace

CameraTour::CameraTour(const Camera& camera, CameraMotion motion, float speed_limit_m_per_s,
                       const Spot& home)
    : camera_(&camera), motion_(motion), home_(home) {
    assert(camera.offers(motion));
    if (motion_ == CameraMotion::path) {
        speed_m_per_s_ = std::min(camera.path->speed_m_per_s, speed_limit_m_per_s);
        round_s_ = static_cast<double>(camera.path->curve.length_m() / speed_m_per_s_);
    } else {
        for (const Viewpoint& view : camera.viewpoints) {
            round_s_ += static_cast<double>(view.stay_s) + 2.0 * fade_s;
        }
    }
}

CameraTour::View CameraTour::playing(double time_s) const {
    time_s = std::max(time_s, 0.0);
    double into_s = round_s_ > 0.0 ? std::fmod(time_s, round_s_) : 0.0;
    if (motion_ == CameraMotion::path) {
        const CameraPath& path = *camera_->path;
        const bool again = path.curve.closed() && time_s > fade_s;
        return {.position_m = path.curve.at(static_cast<float>(into_s) * speed_m_per_s_),
                .yaw_rad = path.yaw_rad,
                .fade = again ? 0.0F : fade_at_ends(into_s, round_s_),
                .vignette = path.vignette};
    }
    for (const Viewpoint& view : camera_->viewpoints) {
        const double shown_s = static_cast<double>(view.stay_s) + 2.0 * fade_s;
        if (into_s < shown_s) {
            return {.position_m = view.position_m,
                    .yaw_rad = view.yaw_rad,
                    .fade = fade_at_ends(into_s, shown_s)};
        }
        into_s -= shown_s;
    }
    return {.position_m = home_.position_m, .yaw_rad = home_.yaw_rad};
}

CameraTour::View CameraTour::at(double time_s) const {
    if (!stopped_s_) {
        return playing(time_s);
    }
    const double since_s = time_s - *stopped_s_;
    if (since_s < fade_home_s) {
        View view = playing(*stopped_s_);
        const auto share = glm::smoothstep(0.0F, 1.0F, static_cast<float>(since_s / fade_home_s));
        view.fade = std::max(view.fade, share);
        return view;
    }
    const auto share = static_cast<float>((since_s - fade_home_s) / fade_home_s);
    return {.position_m = home_.position_m,
            .yaw_rad = home_.yaw_rad,
            .fade = 1.0F - glm::smoothstep(0.0F, 1.0F, share)};
}

void CameraTour::stop(double time_s) {
    if (!stopped_s_) {
        stopped_s_ = time_s;
    }
}

bool CameraTour::over(double time_s) const {
    return stopped_s_ && time_s >= *stopped_s_ + 2.0 * fade_home_s;
}

} // namespace haven::environments
