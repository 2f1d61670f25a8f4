#include "net/uploader/dispatcher.hpp"

#include "drawing_fixture.hpp"
#include "net/api/problem.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "scripted_server.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::uploader {
namespace {

using std::chrono::milliseconds;
using test::ScriptedServer;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// A real outbox, client and server; the clock is `now_ms`, and a random number is always 1.
class DispatcherTest : public testing::Test {
  protected:
    void start(std::vector<ScriptedServer::Answer> script) {
        server.emplace(std::move(script));
        outbox.emplace(*outbox::Outbox::open(folder.path() / "outbox.sqlite"));
        http.emplace(*HttpClient::create({.server_url = server->url()}));
        dispatcher.emplace(*outbox, *http, BackoffLimits{}, [] { return 1.0; });
        ASSERT_TRUE(dispatcher->set_token("s3cret-token"));
    }

    void draw(std::uint32_t number = 1, std::size_t trace_bytes = 1000) {
        const outbox::DrawingBegin begin = test::numbered_drawing(number);
        ASSERT_TRUE(outbox->begin_drawing(begin));
        ASSERT_TRUE(outbox->add_stroke(begin.drawing_id, test::numbered_stroke(0)));
        ASSERT_TRUE(outbox->add_trace(begin.drawing_id, test::some_bytes(trace_bytes)));
        ASSERT_TRUE(outbox->finish_drawing(begin.drawing_id, test::end_of(begin)));
    }

    /// Sends all that is due at now_ms.
    void run() {
        do {
            ASSERT_TRUE(dispatcher->step(now_ms));
            if (http->busy()) {
                http->wait(100ms);
            }
        } while (dispatcher->has_work_before(now_ms + 1));
    }

    static ScriptedServer::Answer problem(int status, std::string_view type) {
        return {.status = status,
                .body = api::encode(
                    api::Problem{.type = std::string(type), .title = "No", .status = status}),
                .headers = {"Content-Type: application/problem+json"}};
    }

    test::TempDirectory folder;
    std::optional<ScriptedServer> server;
    std::optional<outbox::Outbox> outbox;
    std::optional<HttpClient> http;
    std::optional<Dispatcher> dispatcher;
    std::int64_t now_ms = 1'000'000;
};

/// A network's page in place of the server, with this status, until somebody signs in.
ScriptedServer::Answer sign_in_page(int status) {
    return {.status = status,
            .body = "<html><form>Sign in</form></html>",
            .headers = {"Content-Type: text/html"}};
}

std::vector<std::string> paths_of_drawing_1() {
    const std::string drawing = "/v1/bilateral-drawings/0190163d-8694-739b-aea5-040000000001";
    const std::string vr_session = "/v1/vr-sessions/0190163d-8694-739b-aea5-030000000001";
    const std::string exercise = "/v1/exercises/0190163d-8694-739b-aea5-020000000001";
    return {"/v1/sessions/0190163d-8694-739b-aea5-010000000001",
            exercise,
            vr_session,
            drawing,
            drawing + "/trace/0",
            drawing + "/trace",
            vr_session + "/end",
            exercise + "/end"};
}

TEST_F(DispatcherTest, EachRequestIsSentOnceAndInOrder) {
    start({{.status = 201}, {.status = 201}, {.status = 201}});
    draw();
    run();
    EXPECT_EQ(server->seen_paths(), paths_of_drawing_1());
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(dispatcher->acknowledged(), 8);
    EXPECT_EQ(dispatcher->link(), Link::reachable);
    EXPECT_THAT(dispatcher->last_error(), IsEmpty());
}

TEST_F(DispatcherTest, TokenIsInItsHeaderAlone) {
    start({});
    draw();
    run();
    for (const ScriptedServer::Seen& request : server->seen()) {
        EXPECT_EQ(request.headers.at("authorization"), "Bearer s3cret-token");
        EXPECT_THAT(request.path, Not(HasSubstr("s3cret")));
        EXPECT_THAT(request.body, Not(HasSubstr("s3cret")));
    }
}

TEST_F(DispatcherTest, ChunkOfTraceCarriesItsDigest) {
    start({});
    draw(1, 3);
    run();
    const ScriptedServer::Seen chunk = server->seen()[4];
    ASSERT_EQ(chunk.path, paths_of_drawing_1()[4]);
    EXPECT_EQ(chunk.headers.at("content-type"), "application/octet-stream");
    EXPECT_EQ("Content-Digest: " + chunk.headers.at("content-digest"),
              content_digest_header(sha256_of(chunk.body)));
    // printf abc | openssl sha256 -binary | base64
    EXPECT_EQ(content_digest_header(sha256_of("abc")),
              "Content-Digest: sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:");
}

TEST_F(DispatcherTest, ServerInTroubleIsAskedAgainAfterTheBackoffAndNotBefore) {
    start({{.status = 503}});
    draw();
    run();
    EXPECT_THAT(server->seen(), SizeIs(1));
    EXPECT_EQ(dispatcher->idle_time(now_ms).value(), 1000ms);
    now_ms += 999;
    run();
    EXPECT_THAT(server->seen(), SizeIs(1));
    now_ms += 1;
    run();
    EXPECT_THAT(server->seen(), SizeIs(9));
    EXPECT_EQ(server->seen_paths()[1], paths_of_drawing_1()[0]);
    EXPECT_EQ(dispatcher->acknowledged(), 8);
}

TEST_F(DispatcherTest, OtherDrawingsDoNotAskAServerInTroubleEither) {
    start({{.status = 503}});
    draw(1);
    draw(2);
    run();
    EXPECT_THAT(server->seen(), SizeIs(1));
}

TEST_F(DispatcherTest, BackoffDoublesToAMinuteAndStartsAgainAfterASuccess) {
    std::vector<ScriptedServer::Answer> script(8, {.status = 500});
    script.push_back({.status = 201});
    script.push_back({.status = 500});
    start(std::move(script));
    draw();
    for (const milliseconds expected : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 1s}) {
        run();
        EXPECT_EQ(dispatcher->idle_time(now_ms).value(), expected);
        now_ms += expected.count();
    }
}

TEST_F(DispatcherTest, RetryAfterIsObeyed) {
    start({{.status = 429, .headers = {"Retry-After: 17"}}});
    draw();
    run();
    EXPECT_EQ(dispatcher->idle_time(now_ms).value(), 17s);
    now_ms += 16'999;
    run();
    EXPECT_THAT(server->seen(), SizeIs(1));
    now_ms += 1;
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
}

TEST_F(DispatcherTest, ThePauseOfWhoeverAnswersInHavensPlaceIsAMinuteAtMost) {
    ScriptedServer::Answer havens = problem(503, api::problem_type::unavailable);
    havens.headers.emplace_back("Retry-After: 3000");
    ScriptedServer::Answer of_bearer{.status = 503, .headers = {"Retry-After: 3000"}};
    of_bearer.for_bearer = true;
    start({of_bearer,
           {.status = 503, .headers = {"Retry-After: 3000"}},
           {.status = 403, .body = "<html></html>", .headers = {"Retry-After: 3000"}},
           havens});
    draw();
    run();
    for (std::size_t answers = 1; answers <= 3; ++answers) {
        now_ms += 60'000;
        run();
        EXPECT_THAT(server->seen(), SizeIs(answers));
    }
    now_ms += 2'999'999;
    run();
    EXPECT_THAT(server->seen(), SizeIs(3)); // Haven itself may ask for more
    now_ms += 1;
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
}

TEST_F(DispatcherTest, RequestWhoseAnswerWasLostIsSentAgainTheSame) {
    start({{.hang_up = true}, {.hang_up = true}}); // libcurl tries a kept connection once more
    draw();
    run();
    EXPECT_EQ(dispatcher->link(), Link::unreachable);
    EXPECT_THAT(dispatcher->last_error(), HasSubstr(server->url()));
    now_ms += 1000;
    run();
    const auto seen = server->seen();
    ASSERT_THAT(seen, SizeIs(10));
    EXPECT_EQ(seen[0].path, seen[2].path);
    EXPECT_EQ(seen[0].body, seen[2].body);
    EXPECT_EQ(dispatcher->acknowledged(), 8);
    EXPECT_EQ(dispatcher->link(), Link::reachable);
}

TEST_F(DispatcherTest, RefusedTokenStopsAllUntilThereIsANewOne) {
    start({{.status = 201}, problem(401, api::problem_type::unauthorized)});
    draw();
    run();
    EXPECT_THAT(server->seen(), SizeIs(2));
    EXPECT_EQ(dispatcher->link(), Link::token_refused);
    EXPECT_THAT(dispatcher->last_error(),
                AllOf(HasSubstr("log in again"), Not(HasSubstr("s3cret"))));
    now_ms += 3'600'000;
    run();
    EXPECT_THAT(server->seen(), SizeIs(2));

    ASSERT_TRUE(dispatcher->set_token("another")); // of the same account
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(server->seen()[2].path, server->seen()[1].path);
    EXPECT_EQ(server->seen()[2].headers.at("authorization"), "Bearer another");
}

TEST_F(DispatcherTest, NothingIsSentWithoutAToken) {
    start({});
    ASSERT_TRUE(dispatcher->set_token(""));
    draw();
    run();
    EXPECT_EQ(server->bearer_questions(), 0);
    EXPECT_THAT(server->seen(), IsEmpty());
    EXPECT_EQ(dispatcher->link(), Link::no_token);
}

TEST_F(DispatcherTest, ConflictIsKeptAndReportedAndWhatDoesNotNeedItGoesOn) {
    start({{.status = 201}, {.status = 201}, problem(409, api::problem_type::conflict)});
    draw();
    run();
    EXPECT_THAT(server->seen(), SizeIs(4)); // session, exercise, vr_session, and the exercise's end
    EXPECT_EQ(server->seen_paths()[3], paths_of_drawing_1()[7]);
    EXPECT_EQ(outbox->counts()->refused, 1);
    EXPECT_EQ(outbox->counts()->pending, 4);
    EXPECT_THAT(outbox->refused(1)->at(0).reason, HasSubstr("409 No"));
    EXPECT_FALSE(dispatcher->has_work_before(now_ms + 1'000'000));
}

TEST_F(DispatcherTest, WhatWasDeletedOnTheServerIsSetAsideWholeAndNeverAskedAgain) {
    start(std::vector<ScriptedServer::Answer>(8, problem(410, api::problem_type::gone)));
    draw();
    run();
    EXPECT_EQ(server->seen_paths(), paths_of_drawing_1()) << "each hears it for itself";
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(outbox->counts()->refused, 0);
    EXPECT_EQ(outbox->counts()->set_aside, 8);
    EXPECT_EQ(outbox->retry_refused(), 0) << "the next start asks nothing";
    const auto aside = outbox->things_set_aside();
    ASSERT_TRUE(aside);
    EXPECT_EQ(aside->at(3).what, paths_of_drawing_1()[3]);
    EXPECT_THAT(aside->at(3).reason, HasSubstr("410 No"));
    EXPECT_EQ(dispatcher->link(), Link::reachable);
    draw(2); // what is somebody's still goes
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(outbox->counts()->set_aside, 8);
}

/// The answers up to a trace that is refused for want of a consent, and this one to the question
/// how the person stands on motion.
std::vector<ScriptedServer::Answer> no_consent_and(ScriptedServer::Answer to_question) {
    std::vector<ScriptedServer::Answer> script(4, {.status = 201});
    script.push_back({.status = 403,
                      .body = api::encode(api::Problem{
                          .type = std::string(api::problem_type::consent_missing), .status = 403}),
                      .headers = {"Content-Type: application/problem+json"}});
    script.push_back(std::move(to_question));
    return script;
}

ScriptedServer::Answer word_on_motion(std::string_view given) {
    return {.body = std::format(R"({{"motion_trace":{{"given":{}}}}})", given),
            .headers = {"Content-Type: application/json"}};
}

TEST_F(DispatcherTest, TraceWithoutConsentIsDroppedAndTheDrawingStays) {
    start(no_consent_and(word_on_motion("false")));
    draw(1, 3'000'000);
    run();
    EXPECT_THAT(server->seen(), SizeIs(8)); // one chunk alone
    EXPECT_EQ(server->seen()[5].method + " " + server->seen()[5].path, "GET /v1/consents/current");
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(outbox->counts()->refused, 0);
    EXPECT_EQ(outbox->counts()->dropped, 1);
}

TEST_F(DispatcherTest, ARefusalThatIsNotAboutMotionTakesNoMotionAway) {
    auto script = no_consent_and(word_on_motion("true")); // all processing was withdrawn
    script.insert(script.end(), {script[4], script[5]});
    start(std::move(script));
    draw(1, 3'000'000);
    run();
    EXPECT_THAT(server->seen(), SizeIs(10)); // and both ends
    EXPECT_EQ(outbox->counts()->dropped, 0);
    EXPECT_EQ(outbox->counts()->refused, 1);
    EXPECT_EQ(outbox->counts()->pending, 3); // the rest of the trace waits for its beginning
    ASSERT_EQ(outbox->retry_refused(), 1);   // at the next start they agree again
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
}

TEST_F(DispatcherTest, ATraceThatWasRefusedAsThePersonAgreedGoesOnceMore) {
    start(no_consent_and(word_on_motion("true")));
    draw();
    run();
    EXPECT_THAT(server->seen(), SizeIs(10)); // with the question
    EXPECT_EQ(server->seen_paths()[6], server->seen_paths()[4]);
    EXPECT_EQ(outbox->counts()->refused, 0);
    EXPECT_EQ(outbox->counts()->dropped, 0);
    EXPECT_EQ(outbox->counts()->pending, 0);
}

TEST_F(DispatcherTest, NobodyElsesWordTakesMotionAway) {
    for (ScriptedServer::Answer answer :
         {sign_in_page(200), sign_in_page(403), problem(503, api::problem_type::unavailable),
          ScriptedServer::Answer{.hang_up = true}}) {
        std::filesystem::remove_all(folder.path());
        start(no_consent_and(std::move(answer)));
        draw();
        run();
        EXPECT_EQ(outbox->counts()->dropped, 0);
        EXPECT_EQ(outbox->counts()->refused, 0);
        EXPECT_EQ(outbox->counts()->pending, 4);
        now_ms += 60'000;
        run();
        EXPECT_EQ(outbox->counts()->pending, 0);
        dispatcher.reset();
        http.reset();
        outbox.reset();
    }
}

TEST_F(DispatcherTest, ForbiddenForAnotherReasonIsRefusedNotDropped) {
    std::vector<ScriptedServer::Answer> script(4, {.status = 201});
    script.push_back(problem(403, api::problem_type::forbidden));
    start(std::move(script));
    draw();
    run();
    EXPECT_EQ(outbox->counts()->refused, 1);
    EXPECT_EQ(outbox->counts()->dropped, 0);
}

TEST_F(DispatcherTest, WhatHavenNeverUnderstandsStopsNothingForEver) {
    std::vector<ScriptedServer::Answer> script(3, {.status = 201});
    script.insert(script.end(), 5, problem(400, api::problem_type::malformed));
    start(std::move(script));
    draw();
    for (int tries = 0; tries < 5; ++tries) {
        EXPECT_EQ(outbox->counts()->refused, 0);
        run();
        now_ms += 60'000;
    }
    EXPECT_EQ(outbox->counts()->refused, 1); // the drawing
    EXPECT_EQ(outbox->counts()->pending, 2); // its trace
    EXPECT_EQ(server->seen_paths().back(), paths_of_drawing_1()[7]);
    ASSERT_EQ(outbox->retry_refused(), 1);
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
}

TEST_F(DispatcherTest, RedirectionIsNotFollowedAndTriedAgain) {
    start({{.status = 302, .headers = {"Location: /login"}}});
    draw();
    run();
    EXPECT_THAT(server->seen_paths(), Each(Not("/login")));
    EXPECT_EQ(outbox->counts()->pending, 8);
    EXPECT_GT(dispatcher->idle_time(now_ms).value(), 0ms);
}

TEST_F(DispatcherTest, WhoeverAnswersInTheServersPlaceTakesAndParksNothing) {
    std::vector<ScriptedServer::Answer> script;
    for (const int status : {200, 201, 302, 401, 403, 404, 407, 409, 413, 422, 511}) {
        script.push_back(sign_in_page(status));
    }
    script.push_back({.status = 204, .bare = true});
    script.push_back({.status = 200, .bare = true});
    const std::size_t impostors = script.size();
    start(std::move(script));
    draw(1, 3000);
    for (std::size_t i = 0; i < impostors; ++i) {
        run();
        ASSERT_THAT(server->seen(), SizeIs(i + 1));
        EXPECT_EQ(dispatcher->link(), Link::not_haven);
        EXPECT_THAT(dispatcher->last_error(), HasSubstr("not in Haven's words"));
        EXPECT_EQ(outbox->counts()->pending, 8);
        EXPECT_EQ(outbox->counts()->refused, 0);
        EXPECT_EQ(outbox->counts()->dropped, 0);
        now_ms += 60'000;
    }
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(dispatcher->acknowledged(), 8);
    EXPECT_EQ(dispatcher->link(), Link::reachable);
}

TEST_F(DispatcherTest, EachKindOfRequestWaitsForItsOwnReceipt) {
    for (std::size_t place = 0; place < paths_of_drawing_1().size(); ++place) {
        SCOPED_TRACE(paths_of_drawing_1()[place]);
        std::filesystem::remove_all(folder.path());
        std::vector<ScriptedServer::Answer> script(place, {.status = 201});
        script.push_back(sign_in_page(200));
        start(std::move(script));
        draw();
        run();
        EXPECT_EQ(dispatcher->acknowledged(), place);
        EXPECT_EQ(dispatcher->link(), Link::not_haven);
        EXPECT_EQ(server->seen_paths().back(), paths_of_drawing_1()[place]);
        now_ms += 60'000;
        run();
        EXPECT_EQ(dispatcher->acknowledged(), 8);
        dispatcher.reset();
        http.reset();
        outbox.reset();
    }
}

TEST_F(DispatcherTest, AGatewayWithoutItsServerIsNoSignInPage) {
    start({{.status = 502, .body = "<html>bad gateway</html>"}});
    draw();
    run();
    EXPECT_EQ(dispatcher->link(), Link::unreachable);
    EXPECT_EQ(outbox->counts()->pending, 8);
}

TEST_F(DispatcherTest, OneRequestThatAlwaysFailsDoesNotKeepTheOthersFromGoing) {
    start({{.status = 500}, {.status = 201}, {.status = 500}, {.status = 201}});
    draw(1);
    draw(2);
    run();
    now_ms += 1000;
    run(); // the other drawing's session goes first
    const auto paths = server->seen_paths();
    ASSERT_GE(paths.size(), 2U);
    EXPECT_EQ(paths[0], paths_of_drawing_1()[0]);
    EXPECT_NE(paths[1], paths_of_drawing_1()[0]);
}

TEST_F(DispatcherTest, AServerThatTakesLessIsAskedAgainLaterAndNothingElseWaits) {
    std::vector<ScriptedServer::Answer> script(3, {.status = 201});
    script.push_back(problem(413, api::problem_type::body_too_large));
    start(std::move(script));
    draw(1);
    draw(2);
    run();
    EXPECT_EQ(outbox->counts()->refused, 0);
    EXPECT_EQ(dispatcher->acknowledged(), 3 + 8);
    EXPECT_EQ(dispatcher->too_large(), 1);
    EXPECT_EQ(outbox->counts()->pending, 5);
    now_ms += 3'600'000;
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
}

// ---- whose it is ----

TEST_F(DispatcherTest, NothingGoesBeforeTheServerSaidWhoseTheTokenIs) {
    std::vector<ScriptedServer::Answer> script;
    for (const int status : {200, 204, 302, 401, 403, 404, 407, 511}) {
        ScriptedServer::Answer answer = sign_in_page(status);
        answer.for_bearer = true;
        script.push_back(std::move(answer));
    }
    script.push_back({.body = R"({"server_id":"x","bearer":"user"})",
                      .headers = {"Content-Type: application/json"},
                      .for_bearer = true});
    script.push_back(problem(404, api::problem_type::not_found)); // a Haven that cannot say
    script.back().for_bearer = true;
    const std::size_t impostors = script.size();
    start(std::move(script));
    draw();
    for (std::size_t i = 0; i < impostors; ++i) {
        run();
        EXPECT_EQ(server->bearer_questions(), i + 1);
        EXPECT_THAT(server->seen(), IsEmpty());
        EXPECT_EQ(dispatcher->link(), Link::not_haven);
        now_ms += 60'000;
    }
    run();
    EXPECT_EQ(outbox->counts()->pending, 0);
    EXPECT_EQ(dispatcher->acknowledged(), 8);
}

TEST_F(DispatcherTest, ATokenThatIsNoPersonsSendsNothing) {
    start({{.body = R"({"server_id":"6f1c2a51-4a0e-4d5d-9c39-0d6d1f6a2b11","bearer":"clinician",)"
                    R"("bearer_id":"0190163d-8694-739b-aea5-966c26f8ad91"})",
            .headers = {"Content-Type: application/json"},
            .for_bearer = true}});
    draw();
    run();
    EXPECT_THAT(server->seen(), IsEmpty());
    EXPECT_EQ(dispatcher->link(), Link::token_refused);
    EXPECT_THAT(dispatcher->last_error(), HasSubstr("not a person's"));
}

TEST_F(DispatcherTest, AnotherPersonsTokenOrAnotherServerGetsNothingOfWhatWaits) {
    start({});
    dispatcher->retry_at_once();
    run(); // the token is person 1's
    draw();
    const std::string other_user = "0190163d-8694-739b-aea5-0000000000bb";
    const std::string other_server = "0190163d-8694-739b-aea5-0000000000cc";
    for (const auto& [user, at] : {std::pair(other_user, std::string(ScriptedServer::server_id)),
                                   std::pair(std::string(ScriptedServer::user_id), other_server),
                                   std::pair(other_user, other_server)}) {
        server->become(user, at);
        ASSERT_TRUE(dispatcher->set_token("token of " + user + " at " + at));
        run();
        EXPECT_THAT(server->seen(), IsEmpty());
        EXPECT_EQ(outbox->counts()->pending, 0);
        EXPECT_FALSE(dispatcher->has_work_before(now_ms + 1'000'000));
        EXPECT_THAT(*outbox->waiting(), SizeIs(1));
    }
    server->become(ScriptedServer::user_id);
    ASSERT_TRUE(dispatcher->set_token("a newer token of the first person"));
    run();
    EXPECT_EQ(server->seen_paths(), paths_of_drawing_1());
    EXPECT_THAT(*outbox->waiting(), IsEmpty());
}

TEST_F(DispatcherTest, ATokenThatTurnsOutToBeSomebodyElsesTakesNothingWithIt) {
    start({});
    run();
    draw(); // person 1's
    server->become("0190163d-8694-739b-aea5-0000000000bb");
    ASSERT_TRUE(dispatcher->set_token("s3cret-token")); // the same one
    run();
    EXPECT_THAT(server->seen(), IsEmpty());
    EXPECT_THAT(*outbox->waiting(), SizeIs(1));
}

TEST(Backoff, IsAnywhereUpToItsCeiling) {
    const BackoffLimits limits;
    EXPECT_EQ(backoff(limits, 1, 0.0), 0ms);
    EXPECT_EQ(backoff(limits, 3, 0.5), 2000ms);
    EXPECT_EQ(backoff(limits, 1000, 1.0), 60'000ms);
}

} // namespace
} // namespace haven::uploader
