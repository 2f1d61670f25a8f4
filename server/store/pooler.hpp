#pragma once

#include <expected>
#include <string>

namespace haven::store {

/// What stands between the program and PostgreSQL, if anything does, must keep prepared statements:
/// a pooler that gives each transaction another connection, and does not, fails one request in so
/// many. The error says what to set. Looks once, at the start; a database that cannot be reached is
/// no fault here.
[[nodiscard]] std::expected<void, std::string> check_pooler(const std::string& url);

} // namespace haven::store
