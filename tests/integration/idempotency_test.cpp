// A POST with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) is carried out once.
#include "server/store/connection.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

constexpr const char* json_type = "Content-Type: application/json";

class Idempotency : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static std::string clinician(const std::string& name) {
        return std::format(R"({{"email":"{}@clinic.example","full_name":"Lee"}})", name);
    }
    static Reply post(HttpClient& who, const std::string& path, const std::string& body,
                      const std::string& key) {
        return who.send("POST", path, body, {json_type, "Idempotency-Key: " + key});
    }
    std::string clinicians() const { return sql("SELECT count(*) FROM clinicians"); }

    TempDirectory directory;
    TestServer server{{}, without_rates(directory)};
    HttpClient supervisor = server.new_clinician("supervisor");
};

TEST_F(Idempotency, TheSameAgainIsAnsweredTheSameAndNotCarriedOutAgain) {
    const Reply first = post(supervisor, "/v1/clinicians", clinician("lee"), "\"k-1\"");
    ASSERT_EQ(first.status, 201) << first.body;
    const std::string there = clinicians();
    const Reply again = post(supervisor, "/v1/clinicians", clinician("lee"), "\"k-1\"");
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.headers.at("location"), first.headers.at("location"));
    EXPECT_EQ(again.headers.at("etag"), first.headers.at("etag"));
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), "k-1").body, first.body)
        << "a token is the same key as the string";
    EXPECT_EQ(clinicians(), there);
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'invitation'"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'clinician_create' AND "
                  "response_status = 201"),
              "3")
        << "each is recorded";
    EXPECT_EQ(sql("SELECT count(*) FROM idempotency_keys WHERE key_hash = sha256('k-1') AND "
                  "position('k-1' IN idempotency_keys::text) = 0"),
              "1")
        << "of the key there is a hash alone";
    EXPECT_EQ(supervisor.post("/v1/clinicians", clinician("lee")).status, 409)
        << "without a key the address decides";
}

TEST_F(Idempotency, AKeyIsOfOneRequestOfOneSender) {
    ASSERT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), "k").status, 201);
    const Reply other = post(supervisor, "/v1/clinicians", clinician("kim"), "k");
    EXPECT_EQ(other.status, 422) << other.body;
    EXPECT_EQ(other.member("type"), "/problems/idempotency-key-reused");
    EXPECT_EQ(post(supervisor, "/v1/clinicians",
                   "{ \"full_name\" : \"Lee\", \"email\": \"lee@clinic.example\" }", "k")
                  .status,
              201)
        << "the same however it is spelled";
    HttpClient second = server.new_clinician("supervisor");
    EXPECT_EQ(post(second, "/v1/clinicians", clinician("kim"), "k").status, 201);
    EXPECT_EQ(post(second, "/v1/services", R"({"name":"k","scopes":["sessions"]})", "k").status,
              201)
        << "nor of another operation";
}

TEST_F(Idempotency, ARefusalGivesTheKeyBack) {
    EXPECT_EQ(post(supervisor, "/v1/clinicians", R"({"email":"no"})", "k").status, 422);
    ASSERT_EQ(supervisor.post("/v1/clinicians", clinician("kim")).status, 201);
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("kim"), "k").status, 409);
    EXPECT_EQ(sql("SELECT count(*) FROM idempotency_keys"), "0");
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), "k").status, 201);
}

/// However many receipts there are.
TEST_F(Idempotency, ARefusalLooksThroughNoReceipts) {
    const std::string id = new_id();
    sql_do(server.config().database_url,
           "INSERT INTO write_receipts (resource_type, resource_id, actor_id, digest) SELECT "
           "'session', gen_random_uuid(), gen_random_uuid(), sha256('') FROM generate_series(1, "
           "50000); ANALYZE write_receipts");
    const std::string claimed =
        std::format(R"(SELECT set_config('haven.actor', 'job', true), )"
                    R"(set_config('haven.claimed', '{{"kind":"session","id":"{}"}}', true); )",
                    id);
    const std::string plan =
        sql(claimed + "SELECT haven_unclaim(); EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT "
                      "haven_unclaim()");
    const std::string pages = json_at(plan, "/0/Plan/Shared Hit Blocks");
    ASSERT_FALSE(pages.empty()) << plan;
    EXPECT_LT(std::stoi(pages), 50) << plan;
    EXPECT_EQ(sql(claimed +
                  std::format("INSERT INTO write_receipts (resource_type, resource_id, actor_id, "
                              "digest) VALUES ('session', '{0}', gen_random_uuid(), sha256('')), "
                              "('exercise', '{0}', gen_random_uuid(), sha256('')); SELECT "
                              "haven_unclaim(); SELECT string_agg(resource_type, ' ') FROM "
                              "write_receipts WHERE resource_id = '{0}'",
                              id)),
              "exercise");
}

TEST_F(Idempotency, WhatWasRolledBackGivesTheKeyBack) {
    HttpClient user = server.new_user();
    const std::string session = "/v1/sessions/" + new_id();
    ASSERT_EQ(user.put(session, session_body()).status, 201);
    const auto word = [&](const char* given) {
        return user
            .put("/v1/consents/" + new_id(),
                 std::format(R"({{"consent_type":"data_processing","consent_version":"v1.0",)"
                             R"("consent_given":{}}})",
                             given))
            .status;
    };
    ASSERT_EQ(word("false"), 201);
    const std::string events = R"({"events":[{"event_type":"error"}]})";
    EXPECT_EQ(post(user, session + "/events", events, "k").status, 403);
    ASSERT_EQ(word("true"), 201);
    EXPECT_EQ(post(user, session + "/events", events, "k").status, 201);
    EXPECT_EQ(post(user, session + "/events", events, "k").status, 201);
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE event_type = 'error'"), "1");
}

TEST_F(Idempotency, WhileOneIsAtWorkItsTwinIsToldToWait) {
    auto holder = connect(server.config().database_url);
    const auto held = holder.query(std::format(
        "SELECT pg_advisory_lock(hashtextextended(format('key %s %s %s', '{}', '/v1/clinicians', "
        "encode(sha256('k'), 'hex')), 0))",
        supervisor.id));
    ASSERT_TRUE(held);
    const Reply twin = post(supervisor, "/v1/clinicians", clinician("lee"), "k");
    EXPECT_EQ(twin.status, 409) << twin.body;
    EXPECT_EQ(twin.headers.at("retry-after"), "1");
    EXPECT_EQ(clinicians(), "1");
    ASSERT_TRUE(holder.query("SELECT pg_advisory_unlock_all()"));
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), "k").status, 201);
}

TEST_F(Idempotency, OfManyAtOnceOneIsCarriedOut) {
    HttpClient user = server.new_user();
    const std::string session = "/v1/sessions/" + new_id();
    ASSERT_EQ(user.put(session, session_body()).status, 201);
    std::atomic<int> odd = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 6; ++i) {
            all.emplace_back([&] {
                HttpClient client = server.client();
                client.token = user.token;
                const int status =
                    post(client, session + "/events", R"({"events":[{"event_type":"error"}]})", "k")
                        .status;
                odd += status == 201 || status == 409 ? 0 : 1;
            });
        }
    }
    EXPECT_EQ(odd, 0);
    EXPECT_EQ(sql("SELECT count(*) FROM session_events WHERE event_type = 'error'"), "1");
}

TEST_F(Idempotency, WhatIsToldOnceIsKeptNowhere) {
    const std::string body = R"({"name":"web","scopes":["sessions"]})";
    const Reply made = post(supervisor, "/v1/services", body, "k");
    ASSERT_EQ(made.status, 201) << made.body;
    const Reply again = post(supervisor, "/v1/services", body, "k");
    EXPECT_EQ(again.status, 409);
    EXPECT_TRUE(again.member("detail").contains("told once")) << again.body;
    EXPECT_EQ(sql("SELECT count(*) FROM services WHERE name = 'web'"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM idempotency_keys WHERE position('" +
                  made.member("access_token") + "' IN idempotency_keys::text) > 0"),
              "0");
}

TEST_F(Idempotency, ACaseIsClaimedOnceWithAKey) {
    const Reply none = post(supervisor, "/v1/hitl-escalations/claims", "", "k");
    EXPECT_EQ(none.status, 204) << none.body;
    EXPECT_EQ(post(supervisor, "/v1/hitl-escalations/claims", "", "k").status, 204);
}

TEST_F(Idempotency, AfterADayAKeyIsForgotten) {
    ASSERT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), "k").status, 201);
    sql_do(server.config().database_url,
           "UPDATE idempotency_keys SET created_at = now() - interval '23 hours'");
    EXPECT_EQ(sql("SELECT haven_job_forget_keys()"), "0");
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("kim"), "k").status, 422);
    sql_do(server.config().database_url,
           "UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second'");
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("kim"), "k").status, 201);
    sql_do(server.config().database_url,
           "UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second'");
    EXPECT_EQ(sql("SELECT haven_job_forget_keys()"), "1");
}

TEST_F(Idempotency, OfOneSenderTheNewestTenThousandAreKept) {
    sql_do(
        server.config().database_url,
        std::format(
            "INSERT INTO idempotency_keys (actor_id, route, key_hash, request_digest, "
            "answer_status, "
            "created_at) SELECT '{}', '/v1/x', sha256(n::text::bytea), sha256('x'), 204, now() - "
            "n * interval '1 second' FROM generate_series(1, 10000) AS n",
            supervisor.id));
    ASSERT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), "k").status, 201);
    EXPECT_EQ(sql("SELECT count(*) || ' ' || count(*) FILTER (WHERE key_hash = "
                  "sha256('10000'::text::bytea)) FROM idempotency_keys"),
              "10000 0");
}

TEST_F(Idempotency, ABadKeyAndOneThatNobodyLooksAtAreRefused) {
    for (const char* key : {"two words", "\"open", "\"\"", "a,b", "\"bad \\x\""}) {
        EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), key).status, 400) << key;
    }
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), std::string(256, 'k')).status,
              400);
    HttpClient user = server.new_user();
    EXPECT_EQ(user.send("PUT", "/v1/sessions/" + new_id(), session_body(),
                        {json_type, "Idempotency-Key: k"})
                  .status,
              400);
    EXPECT_EQ(post(supervisor, "/v1/clinicians", clinician("lee"), std::string(255, 'k')).status,
              201);
}

} // namespace
} // namespace haven::test
