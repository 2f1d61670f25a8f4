#pragma once

#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"

#include <span>

namespace haven::uploader {

/// Makes one event durable (or part of the open batch).
[[nodiscard]] outbox::Result<void> store(outbox::Outbox& outbox, const Event& event);

/// All of them in one commit, or none.
[[nodiscard]] outbox::Result<void> store_together(outbox::Outbox& outbox,
                                                  std::span<const Event> events);

} // namespace haven::uploader
