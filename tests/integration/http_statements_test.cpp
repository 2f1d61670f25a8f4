// Every statement the server runs is a file, and PostgreSQL can prepare each against the schema as
// it is.
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/statement.hpp"
#include "tests/support/postgres.hpp"

#include <haven/sql_all.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>

namespace haven::test {
namespace {

void expect_each_prepared(TestCluster& cluster) {
    auto connection = store::Connection::open(cluster.fresh_database());
    ASSERT_TRUE(connection);
    std::size_t prepared_count = 0;
    for (const auto& folder : sql::all) {
        for (const store::Statement* statement : folder) {
            const auto prepared = connection->prepare(*statement);
            EXPECT_TRUE(prepared) << statement->name << ": "
                                  << (prepared ? "" : store::describe(prepared.error()));
            ++prepared_count;
        }
    }
    EXPECT_GT(prepared_count, 100U);
}

TEST(HttpStatements, EachCanBePrepared) {
    expect_each_prepared(TestCluster::instance());
}

TEST(HttpStatements, EachCanBePreparedOnPostgreSql15WhereThereIsOne) {
    const std::filesystem::path binaries = "/usr/lib/postgresql/15/bin";
    if (!std::filesystem::exists(binaries / "postgres")) {
        GTEST_SKIP() << "no " << binaries;
    }
    expect_each_prepared(*TestCluster::make(binaries));
}

} // namespace
} // namespace haven::test
