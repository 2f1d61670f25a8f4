#pragma once

#include "server/seal/seal.hpp"

#include <expected>
#include <string>

namespace haven::seal {

/// Before anything is sealed: whether the master keys are those that the database's keys are
/// wrapped under. One that is to take another's place becomes known to the database; the key of
/// keyed hashes is that of the first one there was. A server with a wrong one would seal what
/// nobody can open together with the rest.
[[nodiscard]] std::expected<void, std::string> check_keys(const std::string& database_url,
                                                          Seal& seal);

} // namespace haven::seal
