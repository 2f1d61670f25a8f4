#include "net/uploader/store_events.hpp"

#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/api/codec.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace haven::uploader {
namespace {

struct Storer {
    outbox::Outbox& outbox;

    outbox::Result<void> operator()(std::monostate /*nothing*/) const { return {}; }
    outbox::Result<void> operator()(const DrawingBegun& event) const {
        return outbox.begin_drawing(event.begin);
    }
    outbox::Result<void> operator()(const RecordingBegun& event) const {
        return outbox.begin_recording(event.drawing_id, event.begin);
    }
    outbox::Result<void> operator()(const EventTold& event) const {
        return outbox.add_event(event.drawing_id, event.event_id, event.event);
    }
    outbox::Result<std::int64_t> operator()(const StrokeFinished& event) const {
        return outbox.add_stroke(event.drawing_id, event.stroke);
    }
    outbox::Result<std::int64_t> operator()(const StrokeSoFar& event) const {
        return outbox.add_stroke(event.drawing_id, event.stroke);
    }
    outbox::Result<void> operator()(const StrokesMarked& event) const {
        return outbox.mark_strokes(event.drawing_id, event.stroke_ids, event.removed_ms);
    }
    outbox::Result<void> operator()(const TraceBytes& event) const {
        return outbox.add_trace(event.drawing_id, event.bytes);
    }
    outbox::Result<void> operator()(const MetricsMeasured& event) const {
        return outbox.record_metrics(event.drawing_id, event.metrics);
    }
    outbox::Result<void> operator()(const DrawingFinished& event) const {
        return outbox.finish_drawing(event.drawing_id, event.end);
    }
};

/// An event's name, and what is in it as text or bytes.
struct Content {
    std::string_view name;
    std::string text;
};
struct Describer {
    Content operator()(std::monostate /*nothing*/) const { return {}; }
    Content operator()(const DrawingBegun& event) const {
        return {"drawing_begun", api::encode(event.begin.exercise)};
    }
    Content operator()(const RecordingBegun& event) const {
        return {"recording_begun", std::to_string(event.begin.began_at)};
    }
    Content operator()(const EventTold& event) const {
        return {"session_event", api::encode(event.event)};
    }
    Content operator()(const StrokeFinished& event) const {
        return {"stroke", encode_ink_stroke(event.stroke)};
    }
    Content operator()(const StrokeSoFar& event) const {
        return {"stroke_so_far", encode_ink_stroke(event.stroke)};
    }
    Content operator()(const StrokesMarked& event) const {
        std::string text = event.removed_ms ? std::to_string(*event.removed_ms) : "there";
        for (const Uuid& id : event.stroke_ids) {
            text += ' ' + to_string(id);
        }
        return {"strokes_marked", std::move(text)};
    }
    Content operator()(const TraceBytes& event) const {
        return {"trace", {reinterpret_cast<const char*>(event.bytes.data()), event.bytes.size()}};
    }
    Content operator()(const MetricsMeasured& event) const {
        return {"metrics", event.metrics.performance_metrics_json};
    }
    Content operator()(const DrawingFinished& event) const {
        return {"drawing_finished", api::encode(event.end.exercise)};
    }
};

} // namespace

Uuid drawing_of(const Event& event) {
    return std::visit(
        [](const auto& told) -> Uuid {
            using Told = std::remove_cvref_t<decltype(told)>;
            if constexpr (std::is_same_v<Told, std::monostate>) {
                return {};
            } else if constexpr (std::is_same_v<Told, DrawingBegun>) {
                return told.begin.drawing_id;
            } else {
                return told.drawing_id;
            }
        },
        event);
}

outbox::Result<void> set_aside(outbox::Outbox& outbox, const Event& event,
                               const std::string& reason) {
    const Content content = std::visit(Describer{}, event);
    return outbox.set_aside(drawing_of(event), content.name, std::as_bytes(std::span(content.text)),
                            reason);
}

outbox::Result<std::int64_t> store(outbox::Outbox& outbox, const Event& event) {
    return std::visit(
        [&outbox](const auto& told) -> outbox::Result<std::int64_t> {
            auto stored = Storer{outbox}(told);
            if constexpr (std::is_same_v<decltype(stored), outbox::Result<void>>) {
                return stored.transform([] { return std::int64_t{0}; });
            } else {
                return stored;
            }
        },
        event);
}

outbox::Result<std::vector<std::int64_t>> store_together(outbox::Outbox& outbox,
                                                         std::span<const Event> events) {
    auto batch = outbox.begin_batch();
    if (!batch) {
        return std::unexpected(std::move(batch).error());
    }
    std::vector<std::int64_t> ink_bytes;
    for (const Event& event : events) {
        const auto stored = store(outbox, event);
        if (!stored) {
            return std::unexpected(stored.error()); // the batch rolls back
        }
        ink_bytes.push_back(*stored);
    }
    return batch->commit().transform([&ink_bytes] { return std::move(ink_bytes); });
}

} // namespace haven::uploader
