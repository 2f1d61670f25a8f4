#include "net/outbox/left_open.hpp"

#include "net/api/limits.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace haven::outbox::detail {

Result<std::vector<LeftOpen>> drawings_left_open(Database& database) {
    constexpr std::int64_t ns_per_us = 1'000;
    constexpr std::int64_t ns_per_second = 1'000'000'000;
    std::vector<LeftOpen> drawings;
    const auto keep = [&](const Row& row) {
        // The samples' clock, not the wall's: what was drawn says how long it took.
        const std::int64_t last_ns = row.integer(2);
        LeftOpen drawing{.id = row.uuid(0), .end = {}};
        drawing.end.exercise.status = "abandoned";
        drawing.end.exercise.completed_at =
            std::max(row.integer(1) + last_ns / ns_per_us, row.integer(3));
        drawing.end.duration_seconds = static_cast<std::int32_t>(
            std::clamp<std::int64_t>(last_ns / ns_per_second, 0, api::duration_seconds_max));
        drawings.push_back(std::move(drawing));
    };
    return database
        .each("SELECT drawing_id, began_at_us, (SELECT coalesce(max(last_time_ns), 0) FROM "
              "strokes WHERE strokes.drawing_id = drawings.drawing_id), told_us FROM drawings "
              "ORDER BY began_at_us",
              keep)
        .transform([&drawings] { return std::move(drawings); });
}

} // namespace haven::outbox::detail
