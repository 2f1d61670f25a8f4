// A row that no code foresaw (a NULL, a word nobody knows, JSON of another shape, a time without
// end) costs the request that reads it, and never the process.
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/odd_rows.hpp"
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

    TempDirectory directory;
    TestServer server{{}, without_rates(directory)};
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
                    const BodiesPassedOver odd;
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

/// What each page of one item shows at a pointer, one after the other; no more than ten.
std::vector<std::string> pages_of(HttpClient& who, const std::string& path,
                                  const std::string& pointer = "/items/0/id") {
    const BodiesPassedOver odd;
    std::vector<std::string> ids;
    std::string cursor;
    do {
        const Reply page = who.get(path + "?limit=1" + cursor);
        EXPECT_EQ(page.status, 200) << path << cursor << page.body;
        ids.push_back(json_at(page.body, pointer));
        cursor = json_at(page.body, "/next_cursor");
        cursor = cursor.empty() ? "" : "&cursor=" + cursor;
    } while (!cursor.empty() && ids.size() < 10);
    return ids;
}

TEST_F(OddRows, ATimeWithoutAnEndEndsNoList) {
    std::vector<std::string> sessions{life.ids.session};
    for (const std::string& started_at :
         {std::string("infinity"), std::string("-infinity"), std::string("0044-03-15 BC")}) {
        sessions.push_back(new_id());
        ASSERT_EQ(life.user.put("/v1/sessions/" + sessions.back(), session_body()).status, 201);
        owner.execute(std::format("UPDATE sessions SET started_at = '{}' WHERE id = '{}'",
                                  started_at, sessions.back()));
        owner.execute(std::format("INSERT INTO hitl_escalations (session_id, user_id_anonymized, "
                                  "priority, review_deadline) VALUES ('{}', 'x', 'urgent', '{}')",
                                  sessions.back(), started_at));
    }
    EXPECT_EQ(pages_of(life.user, "/v1/sessions"),
              (std::vector{sessions[1], sessions[0], sessions[3], sessions[2]}));
    std::vector<std::string> cases = pages_of(life.supervisor, "/v1/hitl-escalations");
    EXPECT_EQ(cases.size(), 4U);
    EXPECT_EQ(std::set<std::string>(cases.begin(), cases.end()).size(), 4U);
    owner.execute("INSERT INTO daily_metrics (metric_date) VALUES ('infinity'), ('-infinity'), "
                  "('0044-03-15 BC'), ('200000-01-01')");
    const std::vector<std::string> days =
        pages_of(life.supervisor, "/v1/daily-metrics", "/items/0/metric_date");
    ASSERT_EQ(days.size(), 5U);
    EXPECT_EQ((std::vector{days[0], days[1], days[2]}),
              (std::vector<std::string>{"-infinity", "0044-03-15 BC", life.day}));
    EXPECT_EQ((std::set{days[3], days[4]}), (std::set<std::string>{"200000-01-01", "infinity"}))
        << "those after the year 9999, by their ids";
}

} // namespace
} // namespace haven::test
