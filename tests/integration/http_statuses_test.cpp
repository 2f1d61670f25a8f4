// The document of the API and the server say the same: what stands before every handler answers
// with a status that the operation's description has, and what is described is answered.
#include "net/api/limits.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/described.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

class Statuses : public ::testing::Test {
  protected:
    /// Every way in which a request is wrong before its handler, so that nothing is changed.
    /// HttpClient holds each answer to the description.
    std::set<int> wrong_in_every_way(HttpClient& client, const http::Route& route) {
        const std::string method(http::to_string(route.method));
        const std::string path = life.path_of(route);
        const std::string more = path.contains('?') ? "&" : "?";
        std::set<int> seen;
        const auto send = [&](const std::string& at, const std::string& body,
                              const std::vector<std::string>& headers) {
            seen.insert(client.send(method, at, body, headers).status);
        };
        send(path + more + "zz=1", "{}", usual_headers(route.body));
        send(path + more + "limit=%FF", "{}", usual_headers(route.body));
        if (route.body.kind != http::BodyKind::none) {
            send(path, "{}", {"Content-Type: text/plain"});
            const std::size_t bytes_max =
                std::min(route.body.bytes_max, api::drawing_body_bytes_max);
            send(path, std::string(bytes_max + 1, ' '), usual_headers(route.body));
        }
        if (route.body.kind == http::BodyKind::json) {
            for (const char* body : {"{", "[1,2]", R"({"zz":1})", R"({"a":{"b":1,"b":2}})"}) {
                send(path, body, usual_headers(route.body));
            }
        } else if (route.body.kind == http::BodyKind::none &&
                   (method == "PUT" || method == "POST")) {
            send(path, "{\"body\":1}", usual_headers(route.body));
        }
        if (const std::size_t at = path.find("-7"); at != std::string::npos) { // of a UUIDv7
            std::string nowhere = path;
            send(nowhere.replace(at, 2, "-x"), "{}", usual_headers(route.body));
        }
        return seen;
    }

    TestServer server;
    OneLife life{server};
};

TEST_F(Statuses, WhatStandsBeforeEveryHandlerIsDescribedAndAnswered) {
    HttpClient nobody = server.client();
    HttpClient stranger = server.client();
    stranger.token = std::string(43, 'A');
    std::size_t operations = 0;
    for (const http::Route& route : http::api_routes()) {
        if (!route.path.starts_with("/v1/") || route.path == "/v1/auth/tokens/current") {
            continue; // a token that ends is no use for what follows
        }
        ++operations;
        const std::string method(http::to_string(route.method));
        const std::string name = method + " " + std::string(route.path);
        std::set<int> seen;
        for (HttpClient* const client :
             {&nobody, &stranger, &life.user, &life.reviewer, &life.supervisor, &life.service}) {
            seen.merge(wrong_in_every_way(*client, route));
        }
        EXPECT_TRUE(seen.contains(400)) << name;
        const bool open = route.policy.who == http::who::anyone;
        EXPECT_EQ(seen.contains(401), !open) << name;
        if (!open && route.policy.who != http::who::signed_in) {
            EXPECT_TRUE(seen.contains(403)) << name;
        }
        const std::set<int> described = described_statuses(method, std::string(route.path));
        EXPECT_EQ(described.contains(415), route.body.kind != http::BodyKind::none) << name;
        const bool asks_for_a_password =
            name == "POST /v1/auth/tokens" || name == "POST /v1/auth/factor-resets";
        EXPECT_EQ(described.contains(401), !open || asks_for_a_password) << name;
        for (const int of_bodies : {413, 415}) {
            EXPECT_TRUE(route.body.kind == http::BodyKind::none || seen.contains(of_bodies))
                << name << " " << of_bodies;
        }
    }
    EXPECT_GT(operations, 100U);
}

TEST_F(Statuses, EveryDescribedRefusalIsAProblemThatTheServerKnows) {
    std::set<int> known;
    for (std::size_t i = 0; i <= std::to_underlying(http::ProblemType::unavailable); ++i) {
        known.insert(http::status(static_cast<http::ProblemType>(i)));
    }
    for (const http::Route& route : http::api_routes()) {
        for (const int status : described_statuses(std::string(http::to_string(route.method)),
                                                   std::string(route.path))) {
            // 0: the default
            EXPECT_TRUE(status < 400 || known.contains(status)) << route.path << " " << status;
        }
    }
}

} // namespace
} // namespace haven::test
