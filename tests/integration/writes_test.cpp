// The one rule of writes: what each answers, and what keeps it from being done twice and from
// undoing another.
#include "net/api/error_code.hpp"
#include "server/http/etag.hpp"
#include "server/http/json_value.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/one_life.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <format>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include <yyjson.h>

namespace haven::test {
namespace {

using http::Again;
using http::Method;

std::string name_of(const http::Route& route) {
    return std::format("{} {}", http::to_string(route.method), route.path);
}

/// Those by which a method may be repeated.
std::vector<Again> ways_of(Method method) {
    switch (method) {
    case Method::get:
        return {Again::mark};
    case Method::remove:
        return {Again::mark, Again::condition};
    case Method::patch:
        return {Again::condition};
    case Method::put:
        return {Again::once, Again::mark, Again::condition, Again::anew};
    case Method::post:
        return {Again::once, Again::condition, Again::key, Again::told_once, Again::anew};
    }
    return {};
}

/// Whether the document says that the operation takes such a header field.
bool is_described(yyjson_val* document, const http::Route& route, std::string_view parameter) {
    std::string method(http::to_string(route.method));
    std::ranges::transform(method, method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    yyjson_val* const item =
        yyjson_obj_getn(yyjson_obj_get(document, "paths"), route.path.data(), route.path.size());
    yyjson_val* const all = yyjson_obj_get(yyjson_obj_get(item, method.c_str()), "parameters");
    yyjson_arr_iter each = yyjson_arr_iter_with(all);
    while (yyjson_val* one = yyjson_arr_iter_next(&each)) {
        if (http::text_of(yyjson_obj_get(one, "$ref")).ends_with(parameter)) {
            return true;
        }
    }
    return false;
}

TEST(WriteRule, EachRouteHasOneOfItsWaysAndTheDocumentSaysTheSame) {
    const http::JsonDocument document = http::read_json(http::openapi_json());
    yyjson_val* const root = yyjson_doc_get_root(document.get());
    std::size_t conditional = 0;
    std::size_t keyed = 0;
    for (const http::Route& route : http::api_routes()) {
        EXPECT_TRUE(std::ranges::contains(ways_of(route.method), route.body.again))
            << name_of(route);
        if (!route.path.starts_with("/v1/")) {
            continue;
        }
        EXPECT_EQ(is_described(root, route, "/if_match") ||
                      is_described(root, route, "/if_match_or_begin"),
                  route.body.if_match())
            << name_of(route);
        EXPECT_EQ(is_described(root, route, "/idempotency_key"), route.body.takes_key())
            << name_of(route);
        conditional += route.body.if_match() ? 1 : 0;
        keyed += route.body.takes_key() ? 1 : 0;
    }
    EXPECT_GE(conditional, 6U);
    EXPECT_GE(keyed, 7U);
}

class Writes : public ::testing::Test {
  protected:
    struct Write {
        HttpClient* who;
        std::string method;
        std::string path;
        std::string body = {};
        HttpClient* reader = nullptr; ///< who may read it, where the writer may not
    };

    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    static Reply send(const Write& write, std::vector<std::string> more = {}) {
        std::vector<std::string> headers = usual_headers(write.method, write.path);
        headers.insert(headers.end(), more.begin(), more.end());
        return write.who->send(write.method, write.path, write.body, headers);
    }

    std::vector<Write> of_the_person() {
        HttpClient* const user = &life.user;
        const Ids ids;
        const std::string session = "/v1/sessions/" + life.ids.session;
        return {{user, "PUT", "/v1/sessions/" + ids.session, session_body()},
                {user, "PUT", "/v1/exercises/" + ids.exercise, exercise_body(ids.session)},
                {user, "PATCH", "/v1/exercises/" + ids.exercise, R"({"opening_prompt":"Begin."})"},
                {user, "PUT", "/v1/exercise-artifacts/" + new_id(),
                 std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                             R"("content_text":"The lamp is warm.","sealed":true}})",
                             ids.exercise)},
                {user, "PUT", "/v1/vr-sessions/" + ids.vr_session, vr_session_body(ids.session)},
                {user, "PUT", "/v1/vr-sessions/" + ids.vr_session + "/metrics",
                 R"({"performance_metrics":{"format":1}})"},
                {user, "PUT", "/v1/vr-sessions/" + ids.vr_session + "/end",
                 R"({"ended_at":"2026-11-22T10:11:00Z"})"},
                {user, "PUT", "/v1/exercises/" + ids.exercise + "/end",
                 R"({"completed_at":"2026-11-22T10:11:00Z"})"},
                {user, "PUT", "/v1/sessions/" + ids.session + "/status", R"({"status":"active"})"},
                {user, "PUT", "/v1/sessions/" + ids.session + "/end",
                 R"({"completed_at":"2026-11-22T10:12:00Z"})"},
                {user, "PUT", "/v1/session-intents/" + new_id(),
                 std::format(R"({{"session_id":"{}","intensity_level":3}})", life.ids.session)},
                {user, "PUT", "/v1/reflections/" + new_id(),
                 std::format(R"({{"session_id":"{}","sentiment_score":0.4}})", life.ids.session)},
                {user, "PUT", "/v1/consents/" + life.consent + "/withdrawal", "{}"},
                {user, "PUT", "/v1/consents/" + new_id(),
                 R"({"consent_type":"research","consent_version":"v2.0","consent_given":true})"},
                {user, "PUT", session + "/feedback", R"({"satisfaction":5})"},
                {user, "PUT", "/v1/notifications/" + life.notification + "/read"},
                {user, "PUT", "/v1/crisis-logs/" + life.crisis + "/acknowledgement"},
                {user, "PUT", "/v1/users/me/reminders/" + new_id(),
                 R"({"days":["sunday"],"local_time":"08:30"})"},
                {user, "PATCH", "/v1/users/me/notification-preferences",
                 R"({"reminder":{"letter":true}})"},
                {user, "PATCH", "/v1/users/me", R"({"full_name":"Ada"})"}};
    }

    std::vector<Write> of_the_others() {
        return {
            {&life.service, "PUT", "/v1/notifications/" + new_id(),
             std::format(R"({{"user_id":"{}","notification_type":"reminder","title":"Draw"}})",
                         life.user.id),
             &life.user},
            {&life.service, "PUT", "/v1/prompts/TJ-EX-WRITES-v1", R"({"purpose":"opens"})"},
            {&life.service, "PUT", "/v1/prompts/TJ-EX-WRITES-v1/status", R"({"status":"active"})"},
            {&life.reviewer, "PUT", "/v1/hitl-escalations/" + life.escalation + "/claim"},
            {&life.reviewer, "PUT", "/v1/hitl-escalations/" + life.escalation + "/review",
             R"({"clinician_action":"approve_with_edits","clinician_notes":"Slower.",)"
             R"("revision":1})"},
            {&life.reviewer, "PUT", "/v1/crisis-logs/" + life.crisis + "/calls/acknowledgement"},
            {&life.reviewer, "PUT", "/v1/crisis-logs/" + life.crisis + "/resolution"},
            {&life.supervisor, "PUT", "/v1/webhooks/" + life.webhook,
             std::format(R"({{"service_id":"{}","url":"https://pager.example/new",)"
                         R"("kinds":["crisis.logged"]}})",
                         life.service.id)},
            {&life.reviewer, "PATCH", "/v1/clinicians/me", R"({"preferred_language":"de"})"},
            {&life.supervisor, "POST", "/v1/clinicians",
             std::format(R"({{"email":"{}@clinic.example","full_name":"Lee"}})", new_id())},
            {&life.supervisor, "PUT", "/v1/clinicians/" + life.reviewer.id,
             R"({"full_name":"Lee","role":"reviewer","status":"active"})"},
            {&life.supervisor, "PUT", "/v1/services/" + life.service.id + "/status",
             R"({"status":"suspended"})"},
            {&life.supervisor, "PUT", "/v1/users/" + life.user.id + "/status",
             R"({"status":"active"})"}};
    }

    /// A body that such a route takes.
    std::string in_place_of(const http::Route& route) const {
        if (route.body.kind != http::BodyKind::json) {
            return "";
        }
        if (route.path.ends_with("/status")) {
            return route.path.contains("sessions") ? R"({"status":"active"})"
                                                   : R"({"status":"suspended"})";
        }
        if (route.path == "/v1/clinicians/{id}") {
            return R"({"full_name":"No","role":"reviewer","status":"active"})";
        }
        if (route.path.ends_with("/draft")) {
            return std::format(R"({{"exercise_id":"{}","content_text":"No."}})",
                               life.text_exercise);
        }
        if (route.path == "/v1/webhooks/{id}") {
            return std::format(R"({{"service_id":"{}","url":"https://no.example/",)"
                               R"("kinds":["crisis.logged"]}})",
                               life.service.id);
        }
        return "{}";
    }

    /// What GET answers where the write says, is what the write has answered.
    static void expect_resource(const Write& write) {
        const std::string name = write.method + " " + write.path;
        const Reply reply = send(write);
        ASSERT_TRUE(reply.status == 200 || reply.status == 201) << name << reply.body;
        ASSERT_TRUE(reply.headers.contains("content-location")) << name;
        const std::string place = reply.headers.at("content-location");
        EXPECT_EQ(reply.headers.contains("location"), reply.status == 201) << name;
        const Reply read = (write.reader == nullptr ? write.who : write.reader)->get(place);
        ASSERT_EQ(read.status, 200) << name << read.body;
        static const std::regex arrived(R"re(, "sha256": "[0-9a-f]{64}"\}$)re");
        EXPECT_EQ(std::regex_replace(reply.body, arrived, "}"), read.body) << name;
        EXPECT_EQ(reply.headers.at("etag"), read.headers.at("etag")) << name;
        EXPECT_EQ(reply.headers.at("etag"), http::etag_of(read.body)) << name;
    }

    TempDirectory directory;
    TestServer server{{}, without_rates(directory)};
    OneLife life{server};
};

TEST_F(Writes, EachAnswersWhatItsGetAnswers) {
    for (const Write& write : of_the_person()) {
        expect_resource(write);
    }
    for (const Write& write : of_the_others()) {
        expect_resource(write);
    }
}

TEST_F(Writes, TheFirstIs201AndTheSameAgain200WithTheSameResource) {
    const Write write{&life.user, "PUT", "/v1/reflections/" + new_id(),
                      std::format(R"({{"session_id":"{}","word_count":7}})", life.ids.session)};
    const Reply first = send(write);
    const Reply again = send(write);
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(first.body, again.body);
    EXPECT_EQ(first.headers.at("location"), write.path);
    EXPECT_FALSE(again.headers.contains("location"));
}

/// A headset's: what others did in the session since is none of its business.
TEST_F(Writes, ATokenThatReadsNothingBackGetsTheReceiptAlone) {
    HttpClient headset = server.token_for("user_id", life.user.id, "drawing");
    const std::string id = new_id();
    for (const int status : {201, 200}) {
        const Reply reply = headset.put("/v1/sessions/" + id, session_body());
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(reply.body,
                  std::format(R"({{"id":"{}","sha256":"{}"}})", id, sha256_hex(session_body())));
        EXPECT_FALSE(reply.headers.contains("etag"));
    }
}

TEST_F(Writes, WhatWasDeletedDoesNotComeBack) {
    const Ids ids;
    ASSERT_EQ(life.user.put("/v1/sessions/" + ids.session, session_body()).status, 201);
    ASSERT_EQ(life.user.put("/v1/exercises/" + ids.exercise, exercise_body(ids.session)).status,
              201);
    const Write write{&life.user, "PUT", "/v1/exercise-artifacts/" + new_id(),
                      std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                                  R"("content_text":"The lamp."}})",
                                  ids.exercise)};
    ASSERT_EQ(send(write).status, 201);
    ASSERT_EQ(life.user.remove(write.path).status, 204);
    EXPECT_EQ(send(write).status, 410);
    EXPECT_EQ(life.user.get(write.path).status, 404);
}

/// Of each route that asks for one: without it nothing is done, nor with that of something else.
TEST_F(Writes, WhatIsInPlaceOfSomethingComesWithTheTagOfThat) {
    std::size_t routes = 0;
    for (const http::Route& route : http::api_routes()) {
        if (!route.body.if_match()) {
            continue;
        }
        HttpClient& who = *life.callers(route).back();
        const std::string method(http::to_string(route.method));
        const std::string path = life.path_of(route);
        const std::string body = in_place_of(route);
        std::vector<std::string> headers = usual_headers(route.body);
        std::erase_if(headers, [](const std::string& one) { return one.starts_with("If-Match"); });
        const Reply bare = who.send(method, path, body, headers);
        EXPECT_EQ(bare.status, 428) << name_of(route) << bare.body;
        headers.emplace_back("If-Match: \"5d41402abc4b2a76b9719d911017c592\"");
        const Reply stale = who.send(method, path, body, headers);
        EXPECT_EQ(stale.status, 412) << name_of(route) << stale.body;
        ++routes;
    }
    EXPECT_GE(routes, 6U);
    EXPECT_EQ(life.user.get("/v1/users/me").member("status"), "active");
    EXPECT_EQ(life.supervisor.get("/v1/services/" + life.service.id).member("status"), "active");
}

TEST_F(Writes, OfTwoWhoMoveASessionTheLaterReadsItAgain) {
    const std::string path = "/v1/sessions/" + new_id();
    ASSERT_EQ(life.user.put(path, session_body()).status, 201);
    const std::string seen = life.user.get(path).headers.at("etag");
    const auto move = [&](HttpClient& who, const std::string& to, const std::string& tag) {
        return who.send("PUT", path + "/status", R"({"status":")" + to + R"("})",
                        {"Content-Type: application/json", "If-Match: " + tag});
    };
    const Reply moved = move(life.service, "active", seen);
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(move(life.user, "exercise_in_progress", seen).status, 412);
    EXPECT_EQ(move(life.user, "exercise_in_progress", moved.headers.at("etag")).status, 200);
}

// ---- codes of errors ----

std::string text_of_sources(std::string_view below, std::string_view extension) {
    std::string text;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             std::string(HAVEN_SOURCE_DIR "/") + std::string(below))) {
        if (entry.path().extension() == extension) {
            text += read_text(entry.path());
        }
    }
    return text;
}

TEST(ErrorCodes, TheDocumentListsThemAll) {
    std::set<std::string> told;
    const http::JsonDocument document = http::read_json(http::openapi_json());
    yyjson_arr_iter each = yyjson_arr_iter_with(
        yyjson_ptr_get(yyjson_doc_get_root(document.get()), "/components/schemas/ErrorCode/enum"));
    while (yyjson_val* one = yyjson_arr_iter_next(&each)) {
        told.emplace(http::text_of(one));
    }
    EXPECT_EQ(told, std::set<std::string>(api::error_codes.begin() + 1, api::error_codes.end()));
}

TEST(ErrorCodes, EachIsMadeSomewhereAndNoOther) {
    const std::string cpp = text_of_sources("net/api", ".cpp") + text_of_sources("server", ".cpp");
    const std::string routines = text_of_sources("server", ".sql");
    for (const std::string_view code : api::error_codes) {
        if (code == "unknown") {
            continue;
        }
        EXPECT_TRUE(std::regex_search(cpp, std::regex(std::format("ErrorCode::{}\\b", code))) ||
                    routines.contains(std::format("'{}'", code)))
            << code;
    }
    // haven_invalid(subject, pointer, 'code' or CASE ... END, ...)
    static const std::regex refusal(R"re(RETURN haven_invalid\([^;]*;)re");
    static const std::regex word(R"re('([a-z]+(_[a-z]+)+|required|malformed|unchanged)')re");
    std::size_t refusals = 0;
    for (auto one = std::sregex_iterator(routines.begin(), routines.end(), refusal);
         one != std::sregex_iterator(); ++one, ++refusals) {
        const std::string text = one->str();
        std::size_t codes = 0;
        for (auto said = std::sregex_iterator(text.begin(), text.end(), word);
             said != std::sregex_iterator(); ++said) {
            codes += api::parse_error_code((*said)[1].str()) ? 1 : 0;
        }
        EXPECT_GE(codes, 1U) << text;
    }
    EXPECT_GE(refusals, 15U);
}

TEST_F(Writes, AnErrorHasACodeAndTheLimitThatWasPassed) {
    const Reply reply = life.user.patch(
        "/v1/users/me", std::format(R"({{"full_name":"{}","nothing":1}})", std::string(300, 'a')));
    ASSERT_EQ(reply.status, 422) << reply.body;
    EXPECT_EQ(json_at(reply.body, "/errors/0/code"), "too_long") << reply.body;
    EXPECT_EQ(json_at(reply.body, "/errors/0/limit"), "255") << reply.body;
    EXPECT_EQ(json_at(reply.body, "/errors/1/code"), "unknown_member") << reply.body;
    const Reply of_the_database =
        life.user.patch("/v1/users/me", R"({"time_zone":"Mars/Olympus"})");
    EXPECT_EQ(json_at(of_the_database.body, "/errors/0/code"), "not_in_list")
        << of_the_database.body;
    const Reply nobodys = life.user.put("/v1/reflections/" + new_id(),
                                        std::format(R"({{"session_id":"{}"}})", new_id()));
    EXPECT_EQ(json_at(nobodys.body, "/errors/0/code"), "no_such_resource") << nobodys.body;
}

} // namespace
} // namespace haven::test
