#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <cstdint>
#include <string_view>

/// The requests of a drawing: which stand on which, and which goes next.
namespace haven::outbox::detail {

constexpr std::int64_t bit(RequestKind kind) {
    return std::int64_t{1} << static_cast<unsigned>(kind);
}

/// The kinds that must have been acknowledged before one of this kind makes sense. A request goes
/// once no earlier one of those kinds is left in its drawing, so what a refused one does not carry
/// is sent, and what stands on it is kept.
constexpr std::int64_t needs_of(RequestKind kind) {
    using enum RequestKind;
    switch (kind) {
    case session:
        return 0;
    case exercise:
    case vr_session:
    case session_event:
        return bit(session);
    case metrics:
    case vr_session_end:
        return bit(vr_session);
    case exercise_end:
        return bit(exercise);
    case drawing:
        return bit(exercise) | bit(vr_session);
    case trace_chunk:
    case trace_completion:
        return bit(drawing) | bit(trace_chunk);
    }
    return 0;
}

/// One PUT at the end of the drawing's line.
[[nodiscard]] Result<void> enqueue(Database& database, const Uuid& drawing_id, RequestKind kind,
                                   std::string_view path, std::string_view body);

} // namespace haven::outbox::detail
