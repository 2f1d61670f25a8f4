// Cases that are handed on or lapse: one truth, whoever comes first.
#include "tests/integration/care_fixture.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <thread>

namespace haven::test {
namespace {

class Handovers : public Care {
  protected:
    /// A case that the reviewer has claimed.
    std::string claimed() {
        const std::string id = case_of(crisis_in(new_session()));
        EXPECT_EQ(claim(reviewer, id).status, 200);
        return id;
    }
    void run_out(const std::string& id) const {
        sql_do("UPDATE hitl_escalations SET claim_expires_at = now() - interval '1 second' WHERE "
               "id = '" +
               id + "'");
    }
    std::string letters_to(const HttpClient& clinician) const {
        return sql("SELECT coalesce(string_agg(kind, ' ' ORDER BY created_at, kind), '') FROM "
                   "letters WHERE kind <> 'crisis_call' AND clinician_id = '" +
                   clinician.id + "'");
    }
};

TEST_F(Handovers, WhoHasACaseHandsItOnInTheRevisionTheyHaveRead) {
    const std::string id = claimed();
    EXPECT_EQ(hand_on(other, id, other.id).status, 409) << "not theirs";
    EXPECT_EQ(hand_on(reviewer, id, other.id, "7").status, 409) << "another revision";
    EXPECT_EQ(hand_on(reviewer, id, new_id()).status, 422) << "nobody";
    EXPECT_EQ(hand_on(reviewer, new_id(), other.id, "1").status, 404);
    EXPECT_EQ(of_case(id, "revision, assigned_to_clinician_id"), "1 " + reviewer.id);
    const Reply given = hand_on(reviewer, id, other.id);
    EXPECT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(given.member("assigned_to_clinician_id"), other.id);
    EXPECT_EQ(json_at(given.body, "/revision"), "2");
    EXPECT_EQ(letters_to(other), "case_assigned");
    EXPECT_EQ(
        reviewer.put(path(id, "/review"), R"({"clinician_action":"approve_as_is","revision":1})")
            .status,
        409)
        << "no longer theirs";
    EXPECT_EQ(other.put(path(id, "/review"), R"({"clinician_action":"approve_as_is","revision":1})")
                  .status,
              409)
        << "not on what it is now";
    const Reply seen = other.get(path(id));
    EXPECT_EQ(json_at(seen.body, "/handovers/0/from_clinician_id"), reviewer.id);
    EXPECT_EQ(json_at(seen.body, "/handovers/0/to_clinician_id"), other.id);
    EXPECT_EQ(json_at(seen.body, "/handovers/0/reason"), "off_duty");
    EXPECT_EQ(review(other, id).status, 201);
    EXPECT_EQ(hand_on(other, id, reviewer.id).status, 409) << "decided";
}

TEST_F(Handovers, BackToTheQueueOrByASupervisorFromAnybody) {
    const std::string id = claimed();
    const Reply back = hand_on(reviewer, id, "");
    EXPECT_EQ(back.status, 200) << back.body;
    EXPECT_EQ(of_case(id, "review_status, assigned_to_clinician_id, claim_expires_at"), "pending");
    EXPECT_EQ(hand_on(supervisor, id, senior.id).status, 200) << "nobody had it";
    EXPECT_EQ(hand_on(supervisor, id, other.id).status, 200) << "a senior had it";
    EXPECT_EQ(hand_on(supervisor, id, other.id).status, 200) << "the same again";
    EXPECT_EQ(of_case(id, "revision, assigned_to_clinician_id"), "4 " + other.id);
    sql_do("UPDATE hitl_escalations SET required_role = 'senior' WHERE id = '" + id + "'");
    EXPECT_EQ(hand_on(supervisor, id, reviewer.id).status, 422) << "beyond a reviewer";
    sql_do("UPDATE clinicians SET status = 'inactive' WHERE id = '" + senior.id + "'");
    EXPECT_EQ(hand_on(supervisor, id, senior.id).status, 422) << "retired";
}

TEST_F(Handovers, AClaimThatIsNotSaidAgainLapsesAndItsClinicianIsTold) {
    const std::string id = claimed();
    EXPECT_EQ(job("haven_job_lapse_claims"), "0");
    EXPECT_EQ(of_case(id, "claim_expires_at > now() + interval '3 hours 50 minutes'"), "t");
    run_out(id);
    EXPECT_EQ(claim(reviewer, id).status, 200) << "it is said again";
    EXPECT_EQ(job("haven_job_lapse_claims"), "0");
    run_out(id);
    EXPECT_EQ(job("haven_job_lapse_claims"), "1");
    EXPECT_EQ(job("haven_job_lapse_claims"), "0");
    EXPECT_EQ(of_case(id, "review_status, assigned_to_clinician_id"), "pending");
    EXPECT_EQ(letters_to(reviewer), "case_lapsed");
    EXPECT_EQ(review(reviewer, id).status, 409);
    EXPECT_EQ(json_at(supervisor.get(path(id)).body, "/handovers/0/reason"), "lapsed");
    EXPECT_EQ(claim(other, id).status, 200);
}

TEST_F(Handovers, TheTimeOfAClaimIsADatabaseSetting) {
    const std::string database = sql("SELECT current_database()");
    sql_do(std::format("ALTER DATABASE \"{}\" SET haven.claim_time = '20 minutes'", database));
    EXPECT_EQ(sql("SELECT haven_claim_time()"), "00:20:00");
    sql_do(std::format("ALTER DATABASE \"{}\" SET haven.claim_time = '1 second'", database));
    EXPECT_EQ(sql("SELECT haven_claim_time()"), "00:10:00") << "nobody works as fast";
    sql_do(std::format("ALTER DATABASE \"{}\" SET haven.claim_time = 'soon'", database));
    EXPECT_EQ(sql("SELECT haven_claim_time()"), "04:00:00") << "no time at all";
}

TEST_F(Handovers, ADecisionALapseAndAHandoverAtOnceAreOneOfThem) {
    for (int i = 0; i < 12; ++i) {
        const std::string id = claimed();
        run_out(id);
        const std::string revision = of_case(id, "revision");
        int decided = 0;
        int given = 0;
        std::string lapsed;
        {
            const std::jthread one([&] { decided = review(reviewer, id).status; });
            const std::jthread two([&] {
                HttpClient again = server.client();
                again.token = reviewer.token;
                given = hand_on(again, id, other.id, revision).status;
            });
            const std::jthread three([&] { lapsed = job("haven_job_lapse_claims"); });
        }
        const std::string state =
            of_case(id, "review_status, coalesce(assigned_to_clinician_id::text, '-')");
        const int wins =
            (decided == 201 ? 1 : 0) + (given == 200 ? 1 : 0) + (lapsed == "1" ? 1 : 0);
        EXPECT_EQ(wins, 1) << decided << ' ' << given << ' ' << lapsed;
        EXPECT_EQ(state, decided == 201 ? "approved " + reviewer.id
                         : given == 200 ? "in_review " + other.id
                                        : "pending -");
        EXPECT_EQ(sql("SELECT count(*) FROM hitl_handovers WHERE escalation_id = '" + id + "'"),
                  decided == 201 ? "0" : "1");
    }
}

TEST_F(Handovers, ARetiredCliniciansCasesGoBack) {
    const std::string id = claimed();
    EXPECT_EQ(supervisor
                  .put("/v1/clinicians/" + reviewer.id,
                       R"({"full_name":"Dr. Grey","role":"reviewer","status":"inactive"})")
                  .status,
              200);
    EXPECT_EQ(of_case(id, "review_status, claim_expires_at"), "pending");
}

} // namespace
} // namespace haven::test
