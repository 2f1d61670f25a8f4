#pragma once

#include "bilateral/exercise/script.hpp"

#include <optional>

namespace haven::exercise {

/// What a script has to be as a whole, so that the session can rely on it: the first rule that it
/// breaks, and where.
[[nodiscard]] std::optional<ScriptError> broken_rule(const Script& script);

} // namespace haven::exercise
