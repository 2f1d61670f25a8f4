// Times that devices tell: a clock that is far off costs nothing and is put right; one rule for how
// a time, a number and a null are written.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <array>
#include <format>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr std::array far_off = {"2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
                                "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z",
                                "1969-12-31T23:59:60+00:00"};

class Clocks : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// What is told of a row, and whether its time is the server's own.
    std::string stands(const std::string& table, const std::string& column,
                       const std::string& id) const {
        return sql(
            std::format("SELECT clock_corrected::text || ' ' || ({1} BETWEEN now() - interval "
                        "'10 minutes' AND now())::text FROM {0} WHERE id = '{2}'",
                        table, column, id));
    }
    static void expect(HttpClient& client, const std::string& path, const std::string& body,
                       int status) {
        const Reply reply = client.put(path, body);
        EXPECT_EQ(reply.status, status) << path << " " << body << reply.body;
    }

    TestServer server;
    HttpClient user = server.new_user();
};

TEST_F(Clocks, ABeginningThatNoClockToldRightIsTheServersAndSaidSo) {
    for (const char* told : far_off) {
        const Ids ids;
        const std::string session = std::format(R"({{"modality":"vr","started_at":"{}"}})", told);
        expect(user, "/v1/sessions/" + ids.session, session, 201);
        expect(user, "/v1/sessions/" + ids.session, session, 200);
        EXPECT_EQ(stands("sessions", "started_at", ids.session), "true true") << told;
        EXPECT_EQ(user.get("/v1/sessions/" + ids.session).member("clock_corrected"), "true");
        expect(user, "/v1/exercises/" + ids.exercise,
               std::format(R"({{"session_id":"{}","started_at":"{}"}})", ids.session, told), 201);
        EXPECT_EQ(stands("exercises", "started_at", ids.exercise), "true true") << told;
        EXPECT_EQ(user.get("/v1/exercises/" + ids.exercise).member("clock_corrected"), "true");
        expect(user, "/v1/vr-sessions/" + ids.vr_session,
               std::format(R"({{"parent_session_id":"{}","environment_id":"cozy_cabin",)"
                           R"("started_at":"{}"}})",
                           ids.session, told),
               201);
        EXPECT_EQ(stands("vr_sessions", "started_at", ids.vr_session), "true true") << told;
        EXPECT_EQ(user.get("/v1/vr-sessions/" + ids.vr_session).member("clock_corrected"), "true");
    }
}

TEST_F(Clocks, AnEndThatNoClockToldRightIsTheServersAndNoLengthIsOfCenturies) {
    for (const char* told : far_off) {
        const Ids ids = write_drawing(user);
        EXPECT_EQ(user.get("/v1/exercises/" + ids.exercise).member("clock_corrected"), "false");
        expect(user, "/v1/exercises/" + ids.exercise + "/end",
               std::format(R"({{"completed_at":"{}"}})", told), 201);
        EXPECT_EQ(stands("exercises", "completed_at", ids.exercise), "true true") << told;
        expect(user, "/v1/vr-sessions/" + ids.vr_session + "/end",
               std::format(R"({{"ended_at":"{}"}})", told), 201);
        EXPECT_EQ(stands("vr_sessions", "ended_at", ids.vr_session), "true true") << told;
        expect(user, "/v1/sessions/" + ids.session + "/end",
               std::format(R"({{"completed_at":"{}"}})", told), 201);
        EXPECT_EQ(stands("sessions", "completed_at", ids.session), "true true") << told;
    }
    EXPECT_EQ(sql("SELECT count(*) FROM (SELECT duration_minutes FROM sessions UNION ALL SELECT "
                  "duration_minutes FROM exercises UNION ALL SELECT duration_minutes FROM "
                  "vr_sessions) AS lengths WHERE duration_minutes > 366 * 24 * 60"),
              "0");
}

TEST_F(Clocks, ATimeThatAClockMayTellStaysAsItIs) {
    const Ids ids = write_drawing(user);
    EXPECT_EQ(user.get("/v1/sessions/" + ids.session).member("clock_corrected"), "false");
    const std::string ago = sql("SELECT to_char((now() - interval '300 days') AT TIME ZONE 'UTC', "
                                "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
    const std::string id = new_id();
    expect(user, "/v1/sessions/" + id, std::format(R"({{"started_at":"{}"}})", ago), 201);
    EXPECT_EQ(user.get("/v1/sessions/" + id).member("started_at"), ago);
    EXPECT_EQ(user.get("/v1/sessions/" + id).member("clock_corrected"), "false");
}

TEST_F(Clocks, WhatEndsBeforeItBeganEndsWhenItBegan) {
    const Ids ids = write_drawing(user);
    const std::string begun = user.get("/v1/exercises/" + ids.exercise).member("started_at");
    expect(user, "/v1/exercises/" + ids.exercise + "/end",
           R"({"completed_at":"2026-11-20T00:00:00Z"})", 201);
    const Reply read = user.get("/v1/exercises/" + ids.exercise);
    EXPECT_EQ(read.member("completed_at"), begun);
    EXPECT_EQ(read.member("duration_minutes"), "0");
    EXPECT_EQ(read.member("clock_corrected"), "true");
}

TEST_F(Clocks, ATimeIsReadInEveryFormOfRfc3339) {
    for (const char* told :
         {"2026-11-22T16:06:32Z", "2026-11-22t16:06:32z", "2026-11-22T17:36:32+01:30",
          "2026-11-22T16:06:32.0000009Z", "2026-11-22T16:06:32.0000000000Z",
          "2026-11-21T23:06:32.000000-17:00"}) {
        const Ids ids = write_drawing(user);
        const std::string body = std::format(R"({{"completed_at":"{}"}})", told);
        expect(user, "/v1/exercises/" + ids.exercise + "/end", body, 201);
        expect(user, "/v1/sessions/" + ids.session + "/end", body, 201);
        EXPECT_EQ(
            sql(std::format("SELECT count(*) FROM (SELECT completed_at FROM exercises WHERE "
                            "id = '{}' UNION ALL SELECT completed_at FROM sessions WHERE id = "
                            "'{}') AS ends WHERE completed_at >= timestamptz "
                            "'2026-11-22T16:06:32Z'",
                            ids.exercise, ids.session)),
            "2")
            << told;
    }
    for (const char* told :
         {"2026-11-22", "2026-11-22T16:06:32", "2026-11-22T16:06:61Z", "2026-11-22 16:06:32Z",
          "2026-11-22T16:06:32.Z", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "infinity"}) {
        const std::string body = std::format(R"({{"completed_at":"{}"}})", told);
        for (const char* path : {"/v1/exercises/", "/v1/sessions/"}) {
            const Reply reply = user.put(path + new_id() + "/end", body);
            EXPECT_EQ(reply.status, 422) << path << told;
            EXPECT_TRUE(reply.points_to("/completed_at")) << reply.body;
        }
    }
}

TEST_F(Clocks, AQueryReadsTimesAndNumbersAsABodyDoes) {
    HttpClient supervisor = server.new_clinician("supervisor");
    (void)write_drawing(user);
    for (const char* limit : {"1", "1.0", "10e-1", "1e0"}) {
        EXPECT_EQ(user.get(std::format("/v1/sessions?limit={}", limit)).status, 200) << limit;
    }
    for (const char* limit : {"20.5", "0", "1e400", "9223372036854775808", "01", "+1", ""}) {
        const Reply reply = user.get(std::format("/v1/sessions?limit={}", limit));
        EXPECT_EQ(reply.status, 400) << limit;
        EXPECT_TRUE(reply.body.contains("`limit`")) << reply.body;
    }
    for (const char* from : {"2026-11-22t16:06:32z", "2026-11-22T16:06:32.0000000000Z",
                             "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
        EXPECT_EQ(supervisor.get(std::format("/v1/audit-logs?from={}", from)).status, 200) << from;
    }
}

} // namespace
} // namespace haven::test
