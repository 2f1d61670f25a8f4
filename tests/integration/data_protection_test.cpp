// docs/data-protection.md says of each column how it is protected, and what is there is so.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

struct Document {
    std::map<std::string, std::string> protection; ///< by "table.column"
    std::vector<std::string> faults;
};

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream text(line.substr(2, line.size() - 4));
    for (std::string cell; std::getline(text, cell, '|');) {
        cell.erase(0, cell.find_first_not_of(' '));
        cell.erase(cell.find_last_not_of(' ') + 1);
        cells.push_back(cell);
    }
    return cells;
}

/// "`a`, `b`"
std::vector<std::string> names_in(const std::string& cell) {
    std::vector<std::string> names;
    std::istringstream text(cell);
    for (std::string between, name;
         std::getline(text, between, '`') && std::getline(text, name, '`');) {
        names.push_back(name);
    }
    return names;
}

Document read_document() {
    static const std::set<std::string, std::less<>> classes{
        "most private", "health", "personal", "secret", "record", "clinic", "technical"};
    Document found;
    std::string table;
    std::istringstream lines(read_text(HAVEN_SOURCE_DIR "/docs/data-protection.md"));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## `")) {
            table = line.substr(4, line.size() - 5);
        }
        if (table.empty() || !line.starts_with("| ") || line.starts_with("| class |")) {
            continue;
        }
        const auto cells = cells_of(line);
        if (cells.size() != 3 || !classes.contains(cells[0])) {
            found.faults.push_back("no row: " + line);
            continue;
        }
        const std::string& how = cells[1];
        if (!how.starts_with("sealed under ") && !how.starts_with("hashed: ") &&
            !how.starts_with("in clear: ")) {
            found.faults.push_back("neither sealed nor hashed nor in clear with a reason: " + line);
        }
        for (const std::string& column : names_in(cells[2])) {
            if (!found.protection.emplace(table + "." + column, how).second) {
                found.faults.push_back("twice: " + table + "." + column);
            }
        }
    }
    return found;
}

std::set<std::string> columns_of(const std::string& database_url) {
    std::istringstream names(
        sql_text(database_url, "SELECT string_agg(c.table_name || '.' || column_name, E'\\n') FROM "
                               "information_schema.columns AS c JOIN pg_class ON oid = "
                               "format('%I.%I', table_schema, table_name)::regclass WHERE "
                               "table_schema = 'public' AND relkind IN ('r', 'p') AND NOT "
                               "relispartition"));
    std::set<std::string> columns;
    for (std::string name; std::getline(names, name);) {
        columns.insert(name);
    }
    return columns;
}

TEST(DataProtection, EveryColumnIsWrittenDownOnce) {
    const Document document = read_document();
    EXPECT_THAT(document.faults, ::testing::IsEmpty());
    const std::set<std::string> columns = columns_of(TestCluster::instance().fresh_database());
    ASSERT_GT(columns.size(), 400U);
    for (const std::string& column : columns) {
        EXPECT_TRUE(document.protection.contains(column)) << column << " is not written down";
    }
    for (const auto& [column, how] : document.protection) {
        EXPECT_TRUE(columns.contains(column)) << "there is no " << column;
    }
}

/// The columns that hold a text, in whatever type.
std::set<std::string> columns_with(const TestServer& server, const std::set<std::string>& columns,
                                   std::string_view text) {
    std::string query;
    for (const std::string& column : columns) {
        const std::size_t dot = column.find('.');
        query +=
            std::format("{}SELECT '{}' AS found WHERE EXISTS (SELECT FROM {} AS t WHERE "
                        "position(convert_to('{}', "
                        "'UTF8') IN convert_to(t.\"{}\"::text, 'UTF8')) > 0 OR "
                        "position(encode(convert_to('{}', 'UTF8'), 'hex') IN t.\"{}\"::text) > 0)",
                        query.empty() ? "" : " UNION ALL ", column, column.substr(0, dot), text,
                        column.substr(dot + 1), text, column.substr(dot + 1));
    }
    std::set<std::string> found;
    std::istringstream names(
        sql_text(server.config().database_url,
                 "SELECT string_agg(found, E'\\n') FROM (" + query + ") AS f"));
    for (std::string name; std::getline(names, name);) {
        if (name != "NULL") {
            found.insert(name);
        }
    }
    return found;
}

TEST(DataProtection, WhatIsSaidToBeSealedOrHashedHoldsNoWordOfAnybodys) {
    const TestServer server;
    OneLife life(server);
    const std::string session = new_id();
    const std::string exercise = new_id();
    ASSERT_EQ(life.user.put("/v1/sessions/" + session, session_body()).status, 201);
    ASSERT_EQ(life.user.put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
    const std::string artifact = "/v1/exercise-artifacts/" + new_id();
    const auto text = [&](std::string_view words) {
        return std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                           R"("content_text":"{}","sealed":true}})",
                           exercise, words);
    };
    ASSERT_EQ(life.user.put(artifact, text("zephyr-artifact")).status, 201);
    ASSERT_EQ(
        life.user
            .send("PUT", "/v1/exercise-artifacts/" + new_id() + "/draft",
                  std::format(R"({{"exercise_id":"{}","content_text":"zephyr-draft"}})", exercise),
                  {"Content-Type: application/json", "If-None-Match: *"})
            .status,
        201);
    ASSERT_EQ(life.user
                  .put("/v1/reflections/" + new_id(),
                       std::format(R"({{"session_id":"{}","agent_summary":"zephyr-reflection"}})",
                                   session))
                  .status,
              201);
    ASSERT_EQ(life.user
                  .put("/v1/session-intents/" + new_id(),
                       std::format(R"({{"session_id":"{}","contraindications":["zephyr-intent"]}})",
                                   session))
                  .status,
              201);
    const SecondFactor factor = enrol(server, life.user);
    const std::set<std::string> columns = columns_of(server.config().database_url);
    // What it looks for it finds, where that is in clear.
    EXPECT_EQ(columns_with(server, columns, "The lamp is warm."),
              std::set<std::string>{"exercise_artifacts.content_text"});
    const Document document = read_document();
    EXPECT_TRUE(
        document.protection.at("exercise_artifacts.content_text").starts_with("in clear: "));
    for (const std::string& secret :
         {std::string("zephyr-artifact"), std::string("zephyr-draft"),
          std::string("zephyr-reflection"), std::string("zephyr-intent"), life.user.token,
          factor.secret, factor.recovery_codes.front(), std::string("quiet-harbour-lamp")}) {
        EXPECT_EQ(columns_with(server, columns, secret), std::set<std::string>{}) << secret;
    }
    for (const auto& [column, how] : document.protection) {
        if (how.starts_with("sealed ")) { // no text is so short, and none is all letters
            const std::size_t dot = column.find('.');
            EXPECT_EQ(sql_text(server.config().database_url,
                               std::format("SELECT count(*) FROM {} AS t WHERE length(\"{}\") < 41",
                                           column.substr(0, dot), column.substr(dot + 1))),
                      "0")
                << column;
        }
    }
}

} // namespace
} // namespace haven::test
