// What the person who runs the server does on its machine: haven-server's commands.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view password = "quiet-harbour-lamp";

std::string login_body(std::string_view email, std::string_view with = password) {
    return std::format(R"({{"email":"{}","password":"{}","as":"clinician"}})", email, with);
}

class Commands : public ::testing::Test {
  protected:
    /// Its exit status, the standard output and the standard error, with `input` on its standard
    /// input.
    struct Outcome {
        int status = -1;
        std::string output;
        std::string errors;
    };
    Outcome run_server(const std::string& arguments, const std::string& input = "") {
        write_text(directory.path() / "input", input);
        const std::filesystem::path stem = directory.path() / ("run" + std::to_string(++runs));
        Command command;
        command.argv = {"sh", "-c",
                        std::string(HAVEN_BINARY_DIR) + "/haven-server " + arguments + " < '" +
                            (directory.path() / "input").string() + "'"};
        command.environment = {{"HAVEN_DATABASE_URL", url}};
        command.output_stem = stem;
        const auto ended = run(command, 60s);
        EXPECT_TRUE(ended) << (ended ? "" : ended.error());
        return {.status = ended ? ended->exit_status : -1,
                .output = read_text(stem.string() + ".out"),
                .errors = read_text(stem.string() + ".err")};
    }

    TempDirectory directory;
    std::string url = TestCluster::instance().empty_database();
    int runs = 0;
};

TEST_F(Commands, TheFirstSupervisorAndAServiceAreMadeOnTheCommandLine) {
    const Outcome made = run_server(
        "add-clinician --email First@Clinic.example --name 'Dr. First' --role supervisor",
        std::string(password) + "\n");
    EXPECT_EQ(made.status, 0) << made.errors;
    EXPECT_TRUE(made.output.contains("supervisor first@clinic.example")) << made.output;
    const Outcome service = run_server("add-service web-app --scope screenings --scope=sessions");
    EXPECT_EQ(service.status, 0) << service.errors;
    ASSERT_EQ(service.output.size(), 44U) << service.output;
    EXPECT_EQ(sql_text(url, "SELECT scopes FROM services"), "{sessions,screenings}");

    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient client = server.client();
    client.token =
        client.post("/v1/auth/tokens", login_body("first@clinic.example")).member("access_token");
    EXPECT_EQ(enrol(server, client).scope, "account care clinic");
    EXPECT_EQ(client.get("/v1/clinicians").status, 200);
    client.token = service.output.substr(0, 43);
    EXPECT_EQ(client.get("/v1/sessions/" + new_id() + "/safety-screenings").status, 404);
    EXPECT_EQ(client.get("/v1/clinicians").status, 403);
}

TEST_F(Commands, AnotherPasswordEndsTheLogInsThereAre) {
    ASSERT_EQ(
        run_server("add-clinician --email a@clinic.example --name A", std::string(password) + "\n")
            .status,
        0);
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient client = server.client();
    client.token =
        client.post("/v1/auth/tokens", login_body("a@clinic.example")).member("access_token");
    ASSERT_EQ(client.get("/v1/clinicians/me").status, 200);
    const Outcome reset =
        run_server("reset-password --email A@clinic.example", "calm-river-stone\n");
    EXPECT_EQ(reset.status, 0) << reset.errors;
    EXPECT_EQ(client.get("/v1/clinicians/me").status, 401);
    EXPECT_EQ(client.post("/v1/auth/tokens", login_body("a@clinic.example")).status, 401);
    EXPECT_EQ(
        client.post("/v1/auth/tokens", login_body("a@clinic.example", "calm-river-stone")).status,
        201);
}

TEST_F(Commands, TheLastSupervisorsSecondFactorIsEndedOnTheServersMachine) {
    ASSERT_EQ(run_server("add-clinician --email a@clinic.example --name A --role supervisor",
                         std::string(password) + "\n")
                  .status,
              0);
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient client = server.client();
    client.token =
        client.post("/v1/auth/tokens", login_body("a@clinic.example")).member("access_token");
    (void)enrol(server, client);
    EXPECT_EQ(client.post("/v1/auth/tokens", login_body("a@clinic.example")).status, 401);
    EXPECT_EQ(run_server("reset-factors --email b@clinic.example").status, 1);
    EXPECT_EQ(client.get("/v1/clinicians").status, 200);
    const Outcome ended = run_server("reset-factors --email A@clinic.example");
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_TRUE(ended.output.contains(" a@clinic.example\n")) << ended.output;
    EXPECT_EQ(client.get("/v1/clinicians/me").status, 401);
    EXPECT_EQ(client.post("/v1/auth/tokens", login_body("a@clinic.example")).member("scope"),
              "account");
    EXPECT_EQ(sql_text(url, "SELECT string_agg(kind, ' ' ORDER BY created_at) FROM letters"),
              "factor_confirmed factor_ended");
    EXPECT_EQ(sql_text(url, "SELECT count(*) FROM audit_logs WHERE action = "
                            "'clinician_factors_end' AND resource_id IS NOT NULL"),
              "1");
}

TEST_F(Commands, LogInsOfOneOrOfEverybodyAreEnded) {
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient ada = server.new_user();
    HttpClient bob = server.new_user();
    HttpClient lee = server.new_clinician("reviewer");
    HttpClient program = server.new_service("web");
    const auto good = [](HttpClient& client) {
        return client.get("/v1/auth/tokens/current").status == 200;
    };
    for (const char* wrong : {"", "--of nobody", "--email a@example.org --of everybody",
                              "--email nobody@example.org"}) {
        EXPECT_EQ(run_server(std::string("end-log-ins ") + wrong).status, 1) << wrong;
    }
    EXPECT_TRUE(good(ada) && good(bob) && good(lee) && good(program));
    const Outcome one =
        run_server("end-log-ins --email " + ada.get("/v1/users/me").member("email"));
    EXPECT_EQ(one.output, "1\n") << one.errors;
    EXPECT_FALSE(good(ada));
    EXPECT_TRUE(good(bob) && good(lee));
    const Outcome all = run_server("end-log-ins --of everybody");
    EXPECT_EQ(all.output, "2\n") << all.errors;
    EXPECT_FALSE(good(bob) || good(lee));
    EXPECT_TRUE(good(program));
    EXPECT_EQ(sql_text(url, "SELECT count(*) || ' ' || count(user_id) FROM audit_logs WHERE action "
                            "= 'log_ins_end'"),
              "3 2");
}

TEST_F(Commands, AClinicWithoutMailConfirmsAnAddressByHand) {
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient client = server.client();
    ASSERT_EQ(client.post("/v1/users", registration_body("ada@example.org")).status, 202);
    const Outcome made = run_server("verify-email Ada@Example.org");
    EXPECT_EQ(made.status, 0) << made.errors;
    EXPECT_TRUE(made.output.ends_with(" ada@example.org\n")) << made.output;
    EXPECT_EQ(client.post("/v1/auth/tokens", credentials_body("ada@example.org")).status, 201);
    EXPECT_EQ(sql_text(url, "SELECT user_id::text = (SELECT id::text FROM users) FROM audit_logs "
                            "WHERE action = 'email_verification'"),
              "t");
    for (const char* nobody : {"ada@example.org", "ben@example.org"}) {
        const Outcome none = run_server(std::string("verify-email ") + nobody);
        EXPECT_EQ(none.status, 1);
        EXPECT_TRUE(none.errors.contains("nobody waits")) << none.errors;
    }
}

TEST_F(Commands, AServiceIsRotatedSuspendedResumedAndListed) {
    const Outcome made = run_server("add-service web --scope sessions --expires 7");
    ASSERT_EQ(made.status, 0) << made.errors;
    ASSERT_EQ(run_server("add-service other --scope agents").status, 0);
    ServerConfig config = TestServer::fresh_config(directory);
    config.database_url = url;
    const TestServer server({}, config);
    HttpClient first = server.client();
    first.token = made.output.substr(0, 43);
    const auto status = [](HttpClient& client) { return client.get("/v1/session-moves").status; };
    EXPECT_EQ(status(first), 200);
    const Outcome rotated = run_server("rotate-service web --overlap 2");
    ASSERT_EQ(rotated.status, 0) << rotated.errors;
    HttpClient second = server.client();
    second.token = rotated.output.substr(0, 43);
    EXPECT_EQ(status(second), 200);
    EXPECT_EQ(status(first), 200) << "for two hours more";
    EXPECT_EQ(sql_text(url, "SELECT min(expires_at) - now() BETWEEN interval '119 minutes' AND "
                            "interval '2 hours' FROM token_families WHERE service_id = (SELECT id "
                            "FROM services WHERE name = 'web')"),
              "t");
    ASSERT_EQ(run_server("rotate-service web").status, 0);
    EXPECT_EQ(status(second), 401) << "without an overlap";
    EXPECT_EQ(status(first), 401);
    ASSERT_EQ(run_server("suspend-service other").status, 0);
    EXPECT_NE(run_server("rotate-service other").status, 0);
    const Outcome listed = run_server("list-services");
    EXPECT_TRUE(listed.output.starts_with("other suspended ")) << listed.output;
    EXPECT_TRUE(listed.output.contains("Z agents\nweb active ")) << listed.output;
    ASSERT_EQ(run_server("resume-service other").status, 0);
    EXPECT_TRUE(run_server("list-services").output.starts_with("other active "));
    EXPECT_EQ(
        sql_text(url, "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_logs WHERE "
                      "service_id IS NOT NULL AND request_id IS NULL"),
        "service_add service_add service_rotate service_rotate service_status service_status");
}

TEST_F(Commands, WhatIsWrongIsSaidAndNothingIsMade) {
    const auto fails = [&](const std::string& arguments, const std::string& input,
                           std::string_view says) {
        const Outcome outcome = run_server(arguments, input);
        EXPECT_NE(outcome.status, 0) << arguments;
        EXPECT_TRUE(outcome.errors.contains(says)) << arguments << ": " << outcome.errors;
    };
    fails("add-clinician --name X", "", "--email");
    fails("add-clinician --email a@b.example", "", "--name");
    fails("add-clinician --email a@b.example --name X --role boss", "", "--role");
    fails("add-clinician --email a@b.example --name X", "", "no password");
    fails("add-clinician --email a@b.example --name X", "short\n", "the password");
    fails("add-clinician --email a@b.example --name X --password secret-words", "x\n",
          "--password");
    fails("add-clinician --email", "", "wants a value");
    fails("add-service", "", "name");
    fails("add-service 'Web App'", "", "name");
    fails("add-service web --scope agents --expires 0", "", "--expires");
    fails("add-service web --scope agents --expires 91", "", "--expires");
    fails("add-service web", "", "--scope");
    fails("add-service web --scope agents --scope everything", "", "--scope");
    fails("add-service web --scope journal", "", "--scope");
    fails("reset-password", "calm-river-stone\n", "--email");
    EXPECT_EQ(run_server("add-service --help").status, 0);
    EXPECT_TRUE(run_server("add-clinician --help").output.contains("never an argument"));
    EXPECT_EQ(sql_text(url, "SELECT coalesce(to_regclass('clinicians')::text, 'none')"), "none");
    const std::string twice = "add-clinician --email a@b.example --name X";
    EXPECT_EQ(run_server(twice, std::string(password) + "\n").status, 0);
    fails(twice, std::string(password) + "\n", "already");
    fails("reset-password --email nobody@b.example", "calm-river-stone\n", "no clinician");
    EXPECT_EQ(run_server("add-service web --scope agents").status, 0);
    fails("add-service web --scope agents", "", "rotate-service");
    fails("rotate-service nobody", "", "no service");
    fails("suspend-service nobody", "", "no service");
}

} // namespace
} // namespace haven::test
