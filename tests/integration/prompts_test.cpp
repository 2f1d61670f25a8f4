// Prompts: a version is written once, and of a family one is active at most.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Prompts : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string path(const std::string& id) { return "/v1/prompts/" + id; }
    static Reply set_status(HttpClient& client, const std::string& id, const std::string& status) {
        return client.put(path(id) + "/status", std::format(R"({{"status":"{}"}})", status));
    }
    /// "v1 deprecated, v2 active", in the order of the versions.
    std::string family(const std::string& name) const {
        return sql(std::format("SELECT string_agg('v' || version || ' ' || status, ', ' "
                               "ORDER BY version) FROM prompt_registry WHERE family = '{}'",
                               name));
    }

    TestServer server;
    HttpClient service = server.new_service("web");
};

constexpr const char* whole =
    R"({"purpose":"Opens an unsent letter","category":"exercise","status":"active",)"
    R"("inputs":["recipient","tone"],"outputs":["opening_prompt"],"guardrails":["never sent"],)"
    R"("system_prompt":"You open a letter.","developer_prompt":"Short.","format":"plain"})";

TEST_F(Prompts, AVersionIsStoredAndReadWithEveryColumn) {
    const std::string id = "TJ-EX-UNSENT-LETTER-v3";
    ASSERT_EQ(service.put(path(id), whole).status, 201);
    EXPECT_EQ(service.put(path(id), whole).status, 200);
    const Reply read = service.get(path(id));
    ASSERT_EQ(read.status, 200) << read.body;
    for (const std::string& member :
         {std::string(R"("purpose": "Opens an unsent letter")"),
          std::string(R"("category": "exercise")"), std::string(R"("version": 3)"),
          std::string(R"("status": "active")"), std::string(R"("inputs": ["recipient", "tone"])"),
          std::string(R"("outputs": ["opening_prompt"])"),
          std::string(R"("guardrails": ["never sent"])"),
          std::string(R"("system_prompt": "You open a letter.")"),
          std::string(R"("developer_prompt": "Short.")"), std::string(R"("format": "plain")"),
          std::string(R"("family": "TJ-EX-UNSENT-LETTER")"), std::string(R"("usage_count": 0)"),
          std::format(R"("created_by": "{}")", service.id)}) {
        EXPECT_TRUE(read.body.contains(member)) << member << " in " << read.body;
    }
    EXPECT_EQ(set_status(service, id, "deprecated").status, 200);
    EXPECT_EQ(sql("SELECT string_agg(key, ',') FROM prompt_registry, "
                  "jsonb_each(to_jsonb(prompt_registry)) WHERE value = 'null'"),
              "NULL");
    EXPECT_EQ(sql("SELECT changes_made::text FROM audit_logs WHERE action = 'prompt_status'"),
              R"({"status": ["active", "deprecated"], "prompt_id": "TJ-EX-UNSENT-LETTER-v3"})");
}

TEST_F(Prompts, AVersionNeverChangesAndTheNextOneComesAfterIt) {
    ASSERT_EQ(service.put(path("TJ-A-v2"), R"({"purpose":"a"})").status, 201);
    EXPECT_EQ(service.put(path("TJ-A-v2"), R"({"purpose":"b"})").status, 409);
    EXPECT_EQ(service.put(path("TJ-A-v1"), R"({"purpose":"a"})").status, 409);
    EXPECT_EQ(service.put(path("TJ-A-v10"), R"({"purpose":"b"})").status, 201);
    // The same by another service is the same.
    HttpClient other = server.new_service("other");
    EXPECT_EQ(other.put(path("TJ-A-v2"), R"({"purpose":"a","format":"markdown"})").status, 200);
    EXPECT_EQ(family("TJ-A"), "v2 testing, v10 testing");
}

TEST_F(Prompts, OneVersionOfAFamilyIsActiveAtMost) {
    ASSERT_EQ(service.put(path("TJ-A-v1"), R"({"purpose":"a","status":"active"})").status, 201);
    ASSERT_EQ(service.put(path("TJ-A-v2"), R"({"purpose":"b","status":"active"})").status, 201);
    EXPECT_EQ(family("TJ-A"), "v1 deprecated, v2 active");
    ASSERT_EQ(service.put(path("TJ-A-v3"), R"({"purpose":"c"})").status, 201);
    EXPECT_EQ(set_status(service, "TJ-A-v3", "active").status, 200);
    EXPECT_EQ(family("TJ-A"), "v1 deprecated, v2 deprecated, v3 active");
    EXPECT_EQ(set_status(service, "TJ-A-v3", "active").status, 200) << "as it is";
    EXPECT_EQ(set_status(service, "TJ-A-v3", "testing").status, 409);
    EXPECT_EQ(set_status(service, "TJ-A-v1", "active").status, 409) << "deprecated for good";
    EXPECT_EQ(set_status(service, "TJ-A-v3", "deprecated").status, 200);
    EXPECT_EQ(family("TJ-A"), "v1 deprecated, v2 deprecated, v3 deprecated");
    EXPECT_EQ(set_status(service, "TJ-B-v1", "active").status, 404);
    EXPECT_EQ(set_status(service, "TJ-A-v3", "gone").status, 422);
}

TEST_F(Prompts, VersionsMadeActiveAtOnceLeaveOneActive) {
    constexpr int versions = 12;
    for (int i = 1; i <= versions; ++i) {
        ASSERT_EQ(service.put(path(std::format("TJ-A-v{}", i)), R"({"purpose":"a"})").status, 201);
    }
    std::vector<int> statuses(versions);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            threads.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = service.token;
                statuses[i] = set_status(client, std::format("TJ-A-v{}", i + 1), "active").status;
            });
        }
    }
    EXPECT_EQ(std::ranges::count(statuses, 200), versions);
    EXPECT_EQ(sql("SELECT count(*) FROM prompt_registry WHERE status = 'active'"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM prompt_registry WHERE status = 'deprecated'"), "11");
}

TEST_F(Prompts, AreListedByCategoryStatusAndFamily) {
    ASSERT_EQ(service.put(path("TJ-A-v1"), R"({"purpose":"a","category":"safety"})").status, 201);
    ASSERT_EQ(service.put(path("TJ-A-v2"), R"({"purpose":"b","status":"active"})").status, 201);
    ASSERT_EQ(service.put(path("TJ-B-v1"), R"({"purpose":"c","category":"exercise"})").status, 201);
    const auto ids = [&](const std::string& query) {
        const Reply reply = service.get("/v1/prompts" + query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        std::string found;
        for (const char* id : {"TJ-A-v1", "TJ-A-v2", "TJ-B-v1"}) {
            found += reply.body.contains(std::format("\"{}\"", id)) ? std::format("{} ", id) : "";
        }
        return found;
    };
    EXPECT_EQ(ids(""), "TJ-A-v1 TJ-A-v2 TJ-B-v1 ");
    EXPECT_EQ(ids("?category=safety"), "TJ-A-v1 ");
    EXPECT_EQ(ids("?status=active"), "TJ-A-v2 ");
    EXPECT_EQ(ids("?family=TJ-A"), "TJ-A-v1 TJ-A-v2 ");
    EXPECT_EQ(ids("?family=TJ-A&status=testing"), "TJ-A-v1 ");
    const std::string cursor = service.get("/v1/prompts?limit=2").member("next_cursor");
    EXPECT_EQ(ids("?limit=2"), "TJ-A-v2 TJ-B-v1 ");
    EXPECT_EQ(ids("?limit=2&cursor=" + cursor), "TJ-A-v1 ");
    EXPECT_EQ(service.get("/v1/prompts?status=odd").status, 400);
    EXPECT_EQ(service.get("/v1/prompts?mood=odd").status, 400);
}

TEST_F(Prompts, AreWrittenByServicesAndSupervisorsAndNotSeenByUsers) {
    HttpClient user = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient supervisor = server.new_clinician("supervisor");
    EXPECT_EQ(user.put(path("TJ-A-v1"), whole).status, 403);
    EXPECT_EQ(reviewer.put(path("TJ-A-v1"), whole).status, 403);
    EXPECT_EQ(supervisor.put(path("TJ-A-v1"), whole).status, 201);
    EXPECT_EQ(sql("SELECT created_by FROM prompt_registry"), supervisor.id);
    EXPECT_EQ(reviewer.get(path("TJ-A-v1")).status, 200);
    EXPECT_EQ(user.get(path("TJ-A-v1")).status, 403);
    EXPECT_EQ(user.get("/v1/prompts").status, 403);
    EXPECT_EQ(set_status(reviewer, "TJ-A-v1", "deprecated").status, 403);
}

TEST_F(Prompts, WhatIsNoNameOrNoPromptIsRefused) {
    for (const char* id : {"TJ-A", "tj-a-v1", "TJ-A-v0", "TJ--A-v1", "TJ-A-v1.5"}) {
        EXPECT_EQ(service.put(path(id), R"({"purpose":"a"})").status, 404) << id;
    }
    EXPECT_TRUE(service.put(path("TJ-A-v1"), R"({})").points_to("/purpose"));
    EXPECT_TRUE(service.put(path("TJ-A-v1"), R"({"purpose":"a","status":"deprecated"})")
                    .points_to("/status"));
    EXPECT_TRUE(
        service.put(path("TJ-A-v1"), R"({"purpose":"a","inputs":[1]})").points_to("/inputs/0"));
    EXPECT_EQ(service.get(path("TJ-A-v1")).status, 404);
}

} // namespace
} // namespace haven::test
