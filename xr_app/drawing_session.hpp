#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/ink_history.hpp"
#include "bilateral/ink_size.hpp"
#include "bilateral/pose.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/shown_ink.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"
#include "bilateral/symmetry.hpp"
#include "net/api/records.hpp"
#include "net/uploader/courier.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven {

/// Each hand's own colour and width.
[[nodiscard]] std::array<Brush, 2> default_brushes();

/// What is known of a drawing before its first sample.
struct DrawingPlan {
    std::string environment_id;
    std::string environment_config_json;
    bool spatial_audio = false;
    std::optional<std::string> camera_path_json; ///< where the place's camera takes the person
    SymmetryMode symmetry_mode = SymmetryMode::free;
    std::array<Brush, 2> brushes = default_brushes();
    std::optional<Uuid> session_id; ///< a session the server has already; none: one of our own
    std::string modality = "vr";
};

/// The ids of everything a drawing stands on.
struct DrawingIds {
    Uuid session;
    Uuid exercise;
    Uuid vr_session;
    Uuid drawing;
};

/// Whether a hand's own stroke began or ended with a sample.
struct StrokeEdges {
    bool began = false;
    bool ended = false;
};

/// One drawing, from its first sample to its last: records both hands, shows their ink, writes the
/// motion trace, and hands on what is finished. The zero of its clock is its
/// first sample. Frame thread.
class DrawingSession {
  public:
    /// Takes what is to be kept; false: not now, ask again with the same event.
    using Post = std::function<bool(uploader::Event&)>;
    /// Sees the trace's bytes as they come.
    using SeeTrace = std::function<void(std::span<const std::byte>)>;

    DrawingSession(DrawingPlan plan, Post post, SeeTrace see_trace);

    [[nodiscard]] bool begun() const { return recording_.has_value(); }
    [[nodiscard]] bool finished() const { return finished_; }

    /// What is known with the first sample.
    struct Beginning {
        std::int64_t host_time_ns = 0; ///< its moment: the zero of the drawing's clock
        std::int64_t unix_us = 0;      ///< the same, as a date
        InteractionMode mode = InteractionMode::controller;
        std::uint32_t sample_period_us = 0;
    };
    void begin(const Beginning& beginning);
    /// The same, of a recorded trace: its ids, brushes and symmetry, and its clock.
    void begin(const TraceHeader& header);

    /// Where the person's head is, whenever the headset knows it: what symmetry copies about, from
    /// the first stroke on.
    void see_head(const Pose& tracking_from_head) { head_ = tracking_from_head; }
    /// The person chose a new forward: running strokes end, and symmetry is taken anew with the
    /// next.
    void recenter();

    /// Of the strokes that begin from now on.
    void set_symmetry(SymmetryMode mode);

    /// `sample` is on the host's clock, which goes on while a headset is lost.
    StrokeEdges add(const HandSample& sample);
    /// The frame shows that hand there: the newest ink of its stroke bends to it.
    void lead(Hand hand, const glm::vec3& tip_m);
    void pause();
    void resume();
    void record(const TraceEvent& event);
    /// Takes back, or brings back, now. Whether anything changed.
    bool change_ink(InkCommand::Kind kind, Hands hands, const Uuid& stroke_id = {});
    /// The numbers of strokes() that were taken back or brought back since the last time.
    [[nodiscard]] std::vector<std::uint32_t> take_changed() { return std::exchange(changed_, {}); }

    /// Hands on what waits; once a frame.
    void flush();

    /// The share of what one drawing may hold, of ink and of motion, that is used; 1: it is full,
    /// and nothing more is recorded.
    [[nodiscard]] double used() const;
    [[nodiscard]] bool full() const { return full_; }
    /// The ink that was saved is so much shorter than it was thought to be, in all.
    void spare_ink(std::int64_t bytes) { ink_bytes_spared_ = bytes; }
    /// Nothing is recorded because too much waits to be saved; it goes on when there is room.
    [[nodiscard]] bool rests() const { return rests_; }

    /// Ends the drawing. Nothing may be added after it; flush() until nothing_waits().
    void finish(const std::string& performance_metrics_json);
    [[nodiscard]] bool nothing_waits() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t events_waiting() const { return waiting_.size(); }

    [[nodiscard]] ShownInk& shown() { return shown_; }
    [[nodiscard]] std::span<const Stroke> strokes() const { return strokes_; }
    [[nodiscard]] std::vector<Stroke> strokes_of(Hand hand) const;
    [[nodiscard]] bool drawing(Hand hand) const;
    /// Without copies and what was taken back.
    [[nodiscard]] std::size_t stroke_count(Hand hand) const;
    [[nodiscard]] const DrawingIds& ids() const { return ids_; }
    [[nodiscard]] StrokeRecorder::Counters counters() const;
    [[nodiscard]] std::int64_t duration_ns() const { return last_time_ns_; }
    [[nodiscard]] std::uint64_t trace_bytes() const;

  private:
    struct Recording {
        explicit Recording(const TraceHeader& header)
            : recorder(header.recording), trace(header), start(header) {}
        StrokeRecorder recorder;
        InkHistory history;
        TraceWriter trace;
        TraceHeader start;
    };

    void post_begin(InteractionMode mode);
    void end_strokes(std::span<InkEvent> events);
    void keep(std::span<InkEvent> events, StrokeEdges& edges);
    void mark(const InkHistory::Change& change, std::int64_t time_ms);
    void take_trace();
    void keep_long_strokes();
    void post(uploader::Event event);
    void look_for_room(std::int64_t time_ns);
    void stop_recording();

    DrawingPlan plan_;
    Post post_;
    SeeTrace see_trace_;
    DrawingIds ids_;
    std::optional<Recording> recording_;
    ShownInk shown_;
    std::vector<Stroke> strokes_;
    std::vector<std::uint32_t> changed_; ///< of strokes_
    std::array<std::size_t, 2> stroke_counts_{};
    InkSizeBound ink_size_;
    std::int64_t ink_bytes_spared_ = 0;
    std::deque<uploader::Event> waiting_; ///< at most as much as waiting_bytes_max, and an end
    std::size_t waiting_bytes_ = 0;
    std::int64_t host_zero_ns_ = 0; ///< drawing time = host time - this
    std::int64_t last_time_ns_ = 0;
    std::int64_t trace_taken_ns_ = 0;
    std::array<std::int64_t, 2>
        kept_ns_{}; ///< up to when a running stroke is on its way to the disk
    bool finished_ = false;
    std::size_t events_recorded_ = 0;
    std::size_t changes_ = 0; ///< commands that changed something
    bool full_ = false;
    bool rests_ = false;
    bool symmetry_due_ = false; ///< with the next stroke
    std::optional<Pose> head_;
};

} // namespace haven
