#pragma once

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"

#include <gtest/gtest.h>

#include <format>
#include <map>
#include <string>
#include <vector>

namespace haven::test {

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
    /// All tables as they are now, to be brought back together.
    void keep_all(const std::map<std::string, std::vector<Column>>& tables) {
        all_ = "BEGIN";
        for (const auto& [table, columns] : tables) {
            keep(table);
            all_ += "; DELETE FROM " + table;
        }
        for (const auto& [table, columns] : tables) {
            std::string names;
            for (const Column& column : columns) {
                names += std::format("{}\"{}\"", names.empty() ? "" : ", ", column.name);
            }
            all_ += std::format("; INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM "
                                "kept.{0}",
                                table, names);
        }
        all_ += "; COMMIT";
    }
    void bring_all_back() { execute(all_); }
    void bring_back(const std::string& table, const std::string& columns) {
        execute(std::format("BEGIN; DELETE FROM {0}; INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE "
                            "SELECT {1} FROM kept.{0}; COMMIT",
                            table, columns));
    }

  private:
    store::Connection connection_;
    std::string all_;
};

/// Values that the column's type takes and no code writes.
inline std::vector<std::string> odd_values(const Column& column) {
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

} // namespace haven::test
