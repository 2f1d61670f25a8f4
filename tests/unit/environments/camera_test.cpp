// Looking at a place without walking: comfort is checked when it is read, speed is constant, and a
// stop is a stop.
#include "environments/camera/camera.hpp"
#include "environments/camera/camera_tour.hpp"
#include "environments/definition/object_reader.hpp"
#include "environments/environment.hpp"

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>
#include <gtest/gtest.h>
#include <yyjson.h>

#include <algorithm>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

namespace haven::environments {
namespace {

struct Read {
    Camera camera;
    std::optional<Fault> fault;
};

Read read(const std::string& camera_json) {
    const std::string text = R"({"camera":)" + camera_json + "}";
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(text.data(), text.size(), YYJSON_READ_NOFLAG), &yyjson_doc_free);
    EXPECT_NE(document, nullptr) << text;
    Reading reading;
    ObjectReader top(yyjson_doc_get_root(document.get()), "", reading);
    const Spots spots{.seat = {.position_m = {0.0F, 0.0F, 1.0F}, .eye_height_m = 1.2F}};
    Camera camera = read_camera(top, spots);
    return {.camera = std::move(camera), .fault = reading.fault};
}

std::string path_of(const std::string& keyframes, const std::string& rest = "") {
    return R"({"motion":"still","path":{)" + rest + R"("keyframes":[)" + keyframes + "]}}";
}

const std::string gentle =
    R"({"at_m":[0,0,0]},{"at_m":[2,0,-1]},{"at_m":[4,0.1,-1]},{"at_m":[7,0,0]})";

Camera gentle_camera(const std::string& rest = "") {
    Read found = read(path_of(gentle, rest));
    EXPECT_FALSE(found.fault) << found.fault->pointer << " " << found.fault->detail;
    return std::move(found.camera);
}

void expect_refused(const std::string& json, const std::string& pointer, const std::string& word) {
    const auto fault = read(json).fault;
    ASSERT_TRUE(fault) << json;
    EXPECT_EQ(fault->pointer, pointer);
    EXPECT_TRUE(fault->detail.contains(word)) << fault->detail;
}

TEST(Camera, APlaceThatNamesNoViewsShowsItsSpots) {
    const Read found = read(R"({"motion":"viewpoints"})");
    EXPECT_FALSE(found.fault);
    ASSERT_EQ(found.camera.viewpoints.size(), 2U);
    EXPECT_EQ(found.camera.viewpoints.back().position_m, glm::vec3(0.0F, 0.0F, 1.0F));
    EXPECT_FALSE(found.camera.path);
}

TEST(Camera, MotionIsNeverAPlacesDefault) {
    expect_refused(R"({"motion":"path"})", "/camera/motion", "still");
}

TEST(Camera, APathThatMakesSickIsRefusedByItsKeyframe) {
    expect_refused(path_of(R"({"at_m":[0,0,0]},{"at_m":[3,0,0],"roll_deg":5})"),
                   "/camera/path/keyframes/1/roll_deg", "");
    expect_refused(path_of(R"({"at_m":[0,0,0]},{"at_m":[3,0,0],"yaw_deg":5})"),
                   "/camera/path/keyframes/1/yaw_deg", "");
    expect_refused(path_of(R"({"at_m":[0,0,0],"time_s":1},{"at_m":[3,0,0]})"),
                   "/camera/path/keyframes/0/time_s", "");
    expect_refused(path_of(gentle, R"("speed_m_per_s":1.5,)"), "/camera/path/speed_m_per_s", "1.4");
    expect_refused(path_of(R"({"at_m":[0,0,0]},{"at_m":[3,0,0]},{"at_m":[0,0,0.3]})",
                           R"("speed_m_per_s":0.5,)"),
                   "/camera/path/keyframes/1/at_m", "sharply");
    expect_refused(path_of(R"({"at_m":[0,0,0]},{"at_m":[3,1,0]})"), "/camera/path/keyframes/1/at_m",
                   "rises");
    expect_refused(path_of(R"({"at_m":[0,0,0]},{"at_m":[0,0,0.1]})"),
                   "/camera/path/keyframes/1/at_m", "nearer");
    expect_refused(path_of(R"({"at_m":[0,0,0]})"), "/camera/path/keyframes", "two");
}

TEST(Camera, ASlowerPathMayTurnMoreSharply) {
    const std::string turn = R"({"at_m":[0,0,0]},{"at_m":[1,0,0]},{"at_m":[1,0,-1]})";
    EXPECT_TRUE(read(path_of(turn, R"("speed_m_per_s":1.2,)")).fault);
    EXPECT_FALSE(read(path_of(turn, R"("speed_m_per_s":0.2,)")).fault);
}

TEST(CameraTour, TheWayIsGoneAtOneSpeed) {
    const Camera camera = gentle_camera(R"("speed_m_per_s":0.4,)");
    const CameraTour tour(camera, CameraMotion::path, comfortable_speed_m_per_s, {});
    constexpr double step_s = 0.05;
    const double whole_s = static_cast<double>(camera.path->curve.length_m()) / 0.4;
    for (double time_s = 0.0; time_s + step_s < whole_s; time_s += step_s) {
        const float speed =
            glm::distance(tour.at(time_s).position_m, tour.at(time_s + step_s).position_m) /
            static_cast<float>(step_s);
        ASSERT_NEAR(speed, 0.4F, 0.004F) << "at " << time_s << " s";
    }
}

TEST(CameraTour, ThePathGoesThroughEachKeyframeAndNeverTurnsTheRoom) {
    const Camera camera = gentle_camera(R"("yaw_deg":30,)");
    const CameraTour tour(camera, CameraMotion::path, comfortable_speed_m_per_s, {});
    for (const glm::vec3& keyframe : camera.path->curve.keyframes_m()) {
        float nearest = 10.0F;
        for (double time_s = 0.0; time_s < 30.0; time_s += 0.05) {
            const CameraTour::View view = tour.at(time_s);
            nearest = std::min(nearest, glm::distance(view.position_m, keyframe));
            ASSERT_FLOAT_EQ(view.yaw_rad, std::numbers::pi_v<float> / 6.0F);
        }
        EXPECT_LT(nearest, 0.02F);
    }
}

TEST(CameraTour, NobodyIsTakenFasterThanTheyAsked) {
    const Camera camera = gentle_camera(R"("speed_m_per_s":0.7,)");
    EXPECT_FLOAT_EQ(CameraTour(camera, CameraMotion::path, 0.5F, {}).speed_m_per_s(), 0.5F);
    EXPECT_FLOAT_EQ(CameraTour(camera, CameraMotion::path, 1.0F, {}).speed_m_per_s(), 0.7F);
}

TEST(CameraTour, StillViewsChangeOnlyInTheDark) {
    const Camera camera = read(R"({"motion":"viewpoints","viewpoints":[)"
                               R"({"at_m":[0,0,0],"stay_s":8},{"at_m":[5,0,2],"yaw_deg":90}]})")
                              .camera;
    const CameraTour tour(camera, CameraMotion::viewpoints, 0.5F, {});
    int changes = 0;
    for (double time_s = 0.0; time_s < 60.0; time_s += 0.011) {
        const CameraTour::View before = tour.at(time_s);
        const CameraTour::View after = tour.at(time_s + 0.011);
        if (before.position_m != after.position_m) {
            EXPECT_GT(before.fade, 0.99F);
            EXPECT_GT(after.fade, 0.99F);
            ++changes;
        }
    }
    EXPECT_EQ(changes, 3) << "at 10.4, 32.8 and 43.2 s";
}

TEST(CameraTour, AStopIsAStopAndLeadsHome) {
    const Camera camera = gentle_camera();
    const Spot home{.position_m = {1.0F, 0.0F, 1.0F}, .yaw_rad = 0.5F};
    CameraTour tour(camera, CameraMotion::path, 0.5F, home);
    const glm::vec3 there = tour.at(4.0).position_m;
    tour.stop(4.0);
    for (const double after_s : {0.0, 0.1, 0.3, 0.59}) {
        EXPECT_EQ(tour.at(4.0 + after_s).position_m, there);
    }
    EXPECT_GT(tour.at(4.59).fade, 0.99F);
    EXPECT_EQ(tour.at(4.61).position_m, home.position_m);
    EXPECT_FALSE(tour.over(5.1));
    EXPECT_TRUE(tour.over(5.2));
    EXPECT_FLOAT_EQ(tour.at(5.2).fade, 0.0F);
}

TEST(Camera, WhatWasPlayedIsTold) {
    const Camera camera = gentle_camera();
    EXPECT_EQ(camera.json(CameraMotion::still, 0.0F), std::nullopt);
    EXPECT_EQ(camera.json(CameraMotion::path, 0.3F),
              R"({"format":1,"motion":"path","speed_m_per_s":0.30,"yaw_deg":0.0,"vignette":0.35,)"
              R"("closed":false,"keyframes_m":[[0.000,0.000,0.000],[2.000,0.000,-1.000],)"
              R"([4.000,0.100,-1.000],[7.000,0.000,0.000]]})");
    EXPECT_EQ(camera.json(CameraMotion::viewpoints, 0.0F),
              R"({"format":1,"motion":"viewpoints","viewpoints":[{"at_m":[0.000,0.000,0.000],)"
              R"("yaw_deg":0.0,"stay_s":20.0},{"at_m":[0.000,0.000,1.000],"yaw_deg":0.0,)"
              R"("stay_s":20.0}]})");
}

} // namespace
} // namespace haven::environments
