#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <string_view>

namespace haven::outbox::detail {

/// Cuts the drawing's stored trace into chunk requests and the request that completes it; nothing
/// when there is no trace.
[[nodiscard]] Result<void> enqueue_trace(Database& database, const Uuid& drawing_id);

/// Removes the trace's requests and notes that, and why.
[[nodiscard]] Result<void> drop_trace(Database& database, const Uuid& drawing_id,
                                      std::string_view reason);

} // namespace haven::outbox::detail
