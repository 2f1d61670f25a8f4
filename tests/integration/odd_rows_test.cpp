// A row that no code foresaw (a NULL, a word nobody knows, JSON of another shape, a time without
// end) costs the request that reads it, and never the process.
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"

#include <gtest/gtest.h>

#include <format>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

struct Column {
    std::string table;
    std::string name;
    std::string type;
    bool nullable = false;
};

/// As the owner, past triggers: what no program of ours may do, and what somebody's hand or an
/// older program has done.
class Owner {
  public:
    explicit Owner(const std::string& url) : connection_(*store::Connection::open(url)) {
        execute("SET session_replication_role = replica");
        execute("CREATE SCHEMA kept");
    }
    bool try_to(const std::string& sql) { return connection_.execute(sql).has_value(); }
    void execute(const std::string& sql) {
        const auto done = connection_.execute(sql);
        EXPECT_TRUE(done) << sql << ": " << store::describe(done.error());
    }
    std::vector<Column> columns() {
        const auto rows = connection_.query(
            "SELECT c.relname::text AS t, a.attname::text AS n, "
            "format_type(a.atttypid, NULL)::text AS k, NOT a.attnotnull AS nullable "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
            "a.attisdropped AND a.attgenerated = '' "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT "
            "c.relispartition AND c.relname NOT LIKE 'schema%' AND c.relname <> 'audit_logs' "
            "ORDER BY c.relname, a.attnum");
        std::vector<Column> found;
        for (const store::Row row : rows.value()) {
            found.push_back({.table = row.get<std::string>("t"),
                             .name = row.get<std::string>("n"),
                             .type = row.get<std::string>("k"),
                             .nullable = row.get<bool>("nullable")});
        }
        return found;
    }
    /// The column in every row of its table; false where the schema itself refuses.
    bool set(const Column& column, const std::string& value) {
        return try_to(std::format("UPDATE {} SET \"{}\" = {}", column.table, column.name, value));
    }
    void keep(const std::string& table) {
        execute(std::format("CREATE TABLE kept.{0} AS SELECT * FROM {0}", table));
    }
    void bring_back(const std::string& table, const std::string& columns) {
        execute(std::format("BEGIN; DELETE FROM {0}; INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE "
                            "SELECT {1} FROM kept.{0}; COMMIT",
                            table, columns));
    }

  private:
    store::Connection connection_;
};

/// Values that the column's type takes and no code writes.
std::vector<std::string> odd_values(const Column& column) {
    static const std::map<std::string, std::vector<std::string>> of_type{
        {"character varying", {"''", "'unheard_of'"}},
        {"text", {"''", "'unheard_of'"}},
        {"jsonb", {"'null'", "'[null, 1]'", "'\"x\"'", "'{}'"}},
        {"text[]", {"'{}'", "'{NULL}'"}},
        {"character varying[]", {"'{}'", "'{NULL}'"}},
        {"timestamp with time zone", {"'infinity'", "'0044-03-15 12:00:00+00 BC'"}},
        {"date", {"'infinity'", "'0044-03-15 BC'"}},
        {"numeric", {"'NaN'"}},
        {"double precision", {"'NaN'", "'-Infinity'"}},
        {"real", {"'NaN'"}},
        {"smallint", {"-32768", "32767"}},
        {"integer", {"-2147483648", "2147483647"}},
        {"bigint", {"-9223372036854775808", "9223372036854775807"}},
        {"bytea", {"''"}}};
    const auto found = of_type.find(column.type);
    std::vector<std::string> values =
        found == of_type.end() ? std::vector<std::string>{} : found->second;
    if (column.nullable) {
        values.insert(values.begin(), "NULL");
    }
    return values;
}

class OddRows : public ::testing::Test {
  protected:
    struct Read {
        HttpClient* who;
        std::string path;
    };

    OddRows() {
        for (const http::Route& route : http::api_routes()) {
            if (route.method != http::Method::get || !route.path.starts_with("/v1/")) {
                continue;
            }
            for (HttpClient* client : life.callers(route)) {
                if (client->get(life.path_of(route)).status == 200) {
                    reads.push_back({client, life.path_of(route)});
                }
            }
        }
    }

    /// The reads that want the table, found by hiding it.
    std::vector<Read> readers_of(const std::string& table) {
        owner.execute(std::format("ALTER TABLE {0} RENAME TO hidden_{0}", table));
        std::vector<Read> found;
        for (const Read& read : reads) {
            const int status = read.who->get(read.path).status;
            EXPECT_NE(status, 0) << table << ' ' << read.path;
            if (status != 200) {
                found.push_back(read);
            }
        }
        owner.execute(std::format("ALTER TABLE hidden_{0} RENAME TO {0}", table));
        return found;
    }

    void expect_answers(const Column& column, const std::string& value,
                        const std::vector<Read>& readers) {
        for (const Read& read : readers) {
            const Reply reply = read.who->get(read.path);
            const std::string what =
                std::format("{}.{} = {}, GET {}: {} {}", column.table, column.name, value,
                            read.path, reply.status, reply.error);
            ASSERT_NE(reply.status, 0) << what;
            EXPECT_NE(reply.status, 422) << what << ": who reads has broken no rule";
            if (reply.status >= 500) {
                // 503 where what an odd key names is not in the object store.
                EXPECT_TRUE(reply.status == 503 || reply.body.contains("/problems/internal"))
                    << what << reply.body;
                failed.insert(what);
            }
        }
    }

    TestServer server;
    OneLife life{server};
    Owner owner{server.config().database_url};
    std::vector<Read> reads;
    std::set<std::string> failed;
};

TEST_F(OddRows, NoneEndsTheProcessAndANullIsReadWhereTheSchemaAllowsIt) {
    ASSERT_GT(reads.size(), 80U);
    std::map<std::string, std::vector<Column>> tables;
    for (Column& column : owner.columns()) {
        tables[column.table].push_back(std::move(column));
    }
    ASSERT_GE(tables.size(), 26U);
    for (const auto& [table, columns] : tables) {
        owner.keep(table);
        const std::vector<Read> readers = readers_of(table);
        std::string names;
        for (const Column& column : columns) {
            names += std::format("{}\"{}\"", names.empty() ? "" : ", ", column.name);
        }
        for (const Column& column : columns) {
            for (const std::string& value : odd_values(column)) {
                if (owner.set(column, value)) {
                    expect_answers(column, value, readers);
                    owner.bring_back(table, names);
                }
            }
        }
    }
    for (const Read& read : reads) {
        EXPECT_EQ(read.who->get(read.path).status, 200) << read.path << " as it was before";
    }
    // What the schema lets be empty is no fault of anybody's: it is answered.
    for (const std::string& what : failed) {
        EXPECT_FALSE(what.contains(" = NULL,")) << what;
    }
}

} // namespace
} // namespace haven::test
