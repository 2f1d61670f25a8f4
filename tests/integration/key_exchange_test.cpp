// The master key and the keys of people are exchanged, while servers run and although it is killed.
#include "server/config.hpp"
#include "server/http/server.hpp"
#include "server/store/connection.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <format>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class KeyExchange : public ::testing::Test {
  protected:
    KeyExchange() {
        config.public_url = "https://haven.clinic.example";
        server.emplace(http::Limits{}, config, Company::none);
    }
    std::string sql(const std::string& text) const { return sql_text(config.database_url, text); }
    void change(const std::string& text) const { sql_do(config.database_url, text); }

    [[nodiscard]] Process start_command(std::vector<std::string> words, const std::string& old) {
        words.insert(words.begin(), std::string(HAVEN_BINARY_DIR) + "/haven-server");
        words.insert(words.end(),
                     {"--database-url", config.database_url, "--master-key-file", old});
        auto started =
            Process::start({.argv = words,
                            .environment = {},
                            .without_environment = {},
                            .output_stem = directory.path() / std::format("command-{}", ++runs)});
        if (!started) {
            throw std::runtime_error(started.error());
        }
        return std::move(*started);
    }
    /// Its exit status and all it printed.
    std::pair<int, std::string> exchange(const std::string& old) {
        Process command = start_command({"exchange-master-key", "--new", new_file}, old);
        const auto ended = command.wait(60s);
        return {ended ? ended->exit_status : -1, command.output() + command.errors()};
    }
    void restart(const std::string& file, const std::string& other = "") {
        server->request_stop();
        server->join();
        config.master_key_file = file;
        config.master_key_other_file = other;
        server.emplace(http::Limits{}, config, Company::none);
    }
    HttpClient same(const HttpClient& who) const {
        HttpClient client = server->client();
        client.token = who.token;
        client.id = who.id;
        return client;
    }
    static std::string seal_text(HttpClient& client, std::string_view text) {
        const Ids ids = write_drawing(client);
        const std::string at = "/v1/exercise-artifacts/" + new_id();
        EXPECT_EQ(client
                      .put(at, std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                           R"("content_text":"{}","sealed":true}})",
                                           ids.exercise, text))
                      .status,
                  201);
        return at;
    }
    TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    std::string old_file = (config.data_dir / "master.key").string();
    std::string new_file = (directory.path() / "new.key").string();
    std::optional<TestServer> server;
    int runs = 0;
};

constexpr const char* names = "SELECT count(*) FROM master_keys";
constexpr const char* under_one =
    "SELECT count(DISTINCT master_key) || ' ' || count(*) FILTER (WHERE master_key IS NULL) FROM "
    "(SELECT master_key FROM encryption_keys UNION ALL SELECT master_key FROM second_factors UNION "
    "ALL SELECT master_key FROM webhooks UNION ALL SELECT older_master_key FROM webhooks WHERE "
    "older_sealed_secret IS NOT NULL) AS wrapped";

TEST_F(KeyExchange, AllThatIsWrappedOpensUnderTheNewMasterKeyAlone) {
    HttpClient ada = server->new_user();
    const std::string at = seal_text(ada, "quiet water");
    const SecondFactor factor = enrol(*server, ada);
    HttpClient supervisor = server->new_clinician("supervisor");
    HttpClient service = server->new_service("web");
    const std::string hook = "/v1/webhooks/" + new_id();
    ASSERT_EQ(supervisor
                  .send("PUT", hook,
                        std::format(R"({{"service_id":"{}","url":"https://example.org/h",)"
                                    R"("kinds":["crisis.logged"]}})",
                                    service.id),
                        {"If-None-Match: *", "Content-Type: application/json"})
                  .status,
              201);
    ASSERT_EQ(supervisor.post(hook + "/secret", "{}").status, 201);
    ASSERT_EQ(sql("SELECT count(*) FROM webhooks WHERE older_master_key = master_key"), "1");

    const auto [status, said] = exchange(old_file);
    ASSERT_EQ(status, 0) << said;
    for (const char* line :
         {"keys of people: 1\n", "second factors: 1\n", "secrets of webhooks: 1\n",
          "older secrets of webhooks: 1\n", "all is wrapped under "}) {
        EXPECT_TRUE(said.contains(line)) << line << " in " << said;
    }
    EXPECT_EQ(sql(names), "1");
    EXPECT_EQ(sql(under_one), "1 0");
    EXPECT_EQ(sql("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_logs WHERE "
                  "resource_type = 'master_keys'"),
              "master_key_add master_key_exchange");

    std::filesystem::remove(old_file);
    restart(new_file);
    HttpClient again = same(ada);
    EXPECT_EQ(again.get(at).member("content_text"), "quiet water");
    const std::string email = sql("SELECT email FROM users WHERE id = '" + ada.id + "'");
    const auto log_in = [&](const std::string& code) {
        std::string body = credentials_body(email);
        body.pop_back();
        return again.post("/v1/auth/tokens", std::format(R"({},"code":"{}"}})", body, code)).status;
    };
    EXPECT_EQ(log_in(code_at(factor.secret, step_now(*server))), 201)
        << "the factor's secret opens";
    EXPECT_EQ(log_in(factor.recovery_codes.front()), 201) << "keyed hashes are what they were";
}

TEST_F(KeyExchange, KeyedHashesStayWhatTheyWere) {
    HttpClient ada = server->new_user();
    const Ids ids = write_drawing(ada);
    const std::string at = "/v1/exercise-artifacts/" + new_id();
    const std::string body = std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                         R"("content_text":"a letter","sealed":true}})",
                                         ids.exercise);
    ASSERT_EQ(ada.put(at, body).status, 201);
    ASSERT_EQ(exchange(old_file).first, 0);
    restart(new_file);
    HttpClient again = same(ada);
    EXPECT_EQ(again.put(at, body).status, 200) << "its receipt is a keyed hash of the text";
}

TEST_F(KeyExchange, AServerThatKnowsBothGoesOnMeanwhile) {
    HttpClient ada = server->new_user();
    const std::string before = seal_text(ada, "before");
    // The new one is known, and the old one wraps, as where several servers are restarted in turn.
    write_text(new_file, std::string(32, 'n'));
    std::filesystem::permissions(new_file, std::filesystem::perms(0600));
    restart(old_file, new_file);
    HttpClient bob = server->new_user();
    const std::string meanwhile = seal_text(bob, "meanwhile");
    const auto [status, said] = exchange(old_file);
    ASSERT_EQ(status, 0) << said;
    HttpClient ada_still = same(ada);
    EXPECT_EQ(ada_still.get(before).member("content_text"), "before");
    EXPECT_EQ(bob.get(meanwhile).member("content_text"), "meanwhile");
    // What it would now wrap under the old one is refused, and nothing is lost.
    HttpClient late = server->new_user();
    const Ids ids = write_drawing(late);
    const std::string body = std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                         R"("content_text":"late","sealed":true}})",
                                         ids.exercise);
    const std::string at = "/v1/exercise-artifacts/" + new_id();
    EXPECT_NE(late.put(at, body).status, 201);
    restart(new_file);
    HttpClient late_again = same(late);
    EXPECT_EQ(late_again.put(at, body).status, 201);
    EXPECT_EQ(sql(under_one), "1 0");
}

TEST_F(KeyExchange, OneThatIsKilledGoesOnWhereItWas) {
    HttpClient ada = server->new_user();
    const std::string at = seal_text(ada, "quiet water");
    std::vector<HttpClient> people;
    for (int i = 0; i < 3; ++i) {
        people.push_back(server->new_user());
        (void)seal_text(people.back(), "others");
    }
    // The step that it is killed in waits for one row, which is held.
    auto holder = store::Connection::open(config.database_url);
    ASSERT_TRUE(holder);
    ASSERT_TRUE(holder->execute("BEGIN; LOCK TABLE second_factors IN EXCLUSIVE MODE"));
    {
        Process command = start_command({"exchange-master-key", "--new", new_file}, old_file);
        ASSERT_TRUE(await(60s, [&] { return command.output().contains("keys of people: 4"); }))
            << command.errors();
        EXPECT_EQ(command.kill().signal, 9);
    }
    ASSERT_TRUE(holder->execute("COMMIT"));
    EXPECT_EQ(sql(names), "2") << "both are needed, until it was run to its end";
    ServerConfig alone = config;
    for (const std::string& file : {old_file, new_file}) {
        alone.master_key_file = file;
        const auto refused = http::Server::create(alone);
        ASSERT_FALSE(refused) << file;
        EXPECT_TRUE(refused.error().contains("--master-key-other-file")) << refused.error();
    }
    restart(new_file, old_file);
    HttpClient half = same(ada);
    EXPECT_EQ(half.get(at).member("content_text"), "quiet water");
    ASSERT_EQ(exchange(old_file).first, 0);
    EXPECT_EQ(sql(names), "1");
    restart(new_file);
    HttpClient whole = same(ada);
    EXPECT_EQ(whole.get(at).member("content_text"), "quiet water");
}

TEST_F(KeyExchange, AStepThatIsKilledChangesNothing) {
    HttpClient ada = server->new_user();
    const std::string at = seal_text(ada, "quiet water");
    HttpClient bob = server->new_user();
    (void)seal_text(bob, "others");
    const std::string before =
        sql("SELECT md5(string_agg(encryption_keys::text, ' ' ORDER BY id)) FROM encryption_keys");
    auto holder = store::Connection::open(config.database_url);
    ASSERT_TRUE(holder);
    ASSERT_TRUE(holder->execute("BEGIN; SELECT FROM encryption_keys WHERE user_id = '" + bob.id +
                                "' FOR UPDATE"));
    {
        Process command = start_command({"exchange-master-key", "--new", new_file}, old_file);
        ASSERT_TRUE(await(60s, [&] {
            return sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                       "datname = current_database()") == "1";
        })) << command.errors();
        EXPECT_EQ(command.kill().signal, 9);
    }
    ASSERT_TRUE(holder->execute("COMMIT"));
    EXPECT_EQ(
        sql("SELECT md5(string_agg(encryption_keys::text, ' ' ORDER BY id)) FROM encryption_keys"),
        before);
    ASSERT_EQ(exchange(old_file).first, 0);
    restart(new_file);
    HttpClient again = same(ada);
    EXPECT_EQ(again.get(at).member("content_text"), "quiet water");
}

TEST_F(KeyExchange, AKeyThatDoesNotOpenStopsItAndAWrongOldFileChangesNothing) {
    HttpClient ada = server->new_user();
    (void)seal_text(ada, "quiet water");
    const std::string wrong = (directory.path() / "wrong.key").string();
    write_text(wrong, std::string(32, 'w'));
    std::filesystem::permissions(wrong, std::filesystem::perms(0600));
    const auto [status, said] = exchange(wrong);
    EXPECT_EQ(status, 1);
    EXPECT_TRUE(said.contains("the master key is not the one")) << said;
    EXPECT_EQ(exchange((directory.path() / "none.key").string()).first, 1);
    EXPECT_EQ(sql(names), "1");
    change("UPDATE encryption_keys SET wrapped_key = set_byte(wrapped_key, 40, "
           "(get_byte(wrapped_key, 40) + 1) % 256)");
    const auto [spoilt_status, spoilt] = exchange(old_file);
    EXPECT_EQ(spoilt_status, 1);
    EXPECT_TRUE(spoilt.contains("keys of people: the data key")) << spoilt;
    EXPECT_EQ(sql(names), "2") << "the old one is not forgotten";
}

TEST_F(KeyExchange, APersonsNewTextsAreSealedUnderTheirNewKeyAndTheOldOnesOpen) {
    HttpClient ada = server->new_user();
    HttpClient bob = server->new_user();
    const std::string before = seal_text(ada, "before");
    (void)seal_text(bob, "his");
    const std::string email = sql("SELECT email FROM users WHERE id = '" + ada.id + "'");
    Process command = start_command({"exchange-person-keys", "--email", email}, old_file);
    ASSERT_EQ(command.wait(60s).value().exit_status, 0) << command.errors();
    EXPECT_EQ(command.output(), "1\n");
    const std::string after = seal_text(ada, "after");
    EXPECT_EQ(sql("SELECT count(*) || ' ' || count(retired_at) FROM encryption_keys WHERE "
                  "user_id = '" +
                  ada.id + "'"),
              "2 1");
    EXPECT_EQ(sql("SELECT count(DISTINCT encryption_key_id) FROM exercise_artifacts WHERE "
                  "sealed AND exercise_id IN (SELECT id FROM exercises WHERE user_id = '" +
                  ada.id + "')"),
              "2");
    EXPECT_EQ(ada.get(before).member("content_text"), "before");
    EXPECT_EQ(ada.get(after).member("content_text"), "after");
    Process all = start_command({"exchange-person-keys", "--of", "everybody"}, old_file);
    ASSERT_EQ(all.wait(60s).value().exit_status, 0) << all.errors();
    EXPECT_EQ(all.output(), "2\n");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action = 'person_key_exchange'"), "3");
    Process nobody = start_command({"exchange-person-keys", "--email", "x@example.org"}, old_file);
    EXPECT_EQ(nobody.wait(60s).value().exit_status, 1);
}

} // namespace
} // namespace haven::test
