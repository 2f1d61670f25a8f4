#include "environments/environment.hpp"

#include "environments/environment_state.hpp"
#include "environments/parts/life.hpp"
#include "environments/soundscape/score.hpp"
#include "renderer/scene/scene.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::environments {
namespace {

constexpr std::array<std::string_view, 4> preset_names{"hour", "day", "warm", "dim"};

} // namespace

std::string_view to_string(LightingPreset preset) {
    return preset_names.at(static_cast<std::size_t>(preset));
}

std::optional<LightingPreset> parse_lighting_preset(std::string_view text) {
    const auto* const found = std::ranges::find(preset_names, text);
    return found == preset_names.end()
               ? std::nullopt
               : std::optional(static_cast<LightingPreset>(found - preset_names.begin()));
}

Environment::Environment(std::shared_ptr<const State> state) : state_(std::move(state)) {}

const std::string& Environment::id() const {
    return state_->id;
}
const std::string& Environment::display_name() const {
    return state_->display_name;
}
const scene::Scene& Environment::scene() const {
    return state_->scene;
}
const Camera& Environment::camera() const {
    return state_->camera;
}

const soundscape::Score& Environment::score() const {
    return state_->score;
}

const Spots& Environment::spots() const {
    return state_->spots;
}
const std::string& Environment::environment_config_json() const {
    return state_->environment_config_json;
}

scene::SceneFrame Environment::frame(double time_s) const {
    scene::SceneFrame frame = scene::frame_at(state_->scene, time_s);
    add_life(state_->life, time_s, frame);
    return frame;
}

} // namespace haven::environments
