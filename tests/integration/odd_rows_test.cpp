// A row that no code foresaw (a NULL, a word nobody knows, JSON of another shape, a time without
// end) costs the request that reads it, and never the process.
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
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

} // namespace
} // namespace haven::test
