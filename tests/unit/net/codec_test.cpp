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
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::api {
namespace {

using testing::AllOf;
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
const std::map<std::string, std::string> good_drawing{
    {"exercise_id", R"("0190163d-8694-739b-aea5-966c26f8ad91")"},
    {"left_hand_strokes", R"({"format":1,"strokes":[]})"},
    {"right_hand_strokes", R"({"format":1,"strokes":[[1,2],[3]]})"},
    {"duration_seconds", "61"}};
const std::map<std::string, std::string> good_completion{
    {"size_bytes", "12"}, {"sha256", "\"" + std::string(64, 'a') + "\""}};
const std::map<std::string, std::string> good_bearer{
    {"server_id", R"("0190163d-8694-739b-aea5-966c26f8ad91")"},
    {"bearer", R"("user")"},
    {"bearer_id", R"("0190163d-8694-739b-aea5-966c26f8ad91")"}};

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
std::vector<std::string> drawing(std::string_view body) {
    return faults(decode_bilateral_drawing_view(body));
}
std::vector<std::string> completion(std::string_view body) {
    return faults(decode_trace_completion(body));
}
std::vector<std::string> bearer(std::string_view body) {
    return faults(decode_token_bearer(body));
}

std::string nested(std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

std::vector<Bad> bad_documents() {
    return {
        {"empty", completion, "", {": the body is empty; it must be a JSON object"}},
        {"array", completion, "[]", {": the body must be a JSON object"}},
        {"unclosed", completion, R"({"sha256":)", {": the JSON ends before its last bracket"}},
        {"crossed", completion, R"({"a":[}])", {": the bracket '}' at byte 6 closes nothing"}},
        {"trailing",
         completion,
         body_with(good_completion, "size_bytes", "12") + "x",
         {": the body is not JSON at its byte 93: unexpected content after document"}},
        {"place_after_objects",
         drawing,
         R"({"left_hand_strokes":{"long":[1,2,3,4,5,6,7,8,9]},,})",
         {": the body is not JSON at its byte 50: unexpected character, expected a string for "
          "object key"}},
        {"too_deep", completion, nested(65), {": the JSON is more than 64 deep"}},
    };
}

std::vector<Bad> bad_members() {
    return {
        {"unknown_member",
         completion,
         body_with(good_completion, "a/b~c", "1"),
         {"/a~1b~0c: is not known here"}},
        {"repeated_member",
         completion,
         R"({"size_bytes":1,"size_bytes":1,"sha256":")" + std::string(64, 'a') + "\"}",
         {"/size_bytes: is there more than once"}},
        {"missing_member",
         completion,
         body_with(good_completion, "sha256", ""),
         {"/sha256: is missing"}},
        {"null_member",
         completion,
         body_with(good_completion, "sha256", "null"),
         {"/sha256: must be a string"}},
        {"null_for_a_default",
         registration,
         body_with(good_registration, "preferred_language", "null"),
         {"/preferred_language: must be a string"}},
        {"member_without_a_name",
         completion,
         body_with(good_completion, "", "1"),
         {"/: is not known here"}},
        {"wrong_enumeration",
         bearer,
         body_with(good_bearer, "bearer", R"("User")"),
         {"/bearer: must be one of: user, clinician, service"}},
        {"language_too_long",
         registration,
         body_with(good_registration, "preferred_language", "\"" + std::string(11, 'a') + "\""),
         {"/preferred_language: must be 2 to 10 characters, is 11"}},
        {"language_form",
         registration,
         body_with(good_registration, "preferred_language", R"("pt_BR")"),
         {"/preferred_language: must be a language tag"}},
        {"text_as_number",
         registration,
         body_with(good_registration, "email", "1790000000"),
         {"/email: must be a string"}},
        {"flag_as_text",
         registration,
         body_with(good_registration, "consent_motion_trace", R"("true")"),
         {"/consent_motion_trace: must be true or false"}},
        {"zero_character",
         registration,
         body_with(good_registration, "full_name", R"("a\u0000b")"),
         {"/full_name: must not hold the character U+0000"}},
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
         {"/password: must be 8 to 512 characters, is 7"}},
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
        {"strokes_with_zero_character",
         drawing,
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
         registration,
         R"({"email":"ann","password":1,"other":{}})",
         {"/email: must be an e-mail address", "/password: must be a string",
          "/consent_data_processing: is missing", "/other: is not known here"}},
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
    EXPECT_THAT(bearer(body_with(good_bearer, "bearer", R"("service")")), IsEmpty());
    EXPECT_THAT(drawing(body_with(good_drawing, "vr_session_id", "null")), IsEmpty());
    EXPECT_THAT(completion(body_with(good_completion, "size_bytes", "0")), IsEmpty());
}

TEST(Codec, AWholeNumberIsOneHoweverItIsSpelled) {
    for (const char* spelling : {"20", "20.0", "2e1", "200E-1"}) {
        const auto decoded =
            decode_trace_completion(body_with(good_completion, "size_bytes", spelling));
        ASSERT_TRUE(decoded) << spelling;
        EXPECT_EQ(decoded->size_bytes, 20) << spelling;
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
    EXPECT_THAT(
        completion(nested(64)),
        ElementsAre("/size_bytes: is missing", "/sha256: is missing", "/a: is not known here"));
}

TEST(Codec, TenThousandUnknownMembersGiveOneError) {
    std::string body = "{";
    for (int i = 0; i < 10'000; ++i) {
        body += "\"" + std::to_string(i) + "\":1,";
    }
    body += "\"z\":1}";
    EXPECT_THAT(completion(body), ElementsAre(": there are more members than any record has"));
}

TEST(Codec, DefaultsAreThoseOfTheRecord) {
    const auto decoded = decode_registration(body_with(good_registration, "full_name", "null"));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->full_name, std::nullopt);
    EXPECT_EQ(decoded->preferred_language, "en");
    EXPECT_FALSE(decoded->consent_motion_trace);
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
    const std::string body = body_with(good_drawing, "left_hand_strokes", ink);
    const auto decoded = decode_bilateral_drawing_view(body);
    ASSERT_TRUE(decoded) << faults(decoded).front();
    EXPECT_EQ(decoded->left_hand_strokes_json, ink);
}

TEST(Codec, EscapedKeysAreTheirCharacters) {
    const auto receipt = decode_receipt(
        std::format(R"({{"\u0069d":"{}","sha256":"{}"}})", id_text, std::string(64, 'a')));
    EXPECT_TRUE(receipt);
}

TEST(Codec, AnswersMayHoldWhatThisVersionDoesNotKnow) {
    const auto decoded = decode_trace_offset(
        R"({"id":"0190163d-8694-739b-aea5-966c26f8ad91","upload_offset":7,"later":[{}]})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->upload_offset, 7);
    EXPECT_FALSE(decoded->complete);
}

// ---- what is written ----

TEST(Codec, WhatAHeadsetSendsIsWrittenMemberByMember) {
    const TimeUs time_us = *parse_time_us(time_text);
    const auto id = std::format(R"("{}")", id_text);
    const auto time = std::format(R"("{}")", time_text);
    EXPECT_EQ(encode(Session{.started_at = time_us}),
              std::format(R"({{"modality":"vr","started_at":{}}})", time));
    EXPECT_EQ(encode(Session{.modality = "web", .environment_id = "x", .started_at = time_us}),
              std::format(R"({{"modality":"web","environment_id":"x","started_at":{}}})", time));
    EXPECT_EQ(encode(ExerciseEnd{.status = "abandoned", .completed_at = time_us}),
              std::format(R"({{"status":"abandoned","completed_at":{}}})", time));
    EXPECT_EQ(encode(VrSession{.parent_session_id = an_id(),
                               .environment_id = "cozy_cabin",
                               .environment_config_json = R"({"light":"dusk"})",
                               .interaction_mode = "hand_tracking",
                               .spatial_audio_enabled = false,
                               .cinematic_mode_enabled = true,
                               .camera_path_data_json = R"({"keys":[]})",
                               .started_at = time_us}),
              std::format(R"({{"parent_session_id":{},"environment_id":"cozy_cabin",)"
                          R"("environment_config":{{"light":"dusk"}},)"
                          R"("interaction_mode":"hand_tracking","spatial_audio_enabled":false,)"
                          R"("cinematic_mode_enabled":true,"camera_path_data":{{"keys":[]}},)"
                          R"("started_at":{}}})",
                          id, time));
    EXPECT_EQ(encode(VrSessionMetrics{.performance_metrics_json = R"({"format":1,"fps":72.0})"}),
              R"({"performance_metrics":{"format":1,"fps":72.0}})");
    EXPECT_EQ(encode(VrSessionEnd{.ended_at = time_us}), std::format(R"({{"ended_at":{}}})", time));
}

TEST(Codec, ObjectsAndArraysAreWrittenToTheByte) {
    const std::string config = R"({ "b" : 1.50, "a":[1e2,"\u00e9"],  "c":2 })";
    const std::string guideposts = R"([ "begin with \"dear\"","[go] on" ])";
    EXPECT_EQ(encode(Exercise{.session_id = an_id(),
                              .technique_config_json = config,
                              .started_at = *parse_time_us(time_text),
                              .opening_prompt = "What would you \"say\"?",
                              .guideposts_json = guideposts,
                              .grounding_close = "Feel your feet."}),
              std::format(R"({{"session_id":"{}","technique":"bilateral_drawing",)"
                          R"("technique_config":{},"started_at":"{}",)"
                          R"("opening_prompt":"What would you \"say\"?","guideposts":{},)"
                          R"("grounding_close":"Feel your feet."}})",
                          id_text, config, time_text, guideposts));
    EXPECT_THAT(encode(Exercise{.technique_config_json = "[]", .guideposts_json = "{}"}),
                AllOf(HasSubstr(R"("technique_config":null)"), HasSubstr(R"("guideposts":null)")));
}

TEST(Codec, ADrawingAndItsTraceComeBackAsTheyWent) {
    const std::string drawing = encode(BilateralDrawing{.exercise_id = an_id(),
                                                        .vr_session_id = an_id(),
                                                        .left_hand_strokes_json = R"({"a":[]})",
                                                        .right_hand_strokes_json = "{}",
                                                        .symmetry_enabled = false,
                                                        .duration_seconds = 600});
    const auto view = decode_bilateral_drawing_view(drawing);
    ASSERT_TRUE(view) << faults(view).front();
    EXPECT_EQ(view->exercise_id, an_id());
    EXPECT_EQ(view->vr_session_id, an_id());
    EXPECT_EQ(view->left_hand_strokes_json, R"({"a":[]})");
    EXPECT_EQ(view->right_hand_strokes_json, "{}");
    EXPECT_FALSE(view->symmetry_enabled);
    EXPECT_EQ(view->duration_seconds, 600);
    const std::string whole =
        encode(TraceCompletion{.size_bytes = 3, .sha256 = std::string(64, '0')});
    const auto completion = decode_trace_completion(whole);
    ASSERT_TRUE(completion) << faults(completion).front();
    EXPECT_EQ(encode(*completion), whole);
}

TEST(Codec, AnswersAreWrittenMemberByMemberAndReceiptsComeBack) {
    const std::string receipt = encode(Receipt{.id = an_id(), .sha256 = std::string(64, 'a')});
    const auto of_write = decode_receipt(receipt);
    ASSERT_TRUE(of_write) << faults(of_write).front();
    EXPECT_EQ(encode(*of_write), receipt);
    const std::string offset = encode(TraceOffset{.id = an_id(),
                                                  .sha256 = std::string(64, 'b'),
                                                  .upload_offset = 9,
                                                  .complete = true,
                                                  .size_bytes = 9});
    const auto of_trace = decode_trace_offset(offset);
    ASSERT_TRUE(of_trace) << faults(of_trace).front();
    EXPECT_EQ(encode(*of_trace), offset);
}

} // namespace
} // namespace haven::api
