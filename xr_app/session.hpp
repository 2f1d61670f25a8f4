#pragma once

#include "bilateral/exercise/script.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/eye_capture.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/menu.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/options.hpp"
#include "xr_app/panel_host.hpp"
#include "xr_app/panel_wish.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/person_placement.hpp"
#include "xr_app/seen_log.hpp"
#include "xr_app/session_director.hpp"
#include "xr_app/surroundings.hpp"

#include <optional>
#include <vector>

namespace haven {

/// What a lost headset does not take with it: the place and the person in it, the drawing, and what
/// was counted. Whole once made, and stays where it is. Frame thread.
struct Session {
    /// What it is given must outlive it.
    Session(const Options& options, environments::Environment first_place,
            uploader::Courier& the_courier, BackgroundWorker& the_worker,
            Performance::Clock::time_point started_at,
            std::optional<exercise::Script> script = std::nullopt);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// In each frame, and while none are wanted: what is finished goes on its way to the disk.
    void keep();
    /// Another place is around the person, in the dark; `time_s` since the program began.
    void enter(environments::Environment arrived, double time_s);
    /// Samples are recorded once the drawing has begun; ink may be drawn. A guided session says.
    [[nodiscard]] bool records() const { return !guide || guide->records(); }
    [[nodiscard]] bool ink_allowed() const { return !guide || guide->ink(); }
    /// What is to hang before the person now.
    [[nodiscard]] std::optional<PanelWish> panel_wish() const;
    /// For the desk's panel: without what only a headset knows.
    [[nodiscard]] MirrorStatus status() const;

    uploader::Courier& courier;
    BackgroundWorker& worker;
    Performance performance;
    environments::Environment environment;
    std::vector<environments::CatalogEntry> places; ///< that can be changed to
    Surroundings surroundings;
    std::optional<audio::SoundPlayer> sound; ///< none: not wished
    DrawingSession drawing;
    PersonPlacement placement;
    InkFeed ink;
    std::optional<Guide> guide; ///< none: nobody is led
    SessionDirector director;
    std::optional<EyeCapture> capture; ///< none: not wished
    Menu menu;
    PanelHost panels;

  private:
    SeenLog seen_log_;
};

} // namespace haven
