// Log-ins as devices that are listed and ended; services and what they may do.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

class Devices : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    HttpClient logged_in(const std::string& email, const std::string& rest = "",
                         const std::string& user_agent = "haven-test/1.0") const {
        HttpClient client = server.client();
        const Reply grant = client.send(
            "POST", "/v1/auth/tokens",
            std::format(R"({{"email":"{}","password":"quiet-harbour-lamp"{}}})", email, rest),
            {"Content-Type: application/json", "User-Agent: " + user_agent});
        EXPECT_EQ(grant.status, 201) << grant.body;
        client.token = grant.member("access_token");
        client.id = grant.member("bearer_id");
        return client;
    }
    std::string new_account() const {
        const std::string email = new_id() + "@example.org";
        EXPECT_EQ(server.client().post("/v1/users", registration_body(email)).status, 202);
        server.confirm(email);
        return email;
    }
    static int status_of(HttpClient& client) { return client.get("/v1/users/me").status; }

    TestServer server;
};

TEST_F(Devices, AreListedAsThePersonKnowsThem) {
    const std::string email = new_account();
    HttpClient laptop =
        logged_in(email, "", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko Firefox/128.0");
    HttpClient named = logged_in(email, R"(,"device_name":"the old laptop")");
    const Reply listed = laptop.get("/v1/auth/devices");
    ASSERT_EQ(listed.status, 200) << listed.body;
    EXPECT_EQ(json_at(listed.body, "/items/0/device_name"), "the old laptop");
    EXPECT_EQ(json_at(listed.body, "/items/0/client"), "haven-test 1.0");
    EXPECT_EQ(json_at(listed.body, "/items/0/current"), "false");
    EXPECT_EQ(json_at(listed.body, "/items/1/device_name"), "Firefox on Linux");
    EXPECT_EQ(json_at(listed.body, "/items/1/current"), "true");
    EXPECT_EQ(json_at(listed.body, "/items/2"), "");
    EXPECT_EQ(json_at(named.get("/v1/auth/devices").body, "/items/0/current"), "true");
    EXPECT_EQ(logged_in(email, R"(,"device_name":null)").id, laptop.id);
    const Reply odd = server.client().post(
        "/v1/auth/tokens",
        std::format(R"({{"email":"{}","password":"quiet-harbour-lamp","device_name":"a\u202eb"}})",
                    email));
    EXPECT_EQ(odd.status, 422);
    EXPECT_TRUE(odd.points_to("/device_name")) << odd.body;
}

TEST_F(Devices, OneIsEndedAndTheOthersGoOn) {
    const std::string email = new_account();
    HttpClient here = logged_in(email);
    HttpClient there = logged_in(email);
    const std::string id = json_at(there.get("/v1/auth/devices").body, "/items/0/id");
    EXPECT_EQ(here.remove("/v1/auth/devices/" + id).status, 204);
    EXPECT_EQ(status_of(there), 401);
    EXPECT_EQ(status_of(here), 200);
    EXPECT_EQ(here.remove("/v1/auth/devices/" + id).status, 404) << "it is over";
    EXPECT_EQ(json_at(here.get("/v1/auth/devices").body, "/items/1"), "");
    EXPECT_EQ(sql("SELECT changes_made #>> '{token_families,revoked_why,after}' FROM audit_logs "
                  "WHERE action = 'device_end' AND response_status = 204 AND user_id = '" +
                  here.id + "'"),
              "ended");
    EXPECT_EQ(here.remove("/v1/auth/devices").status, 204);
    EXPECT_EQ(status_of(here), 401);
}

TEST_F(Devices, ToEndOneOneLogsInAnew) {
    HttpClient user = logged_in(new_account());
    const std::string id = json_at(user.get("/v1/auth/devices").body, "/items/0/id");
    sql_do(server.config().database_url,
           "UPDATE token_families SET authenticated_at = now() - interval '11 minutes'");
    for (const std::string& path : {std::string("/v1/auth/devices"), "/v1/auth/devices/" + id}) {
        const Reply refused = user.remove(path);
        EXPECT_EQ(refused.status, 401) << refused.body;
        EXPECT_TRUE(
            refused.headers.at("www-authenticate").contains("insufficient_user_authentication"));
    }
    EXPECT_EQ(user.get("/v1/auth/devices").status, 200) << "looking is another thing";
    EXPECT_EQ(user.remove("/v1/auth/tokens/current").status, 204) << "and so is going";
}

TEST_F(Devices, AnotherPersonsIsNotFound) {
    HttpClient owner = logged_in(new_account());
    HttpClient stranger = logged_in(new_account());
    HttpClient supervisor = server.new_clinician("supervisor");
    const std::string path =
        "/v1/auth/devices/" + json_at(owner.get("/v1/auth/devices").body, "/items/0/id");
    const Reply missing = stranger.remove("/v1/auth/devices/" + new_id());
    for (HttpClient* const other : {&stranger, &supervisor}) {
        const Reply foreign = other->remove(path);
        EXPECT_EQ(foreign.status, 404);
        EXPECT_EQ(foreign.body_without_request_id(), missing.body_without_request_id());
    }
    EXPECT_EQ(status_of(owner), 200);
    EXPECT_EQ(stranger.remove("/v1/auth/devices").status, 204);
    EXPECT_EQ(status_of(owner), 200);
    EXPECT_EQ(supervisor.get("/v1/auth/devices").status, 200);
}

TEST_F(Devices, WhenOneWasUsedIsKnownToTheMinute) {
    HttpClient user = logged_in(new_account());
    const auto set = [&](const char* ago) {
        sql_do(server.config().database_url,
               std::format("UPDATE token_families SET last_used_at = now() - interval '{}'", ago));
    };
    const std::string used = "SELECT last_used_at > now() - interval '10 seconds' FROM "
                             "token_families";
    set("50 seconds");
    EXPECT_EQ(status_of(user), 200);
    EXPECT_EQ(sql(used), "f");
    set("61 seconds");
    EXPECT_EQ(status_of(user), 200);
    EXPECT_EQ(sql(used), "t");
}

class Services : public Devices {
  protected:
    HttpClient with(const std::string& token) const {
        HttpClient client = server.client();
        client.token = token;
        return client;
    }
    Reply make(const std::string& name, const std::string& scopes) {
        return supervisor.post("/v1/services",
                               std::format(R"({{"name":"{}","scopes":[{}]}})", name, scopes));
    }

    HttpClient supervisor = server.new_clinician("supervisor");
};

TEST_F(Services, AreMadeRotatedAndSuspendedByASupervisor) {
    const Reply made = make("web", R"("sessions","screenings")");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.member("scope"), "sessions screenings");
    EXPECT_EQ(sql("SELECT expires_at - created_at FROM token_families WHERE service_id IS NOT "
                  "NULL"),
              "90 days");
    HttpClient first = with(made.member("access_token"));
    EXPECT_EQ(first.get("/v1/auth/tokens/current").member("scope"), "sessions screenings");
    const std::string path = "/v1/services/" + made.member("id");
    const Reply rotated =
        supervisor.post(path + "/tokens", R"({"overlap_seconds":3600,"expires_days":30})");
    ASSERT_EQ(rotated.status, 201) << rotated.body;
    HttpClient second = with(rotated.member("access_token"));
    EXPECT_EQ(first.get("/v1/session-moves").status, 200) << "for an hour more";
    EXPECT_EQ(second.get("/v1/session-moves").status, 200);
    EXPECT_EQ(sql("SELECT string_agg((expires_at - now() <= interval '1 hour')::text, ' ' ORDER BY "
                  "expires_at) FROM token_families WHERE service_id IS NOT NULL"),
              "true false");
    EXPECT_EQ(supervisor.put(path + "/status", R"({"status":"suspended"})").member("status"),
              "suspended");
    EXPECT_EQ(first.get("/v1/session-moves").status, 401);
    EXPECT_EQ(second.get("/v1/session-moves").status, 401);
    EXPECT_EQ(supervisor.post(path + "/tokens", "{}").status, 409);
    EXPECT_EQ(supervisor.put(path + "/status", R"({"status":"active"})").status, 200);
    EXPECT_EQ(second.get("/v1/session-moves").status, 200);
    const Reply listed = supervisor.get("/v1/services");
    EXPECT_EQ(json_at(listed.body, "/items/0/name"), "web");
    EXPECT_EQ(json_at(listed.body, "/items/0/scope"), "sessions screenings");
    EXPECT_FALSE(listed.body.contains("token")) << listed.body;
    EXPECT_EQ(make("web", R"("agents")").status, 409);
    EXPECT_EQ(supervisor.post("/v1/services/" + new_id() + "/tokens", "{}").status, 404);
    EXPECT_EQ(make("x", R"("journal")").status, 422);
    EXPECT_EQ(make("x", "").status, 422);
    EXPECT_EQ(sql("SELECT string_agg(action || ' ' || response_status, ', ' ORDER BY id) FROM "
                  "audit_logs WHERE action LIKE 'service%' AND response_status < 300"),
              "service_create 201, service_rotate 201, service_status 200, service_status 200, "
              "service_list 200");
}

TEST_F(Services, AreForNobodyElse) {
    HttpClient user = logged_in(new_account());
    HttpClient senior = server.new_clinician("senior");
    HttpClient service = server.new_service("web");
    for (HttpClient* const other : {&user, &senior, &service}) {
        EXPECT_EQ(other->get("/v1/services").status, 403);
        EXPECT_EQ(other->post("/v1/services", R"({"name":"x","scopes":["agents"]})").status, 403);
    }
    sql_do(server.config().database_url,
           "UPDATE token_families SET authenticated_at = now() - interval '11 minutes'");
    EXPECT_EQ(make("x", R"("agents")").status, 401) << "a token for a year wants a recent log-in";
    EXPECT_EQ(sql("SELECT count(*) FROM services"), "1");
}

TEST_F(Services, DoWhatTheirScopesSay) {
    const std::string session = new_id();
    HttpClient user = logged_in(new_account());
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
    const std::vector<std::pair<std::string, std::string>> routes{
        {"sessions", "/v1/sessions/" + session},
        {"consents", "/v1/users/" + user.id + "/consents"},
        {"screenings", "/v1/sessions/" + session + "/safety-screenings"},
        {"agents", "/v1/sessions/" + session + "/agent-outputs"},
        {"prompts", "/v1/prompts"},
        {"analytics", "/v1/daily-metrics"}};
    for (const auto& [scope, own] : routes) {
        HttpClient service = server.new_service("one", scope);
        for (const auto& [needed, path] : routes) {
            const Reply reply = service.get(path);
            EXPECT_EQ(reply.status, scope == needed ? 200 : 403) << scope << ' ' << path;
            if (scope != needed) {
                EXPECT_EQ(reply.headers.at("www-authenticate"),
                          std::format(R"(Bearer error="insufficient_scope", scope="{}")", needed));
            }
        }
    }
}

} // namespace
} // namespace haven::test
