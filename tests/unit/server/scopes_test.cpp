// What a token may do, in the table, in the API's description and in words; forms.
#include "server/auth/grant.hpp"
#include "server/auth/scopes.hpp"
#include "server/http/form.hpp"
#include "server/http/json_value.hpp"
#include "server/http/openapi_text.hpp"
#include "server/http/routes.hpp"
#include "server/http/routing_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <yyjson.h>

namespace haven::auth {
namespace {

/// "token:journal token:care": the alternatives, each with one scope; "-" where it is not said.
std::string security_of(yyjson_val* root, const http::Route& route) {
    std::string method(http::to_string(route.method));
    std::ranges::transform(method, method.begin(), [](char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    yyjson_val* const operation = yyjson_obj_get(
        yyjson_obj_getn(yyjson_obj_get(root, "paths"), route.path.data(), route.path.size()),
        method.c_str());
    yyjson_val* const security = yyjson_obj_get(operation, "security");
    if (security == nullptr) {
        return operation == nullptr ? "no operation" : "-";
    }
    std::string said;
    yyjson_arr_iter alternatives = yyjson_arr_iter_with(security);
    while (yyjson_val* const alternative = yyjson_arr_iter_next(&alternatives)) {
        yyjson_val* const scopes = yyjson_obj_get(alternative, "token");
        said += std::format("{}{}", said.empty() ? "" : " ",
                            http::text_of(yyjson_arr_get_first(scopes)));
        EXPECT_EQ(yyjson_arr_size(scopes), 1U) << route.path;
    }
    return said;
}

/// Those that a token of who may call the route can have.
Scopes held_by(http::Who who) {
    return ((who & http::who::users) != 0 ? scope::of_user : 0) |
           ((who & http::who::reviewers) != 0 ? scope::of_clinician : 0) |
           ((who & http::who::services) != 0 ? scope::of_service : 0);
}

TEST(Scopes, TheDescriptionNamesTheScopesOfEachRoute) {
    const auto document = http::read_json(http::openapi_json());
    for (const http::Route& route : http::api_routes()) {
        if (!route.path.starts_with("/v1/") && !route.path.starts_with("/oauth/")) {
            continue;
        }
        const Scopes scopes = route.policy.scopes;
        const std::string wanted =
            scopes == scope::any ? "-" : to_string(scopes & held_by(route.policy.who));
        EXPECT_EQ(security_of(yyjson_doc_get_root(document.get()), route), wanted)
            << http::to_string(route.method) << ' ' << route.path;
    }
}

TEST(Scopes, EveryoneWhoMayCallARouteMayHaveATokenForIt) {
    for (const http::Route& route : http::api_routes()) {
        for (const http::Who some : {http::who::users, http::who::reviewers, http::who::services}) {
            if ((route.policy.who & some) != 0) {
                EXPECT_NE(route.policy.scopes & held_by(some), 0U) << route.path;
            }
        }
    }
}

TEST(Scopes, AHeadsetBringsAndReadsNothingBack) {
    std::string reads;
    std::string writes;
    for (const http::Route& route : http::api_routes()) {
        if ((route.policy.scopes & scope::drawing) == 0) {
            continue;
        }
        std::string& of = route.method == http::Method::get ? reads : writes;
        of += std::format("{} ", route.path);
    }
    EXPECT_EQ(reads, "/v1/auth/tokens/current /v1/consents/current "
                     "/v1/bilateral-drawings/{id}/trace ");
    EXPECT_EQ(writes, "/v1/auth/tokens/current /v1/exercises/{id} /v1/exercises/{id}/end "
                      "/v1/sessions/{id} /v1/session-events/{id} /v1/vr-sessions/{id} "
                      "/v1/vr-sessions/{id}/metrics "
                      "/v1/vr-sessions/{id}/end /v1/bilateral-drawings/{id} "
                      "/v1/bilateral-drawings/{id}/trace "
                      "/v1/bilateral-drawings/{id}/trace/{offset} ");
}

TEST(Scopes, WhatCannotBeTakenBackWantsARecentLogIn) {
    std::set<std::string> fresh;
    for (const http::Route& route : http::api_routes()) {
        if (route.policy.age_max.count() > 0) {
            EXPECT_EQ(route.policy.age_max.count(), 600) << route.path;
            fresh.insert(std::format("{} {}", http::to_string(route.method), route.path));
        }
    }
    EXPECT_EQ(fresh,
              (std::set<std::string>{
                  "DELETE /v1/users/me", "DELETE /v1/sessions/{id}", "POST /v1/services",
                  "POST /v1/services/{id}/tokens", "POST /v1/clinicians", "PUT /v1/clinicians/{id}",
                  "POST /v1/clinicians/{id}/invitation", "DELETE /v1/clinicians/{id}/factors",
                  "POST /v1/auth/factors/totp", "PUT /v1/auth/factors/totp",
                  "DELETE /v1/auth/factors/totp", "PUT /v1/auth/device-grants/{user_code}",
                  "DELETE /v1/auth/devices", "DELETE /v1/auth/devices/{id}", "GET /v1/users",
                  "PUT /v1/consent-texts/{consent_type}/{consent_version}", "PUT /v1/webhooks/{id}",
                  "POST /v1/webhooks/{id}/secret"}));
}

TEST(Scopes, AreNamesOfAClosedSet) {
    EXPECT_EQ(to_string(scope::of_user), "account journal drawing");
    EXPECT_EQ(to_string(scope::of_clinician), "account care clinic");
    for (const Scopes scopes : {scope::any, scope::of_service, scope::drawing, Scopes{0}}) {
        EXPECT_EQ(parse_scopes(to_string(scopes)), scopes);
    }
    EXPECT_EQ(parse_scopes("everything journal Journal"), scope::journal);
    EXPECT_EQ(parse_scopes("journaldrawing  "), 0U);
}

TEST(Forms, ANameStandsOnceAndWhatIsNoneIsRefused) {
    const auto form = http::Form::parse("grant_type=refresh_token&a=b+c%2B%C3%BC&empty=&none");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("grant_type"), "refresh_token");
    EXPECT_EQ(form->value("a"), "b c+\xC3\xBC");
    for (const char* const name : {"empty", "none", "other", ""}) {
        EXPECT_EQ(form->value(name), std::nullopt) << name;
    }
    EXPECT_TRUE(http::Form::parse(""));
    for (const char* const wrong :
         {"a=1&a=2", "a=1&%61=2", "a=%", "a=%4", "a=%ZZ", "a=%00", "a=%FF", "=1", "a=1&&b=2"}) {
        EXPECT_FALSE(http::Form::parse(wrong)) << wrong;
    }
}

TEST(Devices, AreCalledAfterTheirProgram) {
    EXPECT_EQ(client_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
              "Firefox on Linux");
    EXPECT_EQ(client_name("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
                          "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 "
                          "Safari/604.1"),
              "Safari on iPhone");
    EXPECT_EQ(client_name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
                          "like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"),
              "Edge on Windows");
    EXPECT_EQ(client_name("haven-xr/0.1.0 (Linux)"), "haven-xr 0.1.0");
    EXPECT_EQ(client_name(""), "");
    EXPECT_EQ(client_name("\x01\x02"), "");
    EXPECT_EQ(device_name_of("the old laptop"), "the old laptop");
    EXPECT_EQ(device_name_of("turned \xE2\x80\xAE around"), "");
    EXPECT_LE(device_name_of(std::string(500, 'x')).size(), 100U);
}

} // namespace
} // namespace haven::auth
