// What every route leaves in the audit log, asked of the log itself: whose data it was, who asked,
// for which request, how it was answered; also where it was refused.
#include "server/audit/audit.hpp"
#include "server/http/application.hpp"
#include "server/http/message.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/store/statement.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/one_life.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <string_view>
#include <utility>

namespace haven::test {
namespace {

/// A statement that does not end with an answer cannot be what answers a request.
template <typename Statement>
concept answers = requires(http::Exchange& exchange, const Statement& statement) {
    audit::answered_by(exchange, statement);
};
static_assert(answers<store::Answering>);
static_assert(!answers<store::Statement>);

/// What people are told of, that is nobody's in particular.
bool is_nobodys(std::string_view path) {
    for (const std::string_view prefix :
         {"/v1/prompts", "/v1/daily-metrics", "/v1/agent-costs", "/v1/tts-cache",
          "/v1/session-moves", "/v1/services", "/v1/webhooks", "/v1/events"}) {
        if (path.starts_with(prefix)) {
            return true;
        }
    }
    return false;
}

bool ends_the_token(const http::Route& route) {
    return route.method == http::Method::remove &&
           (route.path == "/v1/users/me" || route.path == "/v1/auth/tokens/current" ||
            route.path == "/v1/auth/devices");
}

class AuditRoutes : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// The rows of the request, as "COLUMNS, COLUMNS".
    std::string rows_of(const Reply& reply, const std::string& columns) const {
        const auto id = reply.headers.find("x-request-id");
        if (id == reply.headers.end()) {
            ADD_FAILURE() << "an answer without X-Request-Id";
            return "";
        }
        return sql(std::format("SELECT string_agg(concat_ws(' ', {}), ', ' ORDER BY id) FROM "
                               "audit_logs WHERE request_id = '{}'",
                               columns, id->second));
    }
    /// The changes that the request's row tells, at a pointer.
    std::string change(const Reply& reply, std::string_view pointer) const {
        return json_at(rows_of(reply, "changes_made"), pointer);
    }

    TestServer server;
    OneLife life{server};
};

TEST_F(AuditRoutes, EveryReadNamesThePersonTheActorAndTheRequest) {
    int seen = 0;
    for (const http::Route& route : http::api_routes()) {
        if (route.method != http::Method::get || route.policy.who == http::who::anyone) {
            continue;
        }
        for (HttpClient* client : life.callers(route)) {
            const Reply reply = client->get(life.path_of(route));
            const std::string what = std::format("GET {} by {}", route.path,
                                                 client == &life.user       ? "the person"
                                                 : client == &life.reviewer ? "a reviewer"
                                                 : client == &life.service  ? "a service"
                                                                            : "a supervisor");
            const bool names_person = reply.status == 200 && route.policy.health_data &&
                                      !is_nobodys(route.path) &&
                                      !reply.body.contains(R"("items":[])");
            EXPECT_EQ(rows_of(reply, "action, response_status, request_path, "
                                     "coalesce(clinician_id, service_id, user_id)"),
                      std::format("{} {} {} {}", route.policy.action, reply.status, route.path,
                                  client->id))
                << what;
            if (names_person) {
                EXPECT_EQ(rows_of(reply, "user_id, is_phi_access"), life.user.id + " t") << what;
                ++seen;
            }
        }
    }
    EXPECT_GT(seen, 70);
}

TEST_F(AuditRoutes, AListOverSeveralPeopleNamesEachOfThoseItShows) {
    const OneLife second(server);
    const OneLife third(server);
    const Reply page = life.supervisor.get("/v1/crisis-logs?limit=2");
    ASSERT_EQ(page.status, 200);
    EXPECT_EQ(sql(std::format("SELECT count(*) || ' ' || count(DISTINCT user_id) FROM audit_logs "
                              "WHERE request_id = '{}' AND user_id IN ('{}', '{}')",
                              page.headers.at("x-request-id"), second.user.id, third.user.id)),
              "2 2")
        << "not the one that follows on the next page";
    const Reply queue = life.reviewer.get("/v1/hitl-escalations");
    EXPECT_EQ(sql(std::format("SELECT count(DISTINCT user_id) FROM audit_logs WHERE request_id = "
                              "'{}'",
                              queue.headers.at("x-request-id"))),
              "3");
}

TEST_F(AuditRoutes, AClaimNamesThePersonHoweverItIsAnswered) {
    const std::string claim = "/v1/hitl-escalations/" + life.escalation + "/claim";
    const Reply again = life.reviewer.put(claim, "");
    EXPECT_EQ(rows_of(again, "response_status, user_id"), "200 " + life.user.id) << again.body;
    const Reply taken = life.supervisor.put(claim, "");
    EXPECT_EQ(rows_of(taken, "response_status, user_id"), "409 " + life.user.id) << taken.body;
}

TEST_F(AuditRoutes, EveryRefusalIsThereToo) {
    HttpClient stranger = server.new_user();
    int seen = 0;
    for (const http::Route& route : http::api_routes()) {
        if (route.policy.who == http::who::anyone || ends_the_token(route)) {
            continue;
        }
        const std::string method(http::to_string(route.method));
        const std::string body = route.body.kind == http::BodyKind::json ? R"({"nobody":1})" : "";
        for (HttpClient* client : {&stranger, &life.reviewer, &life.service}) {
            const Reply reply =
                client->send(method, life.path_of(route), body, usual_headers(route.body));
            if (reply.status < 400) {
                continue;
            }
            EXPECT_EQ(rows_of(reply, "action, response_status, coalesce(clinician_id, service_id, "
                                     "user_id)"),
                      std::format("{} {} {}", route.policy.action, reply.status, client->id))
                << method << ' ' << route.path << reply.body;
            ++seen;
        }
    }
    EXPECT_GT(seen, 120);
}

TEST_F(AuditRoutes, ARefusalForWantOfAConsentIsThereAlthoughItsTransactionIsNot) {
    ASSERT_EQ(life.user
                  .put("/v1/consents/" + new_id(),
                       R"({"consent_type":"data_processing",)"
                       R"("consent_version":"v1.0","consent_given":false})")
                  .status,
              201);
    const Reply refused = life.user.put("/v1/sessions/" + new_id(), session_body());
    ASSERT_EQ(refused.status, 403) << refused.body;
    EXPECT_EQ(rows_of(refused, "action, response_status, user_id, is_phi_access"),
              "session_create 403 " + life.user.id + " t");
}

TEST_F(AuditRoutes, ARefusalOfWhatAServiceAsksNamesThePersonItIsAbout) {
    const std::string session = "/v1/sessions/" + life.ids.session;
    const Reply moved = life.service.put(session + "/status", R"({"status":"active"})");
    EXPECT_EQ(rows_of(moved, "response_status, user_id"), "409 " + life.user.id)
        << moved.body << ": its case is open";
    ASSERT_EQ(life.user
                  .put("/v1/consents/" + new_id(),
                       R"({"consent_type":"data_processing",)"
                       R"("consent_version":"v1.0","consent_given":false})")
                  .status,
              201);
    const auto expect_named = [&](const Reply& refused) {
        EXPECT_EQ(rows_of(refused, "response_status, user_id, service_id"),
                  std::format("403 {} {}", life.user.id, life.service.id))
            << refused.body;
    };
    expect_named(life.service.patch("/v1/exercises/" + life.text_exercise,
                                    R"({"opening_prompt":"Begin."})"));
    expect_named(life.service.put(
        "/v1/safety-screenings/" + new_id(),
        std::format(R"({{"session_id":"{}","input":"a word"}})", life.ids.session)));
    expect_named(
        life.service.send("POST", session + "/agent-outputs",
                          std::format(R"({{"items":[{{"id":"{}","agent_name":"journaling_coach",)"
                                      R"("output_data":{{}}}}]}})",
                                      new_id()),
                          {"Content-Type: application/json"}));
    expect_named(life.service.post(session + "/events", R"({"events":[{"event_type":"error"}]})"));
}

TEST_F(AuditRoutes, WhatAChangeChangedIsThereBeforeAndAfter) {
    const std::string person = "/v1/users/" + life.user.id;
    const Reply suspended = life.supervisor.put(person + "/status", R"({"status":"suspended"})");
    EXPECT_EQ(change(suspended, "/users/status"), R"({"after":"suspended","before":"active"})");
    life.supervisor.put(person + "/status", R"({"status":"active"})");
    life.user.token = server.client()
                          .post("/v1/auth/tokens",
                                credentials_body(sql("SELECT email FROM users WHERE id = '" +
                                                     life.user.id + "'")))
                          .member("access_token"); // the log-in from before has ended
    const Reply renamed = life.user.patch("/v1/users/me", R"({"full_name":"Walrus"})");
    EXPECT_EQ(rows_of(renamed, "changes_made"), R"({"users": {"full_name": "changed"}})")
        << "never what a person wrote";
    const Reply decided = life.reviewer.put("/v1/hitl-escalations/" + life.escalation + "/review",
                                            R"({"clinician_action":"approve_as_is","revision":1})");
    EXPECT_EQ(decided.status, 201) << decided.body;
    EXPECT_EQ(change(decided, "/sessions/status"), R"({"after":"active","before":"hitl_review"})");
    EXPECT_EQ(change(decided, "/hitl_escalations/review_status"),
              R"({"after":"approved","before":"in_review"})");
    const Reply role = life.supervisor.put("/v1/clinicians/" + life.reviewer.id,
                                           R"({"full_name":"Dr. Grey","role":"senior",)"
                                           R"("status":"active"})");
    EXPECT_EQ(change(role, "/clinicians/role"), R"({"after":"senior","before":"reviewer"})");
    const Reply withdrawn = life.user.put("/v1/consents/" + life.consent + "/withdrawal", "{}");
    EXPECT_EQ(change(withdrawn, "/consent_records/withdrawn_at/before"), "null");
    const Reply again = life.supervisor.put(person + "/status", R"({"status":"active"})");
    EXPECT_EQ(rows_of(again, "changes_made"), "") << "nothing changed";
}

TEST_F(AuditRoutes, ARequestThatChangesWhatIsOfSeveralPeopleNamesEachWithTheirOwn) {
    const OneLife second(server);
    const std::string claim = "/v1/hitl-escalations/" + second.escalation + "/claim";
    ASSERT_EQ(life.supervisor.remove(claim).status, 204);
    ASSERT_EQ(life.reviewer.put(claim, "").status, 200);
    const Reply retired =
        life.supervisor.put("/v1/clinicians/" + life.reviewer.id,
                            R"({"full_name":"Dr. Grey","role":"reviewer","status":"inactive"})");
    ASSERT_EQ(retired.status, 200) << retired.body;
    const std::string rows =
        std::format(" FROM audit_logs WHERE request_id = '{}'", retired.headers.at("x-request-id"));
    EXPECT_EQ(sql("SELECT count(*) || ' ' || count(DISTINCT user_id)" + rows), "2 2");
    for (const OneLife* each : {&std::as_const(life), &second}) {
        const std::string told =
            sql("SELECT changes_made" + rows + " AND user_id = '" + each->user.id + "'");
        EXPECT_EQ(json_at(told, "/hitl_escalations/review_status"),
                  R"({"after":"pending","before":"in_review"})")
            << told;
        EXPECT_EQ(json_at(told, "/clinicians/status/after"), "inactive") << told;
    }
}

TEST_F(AuditRoutes, EachRowThatARequestChangesIsThere) {
    const std::string newer = new_id();
    ASSERT_EQ(life.user
                  .put("/v1/consents/" + newer,
                       R"({"consent_type":"research","consent_version":"v1.0",)"
                       R"("consent_given":true})")
                  .status,
              201);
    const Reply withdrawn = life.user.put("/v1/consents/" + newer + "/withdrawal", "{}");
    ASSERT_EQ(withdrawn.status, 201) << withdrawn.body;
    EXPECT_EQ(sql(std::format("SELECT string_agg(told ->> 'id', ' ' ORDER BY told ->> 'id') FROM "
                              "audit_logs, jsonb_array_elements(changes_made -> "
                              "'consent_records') AS told WHERE request_id = '{}' AND told -> "
                              "'withdrawn_at' ->> 'after' IS NOT NULL",
                              withdrawn.headers.at("x-request-id"))),
              life.consent + " " + newer);
}

} // namespace
} // namespace haven::test
