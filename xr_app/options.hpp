#pragma once

#include "bilateral/stroke.hpp"
#include "bilateral/symmetry.hpp"
#include "environments/camera/camera.hpp"
#include "environments/environment.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/input/hand_reader.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace haven {

/// Which exercise somebody is led through.
enum class GuideChoice : std::uint8_t { off, short_one, whole };

/// What the command line says.
struct Options {
    std::string server_url; ///< empty: everything stays on this device
    std::filesystem::path ca_file;
    std::filesystem::path token_file;
    std::string environment_id = "cozy_cabin";
    environments::Lighting lighting; ///< what is not set is the place's own
    environments::CameraMotion cinematic = environments::CameraMotion::still;
    float camera_speed_m_per_s = environments::comfortable_speed_m_per_s; ///< at most
    std::filesystem::path assets;
    std::filesystem::path data;
    SymmetryMode symmetry = SymmetryMode::free;
    GuideChoice guide = GuideChoice::off;
    InteractionChoice interaction = InteractionChoice::automatic;
    std::optional<std::pair<std::uint32_t, std::uint32_t>> eye_size;
    bool sound = true;
    audio::Hearing hearing;
    std::optional<float> refresh_rate_hz; ///< wished of the headset
    double seconds = 0.0;                 ///< of drawing; 0: until it is ended
    std::filesystem::path capture;
    std::filesystem::path record_trace;
    std::filesystem::path replay;
    std::filesystem::path ink_out;
    std::filesystem::path summary;
    std::filesystem::path ready_file;
    std::optional<Uuid> session_id;
    bool desktop = false;
    bool wait_for_headset = false; ///< at the start, too
    bool mirror = true;
    std::string language; ///< of panels, as wished: "de", or "de_AT.UTF-8" as LANG says it
    std::string log_level = "info";
};

/// Why there is nothing to run: help was asked for, or something is wrong.
struct OptionsStop {
    int exit_code = 0;
    std::string text;
};

/// The folder for what is not yet sent, where the command line names none.
[[nodiscard]] std::filesystem::path default_data();

[[nodiscard]] std::expected<Options, OptionsStop> parse_options(int argc, const char* const* argv);

} // namespace haven
