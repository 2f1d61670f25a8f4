// A repeated write is the same where it says the same, however it is spelled; and a conflict only
// where it says something else.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/one_life.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <memory>
#include <ranges>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::test {
namespace {

std::string text_of(yyjson_val* value) {
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

/// 7 as 70e-1, 0.4 as 4.0e-1: the same number.
std::string number_otherwise(std::string number) {
    if (number == "0") {
        return "-0.0";
    }
    const std::size_t point = number.find('.');
    if (point == std::string::npos) {
        return number + "0e-1";
    }
    const std::size_t decimals = number.size() - point - 1;
    number.erase(point, 1);
    const std::size_t zeros = number.find_first_not_of("-0");
    number.erase(number.starts_with('-') ? 1 : 0, zeros - (number.starts_with('-') ? 1 : 0));
    return std::format("{}.0e-{}", number, decimals);
}

/// The same time in small letters, with its offset spelled otherwise; of another text every
/// character escaped.
std::string text_otherwise(const std::string& text) {
    static const std::regex time("(.*)T(.*)Z");
    std::smatch parts;
    if (std::regex_match(text, parts, time)) {
        const std::string clock = parts[2];
        return std::format("\"{}t{}{}+00:00\"", parts[1].str(), clock,
                           clock.contains('.') ? "0000" : ".0000000000");
    }
    std::string other = "\"";
    for (const char c : text) {
        other += std::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return other + "\"";
}

/// The same JSON with its members the other way round, white space, and everything spelled
/// otherwise. Texts are ASCII.
std::string otherwise(yyjson_val* value) {
    if (yyjson_is_raw(value)) {
        return number_otherwise({yyjson_get_raw(value), yyjson_get_len(value)});
    }
    if (yyjson_is_str(value)) {
        return text_otherwise(text_of(value));
    }
    std::string text;
    std::size_t index = 0;
    std::size_t count = 0;
    yyjson_val* item = nullptr;
    if (yyjson_is_arr(value)) {
        yyjson_arr_foreach(value, index, count, item) {
            text += (index == 0 ? "\n" : ",\t ") + otherwise(item);
        }
        return "[" + text + " ]";
    }
    if (yyjson_is_obj(value)) {
        yyjson_val* key = nullptr;
        yyjson_obj_foreach(value, index, count, key, item) {
            text = std::format("\r\n  \"{}\" : {}{}{}", text_of(key), otherwise(item),
                               text.empty() ? "" : " ,", text);
        }
        return "{" + text + "}";
    }
    return yyjson_is_null(value) ? "null" : yyjson_get_bool(value) ? "true" : "false";
}

std::string otherwise(const std::string& json) {
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read(json.data(), json.size(), YYJSON_READ_NUMBER_AS_RAW), &yyjson_doc_free);
    return otherwise(yyjson_doc_get_root(document.get()));
}

struct Write {
    HttpClient* who;
    std::string method;
    std::string path;
    std::string body;
    std::string from; ///< in the body
    std::string to;   ///< what makes it say something else
};

class Meaning : public ::testing::Test {
  protected:
    static Reply send(const Write& write, const std::string& body) {
        return write.who->send(write.method, write.path, body, {"Content-Type: application/json"});
    }

    static void expect_known_by_what_it_says(const Write& write) {
        const std::string name = write.method + " " + write.path;
        const Reply first = send(write, write.body);
        ASSERT_TRUE(first.status == 201 || first.status == 200) << name << first.body;
        for (const std::string& same : {write.body, otherwise(write.body), "\t" + write.body}) {
            const Reply again = send(write, same);
            EXPECT_EQ(again.status, 200) << name << "\n"
                                         << same.substr(0, 2000) << "\n"
                                         << again.body;
        }
        std::string other = write.body;
        ASSERT_TRUE(other.contains(write.from)) << name;
        other.replace(other.find(write.from), write.from.size(), write.to);
        for (const std::string& differing : {other, otherwise(other)}) {
            EXPECT_EQ(send(write, differing).status, 409) << name << "\n"
                                                          << differing.substr(0, 2000);
        }
        EXPECT_EQ(send(write, write.body).status, 200) << name << " is as it was";
    }

    std::vector<Write> of_the_headset() {
        const Ids ids;
        const std::string exercise = std::format(
            R"({{"session_id":"{}","technique":"sprint","technique_config":{{"minutes":10,)"
            R"("pace":0.4,"deep":{{"b":[1,2.5],"a":null}}}},"started_at":"2026-11-22T10:01:00Z",)"
            R"("guideposts":["one","two"]}})",
            ids.session);
        const std::string vr = std::format(
            R"({{"parent_session_id":"{}","environment_id":"cozy_cabin","environment_config":)"
            R"({{"light":0.25,"fog":[1,2]}},"started_at":"2026-11-22T10:01:00Z"}})",
            ids.session);
        return {{&life.user, "PUT", "/v1/sessions/" + ids.session, session_body(), "vr", "web"},
                {&life.user, "PUT", "/v1/exercises/" + ids.exercise, exercise, "2.5", "2.6"},
                {&life.user, "PUT", "/v1/vr-sessions/" + ids.vr_session, vr, "0.25", "0.24"},
                {&life.user, "PUT", "/v1/bilateral-drawings/" + ids.drawing,
                 drawing_body(ids.exercise, ids.vr_session), "\"duration_seconds\":60",
                 "\"duration_seconds\":61"},
                {&life.user, "PUT", "/v1/vr-sessions/" + ids.vr_session + "/metrics",
                 R"({"performance_metrics":{"format":1,"fps":72.5,"spaces":["local"]}})", "72.5",
                 "72.51"},
                {&life.user, "PUT", "/v1/exercises/" + ids.exercise + "/end",
                 R"({"completed_at":"2026-11-22T10:11:00.25Z"})", ".25", ".26"},
                {&life.user, "PUT", "/v1/vr-sessions/" + ids.vr_session + "/end",
                 R"({"ended_at":"2026-11-22T10:11:00Z"})", "10:11", "10:12"},
                {&life.user, "PUT", "/v1/session-events/" + new_id(),
                 std::format(R"({{"session_id":"{}","event_data":{{"rating":6,"pace":2.5}},)"
                             R"("happened_at":"2026-11-22T10:05:00Z"}})",
                             ids.session),
                 "2.5", "2.6"},
                {&life.user, "PUT", "/v1/sessions/" + ids.session + "/end",
                 R"({"completed_at":"2026-11-22T10:12:00Z"})", "10:12", "10:13"}};
    }

    std::vector<Write> of_the_person() {
        const Ids calm; // in the other session no text is written while a clinician looks at it
        EXPECT_EQ(life.user.put("/v1/sessions/" + calm.session, session_body()).status, 201);
        EXPECT_EQ(
            life.user.put("/v1/exercises/" + calm.exercise, exercise_body(calm.session)).status,
            201);
        const auto artifact = [&calm](const std::string& members) {
            return std::format(R"({{"exercise_id":"{}","artifact_type":"text_entry",)"
                               R"("content_text":"The lamp is warm."{}}})",
                               calm.exercise, members);
        };
        return {
            {&life.user, "PUT", "/v1/session-intents/" + new_id(),
             std::format(R"({{"session_id":"{}","intensity_level":3,"agent_confidence_score":)"
                         R"(0.85,"recommended_techniques":["sprint"]}})",
                         life.ids.session),
             "0.85", "0.86"},
            {&life.user, "PUT", "/v1/exercise-artifacts/" + new_id(), artifact(""), "warm", "cold"},
            {&life.user, "PUT", "/v1/exercise-artifacts/" + new_id(),
             artifact(R"(,"sealed":true,"word_count":4)"), "warm", "cold"},
            {&life.user, "PUT", "/v1/reflections/" + new_id(),
             std::format(R"({{"session_id":"{}","sentiment_score":0.4,"word_count":312,)"
                         R"("recurring_themes":["rest","sea"]}})",
                         life.ids.session),
             "0.4", "0.5"},
            {&life.user, "PUT", "/v1/consents/" + new_id(),
             R"({"consent_type":"research","consent_version":"v2.0","consent_given":true})", "true",
             "false"},
            {&life.user, "PUT", "/v1/users/me/reminders/" + new_id(),
             R"({"days":["monday","sunday"],"local_time":"08:30"})", "08:30", "08:31"}};
    }

    std::vector<Write> of_services() {
        return {{&life.service, "PUT", "/v1/safety-screenings/" + new_id(),
                 std::format(R"({{"session_id":"{}","input":"a good day","detection_signals":)"
                             R"([{{"signal":"rest","severity":"none","confidence":0.9}}]}})",
                             life.ids.session),
                 "0.9", "0.8"},
                {&life.service, "PUT", "/v1/notifications/" + new_id(),
                 std::format(R"({{"user_id":"{}","notification_type":"reminder","title":"Draw",)"
                             R"("expires_at":"2027-01-01T00:00:00Z"}})",
                             life.user.id),
                 "2027", "2028"},
                {&life.service, "PUT", "/v1/prompts/TJ-EX-MEANING-v1",
                 R"({"purpose":"opens","inputs":["a","b"]})", "opens", "closes"},
                {&life.service, "POST", "/v1/sessions/" + life.ids.session + "/agent-outputs",
                 std::format(R"({{"items":[{{"id":"{}","agent_name":"coach","output_data":)"
                             R"({{"score":0.5,"n":[1]}},"cost_estimate_usd":0.002,"created_at":)"
                             R"("2026-11-22T10:01:01Z","tool_calls":[{{"id":"{}","tool_name":"t",)"
                             R"("execution_time_ms":20}}]}}]}})",
                             new_id(), new_id()),
                 "0.5", "0.6"}};
    }

    TestServer server;
    OneLife life{server};
};

TEST_F(Meaning, EveryWriteOfTheHeadsetIsKnownByWhatItSays) {
    for (const Write& write : of_the_headset()) {
        expect_known_by_what_it_says(write);
    }
}

TEST_F(Meaning, EveryWriteOfAPersonAndOfAServiceIsKnownByWhatItSays) {
    for (const Write& write : of_the_person()) {
        expect_known_by_what_it_says(write);
    }
    for (const Write& write : of_services()) {
        expect_known_by_what_it_says(write);
    }
}

TEST_F(Meaning, AReceiptIsForTheBytesThatCame) {
    for (const Write& write : of_the_headset()) {
        ASSERT_EQ(send(write, write.body).status, 201) << write.path;
        if (write.path.ends_with("/end") && write.path.contains("/sessions/")) {
            continue; // no headset's
        }
        const std::string other = otherwise(write.body);
        const Reply again = send(write, other);
        EXPECT_EQ(again.member("sha256"), sha256_hex(other)) << write.path << again.body;
    }
}

TEST_F(Meaning, ANullSaysNoMoreThanWhatIsLeftOut) {
    const std::string id = new_id();
    const std::string left_out =
        std::format(R"({{"session_id":"{}","word_count":7}})", life.ids.session);
    const std::string with_null = std::format(
        R"({{"agent_summary":null,"session_id":"{}","word_count":7}})", life.ids.session);
    EXPECT_EQ(life.user.put("/v1/reflections/" + id, left_out).status, 201);
    EXPECT_EQ(life.user.put("/v1/reflections/" + id, with_null).status, 200);
    const std::string session = new_id();
    EXPECT_EQ(life.user
                  .put("/v1/sessions/" + session,
                       R"({"environment_id":null,"started_at":"2026-11-22T10:00:00Z"})")
                  .status,
              201);
    EXPECT_EQ(life.user
                  .put("/v1/sessions/" + session,
                       R"({"started_at":"2026-11-22T10:00:00Z","modality":"vr"})")
                  .status,
              200)
        << "and a default no more than itself";
}

/// Receipts from before there were meanings know the bytes alone, and those from before writes
/// answered the resource know both.
TEST_F(Meaning, AnOlderReceiptIsKnownByItsBytes) {
    const std::string path = "/v1/sessions/" + new_id();
    ASSERT_EQ(life.user.put(path, session_body()).status, 201);
    (void)sql_text(server.config().database_url,
                   "WITH older AS (UPDATE write_receipts SET meaning = digest, digest = "
                   "decode('" +
                       sha256_hex(session_body()) +
                       "', 'hex') RETURNING 1) SELECT count(*) FROM older");
    EXPECT_EQ(life.user.put(path, session_body()).status, 200);
    EXPECT_EQ(life.user.put(path, otherwise(session_body())).status, 200);
    (void)sql_text(server.config().database_url,
                   "WITH older AS (UPDATE write_receipts SET meaning = NULL RETURNING 1) "
                   "SELECT count(*) FROM older");
    EXPECT_EQ(life.user.put(path, session_body()).status, 200);
    EXPECT_EQ(life.user.put(path, otherwise(session_body())).status, 409);
}

TEST_F(Meaning, AMemberThatIsThereTwiceIsMalformedWhereverItStands) {
    const Ids ids = write_drawing(life.user);
    std::string drawing = drawing_body(ids.exercise, ids.vr_session);
    drawing.replace(drawing.find("\"version\":1"), 11, R"("version":1,"more":[{"a":{},"a":{}}])");
    const std::vector<std::pair<std::string, std::string>> twice = {
        {"/v1/sessions/" + new_id(),
         R"({"started_at":"2026-11-22T10:00:00Z","started_at":"2026-11-22T10:00:00Z"})"},
        {"/v1/exercises/" + new_id(),
         std::format(R"({{"session_id":"{}","started_at":"2026-11-22T10:00:00Z",)"
                     R"("technique_config":{{"a":{{"b":1,"\u0062":2}}}}}})",
                     ids.session)},
        {"/v1/vr-sessions/" + ids.vr_session + "/metrics",
         R"({"performance_metrics":{"format":1,"format":1}})"},
        {"/v1/bilateral-drawings/" + new_id(), drawing},
        {"/v1/reflections/" + new_id(),
         std::format(R"({{"session_id":"{}","word_count":1,"word_count":1}})", ids.session)}};
    for (const auto& [path, body] : twice) {
        const Reply reply = life.user.put(path, body);
        EXPECT_EQ(reply.status, 400) << path << reply.body;
        EXPECT_EQ(json_at(reply.body, "/type"), "/problems/malformed");
        EXPECT_EQ(json_at(reply.body, "/errors/0/detail"), "is there more than once");
        EXPECT_FALSE(json_at(reply.body, "/errors/0/pointer").empty());
    }
}

TEST_F(Meaning, ANumberIsWholeByItsValueAndBeyondEveryIntegerItIsAFaultWithItsPlace) {
    const auto reflection = [this](const char* words) {
        return std::format(R"({{"session_id":"{}","word_count":{}}})", life.ids.session, words);
    };
    for (const char* whole : {"20", "20.0", "2e1", "200e-1"}) {
        const std::string id = new_id();
        EXPECT_EQ(life.user.put("/v1/reflections/" + id, reflection(whole)).status, 201) << whole;
        EXPECT_EQ(life.user.get("/v1/reflections/" + id).body.contains("\"word_count\": 20"), true)
            << whole;
    }
    for (const char* none :
         {"20.5", "9223372036854775808", "1e30", "1e400", "-1e400", "null", "\"20\"", "true"}) {
        if (std::string_view(none) == "null") {
            continue; // is described
        }
        const Reply reply = life.user.put("/v1/reflections/" + new_id(), reflection(none));
        EXPECT_EQ(reply.status, 422) << none << reply.body;
        EXPECT_TRUE(reply.points_to("/word_count")) << reply.body;
    }
}

} // namespace
} // namespace haven::test
