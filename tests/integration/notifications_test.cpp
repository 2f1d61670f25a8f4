// Notifications: told by rules and services, read by the person alone, gone when they expire.
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

std::string notification_body(const std::string& user_id, const std::string& title = "Draw") {
    return std::format(R"({{"user_id":"{}","notification_type":"reminder","title":"{}",)"
                       R"("body":"Ten minutes are enough.","action_url":"/sessions",)"
                       R"("expires_at":"2030-01-01T00:00:00Z"}})",
                       user_id, title);
}

class Notifications : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::string tell(const HttpClient& user, const std::string& title = "Draw") {
        std::string id = new_id();
        const Reply reply =
            service.put("/v1/notifications/" + id, notification_body(user.id, title));
        EXPECT_EQ(reply.status, 201) << reply.body;
        return id;
    }
    static std::string unread(HttpClient& user) {
        return json_at(user.get("/v1/notifications/unread").body, "/unread");
    }

    TestServer server;
    HttpClient service = server.new_service("web");
};

TEST_F(Notifications, EveryColumnIsWrittenAndReadBack) {
    HttpClient user = server.new_user();
    const std::string id = tell(user);
    for (const auto& [path, at] :
         {std::pair<std::string, std::string>{"/v1/notifications/" + id, ""},
          {"/v1/notifications", "/items/0"}}) {
        const Reply read = user.get(path);
        EXPECT_EQ(read.status, 200) << read.body;
        EXPECT_EQ(json_at(read.body, at + "/id"), id);
        EXPECT_EQ(json_at(read.body, at + "/notification_type"), "reminder");
        EXPECT_EQ(json_at(read.body, at + "/title"), "Draw");
        EXPECT_EQ(json_at(read.body, at + "/body"), "Ten minutes are enough.");
        EXPECT_EQ(json_at(read.body, at + "/action_url"), "/sessions");
        EXPECT_EQ(json_at(read.body, at + "/read"), "false");
        EXPECT_EQ(json_at(read.body, at + "/read_at"), "null");
        EXPECT_EQ(json_at(read.body, at + "/expires_at"), "2030-01-01T00:00:00.000000Z");
        EXPECT_TRUE(json_at(read.body, at + "/created_at").ends_with("Z"));
    }
    EXPECT_EQ(sql("SELECT user_id::text FROM audit_logs WHERE action = 'notification_create'"),
              user.id);
}

TEST_F(Notifications, WhatIsReadStaysReadSinceTheFirstTime) {
    HttpClient user = server.new_user();
    const std::string id = tell(user);
    tell(user);
    EXPECT_EQ(unread(user), "2");
    EXPECT_EQ(user.put("/v1/notifications/" + id + "/read", "").status, 200);
    EXPECT_EQ(unread(user), "1");
    const std::string first = json_at(user.get("/v1/notifications/" + id).body, "/read_at");
    EXPECT_TRUE(first.ends_with("Z")) << first;
    EXPECT_EQ(user.put("/v1/notifications/" + id + "/read", "").status, 200);
    EXPECT_EQ(json_at(user.get("/v1/notifications/" + id).body, "/read_at"), first);
    EXPECT_EQ(json_at(user.get("/v1/notifications/" + id).body, "/read"), "true");
    EXPECT_EQ(json_at(user.put("/v1/notifications/read", "").body, "/marked"), "1");
    EXPECT_EQ(json_at(user.put("/v1/notifications/read", "").body, "/marked"), "0");
    EXPECT_EQ(unread(user), "0");
    EXPECT_EQ(json_at(user.get("/v1/notifications/" + id).body, "/read_at"), first);
}

TEST_F(Notifications, TheListIsFilteredByWhetherTheyAreRead) {
    HttpClient user = server.new_user();
    const std::string older = tell(user, "older");
    const std::string newer = tell(user, "newer");
    EXPECT_EQ(user.put("/v1/notifications/" + older + "/read", "").status, 200);
    const auto titles = [&](const std::string& query) {
        const Reply page = user.get("/v1/notifications" + query);
        EXPECT_EQ(page.status, 200) << page.body;
        return json_at(page.body, "/items/0/title") + ' ' + json_at(page.body, "/items/1/title");
    };
    EXPECT_EQ(titles(""), "newer older");
    EXPECT_EQ(titles("?unread=true"), "newer ");
    EXPECT_EQ(titles("?unread=false"), "older ");
    EXPECT_EQ(user.get("/v1/notifications?unread=maybe").status, 400);
    EXPECT_EQ(user.get("/v1/notifications?read=true").status, 400);
}

TEST_F(Notifications, PagesKeepTheFilterAndNeitherSkipNorRepeat) {
    HttpClient user = server.new_user();
    std::set<std::string> told;
    for (int i = 0; i < 7; ++i) {
        told.insert(tell(user));
    }
    const std::string read = tell(user);
    EXPECT_EQ(user.put("/v1/notifications/" + read + "/read", "").status, 200);
    sql("UPDATE notifications SET created_at = '2026-11-01T00:00:00Z' RETURNING 1");
    std::vector<std::string> seen;
    std::string path = "/v1/notifications?unread=true&limit=3";
    while (!path.empty()) {
        const Reply page = user.get(path);
        ASSERT_EQ(page.status, 200) << page.body;
        for (int i = 0; !json_at(page.body, std::format("/items/{}", i)).empty(); ++i) {
            seen.push_back(json_at(page.body, std::format("/items/{}/id", i)));
        }
        path.clear();
        if (const auto link = page.headers.find("link"); link != page.headers.end()) {
            path = link->second.substr(1, link->second.find('>') - 1);
        }
    }
    EXPECT_EQ(seen.size(), told.size());
    EXPECT_EQ(std::set(seen.begin(), seen.end()), told);
}

TEST_F(Notifications, WhatHasExpiredIsNotShownAndTheJobRemovesIt) {
    HttpClient user = server.new_user();
    const std::string stays = tell(user, "stays");
    const std::string goes = tell(user, "goes");
    sql(std::format("UPDATE notifications SET expires_at = now() WHERE id = '{}' RETURNING 1",
                    goes));
    sql(std::format("UPDATE notifications SET expires_at = NULL WHERE id = '{}' RETURNING 1",
                    stays));
    EXPECT_EQ(unread(user), "1");
    const Reply list = user.get("/v1/notifications");
    EXPECT_EQ(json_at(list.body, "/items/0/id"), stays);
    EXPECT_EQ(json_at(list.body, "/items/1"), "");
    EXPECT_EQ(user.get("/v1/notifications/" + goes).status, 404);
    EXPECT_EQ(user.put("/v1/notifications/" + goes + "/read", "").status, 404);
    EXPECT_EQ(json_at(user.put("/v1/notifications/read", "").body, "/marked"), "1");
    EXPECT_EQ(sql("SELECT haven_job_expire_notifications()"), "1");
    EXPECT_EQ(sql("SELECT id::text FROM notifications"), stays);
    EXPECT_EQ(sql("SELECT haven_job_expire_notifications()"), "0");
}

TEST_F(Notifications, AServerThatDoesTheJobsRemovesThemByItself) {
    HttpClient user = server.new_user();
    const std::string stays = tell(user, "stays");
    sql(std::format("UPDATE notifications SET expires_at = now() WHERE id = '{}' RETURNING 1",
                    tell(user, "goes")));
    ServerConfig config = server.config();
    config.jobs_enabled = true;
    const TestServer other({}, config);
    EXPECT_TRUE(await(std::chrono::seconds(10), [&] {
        return sql("SELECT string_agg(id::text, ' ') FROM notifications") == stays;
    }));
}

TEST_F(Notifications, NobodyElseSeesOrTouchesThem) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    HttpClient clinician = server.new_clinician("supervisor");
    const std::string id = tell(user);
    const std::string path = "/v1/notifications/" + id;
    const Reply foreign = stranger.get(path);
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body_without_request_id(),
              stranger.get("/v1/notifications/" + new_id()).body_without_request_id());
    EXPECT_EQ(stranger.put(path + "/read", "").status, 404);
    EXPECT_EQ(json_at(stranger.put("/v1/notifications/read", "").body, "/marked"), "0");
    EXPECT_EQ(json_at(stranger.get("/v1/notifications").body, "/items"), "[]");
    EXPECT_EQ(unread(user), "1");
    for (HttpClient* actor : {&clinician, &service}) {
        EXPECT_EQ(actor->get("/v1/notifications").status, 403);
        EXPECT_EQ(actor->get(path).status, 403);
        EXPECT_EQ(actor->put(path + "/read", "").status, 403);
    }
    EXPECT_EQ(user.put("/v1/notifications/" + new_id(), notification_body(user.id)).status, 403);
    EXPECT_EQ(clinician.put("/v1/notifications/" + new_id(), notification_body(user.id)).status,
              403);
    EXPECT_EQ(server.client().get("/v1/notifications").status, 401);
}

TEST_F(Notifications, AServiceTellsAThingOnce) {
    HttpClient user = server.new_user();
    const std::string path = "/v1/notifications/" + new_id();
    EXPECT_EQ(service.put(path, notification_body(user.id)).status, 201);
    EXPECT_EQ(service.put(path, notification_body(user.id)).status, 200);
    EXPECT_EQ(service.put(path, notification_body(user.id, "Write")).status, 409);
    HttpClient other = server.new_service("other");
    EXPECT_EQ(other.put(path, notification_body(user.id)).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM notifications"), "1");
}

TEST_F(Notifications, WhatIsWrongIsNamed) {
    HttpClient user = server.new_user();
    const auto pointer = [&](const std::string& body) {
        const Reply reply = service.put("/v1/notifications/" + new_id(), body);
        EXPECT_EQ(reply.status, 422) << body << reply.body;
        return json_at(reply.body, "/errors/0/pointer");
    };
    const auto with = [&](const std::string& members) {
        return std::format(R"({{"user_id":"{}",{}}})", user.id, members);
    };
    EXPECT_EQ(pointer(notification_body(new_id())), "/user_id");
    EXPECT_EQ(pointer(with(R"("notification_type":"reminder")")), "/title");
    EXPECT_EQ(pointer(with(R"("notification_type":"advert","title":"Buy")")), "/notification_type");
    EXPECT_EQ(pointer(with(R"("notification_type":"system","title":"")")), "/title");
    EXPECT_EQ(pointer(with(R"("notification_type":"system","title":"x","read":true)")), "/read");
    for (const char* address :
         {"javascript:alert(1)", "//evil.example", "http://plain.example", R"(/\\evil.example)",
          R"(/\t/evil.example)", R"(/\n/evil.example)", "/ /evil.example", R"(/x\u202e)"}) {
        EXPECT_EQ(pointer(with(std::format(
                      R"("notification_type":"system","title":"x","action_url":"{}")", address))),
                  "/action_url");
    }
    for (const char* at :
         {"soon", "1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
        EXPECT_EQ(pointer(with(std::format(
                      R"("notification_type":"system","title":"x","expires_at":"{}")", at))),
                  "/expires_at")
            << at;
    }
    // Whose account is deleted is nobody.
    sql(std::format("UPDATE users SET status = 'deleted' WHERE id = '{}' RETURNING 1", user.id));
    EXPECT_EQ(pointer(notification_body(user.id)), "/user_id");
    EXPECT_EQ(sql("SELECT count(*) FROM notifications"), "0");
}

TEST_F(Notifications, ARuleMayTellWhoeverSetsItOff) {
    HttpClient user = server.new_user();
    // As the server's role, and for a clinician who does not care for the person.
    const std::string as_reviewer = std::format(
        "BEGIN; SELECT set_config('role', 'haven_app', true), "
        "set_config('haven.actor', 'clinician', true), set_config('haven.actor_id', '{}', true), "
        "set_config('haven.actor_role', 'reviewer', true); ",
        new_id());
    sql(as_reviewer + std::format("SELECT haven_notify('{}', 'session_reviewed', 'Reviewed', NULL, "
                                  "'/sessions'); COMMIT; SELECT 1",
                                  user.id));
    const Reply list = user.get("/v1/notifications");
    EXPECT_EQ(json_at(list.body, "/items/0/title"), "Reviewed") << list.body;
    EXPECT_EQ(json_at(list.body, "/items/0/notification_type"), "session_reviewed");
    // And is the clinician again afterwards.
    EXPECT_EQ(sql(as_reviewer +
                  std::format("SELECT haven_notify('{}', 'system', 'x', NULL); "
                              "SELECT haven_actor() || (SELECT count(*) FROM notifications)",
                              user.id)),
              "clinician0");
}

} // namespace
} // namespace haven::test
