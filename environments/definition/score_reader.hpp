#pragma once

#include "environments/definition/definition.hpp"
#include "environments/definition/object_reader.hpp"
#include "environments/soundscape/score.hpp"

namespace haven::environments {

/// The member `audio`. After the parts have been read: sounds stand where parts are seen.
[[nodiscard]] soundscape::Score read_score(ObjectReader& top, const Definition& definition);

} // namespace haven::environments
