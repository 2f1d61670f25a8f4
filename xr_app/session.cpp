#include "xr_app/session.hpp"

#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/pose_trace.hpp"
#include "environments/camera/camera.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/frame_stats.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/menu.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/options.hpp"
#include "xr_app/panel_wish.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/session_director.hpp"
#include "xr_app/surroundings.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace haven {

namespace {

DrawingPlan plan_of(const Options& options, const environments::Environment& place) {
    return {.environment_id = options.environment_id,
            .environment_config_json = place.environment_config_json(),
            .spatial_audio = options.sound && options.hearing.spatial,
            .camera_path_json =
                place.camera().json(options.cinematic, options.camera_speed_m_per_s),
            .symmetry_mode = options.symmetry,
            .session_id = options.session_id,
            .modality = options.desktop ? "desktop" : "vr"};
}

DrawingSession::SeeTrace trace_writer(const Options& options, BackgroundWorker& worker) {
    if (options.record_trace.empty()) {
        return {};
    }
    return [file = options.record_trace, &worker,
            first = true](std::span<const std::byte> bytes) mutable {
        worker.post([file, block = std::vector<std::byte>(bytes.begin(), bytes.end()),
                     first = std::exchange(first, false)] {
            std::ofstream stream(file,
                                 std::ios::binary | (first ? std::ios::trunc : std::ios::app));
            stream.write(reinterpret_cast<const char*>(block.data()),
                         static_cast<std::streamsize>(block.size()));
            if (!stream) {
                spdlog::error("--record-trace: cannot write {}", file.string());
            }
        });
    };
}

std::vector<environments::CatalogEntry> usable_places(const std::filesystem::path& assets) {
    environments::Catalog catalog = environments::list_environments(assets / "environments");
    for (const environments::EnvironmentError& error : catalog.errors) {
        spdlog::warn("a place that cannot be used: {}", environments::to_string(error));
    }
    return std::move(catalog.entries);
}

std::function<void(audio::Bell, std::string_view)> ringer(Session& session) {
    return [&session](audio::Bell bell, std::string_view caption) {
        if (session.sound) {
            session.sound->ring(bell, caption);
        }
    };
}

SessionDirector::Config director_config(const Options& options, Session& session) {
    SessionDirector::Config config{.limit = std::chrono::duration<double>(options.seconds),
                                   .ring = ringer(session),
                                   .guide = session.guide ? &*session.guide : nullptr};
    if (!options.ready_file.empty()) {
        config.on_begin = [file = options.ready_file, &session] {
            session.worker.post([file] { std::ofstream(file) << "ready\n"; });
        };
    }
    return config;
}

} // namespace

Session::Session(const Options& options, environments::Environment first_place,
                 uploader::Courier& the_courier, BackgroundWorker& the_worker,
                 Performance::Clock::time_point started_at, std::optional<exercise::Script> script)
    : courier(the_courier), worker(the_worker), performance{.started_at = started_at},
      environment(std::move(first_place)), places(usable_places(options.assets)),
      surroundings(environment, options.cinematic, options.camera_speed_m_per_s),
      drawing(
          plan_of(options, environment),
          [this](uploader::Event& event) { return courier.post(std::move(event)); },
          trace_writer(options, worker)),
      placement(surroundings, drawing), ink(surroundings.home()),
      guide(script ? std::make_optional<Guide>(
                         *std::move(script), drawing,
                         Guide::Config{.ring = ringer(*this), .desk_is_person = options.desktop},
                         host_now_ns())
                   : std::nullopt),
      director(drawing, performance, director_config(options, *this)),
      panels({.assets = options.assets,
              .language = options.language,
              .offers = [this](std::string_view panel, std::string_view id) {
                  return Menu::offers(panel, id) || (guide && id == "safe_place");
              }}) {
    performance.system.note(
        PlaceVisit{.environment_id = environment.id(),
                   .environment_config_json = environment.environment_config_json()});
    if (options.sound) {
        sound.emplace(
            audio::SoundPlayer::Config{.hearing = options.hearing, .scene_began = started_at});
        sound->set_place(environment.score());
    }
    if (!options.capture.empty()) {
        capture.emplace(options.capture, worker);
    }
}

void Session::keep() {
    drawing.flush();
    drawing.spare_ink(courier.ink_bytes_spared());
    seen_log_.kept(courier);
}

std::optional<PanelWish> Session::panel_wish() const {
    if (director.ended_at()) {
        return std::nullopt;
    }
    if (menu.open() || !guide) {
        return menu.panel(environment.display_name());
    }
    return guide->panel();
}

MirrorStatus Session::status() const {
    MirrorStatus status{
        .place = environment.display_name(), .session = director.state(), .kept = courier.status()};
    for (const environments::CatalogEntry& one : places) {
        status.places.push_back(one.display_name);
    }
    if (guide) {
        status.guide = guide->phase_words();
        status.guide_keys = guide->keys_words();
    }
    if (sound) {
        status.sound = true;
        status.caption = sound->caption(Performance::Clock::now());
        status.no_sound = sound->status().state != audio::SoundState::playing;
    }
    for (const Hand hand : {Hand::left, Hand::right}) {
        MirrorStatus::HandStatus& its = status.hands.at(static_cast<std::size_t>(hand));
        its.drawing = drawing.drawing(hand);
        its.strokes = drawing.stroke_count(hand);
    }
    return status;
}

/// The ink stays where it is around the person.
void Session::enter(environments::Environment arrived, double time_s) {
    environment = std::move(arrived);
    surroundings = Surroundings(environment, environments::CameraMotion::still, 0);
    performance.system.note(
        PlaceVisit{.environment_id = environment.id(),
                   .environment_config_json = environment.environment_config_json(),
                   .from_s = time_s});
    if (sound) { // its voices are built elsewhere
        worker.post([this, place = environment] { sound->set_place(place.score()); });
    }
    spdlog::info("the place is now {}", environment.display_name());
    placement.record(Placement::Reason::place_changed);
}

} // namespace haven
