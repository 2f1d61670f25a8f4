// What HttpClient holds every answer of the suite to: an answer that is as described has no faults,
// and each way in which it is not is told with its place.
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <format>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

constexpr std::string_view id = "0190163d-8694-739b-aea5-966c26f8ad91";

Reply answer(int status, const std::string& type, const std::string& body) {
    Reply reply{.status = status, .body = body, .headers = {}, .error = {}};
    if (!type.empty()) {
        reply.headers["content-type"] = type;
    }
    return reply;
}

Reply problem(int status, const std::string& more = {}) {
    return answer(status, "application/problem+json",
                  std::format(R"({{"type":"/problems/not-found","title":"No","status":404,)"
                              R"("request_id":"1"{}}})",
                              more));
}

std::vector<std::string> of_event(const std::string& event) {
    return faults_of_answer(
        "GET", std::format("/v1/sessions/{}/events?limit=1", id),
        answer(200, "application/json", std::format(R"({{"items":[{}]}})", event)));
}

std::string event_with(const std::string& from_state, const std::string& created_at,
                       const std::string& more = {}) {
    return std::format(R"({{"id":7,"session_id":"{0}","user_id":"{0}","event_type":"error",)"
                       R"("from_state":{1},"to_state":null,"event_data":{{"any":[1]}},)"
                       R"("created_at":"{2}"{3}}})",
                       id, from_state, created_at, more);
}

TEST(Answers, AsDescribedHaveNoFaults) {
    EXPECT_THAT(of_event(event_with("null", "2026-11-22T16:46:32.000000Z")), IsEmpty());
    const std::string path = std::format("/v1/sessions/{}", id);
    EXPECT_THAT(faults_of_answer("GET", path, problem(404)), IsEmpty());
    EXPECT_THAT(faults_of_answer("GET", "/v2/nowhere", problem(404)), IsEmpty());
    EXPECT_THAT(faults_of_answer("DELETE", "/v1/users/me", answer(204, "", "")), IsEmpty());
    EXPECT_THAT(faults_of_answer("GET", "/v1/openapi.yaml",
                                 answer(200, "application/yaml; charset=utf-8", "openapi: 3.1.0")),
                IsEmpty());
}

TEST(Answers, EachPlaceOfABodyThatIsOtherwiseIsTold) {
    EXPECT_THAT(of_event(event_with("7", "yesterday")),
                ElementsAre("/items/0/created_at: must be a time of RFC 3339, such as "
                            "2026-01-31T12:00:00.000000Z",
                            "/items/0/from_state: must be a string or null"));
    EXPECT_THAT(of_event("{}"), testing::Contains("/items/0/user_id: is missing"));
    EXPECT_THAT(of_event(event_with("null", "2026-11-22T16:46:32.000000Z", R"(,"mood":1)")),
                ElementsAre("/items/0/mood: is not known here"))
        << "a member that the description does not have";
    EXPECT_THAT(of_event(event_with("null", "2026-11-22T16:46:32Z")),
                ElementsAre(HasSubstr("not in its one spelling")));
    EXPECT_THAT(of_event(event_with("null", "2026-11-22T16:46:32.000000Z", R"(,"id":7)")),
                ElementsAre("/items/0/id: is there more than once"));
}

TEST(Answers, MembersThatSchemasHaveTogetherAreKnownAndOthersAreNot) {
    const auto of_session = [](const std::string& more) {
        return faults_of_answer(
            "GET", "/v1/sessions?status=created",
            answer(200, "application/json",
                   std::format(R"({{"items":[{{"id":"{0}","user_id":"{0}","modality":"vr",)"
                               R"("environment_id":null,"status":"created","session_number":1,)"
                               R"("started_at":"2026-11-22T16:06:32.000000Z","completed_at":null,)"
                               R"("duration_minutes":null,"safety_status":null,)"
                               R"("requires_hitl_review":false,"hitl_reviewed_at":null,)"
                               R"("hitl_reviewer_id":null,"clock_corrected":false,)"
                               R"("created_at":"2026-11-22T16:06:32.000000Z",)"
                               R"("updated_at":"2026-11-22T16:06:32.000000Z"{1}}}]}})",
                               id, more)));
    };
    EXPECT_THAT(of_session(""), IsEmpty());
    EXPECT_THAT(of_session(R"(,"mood":"calm")"), ElementsAre("/items/0/mood: is not known here"));
}

TEST(Answers, ABodyThatIsMissingOrNotDescribedOrOfAnotherTypeIsAFault) {
    const std::string path = std::format("/v1/sessions/{}", id);
    EXPECT_THAT(faults_of_answer("GET", path, answer(200, "application/json", "")),
                ElementsAre("there is no body, where one is described"));
    EXPECT_THAT(faults_of_answer("GET", path, answer(404, "text/html", "<html>")),
                ElementsAre("the media type is `text/html`, not application/problem+json"));
    EXPECT_THAT(faults_of_answer("GET", path, answer(404, "", "{}")),
                ElementsAre("the media type is ``, not application/problem+json"));
    EXPECT_THAT(faults_of_answer("DELETE", "/v1/users/me", answer(204, "application/json", "{}")),
                ElementsAre("2 bytes of `application/json`, where no body is described"));
    EXPECT_THAT(faults_of_answer("GET", path, answer(418, "", "")),
                ElementsAre("the status is not described"));
}

TEST(Answers, WhileBodiesArePassedOverThatOfASuccessIsNotLookedAt) {
    const std::string path = std::format("/v1/sessions/{}", id);
    const Reply success = answer(200, "application/json", R"({"id":7})");
    {
        const BodiesPassedOver odd_rows;
        EXPECT_THAT(faults_of_answer("GET", path, success), IsEmpty());
        EXPECT_THAT(faults_of_answer("GET", path, answer(418, "", "")),
                    ElementsAre("the status is not described"));
        EXPECT_THAT(faults_of_answer("GET", path, problem(400)), Contains("/status: must be 400"));
    }
    EXPECT_THAT(faults_of_answer("GET", path, success), Not(IsEmpty()));
}

TEST(Answers, AProblemSaysTheStatusOfItsAnswer) {
    const std::string path = std::format("/v1/sessions/{}", id);
    EXPECT_THAT(faults_of_answer("GET", path, problem(400)), Contains("/status: must be 400"));
    EXPECT_THAT(faults_of_answer("PATCH", path, problem(405)), Contains("/status: must be 405"));
    EXPECT_THAT(faults_of_answer("GET", path, problem(404, R"(,"errors":[])")),
                ElementsAre("/errors: is not known here"));
    EXPECT_THAT(
        faults_of_answer("PUT", path, problem(422, R"(,"errors":[{"pointer":"","detail":"x"}])")),
        Contains("/errors/0/pointer: must be 1 characters at least, is 0"));
    EXPECT_THAT(faults_of_answer("PUT", path, problem(422, R"(,"errors":[{"pointer":"a b"}])")),
                IsSupersetOf({"/errors/0/pointer: must be a JSON pointer, such as /strokes/3",
                              "/errors/0/detail: is missing"}));
}

TEST(Answers, OneThatIsNotDescribedFailsItsTest) {
    EXPECT_NONFATAL_FAILURE(
        expect_described("GET", std::format("/v1/sessions/{}", id), answer(418, "", "")),
        "answered 418, which is not as described: the status is not described");
}

} // namespace
} // namespace haven::test
