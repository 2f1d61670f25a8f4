#pragma once

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"

#include <vector>

namespace haven::exercise {

[[nodiscard]] std::vector<Effect> first_effects(const Script& script, const State& state);

/// What has to be done so that what holds before comes to what holds after, with `told` among it.
/// Ink stops before anything else, and is allowed again after everything.
[[nodiscard]] std::vector<Effect> effects_between(const Script& script, const State& before,
                                                  const State& after, std::vector<Effect> told);

} // namespace haven::exercise
