#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <vector>

namespace haven::outbox::detail {

/// A drawing that a crash cut off, and how it ends.
struct LeftOpen {
    Uuid id;
    DrawingEnd end;
};

[[nodiscard]] Result<std::vector<LeftOpen>> drawings_left_open(Database& database);

} // namespace haven::outbox::detail
