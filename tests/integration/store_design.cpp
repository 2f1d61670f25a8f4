#include "tests/integration/store_design.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

namespace {

/// The statements of all blocks, without comments, on one line each.
std::vector<std::string> statements_of(const std::string& markdown) {
    std::string sql;
    static const std::regex block("```sql\n([^`]*)```");
    for (std::sregex_iterator match(markdown.begin(), markdown.end(), block), end; match != end;
         ++match) {
        sql += (*match)[1].str();
    }
    sql = std::regex_replace(sql, std::regex("--[^\n]*"), "");
    sql = std::regex_replace(sql, std::regex("\\s+"), " ");
    std::vector<std::string> statements;
    static const std::regex statement("\\s*([^;]+);");
    for (std::sregex_iterator match(sql.begin(), sql.end(), statement), end; match != end;
         ++match) {
        statements.push_back((*match)[1].str());
    }
    return statements;
}

/// The parts between the commas that stand in no parentheses.
std::vector<std::string> split_list(const std::string& list) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : list) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && depth == 0) {
            parts.emplace_back();
        } else if (c != ' ' || !parts.back().empty()) {
            parts.back() += c;
        }
    }
    for (std::string& part : parts) {
        part.erase(part.find_last_not_of(' ') + 1);
    }
    return parts;
}

/// PostgreSQL's own name for a type of the document.
std::string catalog_type(std::string type) {
    static const std::map<std::string, std::string> names{
        {"UUID", "uuid"},       {"TIMESTAMPTZ", "timestamp with time zone"},
        {"INTEGER", "integer"}, {"TEXT", "text"},
        {"TEXT[]", "text[]"},   {"BOOLEAN", "boolean"},
        {"DATE", "date"},       {"JSONB", "jsonb"},
        {"BYTEA", "bytea"},     {"INET", "inet"},
        {"BIGINT", "bigint"},   {"BIGSERIAL", "bigint"}};
    if (const auto known = names.find(type); known != names.end()) {
        return known->second;
    }
    type = std::regex_replace(type, std::regex("^VARCHAR"), "character varying");
    type = std::regex_replace(type, std::regex("^DECIMAL\\((\\d+), ?(\\d+)\\)"), "numeric($1,$2)");
    return type;
}

std::string catalog_default(const std::string& value, const std::string& type) {
    if (value.starts_with("'")) {
        return value + "::" + type.substr(0, type.find('('));
    }
    std::string lower = value;
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

void add_column_constraints(Facts& facts, const std::string& table, const std::string& column,
                            const std::string& rest) {
    if (rest.contains("PRIMARY KEY")) {
        facts.insert(std::format("constraint {} PRIMARY KEY ({})", table, column));
    }
    if (rest.contains("UNIQUE")) {
        facts.insert(std::format("constraint {} UNIQUE ({})", table, column));
    }
    std::smatch match;
    static const std::regex references(
        "REFERENCES (\\w+\\(\\w+\\)(?: ON DELETE (?:CASCADE|SET NULL))?)");
    if (std::regex_search(rest, match, references)) {
        facts.insert(std::format("constraint {} FOREIGN KEY ({}) REFERENCES {}", table, column,
                                 match[1].str()));
    }
    static const std::regex between("CHECK \\((\\w+) BETWEEN (\\d+) AND (\\d+)\\)");
    if (std::regex_search(rest, match, between)) {
        facts.insert(std::format("constraint {} CHECK ((({} >= {}) AND ({} <= {})))", table,
                                 match[1].str(), match[2].str(), match[1].str(), match[3].str()));
    } else if (rest.contains("CHECK")) {
        throw std::runtime_error("a check this reader does not know: " + rest);
    }
}

void add_column(Facts& facts, const std::string& table, const std::string& definition) {
    static const std::regex form("(\\w+) (\\w+(?:\\(\\d+(?:, ?\\d+)?\\))?(?:\\[\\])?)(.*)");
    std::smatch match;
    if (!std::regex_match(definition, match, form)) {
        throw std::runtime_error("a column this reader does not know: " + definition);
    }
    const std::string column = match[1].str();
    const std::string type = catalog_type(match[2].str());
    const std::string rest = match[3].str();
    std::string fact = std::format("column {}.{} {}", table, column, type);
    const bool is_serial = match[2].str() == "BIGSERIAL";
    if (rest.contains("NOT NULL") || rest.contains("PRIMARY KEY") || is_serial) {
        fact += " NOT NULL";
    }
    std::smatch value;
    static const std::regex default_value("DEFAULT (\\S+)");
    if (std::regex_search(rest, value, default_value)) {
        fact += " DEFAULT " + catalog_default(value[1].str(), type);
    } else if (is_serial) {
        fact += std::format(" DEFAULT nextval('{}_{}_seq'::regclass)", table, column);
    }
    facts.insert(fact);
    add_column_constraints(facts, table, column, rest);
}

void add_statement(Facts& facts, const std::string& statement) {
    std::smatch match;
    static const std::regex partition("CREATE TABLE (\\w+) PARTITION OF (\\w+) FOR VALUES FROM "
                                      "\\('([0-9-]+)'\\) TO \\('([0-9-]+)'\\)");
    static const std::regex table("CREATE TABLE (\\w+) \\((.*)\\)");
    static const std::regex partitioned(
        "CREATE TABLE (\\w+) \\((.*)\\) PARTITION BY RANGE \\((\\w+)\\)");
    static const std::regex index(
        "CREATE (UNIQUE )?INDEX (\\w+) ON (\\w+)\\(([^)]*)\\)(?: WHERE (\\w+) = TRUE)?");
    if (std::regex_match(statement, match, partition)) {
        facts.insert(std::format("partition {} of {} from {} to {}", match[1].str(), match[2].str(),
                                 match[3].str(), match[4].str()));
    } else if (std::regex_match(statement, match, partitioned)) {
        facts.insert(std::format("table {} RANGE ({})", match[1].str(), match[3].str()));
        for (const std::string& column : split_list(match[2].str())) {
            add_column(facts, match[1].str(), column);
        }
    } else if (std::regex_match(statement, match, table)) {
        facts.insert("table " + match[1].str());
        for (const std::string& column : split_list(match[2].str())) {
            add_column(facts, match[1].str(), column);
        }
    } else if (std::regex_match(statement, match, index)) {
        facts.insert(std::format("index CREATE {}INDEX {} ON {} USING btree ({}){}", match[1].str(),
                                 match[2].str(), match[3].str(), match[4].str(),
                                 match[5].matched ? " WHERE (" + match[5].str() + " = true)" : ""));
    } else {
        throw std::runtime_error("a statement this reader does not know: " + statement);
    }
}

constexpr std::array catalog_queries{
    R"(SELECT 'table ' || relname || coalesce(' ' || pg_get_partkeydef(oid), '')
       FROM pg_class
       WHERE relkind IN ('r', 'p') AND NOT relispartition
         AND relnamespace = 'public'::regnamespace)",
    R"(SELECT 'partition ' || child.relname || ' of ' || parent.relname
              || ' from ' || (bounds[1]) || ' to ' || bounds[2]
       FROM pg_inherits
       JOIN pg_class child ON child.oid = inhrelid
       JOIN pg_class parent ON parent.oid = inhparent
       CROSS JOIN regexp_matches(
           pg_get_expr(child.relpartbound, child.oid),
           'FROM \(''(.+) 00:00:00\+00''\) TO \(''(.+) 00:00:00\+00''\)') AS bounds
       WHERE child.relkind = 'r')",
    R"(SELECT 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
              || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
              || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE relkind IN ('r', 'p') AND NOT relispartition
         AND relnamespace = 'public'::regnamespace AND attnum > 0)",
    R"(SELECT 'constraint ' || relname || ' ' || pg_get_constraintdef(pg_constraint.oid)
       FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
       WHERE NOT relispartition AND relnamespace = 'public'::regnamespace AND contype <> 'n')",
    R"(SELECT 'index ' || replace(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '),
                                  ' public.', ' ')
       FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
       WHERE NOT relispartition AND relnamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT FROM pg_constraint
                         WHERE conindid = indexrelid AND contype IN ('p', 'u')))"};

} // namespace

Facts facts_of_document(const std::string& markdown) {
    Facts facts;
    for (const std::string& statement : statements_of(markdown)) {
        add_statement(facts, statement);
    }
    return facts;
}

Facts facts_of_catalog(store::Connection& connection) {
    Facts facts;
    for (const char* sql : catalog_queries) {
        const auto rows = connection.query(sql);
        if (!rows) {
            throw std::runtime_error(store::describe(rows.error()));
        }
        for (const store::Row row : *rows) {
            std::string fact = row.get<std::string>(0);
            std::erase(fact, '"'); // PostgreSQL quotes a column called timestamp
            facts.insert(std::move(fact));
        }
    }
    return facts;
}

} // namespace haven::test
