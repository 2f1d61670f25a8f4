#include "xr_app/options.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/symmetry.hpp"
#include "environments/camera/camera.hpp"
#include "environments/environment.hpp"
#include "ui/words.hpp"
#include "xr_app/audio/hearing.hpp"
#include "xr_app/input/hand_reader.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven {

namespace {

constexpr std::uint32_t eye_side_px_min = 64;
constexpr std::uint32_t eye_side_px_max = 8192;

std::optional<std::uint32_t> side_px(std::string_view text) {
    std::uint32_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size() || value < eye_side_px_min ||
        value > eye_side_px_max) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> parse_eye_size(std::string_view text) {
    const std::size_t cross = text.find('x');
    if (cross == std::string_view::npos) {
        return std::nullopt;
    }
    const auto width = side_px(text.substr(0, cross));
    const auto height = side_px(text.substr(cross + 1));
    if (!width || !height) {
        return std::nullopt;
    }
    return std::pair{*width, *height};
}

/// What CLI11 reads as text and we then make sense of.
struct Texts {
    std::string symmetry = "off";
    std::string symmetry_mode = "mirror";
    std::string interaction = "auto";
    std::string guide = "off";
    std::string eye_size;
    std::string session;
    std::string cinematic = "off";
    std::string light;
    std::string language;
};

/// What the desk's own programs speak, as POSIX says it.
std::string language_of_desk() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (const char* const value = std::getenv(name); value != nullptr && *value != '\0') {
            return value;
        }
    }
    return {};
}

void add_place_options(CLI::App& app, Options& options, Texts& texts) {
    app.add_option("--environment", options.environment_id, "the place to stand in")
        ->capture_default_str()
        ->group("Place and headset");
    app.add_option("--assets", options.assets, "folder with environments/")
        ->capture_default_str()
        ->group("Place and headset");
    app.add_option("--light", texts.light,
                   "hour (the place's own), day, warm, or dim for whom light hurts")
        ->check(CLI::IsMember({"hour", "day", "warm", "dim"}))
        ->group("Place and headset");
    app.add_option("--warmth", options.lighting.warmth, "0 neutral to 1 candle light")
        ->check(CLI::Range(0.0F, 1.0F))
        ->group("Place and headset");
    app.add_option("--brightness", options.lighting.brightness, "times the light's own")
        ->check(CLI::Range(0.2F, 1.5F))
        ->group("Place and headset");
    app.add_option("--cinematic", texts.cinematic,
                   "be shown the place before drawing, until something is pressed: off, viewpoints "
                   "(still views behind fades), path (slow motion)")
        ->check(CLI::IsMember({"off", "viewpoints", "path"}))
        ->capture_default_str()
        ->group("Place and headset");
    app.add_option("--camera-speed", options.camera_speed_m_per_s,
                   "the most that --cinematic path may move, in m/s")
        ->check(CLI::Range(0.05F, environments::speed_max_m_per_s))
        ->capture_default_str()
        ->group("Place and headset");
    app.add_option("--refresh-rate", options.refresh_rate_hz,
                   "pictures a second to ask the headset for (default: its highest up to 90)")
        ->check(CLI::Range(24.0F, 500.0F))
        ->group("Place and headset");
    app.add_flag("--desktop", options.desktop, "no headset: mouse and keyboard move head and hands")
        ->group("Place and headset");
    app.add_option(
           "--language", texts.language,
           "of what is read in the headset: one of assets/words, en, de, es or fr (default: "
           "what LANG says, else en)")
        ->group("Place and headset");
    app.add_flag("--wait", options.wait_for_headset,
                 "wait for a headset when there is none at the start")
        ->group("Place and headset");
    app.add_flag("!--no-mirror", options.mirror, "no window on this desk")
        ->group("Place and headset");
}

void add_drawing_options(CLI::App& app, Options& options, Texts& texts) {
    const std::string group = "Drawing";
    app.add_option("--symmetry", texts.symmetry, "whether each stroke gets a copy: on, off")
        ->check(CLI::IsMember({"on", "off"}))
        ->capture_default_str()
        ->group(group);
    app.add_option("--symmetry-mode", texts.symmetry_mode,
                   "the copy: mirror (in the body's midline), parallel (beside it)")
        ->check(CLI::IsMember({"mirror", "parallel"}))
        ->capture_default_str()
        ->group(group);
    app.add_option("--guide", texts.guide,
                   "be led through an exercise: off, short (3 minutes), whole (15 minutes)")
        ->check(CLI::IsMember({"off", "short", "whole"}))
        ->capture_default_str()
        ->group(group);
    app.add_option("--interaction-mode", texts.interaction,
                   "what draws: controller, hand_tracking (thumb and index finger), auto")
        ->check(CLI::IsMember({"controller", "hand_tracking", "auto"}))
        ->capture_default_str()
        ->group(group);
    app.add_option("--seconds", options.seconds, "end the drawing by itself after so long")
        ->check(CLI::NonNegativeNumber)
        ->group(group);
    app.add_option("--eye-size", texts.eye_size,
                   "one eye's picture, WIDTHxHEIGHT (default: what the headset recommends)")
        ->group(group);
}

void add_keeping_options(CLI::App& app, Options& options, Texts& texts) {
    const std::string group = "Keeping";
    app.add_option("--server", options.server_url,
                   "where drawings go; default: where this headset is linked to, else they wait on "
                   "this device")
        ->group(group);
    app.add_option("--token-file", options.token_file,
                   "file with an access token for the server, in place of the link")
        ->group(group);
    app.add_option("--ca-file", options.ca_file,
                   "certificate authorities (PEM) to trust in place of the system's")
        ->group(group);
    app.add_option("--session", texts.session, "id of the web session this drawing belongs to")
        ->group(group);
    app.add_option("--data", options.data, "folder for what is not yet sent, and caches")
        ->capture_default_str()
        ->group(group);
}

void add_tool_options(CLI::App& app, Options& options) {
    const std::string group = "Tools";
    app.add_option("--capture", options.capture,
                   "folder for a picture of each eye, every second and at the end")
        ->group(group);
    app.add_option("--record-trace", options.record_trace, "also write the motion trace there")
        ->group(group);
    app.add_option("--replay", options.replay,
                   "draw a recorded trace again, without a headset, and print its ink")
        ->check(CLI::ExistingFile)
        ->group(group);
    app.add_option("--ink-out", options.ink_out,
                   "with --replay: folder for left.json and right.json")
        ->group(group);
    app.add_option("--summary", options.summary, "write what happened there, as JSON, at the end")
        ->group(group);
    app.add_option("--ready-file", options.ready_file, "make this file once hands can draw")
        ->group(group);
    app.add_option("--log-level", options.log_level, "debug, info, warn, error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
        ->capture_default_str()
        ->group(group);
}

void add_sound_options(CLI::App& app, Options& options) {
    const std::string group = "Sound";
    audio::Hearing& hearing = options.hearing;
    app.add_flag("!--no-sound", options.sound, "silence")->group(group);
    app.add_flag("!--no-spatial", hearing.spatial, "plain stereo, for loudspeakers")->group(group);
    app.add_flag("--mono", hearing.mono, "both ears hear everything")->group(group);
    const auto level = [&](const char* name, float& value, const char* help) {
        app.add_option(name, value, help)
            ->check(CLI::Range(0.0F, 1.0F))
            ->capture_default_str()
            ->group(group);
    };
    level("--volume", hearing.volume, "of everything, 0 to 1");
    level("--volume-left", hearing.left, "of the left ear");
    level("--volume-right", hearing.right, "of the right ear");
    level("--volume-surroundings", hearing.surroundings, "of the place");
    level("--volume-ink", hearing.ink, "of the ink's own voice");
    level("--volume-bells", hearing.bells, "of the bells at the beginning and the end");
}

OptionsStop refuse(std::string text) {
    return {.exit_code = 2, .text = std::move(text) + "\n"};
}

std::expected<Options, OptionsStop> make_sense(Options options, const Texts& texts) {
    if (texts.symmetry == "on") {
        options.symmetry =
            texts.symmetry_mode == "parallel" ? SymmetryMode::parallel : SymmetryMode::mirror_copy;
    }
    options.guide = texts.guide == "short"   ? GuideChoice::short_one
                    : texts.guide == "whole" ? GuideChoice::whole
                                             : GuideChoice::off;
    if (texts.interaction != "auto") {
        options.interaction = texts.interaction == "controller" ? InteractionChoice::controller
                                                                : InteractionChoice::hand_tracking;
    }
    options.cinematic = environments::parse_camera_motion(texts.cinematic)
                            .value_or(environments::CameraMotion::still);
    options.lighting.preset = environments::parse_lighting_preset(texts.light);
    if (!texts.eye_size.empty()) {
        options.eye_size = parse_eye_size(texts.eye_size);
        if (!options.eye_size) {
            return std::unexpected(refuse("--eye-size: '" + texts.eye_size +
                                          "' is not WIDTHxHEIGHT with sides of 64 to 8192"));
        }
    }
    if (!texts.session.empty()) {
        options.session_id = parse_uuid(texts.session);
        if (!options.session_id) {
            return std::unexpected(
                refuse("--session: '" + texts.session + "' is not the id of a session"));
        }
    }
    options.language = texts.language.empty() ? language_of_desk() : texts.language;
    if (!texts.language.empty()) {
        const auto there = ui::languages_in(options.assets / "words");
        if (std::ranges::find(there, texts.language) == there.end()) {
            std::string names;
            for (const std::string& one : there) {
                names += (names.empty() ? "" : ", ") + one;
            }
            return std::unexpected(refuse("--language: there are no words in '" + texts.language +
                                          "', but in: " + names));
        }
    }
    if (options.desktop && !options.mirror) {
        return std::unexpected(refuse("--desktop draws in its window: leave out --no-mirror"));
    }
    return options;
}

} // namespace

std::filesystem::path default_data() {
    if (const char* const home = std::getenv("XDG_DATA_HOME"); home != nullptr && *home != '\0') {
        return std::filesystem::path(home) / "haven";
    }
    const char* const home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : ".") / ".local" / "share" / "haven";
}

std::expected<Options, OptionsStop> parse_options(int argc, const char* const* argv) {
    Options options;
    options.assets = "assets";
    options.data = default_data();
    Texts texts;
    CLI::App app{
        "Haven: stand in a calm place and draw with both hands.\n"
        "Ends when the headset or the window is closed, the menu button is held for a "
        "second, on Ctrl-C, or after --seconds. Where the headset's program hangs, the "
        "fourth Ctrl-C ends it at once.\n"
        "`haven-xr link --help` tells how to link it to an account, once; `haven-xr outbox "
        "--help` what waits on this computer, and for whom.",
        "haven-xr"};
    add_place_options(app, options, texts);
    add_drawing_options(app, options, texts);
    add_keeping_options(app, options, texts);
    add_sound_options(app, options);
    add_tool_options(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream complaint;
        const int code = app.exit(error, out, complaint);
        return std::unexpected(
            OptionsStop{.exit_code = code == 0 ? 0 : 2, .text = out.str() + complaint.str()});
    }
    return make_sense(std::move(options), texts);
}

} // namespace haven
