// What a person agrees to, and that what they allowed stops when they say so.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

std::string consent_body(std::string_view type, bool given, std::string_view version = "v2.0") {
    return std::format(R"({{"consent_type":"{}","consent_version":"{}","consent_given":{}}})", type,
                       version, given);
}

class Consents : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string say(HttpClient& user, std::string_view type, bool given,
                           std::string_view version = "v2.0") {
        const std::string id = new_id();
        EXPECT_EQ(user.put("/v1/consents/" + id, consent_body(type, given, version)).status, 201);
        return id;
    }
    static Reply withdraw(HttpClient& user, const std::string& id) {
        return user.put("/v1/consents/" + id + "/withdrawal", "{}");
    }
    /// The record that registering left.
    static std::string registered(HttpClient& user, const std::string& type) {
        return user.get("/v1/consents?consent_type=" + type).member("id");
    }
    static bool is_consent_missing(const Reply& reply) {
        return reply.status == 403 &&
               reply.body.find("/problems/consent-missing") != std::string::npos;
    }

    TestServer server;
};

TEST_F(Consents, EachWordIsARecordWithItsWordsAndWhereItCameFrom) {
    HttpClient user = server.new_user();
    const std::string id = new_id();
    const std::string body = consent_body("research", true);
    const Reply reply =
        user.send("PUT", "/v1/consents/" + id, body,
                  {"Content-Type: application/json", "User-Agent: reading-glasses/1"});
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(user.put("/v1/consents/" + id, body).status, 200);
    EXPECT_EQ(user.put("/v1/consents/" + id, consent_body("research", false)).status, 409);
    const std::string words = "I agree that my drawings and the figures of my sessions may be "
                              "studied without my name. I may withdraw this at any time.";
    EXPECT_EQ(sql("SELECT concat_ws('|', consent_type, consent_version, consent_given, "
                  "consent_text, host(ip_address), user_agent, withdrawn_at IS NULL, "
                  "consented_at <= now()) FROM consent_records WHERE id = '" +
                  id + "'"),
              "research|v2.0|t|" + words + "|127.0.0.1|reading-glasses/1|t|t");
    const Reply read = user.get("/v1/consents/" + id);
    EXPECT_EQ(read.status, 200);
    EXPECT_EQ(read.member("ip_address"), "127.0.0.1");
    EXPECT_EQ(read.member("user_agent"), "reading-glasses/1");
    EXPECT_EQ(read.member("consent_text"), words);
    EXPECT_EQ(read.member("withdrawn_at"), "null");
}

TEST_F(Consents, HistoryIsKeptAndTheNewestWordCounts) {
    HttpClient user = server.new_user();
    say(user, "marketing", true, "v1.0");
    say(user, "marketing", true, "v2.0");
    say(user, "marketing", false, "v2.0");
    EXPECT_EQ(sql("SELECT string_agg(concat_ws(' ', consent_version, consent_given, withdrawn_at "
                  "IS NOT NULL), ', ' ORDER BY consented_at) FROM consent_records WHERE "
                  "consent_type = 'marketing'"),
              "v1.0 t t, v2.0 t t, v2.0 f f");
    const Reply first = user.get("/v1/consents?limit=2&consent_type=marketing");
    EXPECT_EQ(first.status, 200) << first.body;
    const std::string cursor = first.member("next_cursor");
    ASSERT_FALSE(cursor.empty()) << first.body;
    const Reply second = user.get("/v1/consents?limit=2&consent_type=marketing&cursor=" + cursor);
    EXPECT_EQ(second.member("next_cursor"), "");
    EXPECT_NE(second.body.find(R"("v1.0")"), std::string::npos) << second.body;
    EXPECT_EQ(user.get("/v1/consents?consent_type=everything").status, 400);
}

TEST_F(Consents, TheAccountSaysWhatTheNewestRecordsSay) {
    HttpClient user = server.new_user();
    const auto account = [this] {
        return sql("SELECT concat_ws(' ', consent_data_processing, consent_marketing, "
                   "consent_emergency_contact) FROM users");
    };
    EXPECT_EQ(account(), "t f f");
    const std::string marketing = say(user, "marketing", true);
    say(user, "emergency_contact", true);
    EXPECT_EQ(account(), "t t t");
    EXPECT_EQ(user.get("/v1/users/me").member("consent_emergency_contact"), "true");
    EXPECT_EQ(withdraw(user, marketing).status, 201);
    EXPECT_EQ(account(), "t f t");
    EXPECT_EQ(withdraw(user, registered(user, "data_processing")).status, 201);
    EXPECT_EQ(account(), "f f t");
    say(user, "data_processing", true);
    EXPECT_EQ(account(), "t f t");
}

TEST_F(Consents, WhereAPersonStandsIsOneAnswer) {
    HttpClient user = server.new_user(false);
    const std::string id = say(user, "research", true);
    const Reply now = user.get("/v1/consents/current");
    ASSERT_EQ(now.status, 200);
    EXPECT_NE(now.body.find(id), std::string::npos);
    EXPECT_EQ(withdraw(user, id).status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM consent_records WHERE withdrawn_at >= consented_at"), "1");
    const std::string current = "'" + user.get("/v1/consents/current").body + "'::jsonb";
    EXPECT_EQ(sql("SELECT string_agg(key || ' ' || (value ->> 'given'), ', ' ORDER BY key) FROM "
                  "jsonb_each(" +
                  current + ")"),
              "data_processing true, emergency_contact false, marketing false, motion_trace false, "
              "research false");
}

TEST_F(Consents, AWithdrawalTakesBackEveryYesOnTheMatterOnce) {
    HttpClient user = server.new_user();
    const std::string old_yes = say(user, "research", true, "v1.0");
    const std::string new_yes = say(user, "research", true, "v2.0");
    EXPECT_EQ(withdraw(user, old_yes).status, 201);
    EXPECT_EQ(withdraw(user, old_yes).status, 200);
    EXPECT_EQ(withdraw(user, new_yes).status, 200) << "it went with the other";
    EXPECT_EQ(withdraw(user, say(user, "research", false)).status, 409);
    EXPECT_EQ(withdraw(user, new_id()).status, 404);
}

TEST_F(Consents, WithoutDataProcessingNoHealthDataIsWrittenAndAllOfItIsRead) {
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("agents");
    const Ids ids = write_drawing(user);
    const std::string written = "SELECT (SELECT count(*) FROM sessions) || ' ' || (SELECT count(*) "
                                "FROM exercises) || ' ' || (SELECT count(*) FROM session_events)";
    const std::string before = sql(written);
    ASSERT_EQ(withdraw(user, registered(user, "data_processing")).status, 201);
    const Reply first = user.put("/v1/sessions/" + new_id(), session_body());
    EXPECT_TRUE(is_consent_missing(first)) << first.body;
    const std::string session = "/v1/sessions/" + ids.session;
    const std::string event = R"({"events":[{"event_type":"error"}]})";
    for (const Reply& refused : {
             user.put("/v1/exercises/" + new_id(), exercise_body(ids.session)),
             user.put("/v1/exercises/" + ids.exercise + "/end",
                      R"({"completed_at":"2026-11-22T10:12:05Z"})"),
             user.put("/v1/vr-sessions/" + new_id(), vr_session_body(ids.session)),
             user.put("/v1/vr-sessions/" + ids.vr_session + "/end",
                      R"({"ended_at":"2026-11-22T10:20:06Z"})"),
             user.put("/v1/bilateral-drawings/" + new_id(),
                      drawing_body(ids.exercise, ids.vr_session)),
             put_chunk(user, ids.drawing, 0, "abc"),
             user.put(session + "/status", R"({"status":"reflecting"})"),
             user.put("/v1/session-intents/" + new_id(),
                      std::format(R"({{"session_id":"{}"}})", ids.session)),
             user.post(session + "/events", event),
             user.put("/v1/session-events/" + new_id(),
                      std::format(R"({{"session_id":"{}","happened_at":"2026-11-22T10:05:00Z"}})",
                                  ids.session)),
             service.post(session + "/events", event),
         }) {
        EXPECT_TRUE(is_consent_missing(refused)) << refused.status << refused.body;
    }
    EXPECT_EQ(sql(written), before);
    EXPECT_EQ(user.get(session).status, 200);
    EXPECT_EQ(user.get("/v1/bilateral-drawings/" + ids.drawing).status, 200);
    EXPECT_EQ(user.patch("/v1/users/me", R"({"full_name":"Eve"})").status, 200);
    EXPECT_EQ(user.put(session, session_body()).status, 200) << "it was written before";
    say(user, "data_processing", true);
    EXPECT_EQ(user.post(session + "/events", event).status, 201);
}

TEST_F(Consents, WithoutAnyAPersonErasesWhatTheyMade) {
    HttpClient user = server.new_user();
    const Ids ids = write_drawing(user);
    const std::string artifact = "/v1/exercise-artifacts/" + new_id();
    ASSERT_EQ(user.put(artifact, std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                             R"("content_text":"The lamp is warm."}})",
                                             ids.exercise))
                  .status,
              201);
    ASSERT_EQ(withdraw(user, registered(user, "data_processing")).status, 201);
    const Reply erased = user.remove(artifact);
    EXPECT_EQ(erased.status, 204) << erased.body;
    EXPECT_EQ(user.get(artifact).status, 404);
    EXPECT_EQ(sql("SELECT (SELECT word_count FROM exercises) IS NULL AND (SELECT count(*) FROM "
                  "session_events WHERE event_data ->> 'action' = 'artifact_delete') = 1"),
              "t");
}

TEST_F(Consents, WithoutMotionTraceTheTraceIsRefusedAtOnceAndTheDrawingKept) {
    HttpClient user = server.new_user();
    const Ids ids = write_drawing(user);
    ASSERT_EQ(put_chunk(user, ids.drawing, 0, "abc").status, 200);
    ASSERT_EQ(withdraw(user, registered(user, "motion_trace")).status, 201);
    EXPECT_TRUE(is_consent_missing(put_chunk(user, ids.drawing, 3, "def")));
    EXPECT_TRUE(is_consent_missing(
        user.put("/v1/bilateral-drawings/" + ids.drawing + "/trace", completion_body("abc"))));
    EXPECT_EQ(user.get("/v1/bilateral-drawings/" + ids.drawing).status, 200);
    say(user, "motion_trace", true);
    EXPECT_EQ(put_chunk(user, ids.drawing, 3, "def").status, 200);
}

TEST_F(Consents, WordsAreThePersonsOwn) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    HttpClient service = server.new_service("agents");
    HttpClient reviewer = server.new_clinician("reviewer");
    const std::string id = say(user, "research", true);
    const std::string person = user.get("/v1/users/me").member("id");
    const Reply unknown = stranger.get("/v1/consents/" + new_id());
    const Reply foreign = stranger.get("/v1/consents/" + id);
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(foreign.body_without_request_id(), unknown.body_without_request_id());
    EXPECT_EQ(withdraw(stranger, id).status, 404);
    EXPECT_EQ(stranger.put("/v1/consents/" + id, consent_body("research", true)).status, 404);
    EXPECT_EQ(service.put("/v1/consents/" + new_id(), consent_body("research", true)).status, 403);
    EXPECT_EQ(withdraw(service, id).status, 403);
    const std::string path = "/v1/users/" + person + "/consents";
    EXPECT_EQ(service.get(path).status, 200);
    EXPECT_EQ(reviewer.get(path).status, 404);
    EXPECT_EQ(user.get(path).status, 403);
    sql("INSERT INTO clinician_assignments (clinician_id, user_id) SELECT clinicians.id, '" +
        person + "' FROM clinicians RETURNING 1");
    EXPECT_EQ(reviewer.get(path).status, 200);
}

TEST_F(Consents, AWordThatIsNoneIsRefusedWhereItIsWrong) {
    HttpClient user = server.new_user();
    struct Wrong {
        std::string body;
        const char* pointer;
    };
    for (const Wrong& wrong :
         {Wrong{consent_body("everything", true), "/consent_type"},
          Wrong{consent_body("research", true, ""), "/consent_version"},
          Wrong{consent_body("research", true, "v 1"), "/consent_version"},
          Wrong{R"({"consent_type":"research","consent_version":"v1.0"})", "/consent_given"},
          Wrong{R"({"consent_type":"research","consent_version":"v1.0","consent_given":1})",
                "/consent_given"}}) {
        const Reply reply = user.put("/v1/consents/" + new_id(), wrong.body);
        EXPECT_EQ(reply.status, 422) << wrong.body << reply.body;
        EXPECT_TRUE(reply.points_to(wrong.pointer)) << reply.body;
    }
}

} // namespace
} // namespace haven::test
