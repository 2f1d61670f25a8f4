#include "net/uploader/token_source.hpp"

#include "drawing_fixture.hpp"
#include "net/api/oauth.hpp"
#include "net/api/problem.hpp"
#include "net/api/time.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/dispatcher.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "scripted_server.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::uploader {
namespace {

using test::ScriptedServer;
using testing::HasSubstr;
using std::chrono_literals::operator""ms;
using Next = TokenSource::Next;

api::DeviceLink link_to(const std::string& server_url) {
    return {.id = "0190163d-8694-739b-aea5-aa0000000001",
            .server_url = server_url,
            .server_id = parse_uuid(ScriptedServer::server_id).value(),
            .user_id = parse_uuid(ScriptedServer::user_id).value(),
            .access_token = "old access",
            .renew_at = std::numeric_limits<std::int64_t>::max(),
            .refresh_token = "old refresh"};
}

HttpResponse tokens() {
    return {.status = 200,
            .content_type = "application/json",
            .body = R"({"access_token":"new access","token_type":"Bearer","expires_in":900,)"
                    R"("refresh_token":"new refresh"})",
            .retry_after = {}};
}

HttpResponse answer(int status, std::string body) {
    return {.status = status,
            .content_type = "application/json",
            .body = std::move(body),
            .retry_after = {}};
}

class TokenSourceTest : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(file.write(link)); }
    api::DeviceLink kept() const { return file.read().value().value(); }

    test::TempDirectory folder;
    LinkFile file{folder.path()};
    api::DeviceLink link = link_to("http://127.0.0.1:1");
    TokenSource source{file, link};
};

TEST_F(TokenSourceTest, IsRenewedWhenItsTimeComesOrWhenItIsRefused) {
    EXPECT_FALSE(source.wants_renewal());
    source.refused();
    EXPECT_TRUE(source.wants_renewal());
    link.renew_at = api::now_us() - 1;
    EXPECT_TRUE(TokenSource(file, link).wants_renewal());
}

TEST_F(TokenSourceTest, TheNewTokensAreOnTheDiskBeforeTheyAreUsed) {
    source.refused();
    const auto step = source.begin();
    ASSERT_EQ(step.next, Next::ask);
    EXPECT_EQ(step.request.body,
              "grant_type=refresh_token&refresh_token=old%20refresh&client_id=haven-xr");
    EXPECT_EQ(source.take(tokens()).next, Next::ready);
    EXPECT_EQ(kept().refresh_token, "new refresh");
    EXPECT_EQ(source.link(), kept());
    EXPECT_FALSE(source.wants_renewal());
}

TEST_F(TokenSourceTest, WhatTheDiskDoesNotTakeIsNotUsedAndNotAskedForAgain) {
    const auto in_the_way = folder.path() / "link.json.new";
    std::filesystem::create_directories(in_the_way / "more");
    source.refused();
    ASSERT_EQ(source.begin().next, Next::ask);
    EXPECT_EQ(source.take(tokens()).next, Next::failed);
    EXPECT_EQ(source.link().access_token, "old access");
    EXPECT_EQ(source.begin().next, Next::failed);
    std::filesystem::remove_all(in_the_way);
    EXPECT_EQ(source.begin().next, Next::ready);
    EXPECT_EQ(source.link().access_token, "new access");
    EXPECT_EQ(kept().refresh_token, "new refresh");
}

TEST_F(TokenSourceTest, ALostAnswerIsAskedForWithTheSameToken) {
    source.refused();
    const auto first = source.begin();
    source.no_answer();
    const auto second = source.begin();
    ASSERT_EQ(second.next, Next::ask);
    EXPECT_EQ(second.request.body, first.request.body);
}

TEST_F(TokenSourceTest, OneProcessRenewsAndTheOtherTakesWhatItGot) {
    TokenSource other(file, link);
    source.refused();
    other.refused();
    ASSERT_EQ(source.begin().next, Next::ask);
    EXPECT_EQ(other.begin().next, Next::wait);
    ASSERT_EQ(source.take(tokens()).next, Next::ready);
    EXPECT_EQ(other.begin().next, Next::ready);
    EXPECT_EQ(other.link(), source.link());
}

TEST_F(TokenSourceTest, EndsWhereTheLinkHasEndedAndNowhereElse) {
    source.refused();
    for (const HttpResponse& trouble :
         {answer(503, ""), answer(200, "{}"), answer(400, R"({"error":"invalid_request"})"),
          answer(403, R"({"error":"invalid_grant"})"),
          HttpResponse{.status = 400,
                       .content_type = "text/html",
                       .body = R"({"error":"invalid_grant"})",
                       .retry_after = {}}}) {
        ASSERT_EQ(source.begin().next, Next::ask);
        EXPECT_EQ(source.take(trouble).next, Next::failed) << trouble.body;
    }
    ASSERT_EQ(source.begin().next, Next::ask);
    const auto ended = source.take(answer(400, R"({"error":"invalid_grant"})"));
    EXPECT_EQ(ended.next, Next::ended);
    EXPECT_THAT(ended.why, HasSubstr("haven-xr link"));
    EXPECT_EQ(kept().refresh_token, "old refresh") << "nothing is thrown away";
}

TEST_F(TokenSourceTest, EndsWhereTheHeadsetWasUnlinkedOrLinkedToSomebodyElse) {
    source.refused();
    api::DeviceLink others = link;
    others.user_id = parse_uuid("0190163d-8694-739b-aea5-bb0000000002").value();
    others.refresh_token = "others";
    ASSERT_TRUE(file.write(others));
    EXPECT_EQ(source.begin().next, Next::ended);
    EXPECT_FALSE(source.linked_again());
    ASSERT_TRUE(file.forget());
    EXPECT_EQ(source.begin().next, Next::ended);
    EXPECT_FALSE(source.linked_again());
    api::DeviceLink again = link;
    again.id = "0190163d-8694-739b-aea5-aa0000000002";
    again.access_token = "again";
    again.refresh_token = "again";
    ASSERT_TRUE(file.write(again));
    EXPECT_TRUE(source.linked_again());
    EXPECT_EQ(source.link(), again);
}

/// What a dispatcher makes of it, with a real outbox, client and file.
class LinkedDispatcher : public testing::Test {
  protected:
    void start(std::vector<ScriptedServer::Answer> script) {
        server.emplace(std::move(script));
        const api::DeviceLink link = link_to(server->url());
        ASSERT_TRUE(file.write(link));
        http.emplace(*HttpClient::create({.server_url = server->url()}));
        dispatcher.emplace(outbox, *http, BackoffLimits{}, [] { return 1.0; });
        ASSERT_TRUE(dispatcher->set_link(TokenSource(file, link)));
        const outbox::DrawingBegin begin = test::numbered_drawing(1);
        ASSERT_TRUE(outbox.begin_drawing(begin));
        ASSERT_TRUE(outbox.finish_drawing(begin.drawing_id, test::end_of(begin)));
    }
    void run() {
        do {
            ASSERT_TRUE(dispatcher->step(now_ms));
            if (http->busy()) {
                http->wait(100ms);
            }
        } while (dispatcher->has_work_before(now_ms + 1));
    }
    static ScriptedServer::Answer unauthorized() {
        return {.status = 401,
                .body =
                    api::encode(api::Problem{.type = std::string(api::problem_type::unauthorized),
                                             .title = "No",
                                             .status = 401}),
                .headers = {"Content-Type: application/problem+json"}};
    }
    static ScriptedServer::Answer renewed() {
        return {.body = tokens().body, .headers = {"Content-Type: application/json"}};
    }

    test::TempDirectory folder;
    LinkFile file{folder.path()};
    outbox::Outbox outbox = *outbox::Outbox::open(folder.path() / "outbox.sqlite");
    std::optional<ScriptedServer> server;
    std::optional<HttpClient> http;
    std::optional<Dispatcher> dispatcher;
    std::int64_t now_ms = 1'000'000;
};

TEST_F(LinkedDispatcher, ARefusedTokenIsRenewedAndTheSameRequestGoesAgain) {
    start({unauthorized(), renewed()});
    run();
    const auto seen = server->seen();
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen[0].headers.at("authorization"), "Bearer old access");
    EXPECT_EQ(seen[1].path, "/oauth/token");
    EXPECT_FALSE(seen[1].headers.contains("authorization"));
    EXPECT_EQ(seen[2].path, seen[0].path);
    EXPECT_EQ(seen[2].headers.at("authorization"), "Bearer new access");
    EXPECT_EQ(outbox.counts()->pending, 0);
    EXPECT_EQ(dispatcher->link(), Link::reachable);
}

TEST_F(LinkedDispatcher, ATokenThatIsRefusedAgainIsNotRenewedWithoutAPause) {
    start({unauthorized(), renewed(), unauthorized(), renewed()});
    run();
    EXPECT_EQ(server->seen().size(), 3U);
    EXPECT_GE(dispatcher->idle_time(now_ms).value(), 1000ms);
    now_ms += 60'000;
    run();
    EXPECT_EQ(outbox.counts()->pending, 0);
}

TEST_F(LinkedDispatcher, AnEndedLinkKeepsEverythingUntilTheSameAccountIsLinkedAgain) {
    start({unauthorized(),
           {.status = 400,
            .body = R"({"error":"invalid_grant"})",
            .headers = {"Content-Type: application/json"}}});
    run();
    EXPECT_EQ(dispatcher->link(), Link::unlinked);
    EXPECT_THAT(dispatcher->last_error(), HasSubstr("haven-xr link"));
    const auto waiting = outbox.counts()->pending;
    EXPECT_GT(waiting, 0);
    api::DeviceLink again = link_to(server->url());
    again.id = "0190163d-8694-739b-aea5-aa0000000002";
    again.access_token = "again";
    again.refresh_token = "again";
    ASSERT_TRUE(file.write(again));
    now_ms += 1000;
    run();
    EXPECT_EQ(dispatcher->acknowledged(), waiting);
    EXPECT_EQ(server->seen().back().headers.at("authorization"), "Bearer again");
}

TEST_F(LinkedDispatcher, NothingGoesWhereAnotherAccountOrServerAnswers) {
    start({});
    server->become("0190163d-8694-739b-aea5-bb0000000002");
    run();
    EXPECT_EQ(dispatcher->link(), Link::unlinked);
    EXPECT_TRUE(server->seen().empty());
    EXPECT_GT(outbox.counts()->pending, 0);
}

TEST_F(LinkedDispatcher, WhatIsDrawnIsTheAccountsWhateverItsTokenIs) {
    start({});
    const auto kept = outbox.kept_drawings();
    ASSERT_TRUE(kept && kept->size() == 1);
    EXPECT_EQ(kept->front().owner.kind, outbox::OwnerKind::account);
    EXPECT_EQ(to_string(kept->front().owner.account.user_id), ScriptedServer::user_id);
    EXPECT_EQ(server->bearer_questions(), 0U) << "nobody was asked";
}

} // namespace
} // namespace haven::uploader
