#pragma once

#include "server/store/db_error.hpp"
#include "server/store/param.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace haven::store {

struct PgConnDeleter {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PgConn = std::unique_ptr<PGconn, PgConnDeleter>;

/// A blocking connection, for migrations, tools and tests. One thread at a time.
class Connection {
  public:
    [[nodiscard]] static Outcome<Connection> open(const std::string& url);

    /// Any SQL without parameters, several statements too. Rows are those of the last, in text:
    /// read them as std::string.
    Outcome<Rows> execute(const std::string& sql);
    /// One statement with parameters, unprepared; rows in binary, as Database gives them.
    template <typename... P>
    Outcome<Rows> query(const std::string& sql, P&&... params) {
        const std::vector<Param> list{Param(std::forward<P>(params))...};
        return query_params(sql, list);
    }
    /// Parses the statement on the server without running it: Outcome's error says what is wrong
    /// with it.
    Outcome<void> prepare(const Statement& statement);
    [[nodiscard]] PGconn* raw() const { return connection_.get(); }

  private:
    explicit Connection(PgConn connection) : connection_(std::move(connection)) {}
    Outcome<Rows> query_params(const std::string& sql, std::span<const Param> params);

    PgConn connection_;
};

} // namespace haven::store
