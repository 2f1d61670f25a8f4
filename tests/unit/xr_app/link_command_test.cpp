#include "xr_app/link_command.hpp"

#include "net/uploader/courier.hpp"
#include "net/uploader/link_file.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/scripted_server.hpp"
#include "xr_app/keeping.hpp"
#include "xr_app/options.hpp"
#include "xr_app/outbox_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace haven {
namespace {

using std::chrono::milliseconds;
using test::ScriptedServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ScriptedServer::Answer json(int status, std::string body) {
    return {
        .status = status, .body = std::move(body), .headers = {"Content-Type: application/json"}};
}

ScriptedServer::Answer asked() {
    return json(200, R"({"device_code":"d3vice","user_code":"WDJB-MJHT",)"
                     R"("verification_uri":"https://haven.example.org/link",)"
                     R"("verification_uri_complete":"https://haven.example.org/link?user_code=)"
                     R"(WDJB-MJHT","expires_in":600,"interval":5})");
}

ScriptedServer::Answer tokens(const std::string& name) {
    return json(200, R"({"access_token":"acc3ss-)" + name +
                         R"(","token_type":"Bearer","expires_in":900,"refresh_token":"r3fresh-)" +
                         name + R"("})");
}

class LinkCommand : public testing::Test {
  protected:
    int run(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--data", folder.path().string()});
        std::vector<const char*> line;
        for (const std::string& argument : arguments) {
            line.push_back(argument.c_str());
        }
        out.str("");
        errors.str("");
        const LinkCommandHost host{.out = out,
                                   .errors = errors,
                                   .wait =
                                       [&](milliseconds pause) {
                                           clock += pause;
                                           return !ends;
                                       },
                                   .now = [&] { return clock; }};
        const int count = static_cast<int>(line.size());
        return arguments.front() == "link" ? run_link_command(count, line.data(), host)
                                           : run_unlink_command(count, line.data(), host);
    }
    void serve(std::vector<ScriptedServer::Answer> script) { server.emplace(std::move(script)); }
    Options options() const {
        Options chosen;
        chosen.data = folder.path();
        return chosen;
    }

    test::TempDirectory folder;
    uploader::LinkFile file{folder.path()};
    std::optional<ScriptedServer> server;
    std::ostringstream out;
    std::ostringstream errors;
    std::chrono::steady_clock::time_point clock;
    bool ends = false;
};

TEST_F(LinkCommand, ShowsTheCodeAndTheAddressAndNoSecret) {
    serve({asked(), json(400, R"({"error":"authorization_pending"})"), tokens("1")});
    ASSERT_EQ(run({"link", "--server", server->url(), "--name", "Reading corner"}), 0)
        << errors.str();
    EXPECT_THAT(out.str(),
                AllOf(HasSubstr("WDJB-MJHT"), HasSubstr("https://haven.example.org/link"),
                      HasSubstr("10 minutes"), HasSubstr("Linked"), Not(HasSubstr("d3vice")),
                      Not(HasSubstr("acc3ss")), Not(HasSubstr("r3fresh"))));
    EXPECT_THAT(server->seen().front().body, HasSubstr("device_name=Reading%20corner"));
    EXPECT_TRUE(file.read().value().has_value());
}

TEST_F(LinkCommand, EndsWhenThePersonWantsToAndChangesNothing) {
    serve({asked()});
    ends = true;
    EXPECT_EQ(run({"link", "--server", server->url()}), 1);
    EXPECT_THAT(errors.str(), HasSubstr("nothing was changed"));
    EXPECT_EQ(file.read().value(), std::nullopt);
}

TEST_F(LinkCommand, SaysWhatIsWrongWithTheCommand) {
    EXPECT_EQ(run({"link"}), 2);
    EXPECT_EQ(run({"link", "--server", "http://haven.example.org"}), 2);
    EXPECT_THAT(errors.str(), HasSubstr("https"));
    EXPECT_EQ(run({"link", "--help"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("--server"));
}

TEST_F(LinkCommand, ANewLinkTakesThePlaceOfTheOldWhichIsRevoked) {
    serve({asked(), tokens("1"), asked(), tokens("2"), {.status = 200}});
    ASSERT_EQ(run({"link", "--server", server->url()}), 0);
    ASSERT_EQ(run({"link", "--server", server->url()}), 0);
    EXPECT_EQ(file.read().value()->refresh_token, "r3fresh-2");
    EXPECT_EQ(server->seen().back().path, "/oauth/revoke");
    EXPECT_THAT(server->seen().back().body, HasSubstr("token=r3fresh-1"));
}

TEST_F(LinkCommand, UnlinkingTellsTheServerAndForgetsWhateverItSays) {
    EXPECT_EQ(run({"unlink"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("not linked"));
    serve({asked(), tokens("1"), {.status = 200}, asked(), tokens("2"), {.status = 503}});
    ASSERT_EQ(run({"link", "--server", server->url()}), 0);
    EXPECT_EQ(run({"unlink"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("Unlinked"));
    EXPECT_EQ(file.read().value(), std::nullopt);
    ASSERT_EQ(run({"link", "--server", server->url()}), 0);
    EXPECT_EQ(run({"unlink"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("list of devices"));
    EXPECT_EQ(file.read().value(), std::nullopt);
}

TEST_F(LinkCommand, ALinkedHeadsetNeedsNoServerAndNoToken) {
    serve({asked(), tokens("1")});
    ASSERT_EQ(run({"link", "--server", server->url()}), 0);
    {
        const auto courier = open_courier(options());
        ASSERT_TRUE(courier) << courier.error().message;
        EXPECT_TRUE(test::await(std::chrono::seconds(20), [&] {
            return (*courier)->status().link == uploader::Link::reachable;
        }));
    }
    Options elsewhere = options();
    elsewhere.server_url = "https://haven.example.org";
    EXPECT_EQ(open_courier(elsewhere).error().exit_code, 2);
    Options same = options();
    same.server_url = server->url() + "/";
    EXPECT_TRUE(open_courier(same));
}

TEST_F(LinkCommand, AServerNeedsALinkOrAToken) {
    Options chosen = options();
    EXPECT_TRUE(open_courier(chosen)) << "offline";
    chosen.server_url = "https://haven.example.org";
    const auto refused = open_courier(chosen);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().exit_code, 2);
    EXPECT_THAT(refused.error().message, HasSubstr("haven-xr link"));
}

TEST_F(LinkCommand, WhatNobodySaidWhoseItIsIsClaimedByTheLink) {
    serve({asked(), tokens("1")});
    ASSERT_EQ(run({"link", "--server", server->url()}), 0);
    ASSERT_TRUE(open_courier(options())); // makes the outbox
    const std::string data = folder.path().string();
    const std::vector<const char*> claim{"outbox", "claim", "--all", "--data", data.c_str()};
    const CommandResult claimed = run_outbox_command(5, claim.data());
    EXPECT_EQ(claimed.exit_code, 0) << claimed.text;
}

} // namespace
} // namespace haven
