// Every statement the server runs is a file, and PostgreSQL can prepare each against the schema as
// it is.
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/statement.hpp"
#include "tests/support/postgres.hpp"

#include <haven/sql_accounts.hpp>
#include <haven/sql_artifacts.hpp>
#include <haven/sql_audit.hpp>
#include <haven/sql_consents.hpp>
#include <haven/sql_exercises.hpp>
#include <haven/sql_http.hpp>
#include <haven/sql_intents.hpp>
#include <haven/sql_objects.hpp>
#include <haven/sql_seal.hpp>
#include <haven/sql_sessions.hpp>
#include <haven/sql_vr.hpp>

#include <gtest/gtest.h>

#include <span>

namespace haven::test {
namespace {

TEST(HttpStatements, EachCanBePrepared) {
    auto connection = store::Connection::open(TestCluster::instance().fresh_database());
    ASSERT_TRUE(connection);
    const std::span<const store::Statement* const> folders[] = {
        sql::accounts::all, sql::artifacts::all, sql::objects::all,
        sql::seal::all,     sql::audit::all,     sql::exercises::all,
        sql::http::all,     sql::sessions::all,  sql::vr::all,
        sql::consents::all, sql::intents::all};
    for (const auto& folder : folders) {
        for (const store::Statement* statement : folder) {
            const auto prepared = connection->prepare(*statement);
            EXPECT_TRUE(prepared) << statement->name << ": "
                                  << (prepared ? "" : store::describe(prepared.error()));
        }
    }
}

} // namespace
} // namespace haven::test
