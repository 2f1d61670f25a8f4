#include "bilateral/replay.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/ink_history.hpp"
#include "bilateral/pose_trace.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <cstddef>
#include <expected>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace haven {

namespace {

class Replay {
  public:
    explicit Replay(const RecordingStart& start) : recorder_{start} {}

    void operator()(const BrushChange& change) { recorder_.set_brush(change.hand, change.brush); }
    void operator()(const SymmetryChange& change) { recorder_.set_symmetry(change.symmetry); }
    void operator()(const Paused&) { keep(recorder_.pause()); }
    void operator()(const Resumed&) { recorder_.resume(); }
    void operator()(const Placement&) {} // what was shown, not what was drawn
    void operator()(const InkCommand& command) {
        keep(recorder_.break_off(history_.begin(command)));
        mark(history_.apply(command), command.time_ms, strokes_);
    }
    void add(const HandSample& sample) { keep(recorder_.add(sample)); }

    std::vector<Stroke> finish() {
        keep(recorder_.finish());
        return std::move(strokes_);
    }

  private:
    void keep(std::span<InkEvent> events) {
        history_.add(events);
        for (InkEvent& event : events) {
            if (event.kind == InkEventKind::stroke_ended) {
                strokes_.push_back(std::move(event.finished));
            }
        }
    }

    StrokeRecorder recorder_;
    InkHistory history_;
    std::vector<Stroke> strokes_;
};

} // namespace

std::vector<Stroke> replay_trace(const Trace& trace) {
    Replay replay{trace.header.recording};
    auto event = trace.events.begin();
    for (std::size_t i = 0; i < trace.samples.size(); ++i) {
        for (; event != trace.events.end() && event->before_sample <= i; ++event) {
            std::visit(replay, event->event);
        }
        replay.add(trace.samples[i]);
    }
    for (; event != trace.events.end(); ++event) {
        std::visit(replay, event->event);
    }
    return replay.finish();
}

std::expected<std::vector<Stroke>, TraceError> replay_trace(std::span<const std::byte> bytes) {
    return decode_trace(bytes).transform([](const Trace& trace) { return replay_trace(trace); });
}

} // namespace haven
