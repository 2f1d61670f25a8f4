#include "net/uploader/linking.hpp"

#include "net/api/oauth.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "scripted_server.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <expected>
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
using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

ScriptedServer::Answer json(int status, std::string body) {
    return {
        .status = status, .body = std::move(body), .headers = {"Content-Type: application/json"}};
}

ScriptedServer::Answer asked(int interval = 5) {
    return json(200, std::format(R"({{"device_code":"d3vice","user_code":"WDJB-MJHT",)"
                                 R"("verification_uri":"https://haven.example.org/link",)"
                                 R"("expires_in":600,"interval":{}}})",
                                 interval));
}

ScriptedServer::Answer error(std::string_view code) {
    return json(400, std::format(R"({{"error":"{}"}})", code));
}

ScriptedServer::Answer tokens() {
    return json(200, R"({"access_token":"acc3ss","token_type":"Bearer","expires_in":900,)"
                     R"("refresh_token":"r3fresh","scope":"drawing"})");
}

/// A real client against a scripted server; pauses pass at once, on a clock of their own.
class LinkingTest : public testing::Test {
  protected:
    std::expected<api::DeviceLink, LinkingFailure>
    link(std::vector<ScriptedServer::Answer> script) {
        server.emplace(std::move(script));
        auto http = HttpClient::create({.server_url = server->url()});
        return link_headset(*http, server->url(), "Reading corner", file,
                            {.show = [&](const auto& code) { shown.push_back(code.user_code); },
                             .tell = [&](const std::string& trouble) { told.push_back(trouble); },
                             .wait =
                                 [&](milliseconds pause) {
                                     if (pause > 0ms) {
                                         pauses.push_back(pause);
                                         clock += pause;
                                     }
                                     return pauses.size() < give_up_after;
                                 },
                             .now = [&] { return clock; }});
    }

    test::TempDirectory folder;
    LinkFile file{folder.path() / "data"};
    std::optional<ScriptedServer> server;
    std::chrono::steady_clock::time_point clock;
    std::vector<milliseconds> pauses;
    std::vector<std::string> shown;
    std::vector<std::string> told;
    std::size_t give_up_after = 1000;
};

TEST_F(LinkingTest, WhatWasAllowedIsKeptForTheAccountThatAllowedIt) {
    const auto linked = link({asked(), error("authorization_pending"), tokens()});
    ASSERT_TRUE(linked) << linked.error().why;
    EXPECT_THAT(shown, ElementsAre("WDJB-MJHT"));
    EXPECT_THAT(told, IsEmpty());
    EXPECT_EQ(linked->access_token, "acc3ss");
    EXPECT_EQ(to_string(linked->user_id), ScriptedServer::user_id);
    EXPECT_EQ(to_string(linked->server_id), ScriptedServer::server_id);
    EXPECT_EQ(file.read().value(), *linked);
    const auto mode = std::filesystem::status(folder.path() / "data" / "link.json").permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(LinkingTest, WhatItAsksIsAFormWithoutAToken) {
    ASSERT_TRUE(link({asked(), tokens()}));
    const auto seen = server->seen();
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].path, "/oauth/device_authorization");
    EXPECT_EQ(seen[0].body, "client_id=haven-xr&scope=drawing&device_name=Reading%20corner");
    EXPECT_EQ(seen[1].path, "/oauth/token");
    EXPECT_EQ(seen[1].body, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&"
                            "device_code=d3vice&client_id=haven-xr");
    for (const ScriptedServer::Seen& request : seen) {
        EXPECT_EQ(request.headers.at("content-type"), "application/x-www-form-urlencoded");
        EXPECT_FALSE(request.headers.contains("authorization"));
    }
}

TEST_F(LinkingTest, TheServersPaceIsKeptAndTroubleIsWaitedOut) {
    ScriptedServer::Answer too_many{.status = 429, .headers = {"Retry-After: 40"}};
    const auto linked =
        link({asked(),
              error("authorization_pending"),
              error("slow_down"),
              too_many,
              {.hang_up = true},
              {.hang_up = true}, // curl asks once more by itself
              {.status = 502, .body = "<html>", .headers = {"Content-Type: text/html"}},
              error("authorization_pending"),
              tokens()});
    ASSERT_TRUE(linked) << linked.error().why;
    EXPECT_THAT(pauses, ElementsAre(5s, 5s, 10s, 40s, 60s, 60s, 10s));
    EXPECT_THAT(told, ElementsAre(HasSubstr("429"), HasSubstr("/oauth/token"), HasSubstr("502")));
    EXPECT_THAT(told, Each(Not(AnyOf(HasSubstr("d3vice"), HasSubstr("acc3ss")))));
}

TEST_F(LinkingTest, EachEndSaysWhatItWasAndChangesNothing) {
    const auto ends_with = [&](LinkingEnd end, std::vector<ScriptedServer::Answer> script) {
        const auto linked = link(std::move(script));
        ASSERT_FALSE(linked);
        EXPECT_EQ(linked.error().end, end) << linked.error().why;
        EXPECT_EQ(file.read().value(), std::nullopt);
    };
    ends_with(LinkingEnd::denied, {asked(), error("access_denied")});
    ends_with(LinkingEnd::too_late, {asked(), error("expired_token")});
    ends_with(LinkingEnd::failed, {asked(), error("invalid_grant")});
    ends_with(LinkingEnd::failed, {error("invalid_client")});
    ends_with(LinkingEnd::failed, {{.status = 503, .headers = {"Retry-After: 30"}}});
    // For ten minutes nothing but trouble.
    ends_with(LinkingEnd::too_late, {asked(),
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503},
                                     {.status = 503}});
    pauses.clear();
    give_up_after = 2;
    ends_with(LinkingEnd::given_up,
              {asked(), error("authorization_pending"), error("authorization_pending")});
}

TEST_F(LinkingTest, TokensThatNobodyKeepsAreRevoked) {
    std::filesystem::create_directories(folder.path() / "data" / "link.json.new" / "in the way");
    const auto linked = link({asked(), tokens(), {.status = 200}});
    ASSERT_FALSE(linked);
    EXPECT_THAT(linked.error().why, HasSubstr("link.json"));
    EXPECT_EQ(server->seen().back().path, "/oauth/revoke");
    EXPECT_THAT(server->seen().back().body, HasSubstr("token=r3fresh"));
}

TEST_F(LinkingTest, AFileThatOthersMayReadOrThatIsNoneOfOursIsRefused) {
    ASSERT_TRUE(link({asked(), tokens()}));
    const auto path = folder.path() / "data" / "link.json";
    std::filesystem::permissions(path, std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    EXPECT_THAT(file.read().error(), HasSubstr("chmod 600"));
    ASSERT_TRUE(write_private_file(path, R"({"version":2,"access_token":"s3cret"})"));
    EXPECT_THAT(file.read().error(), AllOf(HasSubstr("haven-xr link"), Not(HasSubstr("s3cret"))));
    ASSERT_TRUE(file.forget());
    EXPECT_EQ(file.read().value(), std::nullopt);
}

} // namespace
} // namespace haven::uploader
