#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// The rows of `strokes`.
namespace haven::outbox::detail {

/// Puts it in, or in the place of what is there of the same id.
[[nodiscard]] Result<void> put_stroke(Database& database, const Uuid& drawing_id,
                                      const Stroke& stroke, const std::string& ink);
/// Taken back then, or there again. Those that are not in it stay away.
[[nodiscard]] Result<void> mark_strokes(Database& database, const Uuid& drawing_id,
                                        std::span<const Uuid> stroke_ids,
                                        const std::optional<std::int64_t>& removed_ms);
/// The ink document of a hand.
[[nodiscard]] Result<std::string> hand_ink(Database& database, const Uuid& drawing_id, Hand hand);

} // namespace haven::outbox::detail
