#include "server/store/db_error.hpp"

#include "bilateral/stroke.hpp"
#include "server/store/errors.hpp"

#include <libpq-fe.h>

#include <string>
#include <string_view>
#include <utility>

namespace haven::store {

namespace {

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string() : std::string(text);
}

/// PostgreSQL repeats values a user sent in the messages of classes 22 and 23 ("invalid input
/// syntax for type integer:
/// "..."") and always in DETAIL; messages of the other classes speak of our SQL or of the server.
bool may_repeat_user_data(DbErrorKind kind) {
    return kind == DbErrorKind::conflict || kind == DbErrorKind::violation;
}

} // namespace

bool spoils_connection(std::string_view sqlstate) {
    // 0A000 "cached plan must not change result type": a migration went by, a new connection plans
    // anew. 25006: a server that only reads, after a failover. 25P03: it waited too long for us.
    // 26000 and 42P05: a pooler gave us a backend whose prepared statements are not ours. 57P01 to
    // 57P05: the server goes, or the database.
    return sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate == "0A000" ||
           sqlstate == "25006" || sqlstate == "25P03" || sqlstate == "26000" || sqlstate == "42P05";
}

DbErrorKind kind_of_sqlstate(std::string_view sqlstate) {
    const std::string_view state_class = sqlstate.substr(0, 2);
    if (sqlstate == "23505") {
        return DbErrorKind::conflict;
    }
    if (state_class == "23" || state_class == "22") {
        return DbErrorKind::violation;
    }
    if (spoils_connection(sqlstate)) {
        return DbErrorKind::retry;
    }
    if (state_class == "40" || state_class == "08" || state_class == "53" || state_class == "57" ||
        state_class == "58" || sqlstate == "55P03") {
        return DbErrorKind::retry;
    }
    if (state_class == "HV") {
        return DbErrorKind::refused;
    }
    return DbErrorKind::bug;
}

DbError error_of_result(const PGresult* result, std::string_view statement) {
    DbError error;
    error.statement = statement;
    error.sqlstate = field(result, PG_DIAG_SQLSTATE);
    if (error.sqlstate.empty()) { // libpq's own words: the connection broke
        error.kind = DbErrorKind::retry;
        error.message = "the connection to PostgreSQL broke";
        return error;
    }
    error.kind = kind_of_sqlstate(error.sqlstate);
    error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    // The functions that it happened in, whatever language their names stand in.
    error.in_record = field(result, PG_DIAG_CONTEXT).contains("haven_record(");
    if (error.kind == DbErrorKind::refused) {
        error.person = parse_uuid(field(result, PG_DIAG_MESSAGE_DETAIL));
    }
    if (!may_repeat_user_data(error.kind)) {
        error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
        return error;
    }
    error.message = "the data breaks a rule of the schema";
    for (const auto& [code, what] : {std::pair{PG_DIAG_TABLE_NAME, " table "},
                                     {PG_DIAG_COLUMN_NAME, " column "},
                                     {PG_DIAG_CONSTRAINT_NAME, " constraint "}}) {
        if (const std::string name = field(result, code); !name.empty()) {
            error.message += what + name;
        }
    }
    return error;
}

DbError broken_connection(const PGconn* connection, DbErrorKind kind, std::string_view doing) {
    std::string why = PQerrorMessage(connection);
    while (why.ends_with('\n')) {
        why.pop_back();
    }
    return {.kind = kind,
            .message = std::string(doing) + ": " +
                       (why.empty() ? std::string("the connection closed") : why)};
}

std::string describe(const DbError& error) {
    std::string text = error.message;
    if (!error.statement.empty()) {
        text += " (statement " + error.statement + ")";
    }
    if (!error.sqlstate.empty()) {
        text += " [SQLSTATE " + error.sqlstate + "]";
    }
    return text;
}

} // namespace haven::store
