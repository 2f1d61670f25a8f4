#pragma once

#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <string_view>

namespace haven::test {

/// A person, a service that screens them, and clinicians of each role. The server's own work is
/// called by the tests.
class Care : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void sql_do(const std::string& text) const { test::sql_do(server.config().database_url, text); }
    /// As the server's own work does: how many it did.
    std::string job(const std::string& name) const {
        return sql(std::format("WITH job AS MATERIALIZED (SELECT set_config('haven.actor', 'job', "
                               "false)) SELECT {}() FROM job",
                               name));
    }
    void care_for(const HttpClient& clinician) {
        EXPECT_EQ(supervisor.put("/v1/clinicians/" + clinician.id + "/users/" + user.id, "").status,
                  201);
    }
    std::string new_session() {
        const std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    /// A red screening, "severe" or "medium"; the id of its crisis.
    std::string crisis_in(const std::string& session, std::string_view severity = "severe") {
        const Reply reply =
            agent.put("/v1/safety-screenings/" + new_id(),
                      std::format(R"({{"session_id":"{}","input":"...","detection_signals":)"
                                  R"([{{"signal":"sad","severity":"{}","confidence":0.9}}]}})",
                                  session, severity));
        EXPECT_EQ(reply.status, 201) << reply.body;
        return json_at(reply.body, "/crisis/crisis_log_id");
    }
    std::string case_of(const std::string& crisis) const {
        return sql("SELECT escalation_id FROM crisis_logs WHERE id = '" + crisis + "'");
    }
    static std::string path(const std::string& id, std::string_view below = "") {
        return "/v1/hitl-escalations/" + id + std::string(below);
    }
    static Reply claim(HttpClient& client, const std::string& id) {
        return client.put(path(id, "/claim"), "");
    }
    std::string of_case(const std::string& id, const std::string& columns) const {
        return sql(std::format("SELECT concat_ws(' ', {}) FROM hitl_escalations WHERE id = '{}'",
                               columns, id));
    }
    Reply review(HttpClient& client, const std::string& id) const {
        return client.put(path(id, "/review"),
                          std::format(R"({{"clinician_action":"approve_as_is","revision":{}}})",
                                      of_case(id, "revision")));
    }
    Reply hand_on(HttpClient& client, const std::string& id, const std::string& receiver,
                  std::string revision = "") const {
        if (revision.empty()) {
            revision = of_case(id, "revision");
        }
        return client.put(path(id, "/assignment"),
                          std::format(R"({{"clinician_id":{},"revision":{},"reason":"off_duty"}})",
                                      receiver.empty() ? "null" : "\"" + receiver + "\"",
                                      revision));
    }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient agent = server.new_service("agents");
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient other = server.new_clinician("reviewer");
    HttpClient senior = server.new_clinician("senior");
    HttpClient supervisor = server.new_clinician("supervisor");
};

} // namespace haven::test
