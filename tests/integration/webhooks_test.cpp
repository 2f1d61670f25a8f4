// Events sent to services: signed, again until they are taken, and to no address that is not meant
// to be reached. The receiver is a program of its own (webhook_sink.py), with another
// implementation of the signature.
#include "server/config.hpp"
#include "server/seal/secret.hpp"
#include "server/webhooks/delivery.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/sinks.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <boost/asio/ip/address.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class Webhooks : public ::testing::Test {
  protected:
    static ServerConfig that_sends(const TempDirectory& directory, const std::string& allowed) {
        ServerConfig config = TestServer::fresh_config(directory);
        config.jobs_enabled = true;
        config.webhook_allow_network = allowed;
        return config;
    }
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void sql_do(const std::string& text) const { test::sql_do(server.config().database_url, text); }
    Reply put_webhook(const std::string& id, const std::string& url,
                      const std::string& kinds = R"("session.moved")",
                      const std::string& more = "") {
        return put_webhook(id, "If-None-Match: *", url, kinds, more);
    }
    Reply put_webhook(const std::string& id, const std::string& condition, const std::string& url,
                      const std::string& kinds, const std::string& more) {
        return supervisor.send("PUT", "/v1/webhooks/" + id,
                               std::format(R"({{"service_id":"{}","url":"{}","kinds":[{}]{}}})",
                                           service.id, url, kinds, more),
                               {"Content-Type: application/json", condition});
    }
    std::string new_session() {
        const std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }
    std::string deliveries(const std::string& id) {
        return supervisor.get("/v1/webhooks/" + id + "/deliveries").body;
    }
    bool await_delivery(const std::string& id, std::string_view pointer, std::string_view wanted) {
        return await(30s, [&] { return json_at(deliveries(id), pointer) == wanted; });
    }

    TempDirectory directory;
    WebhookSink sink{directory.path() / "sink"};
    TestServer server{{}, that_sends(directory, "127.0.0.1")};
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("pager");
    HttpClient supervisor = server.new_clinician("supervisor");
    std::string hook = new_id();
};

TEST_F(Webhooks, AnEventArrivesOnceSignedAndWithoutAWordOfAnybodys) {
    const Reply made = put_webhook(hook, sink.url());
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_TRUE(made.member("secret").starts_with("whsec_"));
    EXPECT_EQ(supervisor.get("/v1/webhooks/" + hook).member("secret"), "") << "shown once";
    EXPECT_NE(sql("SELECT encode(sealed_secret, 'base64') FROM webhooks"),
              made.member("secret").substr(6));
    sink.knows(made.member("secret"));
    const std::string session = new_session();
    const std::string message = sink.await_messages(1).front();
    EXPECT_EQ(json_at(message, "/good"), "1") << message;
    EXPECT_EQ(json_at(message, "/type"), "session.moved");
    const std::string body = json_at(message, "/body");
    EXPECT_EQ(json_at(body, "/data/resource_id"), session);
    EXPECT_EQ(json_at(body, "/data/resource_type"), "sessions");
    EXPECT_FALSE(body.contains(user.id)) << body;
    EXPECT_TRUE(await_delivery(hook, "/items/0/status", "delivered")) << deliveries(hook);
    EXPECT_EQ(json_at(deliveries(hook), "/items/0/id"), json_at(message, "/id"));
    EXPECT_EQ(json_at(deliveries(hook), "/items/0/attempts/0/response_status"), "204");
    EXPECT_EQ(sink.messages().size(), 1U);
}

TEST_F(Webhooks, WhatIsNotTakenIsSentAgainWithTheSameIdUntilItIs) {
    sink.answers("503");
    ASSERT_EQ(put_webhook(hook, sink.url()).status, 201);
    new_session();
    ASSERT_EQ(sink.await_messages(1).size(), 1U);
    ASSERT_TRUE(await_delivery(hook, "/items/0/attempts/0/response_status", "503"));
    EXPECT_EQ(json_at(deliveries(hook), "/items/0/status"), "waiting");
    EXPECT_EQ(sql("SELECT next_attempt_at > now() + interval '20 seconds' FROM webhook_deliveries"),
              "t")
        << "not at once";
    sink.answers("204");
    sql_do("UPDATE webhook_deliveries SET next_attempt_at = now()");
    const auto both = sink.await_messages(2);
    EXPECT_EQ(json_at(both[0], "/id"), json_at(both[1], "/id"));
    EXPECT_TRUE(await_delivery(hook, "/items/0/status", "delivered"));
    EXPECT_EQ(json_at(deliveries(hook), "/items/0/attempts/1/response_status"), "204");
    EXPECT_EQ(sql("SELECT failing_since IS NULL FROM webhooks"), "t");
}

TEST_F(Webhooks, AfterThreeDaysItIsGivenUpTheSupervisorsHearOfItAndItCanBeSentOnceMore) {
    sink.answers("500");
    ASSERT_EQ(put_webhook(hook, sink.url()).status, 201);
    new_session();
    ASSERT_TRUE(await_delivery(hook, "/items/0/attempts/0/response_status", "500"));
    sql_do("UPDATE webhook_deliveries SET since = now() - interval '73 hours', next_attempt_at = "
           "now()");
    ASSERT_TRUE(await_delivery(hook, "/items/0/status", "given_up"));
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("webhooks":"failing")"));
    EXPECT_TRUE(await(30s, [&] {
        return sql("SELECT count(*) FROM audit_logs WHERE action = 'mail_webhook_failed'") == "1";
    }));
    sink.answers("204");
    const std::string sent = json_at(deliveries(hook), "/items/0/id");
    const std::string again = "/v1/webhooks/" + hook + "/deliveries/" + sent + "/redelivery";
    EXPECT_EQ(supervisor.post(again, "").status, 202);
    EXPECT_TRUE(await_delivery(hook, "/items/0/status", "delivered"));
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("webhooks":"ok")"));
    EXPECT_EQ(
        supervisor.post("/v1/webhooks/" + new_id() + "/deliveries/" + sent + "/redelivery", "")
            .status,
        404);
}

TEST_F(Webhooks, AReceiverThatIsSilentKeepsNobodyElseWaiting) {
    const WebhookSink other{directory.path() / "other"};
    const std::string silent = new_id();
    sink.answers("503");
    ASSERT_EQ(put_webhook(silent, sink.url()).status, 201);
    new_session();
    ASSERT_TRUE(await_delivery(silent, "/items/0/attempts/0/response_status", "503"));
    EXPECT_EQ(sql("SELECT failing_since IS NULL FROM webhooks"), "f");
    sink.answers("silent");
    for (int i = 0; i < 20; ++i) {
        new_session();
    }
    // One of them is under way; the rest would have had all their turns first.
    ASSERT_TRUE(await(30s, [&] { return sink.messages().size() > 1; }));
    ASSERT_EQ(put_webhook(hook, other.url()).status, 201);
    const std::string session = new_session();
    EXPECT_EQ(json_at(json_at(other.await_messages(1).front(), "/body"), "/data/resource_id"),
              session);
}

TEST_F(Webhooks, ASecretIsRotatedWithAnOverlap) {
    const std::string first = put_webhook(hook, sink.url()).member("secret");
    const Reply turned =
        supervisor.post("/v1/webhooks/" + hook + "/secret", R"({"overlap_seconds":3600})");
    ASSERT_EQ(turned.status, 201) << turned.body;
    const std::string second = turned.member("secret");
    EXPECT_NE(first, second);
    sink.knows(first + "\n" + second);
    new_session();
    EXPECT_EQ(json_at(sink.await_messages(1)[0], "/good"), "2") << "both sign";
    sql_do("UPDATE webhooks SET older_until = now()");
    sink.knows(first);
    new_session();
    EXPECT_EQ(json_at(sink.await_messages(2)[1], "/good"), "0") << "its time is over";
    EXPECT_EQ(put_webhook(hook, sink.url()).status, 412) << "there is one";
    EXPECT_EQ(put_webhook(new_id(), "If-Match: *", sink.url(), R"("drawing.stored")", "").status,
              412);
    const Reply shown = supervisor.get("/v1/webhooks/" + hook);
    const Reply changed = put_webhook(hook, "If-Match: " + shown.headers.at("etag"), sink.url(),
                                      R"("drawing.stored")", "");
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.body, supervisor.get("/v1/webhooks/" + hook).body);
    EXPECT_EQ(changed.member("secret"), "");
}

TEST_F(Webhooks, ARedirectIsNotFollowedAndALongAnswerNotRead) {
    sink.answers("redirect");
    ASSERT_EQ(put_webhook(hook, sink.url()).status, 201);
    new_session();
    ASSERT_TRUE(await_delivery(hook, "/items/0/attempts/0/response_status", "302"));
    EXPECT_EQ(sink.messages().size(), 1U);
    sink.answers("long");
    new_session();
    EXPECT_TRUE(await_delivery(hook, "/items/0/status", "delivered")) << deliveries(hook);
}

TEST_F(Webhooks, NothingIsSentOfWhoDoesNotConsentNorBeyondTheServicesScopes) {
    ASSERT_EQ(put_webhook(hook, sink.url(), R"("session.moved","consent.changed")").status, 201);
    const std::string last = new_id();
    sink.answers("503");
    new_session();
    ASSERT_TRUE(await_delivery(hook, "/items/0/attempts/0/response_status", "503"));
    ASSERT_EQ(user.put("/v1/consents/" + new_id(),
                       R"({"consent_type":"data_processing","consent_version":"v1.0",)"
                       R"("consent_given":false})")
                  .status,
              201);
    sink.answers("204");
    sql_do("UPDATE webhook_deliveries SET next_attempt_at = now()");
    EXPECT_TRUE(await(30s, [&] { return deliveries(hook).contains("consent.changed"); }));
    EXPECT_TRUE(await(30s, [&] { return !deliveries(hook).contains("session.moved"); }))
        << deliveries(hook);
    sql_do("UPDATE services SET scopes = '{speech}'");
    HttpClient ben = server.new_user();
    ASSERT_EQ(ben.put("/v1/sessions/" + last, session_body()).status, 201);
    EXPECT_TRUE(await(
        30s, [&] { return sql("SELECT count(*) FROM events WHERE position IS NULL") == "0"; }));
    EXPECT_FALSE(deliveries(hook).contains(last));
}

TEST_F(Webhooks, AUrlIsHttpsOrOfThisMachine) {
    for (const char* none : {"http://example.org/", "ftp://example.org/", "https://", "pager",
                             "https://name:word@example.org/", "https://example.org/#x",
                             "http://127.0.0.1.example.org/", "file:///etc/passwd"}) {
        const Reply refused = put_webhook(new_id(), none);
        EXPECT_EQ(refused.status, 422) << none << refused.body;
        EXPECT_TRUE(refused.points_to("/url")) << none;
    }
    EXPECT_EQ(put_webhook(new_id(), "https://example.org/haven").status, 201);
    EXPECT_EQ(put_webhook(new_id(), "http://[::1]:1/").status, 201);
    EXPECT_EQ(put_webhook(new_id(), sink.url(), R"("everything")").status, 422);
    EXPECT_EQ(service.get("/v1/webhooks").status, 403);
}

TEST(WebhookAddresses, NothingIsSentToAnAddressThatIsNotAllowed) {
    const TempDirectory directory;
    const WebhookSink sink(directory.path() / "sink");
    const std::atomic<bool> stopping = false;
    const auto attempt = [&](const std::string& url, const webhooks::MayReach& may_reach) {
        return webhooks::deliver({.id = "1", .url = url, .signature = "v1,x", .body = "{}"},
                                 may_reach, stopping);
    };
    for (const std::string& url : {sink.url(), sink.url("localhost"), sink.url("0x7f000001"),
                                   sink.url("2130706433"), sink.url("[::ffff:127.0.0.1]")}) {
        const webhooks::Attempt refused = attempt(url, webhooks::is_public);
        EXPECT_EQ(refused.status, 0) << url;
        EXPECT_EQ(refused.failure, "an address that nothing is sent to") << url;
    }
    EXPECT_TRUE(sink.messages().empty());
}

TEST(WebhookAddresses, ThoseOfTheInternetArePublicAndNoOthers) {
    const auto is_public = [](const char* text) {
        return webhooks::is_public(boost::asio::ip::make_address(text));
    };
    for (const char* inside :
         {"0.0.0.0",         "10.1.2.3",        "100.64.0.1",  "127.0.0.1",
          "169.254.169.254", "172.31.255.255",  "192.168.1.1", "198.19.0.1",
          "224.0.0.1",       "255.255.255.255", "::",          "::1",
          "fe80::1",         "fd00::1",         "ff02::1",     "::ffff:10.0.0.1",
          "64:ff9b::a00:1",  "2002:a00:1::1",   "2001:db8::1", "2001::1"}) {
        EXPECT_FALSE(is_public(inside)) << inside;
    }
    for (const char* outside : {"1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111",
                                "2a00:1450::1", "::ffff:8.8.8.8"}) {
        EXPECT_TRUE(is_public(outside)) << outside;
    }
}

/// As Python's hmac has it.
TEST(WebhookSignatures, AreThoseOfStandardWebhooks) {
    seal::Secret secret;
    for (std::size_t i = 0; i < seal::Secret::size_bytes; ++i) {
        secret.data()[i] = static_cast<unsigned char>(i);
    }
    EXPECT_EQ(webhooks::secret_text(secret), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    const std::vector<const seal::Secret*> one{&secret};
    EXPECT_EQ(webhooks::signature_of("msg_1", 1614265330, R"({"test": 2432232314})", one),
              "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0=");
}

} // namespace
} // namespace haven::test
