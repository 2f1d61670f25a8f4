// Clinicians: log-in, who may change whom, and who cares for whom.
#include "server/store/connection.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/postgres.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view password = "quiet-harbour-lamp";

std::string new_clinician_body(std::string_view email, std::string_view role = "reviewer") {
    return std::format(R"({{"email":"{}","full_name":"Dr. Lee","role":"{}",)"
                       R"("license_type":"LCSW","license_number":"77","license_state":"NY",)"
                       R"("specialties":["grief","trauma"]}})",
                       email, role);
}

std::string change_body(std::string_view role, std::string_view status) {
    return std::format(R"({{"full_name":"Dr. Lee","role":"{}","status":"{}"}})", role, status);
}

std::string login_body(std::string_view email, std::string_view with = password) {
    return std::format(R"({{"email":"{}","password":"{}","as":"clinician"}})", email, with);
}

class Clinicians : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    Reply log_in(std::string_view email, std::string_view with = password) const {
        HttpClient client = server.client();
        return client.post("/v1/auth/tokens", login_body(email, with));
    }
    /// Made by the supervisor, with a password, and logged in.
    HttpClient clinician(const std::string& email, std::string_view role = "reviewer") {
        HttpClient client = server.client();
        const Reply made = supervisor.post("/v1/clinicians", new_clinician_body(email, role));
        EXPECT_EQ(made.status, 201) << made.body;
        client.id = made.member("id");
        server.give_password(client.id, password);
        client.token = log_in(email).member("access_token");
        EXPECT_FALSE(client.token.empty());
        lift(server, client.id);
        return client;
    }
    void open_case() const {
        sql("WITH u AS (INSERT INTO users (email, password_hash, consent_data_processing) VALUES "
            "('x@y', '', true) RETURNING id), s AS (INSERT INTO sessions (user_id) SELECT id FROM "
            "u RETURNING id) INSERT INTO hitl_escalations (session_id, user_id_anonymized, "
            "priority, review_deadline) SELECT id, 'User #000000001', 'high', now() FROM s "
            "RETURNING 1");
    }
    /// Somebody waits for a row.
    bool waits_for_a_lock() const {
        return await(30s, [&] {
            return sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND wait_event_type = 'Lock'") == "1";
        });
    }
    Reply assign(HttpClient& by, const std::string& clinician_id, const std::string& user_id,
                 const char* method = "PUT") const {
        return by.send(method, "/v1/clinicians/" + clinician_id + "/users/" + user_id, "", {});
    }

    TestServer server;
    HttpClient supervisor = server.new_clinician("supervisor");
};

TEST_F(Clinicians, ASupervisorMakesOneWhoLogsInAndSeesThemselves) {
    HttpClient lee = clinician("Lee@Clinic.example");
    const Reply me = lee.get("/v1/clinicians/me");
    ASSERT_EQ(me.status, 200) << me.body;
    EXPECT_EQ(me.member("id"), lee.id);
    EXPECT_EQ(me.member("email"), "lee@clinic.example");
    EXPECT_EQ(me.member("license_type"), "LCSW");
    EXPECT_TRUE(me.body.contains("trauma"));
    EXPECT_FALSE(me.body.contains("password"));
    EXPECT_EQ(sql("SELECT last_login_at IS NOT NULL FROM clinicians WHERE id = '" + lee.id + "'"),
              "t");
    EXPECT_EQ(supervisor.get("/v1/clinicians/" + lee.id).member("role"), "reviewer");
    EXPECT_EQ(log_in("LEE@clinic.example").member("role"), "reviewer");
    EXPECT_EQ(lee.send("DELETE", "/v1/auth/tokens/current", "", {}).status, 204);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 401);
}

TEST_F(Clinicians, LogInAnswersAlikeForNobodyAWrongPasswordAndWhoIsInactive) {
    clinician("lee@clinic.example");
    HttpClient gone = clinician("gone@clinic.example");
    ASSERT_EQ(
        supervisor.put("/v1/clinicians/" + gone.id, change_body("reviewer", "inactive")).status,
        200);
    HttpClient user = server.new_user();
    const std::string email =
        sql("SELECT email FROM users WHERE id = '" + user.id + "'"); // a user is no clinician
    const std::vector<Reply> replies = {log_in("lee@clinic.example", "not-the-password"),
                                        log_in("nobody@clinic.example"),
                                        log_in("gone@clinic.example"), log_in(email)};
    for (const Reply& reply : replies) {
        EXPECT_EQ(reply.status, 401);
        EXPECT_EQ(reply.body_without_request_id(), replies[0].body_without_request_id());
    }
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'login' AND "
                  "response_status = 401"),
              "4");
}

TEST_F(Clinicians, AttemptsAreLimited) {
    clinician("lee@clinic.example");
    int refused = 0;
    for (int i = 0; i < 12 && refused == 0; ++i) {
        const Reply reply = log_in("lee@clinic.example", "not-the-password");
        refused = reply.status == 429 ? i : 0;
        EXPECT_TRUE(reply.status == 401 || reply.headers.contains("retry-after")) << reply.body;
    }
    EXPECT_GE(refused, 5);
    EXPECT_EQ(log_in("lee@clinic.example").status, 429);
}

TEST_F(Clinicians, WhoIsDeactivatedIsOutAtOnceAndTheirCasesGoBack) {
    HttpClient lee = clinician("lee@clinic.example");
    open_case();
    ASSERT_EQ(lee.send("POST", "/v1/hitl-escalations/claims", "", {}).status, 200);
    ASSERT_EQ(
        supervisor.put("/v1/clinicians/" + lee.id, change_body("reviewer", "inactive")).status,
        200);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 401);
    EXPECT_EQ(sql("SELECT review_status || coalesce(assigned_to_clinician_id::text, '') FROM "
                  "hitl_escalations"),
              "pending");
    ASSERT_EQ(supervisor.put("/v1/clinicians/" + lee.id, change_body("reviewer", "active")).status,
              200);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 401) << "the old token stays dead";
    EXPECT_EQ(log_in("lee@clinic.example").status, 201);
}

TEST_F(Clinicians, WhoIsRetiredAtThisMomentTakesNoCase) {
    const HttpClient lee = clinician("lee@clinic.example");
    open_case();
    const std::string id = sql("SELECT id FROM hitl_escalations");
    for (const std::string& path :
         {std::string("/v1/hitl-escalations/claims"), "/v1/hitl-escalations/" + id + "/claim"}) {
        auto holder = store::Connection::open(server.config().database_url);
        ASSERT_TRUE(holder);
        ASSERT_TRUE(holder->execute("BEGIN; SET LOCAL haven.actor = 'job'"));
        ASSERT_TRUE(holder->execute("UPDATE clinicians SET status = 'inactive' WHERE id = '" +
                                    lee.id + "'"));
        int status = 0;
        {
            std::jthread claims([&] {
                HttpClient client = server.client();
                client.token = lee.token;
                status = client.send(path.ends_with("s") ? "POST" : "PUT", path, "", {}).status;
            });
            EXPECT_TRUE(waits_for_a_lock());
            EXPECT_TRUE(holder->execute("COMMIT"));
        }
        EXPECT_EQ(status, 403) << path;
        EXPECT_EQ(sql("SELECT review_status FROM hitl_escalations"), "pending");
        sql("UPDATE clinicians SET status = 'active' RETURNING 1");
    }
}

TEST_F(Clinicians, ADecisionAndARetirementAtOnceBothHappen) {
    HttpClient lee = clinician("lee@clinic.example");
    open_case();
    ASSERT_EQ(lee.send("POST", "/v1/hitl-escalations/claims", "", {}).status, 200);
    auto decides = store::Connection::open(server.config().database_url);
    ASSERT_TRUE(decides);
    ASSERT_TRUE(decides->execute("BEGIN; SET LOCAL haven.actor = 'job'"));
    ASSERT_TRUE(decides->execute("UPDATE hitl_escalations SET revision = revision"));
    int status = 0;
    {
        std::jthread retires([&] {
            status = supervisor.put("/v1/clinicians/" + lee.id, change_body("reviewer", "inactive"))
                         .status;
        });
        EXPECT_TRUE(waits_for_a_lock());
        EXPECT_TRUE(decides->execute("INSERT INTO hitl_reviews (escalation_id, clinician_id, "
                                     "clinician_action, revision) SELECT id, '" +
                                     lee.id + "', 'approve_as_is', 1 FROM hitl_escalations"))
            << "each waits for the other";
        EXPECT_TRUE(decides->execute("COMMIT"));
    }
    EXPECT_EQ(status, 200);
}

TEST_F(Clinicians, WhoIsOfALowerRoleNowGivesBackWhatIsBeyondIt) {
    HttpClient lee = clinician("lee@clinic.example", "senior");
    open_case();
    sql("UPDATE hitl_escalations SET required_role = 'senior', review_status = 'escalated' "
        "RETURNING 1");
    ASSERT_EQ(lee.send("POST", "/v1/hitl-escalations/claims", "", {}).status, 200);
    const std::string path = "/v1/clinicians/" + lee.id;
    ASSERT_EQ(supervisor.put(path, change_body("supervisor", "active")).status, 200);
    EXPECT_EQ(sql("SELECT review_status FROM hitl_escalations"), "in_review");
    ASSERT_EQ(supervisor.put(path, change_body("reviewer", "active")).status, 200);
    EXPECT_EQ(sql("SELECT review_status FROM hitl_escalations"), "escalated");
}

TEST_F(Clinicians, ARoleCountsFromTheNextRequestOnAndAPutReplacesAll) {
    HttpClient lee = clinician("lee@clinic.example");
    EXPECT_EQ(lee.get("/v1/clinicians").status, 403);
    ASSERT_EQ(
        supervisor.put("/v1/clinicians/" + lee.id, change_body("supervisor", "active")).status,
        200);
    EXPECT_EQ(lee.get("/v1/clinicians").status, 200);
    const Reply now = supervisor.get("/v1/clinicians/" + lee.id);
    EXPECT_EQ(now.member("license_type"), "null");
    EXPECT_FALSE(now.body.contains("trauma"));
}

TEST_F(Clinicians, TheLastSupervisorStays) {
    HttpClient second = clinician("second@clinic.example", "supervisor");
    // The two retire each other at once: one of them stays.
    int done = 0;
    {
        int first_status = 0;
        int second_status = 0;
        {
            std::jthread one([&] {
                first_status =
                    supervisor.put("/v1/clinicians/" + second.id, change_body("senior", "active"))
                        .status;
            });
            std::jthread two([&] {
                second_status = second
                                    .put("/v1/clinicians/" + supervisor.id,
                                         change_body("supervisor", "inactive"))
                                    .status;
            });
        }
        done = (first_status == 200 ? 1 : 0) + (second_status == 200 ? 1 : 0);
    }
    EXPECT_EQ(done, 1);
    EXPECT_EQ(
        sql("SELECT count(*) FROM clinicians WHERE role = 'supervisor' AND status = 'active'"),
        "1");
    HttpClient& last = supervisor.get("/v1/clinicians").status == 200 ? supervisor : second;
    EXPECT_EQ(last.put("/v1/clinicians/" + last.id, change_body("senior", "active")).status, 409);
}

TEST_F(Clinicians, OnlySupervisorsMakeListAndChangeThem) {
    HttpClient lee = clinician("lee@clinic.example", "senior");
    HttpClient user = server.new_user();
    HttpClient agent = server.new_service("agents");
    HttpClient nobody = server.client();
    for (HttpClient* client : {&lee, &user, &agent}) {
        EXPECT_EQ(client->post("/v1/clinicians", new_clinician_body("x@y.example")).status, 403);
        EXPECT_EQ(client->get("/v1/clinicians").status, 403);
        EXPECT_EQ(client->get("/v1/clinicians/" + lee.id).status, 403);
        EXPECT_EQ(
            client->put("/v1/clinicians/" + lee.id, change_body("supervisor", "active")).status,
            403);
        EXPECT_EQ(assign(*client, lee.id, user.id).status, 403);
        EXPECT_EQ(assign(*client, lee.id, user.id, "DELETE").status, 403);
    }
    EXPECT_EQ(user.get("/v1/clinicians/me").status, 403);
    EXPECT_EQ(nobody.get("/v1/clinicians").status, 401);
    EXPECT_EQ(supervisor.post("/v1/clinicians", new_clinician_body("LEE@clinic.example")).status,
              409);
    EXPECT_EQ(supervisor.get("/v1/clinicians/" + new_id()).status, 404);
    EXPECT_EQ(supervisor.put("/v1/clinicians/" + new_id(), change_body("senior", "active")).status,
              404);
    const auto expect_invalid = [&](const std::string& body, const char* pointer) {
        const Reply reply = supervisor.post("/v1/clinicians", body);
        EXPECT_EQ(reply.status, 422) << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << reply.body;
    };
    expect_invalid(new_clinician_body("no address"), "/email");
    expect_invalid(new_clinician_body("x@y.example", "director"), "/role");
    expect_invalid(R"({"email":"x@y.example","full_name":"X","password":"quiet-harbour-lamp"})",
                   "/password");
    expect_invalid(R"({"email":"x@y.example"})", "/full_name");
    const Reply listed = supervisor.get("/v1/clinicians?role=senior&limit=1");
    EXPECT_TRUE(listed.body.contains(lee.id)) << listed.body;
    EXPECT_FALSE(listed.body.contains("password"));
    EXPECT_EQ(supervisor.get("/v1/clinicians?role=director").status, 400);
}

TEST_F(Clinicians, APasswordIsChangedByWhoKnowsIt) {
    HttpClient lee = clinician("lee@clinic.example");
    const auto change = [&](std::string_view from, std::string_view to) {
        return lee.put("/v1/clinicians/me/password",
                       std::format(R"({{"current_password":"{}","new_password":"{}"}})", from, to));
    };
    const Reply wrong = change("not-the-password", "calm-river-stone");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(wrong.points_to("/current_password")) << wrong.body;
    const Reply weak = change(password, "lee@clinic.example");
    EXPECT_EQ(weak.status, 422);
    EXPECT_TRUE(weak.points_to("/new_password")) << weak.body;
    EXPECT_EQ(change(password, "calm-river-stone").status, 200);
    EXPECT_EQ(log_in("lee@clinic.example").status, 401);
    EXPECT_EQ(log_in("lee@clinic.example", "calm-river-stone").status, 201);
}

TEST_F(Clinicians, APasswordThatIsChangedEndsEveryOtherToken) {
    HttpClient lee = clinician("lee@clinic.example");
    HttpClient stolen = server.client();
    stolen.token = log_in("lee@clinic.example").member("access_token");
    HttpClient another = clinician("kim@clinic.example");
    ASSERT_EQ(stolen.get("/v1/clinicians/me").status, 200);
    EXPECT_EQ(
        lee.put("/v1/clinicians/me/password",
                std::format(R"({{"current_password":"{}","new_password":"calm-river-stone"}})",
                            password))
            .status,
        200);
    EXPECT_EQ(stolen.get("/v1/clinicians/me").status, 401);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 200) << "the one that changed it goes on";
    EXPECT_EQ(another.get("/v1/clinicians/me").status, 200);
}

TEST_F(Clinicians, WhoIsInvitedAgainHasNoPasswordNoTokenAndNoCase) {
    HttpClient lee = clinician("lee@clinic.example");
    open_case();
    ASSERT_EQ(lee.send("POST", "/v1/hitl-escalations/claims", "", {}).status, 200);
    const auto invite = [](HttpClient& by, const std::string& id) {
        return by.send("POST", "/v1/clinicians/" + id + "/invitation", "", {}).status;
    };
    EXPECT_EQ(invite(lee, supervisor.id), 403);
    EXPECT_EQ(invite(supervisor, new_id()), 404);
    EXPECT_EQ(invite(supervisor, supervisor.id), 409);
    ASSERT_EQ(lee.get("/v1/clinicians/me").status, 200);
    EXPECT_EQ(invite(supervisor, lee.id), 202);
    EXPECT_EQ(lee.get("/v1/clinicians/me").status, 401);
    EXPECT_EQ(supervisor.get("/v1/clinicians/me").status, 200);
    EXPECT_EQ(log_in("lee@clinic.example").status, 401);
    EXPECT_EQ(supervisor.get("/v1/clinicians/" + lee.id).member("invited"), "true");
    EXPECT_EQ(sql("SELECT review_status FROM hitl_escalations"), "pending");
    ASSERT_EQ(
        supervisor.put("/v1/clinicians/" + lee.id, change_body("reviewer", "inactive")).status,
        200);
    EXPECT_EQ(invite(supervisor, lee.id), 409);
}

TEST_F(Clinicians, AnInvitedSupervisorIsNoneWhoCouldStayAlone) {
    const Reply made =
        supervisor.post("/v1/clinicians", new_clinician_body("kim@clinic.example", "supervisor"));
    ASSERT_EQ(made.status, 201);
    const std::string path = "/v1/clinicians/" + supervisor.id;
    EXPECT_EQ(supervisor.put(path, change_body("senior", "active")).status, 409);
    server.give_password(made.member("id"), password);
    EXPECT_EQ(supervisor.put(path, change_body("senior", "active")).status, 200);
}

TEST_F(Clinicians, AnAssignmentOpensAPersonsJournalAndItsEndClosesIt) {
    HttpClient lee = clinician("lee@clinic.example");
    HttpClient user = server.new_user();
    const std::string session = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
    const std::string path = "/v1/sessions/" + session + "/safety-screenings";
    EXPECT_EQ(lee.get(path).status, 404);
    EXPECT_EQ(assign(supervisor, lee.id, user.id).status, 201);
    EXPECT_EQ(assign(supervisor, lee.id, user.id).status, 200);
    EXPECT_EQ(lee.get(path).status, 200);
    EXPECT_TRUE(lee.get("/v1/clinicians/me/users").body.contains(user.id));
    EXPECT_TRUE(supervisor.get("/v1/clinicians/" + lee.id + "/users").body.contains(user.id));
    EXPECT_EQ(supervisor.get("/v1/clinicians/" + new_id() + "/users").status, 404);
    EXPECT_EQ(assign(supervisor, lee.id, user.id, "DELETE").status, 204);
    EXPECT_EQ(assign(supervisor, lee.id, user.id, "DELETE").status, 404);
    EXPECT_EQ(lee.get(path).status, 404);
    EXPECT_FALSE(lee.get("/v1/clinicians/me/users").body.contains(user.id));
    EXPECT_EQ(assign(supervisor, lee.id, user.id).status, 201) << "again";
    EXPECT_EQ(sql("SELECT count(*) || ' ' || count(ended_at) FROM clinician_assignments WHERE "
                  "assigned_by = '" +
                  supervisor.id + "'"),
              "2 1");
    EXPECT_EQ(assign(supervisor, lee.id, new_id()).status, 404);
    EXPECT_EQ(assign(supervisor, new_id(), user.id).status, 404);
    EXPECT_EQ(assign(supervisor, lee.id, "nobody").status, 404);
    ASSERT_EQ(
        supervisor.put("/v1/clinicians/" + lee.id, change_body("reviewer", "inactive")).status,
        200);
    EXPECT_EQ(assign(supervisor, lee.id, server.new_user().id).status, 409);
}

} // namespace
} // namespace haven::test
