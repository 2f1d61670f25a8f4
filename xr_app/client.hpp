#pragma once

#include "environments/environment.hpp"
#include "net/uploader/courier.hpp"
#include "xr_app/background_worker.hpp"
#include "xr_app/client_error.hpp"
#include "xr_app/frame_loop.hpp"
#include "xr_app/graphics.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/mirror/desk.hpp"
#include "xr_app/options.hpp"
#include "xr_app/session.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <future>
#include <memory>
#include <optional>

namespace haven {

/// One run: a headset, or what stands for it, one place, one drawing, brought to the disk and to
/// the server. Survives the loss of headset and GPU with the same drawing. Main thread.
class Client {
  public:
    /// Until the session is over and what was drawn is kept.
    [[nodiscard]] static std::expected<void, ClientError>
    run(const Options& options, std::chrono::steady_clock::time_point started_at);

  private:
    Client(const Options& options, std::chrono::steady_clock::time_point started_at,
           uploader::Courier& courier, Desk* desk);

    [[nodiscard]] std::expected<void, ClientError> run_headsets();
    [[nodiscard]] std::expected<FrameLoop::End, ClientError> run_headset();
    [[nodiscard]] std::expected<std::unique_ptr<Headset>, HeadsetError> make_headset();
    [[nodiscard]] std::expected<FrameLoop::End, ClientError> run_frames(Headset& headset,
                                                                        Graphics& graphics);
    [[nodiscard]] std::expected<void, ClientError> begin_session();
    void note_system(const Headset& headset, const Graphics& graphics);
    [[nodiscard]] bool wait_for_headset(std::chrono::milliseconds pause);
    void show_absence() const;
    [[nodiscard]] std::expected<void, ClientError> keep_drawing();
    void write_summary(const uploader::DrainResult& drained) const;

    const Options& options_;
    std::chrono::steady_clock::time_point started_at_;
    uploader::Courier& courier_;
    Desk* desk_; ///< nullptr: there is no window
    BackgroundWorker worker_;
    /// The place, which is built while the headset and the GPU wake up.
    std::future<std::expected<environments::Environment, environments::EnvironmentError>> place_;
    std::unique_ptr<Session> session_; ///< from the first GPU on
    std::optional<KnownRoom> room_;    ///< the last that a headset knew
    std::uint32_t headsets_ = 0;       ///< made so far: each may have a room of its own
    std::uint64_t vulkan_complaints_ = 0;
};

} // namespace haven
