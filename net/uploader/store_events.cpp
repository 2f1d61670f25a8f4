#include "net/uploader/store_events.hpp"

#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"

#include <expected>
#include <span>
#include <utility>
#include <variant>

namespace haven::uploader {
namespace {

struct Storer {
    outbox::Outbox& outbox;

    outbox::Result<void> operator()(std::monostate /*nothing*/) const { return {}; }
    outbox::Result<void> operator()(const DrawingBegun& event) const {
        return outbox.begin_drawing(event.begin);
    }
    outbox::Result<void> operator()(const StrokeFinished& event) const {
        return outbox.add_stroke(event.drawing_id, event.stroke);
    }
    outbox::Result<void> operator()(const StrokeSoFar& event) const {
        return outbox.add_stroke(event.drawing_id, event.stroke);
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

} // namespace

outbox::Result<void> store(outbox::Outbox& outbox, const Event& event) {
    return std::visit(Storer{outbox}, event);
}

outbox::Result<void> store_together(outbox::Outbox& outbox, std::span<const Event> events) {
    auto batch = outbox.begin_batch();
    if (!batch) {
        return std::unexpected(std::move(batch).error());
    }
    for (const Event& event : events) {
        if (auto stored = store(outbox, event); !stored) {
            return stored; // the batch rolls back
        }
    }
    return batch->commit();
}

} // namespace haven::uploader
