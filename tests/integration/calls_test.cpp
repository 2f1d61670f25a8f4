// Who is called in a crisis: at once, one step after the other, until somebody has it in hand.
#include "server/config.hpp"
#include "tests/integration/care_fixture.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Calls : public Care {
  protected:
    /// "STEP ROLE" of each call, in order.
    std::string calls() const {
        return sql("SELECT coalesce(string_agg(step || ' ' || role, ', ' ORDER BY round, step, "
                   "clinicians.id), '') FROM crisis_calls JOIN clinicians ON clinicians.id = "
                   "clinician_id");
    }
    /// As if the time for an answer were over.
    void wait_in_vain() const { sql_do("UPDATE crisis_chains SET next_call_at = now()"); }
    std::string call() const { return job("haven_job_call"); }
    static Reply take_up(HttpClient& client, const std::string& crisis) {
        return client.put("/v1/crisis-logs/" + crisis + "/calls/acknowledgement", "");
    }
    std::string state(const std::string& crisis) {
        return supervisor.get("/v1/crisis-logs/" + crisis).member("call_state");
    }
};

TEST_F(Calls, WhoCaresForThePersonIsCalledAtOnceThenSeniorsThenSupervisorsAndAgain) {
    care_for(reviewer);
    const std::string crisis = crisis_in(new_session());
    EXPECT_EQ(calls(), "1 reviewer");
    EXPECT_EQ(sql("SELECT string_agg(clinician_id::text, ' ') FROM letters WHERE kind = "
                  "'crisis_call'"),
              reviewer.id);
    EXPECT_EQ(call(), "0") << "there is time for an answer";
    EXPECT_EQ(sql("SELECT next_call_at - created_at FROM crisis_chains"), "00:05:00");
    wait_in_vain();
    EXPECT_EQ(call(), "1");
    EXPECT_EQ(calls(), "1 reviewer, 2 senior");
    wait_in_vain();
    EXPECT_EQ(call(), "1");
    EXPECT_EQ(calls(), "1 reviewer, 2 senior, 3 supervisor");
    EXPECT_EQ(state(crisis), "calling");
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("crises":"ok")"));
    wait_in_vain();
    EXPECT_EQ(call(), "1");
    EXPECT_EQ(calls(), "1 reviewer, 2 senior, 3 supervisor, 1 reviewer");
    EXPECT_EQ(state(crisis), "exhausted");
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("crises":"failing")"));
    EXPECT_EQ(take_up(reviewer, crisis).status, 201);
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("crises":"ok")"));
    const Reply seen = supervisor.get("/v1/crisis-logs/" + crisis);
    EXPECT_EQ(json_at(seen.body, "/calls/3/clinician_id"), reviewer.id) << seen.body;
    EXPECT_EQ(json_at(seen.body, "/calls/0/letter"), "waiting");
    const Reply own = user.get("/v1/crisis-logs/" + crisis);
    EXPECT_EQ(own.status, 200);
    EXPECT_FALSE(own.body.contains("\"call")) << own.body;
}

TEST_F(Calls, WhereNobodyCaresForThePersonTheNextAreCalledAtOnce) {
    crisis_in(new_session(), "medium");
    EXPECT_EQ(calls(), "2 senior");
    EXPECT_EQ(sql("SELECT next_call_at - created_at FROM crisis_chains"), "00:15:00");
}

TEST_F(Calls, WhereThereIsNobodyAtAllItSaysSoAndTriesAgain) {
    sql_do("UPDATE clinicians SET status = 'inactive'");
    crisis_in(new_session());
    EXPECT_EQ(calls(), "");
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("crises":"failing")"));
    EXPECT_EQ(call(), "0") << "not over and over";
    sql_do("UPDATE clinicians SET status = 'active'");
    wait_in_vain();
    EXPECT_EQ(call(), "1");
    EXPECT_EQ(calls(), "2 senior");
}

TEST_F(Calls, HoweverManyServersCallEachStepCallsOnce) {
    std::vector<HttpClient> more;
    for (int i = 0; i < 3; ++i) {
        more.push_back(server.new_clinician("senior"));
    }
    care_for(reviewer);
    crisis_in(new_session());
    for (int step = 2; step <= 3; ++step) {
        wait_in_vain();
        std::vector<std::jthread> servers;
        for (int i = 0; i < 8; ++i) {
            servers.emplace_back([this] { call(); });
        }
    }
    EXPECT_EQ(calls(), "1 reviewer, 2 senior, 2 senior, 2 senior, 2 senior, 3 supervisor");
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'crisis_call'"), "6");
}

TEST_F(Calls, WhoClaimsTheCaseStopsThemAndWhoGivesItBackLetsThemGoOn) {
    care_for(reviewer);
    const std::string crisis = crisis_in(new_session());
    const std::string id = case_of(crisis);
    ASSERT_EQ(claim(senior, id).status, 200);
    EXPECT_EQ(state(crisis), "acknowledged");
    wait_in_vain();
    EXPECT_EQ(call(), "0");
    EXPECT_EQ(senior.remove(path(id, "/claim")).status, 204);
    EXPECT_EQ(state(crisis), "calling");
    EXPECT_EQ(call(), "1") << "at once";
    EXPECT_EQ(calls(), "1 reviewer, 1 reviewer");
    ASSERT_EQ(claim(reviewer, id).status, 200);
    sql_do("UPDATE hitl_escalations SET claim_expires_at = now() - interval '1 second'");
    EXPECT_EQ(job("haven_job_lapse_claims"), "1");
    EXPECT_EQ(call(), "1") << "it lapsed";
    ASSERT_EQ(claim(reviewer, id).status, 200);
    EXPECT_EQ(review(reviewer, id).status, 201);
    EXPECT_EQ(state(crisis), "ended");
    wait_in_vain();
    EXPECT_EQ(call(), "0");
}

TEST_F(Calls, ACaseThatIsHandedOnIsInHandOnceItIsTakenUp) {
    care_for(reviewer);
    const std::string crisis = crisis_in(new_session());
    const std::string id = case_of(crisis);
    ASSERT_EQ(claim(reviewer, id).status, 200);
    ASSERT_EQ(hand_on(reviewer, id, other.id).status, 200);
    EXPECT_EQ(state(crisis), "calling");
    EXPECT_EQ(of_case(id, "claim_expires_at <= now() + interval '15 minutes'"), "t");
    EXPECT_EQ(call(), "0") << "there is time for an answer";
    ASSERT_EQ(claim(other, id).status, 200);
    EXPECT_EQ(state(crisis), "acknowledged");
    EXPECT_EQ(of_case(id, "claim_expires_at > now() + interval '3 hours'"), "t");
}

TEST_F(Calls, WhoWasCalledTakesItUpAndNobodyElse) {
    const std::string crisis = crisis_in(new_session()); // the senior is called
    EXPECT_EQ(take_up(other, crisis).status, 404);
    EXPECT_EQ(take_up(user, crisis).status, 403);
    EXPECT_EQ(take_up(senior, new_id()).status, 404);
    EXPECT_EQ(take_up(senior, crisis).status, 204) << "who does not read the crisis itself";
    EXPECT_EQ(take_up(senior, crisis).status, 204);
    EXPECT_EQ(sql("SELECT acknowledged_by FROM crisis_chains"), senior.id);
    wait_in_vain();
    EXPECT_EQ(call(), "0");
}

TEST_F(Calls, AnotherCrisisOfTheCaseCallsAnewAndAResolvedOneEndsThem) {
    care_for(reviewer);
    const std::string session = new_session();
    const std::string first = crisis_in(session, "medium");
    ASSERT_EQ(claim(reviewer, case_of(first)).status, 200);
    const std::string second = crisis_in(session, "severe");
    EXPECT_EQ(sql("SELECT count(*) FROM crisis_chains"), "1");
    EXPECT_EQ(calls(), "1 reviewer, 1 reviewer");
    EXPECT_EQ(state(second), "calling");
    EXPECT_EQ(reviewer.put("/v1/crisis-logs/" + first + "/resolution", "").status, 201);
    EXPECT_EQ(state(second), "acknowledged");
    EXPECT_EQ(reviewer.put("/v1/crisis-logs/" + second + "/resolution", "").status, 201);
    EXPECT_EQ(state(second), "ended");
}

TEST_F(Calls, AChainThatCannotGoOnKeepsNoOtherFromIt) {
    crisis_in(new_session());
    crisis_in(new_session());
    wait_in_vain();
    sql_do("INSERT INTO crisis_calls (crisis_log_id, user_id, clinician_id, round, step, "
           "letter_id) SELECT crisis_log_id, user_id, '" +
           supervisor.id +
           "', 0, 3, gen_random_uuid() FROM crisis_chains ORDER BY crisis_log_id LIMIT 1");
    EXPECT_EQ(call(), "1");
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("crises":"failing")"));
}

TEST(CallsByMail, TheLetterSaysNothingOfThePersonAndItsSendingIsOnRecord) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.jobs_enabled = true;
    const TestServer server({}, config);
    HttpClient user = server.new_user();
    HttpClient agent = server.new_service("agents");
    HttpClient senior = server.new_clinician("senior");
    const std::string session = new_id();
    ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
    ASSERT_EQ(agent
                  .put("/v1/safety-screenings/" + new_id(),
                       std::format(R"({{"session_id":"{}","input":"a harbour","safety_status":)"
                                   R"("red"}})",
                                   session))
                  .status,
              201);
    const std::string email = sql_text(
        config.database_url, "SELECT email FROM clinicians WHERE id = '" + senior.id + "'");
    const Mail mail = Mailbox(directory.path() / "mail").await_to(email, 1).front();
    EXPECT_EQ(mail.fault(), "");
    EXPECT_EQ(mail.headers.at("subject"), "A person needs you");
    for (const std::string& secret :
         {std::string("Ada"), std::string("harbour"), user.id, session}) {
        EXPECT_FALSE(mail.body.contains(secret)) << mail.body;
    }
    EXPECT_TRUE(await(std::chrono::seconds(30), [&] {
        return sql_text(config.database_url, "SELECT letter_status FROM crisis_calls") == "sent";
    }));
}

} // namespace
} // namespace haven::test
