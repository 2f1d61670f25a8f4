// What is changed was read before: ETag, If-None-Match and If-Match (RFC 9110 13).
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <format>
#include <string>
#include <thread>
#include <vector>

namespace haven::test {
namespace {

class Conditional : public ::testing::Test {
  protected:
    static Reply patch(HttpClient& client, const std::string& json, const std::string& etag) {
        return client.send("PATCH", "/v1/users/me", json,
                           {"Content-Type: application/merge-patch+json", "If-Match: " + etag});
    }

    TestServer server;
};

TEST_F(Conditional, WhoHoldsWhatIsThereGetsNoBody) {
    HttpClient user = server.new_user();
    const Reply first = user.get("/v1/users/me");
    const std::string etag = first.headers.at("etag");
    const Reply again = user.send("GET", "/v1/users/me", {}, {"If-None-Match: " + etag});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.headers.at("etag"), etag);
    EXPECT_EQ(again.headers.count("content-length"), 0U);
    const Reply page = user.get("/v1/sessions?limit=2"); // what follows on the connection is whole
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(
        user.send("GET", "/v1/sessions?limit=2", {}, {"If-None-Match: " + page.headers.at("etag")})
            .status,
        304);
    ASSERT_EQ(patch(user, R"({"full_name":"Grace"})", etag).status, 200);
    const Reply changed = user.send("GET", "/v1/users/me", {}, {"If-None-Match: " + etag});
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.member("full_name"), "Grace");
    EXPECT_NE(changed.headers.at("etag"), etag);
}

TEST_F(Conditional, NothingIsLostThatSomebodyElseChanged) {
    HttpClient phone = server.new_user();
    HttpClient desk = server.client();
    desk.token = phone.token;
    const std::string seen = phone.get("/v1/users/me").headers.at("etag");
    const Reply changed = patch(phone, R"({"location_country":"Austria"})", seen);
    ASSERT_EQ(changed.status, 200) << changed.body;
    const Reply late = patch(desk, R"({"location_country":"Chile"})", seen);
    EXPECT_EQ(late.status, 412) << late.body;
    EXPECT_EQ(late.member("type"), "/problems/precondition-failed");
    EXPECT_EQ(desk.get("/v1/users/me").member("location_country"), "Austria");
    // The answer to a change has the tag of what it made.
    EXPECT_EQ(changed.headers.at("etag"), desk.get("/v1/users/me").headers.at("etag"));
    EXPECT_EQ(patch(desk, R"({"full_name":null})", changed.headers.at("etag")).status, 200);
}

TEST_F(Conditional, AChangeWithoutItIsAskedForIt) {
    HttpClient user = server.new_user();
    const Reply bare = user.send("PATCH", "/v1/users/me", R"({"full_name":"Eve"})",
                                 {"Content-Type: application/merge-patch+json"});
    EXPECT_EQ(bare.status, 428) << bare.body;
    EXPECT_EQ(bare.member("type"), "/problems/precondition-required");
    const Reply other = user.send("PATCH", "/v1/users/me", R"({"full_name":"Eve"})",
                                  {"Content-Type: application/json", "If-Match: *"});
    EXPECT_EQ(other.status, 415);
    EXPECT_EQ(other.headers.at("accept-patch"), "application/merge-patch+json");
    EXPECT_EQ(patch(user, R"({"full_name":"Eve"})", "*").status, 200);
    EXPECT_EQ(patch(user, R"({"full_name":"Eve"})", "Eve").status, 400);
}

TEST_F(Conditional, OfManyChangesMadeOnTheSameOneIsTaken) {
    HttpClient supervisor = server.new_clinician("supervisor");
    const HttpClient lee = server.new_clinician("reviewer");
    const std::string path = "/v1/clinicians/" + lee.id;
    const std::string seen = supervisor.get(path).headers.at("etag");
    std::atomic<int> taken = 0;
    std::atomic<int> late = 0;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 6; ++i) {
            all.emplace_back([&, i] {
                HttpClient client = server.client();
                client.token = supervisor.token;
                const int status =
                    client
                        .send("PUT", path,
                              std::format(R"({{"full_name":"Lee {}","role":"senior",)"
                                          R"("status":"active"}})",
                                          i),
                              {"Content-Type: application/json", "If-Match: " + seen})
                        .status;
                taken += status == 200 ? 1 : 0;
                late += status == 412 ? 1 : 0;
            });
        }
    }
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(late, 5);
    EXPECT_EQ(supervisor.get(path).member("role"), "senior");
}

} // namespace
} // namespace haven::test
