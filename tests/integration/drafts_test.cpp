// A text while it is written, and when it is edited: saved again and again, never over what
// somebody else has saved, for its person alone.
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Drafts : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void as_job(const std::string& text) const {
        (void)sql("SELECT set_config('haven.actor', 'job', false); " + text);
    }
    static std::string path(const std::string& id, const std::string& below = "/draft") {
        return "/v1/exercise-artifacts/" + id + below;
    }
    std::string body(const std::string& text, const std::string& more = "") const {
        return std::format(R"({{"exercise_id":"{}","content_text":"{}"{}}})", exercise, text, more);
    }
    static Reply send(HttpClient& who, const std::string& id, const std::string& json,
                      const std::string& condition) {
        return who.send("PUT", path(id), json, {"Content-Type: application/json", condition});
    }
    Reply begin(const std::string& id, const std::string& json) {
        return send(user, id, json, "If-None-Match: *");
    }
    /// What the next save names, of the answer to the last one.
    static std::string etag(const Reply& last) {
        const auto found = last.headers.find("etag");
        return found != last.headers.end() ? found->second : "";
    }
    /// What comes after `last`; its answer.
    Reply save(const std::string& id, const std::string& json, const Reply& last) {
        return send(user, id, json, "If-Match: " + etag(last));
    }
    static Reply finish(HttpClient& who, const std::string& id, const std::string& etag) {
        return who.send("POST", path(id, "/draft/finish"), "", {"If-Match: " + etag});
    }
    Reply finish(const std::string& id, const Reply& last) { return finish(user, id, etag(last)); }
    std::string written(const std::string& text, const std::string& more = "") {
        std::string id = new_id();
        EXPECT_EQ(user.put(path(id, ""),
                           std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                       R"("content_text":"{}"{}}})",
                                       exercise, text, more))
                      .status,
                  201);
        return id;
    }
    /// A red screening, of `more`.
    Reply screen_red(const std::string& more = "") {
        return service.put(
            "/v1/safety-screenings/" + new_id(),
            std::format(R"({{"session_id":"{}","input":"it is too much","detection_signals":)"
                        R"([{{"signal":"hopelessness","severity":"severe","confidence":0.9}}]{}}})",
                        session, more));
    }

    TestServer server;
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("web");
    std::string session = new_id();
    std::string exercise = new_id();

    void SetUp() override {
        ASSERT_EQ(user.put("/v1/sessions/" + session, session_body()).status, 201);
        ASSERT_EQ(user.put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
    }
};

TEST_F(Drafts, ATextIsSavedAgainAndAgainAndBecomesItsArtifact) {
    const std::string id = new_id();
    Reply last = begin(id, body("The"));
    ASSERT_EQ(last.status, 201) << last.body;
    EXPECT_EQ(last.member("version"), "1");
    for (const char* text : {"The lamp", "The lamp is", "The lamp is warm."}) {
        last = save(id, body(text), last);
        ASSERT_EQ(last.status, 200) << last.body;
    }
    EXPECT_EQ(last.member("version"), "4");
    const Reply same = save(id, body("The lamp is warm."), last);
    EXPECT_EQ(same.status, 200);
    EXPECT_EQ(same.body, last.body) << "the same again makes no version";
    const Reply read = user.get(path(id));
    EXPECT_EQ(read.member("content_text"), "The lamp is warm.");
    EXPECT_EQ(read.headers.at("etag"), etag(last));
    EXPECT_EQ(read.body, last.body) << "what is read is what the save was answered";
    EXPECT_FALSE(read.body.contains("encrypted"));
    EXPECT_EQ(user.send("GET", path(id), "", {"If-None-Match: " + read.headers.at("etag")}).status,
              304);
    EXPECT_EQ(user.get(path(id, "")).status, 404) << "it is no artifact yet";
    const Reply all = user.get("/v1/artifact-drafts");
    EXPECT_EQ(json_at(all.body, "/items/0/id"), id) << "found again after a crash";
    EXPECT_EQ(json_at(all.body, "/items/0/version"), "4");
    EXPECT_FALSE(all.body.contains("lamp"));
    const Reply done = finish(id, last);
    ASSERT_EQ(done.status, 201) << done.body;
    EXPECT_EQ(done.member("version"), "1");
    const Reply artifact = user.get(path(id, ""));
    EXPECT_EQ(artifact.member("content_text"), "The lamp is warm.");
    EXPECT_EQ(artifact.member("sealed"), "false");
    EXPECT_EQ(artifact.member("word_count"), "4");
    EXPECT_EQ(user.get("/v1/exercises/" + exercise).member("word_count"), "4");
    EXPECT_EQ(done.body, artifact.body);
    EXPECT_EQ(done.headers.at("location"), path(id, ""));
    EXPECT_EQ(user.get(path(id)).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM artifact_draft_versions"), "0");
    EXPECT_EQ(finish(id, last).status, 200) << "for who heard no answer";
    EXPECT_EQ(finish(user, id, "\"another\"").status, 404);
}

TEST_F(Drafts, OfTwoBrowsersTheSecondIsToldAndReadsWhatIsThere) {
    HttpClient desk = server.client();
    desk.token = user.token;
    const std::string id = new_id();
    const Reply begun = begin(id, body("one"));
    EXPECT_EQ(send(desk, id, body("two"), "If-None-Match: *").status, 412) << "there is one";
    const Reply bare = user.send("PUT", path(id), body("two"), {"Content-Type: application/json"});
    EXPECT_EQ(bare.status, 428) << bare.body;
    const Reply saved = save(id, body("one two"), begun);
    ASSERT_EQ(saved.status, 200);
    const Reply late = send(desk, id, body("other"), "If-Match: " + etag(begun));
    EXPECT_EQ(late.status, 412) << late.body;
    EXPECT_EQ(late.member("type"), "/problems/precondition-failed");
    const Reply there = desk.get(path(id));
    EXPECT_EQ(there.member("content_text"), "one two");
    EXPECT_EQ(finish(desk, id, etag(begun)).status, 412);
    EXPECT_EQ(send(desk, id, body("one two three"), "If-Match: " + there.headers.at("etag")).status,
              200);
    EXPECT_EQ(save(new_id(), body("x"), begun).status, 412) << "there is none to save over";
    EXPECT_EQ(desk.send("DELETE", path(id), "", {"If-Match: " + etag(begun)}).status, 412);
    EXPECT_EQ(desk.remove(path(id)).status, 204);
    EXPECT_EQ(desk.remove(path(id)).status, 404);
}

TEST_F(Drafts, OfManySavesAtOnceOnTheSameOneIsTaken) {
    const std::string id = new_id();
    const std::string seen = etag(begin(id, body("one")));
    std::atomic<int> taken = 0;
    std::atomic<int> late = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 6; ++i) {
            all.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = user.token;
                const int status =
                    send(client, id, body(std::format("text {}", i)), "If-Match: " + seen).status;
                taken += status == 200 ? 1 : 0;
                late += status == 412 ? 1 : 0;
            });
        }
    }
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(late, 5);
}

TEST_F(Drafts, WhateverItWillBeItLiesSealedAndNobodyElseReadsIt) {
    const std::string id = new_id();
    const Reply begun = begin(id, body("canary-draft"));
    ASSERT_EQ(begun.status, 201);
    ASSERT_EQ(save(id, body("canary-draft two"), begun).status, 200);
    for (const char* table : {"artifact_drafts", "artifact_draft_versions", "session_events",
                              "audit_logs", "write_receipts"}) {
        EXPECT_EQ(
            sql(std::format("SELECT count(*) FROM {} AS t WHERE t::text LIKE '%canary%'", table)),
            "0")
            << table;
    }
    HttpClient stranger = server.new_user();
    HttpClient reviewer = server.new_clinician("reviewer");
    HttpClient supervisor = server.new_clinician("supervisor");
    EXPECT_EQ(stranger.get("/v1/artifact-drafts").body, R"({"items": []})");
    for (const char* below : {"/draft", "/draft/versions", "/draft/versions/1"}) {
        EXPECT_EQ(stranger.get(path(id, below)).status, 404) << below;
        EXPECT_EQ(reviewer.get(path(id, below)).status, 403) << below;
        EXPECT_EQ(supervisor.get(path(id, below)).status, 403) << below;
        EXPECT_EQ(service.get(path(id, below)).status, 403) << below;
        EXPECT_EQ(user.get(path(id, below)).status, 200) << below;
    }
    EXPECT_EQ(send(stranger, id, body("x"), "If-None-Match: *").status, 422)
        << "the exercise is none of theirs";
    // Past the API, too.
    const auto seen = [&](const std::string& actor, const std::string& role) {
        return sql(std::format("BEGIN; SELECT set_config('haven.actor', '{}', true), "
                               "set_config('haven.actor_id', gen_random_uuid()::text, true), "
                               "set_config('haven.actor_role', '{}', true); SET LOCAL ROLE "
                               "haven_app; SELECT (SELECT count(*) FROM artifact_drafts) + (SELECT "
                               "count(*) FROM artifact_draft_versions)",
                               actor, role));
    };
    EXPECT_EQ(seen("clinician", "supervisor"), "0");
    EXPECT_EQ(seen("service", ""), "0");
    EXPECT_EQ(seen("user", ""), "0");
    EXPECT_EQ(seen("job", ""), "3");
}

TEST_F(Drafts, OfManySavesTheLastTwentyStayAndTheLastOfEachHour) {
    const std::string id = new_id();
    Reply last = begin(id, body("0"));
    for (int i = 1; i < 26; ++i) {
        last = save(id, body(std::to_string(i)), last);
        ASSERT_EQ(last.status, 200);
    }
    EXPECT_EQ(sql("SELECT count(*) || ' ' || min(version) FROM artifact_draft_versions"), "20 7");
    // Three hours ago there were two in one hour; two days of hours ago many.
    as_job("UPDATE artifact_draft_versions SET saved_at = date_trunc('hour', now()) - interval '3 "
           "hours' WHERE version IN (7, 8); INSERT INTO artifact_draft_versions SELECT draft_id, "
           "1000 + n, user_id, content_encrypted, encryption_key_id, now() - n * interval '1 hour' "
           "FROM artifact_draft_versions, generate_series(10, 80) AS n WHERE version = 9; UPDATE "
           "artifact_draft_versions SET version = version - 2000 WHERE version > 1000; SELECT 1");
    last = save(id, body("26"), last);
    ASSERT_EQ(last.status, 200) << last.body;
    EXPECT_EQ(sql("SELECT count(*) FROM artifact_draft_versions WHERE version > 7"), "20");
    EXPECT_EQ(sql("SELECT count(*) FROM artifact_draft_versions WHERE version <= 7"), "48")
        << "the last of each hour, the newest of them";
    {
        const BodiesPassedOver odd; // versions below 1
        const Reply all = user.get(path(id, "/draft/versions"));
        EXPECT_EQ(json_at(all.body, "/items/0/version"), "27");
    }
    const Reply old = user.get(path(id, "/draft/versions/10"));
    EXPECT_EQ(old.member("content_text"), "9");
    EXPECT_EQ(save(id, body(old.member("content_text")), last).status, 200) << "brought back";
    for (const char* none : {"3", "0", "-1", "x", "99999999999999", "10.0"}) {
        EXPECT_EQ(user.get(path(id, std::string("/draft/versions/") + none)).status, 404) << none;
    }
}

TEST_F(Drafts, AnEditIsTheNextVersionAndWhatWasSaidBeforeIsKept) {
    const std::string id = written("One.");
    const Reply clash =
        begin(id, std::format(R"({{"exercise_id":"{}","content_text":"x"}})", new_id()));
    EXPECT_EQ(clash.status, 422) << clash.body;
    const Reply draft = begin(id, body("Two words.", R"(,"sealed":true,"word_count":2)"));
    ASSERT_EQ(draft.status, 201) << draft.body;
    EXPECT_EQ(user.get(path(id, "")).member("content_text"), "One.") << "until it is finished";
    const Reply done = finish(id, draft);
    ASSERT_EQ(done.status, 200) << done.body;
    EXPECT_EQ(done.member("version"), "2");
    const Reply now = user.get(path(id, ""));
    EXPECT_EQ(now.member("content_text"), "Two words.");
    EXPECT_EQ(now.member("version"), "2");
    EXPECT_EQ(now.member("sealed"), "true");
    EXPECT_NE(now.member("edited_at"), "null");
    EXPECT_EQ(user.get("/v1/exercises/" + exercise).member("word_count"), "2");
    const Reply third = begin(id, body("Three words now."));
    ASSERT_EQ(finish(id, third).status, 200);
    const Reply all = user.get(path(id, "/versions"));
    EXPECT_EQ(json_at(all.body, "/items/0/version"), "3");
    EXPECT_EQ(json_at(all.body, "/items/2/version"), "1");
    EXPECT_EQ(user.get(path(id, "/versions/1")).member("content_text"), "One.");
    EXPECT_EQ(user.get(path(id, "/versions/2")).member("content_text"), "Two words.");
    EXPECT_EQ(user.get(path(id, "/versions/3")).member("content_text"), "Three words now.");
    EXPECT_EQ(user.get(path(id, "/versions/4")).status, 404);
    EXPECT_EQ(sql("SELECT string_agg(event_data ->> 'action', ' ' ORDER BY id) FROM session_events "
                  "WHERE event_data ->> 'artifact_id' = '" +
                  id + "'"),
              "artifact_create artifact_draft_begin artifact_edit artifact_draft_begin "
              "artifact_edit");
    EXPECT_EQ(server.new_user().get(path(id, "/versions")).status, 404);
}

/// Somebody with the database puts one version in the place of another, under the same key.
TEST_F(Drafts, AVersionOfATextOpensAsThatVersionAlone) {
    const std::string id = written("One.", R"(,"sealed":true)");
    ASSERT_EQ(finish(id, begin(id, body("Two.", R"(,"sealed":true)"))).status, 200);
    ASSERT_EQ(finish(id, begin(id, body("Three.", R"(,"sealed":true)"))).status, 200);
    EXPECT_EQ(user.get(path(id, "/versions/1")).member("content_text"), "One.");
    EXPECT_EQ(user.get(path(id, "/versions/2")).member("content_text"), "Two.");
    EXPECT_EQ(sql("WITH swapped AS (UPDATE artifact_versions AS a SET content_encrypted = "
                  "b.content_encrypted FROM artifact_versions AS b WHERE a.version = 3 - b.version "
                  "RETURNING 1) SELECT count(*) FROM swapped"),
              "2");
    EXPECT_EQ(user.get(path(id, "/versions/1")).status, 500);
    EXPECT_EQ(user.get(path(id, "/versions/2")).status, 500);
    EXPECT_EQ(user.get(path(id, "")).member("content_text"), "Three.");
    EXPECT_EQ(sql("WITH moved AS (UPDATE exercise_artifacts SET content_encrypted = (SELECT "
                  "content_encrypted FROM artifact_versions WHERE version = 1) RETURNING 1) SELECT "
                  "count(*) FROM moved"),
              "1");
    EXPECT_EQ(user.get(path(id, "")).status, 500);
    EXPECT_EQ(user.get(path(id, "/versions/3")).status, 500);
}

TEST_F(Drafts, AVersionOfADraftOpensAsThatVersionAlone) {
    const std::string id = new_id();
    const Reply last = save(id, body("two"), begin(id, body("one")));
    ASSERT_EQ(last.status, 200) << last.body;
    EXPECT_EQ(user.get(path(id, "/draft/versions/1")).member("content_text"), "one");
    EXPECT_EQ(sql("WITH swapped AS (UPDATE artifact_draft_versions AS a SET content_encrypted = "
                  "b.content_encrypted FROM artifact_draft_versions AS b WHERE a.version = 3 - "
                  "b.version RETURNING 1) SELECT count(*) FROM swapped"),
              "2");
    EXPECT_EQ(user.get(path(id, "/draft/versions/1")).status, 500);
    EXPECT_EQ(user.get(path(id)).status, 500);
    EXPECT_EQ(finish(id, last).status, 500) << "and nothing is made of it";
    EXPECT_EQ(user.get(path(id, "")).status, 404);
    EXPECT_EQ(save(id, body("three"), last).status, 200) << "but it is written on";
    EXPECT_EQ(user.get(path(id)).member("content_text"), "three");
}

TEST_F(Drafts, WhoSavesOverWhateverIsThereSavesTheNextVersion) {
    const std::string id = new_id();
    ASSERT_EQ(begin(id, body("one")).status, 201);
    std::atomic<int> saved = 0;
    std::atomic<int> odd = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 6; ++i) {
            all.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = user.token;
                const int status =
                    send(client, id, body(std::format("text {}", i)), "If-Match: *").status;
                saved += status == 200 ? 1 : 0;
                odd += status == 200 || status == 503 ? 0 : 1;
            });
        }
    }
    EXPECT_GE(saved, 1);
    EXPECT_EQ(odd, 0);
    EXPECT_EQ(user.get(path(id)).member("version"), std::to_string(1 + saved));
    EXPECT_TRUE(user.get(path(id)).member("content_text").starts_with("text "));
}

TEST_F(Drafts, ADraftIsHeldToTheRulesOfItsArtifact) {
    const auto refused = [&](const std::string& more, const std::string& pointer) {
        const Reply reply = begin(new_id(), body("x", more));
        EXPECT_EQ(reply.status, 422) << more << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << more << reply.body;
    };
    refused(R"(,"sensitivity_level":"high","sealed":false)", "/sealed");
    refused(R"(,"word_count":1)", "/word_count");
    refused(R"(,"mime_type":"image/png")", "/mime_type");
    refused(R"(,"colour":"red")", "/colour");
    const std::string id = new_id();
    const Reply empty = begin(id, body(""));
    ASSERT_EQ(empty.status, 201) << "nothing is written yet";
    EXPECT_EQ(finish(id, empty).status, 409) << "and that is no artifact";
    const std::string sound = new_id();
    ASSERT_EQ(user.put(path(sound, ""),
                       std::format(R"({{"exercise_id":"{}","artifact_type":"audio_recording"}})",
                                   exercise))
                  .status,
              201);
    EXPECT_EQ(begin(sound, body("x")).status, 409) << "only a text has drafts";
    for (int i = 1; i < 20; ++i) {
        ASSERT_EQ(begin(new_id(), body("x")).status, 201) << i;
    }
    EXPECT_EQ(begin(new_id(), body("x")).status, 409) << "the 21st of the exercise";
    EXPECT_EQ(user.remove(path(id)).status, 204);
    EXPECT_EQ(begin(new_id(), body("x")).status, 201);
}

TEST_F(Drafts, WithoutConsentNothingIsSavedAndWhatIsThereIsRead) {
    const std::string id = new_id();
    const Reply begun = begin(id, body("one"));
    ASSERT_EQ(user.put("/v1/consents/" + new_id(), R"({"consent_type":"data_processing",)"
                                                   R"("consent_version":"v2.0",)"
                                                   R"("consent_given":false})")
                  .status,
              201);
    EXPECT_EQ(save(id, body("two"), begun).status, 403);
    EXPECT_EQ(begin(new_id(), body("two")).status, 403);
    EXPECT_EQ(finish(id, begun).status, 403);
    EXPECT_EQ(user.get(path(id)).member("content_text"), "one");
    EXPECT_EQ(user.remove(path(id)).status, 204) << "what they made they may erase";
}

TEST_F(Drafts, WhileAClinicianLooksADraftIsReadAndNothingElse) {
    const std::string id = new_id();
    const Reply begun = begin(id, body("one"));
    ASSERT_EQ(screen_red().status, 201);
    EXPECT_EQ(save(id, body("two"), begun).status, 409);
    EXPECT_EQ(finish(id, begun).status, 409);
    EXPECT_EQ(begin(new_id(), body("two")).status, 409);
    EXPECT_EQ(user.get(path(id)).member("content_text"), "one");
    HttpClient reviewer = server.new_clinician("reviewer");
    const std::string opened = reviewer.post("/v1/hitl-escalations/claims", "").member("id");
    ASSERT_EQ(reviewer
                  .put("/v1/hitl-escalations/" + opened + "/review",
                       R"({"clinician_action":"approve_as_is","revision":1,"close_session":true})")
                  .status,
              201);
    EXPECT_EQ(finish(id, begun).status, 201) << "also where the decision closed the session";
    EXPECT_EQ(user.get(path(id, "")).member("content_text"), "one");
}

TEST_F(Drafts, AScreeningSaysOfWhichVersionItIsAndTheReviewerSeesIt) {
    const std::string id = written("It is too much.");
    ASSERT_EQ(finish(id, begin(id, body("It is fine."))).status, 200);
    const auto of_version = [&](int version) {
        return std::format(R"(,"artifact_id":"{}","artifact_version":{})", id, version);
    };
    EXPECT_EQ(screen_red(of_version(3)).status, 422) << "there is none";
    EXPECT_EQ(screen_red(std::format(R"(,"artifact_id":"{}")", id)).status, 422);
    EXPECT_EQ(
        screen_red(std::format(R"(,"artifact_id":"{}","artifact_version":1)", new_id())).status,
        422);
    const Reply red = screen_red(of_version(1));
    ASSERT_EQ(red.status, 201) << red.body;
    EXPECT_EQ(red.member("artifact_version"), "1");
    HttpClient reviewer = server.new_clinician("reviewer");
    const Reply taken = reviewer.post("/v1/hitl-escalations/claims", "");
    EXPECT_EQ(json_at(taken.body, "/session_context/screenings/0/artifact_version"), "1")
        << taken.body;
    EXPECT_EQ(json_at(taken.body, "/session_context/screenings/0/artifact_id"), id);
}

TEST_F(Drafts, WhatNobodySavesForAMonthIsForgotten) {
    const std::string old = new_id();
    const std::string young = new_id();
    ASSERT_EQ(begin(old, body("one")).status, 201);
    ASSERT_EQ(begin(young, body("one")).status, 201);
    as_job("UPDATE artifact_drafts SET saved_at = now() - interval '31 days' WHERE id = '" + old +
           "'; SELECT 1");
    as_job("SELECT haven_job_forget_drafts()");
    EXPECT_EQ(user.get(path(old)).status, 404);
    EXPECT_EQ(user.get(path(young)).status, 200);
}

} // namespace
} // namespace haven::test
