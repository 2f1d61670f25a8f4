#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace haven::uploader {

/// Makes one event durable (or part of the open batch). Gives the bytes of ink it came to.
[[nodiscard]] outbox::Result<std::int64_t> store(outbox::Outbox& outbox, const Event& event);

[[nodiscard]] Uuid drawing_of(const Event& event);
/// Keeps an event that can never be stored as what it is.
[[nodiscard]] outbox::Result<void> set_aside(outbox::Outbox& outbox, const Event& event,
                                             const std::string& reason);

/// All of them in one commit, or none. Gives what store() gives for each.
[[nodiscard]] outbox::Result<std::vector<std::int64_t>>
store_together(outbox::Outbox& outbox, std::span<const Event> events);

} // namespace haven::uploader
