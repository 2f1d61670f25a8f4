// Letters on their way through a real mail server: what it refuses, what it takes later, and what
// happens when it or we die in the middle. Nothing is lost, and nothing goes out in clear.
#include "server/config.hpp"
#include "tests/integration/certificate.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/integration/sinks.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <format>
#include <set>
#include <string>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class Smtp : public ::testing::Test {
  protected:
    ServerConfig that_sends_to(const std::string& url) const {
        ServerConfig config = TestServer::fresh_config(directory);
        config.jobs_enabled = true;
        config.smtp_url = url;
        config.mail_from = "Klinik S\xC3\xBC"
                           "d <mail@clinic.example>";
        return config;
    }
    static void ask(const TestServer& server, const std::string& email) {
        EXPECT_EQ(server.client().post("/v1/users", registration_body(email)).status, 202);
    }
    static std::string sql(const TestServer& server, const std::string& text) {
        return sql_text(server.config().database_url, text);
    }
    /// As if the pause before the next attempt were over.
    static void try_now(const TestServer& server) {
        sql_do(server.config().database_url, "UPDATE letters SET next_attempt_at = now()");
    }
    static bool await_sql(const TestServer& server, const std::string& text,
                          const std::string& wanted) {
        return await(60s, [&] { return sql(server, text) == wanted; });
    }
    static std::string gauge(const TestServer& server, const std::string& name) {
        HttpClient scraper(std::format("http://127.0.0.1:{}", server.metrics_port()));
        const std::string text = scraper.get("/metrics").body;
        const std::size_t at = text.find("\n" + name + " ");
        return at == std::string::npos
                   ? ""
                   : text.substr(at + name.size() + 2,
                                 text.find('\n', at + 1) - at - name.size() - 2);
    }

    TempDirectory directory;
    std::filesystem::path sink_directory = directory.path() / "sink";
};

TEST_F(Smtp, AMessageArrivesAsItWasWritten) {
    const MailSink sink(sink_directory);
    const TestServer server({}, that_sends_to(sink.url()));
    ask(server, "ada@example.org");
    const Mail mail = sink.mailbox().await_to("ada@example.org", 1).front();
    EXPECT_EQ(mail.fault(), "") << mail.raw;
    EXPECT_EQ(mail.headers.at("from"), "=?utf-8?q?Klinik_S=C3=BCd?= <mail@clinic.example>");
    EXPECT_EQ(mail.headers.at("auto-submitted"), "auto-generated");
    EXPECT_TRUE(mail.headers.at("message-id").ends_with("@clinic.example>"));
    EXPECT_EQ(mail.code().size(), 43U);
    EXPECT_TRUE(MailSink::envelope(mail).starts_with("mail@clinic.example\nada@example.org\n"))
        << MailSink::envelope(mail);
    EXPECT_TRUE(await_sql(server, "SELECT count(*) FROM letters", "0"));
}

TEST_F(Smtp, AnAddressInOtherLettersIsSentAsSuch) {
    const MailSink sink(sink_directory);
    const TestServer server({}, that_sends_to(sink.url()));
    ask(server, "\xC3\xA5sa@b\xC3\xBC"
                "cher.example");
    const Mail mail = sink.mailbox().await_to("\xC3\xA5sa@xn--bcher-kva.example", 1).front();
    EXPECT_EQ(mail.fault(), "") << mail.raw;
    EXPECT_TRUE(MailSink::envelope(mail).contains("SMTPUTF8")) << MailSink::envelope(mail);
    ask(server, "ann@b\xC3\xBC"
                "cher.example");
    EXPECT_FALSE(MailSink::envelope(sink.mailbox().await_to("ann@xn--bcher-kva.example", 1).front())
                     .contains("SMTPUTF8"))
        << "a name of the network in ASCII needs nothing new";
}

TEST_F(Smtp, ARefusedRecipientIsGivenUpCountedAndTold) {
    const MailSink sink(sink_directory);
    const TestServer server({}, that_sends_to(sink.url()), Company::none);
    EXPECT_TRUE(server.client().get("/readyz").body.contains(R"("mail":"ok")"));
    ask(server, "refused@example.org");
    ask(server, "ada@example.org");
    EXPECT_EQ(sink.mailbox().await_to("ada@example.org", 1).size(), 1U) << "others go on";
    EXPECT_TRUE(await_sql(server,
                          "SELECT count(given_up_at) || ' ' || count(email) || ' ' || "
                          "max(attempts) FROM letters",
                          "1 0 1"));
    EXPECT_TRUE(await(60s, [&] { return gauge(server, "haven_letters_given_up") == "1"; }));
    const Reply ready = server.client().get("/readyz");
    EXPECT_EQ(ready.status, 200);
    EXPECT_TRUE(ready.body.contains(R"("mail":"failing")")) << ready.body;
}

TEST_F(Smtp, WhatIsNotTakenNowIsTakenLater) {
    const MailSink sink(sink_directory);
    const TestServer server({}, that_sends_to(sink.url()));
    for (const char* email : {"later@example.org", "full@example.org", "broken@example.org"}) {
        ask(server, email);
        EXPECT_TRUE(await_sql(server,
                              "SELECT attempts || ' ' || (next_attempt_at > now() + interval '1 "
                              "minute')::text FROM letters",
                              "1 true"))
            << email << sql(server, "SELECT string_agg(letters::text, ' ') FROM letters");
        EXPECT_TRUE(sink.mailbox().to(email).empty()) << email;
        try_now(server);
        const Mail mail = sink.mailbox().await_to(email, 1).front();
        EXPECT_EQ(server.client()
                      .post("/v1/auth/email-verifications",
                            std::format(R"({{"token":"{}","password":"{}"}})", mail.code(),
                                        "quiet-harbour-lamp"))
                      .status,
                  204)
            << email;
        EXPECT_TRUE(await_sql(server, "SELECT count(*) FROM letters", "0"));
    }
}

TEST_F(Smtp, AfterThreeDaysItIsGivenUp) {
    const TestServer server({}, that_sends_to("smtp://127.0.0.1:1"));
    ask(server, "ada@example.org");
    EXPECT_TRUE(await_sql(server,
                          "SELECT attempts || ' ' || count(given_up_at) FROM letters GROUP "
                          "BY attempts",
                          "1 0"));
    sql_do(server.config().database_url,
           "UPDATE letters SET created_at = now() - interval '2 days 23 hours'");
    try_now(server);
    EXPECT_TRUE(await_sql(server,
                          "SELECT attempts || ' ' || count(given_up_at) FROM letters GROUP "
                          "BY attempts",
                          "2 0"));
    EXPECT_TRUE(server.client().get("/readyz").body.contains(R"("mail":"failing")"))
        << "it waits for long";
    sql_do(server.config().database_url,
           "UPDATE letters SET created_at = now() - interval '3 days 1 hour'");
    try_now(server); // or the second attempt, counted when it began, fails only now
    EXPECT_TRUE(await_sql(server, "SELECT count(given_up_at) FROM letters", "1"));
}

TEST_F(Smtp, AKilledServerLosesNothing) {
    const MailSink sink(sink_directory);
    ServerConfig config = that_sends_to(sink.url());
    config.jobs_enabled = false;
    const TestServer server({}, config, Company::none); // takes what is asked for, sends nothing
    Command command{.argv = {HAVEN_BINARY_DIR "/haven-server", "--listen-port", "0",
                             "--metrics-port", "0", "--database-url", config.database_url,
                             "--data-dir", config.data_dir, "--smtp-url", config.smtp_url,
                             "--mail-from", config.mail_from},
                    .environment = {},
                    .without_environment = {},
                    .output_stem = directory.path() / "sender"};
    ask(server, "slow@example.org");
    {
        auto sender = Process::start(command);
        ASSERT_TRUE(sender);
        ASSERT_TRUE(await(60s, [&] { return sink.exists("waits"); })) << sender->errors();
        sender->kill();
    }
    EXPECT_EQ(sql(server, "SELECT attempts FROM letters"), "1");
    try_now(server);
    auto sender = Process::start(command);
    ASSERT_TRUE(sender);
    const Mail mail = sink.mailbox().await_to("slow@example.org", 1).front();
    EXPECT_EQ(
        server.client()
            .post("/v1/auth/email-verifications", std::format(R"({{"token":"{}","password":"{}"}})",
                                                              mail.code(), "quiet-harbour-lamp"))
            .status,
        204);
}

TEST_F(Smtp, TwoServersSendEachLetterOnce) {
    const MailSink sink(sink_directory);
    const ServerConfig config = that_sends_to(sink.url());
    const TestServer first({}, config);
    const TestServer second({}, config);
    constexpr int people = 40;
    sql_do(config.database_url,
           std::format("INSERT INTO users (email, password_hash, consent_data_processing) SELECT "
                       "n || '@example.org', '', true FROM generate_series(1, {}) AS n",
                       people));
    sql_do(config.database_url,
           "INSERT INTO letters (kind, bearer, email, email_older) SELECT 'reset', 'user', email, "
           "email FROM users");
    ASSERT_TRUE(await_sql(first, "SELECT count(*) FROM letters", "0"));
    std::multiset<std::string> to;
    for (const Mail& mail : sink.mailbox().all()) {
        to.insert(mail.headers.at("to"));
    }
    EXPECT_EQ(to.size(), std::size_t{people});
    EXPECT_EQ(std::set<std::string>(to.begin(), to.end()).size(), std::size_t{people});
    EXPECT_EQ(sql(first, "SELECT count(*) FROM audit_logs WHERE action = 'mail_reset'"),
              std::to_string(people));
}

TEST_F(Smtp, NothingGoesOutInClear) {
    write_certificate(directory.path() / "certificate.pem", directory.path() / "key.pem");
    const std::vector<std::string> shown{"--certificate", directory.path() / "certificate.pem",
                                         "--key", directory.path() / "key.pem"};
    const auto with = [&](const char* tls) {
        std::vector<std::string> all{"--tls", tls};
        all.insert(all.end(), shown.begin(), shown.end());
        return all;
    };
    struct Case {
        const char* what;
        std::vector<std::string> sink;
        const char* scheme;
        const char* host;
        bool trusted;
        const char* seen; ///< of the envelope; nothing: it is not sent
    };
    // mail.localhost leads here, and its name does not say so.
    const std::vector<Case> cases{
        {"STARTTLS", with("starttls"), "smtp", "mail.localhost", true, "\nTLS\n"},
        {"TLS", with("implicit"), "smtps", "mail.localhost", true, "\nTLS\n"},
        {"TLS, here", with("implicit"), "smtps", "127.0.0.1", true, "\nTLS\n"},
        {"in clear, here", {}, "smtp", "127.0.0.1", true, "\nclear\n"},
        {"no STARTTLS", {}, "smtp", "mail.localhost", true, nullptr},
        {"STARTTLS of nobody", with("starttls"), "smtp", "mail.localhost", false, nullptr},
        {"TLS of nobody", with("implicit"), "smtps", "127.0.0.1", false, nullptr}};
    for (const Case& each : cases) {
        const std::filesystem::path folder = sink_directory / each.what;
        const MailSink sink(folder, each.sink);
        ServerConfig config = that_sends_to(sink.url(each.scheme, each.host));
        if (each.trusted) {
            config.smtp_ca_file = directory.path() / "certificate.pem";
        }
        const TestServer server({}, config, Company::none);
        ask(server, "ada@example.org");
        if (each.seen != nullptr) {
            EXPECT_TRUE(MailSink::envelope(sink.mailbox().await_to("ada@example.org", 1).front())
                            .contains(each.seen))
                << each.what;
        } else {
            EXPECT_TRUE(await_sql(server,
                                  "SELECT count(*) FROM letters WHERE attempts = 1 AND given_up_at "
                                  "IS NULL",
                                  "1"))
                << each.what;
            EXPECT_TRUE(await(60s, [&] { return gauge(server, "haven_letters_waiting") == "1"; }));
            EXPECT_TRUE(sink.mailbox().all().empty()) << each.what;
        }
    }
}

TEST_F(Smtp, ItLogsInWithAPasswordFromAFileAndAWrongOneLosesNothing) {
    const MailSink sink(sink_directory, {"--auth"});
    for (const bool right : {true, false}) {
        ServerConfig config = that_sends_to(sink.url());
        config.smtp_user = "haven";
        config.smtp_password_file = directory.path() / "smtp.password";
        write_text(config.smtp_password_file, right ? "secret-of-smtp\n" : "another\n");
        std::filesystem::permissions(config.smtp_password_file,
                                     std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
        const TestServer server({}, config, Company::none);
        ask(server, "ada@example.org");
        if (right) {
            EXPECT_TRUE(MailSink::envelope(sink.mailbox().await_to("ada@example.org", 1).front())
                            .contains("True"));
        } else {
            EXPECT_TRUE(await(60s, [&] { return gauge(server, "haven_letters_waiting") == "1"; }));
            EXPECT_EQ(sql(server, "SELECT count(given_up_at) FROM letters"), "0");
            EXPECT_EQ(sink.mailbox().all().size(), 1U);
        }
    }
}

TEST_F(Smtp, ASiteIsLinkedTo) {
    const MailSink sink(sink_directory);
    ServerConfig config = that_sends_to(sink.url());
    config.site_url = "https://journal.example/haven";
    const TestServer server({}, config);
    ask(server, "ada@example.org");
    const Mail mail = sink.mailbox().await_to("ada@example.org", 1).front();
    EXPECT_TRUE(mail.body.contains(
        "\nhttps://journal.example/haven/verification#token=" + mail.code() + "\n"))
        << mail.body;
    EXPECT_EQ(mail.code().size(), 43U);
}

TEST_F(Smtp, SettingsThatCannotBeAreSaidAtTheStart) {
    const auto fails = [&](const char* what, auto change) {
        ServerConfig config = that_sends_to("smtp://127.0.0.1:1");
        change(config);
        const auto server = http::Server::create(config);
        ASSERT_FALSE(server) << what;
        EXPECT_TRUE(server.error().contains(what)) << server.error();
    };
    fails("--smtp-url", [](ServerConfig& c) { c.smtp_url = "http://127.0.0.1"; });
    fails("--smtp-url", [](ServerConfig& c) { c.smtp_url = "smtp://me:secret@127.0.0.1"; });
    fails("--mail-from", [](ServerConfig& c) { c.mail_from = "no address"; });
    fails("others may read", [&](ServerConfig& c) {
        c.smtp_user = "haven";
        c.smtp_password_file = directory.path() / "open.password";
        write_text(c.smtp_password_file, "secret\n");
        std::filesystem::permissions(c.smtp_password_file, std::filesystem::perms::owner_read |
                                                               std::filesystem::perms::others_read);
    });
    fails("--smtp-user", [](ServerConfig& c) {
        c.smtp_user = "haven";
        c.smtp_password_file = "/nowhere";
    });
}

} // namespace
} // namespace haven::test
