#pragma once

#include "environments/camera/camera.hpp"
#include "environments/environment.hpp"
#include "environments/parts/life.hpp"
#include "environments/soundscape/score.hpp"
#include "renderer/scene/scene.hpp"

#include <string>

namespace haven::environments {

struct Environment::State {
    std::string id;
    std::string display_name;
    scene::Scene scene;
    Life life;
    Spots spots;
    Camera camera;
    soundscape::Score score;
    std::string environment_config_json;
};

} // namespace haven::environments
