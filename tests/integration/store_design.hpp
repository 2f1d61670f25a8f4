#pragma once

#include "server/store/connection.hpp"

#include <set>
#include <string>

/// The database's design as a set of sentences, one a fact, so that a difference reads as one:
/// "column users.email character varying(255) NOT NULL", "index CREATE INDEX idx_users_status ON
/// users (status)".
namespace haven::test {

using Facts = std::set<std::string>;

/// From the ```sql blocks of docs/database-schema-design.md.
[[nodiscard]] Facts facts_of_document(const std::string& markdown);

/// From PostgreSQL's catalog, in the document's words: tables, columns, keys, checks, indexes,
/// partitions of schema public.
[[nodiscard]] Facts facts_of_catalog(store::Connection& connection);

} // namespace haven::test
