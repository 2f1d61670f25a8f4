#pragma once

#include "bilateral/stroke.hpp"
#include "server/seal/seal.hpp"

#include <string>

namespace haven::review {

/// "User #472913086": how a person is called in a case. Always the same for a person, and nothing
/// leads back. Nine digits, because with five two of a few hundred people would share one.
[[nodiscard]] std::string pseudonym(const seal::Seal& seal, const Uuid& person);

} // namespace haven::review
