#include "xr_app/place_change.hpp"

#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/stereo_renderer.hpp"

#include <glm/common.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <utility>

namespace haven {

namespace {

constexpr double fade_s = 1.0; ///< each way

/// More of them in a row, and the place stays as it is: there is no memory for two of it.
constexpr std::uint32_t renewals_failed_max = 3;

float eased(double share) {
    return glm::smoothstep(0.0F, 1.0F, static_cast<float>(share));
}

} // namespace

PlaceChange::PlaceChange(std::filesystem::path folder, renderer::StereoRenderer& renderer)
    : folder_(std::move(folder)), renderer_(renderer) {}

void PlaceChange::begin(const environments::Environment& first) {
    making_ = std::async(std::launch::async, [this, &first] { return make(first); });
}

void PlaceChange::renew(const environments::Environment& shown) {
    if (!shown_ || busy() || asked_ || renewals_given_up()) {
        return;
    }
    renewing_ = true;
    making_ = std::async(std::launch::async, [this, &shown] { return make(shown); });
}

bool PlaceChange::renewals_given_up() const {
    return renewals_failed_ >= renewals_failed_max;
}

bool PlaceChange::ask(const std::string& environment_id, const environments::Lighting& lighting) {
    if (under_way()) {
        return false;
    }
    fault_.clear();
    asked_ = Asked{.id = environment_id, .lighting = lighting};
    begin_asked();
    return true;
}

void PlaceChange::begin_asked() {
    if (asked_ && !busy()) {
        making_ =
            std::async(std::launch::async, [this, asked = *std::exchange(asked_, std::nullopt)] {
                return make(asked);
            });
    }
}

PlaceChange::Made PlaceChange::make(const environments::Environment& there) const {
    auto scene = renderer_.prepare_scene(there.scene());
    if (!scene) {
        return std::unexpected(scene.error().what);
    }
    return Ready{.environment = {}, .scene = std::move(*scene)};
}

PlaceChange::Made PlaceChange::make(const Asked& asked) const {
    auto environment = environments::load_environment(folder_, asked.id, asked.lighting);
    if (!environment) {
        return std::unexpected(environments::to_string(environment.error()));
    }
    auto scene = renderer_.prepare_scene(environment->scene());
    if (!scene) {
        return std::unexpected(scene.error().what);
    }
    return Ready{.environment = std::move(*environment), .scene = std::move(*scene)};
}

void PlaceChange::take_made() {
    if (!making_.valid() ||
        making_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        return;
    }
    Made made = making_.get();
    if (!made && renewing_) {
        spdlog::warn("the place stays as finely drawn as it is: {}", made.error());
        renewing_ = false;
        renewals_failed_ += 1;
        return;
    }
    if (!made) {
        fault_ = std::move(made.error());
        spdlog::error("the other place stays away: {}", fault_);
        return;
    }
    renderer_.bring_scene(std::move(made->scene));
    next_ = std::move(made->environment);
    coming_ = true;
}

PlaceChange::Step PlaceChange::step(double time_s) {
    take_made();
    if (coming_ && renewing_ && renderer_.scene_is_brought()) {
        renderer_.show_scene();
        coming_ = false;
        renewing_ = false;
        renewals_failed_ = 0;
    }
    begin_asked();
    if (coming_ && !renewing_ && !dark_from_s_) {
        dark_from_s_ = shown_ ? time_s + fade_s : time_s;
    }
    if (dark_from_s_) {
        if (time_s < *dark_from_s_ || !renderer_.scene_is_brought()) {
            return {.fade = eased(1.0 - (*dark_from_s_ - time_s) / fade_s), .arrived = {}};
        }
        renderer_.show_scene();
        dark_from_s_.reset();
        light_from_s_ = time_s;
        coming_ = false;
        shown_ = true;
        return {.fade = 1.0F, .arrived = std::exchange(next_, std::nullopt)};
    }
    if (light_from_s_ && time_s < *light_from_s_ + fade_s) {
        return {.fade = 1.0F - eased((time_s - *light_from_s_) / fade_s), .arrived = {}};
    }
    light_from_s_.reset();
    return {.fade = shown_ ? 0.0F : 1.0F, .arrived = {}};
}

} // namespace haven
