#pragma once

namespace haven::store {

/// One SQL statement, from one .sql file: haven_sql(target folder) in server/CMakeLists.txt makes
/// the constants haven::sql::FOLDER::NAME of "haven/sql_FOLDER.hpp". Prepared once per connection,
/// when first used.
struct Statement {
    const char* name; ///< "folder.file": the server-side name, the name in logs and metrics
    const char* sql;
};

} // namespace haven::store
