#pragma once

#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "renderer/prepared_scene.hpp"
#include "renderer/stereo_renderer.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <future>
#include <optional>
#include <string>

namespace haven {

/// Another place instead of this one: read, built and made ready on a thread of its own while this
/// one stays, then shown behind a fade. The first comes out of the dark. Frame thread; dies before
/// the renderer, and waits for its thread then.
class PlaceChange {
  public:
    /// `folder` has the definitions.
    PlaceChange(std::filesystem::path folder, renderer::StereoRenderer& renderer);

    /// Begins to make the first place ready; it stays as it is until it is shown.
    void begin(const environments::Environment& first);
    /// Begins to make `environment_id` ready, or will when a renewal is over. False while another
    /// change is under way.
    bool ask(const std::string& environment_id, const environments::Lighting& lighting);
    [[nodiscard]] bool under_way() const { return asked_ || (!renewing_ && busy()); }
    /// The place that is shown, made ready again, as the renderer wants scenes now (its quality is
    /// another): exchanged between two frames, without a fade and without an arrival. Call it as
    /// long as it is wished: it does nothing while anything is under way, nor again what has
    /// failed. `shown` stays as it is until another place has arrived.
    void renew(const environments::Environment& shown);

    /// renew() has failed too often: the place stays as it is.
    [[nodiscard]] bool renewals_given_up() const;

    struct Step {
        float fade = 0.0F; ///< of this frame
        /// Once for each place asked for, in the dark: what is drawn from this frame on.
        std::optional<environments::Environment> arrived;
    };
    /// Once a frame, before it is recorded; `time_s` from any origin. Never waits.
    [[nodiscard]] Step step(double time_s);
    /// Why the last place asked for did not come; empty where it did.
    [[nodiscard]] const std::string& fault() const { return fault_; }
    /// The first place did not come: there will be nothing but the dark.
    [[nodiscard]] bool stays_dark() const { return !shown_ && !fault_.empty(); }

  private:
    struct Ready {
        std::optional<environments::Environment> environment; ///< none: the first, which is there
        renderer::PreparedScene scene;
    };
    using Made = std::expected<Ready, std::string>;

    struct Asked {
        std::string id;
        environments::Lighting lighting;
    };

    [[nodiscard]] Made make(const Asked& asked) const;
    [[nodiscard]] Made make(const environments::Environment& there) const;
    [[nodiscard]] bool busy() const { return making_.valid() || coming_; }
    void take_made();
    void begin_asked();

    std::filesystem::path folder_;
    renderer::StereoRenderer& renderer_;
    bool shown_ = false;                ///< any place, ever
    bool coming_ = false;               ///< its scene is being brought
    bool renewing_ = false;             ///< what is made or comes is the place that is shown
    std::uint32_t renewals_failed_ = 0; ///< one after another
    std::optional<Asked> asked_;        ///< when the renewal is over
    std::optional<environments::Environment> next_;
    std::optional<double> dark_from_s_;  ///< it is fully dark then
    std::optional<double> light_from_s_; ///< the new place appears from then
    std::string fault_;
    std::future<Made> making_; // last: it waits for its thread, which uses the others
};

} // namespace haven
