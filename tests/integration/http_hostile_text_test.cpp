// Whatever bytes a client puts where text is stored: they change no answer, and hide nothing from
// the audit log.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <format>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr const char* right_password = "quiet-harbour-lamp"; // of every account of the fixture
constexpr const char* wrong_password = "not-this-one";

/// Values that no row could hold as they are.
const std::vector<std::string>& odd_values() {
    static const std::vector<std::string> values = {
        "\xFF",
        "agent \x80 of one byte",
        std::string(511, 'a') + "\xC3\xA9",         // cut in the middle of a code point
        std::string(510, 'a') + "\xE2\x82\xAC",     // of three bytes
        std::string(509, 'a') + "\xF0\x9F\x98\x80", // of four
        "\xC0\xAF overlong",
        "\xED\xA0\x80 a surrogate",
        "\xF4\x90\x80\x80 beyond the last",
        std::string(8'000, 'x'),
        "tab\tin it",
    };
    return values;
}

class HostileText : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// The status of one request with this field, sent as it is.
    int status_of(const std::string& request_line, const std::string& fields,
                  const std::string& body) const {
        const RawConnection connection(server.port());
        connection.send(std::format("{} HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/json"
                                    "\r\nContent-Length: {}\r\n\r\n{}",
                                    request_line, fields, body.size(), body));
        const std::string answer = connection.read_answer();
        return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
    }
    int log_in(const std::string& as, const std::string& email, const std::string& password,
               const std::string& fields) const {
        return status_of(
            "POST /v1/auth/tokens", fields,
            std::format(R"({{"email":"{}","password":"{}","as":"{}"}})", email, password, as));
    }
    std::string new_account() const {
        HttpClient client = server.client();
        std::string email = new_id() + "@example.org";
        EXPECT_EQ(client.post("/v1/users", registration_body(email)).status, 202);
        server.confirm(email);
        return email;
    }
    /// A clinician with the same password as the fixture's accounts.
    std::string new_clinician() const {
        const std::string user = new_account();
        return sql(std::format("WITH made AS (INSERT INTO clinicians (email, full_name, role, "
                               "password_hash) SELECT 'c' || email, 'Dr. Grey', 'reviewer', "
                               "password_hash FROM users WHERE email = '{}' RETURNING email) "
                               "SELECT email FROM made",
                               user));
    }
    std::string log_ins(const std::string& status) const {
        return sql("SELECT count(*) FROM audit_logs WHERE action = 'login' AND "
                   "response_status = " +
                   status);
    }

    TestServer server;
};

TEST_F(HostileText, AnyUserAgentLogsInAlikeAndIsRecorded) {
    const std::vector<std::pair<std::string, std::string>> doors = {{"user", new_account()},
                                                                    {"clinician", new_clinician()}};
    int tried = 0;
    for (const std::string& value : odd_values()) {
        const std::string field = "User-Agent: " + value + "\r\n";
        for (const auto& [as, email] : doors) {
            EXPECT_EQ(log_in(as, email, wrong_password, field), 401) << as << value;
            EXPECT_EQ(log_in(as, email, right_password, field), 201) << as << value;
            ++tried;
        }
        sql_do(server.config().database_url, "DELETE FROM attempts"); // ten wrong ones a minute
    }
    EXPECT_EQ(log_ins("401"), std::to_string(tried));
    EXPECT_EQ(log_ins("201"), std::to_string(tried));
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE octet_length(user_agent) > 512"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE user_agent = repeat('a', 511)"), "4")
        << "cut where a code point begins";
}

TEST_F(HostileText, NoFieldMakesARequestFailThatHasNothingToDoWithIt) {
    HttpClient user = server.new_user();
    const std::string token = "Authorization: Bearer " + user.token + "\r\n";
    for (const std::string& value : odd_values()) {
        for (const char* const name : {"User-Agent", "Accept", "Referer", "Forwarded",
                                       "X-Forwarded-For", "X-Request-Id", "Cookie"}) {
            const std::string field = std::format("{}: {}\r\n", name, value);
            EXPECT_EQ(status_of("PUT /v1/sessions/" + new_id(), token + field, session_body()), 201)
                << field;
        }
    }
    for (const std::string& value : odd_values()) {
        const std::string field = "User-Agent: " + value + "\r\n";
        EXPECT_EQ(status_of("POST /v1/users", field, registration_body(new_id() + "@example.org")),
                  202);
        EXPECT_EQ(status_of("PUT /v1/consents/" + new_id(), token + field,
                            R"({"consent_type":"research","consent_version":"v1.0",)"
                            R"("consent_given":true})"),
                  201)
            << field;
    }
}

TEST_F(HostileText, AnAddressThatNoRowCanHoldIsRefusedByWhereItIsWrong) {
    HttpClient user = server.new_user();
    const std::string get = "GET /v1/sessions";
    const std::string token = "Authorization: Bearer " + user.token + "\r\n";
    for (const char* const target :
         {"?limit=%FF", "?limit=%00", "?cursor=%C3", "?cursor=%ED%A0%80", "?modality=%FF", "?%FF=1",
          "?modality=\xFF", "/\xFF", "?\x80", "/\xC3\xA9"}) {
        EXPECT_EQ(status_of(get + target, token, ""), 400) << target;
    }
    const std::string supervisor =
        "Authorization: Bearer " + server.new_clinician("supervisor").token + "\r\n";
    EXPECT_EQ(status_of("GET /v1/prompts/%FF", supervisor, ""), 404);
    EXPECT_EQ(status_of("GET /v1/prompts/" + std::string(4'000, 'x'), supervisor, ""), 404);
}

TEST_F(HostileText, AnEmailAddressThatNobodyCanHaveIsRefusedWhateverThePassword) {
    for (const char* const as : {"user", "clinician"}) {
        for (const char* const password : {right_password, wrong_password}) {
            EXPECT_EQ(log_in(as, "a\\u0000b@example.org", password, ""), 422) << as;
        }
        EXPECT_EQ(log_in(as, new_account(), "a\\u0000b", ""),
                  log_in(as, "nobody@example.org", "a\\u0000b", ""))
            << as;
    }
}

TEST_F(HostileText, WhatCannotBeRecordedAnswers503WhateverThePassword) {
    const std::vector<std::pair<std::string, std::string>> doors = {{"user", new_account()},
                                                                    {"clinician", new_clinician()}};
    HttpClient user = server.new_user();
    const auto expect_503_everywhere = [&](const char* how) {
        for (const auto& [as, email] : doors) {
            for (const std::string& address : {email, std::string("nobody@example.org")}) {
                for (const char* const password : {right_password, wrong_password}) {
                    EXPECT_EQ(log_in(as, address, password, ""), 503) << how << as << address;
                }
            }
        }
        const Reply refused = user.put("/v1/sessions/" + new_id(), session_body());
        EXPECT_EQ(refused.status, 503) << how << refused.body;
        EXPECT_TRUE(refused.headers.contains("retry-after"));
        EXPECT_EQ(user.put("/v1/users/me/password",
                           R"({"current_password":"not-this-one","new_password":"tide-ladder-7"})")
                      .status,
                  503);
    };
    const std::string tokens = sql("SELECT count(*) FROM access_tokens");
    sql_do(server.config().database_url,
           "ALTER TABLE audit_logs ADD CONSTRAINT nothing_more CHECK (false) NOT VALID");
    expect_503_everywhere("a constraint");
    sql_do(server.config().database_url, "ALTER TABLE audit_logs DROP CONSTRAINT nothing_more");
    sql_do(server.config().database_url, "REVOKE INSERT ON audit_logs FROM haven_app");
    expect_503_everywhere("a right");
    EXPECT_EQ(sql("SELECT count(*) FROM access_tokens"), tokens) << "nothing was given";
    sql_do(server.config().database_url, "GRANT INSERT ON audit_logs TO haven_app");
    EXPECT_EQ(log_in(doors[0].first, doors[0].second, right_password, ""), 201);
}

} // namespace
} // namespace haven::test
