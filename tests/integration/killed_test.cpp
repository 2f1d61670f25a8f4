// A server that is killed in the middle of what leaves it: another one goes on once the lease of
// what the dead one had taken is over. Nobody is left out, and nobody hears anything twice before.
#include "server/config.hpp"
#include "server/store/connection.hpp"
#include "tests/integration/care_fixture.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/sinks.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <stdexcept>
#include <string>
#include <utility>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

/// The fixture's server takes what is asked for and sends nothing; these do.
class Killed : public Care {
  protected:
    [[nodiscard]] Process worker() {
        ServerConfig config = server.config();
        config.jobs_enabled = true;
        config.smtp_url = mail.url();
        config.mail_from = "Haven <mail@clinic.example>";
        config.webhook_allow_network = "127.0.0.1";
        auto started =
            Process::start({.argv = server_command(config),
                            .environment = {},
                            .without_environment = {},
                            .output_stem = directory.path() / std::format("worker-{}", ++workers)});
        if (!started) {
            throw std::runtime_error(started.error());
        }
        return std::move(*started);
    }
    bool await_sql(const std::string& text, const std::string& wanted) const {
        return await(60s, [&] { return sql(text) == wanted; });
    }
    void call_again() const { sql_do("UPDATE crisis_chains SET next_call_at = now()"); }
    void has_address(const HttpClient& clinician, const std::string& email) const {
        sql_do(
            std::format("UPDATE clinicians SET email = '{}' WHERE id = '{}'", email, clinician.id));
    }
    std::size_t mails_to(const std::string& name) const {
        return mail.mailbox().to(name + "@clinic.example").size();
    }
    /// "STEP ROLE" of each call, in order.
    std::string calls() const {
        return sql("SELECT string_agg(step || ' ' || role, ', ' ORDER BY round, step, "
                   "clinicians.id) FROM crisis_calls JOIN clinicians ON clinicians.id = "
                   "clinician_id");
    }

    TempDirectory directory;
    MailSink mail{directory.path() / "mail"};
    int workers = 0;
};

TEST_F(Killed, InAChainOfCallsTheNextGoesOnAndEachStepIsCalledOnce) {
    has_address(reviewer, "ann@clinic.example");
    has_address(senior, "ben@clinic.example");
    has_address(supervisor, "cleo@clinic.example");
    care_for(reviewer);
    crisis_in(new_session()); // step 1 is called at once
    auto holder = store::Connection::open(server.config().database_url);
    ASSERT_TRUE(holder);
    {
        Process dying = worker();
        ASSERT_TRUE(await_sql("SELECT count(*) FROM letters", "0")) << dying.errors();
        ASSERT_TRUE(holder->execute("BEGIN; LOCK TABLE crisis_calls IN SHARE MODE"));
        call_again();
        ASSERT_TRUE(await_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                              "current_database() AND wait_event_type = 'Lock' AND query LIKE "
                              "'%haven_job_call%'",
                              "1"))
            << dying.errors();
        dying.kill();
    }
    const Process next = worker();
    ASSERT_TRUE(holder->execute("COMMIT"));
    EXPECT_TRUE(await(60s, [&] { return calls() == "1 reviewer, 2 senior"; })) << calls();
    call_again();
    EXPECT_TRUE(await(60s, [&] { return calls() == "1 reviewer, 2 senior, 3 supervisor"; }))
        << calls();
    EXPECT_TRUE(await_sql("SELECT count(*) FROM letters WHERE kind = 'crisis_call'", "0"));
    EXPECT_EQ(sql("SELECT string_agg(letter_status, ' ') FROM crisis_calls"), "sent sent sent");
    for (const char* name : {"ann", "ben", "cleo"}) {
        EXPECT_EQ(mails_to(name), 1U) << name;
    }
}

TEST_F(Killed, InTheLetterOfACallItIsSentAgainOnceItsLeaseIsOver) {
    has_address(reviewer, "slow@clinic.example"); // whom the mail server keeps waiting, once
    has_address(senior, "ben@clinic.example");
    care_for(reviewer);
    crisis_in(new_session());
    {
        Process dying = worker();
        ASSERT_TRUE(await(60s, [&] { return mail.exists("waits"); })) << dying.errors();
        dying.kill();
    }
    const Process next = worker();
    call_again();
    EXPECT_EQ(mail.mailbox().await_to("ben@clinic.example", 1).size(), 1U) << "others go on";
    EXPECT_EQ(mails_to("slow"), 0U);
    EXPECT_EQ(sql("SELECT attempts || ' ' || (next_attempt_at BETWEEN now() AND now() + interval "
                  "'2 minutes')::text FROM letters WHERE kind = 'crisis_call' AND clinician_id = "
                  "'" +
                  reviewer.id + "'"),
              "1 true");
    sql_do("UPDATE letters SET next_attempt_at = now()");
    EXPECT_EQ(mail.mailbox().await_to("slow@clinic.example", 1).size(), 1U);
    EXPECT_TRUE(await_sql("SELECT string_agg(letter_status, ' ') FROM crisis_calls", "sent sent"));
    EXPECT_EQ(mails_to("slow"), 1U);
    EXPECT_EQ(mails_to("ben"), 1U);
}

TEST_F(Killed, InADeliveryTheReceiverHearsItAgainWithTheSameIdOnceItsLeaseIsOver) {
    const WebhookSink sink(directory.path() / "sink");
    sink.answers("silent");
    ASSERT_EQ(supervisor
                  .send("PUT", "/v1/webhooks/" + new_id(),
                        std::format(R"({{"service_id":"{}","url":"{}","kinds":)"
                                    R"(["session.moved"]}})",
                                    agent.id, sink.url()),
                        {"Content-Type: application/json", "If-None-Match: *"})
                  .status,
              201);
    const std::string first = new_session();
    std::string id;
    {
        Process dying = worker();
        id = json_at(sink.await_messages(1).front(), "/id");
        dying.kill();
    }
    sink.answers("204");
    const Process next = worker();
    const std::string second = new_session();
    EXPECT_TRUE(sink.await_messages(2).at(1).contains(second)) << "others go on";
    ASSERT_TRUE(
        await_sql("SELECT count(*) FROM webhook_deliveries WHERE delivered_at IS NULL", "1"));
    EXPECT_EQ(sql("SELECT tries || ' ' || (next_attempt_at BETWEEN now() AND now() + interval '30 "
                  "seconds')::text FROM webhook_deliveries WHERE delivered_at IS NULL"),
              "1 true");
    sql_do("UPDATE webhook_deliveries SET next_attempt_at = now()");
    const auto all = sink.await_messages(3);
    EXPECT_EQ(json_at(all.at(2), "/id"), id);
    EXPECT_TRUE(all.at(2).contains(first));
    EXPECT_TRUE(
        await_sql("SELECT count(*) FROM webhook_deliveries WHERE delivered_at IS NULL", "0"));
    EXPECT_EQ(sink.messages().size(), 3U);
}

} // namespace
} // namespace haven::test
