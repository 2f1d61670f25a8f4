// The server's own life: how it stops, what it does without its database, TLS, and the binary
// itself.
#include "server/http/listener.hpp"
#include "tests/integration/certificate.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/postgres.hpp"

#include <gtest/gtest.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <csignal>
#include <filesystem>
#include <format>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

TEST(HttpLifecycle, EveryRequestInFlightIsAnsweredBeforeTheServerStops) {
    TestServer server;
    HttpClient user = server.new_user();
    constexpr std::size_t in_flight = 16;
    std::vector<RawConnection> connections;
    std::string body = session_body();
    for (std::size_t i = 0; i < in_flight; ++i) {
        connections.emplace_back(server.port());
        connections.back().send(
            std::format("PUT /v1/sessions/{} HTTP/1.1\r\nHost: x\r\nAuthorization: "
                        "Bearer {}\r\nContent-Type: application/json\r\n"
                        "Content-Length: {}\r\n\r\n{}",
                        new_id(), user.token, body.size(), body.substr(0, 20)));
    }
    HttpClient scraper(std::format("http://127.0.0.1:{}", server.metrics_port()));
    // Twenty bytes of sixteen bodies are in the server's hands.
    ASSERT_TRUE(await(60s, [&] {
        return scraper.get("/metrics")
                   .body.find(std::format("haven_body_bytes_in_flight {}",
                                          in_flight * body.size())) != std::string::npos;
    }));
    server.request_stop();
    // No longer taken in:
    ASSERT_TRUE(await(60s, [&] { return HttpClient(server.url()).get("/livez").status == 0; }));
    for (const RawConnection& connection : connections) {
        connection.send(body.substr(20));
    }
    for (const RawConnection& connection : connections) {
        const std::string answer = connection.read_to_end();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 201")) << answer;
        EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    }
    server.join();
    EXPECT_EQ(sql_text(server.config().database_url, "SELECT count(*) FROM sessions"),
              std::to_string(in_flight));
}

TEST(HttpLifecycle, WithoutItsDatabaseTheServerSaysSoAndRecovers) {
    const auto cluster = TestCluster::make();
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = cluster->fresh_database();
    const TestServer server({}, config);
    HttpClient user = server.new_user();
    ASSERT_EQ(user.get("/readyz").status, 200);
    cluster->kill();
    ASSERT_TRUE(await(60s, [&] { return user.get("/readyz").status == 503; }));
    EXPECT_EQ(user.get("/readyz").body,
              R"({"status":"not ready","checks":{"database":"failing",)"
              R"("migrations":"failing","objects":"ok","partitions":"failing","mail":"failing",)"
              R"("crises":"failing","webhooks":"failing"}})");
    EXPECT_EQ(user.get("/livez").status, 200);
    const std::string id = new_id();
    const Reply refused = user.put("/v1/sessions/" + id, session_body());
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.headers.contains("retry-after"));
    cluster->start();
    ASSERT_TRUE(await(60s, [&] { return user.get("/readyz").status == 200; }));
    EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
}

/// As after a failover.
TEST(HttpLifecycle, WhereItsDatabaseOnlyReadsTheServerIsNotReadyAndRecovers) {
    const TestServer server;
    HttpClient user = server.new_user();
    const auto alter = [&server](const std::string& what, const std::string& then) {
        sql_do(server.config().database_url,
               std::format("BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {}', "
                           "current_database()); {} END $$; COMMIT",
                           what, then));
    };
    ASSERT_EQ(user.get("/readyz").status, 200);
    alter("SET default_transaction_read_only = on",
          "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
          "current_database() AND pid <> pg_backend_pid();");
    ASSERT_TRUE(await(60s, [&] { return user.get("/readyz").status == 503; }));
    EXPECT_TRUE(user.get("/readyz").body.contains(R"("database":"failing","migrations":"ok")"))
        << user.get("/readyz").body;
    EXPECT_EQ(user.get("/livez").status, 200);
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 503);
    alter("RESET default_transaction_read_only", ""); // the connections that are there only read on
    ASSERT_TRUE(await(60s, [&] { return user.get("/readyz").status == 200; }));
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 201);
}

TEST(HttpLifecycle, WithACertificateTheServerSpeaksTlsOnly) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    give_certificate(config, directory.path());
    const TestServer server({}, config);
    HttpClient trusting(server.url(), config.tls_certificate);
    const Reply live = trusting.get("/livez");
    EXPECT_EQ(live.status, 200);
    EXPECT_EQ(live.headers.at("strict-transport-security"), "max-age=31536000; includeSubDomains");
    EXPECT_EQ(trusting.post("/v1/users", registration_body("a@example.org")).status, 202);
    EXPECT_EQ(HttpClient(server.url()).get("/livez").status, 0); // nobody vouches for it
    EXPECT_EQ(HttpClient(std::format("http://127.0.0.1:{}", server.port())).get("/livez").status,
              0);
}

/// The suite that is agreed on with a client that would take these of TLS 1.2; "" where none is.
std::string agreed_suite(std::uint16_t port, const char* suites) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), suites), 1) << suites;
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> stream(BIO_new_ssl_connect(context.get()),
                                                               &BIO_free_all);
    BIO_set_conn_hostname(stream.get(), std::format("127.0.0.1:{}", port).c_str());
    if (BIO_do_connect(stream.get()) != 1 || BIO_do_handshake(stream.get()) != 1) {
        return "";
    }
    SSL* ssl = nullptr;
    BIO_get_ssl(stream.get(), &ssl);
    return SSL_get_cipher_name(ssl);
}

TEST(HttpLifecycle, OnlyAuthenticatedSuitesAreAgreedOnInTheServersOrder) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    give_certificate(config, directory.path());
    const TestServer server({}, config);
    EXPECT_EQ(
        agreed_suite(server.port(), "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"),
        "ECDHE-ECDSA-AES256-GCM-SHA384");
    for (const char* weak : {"ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-SHA", "AES256-SHA256",
                             "ECDHE-ECDSA-AES128-CCM8"}) {
        EXPECT_EQ(agreed_suite(server.port(), weak), "") << weak;
    }
}

class HavenServerBinary : public ::testing::Test {
  protected:
    std::optional<Process> start(std::vector<std::string> more = {}) {
        Command command;
        command.argv = {std::string(HAVEN_BINARY_DIR) + "/haven-server",
                        "--database-url",
                        database_url,
                        "--data-dir",
                        directory.path(),
                        "--listen-port",
                        "0",
                        "--metrics-port",
                        "0",
                        "--port-file",
                        directory.path() / "port"};
        command.argv.insert(command.argv.end(), more.begin(), more.end());
        command.output_stem = directory.path() / "server";
        auto process = Process::start(command);
        if (!process ||
            !await(30s, [&] { return std::filesystem::exists(directory.path() / "port"); })) {
            return std::nullopt;
        }
        port = static_cast<std::uint16_t>(std::stoi(read_text(directory.path() / "port")));
        return std::move(*process);
    }

    TempDirectory directory;
    std::string database_url = TestCluster::instance().fresh_database();
    std::uint16_t port = 0;
};

TEST_F(HavenServerBinary, SaysWhereItListensAndEndsWellOnSigterm) {
    auto process = start();
    ASSERT_TRUE(process);
    EXPECT_NE(process->output().find(std::format("listening on http://127.0.0.1:{}", port)),
              std::string::npos);
    EXPECT_EQ(HttpClient(std::format("http://127.0.0.1:{}", port)).get("/readyz").status, 200);
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait(60s), (Ended{.exit_status = 0, .signal = 0}));
}

TEST_F(HavenServerBinary, ReadsItsCertificateAgainOnSighup) {
    const auto certificate = directory.path() / "certificate.pem";
    const auto key = directory.path() / "key.pem";
    write_certificate(certificate, key);
    auto process = start({"--tls-certificate", certificate, "--tls-key", key});
    ASSERT_TRUE(process);
    const std::string url = std::format("https://127.0.0.1:{}", port);
    HttpClient kept(url, certificate);
    ASSERT_EQ(kept.get("/livez").status, 200);
    const auto of_before = directory.path() / "before.pem";
    std::filesystem::copy_file(certificate, of_before);
    write_certificate(certificate, key);
    EXPECT_EQ(HttpClient(url, of_before).get("/livez").status, 200) << "until it is told";
    process->signal(SIGHUP);
    EXPECT_TRUE(
        await(30s, [&] { return HttpClient(url, certificate).get("/livez").status == 200; }));
    EXPECT_EQ(HttpClient(url, of_before).get("/livez").status, 0);
    EXPECT_EQ(kept.get("/livez").status, 200) << "what is open stays";
    write_text(key, "no key");
    process->signal(SIGHUP);
    EXPECT_TRUE(await(30s, [&] { return process->errors().contains("certificate_not_reloaded"); }));
    EXPECT_EQ(HttpClient(url, certificate).get("/livez").status, 200) << "the good one stays";
}

TEST_F(HavenServerBinary, HandshakesThatFailAreLoggedOnceAMinute) {
    const auto certificate = directory.path() / "certificate.pem";
    const auto key = directory.path() / "key.pem";
    write_certificate(certificate, key);
    auto process = start({"--tls-certificate", certificate, "--tls-key", key});
    ASSERT_TRUE(process);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(HttpClient(std::format("http://127.0.0.1:{}", port)).get("/livez").status, 0);
    }
    ASSERT_TRUE(await(30s, [&] { return process->errors().contains("tls_handshake_failed"); }));
    const std::string said = process->errors();
    EXPECT_EQ(said.find("tls_handshake_failed"), said.rfind("tls_handshake_failed")) << said;
}

TEST_F(HavenServerBinary, WhyItsDatabaseCannotBeReachedIsLoggedOnceAMinute) {
    const auto cluster = TestCluster::make();
    database_url = cluster->fresh_database();
    auto process = start({"--jobs", "off"});
    ASSERT_TRUE(process);
    HttpClient user(std::format("http://127.0.0.1:{}", port));
    cluster->kill();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(user.post("/v1/auth/tokens", credentials_body("a@example.org")).status, 503);
    }
    ASSERT_TRUE(await(30s, [&] { return process->errors().contains("database_unavailable"); }));
    const std::string said = process->errors();
    EXPECT_EQ(said.find("database_unavailable"), said.rfind("database_unavailable")) << said;
    EXPECT_FALSE(said.contains("a@example.org")) << said;
}

TEST(HttpLifecycle, AKeyThatOthersMayReadIsRefused) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    give_certificate(config, directory.path());
    using std::filesystem::perms;
    for (const perms others : {perms::group_read, perms::others_read}) {
        std::filesystem::permissions(config.tls_key, perms::owner_read | others);
        const auto server = http::Server::create(config);
        ASSERT_FALSE(server);
        EXPECT_TRUE(server.error().contains("key.pem")) << server.error();
        EXPECT_TRUE(server.error().contains("chmod 600")) << server.error();
    }
}

TEST(HttpLifecycle, ADatabaseElsewhereIsNotCalledWithoutBeingVerified) {
    const TempDirectory directory;
    ServerConfig config;
    config.database_url = "postgresql://haven@192.0.2.1/haven";
    config.data_dir = directory.path();
    const auto server = http::Server::create(config);
    ASSERT_FALSE(server);
    EXPECT_TRUE(server.error().contains("sslmode=verify-full")) << server.error();
    for (const char* command : {"migrate", "list-services"}) {
        const auto ended = run({.argv = {HAVEN_BINARY_DIR "/haven-server", command,
                                         "--database-url", config.database_url},
                                .output_stem = directory.path() / command},
                               30s);
        ASSERT_TRUE(ended);
        EXPECT_EQ(ended->exit_status, 1);
        EXPECT_TRUE(read_text(directory.path() / (std::string(command) + ".err"))
                        .contains("sslmode=verify-full"))
            << command;
    }
}

TEST_F(HavenServerBinary, StaysSmallAtRestAndWithTwoHundredUploadsOfAMegabyte) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory would be measured";
#endif
    auto process = start();
    ASSERT_TRUE(process);
    const std::string url = std::format("http://127.0.0.1:{}", port);
    HttpClient user(url);
    ASSERT_EQ(user.post("/v1/users", registration_body("a@example.org")).status, 202);
    confirm_email(database_url, "a@example.org");
    user.token =
        user.post("/v1/auth/tokens", credentials_body("a@example.org")).member("access_token");
    const Ids ids = write_drawing(user);
    EXPECT_LT(resident_kb(process->pid()), 64 * 1024) << "at rest, after one of everything";
    RecordProperty("rest_kb", static_cast<int>(resident_kb(process->pid())));
    // Bodies that are refused in the end, so that the time goes into holding them.
    std::string body = drawing_body(new_id(), ids.vr_session);
    body.insert(1, std::string((1U << 20U) - body.size(), ' '));
    std::int64_t most_kb = 0;
    std::vector<RawConnection> connections;
    const std::string head = std::format(
        "PUT /v1/bilateral-drawings/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        new_id(), user.token, body.size());
    std::vector<std::jthread> senders;
    for (int i = 0; i < 200; ++i) {
        connections.emplace_back(port);
    }
    for (const RawConnection& connection : connections) {
        senders.emplace_back([&connection, &head, &body] { connection.send(head + body); });
    }
    for (const RawConnection& connection : connections) {
        most_kb = std::max(most_kb, resident_kb(process->pid()));
        const std::string answer = connection.read_answer();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 422")) << answer;
    }
    EXPECT_LT(most_kb, 256 * 1024);
    RecordProperty("most_kb", static_cast<int>(most_kb));
}

} // namespace
} // namespace haven::test
