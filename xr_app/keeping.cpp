#include "xr_app/keeping.hpp"

#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/server_url.hpp"
#include "xr_app/client_error.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/mirror/status.hpp"
#include "xr_app/options.hpp"
#include "xr_app/stop_signal.hpp"
#include "xr_app/token_file.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace haven {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds waiting_step{50};
constexpr std::chrono::seconds drain_patience{20};
constexpr std::chrono::seconds save_patience{30}; // the disk may get room again

/// After the drawing has ended.
void log_progress(const uploader::CourierStatus& status) {
    for (const Notice& notice : {saved_notice(status), server_notice(status, false)}) {
        spdlog::log(notice.fine ? spdlog::level::info : spdlog::level::warn, "progress: {}",
                    notice.text);
    }
}

/// Gives the courier what is left of the drawing, while there is hope that it saves it.
void hand_over(DrawingSession& drawing, const uploader::Courier& courier) {
    const int signals_before = stop_signals();
    const auto until = Clock::now() + save_patience;
    auto log_at = Clock::now() + std::chrono::seconds(1);
    drawing.flush();
    while (!drawing.nothing_waits() && stop_signals() == signals_before && Clock::now() < until) {
        std::this_thread::sleep_for(waiting_step);
        drawing.flush();
        if (Clock::now() >= log_at) {
            log_at += std::chrono::seconds(5);
            log_progress(courier.status());
        }
    }
}

uploader::DrainResult drain(uploader::Courier& courier) {
    const int signals_before = stop_signals();
    auto done = std::async(std::launch::async,
                           [&] { return courier.drain(Clock::now() + drain_patience); });
    auto log_at = Clock::now() + std::chrono::seconds(1);
    while (done.wait_for(waiting_step) != std::future_status::ready) {
        if (stop_signals() != signals_before) { // who is in a hurry may go
            listen_no_more_to_stop_signals();
            courier.hurry();
        }
        if (Clock::now() >= log_at) {
            log_at += std::chrono::seconds(1);
            log_progress(courier.status());
        }
    }
    return done.get();
}

/// Who draws: whoever's token it is, else whom this headset is linked to, else nobody says. Gives
/// the server's address.
std::expected<std::string, ClientError> say_who(uploader::CourierConfig& config,
                                                const Options& options) {
    const auto wrong = [](std::string why) {
        return std::unexpected(ClientError{.exit_code = 2, .message = std::move(why)});
    };
    if (!options.token_file.empty()) { // offline too: what is drawn is theirs
        auto token = read_token(options.token_file);
        if (!token) {
            return wrong(token.error());
        }
        config.token = std::move(*token);
        return options.server_url;
    }
    uploader::LinkFile file(options.data);
    auto link = file.read();
    if (!link) {
        return std::unexpected(ClientError{.message = link.error()});
    }
    if (!*link && !options.server_url.empty()) {
        return wrong("--server: this headset is not linked; link it with `haven-xr link`, or name "
                     "a --token-file: the server takes drawings only from somebody it knows");
    }
    if (!*link) {
        return "";
    }
    if (!options.server_url.empty()) {
        const auto wanted = uploader::checked_server_url(options.server_url);
        if (wanted && wanted->address != (*link)->server_url) {
            return wrong(std::format("--server: this headset is linked to {}; leave --server out, "
                                     "or link it with `haven-xr link`",
                                     (*link)->server_url));
        }
    }
    config.linked.emplace(std::move(file), *std::move(*link));
    return config.linked->link.server_url;
}

} // namespace

std::expected<std::unique_ptr<uploader::Courier>, ClientError>
open_courier(const Options& options) {
    std::error_code failed;
    std::filesystem::create_directories(options.data, failed);
    if (failed) {
        return std::unexpected(
            ClientError{.message = std::format("--data: cannot make the folder {} ({}); choose "
                                               "another with --data",
                                               options.data.string(), failed.message())});
    }
    uploader::CourierConfig config{.outbox_file = options.data / "haven.sqlite"};
    const auto server_url = say_who(config, options);
    if (!server_url) {
        return std::unexpected(server_url.error());
    }
    if (!server_url->empty()) {
        config.http = uploader::HttpConfig{.server_url = *server_url};
        if (!options.ca_file.empty()) {
            config.http->ca_file = options.ca_file;
        }
    }
    auto courier = uploader::Courier::start(config);
    if (!courier) {
        return std::unexpected(ClientError{.message = courier.error()});
    }
    const uploader::CourierStatus status = (*courier)->status();
    if (!status.waiting_for.empty()) {
        spdlog::info("progress: kept on this computer for others, and safe: {}. `haven-xr outbox "
                     "--help` tells more.",
                     status.waiting_for);
    }
    if (status.set_aside_ever > 0) {
        spdlog::info("progress: set aside on this computer by earlier starts, and safe: {} that "
                     "could not be kept as drawn, or was deleted on the server. `haven-xr outbox "
                     "list` tells why.",
                     status.set_aside_ever);
    }
    return std::move(*courier);
}

uploader::DrainResult bring_home(DrawingSession& drawing, uploader::Courier& courier) {
    hand_over(drawing, courier);
    const uploader::DrainResult drained = drain(courier);
    log_progress(courier.status());
    return drained;
}

std::expected<void, ClientError> say_what_is_kept(const DrawingSession& drawing,
                                                  const uploader::Courier& courier,
                                                  const uploader::DrainResult& drained,
                                                  const std::filesystem::path& data) {
    const uploader::CourierStatus status = courier.status();
    const std::int64_t unsaved =
        drained.events_unsaved + static_cast<std::int64_t>(drawing.events_waiting());
    if (drained.requests_pending > 0 && status.link != uploader::Link::offline) {
        spdlog::warn("progress: not everything was sent; it is safe in {} and is sent at the next "
                     "start",
                     data.string());
    }
    if (unsaved == 0) {
        return {};
    }
    const std::int64_t strokes =
        std::ssize(drawing.strokes()) - status.strokes_saved - status.strokes_set_aside;
    return std::unexpected(ClientError{
        .message = std::format("NOT SAVED: the last {} of this drawing, because {}. What was "
                               "saved before is safe in {}.",
                               strokes > 0 ? std::format("{} strokes", strokes) : "moments",
                               status.disk_error.empty() ? "there was no time" : status.disk_error,
                               data.string())});
}

} // namespace haven
