#pragma once

#include "bilateral/stroke.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace haven::store {

/// What the caller can do about it.
enum class DbErrorKind : std::uint8_t {
    conflict,  ///< 23505: it is there already. 409
    violation, ///< the rest of class 23, and class 22: the data breaks a rule; `constraint` names
               ///< it. 422
    retry, ///< 40, 08, 53, 57, a spoilt or a lost connection: the same again may succeed. 503 with
           ///< Retry-After
    unavailable,    ///< no connection can be made now. 503 with Retry-After
    pool_exhausted, ///< all connections are busy and the queue is full or the wait too long. 503
                    ///< with Retry-After
    refused, ///< class HV: a trigger of ours refuses it. HV403 for want of a consent, HV409 for a
             ///< state that does not let it; `message` is for the client
    bug,     ///< 42 and whatever else should not happen. 500
};

/// Holds nothing a user wrote: for logs as it is. Never send `message` to a client.
struct DbError {
    DbErrorKind kind = DbErrorKind::bug;
    std::string sqlstate;            ///< five characters, or empty when PostgreSQL did not answer
    std::string constraint;          ///< the constraint's or index's name, where one was broken
    std::string statement;           ///< "folder.file", or empty
    std::string message;             ///< what, where and what to do
    bool in_record = false;          ///< it was the row of audit_logs that could not be written
    std::optional<Uuid> person = {}; ///< whom a refusal is about

    /// True where doing the whole transaction again may succeed.
    [[nodiscard]] bool is_temporary() const {
        return kind == DbErrorKind::retry || kind == DbErrorKind::unavailable ||
               kind == DbErrorKind::pool_exhausted;
    }
};

template <typename T>
using Outcome = std::expected<T, DbError>;

/// SQLSTATE (five characters) to kind.
[[nodiscard]] DbErrorKind kind_of_sqlstate(std::string_view sqlstate);

/// Whether the connection that said so is of no more use: it is closed, and the next one prepares
/// its statements anew.
[[nodiscard]] bool spoils_connection(std::string_view sqlstate);

/// One line for a log or a terminal.
[[nodiscard]] std::string describe(const DbError& error);

} // namespace haven::store
