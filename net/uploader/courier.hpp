#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/oauth.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Takes what is drawn from the frame thread, makes it durable, and brings it to the server.
namespace haven::uploader {

// ---- what the frame thread tells, in this order ----
struct DrawingBegun {
    outbox::DrawingBegin begin;
};
/// Of a drawing whose exercise began before: its first sample.
struct RecordingBegun {
    Uuid drawing_id;
    outbox::RecordingBegin begin;
};
/// What happened in the exercise of a drawing that was told as begun.
struct EventTold {
    Uuid drawing_id;
    Uuid event_id;
    api::SessionEvent event;
};
struct StrokeFinished {
    Uuid drawing_id;
    Stroke stroke;
    std::int64_t ink_bytes_max = 0; ///< what its ink was thought to take at most
};
/// A stroke that goes on, as far as it is drawn: durable until what follows, the next or the
/// finished one of the same id, takes its place.
struct StrokeSoFar {
    Uuid drawing_id;
    Stroke stroke;
};
/// Strokes that were taken back then, or that are there again; after they were told as finished.
struct StrokesMarked {
    Uuid drawing_id;
    std::vector<Uuid> stroke_ids;
    std::optional<std::int64_t> removed_ms;
};
struct TraceBytes {
    Uuid drawing_id;
    std::vector<std::byte> bytes;
};
struct MetricsMeasured {
    Uuid drawing_id;
    api::VrSessionMetrics metrics;
};
struct DrawingFinished {
    Uuid drawing_id;
    outbox::DrawingEnd end;
};
using Event =
    std::variant<std::monostate, DrawingBegun, RecordingBegun, EventTold, StrokeFinished,
                 StrokeSoFar, StrokesMarked, TraceBytes, MetricsMeasured, DrawingFinished>;

struct BackoffLimits {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds most{60'000};
};

struct CourierConfig {
    std::filesystem::path outbox_file;
    outbox::Options outbox;
    std::optional<HttpConfig> http; ///< nothing: offline; everything stays in the outbox
    std::string token; ///< of whoever draws; empty: nobody says whose it is, and nothing is sent
    /// In its place, of a linked headset.
    struct Linked {
        LinkFile file;
        api::DeviceLink link;
    };
    std::optional<Linked> linked;
    std::size_t queue_events = 1024;
    BackoffLimits backoff;
};

enum class Link : std::uint8_t {
    offline,       ///< no server is configured
    no_token,      ///< nobody said who draws
    token_refused, ///< the server does not know the token, or it is not a person's
    unlinked,      ///< the headset's link has ended; it is to be linked again
    untried,
    reachable,
    unreachable, ///< trying again by itself
    not_haven,   ///< something else answers in the server's place; trying again by itself
};

struct CourierStatus {
    Uuid drawing_id;                     ///< the drawing of the last event
    std::int64_t strokes_posted = 0;     ///< of that drawing
    std::int64_t strokes_saved = 0;      ///< of that drawing: durable, will survive a crash
    std::int64_t strokes_set_aside = 0;  ///< of that drawing: durable, but not as strokes of it
    std::int64_t drawings_recovered = 0; ///< left open by a crash, finished at this start
    std::int64_t requests_pending = 0;   ///< of whoever draws; so are those refused
    std::int64_t requests_refused = 0;
    std::string refused_because;            ///< of the first of them
    std::int64_t requests_acknowledged = 0; ///< since the start
    std::int64_t traces_dropped = 0;
    std::int64_t requests_too_large = 0; ///< for how the server is set; asked again every hour
    std::string waiting_for; ///< for whom else something waits here, in words; empty: nobody
    Link link = Link::offline;
    std::string last_error; ///< of the last try to send; empty when it went well
    std::string disk_error; ///< nothing can be saved at present; empty when all is well
    std::int64_t drawings_left_open = 0; ///< by a crash, and not to be ended now; kept
    std::string left_open_because;       ///< of one of them
    std::int64_t events_set_aside = 0; ///< could not be stored as what they are; kept, with reasons
    std::string set_aside_because;     ///< of the last of them
    std::int64_t set_aside_ever = 0;   ///< such things in the outbox, of earlier starts too
};

struct DrainResult {
    std::int64_t events_unsaved = 0;   ///< still in memory (the disk refuses)
    std::int64_t requests_pending = 0; ///< safe in the outbox; sent on the next start
    std::int64_t requests_refused = 0;
};

/// A thread that owns the outbox and the HTTP client.
class Courier {
  public:
    /// Opens the outbox, finishes what a crash left open, and begins to send.
    [[nodiscard]] static std::expected<std::unique_ptr<Courier>, std::string>
    start(const CourierConfig& config);
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;
    /// Stores what was posted, and stops; waits for the network only where a token is being
    /// renewed, and not for long.
    ~Courier();

    /// From one thread (the frame's). Moves the event and returns true, or, when the queue is full,
    /// leaves it as it is and returns false: keep it and try again. Neither locks nor allocates.
    [[nodiscard]] bool post(Event&& event);

    [[nodiscard]] CourierStatus status() const; ///< any thread
    /// How much shorter the ink of the strokes saved is than it was thought to be; any thread.
    [[nodiscard]] std::int64_t ink_bytes_spared() const;

    /// Stores all that was posted and tries to send all that waits until the deadline; any thread,
    /// once, after the last post.
    [[nodiscard]] DrainResult drain(std::chrono::steady_clock::time_point deadline);
    void hurry(); ///< drain() is to come back now; any thread

  private:
    struct Impl;
    explicit Courier(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::uploader
