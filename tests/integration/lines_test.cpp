// What a server tells its log, for whoever collects it: what strangers are refused, and the record.
#include "server/config.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <yyjson.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

/// The program beside a server of the test, on its database: what is asked of it is told by its
/// log.
class Lines : public ::testing::Test {
  protected:
    /// With these flags and their values in place of the test's.
    void start(const std::vector<std::string>& more = {}) {
        const auto port_file = directory.path() / "port";
        Command command{.argv = server_command(server.config())};
        std::ranges::replace(command.argv, std::string("warn"), std::string("info"));
        for (std::size_t i = 0; i + 1 < more.size(); i += 2) {
            const auto flag = std::ranges::find(command.argv, more[i]);
            ASSERT_NE(flag, command.argv.end()) << more[i];
            *std::next(flag) = more[i + 1];
        }
        command.argv.insert(command.argv.end(), {"--port-file", port_file.string()});
        command.output_stem = directory.path() / "program";
        auto started = Process::start(std::move(command));
        ASSERT_TRUE(started) << started.error();
        program.emplace(std::move(*started));
        ASSERT_TRUE(
            await(60s, [&] { return std::filesystem::exists(port_file) || !program->running(); }));
        ASSERT_TRUE(program->running()) << program->errors();
        port = static_cast<std::uint16_t>(std::stoi(read_text(port_file)));
    }
    HttpClient client(const std::string& token = "") const {
        HttpClient made(std::format("http://127.0.0.1:{}", port));
        made.token = token;
        return made;
    }
    /// The lines of an event so far.
    std::vector<std::string> lines(std::string_view event) const {
        std::vector<std::string> found;
        std::istringstream all(program->errors());
        for (std::string line; std::getline(all, line);) {
            if (line.contains(std::format(R"("event":"{}")", event))) {
                found.push_back(line);
            }
        }
        return found;
    }
    /// All that it told until it ended.
    std::string whole_log() {
        (void)program->stop();
        return program->errors();
    }
    static std::string member(const std::string& line, const char* row, const char* name) {
        const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
            yyjson_read(line.data(), line.size(), 0), &yyjson_doc_free);
        yyjson_val* value = yyjson_doc_get_root(document.get());
        value = *row != '\0' ? yyjson_obj_get(value, row) : value;
        value = yyjson_obj_get(value, name);
        return yyjson_is_str(value)   ? yyjson_get_str(value)
               : yyjson_is_int(value) ? std::to_string(yyjson_get_sint(value))
                                      : "";
    }
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }

    const TempDirectory directory;
    const TestServer server{{}, {}, Company::none};
    std::optional<Process> program;
    std::uint16_t port = 0;
};

TEST_F(Lines, WhatStrangersAreRefusedIsALineAKindAndNetworkWithoutTheirWords) {
    HttpClient user = server.new_user();
    start();
    const std::string secret = "Nobodys0token0that0is0nowhere0told00000000X";
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(client(secret).get("/v1/sessions").status, 401);
    }
    EXPECT_EQ(client().get("/v1/sessions").status, 401) << "brings nothing, tries nothing";
    EXPECT_EQ(client(user.token).get("/v1/clinicians").status, 403);
    EXPECT_EQ(client(user.token).get("/v1/sessions?cursor=anvil-and-swan").status, 400);
    EXPECT_EQ(client(user.token).get("/v1/sessions?swan=anvil").status, 400);
    const RawConnection broken(port);
    broken.send("GET /swan anvil HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(broken.read_to_end().starts_with("HTTP/1.1 400"));
    HttpClient browser = client();
    const std::string credentials = credentials_body(user.get("/v1/users/me").member("email"));
    EXPECT_EQ(browser
                  .send("POST", "/v1/auth/tokens",
                        credentials.substr(0, credentials.size() - 1) + R"(,"cookie":true})",
                        {"Content-Type: application/json", "Origin: https://swan.example"})
                  .status,
              403);
    ASSERT_TRUE(await(60s, [&] { return lines("refused").size() >= 5; })); // after the answers
    const std::vector<std::string> told = lines("refused");
    std::vector<std::string> kinds;
    for (const std::string& line : told) {
        kinds.push_back(member(line, "", "kind") + " " + member(line, "", "route"));
        EXPECT_EQ(member(line, "", "network"), "127.0.0.0/24") << line;
        EXPECT_EQ(member(line, "", "left_out"), "0") << line;
        EXPECT_EQ(member(line, "", "request_id").size(), 16U) << line;
    }
    EXPECT_EQ(kinds, (std::vector<std::string>{
                         "token_refused /v1/sessions", "forbidden /v1/clinicians",
                         "cursor_refused /v1/sessions", "malformed_request /v1/sessions",
                         "forgery_refused /v1/auth/tokens"}));
    const std::string log = whole_log();
    for (const std::string& word : {secret, std::string("swan"), std::string("anvil"),
                                    std::string("127.0.0.1\""), user.token}) {
        EXPECT_FALSE(log.contains(word)) << word;
    }
}

TEST_F(Lines, WhoAsksTooOftenIsTold) {
    start({"--requests-per-minute", "60"});
    HttpClient user = server.new_user();
    HttpClient often = client(user.token);
    int status = 200;
    for (int i = 0; i < 70 && status != 429; ++i) {
        status = often.get("/v1/users/me").status;
    }
    ASSERT_EQ(status, 429);
    ASSERT_TRUE(await(60s, [&] { return !lines("refused").empty(); }));
    const auto told = lines("refused");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(member(told[0], "", "kind"), "too_many_requests");
    EXPECT_EQ(member(told[0], "", "route"), "/v1/users/me");
}

TEST_F(Lines, EachRowOfTheRecordIsALineAndNoneThatWasNotCommitted) {
    start({"--log-audit", "on"});
    const std::string before = sql("SELECT coalesce(max(id), 0) FROM audit_logs");
    const std::string email = new_id() + "@example.org";
    HttpClient user = client();
    EXPECT_EQ(user.post("/v1/users", registration_body(email)).status, 202);
    (void)confirm_email(server.config().database_url, email);
    const Reply grant = user.post("/v1/auth/tokens", credentials_body(email));
    user.token = grant.member("access_token");
    EXPECT_EQ(
        user.post("/v1/auth/tokens", R"({"email":"a@b.example","password":"none of it"})").status,
        401);
    const Ids ids = write_drawing(user);
    EXPECT_EQ(user.get("/v1/sessions").status, 200);
    EXPECT_EQ(user.get("/v1/sessions/" + new_id()).status, 404);
    EXPECT_EQ(user.get("/v1/clinicians").status, 403);
    // Each of these is rolled back by what refuses it, and has a row of its own then.
    EXPECT_EQ(user.put("/v1/sessions/" + ids.session, R"({"modality":"web"})").status, 422);
    EXPECT_EQ(user.put("/v1/exercises/" + new_id(), exercise_body(new_id())).status, 422);
    sql_do(server.config().database_url,
           "UPDATE consent_records SET withdrawn_at = now() WHERE user_id = '" +
               grant.member("bearer_id") + "'");
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 403);
    std::set<std::string> told;
    for (const std::string& line : lines("audit")) {
        EXPECT_TRUE(told.insert(member(line, "row", "id")).second) << "twice: " << line;
        EXPECT_FALSE(member(line, "row", "action").empty()) << line;
    }
    std::string ids_told;
    for (const std::string& id : told) {
        ids_told += (ids_told.empty() ? "" : ",") + id;
    }
    // What the program did has a request's id; what this test did on the database has none.
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM audit_logs WHERE id > {} AND request_id IS NOT "
                              "NULL AND id NOT IN ({})",
                              before, ids_told)),
              "0");
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM audit_logs WHERE id IN ({})", ids_told)),
              std::to_string(told.size()));
    EXPECT_GE(told.size(), 12U);
    const std::string log = whole_log();
    for (const std::string& word : {email, std::string("a@b.example"), std::string("127.0.0.1\""),
                                    std::string("Ada"), user.token}) {
        EXPECT_FALSE(log.contains(word)) << word;
    }
}

TEST_F(Lines, WithoutTheOptionTheRecordStaysInTheDatabase) {
    start();
    HttpClient user = server.new_user();
    EXPECT_EQ(client(user.token).get("/v1/sessions").status, 200);
    EXPECT_TRUE(lines("audit").empty());
    const auto guards = lines("guards");
    ASSERT_EQ(guards.size(), 1U);
    EXPECT_TRUE(guards[0].contains(R"("virus_scanner":"off","breached_passwords":"off")"));
}

} // namespace
} // namespace haven::test
