#include "net/outbox/ink_rows.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/outbox/database.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::outbox::detail {

Result<void> put_stroke(Database& database, const Uuid& drawing_id, const Stroke& stroke,
                        const std::string& ink) {
    const std::int64_t last_time_ns = stroke.points.empty() ? 0 : stroke.points.back().time_ns;
    return database.run(
        "INSERT INTO strokes (drawing_id, ordinal, stroke_id, hand, last_time_ns, ink) "
        "VALUES (?1, (SELECT coalesce(max(ordinal) + 1, 0) FROM strokes "
        "WHERE drawing_id = ?1), ?2, ?3, ?4, ?5) "
        "ON CONFLICT (drawing_id, stroke_id) DO UPDATE SET ordinal = excluded.ordinal, "
        "last_time_ns = excluded.last_time_ns, ink = excluded.ink",
        drawing_id, stroke.id, static_cast<std::int64_t>(stroke.hand), last_time_ns,
        std::string_view(ink));
}

Result<void> mark_strokes(Database& database, const Uuid& drawing_id,
                          std::span<const Uuid> stroke_ids,
                          const std::optional<std::int64_t>& removed_ms) {
    for (const Uuid& id : stroke_ids) {
        const Result<void> done =
            removed_ms
                ? database.run("UPDATE strokes SET removed_ms = ?3 WHERE drawing_id = ?1 AND "
                               "stroke_id = ?2",
                               drawing_id, id, *removed_ms)
                : database.run("UPDATE strokes SET removed_ms = NULL WHERE drawing_id = ?1 AND "
                               "stroke_id = ?2",
                               drawing_id, id);
        if (!done) {
            return done;
        }
    }
    return {};
}

Result<std::string> hand_ink(Database& database, const Uuid& drawing_id, Hand hand) {
    std::vector<std::string> texts;
    std::vector<WrittenStroke> strokes;
    const auto keep = [&](const Row& row) {
        texts.push_back(row.text(0));
        strokes.push_back(
            {.json = {},
             .removed_ms = row.is_null(1) ? std::nullopt : std::optional(row.integer(1))});
    };
    const Result<void> read = database.each(
        "SELECT ink, removed_ms FROM strokes WHERE drawing_id = ? AND hand = ? ORDER BY ordinal",
        keep, drawing_id, static_cast<std::int64_t>(hand));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        strokes[i].json = texts[i];
    }
    return read.transform([&] { return join_ink(hand, strokes); });
}

} // namespace haven::outbox::detail
