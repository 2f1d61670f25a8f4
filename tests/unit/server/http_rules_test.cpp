// The pure stages of a request: routing, head, problems, digests, limits.
#include "bilateral/stroke.hpp"
#include "server/accounts/rules.hpp"
#include "server/http/address.hpp"
#include "server/http/digest.hpp"
#include "server/http/head_rules.hpp"
#include "server/http/message.hpp"
#include "server/http/metrics.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"
#include "server/http/storable.hpp"
#include "server/vr/rules.hpp"

#include <boost/asio/ip/address.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

namespace haven::http {
namespace {

using namespace std::chrono_literals;

constexpr const char* some_id = "01890a5d-ac96-774b-bcce-b302099a8057";

static_assert(!std::is_default_constructible_v<Policy>, "a route without a policy must not build");

TEST(Routes, EveryRouteOfThePersonsHealthAsksForATokenAndIsAuditedAsSuch) {
    const std::set<std::string_view> health = {
        "sessions",           "session_events",    "session_intents",    "exercises",
        "exercise_artifacts", "vr_sessions",       "bilateral_drawings", "reflections",
        "user_progress",      "safety_screenings", "crisis_logs",        "hitl_escalations",
        "agent_outputs",      "mcp_tool_calls",    "session_feedback"};
    std::set<std::string> open;
    std::set<std::string_view> seen;
    for (const Route& route : api_routes()) {
        EXPECT_FALSE(route.policy.action.empty()) << route.path;
        EXPECT_LE(route.policy.action.size(), 100U) << route.path;
        EXPECT_LE(route.policy.resource_type.size(), 50U) << route.path;
        if (route.policy.who == who::anyone) {
            open.insert(std::string(route.path));
        } else {
            EXPECT_FALSE(route.policy.resource_type.empty()) << route.path;
        }
        const bool is_a_sum = route.path == "/v1/agent-costs"; // of everybody's
        if (health.contains(route.policy.resource_type) && !is_a_sum) {
            seen.insert(route.policy.resource_type);
            EXPECT_TRUE(route.policy.health_data) << route.path;
            EXPECT_FALSE(route.policy.reason.empty()) << route.path;
        }
    }
    EXPECT_EQ(open, (std::set<std::string>{"/livez",
                                           "/readyz",
                                           "/v1/openapi.yaml",
                                           "/v1/users",
                                           "/v1/auth/tokens",
                                           "/oauth/token",
                                           "/oauth/revoke",
                                           "/v1/auth/email-verifications",
                                           "/v1/auth/password-resets",
                                           "/v1/auth/invitations",
                                           "/v1/auth/factor-resets",
                                           "/oauth/device_authorization",
                                           "/.well-known/oauth-authorization-server",
                                           "/v1/consent-texts",
                                           "/v1/consent-texts/{consent_type}/{consent_version}",
                                           "/v1/unsubscriptions/{token}",
                                           "/",
                                           "/address",
                                           "/assets/{name}",
                                           "/factor-reset",
                                           "/factor-reset-asked",
                                           "/invitation",
                                           "/link",
                                           "/log-in",
                                           "/reset",
                                           "/verification"}));
    EXPECT_GE(seen.size(), 12U);
}

TEST(Routes, APlaceTakesOneSegmentAndAnIdOnlyAnId) {
    const auto places = match_path("/a/{id}/b/{other}", std::string("/a/") + some_id + "/b/7");
    ASSERT_TRUE(places);
    EXPECT_EQ(to_string(*places->id), some_id);
    EXPECT_EQ(places->others, (std::vector<std::string>{"7"}));
    for (const std::string& path :
         {std::string("/a/7/b/7"), std::string("/a/") + some_id + "/b/",
          std::string("/a/") + some_id, std::string("/a/") + some_id + "/b/7/",
          std::string("/a/") + some_id + "/b/7/8", std::string("a")}) {
        EXPECT_FALSE(match_path("/a/{id}/b/{other}", path)) << path;
    }
}

TEST(Routes, AKnownPathWithAnotherMethodNamesTheMethodsItTakes) {
    const auto match = find_route(api_routes(), "PATCH", std::string("/v1/sessions/") + some_id);
    ASSERT_FALSE(match);
    EXPECT_EQ(match.error().allow, "OPTIONS, HEAD, GET, PUT, DELETE");
    EXPECT_EQ(find_route(api_routes(), "GET", "/nowhere").error().allow, "");
}

TEST(HeadRules, ABodyNeedsALengthATypeAndASizeThatIsTaken) {
    const BodyRule rule{.kind = BodyKind::json, .bytes_max = 100};
    const auto refusal = [&](const RequestHead& head) {
        const auto problem = check_body_head(rule, head);
        return problem ? status(problem->type) : 0;
    };
    const std::string json_type = "Application/JSON; charset=utf-8";
    EXPECT_EQ(refusal({.content_type = json_type, .content_length = 100}), 0);
    EXPECT_EQ(refusal({.content_type = json_type, .chunked = true}), 0);
    EXPECT_EQ(refusal({.content_type = json_type}), 411);
    EXPECT_EQ(refusal({.content_type = json_type, .content_length = 101}), 413);
    EXPECT_EQ(refusal({.content_type = "text/json", .content_length = 1}), 415);
    EXPECT_EQ(refusal({.content_length = 1}), 415);
    const RequestHead in_parts{.content_type = "multipart/form-data; boundary=x",
                               .content_length = 1};
    EXPECT_FALSE(check_body_head({.kind = BodyKind::form, .bytes_max = 100}, in_parts));
    EXPECT_EQ(refusal(in_parts), 415);
    EXPECT_TRUE(check_body_head({}, {.content_length = 1}));
    EXPECT_FALSE(check_body_head({}, {.content_length = 0}));
}

TEST(HeadRules, OnlyABearerTokenIsAToken) {
    EXPECT_EQ(bearer_token("Bearer abc"), "abc");
    EXPECT_EQ(bearer_token("bearer  abc"), "abc");
    for (const char* wrong : {"", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc"}) {
        EXPECT_FALSE(bearer_token(wrong)) << wrong;
    }
}

TEST(HeadRules, ATokenInTheQueryIsRefused) {
    EXPECT_TRUE(check_query("limit=3&access_token=abc"));
    EXPECT_TRUE(check_query("access_token"));
    EXPECT_FALSE(check_query("limit=3"));
}

TEST(Message, QueryValuesAreDecoded) {
    EXPECT_EQ(query_value("a=1&b=x%20y&c", "b"), "x y");
    EXPECT_EQ(query_value("a=1&b=x%20y&c", "c"), "");
    EXPECT_FALSE(query_value("a=1", "b"));
    EXPECT_FALSE(query_value("b=%2", "b"));
    EXPECT_FALSE(query_value("b=%zz", "b"));
}

TEST(Message, JsonStringsEscapeWhatJsonMustEscape) {
    EXPECT_EQ(json_string("a\"\\\n\x01"), R"("a\"\\\u000a\u0001")");
}

TEST(Message, WhatIsNoTextIsNoValueOfAQuery) {
    for (const char* query : {"b=%FF", "b=%00", "b=%C3", "b=a%ED%A0%80", "b=\xFF"}) {
        EXPECT_FALSE(query_value(query, "b")) << query;
    }
    EXPECT_EQ(query_value("b=%C3%A9", "b"), "\xC3\xA9");
}

TEST(Message, AJsonStringIsAlwaysUtf8) {
    EXPECT_EQ(json_string("a\xFF\xC3z\xC3\xA9"), "\"a\\ufffd\\ufffdz\xC3\xA9\"");
}

TEST(Storable, WhatNoRowCouldHoldBecomesTheReplacementCharacter) {
    using std::string_literals::operator""s;
    EXPECT_EQ(storable_text("curl/8 \xC3\xA9", 512), "curl/8 \xC3\xA9");
    EXPECT_EQ(storable_text("a\0b\xFF"s, 512), "a\xEF\xBF\xBD"
                                               "b\xEF\xBF\xBD");
    for (const std::string& odd :
         {"\xC0\xAF"s, "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xC3"s, "\xE2\x82"s, "\0"s}) {
        EXPECT_FALSE(is_storable(odd)) << odd;
        EXPECT_TRUE(is_storable(storable_text(odd, 512))) << odd;
    }
}

TEST(Storable, ALongTextIsCutWhereACodePointBegins) {
    for (const std::string& last : {std::string("\xC3\xA9"), std::string("\xE2\x82\xAC"),
                                    std::string("\xF0\x9F\x98\x80"), std::string("\xFF")}) {
        const std::string text = storable_text(std::string(511, 'a') + last, 512);
        EXPECT_EQ(text, std::string(511, 'a')) << last;
    }
    EXPECT_EQ(storable_text(std::string(600, 'a'), 512).size(), 512U);
}

TEST(Address, AClientIsOneAddressWithoutAZoneAndCountsToItsNetwork) {
    const auto ip = [](const char* text) {
        return client_address(boost::asio::ip::make_address(text));
    };
    EXPECT_EQ(ip("192.0.2.7").ip, "192.0.2.7");
    EXPECT_EQ(ip("192.0.2.7").network, "192.0.2.7");
    EXPECT_EQ(ip("::ffff:192.0.2.7").ip, "192.0.2.7");
    EXPECT_EQ(ip("fe80::1%1").ip, "fe80::1");
    EXPECT_EQ(ip("2001:db8:1:2:3:4:5:6").ip, "2001:db8:1:2:3:4:5:6");
    EXPECT_EQ(ip("2001:db8:1:2:3:4:5:6").network, ip("2001:db8:1:2::9").network);
    EXPECT_NE(ip("2001:db8:1:2::1").network, ip("2001:db8:1:3::1").network);
}

TEST(Problem, NamesItsTypeItsPointersAndTheRequest) {
    const Response response = to_response(
        invalid_body(
            {{.pointer = "/a", .code = api::ErrorCode::malformed, .detail = "is \"odd\""},
             {.pointer = "/b", .code = api::ErrorCode::too_long, .detail = "no", .limit = 200}}),
        "7f");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_TRUE(response.body.starts_with(R"({"type":"/problems/invalid-body")"));
    EXPECT_TRUE(response.body.contains(
        R"("errors":[{"pointer":"/a","code":"malformed","detail":"is \"odd\""},)"
        R"({"pointer":"/b","code":"too_long","detail":"no","limit":200}])"))
        << response.body;
    EXPECT_TRUE(response.body.ends_with(R"("request_id":"7f"})"));
}

TEST(Metrics, CountsByRouteMethodAndStatus) {
    Metrics metrics;
    metrics.count_request("/a/{id}", "GET", 200, 3ms);
    metrics.count_request("/a/{id}", "GET", 200, 30ms);
    metrics.add_gauge("haven_x", "X.", [] { return 7.0; });
    const std::string text = metrics.text();
    EXPECT_NE(
        text.find(R"(haven_http_requests_total{route="/a/{id}",method="GET",status="200"} 2)"),
        std::string::npos);
    EXPECT_NE(text.find(R"(_bucket{route="/a/{id}",method="GET",le="0.005"} 1)"),
              std::string::npos);
    EXPECT_NE(text.find(R"(_bucket{route="/a/{id}",method="GET",le="+Inf"} 2)"), std::string::npos);
    EXPECT_NE(text.find("haven_x 7\n"), std::string::npos);
}

TEST(TraceRules, AContentDigestIsReadAmongOthers) {
    // printf abc | openssl dgst -sha256 -binary | base64
    const std::string abc = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
    EXPECT_EQ(vr::parse_content_digest(abc), digest_of("abc"));
    EXPECT_EQ(vr::parse_content_digest("sha-512=:AAAA:, " + abc), digest_of("abc"));
    for (const std::string& wrong :
         {std::string(), std::string("sha-256=abc"), std::string("sha-256=:abc:"), abc.substr(1),
          std::string("sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0*:")}) {
        EXPECT_FALSE(vr::parse_content_digest(wrong)) << wrong;
    }
}

TEST(TraceRules, AnOffsetIsDigitsAlone) {
    EXPECT_EQ(vr::parse_offset("1048576"), 1'048'576);
    for (const char* wrong : {"", "-1", "+1", "1x", "99999999999999999999", "0x1"}) {
        EXPECT_FALSE(vr::parse_offset(wrong)) << wrong;
    }
}

TEST(TraceRules, KeysSayWhoseAndWhich) {
    const Uuid user = *parse_uuid(some_id);
    const Uuid drawing = *parse_uuid("01890a5d-ac96-774b-bcce-b302099a8058");
    const auto one = vr::canvas_keys(user, drawing, digest_of("one"));
    const auto two = vr::canvas_keys(user, drawing, digest_of("two"));
    EXPECT_TRUE(one.left.starts_with(std::string("drawings/") + some_id + "/"));
    EXPECT_NE(one.left, two.left);
    EXPECT_NE(one.left, one.right);
}

TEST(AccountRules, AnAddressIsOneHoweverItIsWritten) {
    EXPECT_EQ(accounts::normal_email("Ada.L@Example.ORG"), "ada.l@example.org");
}

} // namespace
} // namespace haven::http
