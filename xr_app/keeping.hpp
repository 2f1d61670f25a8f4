#pragma once

#include "net/uploader/courier.hpp"
#include "xr_app/client_error.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/options.hpp"

#include <expected>
#include <filesystem>
#include <memory>

/// How a drawing comes from the frame thread's hands onto the disk and to the server.
namespace haven {

/// Opens the outbox of `--data`, for the person whose token it is.
[[nodiscard]] std::expected<std::unique_ptr<uploader::Courier>, ClientError>
open_courier(const Options& options);

/// Brings a finished drawing to the disk and what can be sent to the server, says how that goes,
/// and waits a bounded time; a signal shortens it. Main thread.
[[nodiscard]] uploader::DrainResult bring_home(DrawingSession& drawing, uploader::Courier& courier);

/// The last word: what is not saved is an error, what is not sent is not.
[[nodiscard]] std::expected<void, ClientError>
say_what_is_kept(const DrawingSession& drawing, const uploader::Courier& courier,
                 const uploader::DrainResult& drained, const std::filesystem::path& data);

} // namespace haven
