// The stream of events as a client hears it that others have written (tests/api/event_source.mjs):
// in clear, through TLS, and from a server behind a pooler. A restart costs it nothing.
#include "server/config.hpp"
#include "tests/integration/certificate.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/pooler.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <format>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class EventSource : public ::testing::Test {
  protected:
    EventSource() { config.listen_port = free_port(); }

    [[nodiscard]] Process listen(const TestServer& server, const std::string& token) const {
        auto started =
            Process::start({.argv = {HAVEN_SOURCE_DIR "/tests/api/event_source.sh", server.url()},
                            .environment = {{"HAVEN_TOKEN", token},
                                            {"NODE_EXTRA_CA_CERTS", config.tls_certificate}},
                            .without_environment = {},
                            .output_stem = directory.path() / "listener"});
        if (!started) {
            throw std::runtime_error(started.error());
        }
        return std::move(*started);
    }
    static bool hears(Process& listener, std::string_view line) {
        return await(60s,
                     [&] { return listener.output().contains(line) || !listener.running(); }) &&
               listener.output().contains(line);
    }
    static std::size_t count(const std::string& text, std::string_view line) {
        std::size_t times = 0;
        for (std::size_t at = text.find(line); at != std::string::npos;
             at = text.find(line, at + 1)) {
            ++times;
        }
        return times;
    }
    HttpClient client_of(const TestServer& server, const std::string& token) const {
        HttpClient client(server.url(), config.tls_certificate);
        client.token = token;
        return client;
    }
    static std::string session_of(HttpClient user) {
        const std::string id = new_id();
        EXPECT_EQ(user.put("/v1/sessions/" + id, session_body()).status, 201);
        return id;
    }

    /// Hears, misses what happens while there is no server, and hears that, too: each once.
    void hear_through_a_restart() {
        std::optional<TestServer> server;
        server.emplace(http::Limits{}, config, Company::none);
        const std::string user = id_of_new_user();
        const std::string token =
            server->token_for("user_id", user, "account journal drawing").token;
        Process listener = listen(*server, token);
        ASSERT_TRUE(hears(listener, "ready\n")) << listener.errors();
        const std::string before = session_of(client_of(*server, token));
        ASSERT_TRUE(hears(listener, "session.moved " + before)) << listener.output();
        server->request_stop();
        server->join();
        server.reset();
        const std::string meanwhile = new_id();
        sql_do(database, std::format("INSERT INTO events (kind, resource_type, resource_id, "
                                     "user_id, for_person) VALUES ('session.moved', 'sessions', "
                                     "'{}', '{}', true)",
                                     meanwhile, user));
        server.emplace(http::Limits{}, config, Company::none);
        ASSERT_TRUE(hears(listener, "session.moved " + meanwhile))
            << listener.output() << listener.errors();
        const std::string after = session_of(client_of(*server, token));
        ASSERT_TRUE(hears(listener, "session.moved " + after)) << listener.output();
        const std::string heard = listener.output();
        for (const std::string& id : {before, meanwhile, after}) {
            EXPECT_EQ(count(heard, id), 1U) << heard;
        }
        EXPECT_EQ(count(heard, "reset"), 0U) << heard;
        listener.signal(SIGTERM);
    }
    std::string id_of_new_user() const {
        return sql_text(database,
                        "WITH made AS (INSERT INTO users (email, password_hash, "
                        "consent_data_processing) VALUES ('ada@example.org', 'none', "
                        "true) RETURNING id), agreed AS (INSERT INTO consent_records "
                        "(user_id, consent_type, consent_version, consent_given, "
                        "consent_text) SELECT id, 'data_processing', 'v2.0', true, 'Yes.' "
                        "FROM made) SELECT id FROM made");
    }

    TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    std::string database = config.database_url; ///< without a pooler
};

TEST_F(EventSource, GoesOnWhereItWasWhenTheServerComesAgain) {
    hear_through_a_restart();
}

TEST_F(EventSource, GoesOnThroughTheServersOwnTls) {
    give_certificate(config, directory.path());
    hear_through_a_restart();
}

/// Nobody is heard on a connection that a pooler hands about: the server looks every second
/// instead.
TEST_F(EventSource, GoesOnFromAServerBehindAPoolerWhichListensToNobody) {
    const Pooler pooler(database);
    ASSERT_TRUE(await(10s, [&] { return pooler.answers(); }));
    config.database_url = pooler.url();
    hear_through_a_restart();
    EXPECT_EQ(sql_text(database,
                       "SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' "
                       "AND datname = current_database()"),
              "0");
}

} // namespace
} // namespace haven::test
