#include "environments/camera/camera.hpp"

#include "environments/definition/object_reader.hpp"
#include "environments/environment.hpp"

#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>
#include <glm/vec3.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::environments {
namespace {

constexpr std::array<std::string_view, 3> motion_names{"still", "viewpoints", "path"};
constexpr std::size_t keyframes_max = 64;
constexpr std::size_t viewpoints_max = 16;
constexpr Range place_range{-60.0F, 60.0F};
constexpr float keyframe_distance_min_m = 0.3F;
/// Sideways in a turn, at the path's speed: a turn of 1 m radius at 0.5 m/s.
constexpr float turn_acceleration_max = 0.25F;
constexpr float slope_max = 0.15F;

std::vector<Viewpoint> read_viewpoints(ObjectReader& camera, const Spots& spots) {
    std::vector<Viewpoint> viewpoints;
    if (!camera.has("viewpoints")) {
        for (const Spot& spot : {spots.stand, spots.seat}) {
            viewpoints.push_back({.position_m = spot.position_m, .yaw_rad = spot.yaw_rad});
        }
        return viewpoints;
    }
    for (ObjectReader& reader : camera.objects("viewpoints", viewpoints_max)) {
        viewpoints.push_back(
            {.position_m = reader.vec3("at_m", place_range),
             .yaw_rad = glm::radians(reader.number("yaw_deg", {-180.0F, 180.0F}, 0.0F)),
             .stay_s = reader.number("stay_s", {8.0F, 600.0F}, 20.0F)});
        reader.finish();
    }
    return viewpoints;
}

/// Why the way to keyframe `index` or the turn in it is not comfortable.
std::optional<std::string> discomfort(const CameraCurve& curve, std::size_t index, float speed) {
    const auto keys = curve.keyframes_m();
    const glm::vec3 step =
        keys[index] - keys[index > 0 ? index - 1 : (curve.closed() ? keys.size() - 1 : 0)];
    const float along = glm::length(glm::vec3(step.x, 0.0F, step.z));
    if (std::abs(step.y) > slope_max * along + 1e-4F) {
        return std::format("rises or falls by more than {:.0f} % on the way to it",
                           slope_max * 100.0F);
    }
    const float acceleration = speed * speed * curve.curvature_per_m(index);
    if (acceleration > turn_acceleration_max) {
        return std::format("turns too sharply for {:.2f} m/s: {:.2f} m/s2 sideways, at most {}; "
                           "move it or its neighbours, or go slower",
                           speed, acceleration, turn_acceleration_max);
    }
    return std::nullopt;
}

std::optional<CameraPath> read_path(ObjectReader& camera) {
    ObjectReader reader = camera.object("path");
    CameraPath path;
    path.speed_m_per_s = reader.number("speed_m_per_s", {0.05F, speed_max_m_per_s}, 0.3F);
    path.yaw_rad = glm::radians(reader.number("yaw_deg", {-180.0F, 180.0F}, 0.0F));
    path.vignette = reader.number("vignette", {0.0F, 1.0F}, path.vignette);
    const bool closed = reader.flag("closed", false);
    std::vector<glm::vec3> keyframes_m;
    std::vector<ObjectReader> frames = reader.objects("keyframes", keyframes_max);
    for (ObjectReader& frame : frames) {
        const glm::vec3 at_m = frame.vec3("at_m", place_range);
        const bool repeated = !keyframes_m.empty() &&
                              glm::distance(at_m, keyframes_m.back()) < keyframe_distance_min_m;
        if (repeated && !frame.reading().fault) {
            frame.fail("at_m", std::format("is nearer than {} m to the keyframe before it",
                                           keyframe_distance_min_m));
        }
        keyframes_m.push_back(at_m);
        frame.finish();
    }
    reader.finish();
    if (!reader.reading().fault && keyframes_m.size() < (closed ? 3U : 2U)) {
        reader.fail("keyframes", closed ? "needs three for a closed path" : "needs two");
    }
    if (reader.reading().fault) {
        return std::nullopt;
    }
    path.curve = CameraCurve(std::move(keyframes_m), closed);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        if (const auto why = discomfort(path.curve, i, path.speed_m_per_s)) {
            frames.at(i).fail("at_m", *why);
            return std::nullopt;
        }
    }
    return path;
}

std::string numbers(glm::vec3 point) {
    return std::format("[{:.3f},{:.3f},{:.3f}]", point.x, point.y, point.z);
}

} // namespace

std::string_view to_string(CameraMotion motion) {
    return motion_names.at(static_cast<std::size_t>(motion));
}

std::optional<CameraMotion> parse_camera_motion(std::string_view text) {
    const auto* const found = std::ranges::find(motion_names, text);
    if (found == motion_names.end()) {
        return std::nullopt;
    }
    return static_cast<CameraMotion>(found - motion_names.begin());
}

Camera read_camera(ObjectReader& top, const Spots& spots) {
    ObjectReader reader = top.object("camera");
    Camera camera;
    // Motion is a person's choice and never a definition's.
    camera.motion =
        static_cast<CameraMotion>(reader.choice("motion", std::span(motion_names).first(2)));
    camera.viewpoints = read_viewpoints(reader, spots);
    if (reader.has("path")) {
        camera.path = read_path(reader);
    }
    reader.finish();
    return camera;
}

bool Camera::offers(CameraMotion wanted) const {
    return wanted != CameraMotion::path || path.has_value();
}

std::optional<std::string> Camera::json(CameraMotion played, float speed_limit_m_per_s) const {
    assert(offers(played));
    if (played == CameraMotion::still) {
        return std::nullopt;
    }
    std::string text = std::format(R"({{"format":1,"motion":"{}")", to_string(played));
    if (played == CameraMotion::viewpoints) {
        text += R"(,"viewpoints":[)";
        for (const Viewpoint& view : viewpoints) {
            text += std::format(R"({}{{"at_m":{},"yaw_deg":{:.1f},"stay_s":{:.1f}}})",
                                text.back() == '[' ? "" : ",", numbers(view.position_m),
                                glm::degrees(view.yaw_rad), view.stay_s);
        }
        return text + "]}";
    }
    text += std::format(
        R"(,"speed_m_per_s":{:.2f},"yaw_deg":{:.1f},"vignette":{:.2f},"closed":{},"keyframes_m":[)",
        std::min(path->speed_m_per_s, speed_limit_m_per_s), glm::degrees(path->yaw_rad),
        path->vignette, path->curve.closed());
    for (const glm::vec3& keyframe : path->curve.keyframes_m()) {
        text += (text.back() == '[' ? "" : ",") + numbers(keyframe);
    }
    return text + "]}";
}

} // namespace haven::environments
