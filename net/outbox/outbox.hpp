#pragma once

#include "bilateral/stroke.hpp"
#include "net/api/records.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What has been drawn and not yet been acknowledged by a server, in one SQLite file that survives
/// kill -9 and a lost power supply. FORMAT.md tells what is in it.
namespace haven::outbox {

enum class ErrorKind : std::uint8_t {
    in_use,    ///< another client holds the file
    disk_full, ///< nothing was written; what was stored before stays
    damaged,   ///< not a database, or a broken one
    newer,     ///< written by a newer version
    io,        ///< the file system refused
    displaced, ///< the file was removed or replaced underneath
    rejected,  ///< this content is never going to be stored
    unknown_drawing,
};

struct Error {
    ErrorKind kind = ErrorKind::io;
    std::string message; ///< what, where and what to do
};

template <typename T>
using Result = std::expected<T, Error>;

/// Everything known when a drawing begins. The ids are UUIDv7 made here.
struct DrawingBegin {
    Uuid session_id;
    std::optional<api::Session> session; ///< nothing when the server has it already (a web session)
    Uuid exercise_id;
    api::Exercise exercise;
    Uuid vr_session_id;
    api::VrSession vr_session;
    Uuid drawing_id;
    bool symmetry_enabled = true;
    api::TimeUs began_at = 0; ///< the zero of the samples' clock
    bool recorded = true;     ///< or its exercise comes first: begin_recording() follows, or never
};

/// The first sample of a drawing whose exercise had begun before.
struct RecordingBegin {
    bool symmetry_enabled = true;
    api::TimeUs began_at = 0; ///< the zero of the samples' clock
};

struct DrawingEnd {
    api::ExerciseEnd exercise; ///< its completed_at is the drawing's and the VR session's end
    std::int32_t duration_seconds = 0;
};

enum class RequestKind : std::uint8_t {
    session,
    exercise,
    vr_session,
    metrics,
    drawing,
    trace_chunk,
    trace_completion,
    vr_session_end,
    exercise_end,
    session_event,
};

struct Request {
    std::int64_t sequence = 0;
    Uuid drawing_id; ///< requests of one drawing go in the order of their sequence
    RequestKind kind = RequestKind::session;
    std::string method;
    std::string path;
    std::string content_type;
    std::string body;
    std::int32_t attempts = 0; ///< tries that failed
};

/// An account of a server, as the server itself says of a token.
struct Account {
    Uuid server_id;
    Uuid user_id;
    friend bool operator==(const Account&, const Account&) = default;
};

enum class OwnerKind : std::uint8_t {
    nobody_said, ///< drawn without a token, or kept by an older version: until somebody claims it
    bearer,      ///< whoever bears a token that no server has told of yet
    account,
};

/// Whose a drawing is, from its first sample on.
struct Owner {
    OwnerKind kind = OwnerKind::nobody_said;
    Account account; ///< of OwnerKind::account
    friend bool operator==(const Owner&, const Owner&) = default;
};

/// For a person to read: no name and no address, the end of the account's id.
[[nodiscard]] std::string describe(const Owner& owner);

/// What waits here for somebody else than the one who is here now.
struct Waiting {
    Owner owner;
    std::int64_t drawings = 0;
    friend bool operator==(const Waiting&, const Waiting&) = default;
};

struct KeptDrawing {
    Uuid drawing_id;
    Owner owner;
    bool open = false; ///< not ended yet
    std::int64_t requests = 0;
    std::int64_t refused = 0;
    std::string reason; ///< why its first request did not go, when it was last tried
};

/// What recover() did.
struct Recovered {
    std::vector<Uuid> finished;
    std::int64_t left = 0; ///< could not be ended now: kept as they are
    std::string error;     ///< why the last of them could not
};

/// What could not be kept as what it is.
struct SetAside {
    Uuid drawing_id;
    std::string what;
    std::string reason;
};

struct RefusedRequest {
    std::int64_t sequence = 0;
    Uuid drawing_id;
    std::string path;
    std::string reason;
};

/// Pending and refused are those of whoever is here now.
struct Counts {
    std::int64_t open_drawings = 0;
    std::int64_t strokes = 0; ///< of open drawings
    std::int64_t pending = 0; ///< requests not yet acknowledged
    std::int64_t refused = 0; ///< kept, not sent again before the next start
    std::int64_t set_aside = 0;
    std::int64_t dropped = 0; ///< traces given up because the person did not agree to keep them
};

struct Options {
    /// The file's largest size; nothing: as large as the disk allows.
    std::optional<std::int64_t> bytes_max;
};

/// One thread owns an outbox. Each call that changes it has committed to the disk when it returns,
/// or has changed nothing; inside a Batch, when the batch is committed.
class Outbox {
  public:
    /// Makes the file and its folder if needed. Holds the file against a second opener until
    /// destroyed.
    [[nodiscard]] static Result<Outbox> open(const std::filesystem::path& file,
                                             const Options& options = {});
    Outbox(Outbox&&) noexcept;
    Outbox& operator=(Outbox&&) noexcept;
    ~Outbox();

    /// Several changes in one commit: rolled back unless commit() succeeds.
    class Batch {
      public:
        explicit Batch(Outbox& outbox) : outbox_(&outbox) {}
        Batch(const Batch&) = delete;
        Batch& operator=(const Batch&) = delete;
        Batch(Batch&& other) noexcept : outbox_(std::exchange(other.outbox_, nullptr)) {}
        Batch& operator=(Batch&&) = delete;
        ~Batch();
        [[nodiscard]] Result<void> commit();

      private:
        Outbox* outbox_;
    };
    [[nodiscard]] Result<Batch> begin_batch();

    /// Who is here now, and whose each drawing is that begins: the bearer of this token. Empty:
    /// nobody says. Nothing is given out to be sent before identify().
    [[nodiscard]] Result<void> use_token(std::string_view token);
    /// The server has said whose the token in use is.
    [[nodiscard]] Result<void> identify(const Account& account);
    /// Whoever is here says that these are theirs: the drawing named, which may wait for a token
    /// that no server has seen, or all that nobody said whose they are. Never an account's. Gives
    /// how many.
    [[nodiscard]] Result<std::int64_t> claim(const std::optional<Uuid>& drawing_id);
    [[nodiscard]] Result<std::vector<KeptDrawing>> kept_drawings();
    [[nodiscard]] Result<std::vector<Waiting>> waiting(); ///< for others

    /// Opens a drawing and queues the requests it stands on. Repeating it changes nothing.
    [[nodiscard]] Result<void> begin_drawing(const DrawingBegin& begin);
    [[nodiscard]] Result<void> begin_recording(const Uuid& drawing_id, const RecordingBegin& begin);
    /// What happened in the exercise of an open drawing: queued at once, behind what was before.
    [[nodiscard]] Result<void> add_event(const Uuid& drawing_id, const Uuid& event_id,
                                         const api::SessionEvent& event);
    /// Takes the place of what is there of the same id: a stroke that went on. Gives the bytes of
    /// its ink, with what marking it adds.
    [[nodiscard]] Result<std::int64_t> add_stroke(const Uuid& drawing_id, const Stroke& stroke);
    /// These strokes of it were taken back then; nothing: they are there again.
    [[nodiscard]] Result<void> mark_strokes(const Uuid& drawing_id,
                                            std::span<const Uuid> stroke_ids,
                                            const std::optional<std::int64_t>& removed_ms);
    /// Appends to the drawing's motion trace.
    [[nodiscard]] Result<void> add_trace(const Uuid& drawing_id, std::span<const std::byte> bytes);
    /// Replaces what was recorded before; sent when the drawing ends.
    [[nodiscard]] Result<void> record_metrics(const Uuid& drawing_id,
                                              const api::VrSessionMetrics& metrics);
    /// Turns what is stored of the drawing into requests, in one transaction. Nothing was recorded:
    /// there is no drawing, and its exercise ends alone.
    [[nodiscard]] Result<void> finish_drawing(const Uuid& drawing_id, const DrawingEnd& end);
    /// Finishes every drawing that a crash had left open when the file was opened, as abandoned, at
    /// the time of its last point. Each by itself: one that cannot be ended stays as it is, and is
    /// tried again by the next call.
    [[nodiscard]] Recovered recover();
    /// Keeps what cannot be kept as what it is, with its reason, for people to look at.
    [[nodiscard]] Result<void> set_aside(const Uuid& drawing_id, std::string_view what,
                                         std::span<const std::byte> content,
                                         std::string_view reason);
    /// Whether the file is still where it was opened. Where it was removed, it is written there
    /// again; where another one stands in its place, that is an error.
    [[nodiscard]] Result<void> stay_in_place();

    /// The next request of who is here to send, or nothing now. now_ms: since 1970.
    [[nodiscard]] Result<std::optional<Request>> next_due(std::int64_t now_ms);
    /// When the next request comes due; nothing when none waits.
    [[nodiscard]] Result<std::optional<std::int64_t>> next_due_at_ms();
    /// The server has it: removes the request.
    [[nodiscard]] Result<void> acknowledge(std::int64_t sequence);
    /// A try that failed and is to be repeated.
    [[nodiscard]] Result<void> reschedule(std::int64_t sequence, std::int64_t when_ms,
                                          std::string_view error);
    /// The server will not take it: kept for people to look at; what stands on it waits.
    [[nodiscard]] Result<void> refuse(std::int64_t sequence, std::string_view reason);
    /// Its person deleted on the server what it is, or what it stands below: it is set aside whole,
    /// with the reason, and not sent again. What stands on it goes next, and hears the same.
    [[nodiscard]] Result<void> let_go(std::int64_t sequence, std::string_view reason);
    /// The person did not agree to keep the motion: removes the trace's requests, and notes it.
    [[nodiscard]] Result<void> drop_trace(const Uuid& drawing_id, std::string_view reason);
    /// Makes every refused request due again, in its old place; gives how many.
    [[nodiscard]] Result<std::int64_t> retry_refused();
    /// Makes every waiting request due at once (the network is back, there is a new token).
    [[nodiscard]] Result<void> make_all_due();

    [[nodiscard]] Result<Counts> counts();
    [[nodiscard]] Result<std::int64_t> stroke_count(const Uuid& drawing_id);
    /// Of who is here now, the oldest first.
    [[nodiscard]] Result<std::vector<RefusedRequest>> refused(std::int32_t items_max);
    [[nodiscard]] Result<std::vector<SetAside>> things_set_aside(); ///< without their content

  private:
    struct Impl;
    explicit Outbox(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::outbox
