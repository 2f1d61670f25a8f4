#include "xr_app/surroundings.hpp"

#include "bilateral/level.hpp"
#include "bilateral/pose.hpp"
#include "environments/camera/camera.hpp"
#include "environments/camera/camera_tour.hpp"
#include "environments/environment.hpp"

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

namespace haven {

namespace {

Pose standing(glm::vec3 floor_m, float yaw_rad) {
    return {.position_m = floor_m, .orientation = turned_by(yaw_rad)};
}

} // namespace

Pose world_from_person_at(const environments::Spot& spot) {
    return standing(spot.position_m, spot.yaw_rad);
}

Surroundings::Surroundings(const environments::Environment& place,
                           environments::CameraMotion motion, float speed_limit_m_per_s)
    : home_(world_from_person_at(place.spots().stand)) {
    if (motion != environments::CameraMotion::still) {
        tour_.emplace(place.camera(), motion, speed_limit_m_per_s, place.spots().stand);
    }
}

Surroundings::View Surroundings::at(double time_s) {
    if (!tour_ || at_rest(time_s)) {
        return {.world_from_person = home_};
    }
    began_s_ = began_s_.value_or(time_s);
    const environments::CameraTour::View view = tour_->at(time_s - *began_s_);
    return {.world_from_person = standing(view.position_m, view.yaw_rad),
            .fade = view.fade,
            .vignette = view.vignette};
}

bool Surroundings::press(double time_s) {
    if (!tour_ || !began_s_ || tour_->stopped()) {
        return false;
    }
    stopped_after_s_ = time_s - *began_s_;
    tour_->stop(*stopped_after_s_);
    return true;
}

bool Surroundings::at_rest(double time_s) const {
    return !tour_ || (began_s_ && tour_->over(time_s - *began_s_));
}

} // namespace haven
