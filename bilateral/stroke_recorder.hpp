#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/symmetry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace haven {

/// What a recorder starts from; a trace carries it, so a replay starts from the same.
struct RecordingStart {
    Uuid drawing_id;
    std::array<Brush, 2> brushes; ///< by hand
    Symmetry symmetry;
    /// Points that a straight line tells to this are left out of strokes; 0: none.
    std::uint32_t thinned_um = 0;
    /// A hand that is lost while it draws is waited for that long; 0: not at all, and neither a gap
    /// in time nor a change from controller to fingers ends a stroke.
    std::uint32_t bridged_ms = 0;
    friend bool operator==(const RecordingStart&, const RecordingStart&) = default;
};

/// The brush that is used when this one is asked for: colour within 0 and 1, width within 0.1 mm
/// and 100 mm, the default's where a value is not a number.
[[nodiscard]] Brush made_valid(const Brush& brush);

enum class InkEventKind : std::uint8_t { stroke_began, point_added, stroke_ended };

/// One change of the ink. A stroke's first point is a point_added of its own, after stroke_began.
struct InkEvent {
    InkEventKind kind = InkEventKind::stroke_began;
    Hand hand = Hand::left;
    bool derived = false; ///< this is the copy; the copy's event directly follows its source's
    Uuid stroke_id;
    Brush brush;            ///< stroke_began
    Symmetry symmetry;      ///< stroke_began
    bool continues = false; ///< stroke_began: its hand's last stroke goes on, which was too long
    StrokePoint point;      ///< point_added
    Stroke finished;        ///< stroke_ended: move it out
};

/// Turns samples into strokes, each hand on its own. The same calls give the same strokes, to the
/// byte, on every machine.
///
/// A stroke lasts while its hand is tracked and `drawing`, and ends with the last such sample; for
/// `bridged_ms` it waits for a hand that is lost and still `drawing`. It also ends where the hand
/// goes from controller to fingers or back, and at a jump: a step of more than `jump_m`, or faster
/// than `speed_max_m_per_s`. The sample after a jump is held back until the next one follows it
/// without a jump, so a spike leaves no mark. A stroke of one point is kept: a dot. Points between
/// which a straight line would tell the same (to `thinned_um` in space, ten times that in time) are
/// left out, but for one where the curve (InkCurve) might take the line for an arc.
///
/// Storage: add() writes to buffers made by the constructor. It allocates when a stroke outgrows
/// its buffer (which then doubles, up to points_per_stroke_max, and stays), and when a stroke ends
/// (one exact allocation for each finished stroke). One thread at a time; spans hold until the next
/// call.
class StrokeRecorder {
  public:
    static constexpr float jump_m = 5.0F;
    static constexpr float speed_max_m_per_s = 15.0F;
    static constexpr float step_free_m = 0.02F; ///< never a jump, however short the time
    /// A longer stroke ends as released, and the next one starts from its last point.
    static constexpr std::size_t points_per_stroke_max = 65'536;
    /// So many samples at most are left out in a row.
    static constexpr std::size_t waiting_max = 12;
    /// Copies included, for each hand: what an ink document can hold. After that strokes are
    /// refused and counted.
    static constexpr std::size_t strokes_per_hand_max = 20'000;
    static constexpr std::size_t points_per_hand_max = 1'000'000;

    struct Counters {
        std::uint64_t samples = 0;
        std::uint64_t samples_out_of_order = 0; ///< not later than the hand's last one: ignored
        std::uint64_t tracking_losses = 0;      ///< strokes ended by one
        std::uint64_t jumps = 0;
        std::uint64_t strokes = 0;         ///< finished, copies not counted
        std::uint64_t strokes_derived = 0; ///< finished copies
        std::uint64_t strokes_refused = 0; ///< not begun for lack of room
        std::uint64_t points = 0;          ///< of strokes that are not copies
        friend bool operator==(const Counters&, const Counters&) = default;
    };

    explicit StrokeRecorder(const RecordingStart& start);

    /// `sample` must come from snap_to_grid.
    std::span<InkEvent> add(const HandSample& sample);

    /// From the hand's next stroke on.
    void set_brush(Hand hand, const Brush& brush);
    /// From each hand's next stroke on.
    void set_symmetry(const Symmetry& symmetry);

    /// Ends what is being drawn; until resume() samples draw nothing.
    std::span<InkEvent> pause();
    void resume() { paused_ = false; }
    /// Ends what these hands are drawing, as released; their samples draw nothing until what is
    /// pressed was let go once.
    std::span<InkEvent> break_off(Hands hands);
    [[nodiscard]] bool paused() const { return paused_; }

    /// The drawing is over: ends what is being drawn; later samples are ignored.
    std::span<InkEvent> finish();

    [[nodiscard]] bool stroke_in_progress(Hand hand) const;
    /// What the hand has drawn of its running stroke, as if the drawing ended now; or of its copy,
    /// where there is one.
    [[nodiscard]] std::optional<Stroke> stroke_so_far(Hand hand, bool derived) const;
    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] const Brush& brush(Hand hand) const;
    [[nodiscard]] const Symmetry& symmetry() const { return symmetry_; }

  private:
    struct HandState {
        Brush brush; ///< of the next stroke
        bool seen = false;
        std::int64_t last_time_ns = 0;
        bool in_stroke = false;
        bool holding_back = false; ///< `previous` follows a jump and is not drawn yet
        bool has_previous = false; ///< the last sample was tracked and drawing
        StrokePoint previous;
        Uuid stroke_id;
        Uuid copy_id;
        Brush stroke_brush;
        Symmetry stroke_symmetry;
        std::vector<StrokePoint> points;
        std::array<StrokePoint, waiting_max> waiting; ///< after the last of `points`
        std::size_t waiting_count = 0;
        InteractionMode source = InteractionMode::controller; ///< of `previous`
        std::uint32_t strokes_begun = 0;
        std::size_t strokes_kept = 0; ///< copies included
        std::size_t points_kept = 0;  ///< copies included
        bool refusing = false;
        bool broken_off = false; ///< until it lets go
    };

    void draw(HandState& state, Hand hand, const StrokePoint& point);
    [[nodiscard]] bool begin_stroke(HandState& state, Hand hand, bool continues);
    void add_point(HandState& state, Hand hand, const StrokePoint& point);
    [[nodiscard]] std::size_t points_at_once() const;
    void commit(HandState& state, Hand hand, const StrokePoint& point);
    void record(HandState& state, Hand hand, const StrokePoint& point);
    void interrupt(HandState& state, Hand hand, StrokeEnd end);
    [[nodiscard]] std::optional<StrokePoint> point_of_straight_way(const HandState& state,
                                                                   const StrokePoint* next) const;
    [[nodiscard]] bool line_tells(const HandState& state, const StrokePoint& to) const;
    void end_stroke(HandState& state, Hand hand, StrokeEnd end);
    std::span<InkEvent> end_both(StrokeEnd end);
    InkEvent& push(InkEventKind kind, const HandState& state, Hand hand, bool derived);
    [[nodiscard]] std::span<InkEvent> events() { return {events_.data(), event_count_}; }

    Uuid drawing_id_;
    Symmetry symmetry_;
    std::array<HandState, 2> hands_;
    bool paused_ = false;
    bool finished_ = false;
    float thinned_m_ = 0.0F;
    std::int64_t bridged_ns_ = 0;
    std::array<InkEvent, 16> events_;
    std::size_t event_count_ = 0;
    Counters counters_;
};

/// Where a point of a hand's stroke appears in its copy.
[[nodiscard]] glm::vec3 copied_position(const Symmetry& symmetry, Hand hand,
                                        const glm::vec3& position_m);

} // namespace haven
