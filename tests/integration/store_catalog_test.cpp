#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/migrations.hpp"
#include "tests/integration/store_design.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace haven::test {

namespace {

Facts document() {
    return facts_of_document(read_text(HAVEN_SOURCE_DIR "/docs/database-schema-design.md"));
}

long count_of(const Facts& facts, std::string_view kind) {
    return std::ranges::count_if(facts,
                                 [&](const std::string& fact) { return fact.starts_with(kind); });
}

TEST(Catalog, TheDocumentIsReadWhole) {
    const Facts facts = document();
    EXPECT_EQ(count_of(facts, "table "), 22);
    EXPECT_EQ(count_of(facts, "partition "), 4);
    EXPECT_EQ(count_of(facts, "index "), 67);
    EXPECT_EQ(std::ranges::count_if(
                  facts, [](const std::string& fact) { return fact.contains("FOREIGN KEY"); }),
              30);
    EXPECT_TRUE(facts.contains(
        "column users.preferred_language character varying(10) DEFAULT 'en'::character varying"));
    EXPECT_TRUE(facts.contains(
        "constraint bilateral_drawings FOREIGN KEY (vr_session_id) REFERENCES vr_sessions(id) "
        "ON DELETE SET NULL"));
}

TEST(Catalog, TheFirstMigrationIsTheDesignNothingMoreAndNothingLess) {
    auto connection = connect(TestCluster::instance().empty_database());
    const auto seed = connection.execute(std::string(store::embedded_migrations().front().sql));
    ASSERT_TRUE(seed) << store::describe(seed.error());
    const Facts designed = document();
    const Facts found = facts_of_catalog(connection);
    for (const std::string& fact : designed) {
        EXPECT_TRUE(found.contains(fact)) << "designed, but not in the catalog: " << fact;
    }
    for (const std::string& fact : found) {
        EXPECT_TRUE(designed.contains(fact)) << "in the catalog, but not designed: " << fact;
    }
}

std::string without(std::string text, std::string_view part) {
    const std::size_t at = text.find(part);
    return at == std::string::npos ? text : text.erase(at, part.size());
}

/// Whether what the design says holds: as it stands, or with a NULL or a lack of a default taken
/// away.
bool holds(const Facts& found, const std::string& fact) {
    const auto stricter = [&fact](const std::string& other) {
        return other.starts_with(fact + " DEFAULT ") || other == fact + " NOT NULL" ||
               (other.starts_with("column ") &&
                (without(other, " NOT NULL") == fact ||
                 without(other, " NOT NULL").starts_with(fact + " DEFAULT ")));
    };
    return found.contains(fact) || std::ranges::any_of(found, stricter);
}

/// Later migrations add; what the design says stays true.
TEST(Catalog, AfterAllMigrationsTheDesignStillHolds) {
    auto connection = connect(TestCluster::instance().fresh_database());
    const Facts found = facts_of_catalog(connection);
    for (const std::string& fact : document()) {
        EXPECT_TRUE(holds(found, fact)) << fact;
    }
}

} // namespace

} // namespace haven::test
