#pragma once

#include "bilateral/pose.hpp"
#include "environments/catalog.hpp"
#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/audio/sound_player.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/frame_loop.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/ink_feed.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/options.hpp"
#include "xr_app/surroundings.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace haven {

/// Why the client could not begin: shown to the person, and the program's exit status.
struct ClientError {
    int exit_code = 1;
    std::string message;
};

/// One run: a headset, or what stands for it, one place, one drawing, brought to the disk and to
/// the server. Survives the loss of headset and GPU with the same drawing. Main thread.
class Client {
  public:
    Client(Options options, std::chrono::steady_clock::time_point started_at);

    /// Until the session is over and what was drawn is kept.
    [[nodiscard]] std::expected<void, ClientError> run();

  private:
    [[nodiscard]] std::expected<void, ClientError> enter_room();
    [[nodiscard]] std::expected<void, ClientError> open_courier();
    void open_desk();
    void make_drawing();
    [[nodiscard]] std::expected<std::unique_ptr<Headset>, HeadsetError> make_headset();
    [[nodiscard]] std::expected<FrameLoop::End, ClientError> run_headset();
    [[nodiscard]] std::expected<void, ClientError> build_graphics(Headset& headset,
                                                                  Graphics& graphics);
    void note_system(const Headset& headset, const Graphics& graphics);
    [[nodiscard]] std::expected<FrameLoop::End, ClientError> run_frames(Headset& headset,
                                                                        Graphics& graphics);
    [[nodiscard]] std::expected<void, ClientError> run_headsets();
    [[nodiscard]] bool wait_for_headset(std::chrono::milliseconds pause);
    void keep_drawing();
    void drain();
    void hand_over();
    [[nodiscard]] std::expected<void, ClientError> say_what_is_kept() const;
    void write_summary();

    Options options_;
    std::chrono::steady_clock::time_point started_at_;
    BackgroundWorker worker_;
    std::future<std::expected<environments::Environment, environments::EnvironmentError>> room_;
    std::optional<environments::Environment> environment_;
    std::vector<environments::CatalogEntry> places_;
    std::optional<Surroundings> surroundings_;
    std::optional<audio::SoundPlayer> sound_;
    std::unique_ptr<uploader::Courier> courier_;
    std::unique_ptr<Desk> desk_;
    std::optional<DrawingSession> drawing_;
    std::optional<InkFeed> ink_;
    std::optional<EyeCapture> capture_;
    std::optional<ClientState> state_;
    std::optional<Pose> stage_from_tracking_; ///< of the headset before
    uploader::DrainResult drained_;
    std::uint64_t validation_messages_ = 0;
    bool trace_file_begun_ = false;
};

} // namespace haven
