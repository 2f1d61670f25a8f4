// Cases for clinicians: the order of the queue, claims that never meet, and what a review does.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <format>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Review : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    std::string new_session(HttpClient& client) const {
        const std::string id = new_id();
        EXPECT_EQ(client.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    /// A case of a new session: "low", "medium", "high" or "urgent". Its id.
    std::string new_case(std::string_view priority) { return new_case(priority, user); }
    std::string new_case(std::string_view priority, HttpClient& person) {
        const std::string session = new_session(person);
        const std::string_view severity = priority == "low"      ? "low"
                                          : priority == "urgent" ? "severe"
                                                                 : "medium";
        const double confidence = priority == "medium" ? 0.6 : 0.9;
        const Reply reply = agent.put(
            "/v1/safety-screenings/" + new_id(),
            std::format(
                R"({{"session_id":"{}","input":"...","detection_signals":[{{"signal":"sad",)"
                R"("severity":"{}","confidence":{}}}]}})",
                session, severity, confidence));
        EXPECT_EQ(reply.status, 201) << reply.body;
        return sql("SELECT id FROM hitl_escalations WHERE session_id = '" + session + "'");
    }
    static std::string path(const std::string& id, std::string_view below = "") {
        return "/v1/hitl-escalations/" + id + std::string(below);
    }
    static Reply claim(HttpClient& client, const std::string& id) {
        return client.send("PUT", path(id, "/claim"), "", {});
    }
    static Reply release(HttpClient& client, const std::string& id) {
        return client.send("DELETE", path(id, "/claim"), "", {});
    }
    static Reply claim_next(HttpClient& client) {
        return client.send("POST", "/v1/hitl-escalations/claims", "", {});
    }
    /// On the case as it stands, or on the revision that was read.
    Reply review(HttpClient& client, const std::string& id, std::string_view action,
                 std::string_view notes = "", std::string revision = "",
                 std::string_view more = "") const {
        if (revision.empty()) {
            revision = of_case(id, "coalesce(max(revision), 1)");
        }
        return client.put(
            path(id, "/review"),
            std::format(R"({{"clinician_action":"{}","revision":{}{}{}}})", action, revision,
                        notes.empty() ? "" : std::format(R"(,"clinician_notes":"{}")", notes),
                        more));
    }
    Reply screen(const std::string& session, std::string_view severity) {
        return agent.put("/v1/safety-screenings/" + new_id(),
                         std::format(R"({{"session_id":"{}","input":"...","detection_signals":)"
                                     R"([{{"signal":"sad","severity":"{}","confidence":0.9}}]}})",
                                     session, severity));
    }
    static Reply move(HttpClient& client, const std::string& session, std::string_view status) {
        return client.put("/v1/sessions/" + session + "/status",
                          std::format(R"({{"status":"{}"}})", status));
    }
    std::string state_of(const std::string& session) const {
        return sql("SELECT status FROM sessions WHERE id = '" + session + "'");
    }
    std::string of_case(const std::string& id, const std::string& columns) const {
        return sql(std::format("SELECT concat_ws(' ', {}) FROM hitl_escalations WHERE id = '{}'",
                               columns, id));
    }
    std::string session_of(const std::string& id) const { return of_case(id, "session_id"); }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient agent = server.new_service("agents");
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient other = server.new_clinician("reviewer");
    HttpClient senior = server.new_clinician("senior");
    HttpClient supervisor = server.new_clinician("supervisor");
};

TEST_F(Review, TheQueueIsByPriorityThenByDeadline) {
    const std::string low = new_case("low");
    const std::string high = new_case("high");
    const std::string medium = new_case("medium");
    const std::string urgent = new_case("urgent");
    const std::string sooner = new_case("high");
    sql("UPDATE hitl_escalations SET review_deadline = now() - interval '1 hour' WHERE id = '" +
        sooner + "' RETURNING 1");
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const Reply page = reviewer.get("/v1/hitl-escalations?limit=2" +
                                        (cursor.empty() ? "" : "&cursor=" + cursor));
        ASSERT_EQ(page.status, 200) << page.body;
        for (const std::string& id : {low, high, medium, urgent, sooner}) {
            if (page.body.contains(id)) {
                seen.push_back(id);
            }
        }
        cursor = page.member("next_cursor");
    } while (!cursor.empty());
    // Within a page the order of the list above is not the queue's: claims tell that.
    EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 5U);
    EXPECT_EQ(seen.size(), 5U);
    std::vector<std::string> claimed;
    for (int i = 0; i < 5; ++i) {
        claimed.push_back(claim_next(reviewer).member("id"));
    }
    EXPECT_EQ(claimed, (std::vector{urgent, sooner, high, medium, low}));
    EXPECT_EQ(claim_next(reviewer).status, 204);
    EXPECT_TRUE(reviewer.get("/v1/hitl-escalations?mine=true").body.contains(low));
    EXPECT_FALSE(other.get("/v1/hitl-escalations?mine=true").body.contains(low));
    EXPECT_FALSE(reviewer.get("/v1/hitl-escalations?review_status=pending").body.contains(low));
    EXPECT_EQ(reviewer.get("/v1/hitl-escalations?review_status=approved").status, 400);
}

TEST_F(Review, AHundredClaimsAtOnceOfFortyCasesGiveFortyDifferentOnes) {
    for (int i = 0; i < 40; ++i) {
        new_case(i % 2 == 0 ? "high" : "low");
    }
    std::vector<std::string> tokens;
    for (int i = 0; i < 10; ++i) {
        tokens.push_back(server.new_clinician(i % 3 == 0 ? "senior" : "reviewer").token);
    }
    std::mutex guard;
    std::multiset<std::string> claimed;
    std::atomic<int> nothing = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 100; ++i) {
            threads.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = tokens[i % tokens.size()];
                const Reply reply = claim_next(client);
                if (reply.status == 204) {
                    ++nothing;
                    return;
                }
                EXPECT_EQ(reply.status, 200) << reply.body;
                const std::lock_guard lock(guard);
                claimed.insert(reply.member("id"));
            });
        }
    }
    EXPECT_EQ(claimed.size(), 40U);
    EXPECT_EQ(std::set(claimed.begin(), claimed.end()).size(), 40U);
    EXPECT_EQ(nothing, 60);
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations WHERE review_status = 'in_review' AND "
                  "assigned_to_clinician_id IS NOT NULL AND assigned_at IS NOT NULL"),
              "40");
}

TEST_F(Review, AClaimedCaseIsOnesOwnUntilItIsReleased) {
    const std::string id = new_case("high");
    EXPECT_EQ(claim(reviewer, id).status, 200);
    EXPECT_EQ(claim(reviewer, id).status, 200);
    EXPECT_EQ(claim(other, id).status, 409);
    EXPECT_EQ(release(other, id).status, 409);
    EXPECT_EQ(review(other, id, "approve_as_is").status, 409);
    EXPECT_EQ(sql("SELECT escalation_status FROM crisis_logs"), "clinician_notified");
    EXPECT_EQ(release(reviewer, id).status, 204);
    EXPECT_EQ(sql("SELECT escalation_status FROM crisis_logs"), "hitl_pending");
    EXPECT_EQ(review(reviewer, id, "approve_as_is").status, 409) << "no longer theirs";
    EXPECT_EQ(claim(other, id).status, 200);
    EXPECT_EQ(release(supervisor, id).status, 204) << "a supervisor releases anybody's";
    EXPECT_EQ(of_case(id, "review_status, assigned_to_clinician_id"), "pending");
    EXPECT_EQ(claim(reviewer, new_id()).status, 404);
    EXPECT_EQ(release(reviewer, new_id()).status, 404);
    EXPECT_EQ(review(reviewer, new_id(), "approve_as_is").status, 404);
    EXPECT_EQ(reviewer.get(path(new_id())).status, 404);
}

TEST_F(Review, AnApprovedCaseLetsTheSessionGoOnAndTellsThePerson) {
    const std::string id = new_case("urgent");
    const std::string session = session_of(id);
    ASSERT_EQ(claim(reviewer, id).status, 200);
    EXPECT_EQ(review(reviewer, id, "approve_as_is").status, 201);
    EXPECT_EQ(review(reviewer, id, "approve_as_is").status, 200);
    EXPECT_EQ(review(reviewer, id, "reject_and_replace", "no").status, 409);
    EXPECT_EQ(of_case(id, "review_status, clinician_action, reviewed_at IS NOT NULL"),
              "approved approve_as_is t");
    EXPECT_EQ(sql("SELECT concat_ws(' ', status, requires_hitl_review, hitl_reviewed_at IS NOT "
                  "NULL) FROM sessions WHERE hitl_reviewer_id = '" +
                  reviewer.id + "' AND id = '" + session + "'"),
              "active f t");
    EXPECT_EQ(sql("SELECT count(*) FROM notifications WHERE notification_type = "
                  "'session_reviewed' AND user_id = '" +
                  user.id + "'"),
              "1");
    EXPECT_FALSE(reviewer.get("/v1/hitl-escalations").body.contains(id));
    EXPECT_TRUE(reviewer.get("/v1/clinicians/me/reviews").body.contains(id));
    EXPECT_FALSE(other.get("/v1/clinicians/me/reviews").body.contains(id));
    EXPECT_EQ(claim(other, id).status, 409);
    // What comes after a review is a new case.
    const Reply again = agent.put("/v1/safety-screenings/" + new_id(),
                                  std::format(R"({{"session_id":"{}","input":"...",)"
                                              R"("safety_status":"yellow"}})",
                                              session));
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations WHERE session_id = '" + session + "'"),
              "2");
    EXPECT_EQ(sql("SELECT safety_status FROM sessions WHERE id = '" + session + "'"), "yellow");
}

TEST_F(Review, NotesAreSealedAndReadByCliniciansAlone) {
    const std::string id = new_case("high");
    const std::string notes = "walrus-under-the-piano";
    ASSERT_EQ(claim(reviewer, id).status, 200);
    EXPECT_EQ(review(reviewer, id, "approve_with_edits", notes).status, 201);
    EXPECT_EQ(review(reviewer, id, "approve_with_edits", notes).status, 200);
    EXPECT_EQ(review(reviewer, id, "approve_with_edits", "other").status, 409);
    EXPECT_EQ(sql("SELECT clinician_notes LIKE '%walrus%' FROM hitl_escalations"), "f");
    EXPECT_EQ(sql("SELECT clinician_notes ~ '^[A-Za-z0-9+/=]{60,}$' FROM hitl_escalations"), "t");
    EXPECT_EQ(
        sql("SELECT r.clinician_notes = e.clinician_notes AND r.encryption_key_id = k.id FROM "
            "hitl_reviews AS r JOIN hitl_escalations AS e ON e.id = r.escalation_id JOIN "
            "encryption_keys AS k ON k.user_id = '" +
            user.id + "'"),
        "t");
    const Reply read = other.get(path(id));
    ASSERT_EQ(read.status, 200) << read.body;
    EXPECT_TRUE(read.body.contains(notes)) << read.body;
    for (const char* const hidden : {"encryption_key_id", "\"person\"", "digest"}) {
        EXPECT_FALSE(read.body.contains(hidden)) << hidden;
    }
    EXPECT_EQ(user.get(path(id)).status, 403);
    EXPECT_EQ(agent.get(path(id)).status, 403);
    for (const std::string& place :
         {"/v1/sessions/" + session_of(id), std::string("/v1/notifications"),
          "/v1/crisis-logs/" + sql("SELECT id FROM crisis_logs")}) {
        EXPECT_FALSE(user.get(place).body.contains("walrus")) << place;
    }
}

TEST_F(Review, NotesOpenAsTheirWritersAlone) {
    const std::string id = new_case("high");
    ASSERT_EQ(claim(reviewer, id).status, 200);
    ASSERT_EQ(review(reviewer, id, "escalate", "beyond me").status, 201);
    ASSERT_EQ(claim(senior, id).status, 200);
    ASSERT_EQ(review(senior, id, "approve_with_edits", "slower").status, 201);
    ASSERT_EQ(reviewer.get(path(id)).status, 200);
    // Somebody with the database lets each have said what the other did.
    EXPECT_EQ(sql("WITH swapped AS (UPDATE hitl_reviews AS a SET clinician_notes = "
                  "b.clinician_notes FROM hitl_reviews AS b WHERE a.clinician_id <> b.clinician_id "
                  "RETURNING 1) SELECT count(*) FROM swapped"),
              "2");
    EXPECT_EQ(reviewer.get(path(id)).status, 500);
}

TEST_F(Review, AnEscalatedCaseIsForSeniorsThenForSupervisors) {
    const std::string id = new_case("high");
    ASSERT_EQ(claim(reviewer, id).status, 200);
    const Reply mute = review(reviewer, id, "escalate");
    EXPECT_EQ(mute.status, 422);
    EXPECT_TRUE(mute.points_to("/clinician_notes")) << mute.body;
    EXPECT_EQ(review(reviewer, id, "escalate", "beyond me").status, 201);
    EXPECT_EQ(of_case(id, "review_status, required_role, reviewed_at"), "escalated senior");
    EXPECT_EQ(claim_next(other).status, 204);
    EXPECT_EQ(claim(other, id).status, 404);
    EXPECT_EQ(other.get(path(id)).status, 404);
    EXPECT_FALSE(other.get("/v1/hitl-escalations").body.contains(id));
    EXPECT_EQ(reviewer.get(path(id)).status, 200) << "they worked on it";
    EXPECT_EQ(claim(reviewer, id).status, 403);
    EXPECT_EQ(claim_next(senior).member("id"), id);
    EXPECT_EQ(release(senior, id).status, 204);
    EXPECT_EQ(of_case(id, "review_status"), "escalated");
    ASSERT_EQ(claim(senior, id).status, 200);
    EXPECT_EQ(review(senior, id, "escalate", "and me").status, 201);
    EXPECT_EQ(claim_next(senior).status, 204);
    ASSERT_EQ(claim(supervisor, id).status, 200);
    const Reply nobody = review(supervisor, id, "escalate", "x");
    EXPECT_EQ(nobody.status, 422);
    EXPECT_TRUE(nobody.points_to("/clinician_action")) << nobody.body;
    EXPECT_EQ(review(supervisor, id, "reject_and_replace", "call them").status, 201);
    EXPECT_EQ(of_case(id, "review_status, clinician_action"), "rejected reject_and_replace");
    const std::string read = supervisor.get(path(id)).body;
    EXPECT_TRUE(read.contains("beyond me") && read.contains("and me") && read.contains("call them"))
        << read;
    EXPECT_EQ(sql("SELECT string_agg(step ->> 'step', ' ' ORDER BY n) FROM crisis_logs, "
                  "jsonb_array_elements(escalation_chain_executed) WITH ORDINALITY AS s (step, n)"),
              "log queue notification clinician escalated clinician released clinician escalated "
              "clinician reviewed");
}

TEST_F(Review, NothingButTheDecisionOnItsCaseLetsASessionOut) {
    const std::string id = new_case("high");
    const std::string session = session_of(id);
    const std::string exercise = new_id();
    ASSERT_EQ(state_of(session), "hitl_review");
    ASSERT_EQ(supervisor.send("PUT", "/v1/clinicians/" + reviewer.id + "/users/" + user.id, "", {})
                  .status,
              201);
    ASSERT_EQ(claim(reviewer, id).status, 200);
    ASSERT_EQ(review(reviewer, id, "escalate", "beyond me").status, 201);
    for (HttpClient* client : {&user, &agent, &reviewer, &supervisor}) {
        for (const char* status : {"active", "completed", "reflecting", "exercise_in_progress",
                                   "safety_screening", "timed_out", "created"}) {
            const Reply reply = move(*client, session, status);
            EXPECT_EQ(reply.status, 409) << status << reply.body;
            EXPECT_TRUE(reply.body.contains("waits for a clinician")) << reply.body;
        }
    }
    EXPECT_EQ(
        user.put("/v1/sessions/" + session + "/end", R"({"completed_at":"2026-11-22T11:00:00Z"})")
            .status,
        409);
    // The headset's writes arrive late: they are kept, and move nothing.
    EXPECT_EQ(user.put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
    EXPECT_EQ(user.put("/v1/vr-sessions/" + new_id(), vr_session_body(session)).status, 201);
    EXPECT_EQ(user.put("/v1/exercises/" + exercise + "/end",
                       R"({"status":"abandoned","completed_at":"2026-11-22T10:12:05Z"})")
                  .status,
              201);
    new_session(user);
    sql("SELECT set_config('haven.actor', 'job', false); SELECT haven_job_timeout_sessions('0 "
        "seconds')");
    EXPECT_EQ(state_of(session), "hitl_review");
    for (const char* status : {"active", "completed"}) {
        EXPECT_THROW(
            sql(std::format("UPDATE sessions SET status = '{}' WHERE id = '{}' RETURNING 1", status,
                            session)),
            std::runtime_error)
            << "whoever writes it";
    }
    ASSERT_EQ(claim(senior, id).status, 200);
    EXPECT_EQ(review(senior, id, "approve_as_is").status, 201);
    EXPECT_EQ(state_of(session), "active");
}

TEST_F(Review, ADecisionIsOnWhatTheReviewerHasSeen) {
    const std::string id = new_case("high");
    const std::string session = session_of(id);
    const std::string seen = claim(reviewer, id).member("revision");
    EXPECT_EQ(seen, "1");
    ASSERT_EQ(screen(session, "severe").status, 201) << "meanwhile";
    for (const char* action :
         {"approve_as_is", "approve_with_edits", "reject_and_replace", "escalate"}) {
        const Reply blind = review(reviewer, id, action, "words", seen);
        EXPECT_EQ(blind.status, 409) << action;
        EXPECT_TRUE(blind.body.contains("revision 1, the case is at 2")) << blind.body;
    }
    EXPECT_EQ(review(reviewer, id, "approve_as_is", "", "7").status, 409);
    EXPECT_EQ(of_case(id, "review_status, priority"), "in_review urgent");
    EXPECT_EQ(state_of(session), "hitl_review");
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_reviews"), "0");
    const Reply read = reviewer.get(path(id));
    EXPECT_EQ(read.member("revision"), "2") << read.body;
    EXPECT_EQ(review(reviewer, id, "approve_as_is", "", "2").status, 201);
    EXPECT_EQ(review(reviewer, id, "approve_as_is", "", "2").status, 200) << "said again";
    EXPECT_EQ(sql("SELECT revision FROM hitl_reviews"), "2");
    EXPECT_EQ(state_of(session), "active");
}

TEST_F(Review, WhoPassesACaseOnAddsToIt) {
    const std::string id = new_case("high");
    ASSERT_EQ(claim(reviewer, id).status, 200);
    ASSERT_EQ(review(reviewer, id, "escalate", "beyond me", "1").status, 201);
    ASSERT_EQ(claim(senior, id).status, 200);
    EXPECT_EQ(review(senior, id, "approve_as_is", "", "1").status, 409);
    EXPECT_TRUE(review(senior, id, "escalate", "x", "2", R"(,"close_session":true)")
                    .points_to("/close_session"));
    EXPECT_EQ(review(senior, id, "approve_as_is", "", "2").status, 201);
}

TEST_F(Review, ADecisionMayCloseTheSession) {
    const std::string id = new_case("urgent");
    const std::string session = session_of(id);
    ASSERT_EQ(claim(reviewer, id).status, 200);
    const auto close = [&] {
        return review(reviewer, id, "reject_and_replace", "call them", "1",
                      R"(,"close_session":true)")
            .status;
    };
    EXPECT_EQ(close(), 201);
    EXPECT_EQ(close(), 200);
    EXPECT_EQ(review(reviewer, id, "reject_and_replace", "call them", "1").status, 409);
    EXPECT_EQ(sql("SELECT status || ' ' || (completed_at IS NOT NULL) FROM sessions WHERE id = '" +
                  session + "'"),
              "completed true");
}

TEST_F(Review, WhoAsksForAReviewOpensItsCase) {
    const std::string session = new_session(user);
    EXPECT_EQ(move(user, session, "hitl_review").status, 403);
    EXPECT_EQ(sql("SELECT count(*) FROM hitl_escalations"), "0");
    EXPECT_EQ(move(agent, session, "hitl_review").status, 200);
    EXPECT_EQ(move(agent, session, "hitl_review").status, 200);
    const std::string id = claim_next(reviewer).member("id");
    EXPECT_EQ(of_case(id, "session_id, priority, escalation_reason, review_status"),
              session + " high asked_for_by_service in_review");
    EXPECT_EQ(review(reviewer, id, "approve_as_is").status, 201);
    EXPECT_EQ(state_of(session), "active");
    // The person has one number, however a case began.
    EXPECT_EQ(move(supervisor, new_session(user), "hitl_review").status, 200);
    new_case("low");
    EXPECT_EQ(sql("SELECT count(DISTINCT user_id_anonymized) || ' ' || count(*) FROM "
                  "hitl_escalations WHERE user_id_anonymized ~ '^User #[0-9]{9}$'"),
              "1 3");
    const std::string bare = new_session(user);
    EXPECT_THROW(
        sql("UPDATE sessions SET status = 'hitl_review' WHERE id = '" + bare + "' RETURNING 1"),
        std::runtime_error)
        << "in nobody's queue";
}

TEST_F(Review, OnlyThoseWhoMayKnowThePersonSeeTheSession) {
    const std::string id = new_case("high");
    const std::string session = session_of(id);
    const auto shows = [&](HttpClient& client) {
        const std::string body = client.get(path(id)).body;
        EXPECT_TRUE(body.contains("User #")) << body;
        EXPECT_FALSE(body.contains(user.id)) << body;
        return body.contains(session);
    };
    EXPECT_FALSE(shows(reviewer));
    EXPECT_TRUE(shows(senior));
    EXPECT_TRUE(shows(supervisor));
    EXPECT_FALSE(claim(reviewer, id).body.contains(session)) << "a claim tells nothing more";
    EXPECT_EQ(reviewer.get("/v1/sessions/" + session).status, 404);
    ASSERT_EQ(supervisor.send("PUT", "/v1/clinicians/" + reviewer.id + "/users/" + user.id, "", {})
                  .status,
              201);
    EXPECT_TRUE(shows(reviewer));
}

TEST_F(Review, APersonHasTheSameNumberInEveryCaseAndAnotherHasAnother) {
    new_case("low");
    new_case("low");
    HttpClient another = server.new_user();
    new_case("low", another);
    EXPECT_EQ(sql("SELECT string_agg(n::text, ' ' ORDER BY n) FROM (SELECT count(*) AS n FROM "
                  "hitl_escalations GROUP BY user_id_anonymized) AS numbers"),
              "1 2");
}

TEST_F(Review, OthersThanCliniciansAreRefusedAndWhatIsWrongIsNamed) {
    const std::string id = new_case("high");
    for (HttpClient* client : {&user, &agent}) {
        EXPECT_EQ(client->get("/v1/hitl-escalations").status, 403);
        EXPECT_EQ(claim_next(*client).status, 403);
        EXPECT_EQ(claim(*client, id).status, 403);
        EXPECT_EQ(release(*client, id).status, 403);
        EXPECT_EQ(review(*client, id, "approve_as_is").status, 403);
    }
    HttpClient nobody = server.client();
    EXPECT_EQ(nobody.get("/v1/hitl-escalations").status, 401);
    ASSERT_EQ(claim(reviewer, id).status, 200);
    EXPECT_TRUE(review(reviewer, id, "shrug").points_to("/clinician_action"));
    EXPECT_TRUE(
        reviewer.put(path(id, "/review"), R"({"clinician_action":"escalate","revision":1,"x":1})")
            .points_to("/x"));
    EXPECT_TRUE(reviewer.put(path(id, "/review"), R"({"clinician_action":"approve_as_is"})")
                    .points_to("/revision"));
    EXPECT_EQ(of_case(id, "review_status"), "in_review");
}

TEST_F(Review, EachAccessSaysWhoseDataItWas) {
    const std::string id = new_case("high");
    claim(reviewer, id);
    reviewer.get(path(id));
    review(reviewer, id, "approve_as_is");
    EXPECT_EQ(sql("SELECT string_agg(concat_ws(' ', action, response_status, is_phi_access), ', ' "
                  "ORDER BY id) FROM audit_logs WHERE clinician_id = '" +
                  reviewer.id + "' AND user_id = '" + user.id + "'"),
              "hitl_claim 200 t, hitl_read 200 t, hitl_review 201 t");
}

} // namespace
} // namespace haven::test
