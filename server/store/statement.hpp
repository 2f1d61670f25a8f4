#pragma once

namespace haven::store {

/// One SQL statement, from one .sql file: haven_sql(target folder) in server/CMakeLists.txt makes
/// the constants haven::sql::FOLDER::NAME of "haven/sql_FOLDER.hpp". Prepared once per connection,
/// when first used.
struct Statement {
    const char* name; ///< "folder.file": the server-side name, the name in logs and metrics
    const char* sql;
};

/// One whose text has haven_answered or haven_listed: it answers a request and writes the row of
/// audit_logs, of what its last parameter, the access, and its own answer say.
struct Answering : Statement {};

/// A page of a listing, in both orders: the file with haven_listed, whose keys say DESC, and the
/// same with ASC in its place.
struct Listing {
    Answering newest;
    Answering oldest;
};

} // namespace haven::store
