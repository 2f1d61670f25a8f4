#include "net/api/codec.hpp"

#include "bilateral/stroke.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view id_text = "0190163d-8694-739b-aea5-966c26f8ad91";
constexpr std::string_view time_text = "2026-11-22T16:06:32.123456Z";

Uuid an_id() {
    return *parse_uuid(id_text);
}

/// "pointer: detail" of each error, in order; empty when the body was taken.
template <typename T>
std::vector<std::string> faults(const Decoded<T>& decoded) {
    std::vector<std::string> lines;
    if (!decoded) {
        for (const BodyError& error : decoded.error()) {
            lines.push_back(error.pointer + ": " + error.detail);
        }
    }
    return lines;
}

/// A good body with one member's value replaced, added, or (empty) left out.
std::string body_with(std::map<std::string, std::string> members, const std::string& key,
                      const std::string& value) {
    members[key] = value;
    std::string body = "{";
    for (const auto& [name, text] : members) {
        if (!text.empty()) {
            body += std::format("{}\"{}\":{}", body.size() > 1 ? "," : "", name, text);
        }
    }
    return body + "}";
}

const std::map<std::string, std::string> good_registration{{"email", R"("ann@example.org")"},
                                                           {"password", R"("correct horse")"},
                                                           {"consent_data_processing", "true"}};
const std::map<std::string, std::string> good_session{{"modality", R"("vr")"},
                                                      {"environment_id", R"("cozy_cabin")"},
                                                      {"started_at", R"("2026-11-22T16:06:32Z")"}};
const std::map<std::string, std::string> good_drawing{
    {"exercise_id", R"("0190163d-8694-739b-aea5-966c26f8ad91")"},
    {"left_hand_strokes", R"({"format":1,"strokes":[]})"},
    {"right_hand_strokes", R"({"format":1,"strokes":[[1,2],[3]]})"},
    {"duration_seconds", "61"}};
const std::map<std::string, std::string> good_completion{
    {"size_bytes", "12"}, {"sha256", "\"" + std::string(64, 'a') + "\""}};

struct Bad {
    std::string name; ///< for the test's own name
    std::function<std::vector<std::string>(std::string_view)> decode;
    std::string body;
    std::vector<std::string> expected;
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) {
    return out << bad.name << " " << bad.body.substr(0, 200);
}

std::vector<std::string> registration(std::string_view body) {
    return faults(decode_registration(body));
}
std::vector<std::string> session(std::string_view body) {
    return faults(decode_session(body));
}
std::vector<std::string> drawing(std::string_view body) {
    return faults(decode_bilateral_drawing(body));
}
std::vector<std::string> drawing_view(std::string_view body) {
    return faults(decode_bilateral_drawing_view(body));
}
std::vector<std::string> completion(std::string_view body) {
    return faults(decode_trace_completion(body));
}

std::string nested(std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

std::vector<Bad> bad_documents() {
    return {
        {"empty", session, "", {": the body is empty; it must be a JSON object"}},
        {"array", session, "[]", {": the body must be a JSON object"}},
        {"unclosed", session, R"({"started_at":)", {": the JSON ends before its last bracket"}},
        {"crossed", session, R"({"a":[}])", {": the bracket '}' at byte 6 closes nothing"}},
        {"trailing",
         session,
         body_with(good_session, "started_at", R"("2026-11-22T16:06:32Z")") + "x",
         {": the body is not JSON at its byte 83: unexpected content after document"}},
        {"place_after_objects",
         drawing,
         R"({"left_hand_strokes":{"long":[1,2,3,4,5,6,7,8,9]},,})",
         {": the body is not JSON at its byte 50: unexpected character, expected a string for "
          "object key"}},
        {"too_deep", session, nested(65), {": the JSON is more than 64 deep"}},
    };
}

std::vector<Bad> bad_members() {
    const auto bad_time = "/started_at: must be a time of RFC 3339, such as "
                          "2026-01-31T12:00:00.000000Z";
    return {
        {"unknown_member",
         session,
         body_with(good_session, "a/b~c", "1"),
         {"/a~1b~0c: is not known here"}},
        {"repeated_member",
         completion,
         R"({"size_bytes":1,"size_bytes":1,"sha256":")" + std::string(64, 'a') + "\"}",
         {"/size_bytes: is there more than once"}},
        {"missing_member",
         session,
         body_with(good_session, "started_at", ""),
         {"/started_at: is missing"}},
        {"null_member",
         session,
         body_with(good_session, "started_at", "null"),
         {"/started_at: must be a string"}},
        {"null_for_a_default",
         session,
         body_with(good_session, "modality", "null"),
         {"/modality: must be a string"}},
        {"member_without_a_name",
         session,
         body_with(good_session, "", "1"),
         {"/: is not known here"}},
        {"wrong_enumeration",
         session,
         body_with(good_session, "modality", R"("VR")"),
         {"/modality: must be one of: web, vr, desktop"}},
        {"environment_too_long",
         session,
         body_with(good_session, "environment_id", "\"" + std::string(51, 'a') + "\""),
         {"/environment_id: must be 1 to 50 characters, is 51"}},
        {"environment_form",
         session,
         body_with(good_session, "environment_id", R"("Cozy Cabin")"),
         {"/environment_id: must be of a-z, 0-9 and _"}},
        {"time_without_zone",
         session,
         body_with(good_session, "started_at", R"("2026-11-22T16:06:32")"),
         {bad_time}},
        {"time_of_no_day",
         session,
         body_with(good_session, "started_at", R"("2026-02-29T16:06:32Z")"),
         {bad_time}},
        {"time_as_number",
         session,
         body_with(good_session, "started_at", "1790000000"),
         {"/started_at: must be a string"}},
        {"zero_character",
         session,
         body_with(good_session, "environment_id", R"("a\u0000b")"),
         {"/environment_id: must not hold the character U+0000"}},
    };
}

std::vector<Bad> bad_accounts_and_drawings() {
    return {
        {"email_without_at",
         registration,
         body_with(good_registration, "email", R"("ann")"),
         {"/email: must be an e-mail address"}},
        {"email_too_long",
         registration,
         body_with(good_registration, "email", "\"a@" + std::string(254, 'b') + "\""),
         {"/email: must be 3 to 255 characters, is 256"}},
        {"password_short",
         registration,
         body_with(good_registration, "password", R"("1234567")"),
         {"/password: must be 8 to 128 characters, is 7"}},
        {"consent_withheld",
         registration,
         body_with(good_registration, "consent_data_processing", "false"),
         {"/consent_data_processing: must be true: nothing may be kept of a person who does not "
          "agree to it"}},
        {"not_utf8",
         registration,
         body_with(good_registration, "full_name", "\"\xC3\x28\""),
         {": the body is not JSON at its byte 71: invalid UTF-8 encoding in string"}},
        {"id_form",
         drawing,
         body_with(good_drawing, "exercise_id", R"("0190163d")"),
         {"/exercise_id: must be a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91"}},
        {"strokes_as_array",
         drawing,
         body_with(good_drawing, "left_hand_strokes", "[]"),
         {"/left_hand_strokes: must be an object"}},
        {"strokes_not_json",
         drawing,
         body_with(good_drawing, "left_hand_strokes", R"({"a":tru})"),
         {"/left_hand_strokes: is not JSON at its byte 5: invalid literal, expected a valid "
          "literal such as 'true'"}},
        {"strokes_with_zero_character",
         drawing_view,
         body_with(good_drawing, "right_hand_strokes", R"({"a":["\u0000"]})"),
         {"/right_hand_strokes: must not hold the character U+0000"}},
        {"negative_duration",
         drawing,
         body_with(good_drawing, "duration_seconds", "-1"),
         {"/duration_seconds: must be 0 to 604800"}},
        {"fractional_duration",
         drawing,
         body_with(good_drawing, "duration_seconds", "1.5"),
         {"/duration_seconds: must be a whole number"}},
        {"digest_upper_case",
         completion,
         body_with(good_completion, "sha256", "\"" + std::string(64, 'A') + "\""),
         {"/sha256: must be lower-case hexadecimal digits"}},
        {"every_error_at_once",
         session,
         R"({"modality":1,"environment_id":"","other":{}})",
         {"/modality: must be a string", "/environment_id: must be 1 to 50 characters, is 0",
          "/started_at: is missing", "/other: is not known here"}},
    };
}

std::vector<Bad> bad_numbers() {
    return {
        {"nearly_whole_number",
         drawing,
         body_with(good_drawing, "duration_seconds", "205e-1"),
         {"/duration_seconds: must be a whole number"}},
        {"number_beyond_every_integer",
         completion,
         body_with(good_completion, "size_bytes", "1e400"),
         {"/size_bytes: must be 0 to 268435456"}},
        {"member_twice_below",
         drawing,
         body_with(good_drawing, "left_hand_strokes", R"({"a":{"b":1,"b":1}})"),
         {"/left_hand_strokes/a/b: is there more than once"}},
        {"huge_number",
         completion,
         body_with(good_completion, "size_bytes", "18446744073709551615"),
         {"/size_bytes: must be 0 to 268435456"}},
    };
}

std::vector<Bad> bad_bodies() {
    std::vector<Bad> all = bad_documents();
    std::ranges::move(bad_members(), std::back_inserter(all));
    std::ranges::move(bad_accounts_and_drawings(), std::back_inserter(all));
    std::ranges::move(bad_numbers(), std::back_inserter(all));
    return all;
}

class BadBody : public testing::TestWithParam<Bad> {};

TEST_P(BadBody, IsRefusedWithEveryErrorAndItsPlace) {
    EXPECT_EQ(GetParam().decode(GetParam().body), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Codec, BadBody, testing::ValuesIn(bad_bodies()),
                         [](const auto& bad) { return bad.param.name; });

// ---- what is good ----

TEST(Codec, GoodBodiesOfTheTableAreTaken) {
    EXPECT_THAT(registration(body_with(good_registration, "password", R"("correct horse")")),
                IsEmpty());
    EXPECT_THAT(session(body_with(good_session, "modality", "")), IsEmpty());
    EXPECT_THAT(drawing(body_with(good_drawing, "vr_session_id", "null")), IsEmpty());
    EXPECT_THAT(completion(body_with(good_completion, "size_bytes", "0")), IsEmpty());
}

TEST(Codec, AWholeNumberIsOneHoweverItIsSpelled) {
    for (const char* spelling : {"20", "20.0", "2e1", "200E-1"}) {
        const auto decoded =
            decode_bilateral_drawing(body_with(good_drawing, "duration_seconds", spelling));
        ASSERT_TRUE(decoded) << spelling;
        EXPECT_EQ(decoded->duration_seconds, 20) << spelling;
    }
}

TEST(Codec, LengthsAreCountedInCharactersNotBytes) {
    std::string name;
    for (std::size_t i = 0; i < full_name_length_max; ++i) {
        name += "ß";
    }
    EXPECT_THAT(registration(body_with(good_registration, "full_name", "\"" + name + "\"")),
                IsEmpty());
    EXPECT_THAT(registration(body_with(good_registration, "full_name", "\"" + name + "ß\"")),
                ElementsAre(HasSubstr("is 256")));
}

TEST(Codec, DepthOf64IsTaken) {
    // The limit refuses it as an unknown member, not for its depth.
    EXPECT_THAT(faults(decode_vr_session_end(nested(64))),
                ElementsAre("/ended_at: is missing", "/a: is not known here"));
}

TEST(Codec, TenThousandUnknownMembersGiveOneError) {
    std::string body = "{";
    for (int i = 0; i < 10'000; ++i) {
        body += "\"" + std::to_string(i) + "\":1,";
    }
    body += "\"z\":1}";
    EXPECT_THAT(session(body), ElementsAre(": there are more members than any record has"));
}

TEST(Codec, DefaultsAreThoseOfTheRecord) {
    const auto decoded =
        decode_vr_session(R"({"parent_session_id":"0190163d-8694-739b-aea5-966c26f8ad91",)"
                          R"("environment_id":"cozy_cabin","started_at":"2026-11-22T16:06:32Z"})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->interaction_mode, "controller");
    EXPECT_TRUE(decoded->spatial_audio_enabled);
    EXPECT_FALSE(decoded->cinematic_mode_enabled);
    EXPECT_FALSE(decoded->environment_config_json);
}

TEST(Codec, DrawingViewPointsIntoTheBody) {
    const std::string body = body_with(good_drawing, "symmetry_enabled", "false");
    const auto view = decode_bilateral_drawing_view(body);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->left_hand_strokes_json, good_drawing.at("left_hand_strokes"));
    EXPECT_EQ(view->right_hand_strokes_json, good_drawing.at("right_hand_strokes"));
    EXPECT_GE(view->left_hand_strokes_json.data(), body.data());
    EXPECT_LT(view->left_hand_strokes_json.data(), body.data() + body.size());
    EXPECT_FALSE(view->symmetry_enabled);
    EXPECT_EQ(view->duration_seconds, 61);
}

TEST(Codec, BracketsAndQuotesInStringsAreNotStructure) {
    const std::string ink = R"({"note":"} ] \" , \\","a":[{"b":"]"}]})";
    const auto decoded =
        decode_bilateral_drawing(body_with(good_drawing, "left_hand_strokes", ink));
    ASSERT_TRUE(decoded) << faults(decoded).front();
    EXPECT_EQ(decoded->left_hand_strokes_json, ink);
}

TEST(Codec, ObjectsArePassedThroughToTheByte) {
    const std::string config = R"({ "b" : 1.50, "a":[1e2,"\u00e9"],  "c":2 })";
    const auto decoded = decode_exercise(
        R"({"session_id":"0190163d-8694-739b-aea5-966c26f8ad91","technique_config":)" + config +
        R"(,"started_at":"2026-11-22T16:06:32Z"})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->technique_config_json, config);
    EXPECT_THAT(encode(*decoded), HasSubstr("\"technique_config\":" + config));
}

TEST(Codec, AnArrayOfTextsIsHeldToItsLengthsAndTellsEachWrongItem) {
    const auto guideposts = [](const std::string& json) {
        return decode_exercise(
            std::format(R"({{"session_id":"{}","started_at":"{}","guideposts":{}}})", id_text,
                        time_text, json));
    };
    EXPECT_EQ(guideposts("[]")->guideposts_json, "[]");
    EXPECT_EQ(guideposts("null")->guideposts_json, std::nullopt);
    EXPECT_EQ(guideposts(R"([ "a","é\n" ])")->guideposts_json, R"([ "a","é\n" ])");
    EXPECT_THAT(faults(guideposts(R"({"0":"a"})")), ElementsAre("/guideposts: must be an array"));
    EXPECT_THAT(faults(guideposts(R"(["a",1,"",["b"]])")),
                ElementsAre("/guideposts/1: must be a string",
                            "/guideposts/2: must be 1 to 4000 characters, is 0",
                            "/guideposts/3: must be a string"));
    std::string many = "[";
    for (int i = 0; i < 51; ++i) {
        many += i == 0 ? "\"a\"" : ",\"a\"";
    }
    EXPECT_THAT(faults(guideposts(many + "]")),
                ElementsAre("/guideposts: must have 50 items at most"));
    EXPECT_THAT(faults(guideposts(R"(["\u0000"])")),
                ElementsAre("/guideposts: must not hold the character U+0000"));
}

TEST(Codec, EscapedKeysAreTheirCharacters) {
    const auto decoded = decode_vr_session_end(R"({"\u0065nded_at":"1970-01-01T00:00:00Z"})");
    EXPECT_TRUE(decoded);
}

TEST(Codec, AnswersMayHoldWhatThisVersionDoesNotKnow) {
    const auto decoded = decode_trace_offset(
        R"({"id":"0190163d-8694-739b-aea5-966c26f8ad91","upload_offset":7,"later":[{}]})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->upload_offset, 7);
    EXPECT_FALSE(decoded->complete);
}

// ---- there and back ----

template <typename T, typename Decode>
void expect_round_trip(const T& record, Decode decode) {
    const std::string text = encode(record);
    const auto decoded = decode(text);
    ASSERT_TRUE(decoded) << text << "\n" << faults(decoded).front();
    EXPECT_EQ(encode(*decoded), text);
}

TEST(Codec, RequestsComeBackAsTheyWent) {
    const TimeUs time_us = *parse_time_us(time_text);
    expect_round_trip(Registration{.email = "ann@example.org",
                                   .password = "pass \"word\" \\ \n é 🙂",
                                   .full_name = "Ann Ångström",
                                   .preferred_language = "pt-BR",
                                   .consent_data_processing = true,
                                   .consent_motion_trace = true},
                      decode_registration);
    expect_round_trip(Credentials{.email = "ann@example.org", .password = "x"}, decode_credentials);
    expect_round_trip(Session{.environment_id = "cozy_cabin", .started_at = time_us},
                      decode_session);
    expect_round_trip(Exercise{.session_id = an_id(),
                               .technique_config_json = R"({"minutes":5})",
                               .started_at = time_us,
                               .opening_prompt = "What would you say?",
                               .guideposts_json = R"(["begin with \"dear\"","[go] on"])",
                               .grounding_close = "Feel your feet."},
                      decode_exercise);
    expect_round_trip(ExerciseEnd{.status = "abandoned", .completed_at = time_us},
                      decode_exercise_end);
    expect_round_trip(VrSession{.parent_session_id = an_id(),
                                .environment_id = "cozy_cabin",
                                .environment_config_json = R"({"light":"dusk"})",
                                .interaction_mode = "hand_tracking",
                                .spatial_audio_enabled = false,
                                .cinematic_mode_enabled = true,
                                .camera_path_data_json = R"({"keys":[]})",
                                .started_at = time_us},
                      decode_vr_session);
    expect_round_trip(VrSessionMetrics{.performance_metrics_json = R"({"format":1,"fps":72.0})"},
                      decode_vr_session_metrics);
    expect_round_trip(VrSessionEnd{.ended_at = time_us}, decode_vr_session_end);
    expect_round_trip(BilateralDrawing{.exercise_id = an_id(),
                                       .vr_session_id = an_id(),
                                       .left_hand_strokes_json = R"({"strokes":[]})",
                                       .right_hand_strokes_json = "{}",
                                       .symmetry_enabled = false,
                                       .duration_seconds = 600},
                      decode_bilateral_drawing);
    expect_round_trip(TraceCompletion{.size_bytes = 3, .sha256 = std::string(64, '0')},
                      decode_trace_completion);
}

TEST(Codec, AnswersComeBackAsTheyWent) {
    const TimeUs time_us = *parse_time_us(time_text);
    expect_round_trip(Created{.id = an_id()}, decode_created);
    expect_round_trip(TokenGrant{.access_token = "secret", .expires_in = 900, .user_id = an_id()},
                      decode_token_grant);
    expect_round_trip(Receipt{.id = an_id(), .sha256 = std::string(64, 'a')}, decode_receipt);
    expect_round_trip(
        TokenBearer{.server_id = an_id(), .bearer = "clinician", .bearer_id = an_id()},
        decode_token_bearer);
    expect_round_trip(TraceOffset{.id = an_id(),
                                  .sha256 = std::string(64, 'b'),
                                  .upload_offset = 9,
                                  .complete = true,
                                  .size_bytes = 9},
                      decode_trace_offset);
    expect_round_trip(StoredSession{.id = an_id(),
                                    .session = {.started_at = time_us},
                                    .status = "completed",
                                    .session_number = 3,
                                    .completed_at = time_us,
                                    .duration_minutes = 12,
                                    .user_id = an_id(),
                                    .safety_status = "yellow",
                                    .requires_hitl_review = true,
                                    .hitl_reviewed_at = time_us,
                                    .hitl_reviewer_id = an_id(),
                                    .created_at = time_us,
                                    .updated_at = time_us},
                      decode_stored_session);
    expect_round_trip(StoredExercise{.id = an_id(),
                                     .exercise = {.session_id = an_id(), .started_at = time_us},
                                     .word_count = 312,
                                     .created_at = time_us},
                      decode_stored_exercise);
    expect_round_trip(StoredVrSession{.id = an_id(),
                                      .vr_session = {.parent_session_id = an_id(),
                                                     .environment_id = "cozy_cabin",
                                                     .started_at = time_us},
                                      .performance_metrics_json = R"({"format":1})",
                                      .ended_at = time_us},
                      decode_stored_vr_session);
    expect_round_trip(StoredBilateralDrawing{.id = an_id(),
                                             .drawing = {.exercise_id = an_id(),
                                                         .left_hand_strokes_json = "{}",
                                                         .right_hand_strokes_json = "{}"},
                                             .stroke_count = 4,
                                             .created_at = time_us},
                      decode_stored_bilateral_drawing);
}

TEST(Codec, PageHoldsItsItemsAndItsCursor) {
    Page<StoredSession> page;
    EXPECT_EQ(encode(page), R"({"items":[]})");
    page.items.push_back({.id = an_id(), .session = {.started_at = 0}});
    page.next_cursor = "abc";
    EXPECT_EQ(encode(page),
              R"({"items":[{"id":"0190163d-8694-739b-aea5-966c26f8ad91","modality":"vr",)"
              R"("started_at":"1970-01-01T00:00:00.000000Z","status":"created"}],)"
              R"("next_cursor":"abc"})");
}

} // namespace
} // namespace haven::api
