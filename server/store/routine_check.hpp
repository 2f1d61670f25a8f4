#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace haven::store {

/// Whether each call of one routine by another gives as many arguments as it takes, and answers are
/// made by nothing but the words that ask for their subject (routines/answers.sql). PostgreSQL
/// itself looks at what a PL/pgSQL body calls only when that line runs. `routines` is a text of
/// CREATE OR REPLACE FUNCTION; what is wrong names the routine.
[[nodiscard]] std::expected<void, std::string> check_routines(std::string_view routines);

} // namespace haven::store
