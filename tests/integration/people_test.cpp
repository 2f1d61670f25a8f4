// A supervisor looks for people by the beginning of a name or an address.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

class People : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// A person called `name`, as SQL has it, and so addressed.
    void call(const std::string& name, const std::string& email) const {
        const HttpClient person = server.new_user();
        sql_do(server.config().database_url,
               std::format("UPDATE users SET full_name = '{}', email = '{}' WHERE id = '{}'", name,
                           email, person.id));
    }
    Reply search(const std::string& query) { return supervisor.get("/v1/users?search=" + query); }
    /// The names found, the oldest account first.
    std::string found(const std::string& query) {
        const Reply page = search(query + "&sort=oldest");
        EXPECT_EQ(page.status, 200) << query << page.body;
        std::string names;
        for (std::size_t i = 0; !json_at(page.body, std::format("/items/{}", i)).empty(); ++i) {
            names += json_at(page.body, std::format("/items/{}/full_name", i)) + ";";
        }
        return names;
    }

    TestServer server;
    HttpClient supervisor = server.new_clinician("supervisor");
};

TEST_F(People, AreFoundByTheBeginningOfTheirNameOrAddressWhateverItsCaseAndAccents) {
    call("Åsa Öberg", "lamp@example.org");
    call("Asaph Lee", "window@example.org");
    call("Zoë", "asa.field@example.org");
    EXPECT_EQ(found("asa"), "Åsa Öberg;Asaph Lee;Zoë;");
    EXPECT_EQ(found("%C3%85SA%20OB"), "Åsa Öberg;");
    EXPECT_EQ(found("%20%20zoe%20"), "Zoë;");
    EXPECT_EQ(found("LAMP@ex"), "Åsa Öberg;");
    EXPECT_EQ(found("A%CC%8Asa"), "Åsa Öberg;Asaph Lee;Zoë;") << "the accent by itself";
    EXPECT_EQ(found("beg"), "") << "no beginning";
}

TEST_F(People, NoCharacterStandsForAnother) {
    call("100% calm", "percent@example.org");
    call("a_b_c", "line@example.org");
    call("axbxc", "letters@example.org");
    EXPECT_EQ(found("100%25"), "100% calm;");
    for (const char* wild :
         {"%25%25%25", "___", "1%25c", "***", "...", ".*a", "%5C%25%25", "'%20OR"}) {
        EXPECT_EQ(found(wild), "") << wild;
    }
    EXPECT_EQ(found("a_b"), "a_b_c;");
}

TEST_F(People, AreFoundByWhatTheyAreCalledNow) {
    call("Ann Old", "ann@example.org");
    sql_do(server.config().database_url, "UPDATE users SET full_name = 'Bea New'");
    EXPECT_EQ(found("ann%20old"), "");
    EXPECT_EQ(found("bea"), "Bea New;");
    EXPECT_FALSE(search("bea").body.contains("folded"));
}

TEST_F(People, AStatusIsAFilter) {
    call("Ann One", "one@example.org");
    call("Ann Two", "two@example.org");
    sql_do(server.config().database_url,
           "UPDATE users SET status = 'suspended' WHERE full_name = 'Ann Two'");
    EXPECT_EQ(found("ann&status=suspended"), "Ann Two;");
    EXPECT_EQ(found("ann&status=suspended&status=active"), "Ann One;Ann Two;");
}

TEST_F(People, AShortSearchIsRefused) {
    for (const char* bad : {"", "an", "%20%20a%20%20", "%20an%20", "%C3%A5n", "a%00b"}) {
        const Reply refused = search(bad);
        EXPECT_EQ(refused.status, 400) << bad << refused.body;
        EXPECT_TRUE(refused.body.contains("search")) << refused.body;
    }
    EXPECT_EQ(supervisor.get("/v1/users").status, 400);
}

TEST_F(People, AreLookedForBySupervisorsWhoLoggedInAMomentAgo) {
    HttpClient person = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient senior = server.new_clinician("senior");
    HttpClient service = server.new_service("web");
    for (HttpClient* who : {&person, &reviewer, &senior, &service}) {
        EXPECT_EQ(who->get("/v1/users?search=ada").status, 403);
    }
    sql_do(server.config().database_url,
           std::format("UPDATE token_families SET authenticated_at = now() - interval '11 minutes' "
                       "WHERE clinician_id = '{}'",
                       supervisor.id));
    const Reply old = search("ada");
    EXPECT_EQ(old.status, 401) << old.body;
}

TEST_F(People, EachOneShownHasAnEntryAndTheSearchIsInNone) {
    call("Ann One", "quiet.one@example.org");
    call("Ann Two", "quiet.two@example.org");
    call("Ann Three", "quiet.three@example.org");
    const Reply page = search("quiet.&limit=2");
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(sql(std::format("SELECT string_agg(full_name, ' ' ORDER BY full_name) FROM users "
                              "WHERE id IN (SELECT user_id FROM audit_logs WHERE request_id = "
                              "'{}' AND action = 'user_search' AND response_status = 200)",
                              page.headers.at("x-request-id"))),
              "Ann Three Ann Two")
        << "not the one on the next page";
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE to_jsonb(audit_logs)::text LIKE "
                  "'%quiet.%'"),
              "0");
}

} // namespace
} // namespace haven::test
