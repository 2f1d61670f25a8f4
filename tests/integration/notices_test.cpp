// How people want to be told of things, the reminders that they set, and the end of letters by one
// click.
#include "server/config.hpp"
#include "server/notifications/unsubscribe.hpp"
#include "server/seal/seal.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <format>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr const char* preferences = "/v1/users/me/notification-preferences";
constexpr const char* every_day =
    R"(["monday","tuesday","wednesday","thursday","friday","saturday","sunday"])";
constexpr const char* words =
    R"({"en":{"title":"Calm","body":"Now"},"de":{"title":"Ruhe","body":"Jetzt"}})";

std::string reminder_body(std::string_view days = every_day, std::string_view time = "08:30") {
    return std::format(R"({{"days":{},"local_time":"{}"}})", days, time);
}

class Notices : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void sql_do(const std::string& text) const { test::sql_do(server.config().database_url, text); }
    static std::string set_reminder(HttpClient& user, const std::string& body = reminder_body()) {
        std::string id = new_id();
        const Reply reply = user.put("/v1/users/me/reminders/" + id, body);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return id;
    }
    static void want(HttpClient& user, const std::string& change) {
        const Reply reply = user.patch(preferences, change);
        EXPECT_EQ(reply.status, 200) << reply.body;
    }
    /// What the job tells at a moment.
    std::string remind(const std::string& at) const {
        return sql(std::format("SELECT haven_job_remind('{}', '{}')", at, words));
    }
    /// Its next time is this one, of a person in UTC.
    void comes_at(const std::string& at) const {
        sql_do(std::format("UPDATE reminders SET next_at = '{}'", at));
    }
    std::string told() const {
        return sql("SELECT coalesce(string_agg(title, ' ' ORDER BY created_at), '') FROM "
                   "notifications");
    }

    TestServer server;
};

TEST_F(Notices, EverythingStandsInTheAppAndNothingComesByLetterUntilAPersonSaysOtherwise) {
    HttpClient user = server.new_user();
    const Reply first = user.get(preferences);
    ASSERT_EQ(first.status, 200) << first.body;
    for (const char* type : {"session_reviewed", "reminder", "achievement", "system"}) {
        EXPECT_EQ(json_at(first.body, std::string("/") + type),
                  R"({"in_app":true,"letter":false})");
    }
    EXPECT_EQ(json_at(first.body, "/quiet_hours"), "null");
    EXPECT_EQ(json_at(first.body, "/time_zone"), "UTC");
    EXPECT_EQ(json_at(first.body, "/language"), "en");
    const std::vector<std::string> seen{"Content-Type: application/merge-patch+json",
                                        "If-Match: " + first.headers.at("etag")};
    const Reply changed = user.send("PATCH", preferences,
                                    R"({"achievement":{"in_app":false},"system":{"letter":true},)"
                                    R"("quiet_hours":{"from":"22:00","until":"07:00"}})",
                                    seen);
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(json_at(changed.body, "/achievement"), R"({"in_app":false,"letter":false})");
    EXPECT_EQ(json_at(changed.body, "/system"), R"({"in_app":true,"letter":true})");
    EXPECT_EQ(user.send("PATCH", preferences, "{}", seen).status, 412);
    want(user, R"({"quiet_hours":{"until":"06:30"}})");
    const Reply now = user.get(preferences);
    EXPECT_EQ(json_at(now.body, "/quiet_hours"), R"({"from":"22:00","until":"06:30"})");
    EXPECT_EQ(json_at(now.body, "/achievement/in_app"), "false") << "what is not named stays";
    want(user, R"({"quiet_hours":null})");
    EXPECT_EQ(json_at(user.get(preferences).body, "/quiet_hours"), "null");
    HttpClient other = server.new_user();
    EXPECT_EQ(json_at(other.get(preferences).body, "/system/letter"), "false");
}

TEST_F(Notices, WhatIsOfSafetyCannotBeSwitchedOff) {
    HttpClient user = server.new_user();
    for (const auto& [body, pointer] : std::vector<std::pair<const char*, const char*>>{
             {R"({"system":{"in_app":false}})", "/system/in_app"},
             {R"({"session_reviewed":{"in_app":false}})", "/session_reviewed/in_app"},
             {R"({"reminder":{"by_pigeon":true}})", "/reminder/by_pigeon"},
             {R"({"reminder":null})", "/reminder"},
             {R"({"quiet_hours":{"from":"22:00"}})", "/quiet_hours"},
             {R"({"quiet_hours":{"from":"22:00","until":"22:00"}})", "/quiet_hours"},
             {R"({"quiet_hours":{"from":"24:00","until":"07:00"}})", "/quiet_hours/from"},
             {R"({"time_zone":"Europe/Vienna"})", "/time_zone"}}) {
        const Reply reply = user.patch(preferences, body);
        EXPECT_EQ(reply.status, 422) << body << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << body << reply.body;
    }
    EXPECT_EQ(sql("SELECT count(*) FROM notification_preferences"), "0");
}

TEST_F(Notices, RulesAndServicesTellAsThePersonWantsIt) {
    HttpClient user = server.new_user();
    HttpClient service = server.new_service("web");
    want(user, R"({"achievement":{"in_app":false},"reminder":{"in_app":false,"letter":true},)"
               R"("session_reviewed":{"letter":true}})");
    for (const char* type : {"achievement", "system", "session_reviewed"}) {
        sql(std::format("SELECT haven_notify('{}', '{}', '{}', NULL)", user.id, type, type));
    }
    EXPECT_EQ(told(), "system session_reviewed");
    EXPECT_EQ(sql("SELECT string_agg(kind || ' ' || topic, ', ') FROM letters WHERE topic IS NOT "
                  "NULL"),
              "notice session_reviewed");
    const std::string path = "/v1/notifications/" + new_id();
    const std::string body =
        std::format(R"({{"user_id":"{}","notification_type":"reminder","title":"Draw"}})", user.id);
    EXPECT_EQ(service.put(path, body).status, 201) << "which tells a service nothing";
    EXPECT_EQ(service.put(path, body).status, 200);
    EXPECT_EQ(user.get(path).status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'notice'"), "1")
        << "one letter of all that waits";
}

TEST_F(Notices, LettersWaitForTheEndOfTheQuietHours) {
    const HttpClient user = server.new_user();
    sql_do(std::format("UPDATE users SET time_zone = 'Europe/Vienna' WHERE id = '{}'", user.id));
    const auto due = [&](const char* at) {
        return sql(std::format("SELECT haven_after_quiet('{}', '{}') AT TIME ZONE 'Europe/Vienna'",
                               user.id, at));
    };
    const char* evening = "2026-11-20 22:30+01";
    EXPECT_EQ(due(evening), "2026-11-20 22:30:00");
    sql_do(std::format("INSERT INTO notification_preferences (user_id, quiet_from, quiet_until) "
                       "VALUES ('{}', '22:00', '07:00')",
                       user.id));
    EXPECT_EQ(due(evening), "2026-11-21 07:00:00");
    EXPECT_EQ(due("2026-11-21 06:59:59+01"), "2026-11-21 07:00:00");
    EXPECT_EQ(due("2026-11-21 07:00+01"), "2026-11-21 07:00:00");
    EXPECT_EQ(due("2026-11-21 21:59+01"), "2026-11-21 21:59:00");
    // The night in which clocks go back has an hour more.
    EXPECT_EQ(sql(std::format("SELECT haven_after_quiet('{}', '2026-10-24 22:00+02') - timestamptz "
                              "'2026-10-24 22:00+02'",
                              user.id)),
              "10:00:00");
    sql_do("UPDATE notification_preferences SET quiet_from = '12:00', quiet_until = '14:00'");
    EXPECT_EQ(due("2026-11-20 13:00+01"), "2026-11-20 14:00:00");
    EXPECT_EQ(due(evening), "2026-11-20 22:30:00");
}

TEST_F(Notices, AReminderIsSetReadListedAndDeleted) {
    HttpClient user = server.new_user();
    HttpClient stranger = server.new_user();
    const std::string id = new_id();
    const std::string path = "/v1/users/me/reminders/" + id;
    const Reply made = user.put(path, reminder_body(R"(["thursday","monday"])"));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(json_at(made.body, "/days"), R"(["monday","thursday"])");
    EXPECT_EQ(json_at(made.body, "/local_time"), "08:30");
    EXPECT_EQ(user.put(path, reminder_body(R"(["monday","thursday"])")).status, 200);
    EXPECT_EQ(user.put(path, reminder_body(R"(["monday","thursday"])", "08:31")).status, 409);
    EXPECT_EQ(json_at(user.get(path).body, "/id"), id);
    EXPECT_EQ(json_at(user.get("/v1/users/me/reminders").body, "/items/0/id"), id);
    EXPECT_EQ(stranger.get(path).status, 404);
    EXPECT_EQ(stranger.remove(path).status, 404);
    EXPECT_EQ(stranger.put(path, reminder_body()).status, 404);
    EXPECT_EQ(json_at(stranger.get("/v1/users/me/reminders").body, "/items"), "[]");
    EXPECT_EQ(user.remove(path).status, 204);
    EXPECT_EQ(user.remove(path).status, 404);
    EXPECT_EQ(user.get(path).status, 404);
    EXPECT_EQ(user.put(path, reminder_body(R"(["monday","thursday"])")).status, 410)
        << "a late repetition sets none anew";
    for (const auto& [body, pointer] : std::vector<std::pair<std::string, const char*>>{
             {reminder_body("[]"), "/days"},
             {reminder_body(R"(["monday","monday"])"), "/days/1"},
             {reminder_body(R"(["today"])"), "/days/0"},
             {reminder_body(every_day, "8:30"), "/local_time"},
             {reminder_body(every_day, "25:00"), "/local_time"},
             {R"({"days":["monday"]})", "/local_time"},
             {R"({"days":["monday"],"local_time":"08:00","text":"Hurry"})", "/text"}}) {
        const Reply reply = user.put("/v1/users/me/reminders/" + new_id(), body);
        EXPECT_EQ(reply.status, 422) << body << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << body << reply.body;
    }
}

TEST_F(Notices, TenRemindersAreTheMostAlsoAtOnce) {
    HttpClient user = server.new_user();
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 12; ++i) {
            all.emplace_back([&] {
                HttpClient client = server.client();
                client.token = user.token;
                const Reply reply =
                    client.put("/v1/users/me/reminders/" + new_id(), reminder_body());
                EXPECT_TRUE(reply.status == 201 || reply.status == 409) << reply.body;
            });
        }
    }
    EXPECT_EQ(sql("SELECT count(*) FROM reminders"), "10");
    const std::string one = sql("SELECT id FROM reminders LIMIT 1");
    EXPECT_EQ(user.remove("/v1/users/me/reminders/" + one).status, 204);
    set_reminder(user);
}

TEST_F(Notices, ATimeThatClocksPassOverComesLaterAndOneThatComesTwiceComesOnce) {
    const auto times = [&](const char* at) {
        return sql(std::format(
            "SELECT concat_ws(' ', haven_utc(last_at), haven_utc(next_at)) FROM reminder_times("
            "'Europe/Vienna', '{{sunday}}', '02:30', '{}')",
            at));
    };
    // On 29 March 2026 there is no 02:30: it is 03:30 in summer time.
    EXPECT_EQ(times("2026-03-28T12:00Z"),
              "2026-03-22T01:30:00.000000Z 2026-03-29T01:30:00.000000Z");
    EXPECT_EQ(sql("SELECT timestamptz '2026-03-29T01:30Z' AT TIME ZONE 'Europe/Vienna'"),
              "2026-03-29 03:30:00");
    // On 25 October there are two: it comes with the second, and once.
    EXPECT_EQ(times("2026-10-24T12:00Z"),
              "2026-10-18T00:30:00.000000Z 2026-10-25T01:30:00.000000Z");
    EXPECT_EQ(times("2026-10-25T01:29Z"),
              "2026-10-18T00:30:00.000000Z 2026-10-25T01:30:00.000000Z");
    EXPECT_EQ(times("2026-10-25T01:30Z"),
              "2026-10-25T01:30:00.000000Z 2026-11-01T01:30:00.000000Z");
}

TEST_F(Notices, WhoMovesIsRemindedWhereTheyLive) {
    HttpClient user = server.new_user();
    const std::string path = "/v1/users/me/reminders/" + set_reminder(user);
    const auto clock = [&](const char* zone) {
        return sql(std::format("SELECT to_char(timestamptz '{}' AT TIME ZONE '{}', 'HH24:MI')",
                               json_at(user.get(path).body, "/next_at"), zone));
    };
    EXPECT_EQ(clock("UTC"), "08:30");
    EXPECT_EQ(user.patch("/v1/users/me", R"({"time_zone":"Pacific/Auckland"})").status, 200);
    EXPECT_EQ(clock("Pacific/Auckland"), "08:30");
    EXPECT_EQ(json_at(user.get(path).body, "/time_zone"), "Pacific/Auckland");
}

TEST_F(Notices, EachDueReminderIsToldOnceInThePersonsLanguage) {
    HttpClient user = server.new_user();
    sql_do("UPDATE users SET preferred_language = 'de-AT'");
    set_reminder(user);
    comes_at("2026-11-23T08:30Z");
    EXPECT_EQ(remind("2026-11-23T08:29:59Z"), "0");
    EXPECT_EQ(remind("2026-11-23T08:30Z"), "1");
    EXPECT_EQ(remind("2026-11-23T08:30Z"), "0");
    EXPECT_EQ(told(), "Ruhe");
    EXPECT_EQ(sql("SELECT concat_ws(' ', notification_type, body, haven_utc(expires_at)) FROM "
                  "notifications"),
              "reminder Jetzt 2026-11-24T08:30:00.000000Z");
    EXPECT_EQ(sql("SELECT haven_utc(next_at) FROM reminders"), "2026-11-24T08:30:00.000000Z");
    EXPECT_EQ(sql("SELECT count(*) FROM letters WHERE kind = 'reminder'"), "0");
}

TEST_F(Notices, WhatNobodyTellsForAnHourIsDroppedAndNeverComesInAHeap) {
    HttpClient user = server.new_user();
    set_reminder(user);
    comes_at("2026-11-23T08:30Z");
    EXPECT_EQ(remind("2026-11-26T09:29:59Z"), "1") << "that of today, and none of the days before";
    comes_at("2026-11-23T08:30Z");
    EXPECT_EQ(remind("2026-11-26T09:30Z"), "0") << "an hour late";
    EXPECT_EQ(sql("SELECT haven_utc(next_at) FROM reminders"), "2026-11-27T08:30:00.000000Z");
    EXPECT_EQ(told(), "Calm");
}

TEST_F(Notices, SeveralServersAtOnceTellEachOnce) {
    for (int person = 0; person < 5; ++person) {
        HttpClient user = server.new_user();
        for (int i = 0; i < 10; ++i) {
            set_reminder(user);
        }
    }
    comes_at("2026-11-23T08:30Z");
    {
        std::vector<std::jthread> servers;
        for (int i = 0; i < 4; ++i) {
            servers.emplace_back([&] {
                for (int again = 0; again < 5; ++again) {
                    remind("2026-11-23T08:31Z");
                }
            });
        }
    }
    EXPECT_EQ(sql("SELECT count(*) FROM notifications"), "50");
    EXPECT_EQ(sql("SELECT count(DISTINCT next_at) FROM reminders"), "1");
}

TEST_F(Notices, NothingComesToWhoIsSuspendedOrDoesNotConsent) {
    HttpClient suspended = server.new_user();
    HttpClient withdrawn = server.new_user();
    set_reminder(suspended);
    set_reminder(withdrawn);
    sql_do("UPDATE users SET status = 'suspended' WHERE id = '" + suspended.id + "'");
    EXPECT_EQ(withdrawn
                  .put("/v1/consents/" + new_id(),
                       R"({"consent_type":"data_processing","consent_version":"v2.0",)"
                       R"("consent_given":false})")
                  .status,
              201);
    comes_at("2026-11-23T08:30Z");
    EXPECT_EQ(remind("2026-11-23T08:31Z"), "0");
    sql_do("UPDATE users SET status = 'active'");
    EXPECT_EQ(remind("2026-11-24T08:31Z"), "1") << "who is back is reminded of the next";
    EXPECT_EQ(sql("SELECT user_id FROM notifications"), suspended.id);
}

TEST_F(Notices, AReminderComesByLetterWhereItIsWantedAndInTime) {
    HttpClient user = server.new_user();
    set_reminder(user);
    const auto letters = [&] {
        return sql("SELECT coalesce(string_agg(concat_ws(' ', kind, topic, "
                   "haven_utc(next_attempt_at), haven_utc(expires_at)), ', '), '') FROM letters "
                   "WHERE topic IS NOT NULL");
    };
    want(user, R"({"reminder":{"in_app":false,"letter":true}})");
    comes_at("2026-11-23T08:30Z");
    EXPECT_EQ(remind("2026-11-23T08:31Z"), "1");
    EXPECT_EQ(told(), "");
    EXPECT_EQ(letters(), "reminder reminder 2026-11-23T08:31:00.000000Z "
                         "2026-11-23T09:30:00.000000Z");
    sql_do("DELETE FROM letters");
    want(user, R"({"quiet_hours":{"from":"20:00","until":"09:15"}})");
    EXPECT_EQ(remind("2026-11-24T08:31Z"), "1");
    EXPECT_EQ(letters(), "reminder reminder 2026-11-24T09:15:00.000000Z "
                         "2026-11-24T09:30:00.000000Z");
    sql_do("DELETE FROM letters");
    want(user, R"({"quiet_hours":{"until":"09:45"}})");
    EXPECT_EQ(remind("2026-11-25T08:31Z"), "1");
    EXPECT_EQ(letters(), "") << "more than an hour later it is none any more";
}

/// A server that does the jobs and sends letters, beside the fixture's.
class NoticesByLetter : public Notices {
  protected:
    NoticesByLetter() {
        config.jobs_enabled = true;
        config.public_url = "https://haven.example";
        config.mail_dir = server.config().data_dir / "letters";
    }
    Mail only_letter_to(const HttpClient& user) const {
        const std::string email = sql("SELECT email FROM users WHERE id = '" + user.id + "'");
        for (const Mail& mail : mailbox.to(email)) {
            if (mail.headers.contains("list-unsubscribe")) {
                return mail;
            }
        }
        return {};
    }
    static Reply click(HttpClient& client, const std::string& path, const char* type,
                       const std::string& body) {
        return client.send("POST", path, body, {std::string("Content-Type: ") + type});
    }

    ServerConfig config = server.config();
    Mailbox mailbox{server.config().data_dir / "letters"};
};

TEST_F(NoticesByLetter, AServerRemindsByItselfAndOneClickEndsTheLetters) {
    HttpClient user = server.new_user();
    sql_do("UPDATE users SET preferred_language = 'fr'");
    want(user, R"({"reminder":{"letter":true},"achievement":{"letter":true}})");
    set_reminder(user);
    sql_do(
        "UPDATE reminders SET local_time = date_trunc('minute', now() AT TIME ZONE 'UTC')::time, "
        "next_at = date_trunc('minute', now())");
    config.site_url = "https://journal.example";
    const TestServer other({}, config);
    ASSERT_TRUE(
        await(std::chrono::seconds(60), [&] { return !only_letter_to(user).headers.empty(); }));
    EXPECT_EQ(told(), "Un moment calme, si vous le souhaitez");
    const Mail mail = only_letter_to(user);
    EXPECT_EQ(mail.fault(), "") << mail.raw;
    EXPECT_TRUE(mail.body.contains("https://journal.example/unsubscribe#token=")) << mail.body;
    EXPECT_EQ(mail.headers.at("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    const std::string link = mail.headers.at("list-unsubscribe");
    ASSERT_TRUE(link.starts_with("<https://haven.example/v1/unsubscriptions/")) << link;
    const std::string path = link.substr(22, link.size() - 23);
    HttpClient mail_program = server.client();
    EXPECT_EQ(mail_program.get(path).status, 405) << "looking ends nothing";
    EXPECT_EQ(click(mail_program, path, "application/x-www-form-urlencoded", "x=1").status, 400);
    EXPECT_EQ(json_at(user.get(preferences).body, "/reminder/letter"), "true");
    EXPECT_EQ(click(mail_program, path, "multipart/form-data; boundary=b",
                    "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
                    "One-Click\r\n--b--\r\n")
                  .status,
              204);
    EXPECT_EQ(json_at(user.get(preferences).body, "/reminder"),
              R"({"in_app":true,"letter":false})");
    EXPECT_EQ(json_at(user.get(preferences).body, "/achievement/letter"), "true");
    EXPECT_EQ(
        click(mail_program, path, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click")
            .status,
        204)
        << "as often as one likes";
    EXPECT_EQ(sql("SELECT string_agg(user_id::text, ' ') FROM audit_logs WHERE action = "
                  "'unsubscribe'"),
              user.id + " " + user.id);
}

TEST_F(NoticesByLetter, NobodyEndsAnothersLetters) {
    HttpClient user = server.new_user();
    const auto seal = seal::Seal::open(server.config().data_dir / "master.key");
    ASSERT_TRUE(seal) << seal.error();
    const std::string token =
        notifications::unsubscribe_token(*seal, {*parse_uuid(user.id), "reminder"});
    want(user, R"({"reminder":{"letter":true}})");
    std::vector<std::string> forged{"x", token + "0", token.substr(1), new_id() + token.substr(36)};
    std::string of_another_kind = token;
    of_another_kind.replace(37, 8, "system");
    forged.push_back(of_another_kind);
    forged.push_back(token);
    forged.back().back() = forged.back().back() == '0' ? '1' : '0';
    HttpClient nobody = server.client();
    for (const std::string& wrong : forged) {
        EXPECT_EQ(click(nobody, "/v1/unsubscriptions/" + wrong, "application/x-www-form-urlencoded",
                        "List-Unsubscribe=One-Click")
                      .status,
                  404)
            << wrong;
    }
    EXPECT_EQ(json_at(user.get(preferences).body, "/reminder/letter"), "true");
}

TEST_F(NoticesByLetter, WhatIsNotWantedAnyMoreIsNotSent) {
    HttpClient user = server.new_user();
    HttpClient late = server.new_user();
    want(user, R"({"system":{"letter":true}})");
    want(late, R"({"reminder":{"letter":true}})");
    sql(std::format("SELECT haven_notify('{}', 'system', 'x', NULL)", user.id));
    want(user, R"({"system":{"letter":false}})");
    sql_do(std::format("INSERT INTO letters (kind, topic, bearer, user_id, email, expires_at) "
                       "SELECT 'reminder', 'reminder', 'user', id, email, now() FROM users WHERE "
                       "id = '{}'",
                       late.id));
    const TestServer other({}, config);
    EXPECT_TRUE(await(std::chrono::seconds(60),
                      [&] { return sql("SELECT count(*) FROM letters") == "0"; }));
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE action IN ('mail_notice', "
                  "'mail_reminder')"),
              "0");
}

} // namespace
} // namespace haven::test
