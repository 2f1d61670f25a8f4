// Every list of the API has one shape: from page to page in both orders, while others write; within
// a range of its own time; and with cursors that are good for nothing else.
#include "server/http/contract.hpp"
#include "server/http/message.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/odd_rows.hpp"
#include "tests/integration/one_life.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <format>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

/// A list, and how a row of it is copied to another time.
struct List {
    std::string_view route;
    HttpClient* who;
    std::string table;
    std::string time;  ///< its column
    std::string where; ///< the row that is copied
    std::string other =
        ""; ///< members of the copy that differ, as JSON; {n} is a number of its own
    std::string id = R"("id":"{id}",)";
    std::string item_id = "/id";
};

class Lists : public ::testing::Test {
  protected:
    Lists() {
        const Reply read = life.reviewer.get("/v1/hitl-escalations/" + life.escalation);
        EXPECT_EQ(life.reviewer
                      .put("/v1/hitl-escalations/" + life.escalation + "/review",
                           std::format(R"({{"clinician_action":"approve_as_is","revision":{}}})",
                                       read.member("revision")))
                      .status,
                  201);
        owner.execute("INSERT INTO webhook_deliveries (webhook_id, event_id, kind, resource_type, "
                      "resource_id, event_at) SELECT id, gen_random_uuid(), 'session.moved', "
                      "'sessions', gen_random_uuid(), now() FROM webhooks");
    }

    std::vector<List> of_the_session() {
        const std::string session = std::format("session_id = '{}'", life.ids.session);
        return {
            {"/v1/sessions/{id}/exercises", &life.user, "exercises", "started_at", session},
            {"/v1/sessions/{id}/vr-sessions", &life.user, "vr_sessions", "started_at",
             "parent_" + session},
            {"/v1/exercises/{id}/bilateral-drawings", &life.user, "bilateral_drawings",
             "created_at", "true"},
            {"/v1/exercises/{id}/artifacts", &life.user, "exercise_artifacts", "created_at",
             std::format("id = '{}'", life.artifact)},
            {"/v1/sessions/{id}/agent-outputs", &life.service, "agent_outputs", "created_at",
             session},
            {"/v1/agent-outputs/{id}/tool-calls", &life.service, "mcp_tool_calls", "created_at",
             session},
            {"/v1/sessions/{id}/intents", &life.user, "session_intents", "created_at", session},
            {"/v1/sessions/{id}/reflections", &life.user, "reflections", "created_at", session},
            {"/v1/sessions/{id}/safety-screenings", &life.service, "safety_screenings",
             "created_at", session},
            {"/v1/sessions/{id}/events", &life.user, "session_events", "created_at", session, "",
             R"("id":{n},)"},
        };
    }

    std::vector<List> of_the_person() {
        const std::string person = std::format("user_id = '{}'", life.user.id);
        const std::string numbered = R"("session_number":{n},)";
        return {
            {"/v1/sessions", &life.user, "sessions", "started_at", person, numbered},
            {"/v1/users/{id}/sessions", &life.reviewer, "sessions", "started_at", person, numbered},
            {"/v1/users/me/timeline", &life.user, "sessions", "started_at", person, numbered,
             R"("id":"{id}",)", "/session/id"},
            {"/v1/users/{id}/timeline", &life.reviewer, "sessions", "started_at", person, numbered,
             R"("id":"{id}",)", "/session/id"},
            {"/v1/reflections", &life.user, "reflections", "created_at", person},
            {"/v1/users/{id}/reflections", &life.reviewer, "reflections", "created_at", person},
            {"/v1/crisis-logs", &life.user, "crisis_logs", "created_at", person,
             R"("screening_id":null,"escalation_id":null,)"},
            {"/v1/notifications", &life.user, "notifications", "created_at", person},
            {"/v1/consents", &life.user, "consent_records", "consented_at", person},
            {"/v1/auth/devices", &life.user, "token_families", "created_at", person},
            {"/v1/audit-logs", &life.user, "audit_logs", "timestamp", person, "", R"("id":{n},)"},
        };
    }

    std::vector<List> of_the_clinic() {
        const std::string cared_for = std::format("clinician_id = '{}'", life.reviewer.id);
        return {
            {"/v1/services", &life.supervisor, "services", "created_at", "true",
             R"("name":"web-{n}",)"},
            {"/v1/clinicians", &life.supervisor, "clinicians", "created_at", "true",
             R"("email":"c{n}@example.org",)"},
            {"/v1/clinicians/me/users", &life.reviewer, "clinician_assignments", "assigned_at",
             cared_for, R"("user_id":"{person}",)", R"("id":"{id}",)", "/user_id"},
            {"/v1/clinicians/{id}/users", &life.supervisor, "clinician_assignments", "assigned_at",
             cared_for, R"("user_id":"{person}",)", R"("id":"{id}",)", "/user_id"},
            {"/v1/clinicians/me/reviews", &life.reviewer, "hitl_reviews", "reviewed_at", "true",
             R"("escalation_id":"{case}",)", R"("id":"{id}",)", "/case/id"},
            {"/v1/prompts", &life.service, "prompt_registry", "created_at", "true", "",
             R"("id":"TJ-LIST-{n}-v1",)"},
            {"/v1/daily-metrics", &life.supervisor, "daily_metrics", "metric_date", "true", "",
             R"("id":"{id}",)", "/metric_date"},
            {"/v1/users", &life.supervisor, "users", "created_at", "true",
             R"("email":"p{n}@example.org",)", R"("id":"{id}",)", "/user_id"},
            {"/v1/webhooks", &life.supervisor, "webhooks", "created_at", "true"},
            {"/v1/webhooks/{id}/deliveries", &life.supervisor, "webhook_deliveries", "created_at",
             "true", R"("event_id":"{event}",)"},
        };
    }

    std::vector<List> all() {
        std::vector<List> lists = of_the_session();
        for (const auto& more : {of_the_person(), of_the_clinic()}) {
            lists.insert(lists.end(), more.begin(), more.end());
        }
        return lists;
    }

    /// 00:00 UTC of a day of the list's own.
    static std::string day(const List& list, int first, int offset) {
        using std::chrono::days;
        // No event is older than its session; no entry of the audit is of the future.
        const int year = list.table == "session_events" ? 2040 : 2000;
        const std::chrono::sys_days begins = std::chrono::year(year) / std::chrono::January / 1;
        const std::string date = std::format("{:%F}", begins + days(first + offset));
        return list.time == "metric_date" ? date : date + "T00:00:00.000000Z";
    }

    std::string filled(std::string text) {
        const auto put = [&text](std::string_view place, const std::string& value) {
            if (const std::size_t at = text.find(place); at != std::string::npos) {
                text.replace(at, place.size(), value);
            }
        };
        put("{n}", std::to_string(9'000'000 + ++number_));
        put("{id}", new_id());
        put("{event}", new_id());
        if (text.contains("{person}")) {
            const std::string person = new_id();
            copy("users", "true",
                 std::format(R"({{"id":"{}","email":"{}@example.org"}})", person, person));
            put("{person}", person);
        }
        if (text.contains("{case}")) {
            const std::string id = new_id();
            copy("hitl_escalations", "true",
                 std::format(R"({{"id":"{}","review_status":"approved"}})", id));
            put("{case}", id);
        }
        return text;
    }

    void copy(const std::string& table, const std::string& where, const std::string& members) {
        const std::string columns = sql_text(
            server.config().database_url,
            std::format("SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE "
                        "attrelid = '{}'::regclass AND attnum > 0 AND NOT attisdropped AND "
                        "attgenerated = ''",
                        table));
        owner.execute(std::format("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM "
                                  "jsonb_populate_record(NULL::{0}, (SELECT to_jsonb(one) FROM {0} "
                                  "AS one WHERE {2} LIMIT 1) || '{3}')",
                                  table, columns, where, members));
    }

    void add(const List& list, const std::string& time) {
        copy(list.table, list.where,
             std::format(R"({{{}"{}":"{}"}})", filled(list.id + list.other), list.time, time));
    }

    std::string path_of(const List& list) const {
        const auto route = std::ranges::find_if(http::api_routes(), [&](const http::Route& one) {
            return one.method == http::Method::get && one.path == list.route;
        });
        const std::string path = life.path_of(*route);
        return path + (path.contains('?') ? "&" : "?");
    }

    static std::vector<std::string> ids_of(const List& list, const Reply& page) {
        EXPECT_EQ(page.status, 200) << page.body;
        std::vector<std::string> ids;
        for (std::size_t i = 0;; ++i) {
            std::string id = json_at(page.body, std::format("/items/{}{}", i, list.item_id));
            if (id.empty()) {
                return ids;
            }
            ids.push_back(std::move(id));
        }
    }

    /// One item a page, by the Link of the page before. After the first `meanwhile` happens.
    template <typename Meanwhile>
    std::vector<std::string> walk(const List& list, const std::string& query,
                                  Meanwhile&& meanwhile) {
        std::vector<std::string> ids;
        for (std::string path = path_of(list) + query + "&limit=1"; !path.empty();) {
            const Reply page = list.who->get(path);
            const std::vector<std::string> here = ids_of(list, page);
            EXPECT_LE(here.size(), 1U);
            ids.insert(ids.end(), here.begin(), here.end());
            if (ids.size() == 1) {
                meanwhile();
            }
            const std::string cursor = page.member("next_cursor");
            path = "";
            if (!cursor.empty() && ids.size() < 20) {
                const std::string link = page.headers.at("link");
                EXPECT_TRUE(link.ends_with("&cursor=" + cursor + ">; rel=\"next\"")) << link;
                path = link.substr(1, link.find('>') - 1);
            }
        }
        return ids;
    }
    std::vector<std::string> walk(const List& list, const std::string& query) {
        return walk(list, query, [] {});
    }

    TempDirectory directory;
    TestServer server{{}, without_rates(directory)};
    OneLife life{server};
    Owner owner{server.config().database_url};
    int number_ = 0;
};

TEST_F(Lists, EachIsOneOfThose) {
    const http::Contract contract = *http::Contract::read(http::openapi_json());
    std::set<std::string_view> served;
    for (const http::Route& route : http::api_routes()) {
        const http::OperationContract* const described = contract.find(route);
        if (described != nullptr && described->query.contains("cursor")) {
            served.insert(route.path);
        }
    }
    std::set<std::string_view> tested{"/v1/hitl-escalations"}; // in an order of its own
    for (const List& list : all()) {
        tested.insert(list.route);
    }
    EXPECT_EQ(tested, served);
}

TEST_F(Lists, EachIsWalkedInBothOrdersAndShowsWhatIsAheadAndNothingTwice) {
    int first = 0;
    for (const List& list : all()) {
        SCOPED_TRACE(list.route);
        const BodiesPassedOver copies;
        first += 30;
        const bool one_a_day = list.time == "metric_date";
        for (const int offset : {1, 2, one_a_day ? 4 : 2, 3}) {
            add(list, day(list, first, offset));
        }
        const std::string range =
            std::format("from={}&to={}", day(list, first, 0), day(list, first, 10));
        const std::vector<std::string> oldest = walk(list, range + "&sort=oldest");
        std::vector<std::string> newest = walk(list, range + "&sort=newest");
        EXPECT_EQ(oldest, ids_of(list, list.who->get(path_of(list) + range + "&sort=oldest")));
        std::ranges::reverse(newest);
        EXPECT_EQ(oldest, newest);
        EXPECT_EQ(std::set(oldest.begin(), oldest.end()).size(), 4U);

        const auto later = walk(list, range + "&sort=oldest", [&] {
            add(list, day(list, first, 0));
            add(list, day(list, first, 6));
        });
        ASSERT_EQ(later.size(), 5U) << "what came behind is not shown, what came ahead is";
        EXPECT_EQ(std::vector(later.begin(), later.begin() + 4), oldest);
        const auto earlier = walk(list, range + "&sort=newest", [&] {
            add(list, day(list, first, 7));
            add(list, day(list, first, 5));
        });
        ASSERT_EQ(earlier.size(), 7U);
        EXPECT_EQ(earlier[0], later[4]);
        EXPECT_EQ(std::set(earlier.begin(), earlier.end()).size(), 7U);
    }
}

TEST_F(Lists, ARangeBeginsWithItsFirstMomentAndEndsBeforeItsLast) {
    int first = 0;
    for (const List& list : all()) {
        SCOPED_TRACE(list.route);
        const BodiesPassedOver copies;
        first += 30;
        std::vector<std::string> ids;
        for (const int offset : {1, 2, 3}) {
            add(list, day(list, first, offset));
        }
        const auto shown = [&](int from, int to) {
            const std::string range = std::format("from={}&to={}&sort=oldest",
                                                  day(list, first, from), day(list, first, to));
            return ids_of(list, list.who->get(path_of(list) + range));
        };
        const auto three = shown(0, 4);
        ASSERT_EQ(three.size(), 3U);
        EXPECT_EQ(shown(1, 3), (std::vector{three[0], three[1]}));
        EXPECT_EQ(shown(2, 4), (std::vector{three[1], three[2]}));
        EXPECT_EQ(shown(2, 3), (std::vector{three[1]}));
        EXPECT_TRUE(shown(4, 5).empty());
        for (const auto& [from, to] : {std::pair(2, 2), std::pair(3, 2)}) {
            const Reply refused = list.who->get(std::format(
                "{}from={}&to={}", path_of(list), day(list, first, from), day(list, first, to)));
            EXPECT_EQ(refused.status, 400) << refused.body;
            EXPECT_TRUE(refused.body.contains("/problems/invalid-parameter")) << refused.body;
        }
    }
}

TEST_F(Lists, ACursorOfAnotherListPersonOrOrderIsRefused) {
    OneLife other(server);
    int first = 0;
    std::string foreign = "none";
    for (const List& list : all()) {
        SCOPED_TRACE(list.route);
        const BodiesPassedOver copies;
        first += 30;
        add(list, day(list, first, 1));
        add(list, day(list, first, 2));
        const std::string path =
            std::format("{}from={}&limit=1", path_of(list), day(list, first, 0));
        const std::string in_order = path + "&sort=oldest";
        const std::string cursor = list.who->get(in_order).member("next_cursor");
        ASSERT_FALSE(cursor.empty());
        EXPECT_EQ(list.who->get(in_order + "&cursor=" + cursor).status, 200);
        std::string changed = cursor;
        changed[40] = changed[40] == 'a' ? 'b' : 'a';
        for (const std::string& bad :
             {in_order + "&cursor=" + foreign, in_order + "&cursor=" + changed,
              in_order + "&cursor=" + cursor.substr(0, 60),
              in_order + "&cursor=", path + "&sort=newest&cursor=" + cursor}) {
            const Reply refused = list.who->get(bad);
            EXPECT_EQ(refused.status, 400) << bad << refused.body;
            EXPECT_TRUE(refused.body.contains("cursor")) << refused.body;
        }
        if (list.who == &life.user && !list.route.contains("{id}")) {
            EXPECT_EQ(other.user.get(in_order + "&cursor=" + cursor).status, 400);
        }
        foreign = cursor;
    }
}

TEST_F(Lists, AFilterTakesSeveralValuesAndRefusesOthers) {
    const auto count = [this](const std::string& path) {
        const Reply page = life.user.get(path);
        EXPECT_EQ(page.status, 200) << path << page.body;
        std::size_t items = 0;
        while (!json_at(page.body, std::format("/items/{}", items)).empty()) {
            ++items;
        }
        return items;
    };
    const std::string exercises = "/v1/sessions/" + life.ids.session + "/exercises";
    EXPECT_EQ(count(exercises), 2U);
    EXPECT_EQ(count(exercises + "?technique=sprint"), 1U);
    EXPECT_EQ(count(exercises + "?technique=sprint&technique=bilateral_drawing"), 2U);
    EXPECT_EQ(count(exercises + "?technique=sprint&status=completed"), 0U);
    EXPECT_EQ(count("/v1/notifications?notification_type=reminder"), 1U);
    EXPECT_EQ(count("/v1/consents?consent_type=research&consent_type=marketing"), 1U);
    const std::string events = "/v1/sessions/" + life.ids.session + "/events";
    EXPECT_EQ(count(events + "?event_type=agent_execution&event_type=state_transition"),
              count(events + "?event_type=agent_execution") +
                  count(events + "?event_type=state_transition"));
    for (const char* bad : {"?technique=", "?status=gone", "?status=completed&status=completed"}) {
        EXPECT_EQ(life.user.get(exercises + bad).status, 400) << bad;
    }
}

TEST_F(Lists, AnAnswerWithACursorIsTheSameWhileNothingChanged) {
    const std::string path = "/v1/sessions/" + life.ids.session + "/exercises?limit=1";
    const Reply page = life.user.get(path);
    ASSERT_FALSE(page.member("next_cursor").empty());
    const Reply again =
        life.user.send("GET", path, "", {"If-None-Match: " + page.headers.at("etag")});
    EXPECT_EQ(again.status, 304);
}

} // namespace
} // namespace haven::test
