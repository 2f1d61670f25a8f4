// The stream of events: who hears what, in which order, and how it ends.
#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "server/store/connection.hpp"
#include "tests/integration/care_fixture.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <format>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

/// What an EventSource does, over a bare connection.
class Ear {
  public:
    Ear(std::uint16_t port, const std::string& token, const std::string& more = "",
        const char* version = "1.1")
        : connection_(port) {
        connection_.send(std::format("GET /v1/events HTTP/{}\r\nHost: x\r\nAccept: "
                                     "text/event-stream\r\nAuthorization: Bearer {}\r\n{}\r\n",
                                     version, token, more));
    }
    /// Whether that comes.
    bool hears(std::string_view text) {
        return await(30s, [&] {
            heard_ += connection_.read_within(50ms);
            return heard_.contains(text);
        });
    }
    [[nodiscard]] const std::string& heard() const { return heard_; }
    /// How often.
    [[nodiscard]] std::size_t count(std::string_view text) const {
        std::size_t times = 0;
        for (std::size_t at = heard_.find(text); at != std::string::npos;
             at = heard_.find(text, at + 1)) {
            ++times;
        }
        return times;
    }
    [[nodiscard]] std::string last_id() const {
        return heard_.substr(heard_.rfind("id: ") + 4, 36);
    }
    void listen(std::chrono::milliseconds time) { heard_ += connection_.read_within(time); }

  private:
    RawConnection connection_;
    std::string heard_;
};

class Events : public Care {
  protected:
    Ear ear(const HttpClient& client, const std::string& last_id = "") const {
        Ear made(server.port(), client.token,
                 last_id.empty() ? "" : "Last-Event-ID: " + last_id + "\r\n");
        return made;
    }
    /// The kinds that come with an answer that ends.
    static Reply once(HttpClient& client, const std::string& last_id) {
        return client.send("GET", "/v1/events?once=true", "", {"Last-Event-ID: " + last_id});
    }
    /// One more of the person's own, which comes after all that was said before.
    void mark() { (void)new_session(); }
    static std::string event(std::string_view kind) { return std::format("event: {}\n", kind); }
};

TEST_F(Events, APersonHearsOfTheirOwnAndOfNobodyElses) {
    HttpClient ben = server.new_user();
    Ear mine = ear(user);
    Ear his = ear(ben);
    ASSERT_TRUE(mine.hears(event("ready"))) << mine.heard();
    ASSERT_TRUE(his.hears(event("ready")));
    EXPECT_TRUE(mine.heard().starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(mine.heard().contains("Content-Type: text/event-stream\r\n"));
    EXPECT_TRUE(mine.heard().contains("Transfer-Encoding: chunked\r\n"));
    const Ids ids = write_drawing(user);
    EXPECT_TRUE(mine.hears(event("drawing.stored"))) << mine.heard();
    EXPECT_TRUE(mine.heard().contains(ids.session));
    EXPECT_TRUE(mine.heard().contains(ids.drawing));
    EXPECT_FALSE(mine.heard().contains("cozy_cabin")) << "never what it says";
    ASSERT_EQ(ben.put("/v1/sessions/" + new_id(), session_body()).status, 201);
    EXPECT_TRUE(his.hears(event("session.moved")));
    EXPECT_EQ(his.count("event: "), 2U) << his.heard();
    EXPECT_FALSE(his.heard().contains(ids.session));
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM audit_logs WHERE action = 'event_listen' AND "
                              "user_id = '{}' AND response_status = 200",
                              ben.id)),
              "2")
        << "the look, and what was told";
}

TEST_F(Events, CanvasesNotificationsAndConsentsAreTold) {
    Ear mine = ear(user);
    ASSERT_TRUE(mine.hears(event("ready")));
    (void)write_drawing(user);
    EXPECT_TRUE(mine.hears(event("canvas.ready"))) << mine.heard();
    ASSERT_EQ(agent
                  .put("/v1/notifications/" + new_id(),
                       std::format(R"({{"user_id":"{}","notification_type":"reminder",)"
                                   R"("title":"Time to draw"}})",
                                   user.id))
                  .status,
              201);
    EXPECT_TRUE(mine.hears(event("notification.created")));
    EXPECT_FALSE(mine.heard().contains("Time to draw"));
    ASSERT_EQ(user.put("/v1/consents/" + new_id(),
                       R"({"consent_type":"research","consent_version":"v1.0",)"
                       R"("consent_given":true})")
                  .status,
              201);
    EXPECT_TRUE(mine.hears(event("consent.changed")));
}

TEST_F(Events, AClinicianHearsOfTheQueueOfTheirRoleAndOfThoseTheyCareFor) {
    care_for(reviewer);
    Ear carer = ear(reviewer);
    Ear stranger = ear(other);
    Ear all = ear(supervisor);
    ASSERT_TRUE(carer.hears(event("ready")));
    ASSERT_TRUE(stranger.hears(event("ready")));
    ASSERT_TRUE(all.hears(event("ready")));
    const std::string crisis = crisis_in(new_session());
    const std::string id = case_of(crisis);
    EXPECT_TRUE(carer.hears(event("crisis.called"))) << carer.heard();
    EXPECT_TRUE(carer.heard().contains(event("crisis.logged")));
    EXPECT_TRUE(all.hears(event("crisis.logged")));
    ASSERT_EQ(claim(other, id).status, 200);
    EXPECT_TRUE(stranger.hears(event("case.claimed")));
    EXPECT_TRUE(stranger.heard().contains(event("case.opened")));
    EXPECT_FALSE(stranger.heard().contains("crisis.")) << stranger.heard();
    EXPECT_FALSE(stranger.heard().contains("session.moved"));
    EXPECT_FALSE(stranger.heard().contains(user.id));
    EXPECT_TRUE(carer.hears(event("crisis.acknowledged")));
    sql_do("UPDATE hitl_escalations SET claim_expires_at = now() - interval '1 second'");
    EXPECT_EQ(job("haven_job_lapse_claims"), "1");
    EXPECT_TRUE(stranger.hears(event("case.lapsed")));
    EXPECT_NE(sql(std::format("SELECT count(*) FROM audit_logs WHERE action = 'event_listen' AND "
                              "clinician_id = '{}' AND user_id = '{}'",
                              other.id, user.id)),
              "0")
        << "the record names whose case it was";
}

TEST_F(Events, AServiceHearsWhatItsScopesAreAboutAndNothingOfWhoDoesNotConsent) {
    HttpClient leads = server.new_service("leads", "sessions consents");
    Ear ours = ear(leads);
    ASSERT_TRUE(ours.hears(event("ready")));
    mark();
    ASSERT_TRUE(ours.hears(event("session.moved")));
    crisis_in(new_session());
    ASSERT_EQ(user.put("/v1/consents/" + new_id(),
                       R"({"consent_type":"data_processing","consent_version":"v1.0",)"
                       R"("consent_given":false})")
                  .status,
              201);
    ASSERT_TRUE(ours.hears(event("consent.changed")));
    const std::size_t before = ours.count(event("session.moved"));
    sql_do("INSERT INTO events (kind, resource_type, resource_id, user_id, for_scope) SELECT "
           "'session.moved', 'sessions', gen_random_uuid(), id, 'sessions' FROM users");
    HttpClient ben = server.new_user();
    const std::string his = new_id();
    ASSERT_EQ(ben.put("/v1/sessions/" + his, session_body()).status, 201);
    ASSERT_TRUE(ours.hears(his));
    EXPECT_EQ(ours.count(event("session.moved")), before + 1);
    EXPECT_FALSE(ours.heard().contains("crisis.")) << ours.heard();
    EXPECT_EQ(server.client().get("/v1/events").status, 401);
    HttpClient speaks = server.new_service("speaks", "speech");
    EXPECT_EQ(speaks.get("/v1/events").status, 403);
}

TEST_F(Events, WhatIsCommittedLaterIsToldLaterAndNeverLeftOut) {
    Ear mine = ear(user);
    ASSERT_TRUE(mine.hears(event("ready")));
    auto slow = store::Connection::open(server.config().database_url);
    ASSERT_TRUE(slow);
    const std::string first = new_id();
    const std::string second = new_id();
    const auto insert = [&](const std::string& id) {
        return std::format("INSERT INTO events (kind, resource_type, resource_id, user_id, "
                           "for_person) VALUES ('session.moved', 'sessions', '{}', '{}', true)",
                           id, user.id);
    };
    ASSERT_TRUE(slow->execute("BEGIN"));
    ASSERT_TRUE(slow->execute(insert(first))); // a lower number, not committed yet
    sql_do(insert(second));
    ASSERT_TRUE(mine.hears(second));
    const std::string resume = mine.last_id();
    EXPECT_FALSE(mine.heard().contains(first));
    ASSERT_TRUE(slow->execute("COMMIT"));
    EXPECT_TRUE(mine.hears(first)) << "skipped";
    const Reply missed = once(user, resume);
    EXPECT_TRUE(missed.body.contains(first)) << missed.body;
    EXPECT_FALSE(missed.body.contains(second));
}

TEST_F(Events, WhoComesAgainWithTheLastIdHearsWhatTheyMissed) {
    std::string last;
    {
        Ear mine = ear(user);
        ASSERT_TRUE(mine.hears(event("ready")));
        mark();
        ASSERT_TRUE(mine.hears(event("session.moved")));
        last = mine.last_id();
    }
    std::vector<std::string> missed;
    for (int i = 0; i < 250; ++i) { // several pages
        missed.push_back(new_id());
        sql_do(std::format("INSERT INTO events (kind, resource_type, resource_id, user_id, "
                           "for_person) VALUES ('session.moved', 'sessions', '{}', '{}', true)",
                           missed.back(), user.id));
    }
    Ear again = ear(user, last);
    ASSERT_TRUE(again.hears(missed.back()));
    EXPECT_EQ(again.count(event("session.moved")), 250U);
    std::size_t at = 0;
    for (const std::string& id : missed) {
        const std::size_t found = again.heard().find(id, at);
        ASSERT_NE(found, std::string::npos) << "in order";
        at = found;
    }
    Ear lost = ear(user, new_id());
    EXPECT_TRUE(lost.hears(event("reset")));
    Ear nonsense = ear(user, "yesterday");
    EXPECT_TRUE(nonsense.hears(event("reset")));
    sql_do("UPDATE events SET created_at = now() - interval '8 days' WHERE id = '" + last + "'");
    job("haven_job_forget_events");
    Ear late = ear(user, last);
    EXPECT_TRUE(late.hears(event("reset"))) << "what is forgotten cannot be told";
}

TEST_F(Events, ATokenThatEndsEndsItsStream) {
    Ear mine = ear(user);
    Ear hers = ear(reviewer);
    ASSERT_TRUE(mine.hears(event("ready")));
    ASSERT_TRUE(hers.hears(event("ready")));
    ASSERT_EQ(user.remove("/v1/auth/tokens/current").status, 204);
    EXPECT_TRUE(mine.hears(R"({"kind":"end","reason":"token"})")) << mine.heard();
    sql_do("UPDATE clinicians SET role = 'senior' WHERE id = '" + reviewer.id + "'");
    EXPECT_TRUE(hers.hears(R"("reason":"token")")) << "they are somebody else now";
    HttpClient ben = server.new_user();
    Ear his = ear(ben);
    ASSERT_TRUE(his.hears(event("ready")));
    sql_do("UPDATE access_tokens SET expires_at = now() WHERE family_id IN (SELECT id FROM "
           "token_families WHERE user_id = '" +
           ben.id + "')");
    EXPECT_TRUE(his.hears(R"("reason":"token")"));
}

TEST_F(Events, SoManyStreamsOfOneBearerAndNoMore) {
    std::vector<Ear> ears;
    for (std::size_t i = 0; i < http::Limits{}.streams_of_bearer_max; ++i) {
        ears.push_back(ear(user));
        ASSERT_TRUE(ears.back().hears(event("ready")));
    }
    HttpClient direct(server.url());
    direct.token = user.token;
    EXPECT_EQ(direct.get("/v1/events").status, 429);
    EXPECT_EQ(direct.get("/v1/events?once=true").status, 200);
    ears.pop_back();
    EXPECT_TRUE(await(30s, [&] { // it is noticed that nobody is there any more
        Ear next = ear(user);
        next.listen(200ms);
        return next.heard().starts_with("HTTP/1.1 200 ");
    }));
}

TEST_F(Events, AfterAStreamTheConnectionIsAsGoodAsBefore) {
    const RawConnection connection(server.port());
    const std::string head = "Host: x\r\nAuthorization: Bearer " + user.token + "\r\n\r\n";
    connection.send("HEAD /v1/events HTTP/1.1\r\n" + head);
    EXPECT_TRUE(connection.read_within(5s).contains("text/event-stream"));
    connection.send("OPTIONS /v1/events HTTP/1.1\r\n" + head);
    EXPECT_TRUE(connection.read_within(5s).contains("Allow: OPTIONS, HEAD, GET\r\n"));
    connection.send("GET /v1/events?once=true HTTP/1.1\r\n" + head);
    EXPECT_TRUE(connection.read_within(5s).contains("event: ready"));
    Ear old(server.port(), user.token, "", "1.0");
    EXPECT_TRUE(old.hears(event("ready")));
    EXPECT_FALSE(old.heard().contains("chunked")) << old.heard();
}

TEST(EventStreams, AServerThatStopsEndsThemAndHeartbeatsTellThatItIsThere) {
    const http::Limits limits{.heartbeat = 300ms};
    TestServer server(limits);
    HttpClient user = server.new_user();
    Ear mine(server.port(), user.token);
    ASSERT_TRUE(mine.hears("event: ready\n"));
    EXPECT_TRUE(mine.hears("\r\n:\n\n\r\n"));
    server.request_stop();
    EXPECT_TRUE(mine.hears(R"("reason":"stopping")")) << mine.heard();
    EXPECT_TRUE(mine.hears("\r\n0\r\n\r\n")) << "and the body's end";
    server.join();
}

TEST(EventStreams, WhatAServerHasWrittenAnothersListenersHear) {
    const char* const wanted = std::getenv("HAVEN_TEST_SERVERS");
    if (wanted == nullptr) {
        GTEST_SKIP() << "with two servers";
    }
    const TestServer server;
    HttpClient user = server.new_user(); // asks the two in turn
    Ear mine(server.port(), user.token);
    ASSERT_TRUE(mine.hears("event: ready\n"));
    for (int i = 0; i < 4; ++i) {
        const std::string id = new_id();
        ASSERT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        EXPECT_TRUE(mine.hears(id));
    }
    EXPECT_EQ(mine.count("event: session.moved"), 4U);
}

} // namespace
} // namespace haven::test
