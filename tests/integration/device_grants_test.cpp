// Linking a device by the device grant (RFC 8628), walked through as its two sides see it.
#include "tests/integration/device_grants_fixture.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <format>
#include <future>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

// ---- asking ----

TEST_F(DeviceGrants, ADeviceGetsTwoCodesAndWhereThePersonGoes) {
    const Reply reply = ask_with("client_id=haven-xr");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
    EXPECT_EQ(reply.member("device_code").size(), 43U) << "256 bits";
    const std::string code = reply.member("user_code");
    EXPECT_TRUE(
        std::regex_match(code, std::regex("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}")))
        << code;
    EXPECT_EQ(reply.member("verification_uri_complete"),
              reply.member("verification_uri") + "?user_code=" + code);
    EXPECT_EQ(reply.member("expires_in"), "600");
    EXPECT_EQ(reply.member("interval"), "5");
}

TEST_F(DeviceGrants, NeitherCodeStandsInTheDatabase) {
    const Asked asked = ask();
    std::string letters = asked.user_code;
    letters.erase(4, 1);
    EXPECT_EQ(sql(std::format("SELECT count(*) FROM device_grants AS g WHERE g::text ~* '{}|{}|{}'",
                              asked.device_code, asked.user_code, letters)),
              "0");
    EXPECT_EQ(sql("SELECT count(*) FROM device_grants"), "1");
}

TEST_F(DeviceGrants, WhatIsWrongWithTheQuestionIsSaidInOAuthsWords) {
    const auto error_of = [&](std::string_view form, int status) {
        const Reply reply = ask_with(form);
        EXPECT_EQ(reply.status, status) << reply.body;
        return reply.member("error");
    };
    EXPECT_EQ(error_of("client_id=somebody", 401), "invalid_client");
    EXPECT_EQ(error_of("scope=drawing", 400), "invalid_request");
    EXPECT_EQ(error_of("client_id=haven-xr&client_id=haven-xr", 400), "invalid_request");
    EXPECT_EQ(error_of("client_id=haven-xr&scope=account", 400), "invalid_scope");
    const Asked asked = ask();
    const Reply other = post_form(device, "/oauth/token",
                                  "grant_type=urn:ietf:params:oauth:grant-type:device_code&"
                                  "client_id=other&device_code=" +
                                      asked.device_code);
    EXPECT_EQ(other.member("error"), "invalid_client") << other.body;
    EXPECT_EQ(heard({.device_code = "no code", .user_code = {}}), "invalid_grant");
    EXPECT_EQ(heard({.device_code = std::string(43, 'x'), .user_code = {}}), "invalid_grant");
    EXPECT_EQ(
        post_form(device, "/oauth/token",
                  "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=haven-xr")
            .member("error"),
        "invalid_request");
}

TEST_F(DeviceGrants, WhoAsksTooOftenWaits) {
    for (int i = 0; i < 60; ++i) {
        (void)ask();
    }
    const Reply reply = ask_with("client_id=haven-xr");
    EXPECT_EQ(reply.status, 429);
    EXPECT_TRUE(reply.headers.contains("retry-after"));
    EXPECT_TRUE(reply.headers.contains("ratelimit")) << "as other limits do";
}

TEST_F(DeviceGrants, SoManyWaitAndNoMore) {
    sql_do(server.config().database_url,
           "INSERT INTO device_grants (device_code_hash, user_code_hash, client_id, scope, "
           "expires_at) SELECT sha256(n::text::bytea), md5(n::text), 'haven-xr', 'drawing', now() "
           "+ interval '5 minutes' FROM generate_series(1, 500) AS n");
    const Reply full = ask_with("client_id=haven-xr");
    EXPECT_EQ(full.status, 503);
    EXPECT_TRUE(full.headers.contains("retry-after"));
    change("created_at = now() - interval '2 minutes', expires_at = now() - interval '1 minute' "
           "WHERE user_code_hash = md5('7')");
    EXPECT_EQ(ask_with("client_id=haven-xr").status, 200);
}

// ---- polling ----

TEST_F(DeviceGrants, TheFirstPollIsNeverTooSoon) {
    EXPECT_EQ(heard(ask()), "authorization_pending");
}

TEST_F(DeviceGrants, AnEarlyPollAddsFiveSecondsAndDoesNotMoveTheWindow) {
    const Asked asked = ask();
    ASSERT_EQ(heard(asked), "authorization_pending");
    const std::string polled_at = sql("SELECT polled_at FROM device_grants");
    EXPECT_EQ(heard(asked), "slow_down");
    EXPECT_EQ(heard(asked), "slow_down");
    EXPECT_EQ(sql("SELECT interval_seconds FROM device_grants"), "15");
    EXPECT_EQ(sql("SELECT polled_at FROM device_grants"), polled_at);
    change("polled_at = now() - interval '14 seconds'");
    EXPECT_EQ(heard(asked), "slow_down");
    change("polled_at = now() - interval '20 seconds'");
    EXPECT_EQ(heard(asked), "authorization_pending") << "whoever slows down is heard again";
    change("polled_at = now() - interval '20 seconds'");
    EXPECT_EQ(heard(asked), "authorization_pending");
    EXPECT_EQ(sql("SELECT interval_seconds FROM device_grants"), "20");
}

TEST_F(DeviceGrants, WhatIsAllowedIsDeliveredToWhoeverPollsEarlyToo) {
    const Asked asked = ask();
    ASSERT_EQ(heard(asked), "authorization_pending");
    ASSERT_EQ(heard(asked), "slow_down");
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    const Reply given = poll(asked);
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(given.member("token_type"), "Bearer");
    EXPECT_EQ(given.member("scope"), "drawing");
    EXPECT_FALSE(given.member("refresh_token").empty());
    HttpClient linked = with_token(given.member("access_token"));
    EXPECT_EQ(linked.get("/v1/auth/tokens/current").member("bearer_id"), person.id);
    EXPECT_EQ(linked.put("/v1/sessions/" + new_id(), session_body()).status, 201);
    EXPECT_EQ(linked.get("/v1/users/me").status, 403) << "it draws, and nothing else";
    EXPECT_TRUE(person.get("/v1/auth/devices").body.contains("Reading corner"));
}

TEST_F(DeviceGrants, WhoPollsAsFastAsItCanIsSoonHeardNoMore) {
    const Asked asked = ask();
    int refused = 0;
    for (int i = 0; i < 60 && refused == 0; ++i) { // at each of two servers
        const Reply reply = poll(asked);
        refused = reply.status == 429 ? i : 0;
    }
    EXPECT_GT(refused, 10);
}

// ---- deciding ----

TEST_F(DeviceGrants, LookingShowsTheDeviceAndDecidesNothing) {
    const Asked asked = ask();
    for (int i = 0; i < 3; ++i) {
        const Reply seen = person.get(path_of(asked.user_code));
        ASSERT_EQ(seen.status, 200) << seen.body;
        EXPECT_EQ(seen.member("status"), "pending");
        EXPECT_EQ(seen.member("device_name"), "Reading corner");
        EXPECT_EQ(seen.member("client_id"), "haven-xr");
        EXPECT_EQ(seen.member("ip_address"), "127.0.0.1");
        EXPECT_EQ(seen.member("scope"), "drawing");
        EXPECT_FALSE(seen.member("requested_at").empty());
        EXPECT_EQ(seen.member("lifetime_seconds"), "31536000");
        EXPECT_EQ(seen.member("idle_seconds"), "7776000");
    }
    EXPECT_EQ(heard(asked), "authorization_pending");
}

TEST_F(DeviceGrants, TheCodeIsReadInAnyCaseAndWithAnythingBetweenItsLetters) {
    const Asked asked = ask();
    std::string small = asked.user_code;
    for (char& c : small) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const std::string first = small.substr(0, 4);
    const std::string last = asked.user_code.substr(5);
    for (const std::string& typed :
         {small, first + last, first + "%20" + last, first + "+" + last, "." + first + "_" + last,
          first + "%E2%80%93" + last, "%22" + first + "--" + last + "%22"}) {
        EXPECT_EQ(person.get(path_of(typed)).status, 200) << typed;
    }
}

TEST_F(DeviceGrants, DeniedStaysDenied) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "deny").status, 200);
    EXPECT_EQ(heard(asked), "access_denied");
    EXPECT_EQ(decide(person, asked, "allow").status, 409) << "by the back button";
    const Reply again = decide(person, asked, "deny");
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.member("status"), "denied");
    EXPECT_EQ(heard(asked), "access_denied");
    EXPECT_EQ(sql("SELECT count(*) FROM token_families WHERE came_by = 'device'"), "0");
}

TEST_F(DeviceGrants, AllowedStaysAllowed) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    EXPECT_EQ(decide(person, asked, "deny").status, 409);
    EXPECT_EQ(decide(person, asked, "allow").status, 200);
    EXPECT_EQ(heard(asked), "tokens");
    EXPECT_EQ(decide(person, asked, "deny").status, 409) << "its device is ended in the list";
    EXPECT_EQ(decide(person, asked, "allow").member("status"), "allowed");
}

TEST_F(DeviceGrants, UnknownExpiredAndUsedCodesAnswerAlike) {
    HttpClient other = server.new_user();
    const Asked used = ask();
    ASSERT_EQ(decide(person, used, "allow").status, 200);
    const Asked late = ask();
    change("created_at = now() - interval '11 minutes', expires_at = now() - interval '1 minute' "
           "WHERE status = 'pending'");
    const Reply of_used = other.get(path_of(used.user_code));
    const Reply of_late = other.get(path_of(late.user_code));
    const Reply of_none = other.get(path_of("BBBB-BBBB"));
    const Reply of_nonsense = other.get(path_of("AEIOU"));
    EXPECT_EQ(of_none.status, 404);
    for (const Reply* each : {&of_used, &of_late, &of_nonsense}) {
        EXPECT_EQ(each->status, 404);
        EXPECT_EQ(each->body_without_request_id(), of_none.body_without_request_id());
    }
    EXPECT_EQ(decide(other, used, "deny").status, 404);
    EXPECT_EQ(heard(used), "tokens") << "nothing of it was changed";
}

TEST_F(DeviceGrants, OnlyAPersonWhoIsLoggedInDecides) {
    const Asked asked = ask();
    HttpClient nobody = server.client();
    EXPECT_EQ(decide(nobody, asked, "allow").status, 401);
    HttpClient reviewer = server.new_clinician("supervisor");
    EXPECT_EQ(decide(reviewer, asked, "allow").status, 403);
    HttpClient service = server.new_service("web");
    EXPECT_EQ(decide(service, asked, "allow").status, 403);
    const Asked first = ask();
    ASSERT_EQ(decide(person, first, "allow").status, 200);
    HttpClient linked = with_token(poll(first).member("access_token"));
    EXPECT_EQ(linked.get(path_of(asked.user_code)).status, 403) << "a device links no other";
    EXPECT_EQ(decide(linked, asked, "allow").status, 403);
    EXPECT_EQ(person.put(path_of(asked.user_code), R"({"decision":"perhaps"})").status, 422);
    EXPECT_EQ(heard(asked), "authorization_pending");
}

TEST_F(DeviceGrants, ToDecideOneLogsInAnew) {
    const Asked asked = ask();
    sql_do(server.config().database_url,
           "UPDATE token_families SET authenticated_at = now() - interval '11 minutes'");
    for (const char* decision : {"allow", "deny"}) {
        const Reply refused = decide(person, asked, decision);
        EXPECT_EQ(refused.status, 401) << refused.body;
        EXPECT_TRUE(
            refused.headers.at("www-authenticate").contains("insufficient_user_authentication"));
    }
    EXPECT_EQ(person.get(path_of(asked.user_code)).status, 200);
    EXPECT_EQ(heard(asked), "authorization_pending");
}

TEST_F(DeviceGrants, ALetterTellsOnceThatADeviceWasLinked) {
    const auto letters = [&] {
        return sql("SELECT count(*) FROM letters WHERE kind = 'device_linked' AND user_id = '" +
                   person.id + "'");
    };
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    EXPECT_EQ(letters(), "0") << "it has nothing yet";
    EXPECT_EQ(heard(asked), "tokens");
    EXPECT_EQ(letters(), "1");
    EXPECT_EQ(heard(asked), "tokens") << "the answer was lost";
    EXPECT_EQ(letters(), "1");
    const Asked other = ask();
    ASSERT_EQ(decide(person, other, "deny").status, 200);
    EXPECT_EQ(heard(other), "access_denied");
    EXPECT_EQ(letters(), "1");
}

TEST_F(DeviceGrants, ARefreshTokenIsOfNoUseToAnotherClient) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    const std::string token = poll(asked).member("refresh_token");
    for (const char* client : {"", "&client_id=", "&client_id=haven-web"}) {
        const Reply refused = post_form(device, "/oauth/token",
                                        "grant_type=refresh_token&refresh_token=" + token + client);
        EXPECT_EQ(refused.member("error"), "invalid_grant") << client << refused.body;
    }
    EXPECT_EQ(refresh(token).status, 200) << "it is whose it was";
}

TEST_F(DeviceGrants, ATokenIsRevokedByTheClientThatGotIt) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    const Reply given = poll(asked);
    for (const std::string& token : {given.member("refresh_token"), given.member("access_token")}) {
        for (const char* client : {"", "&client_id=", "&client_id=haven-web"}) {
            const Reply refused = post_form(device, "/oauth/revoke", "token=" + token + client);
            EXPECT_EQ(refused.status, 400) << client;
            EXPECT_EQ(refused.member("error"), "invalid_grant") << client << refused.body;
        }
    }
    EXPECT_TRUE(is_good(given.member("access_token"))) << "it is whose it was";
    const Reply refreshed = refresh(given.member("refresh_token"));
    EXPECT_EQ(refreshed.status, 200) << refreshed.body;
    const Reply webs =
        post_form(device, "/oauth/revoke", "client_id=haven-xr&token=" + person.token);
    EXPECT_EQ(webs.member("error"), "invalid_grant") << webs.body;
    EXPECT_TRUE(is_good(person.token));
    EXPECT_EQ(post_form(device, "/oauth/revoke",
                        "client_id=haven-xr&token=" + refreshed.member("refresh_token"))
                  .status,
              200);
    EXPECT_FALSE(is_good(refreshed.member("access_token")));
    EXPECT_EQ(
        post_form(device, "/oauth/revoke", "client_id=haven-web&token=" + std::string(43, 'A'))
            .status,
        200)
        << "it is nobody's";
}

// ---- too late ----

TEST_F(DeviceGrants, WhatNobodyDecidedInTimeIsExpiredAndNotPendingForEver) {
    const Asked asked = ask();
    ASSERT_EQ(heard(asked), "authorization_pending");
    change("created_at = now() - interval '11 minutes', expires_at = now() - interval '1 minute'");
    EXPECT_EQ(heard(asked), "expired_token");
    EXPECT_EQ(heard(asked), "expired_token");
    EXPECT_EQ(decide(person, asked, "allow").status, 404);
    EXPECT_EQ(heard(asked), "expired_token");
}

TEST_F(DeviceGrants, WhatWasAllowedAndNeverFetchedExpiresToo) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    change("created_at = now() - interval '11 minutes', expires_at = now() - interval '1 second'");
    EXPECT_EQ(heard(asked), "expired_token");
}

TEST_F(DeviceGrants, WhatIsLongOverIsForgotten) {
    const Asked kept = ask();
    change("created_at = now() - interval '1 hour', expires_at = now() - interval '50 minutes'");
    (void)ask();
    change("created_at = now() - interval '3 hours', expires_at = now() - interval '61 minutes' "
           "WHERE expires_at > now()");
    EXPECT_EQ(sql("SELECT haven_job_forget_device_grants()"), "1");
    EXPECT_EQ(heard(kept), "expired_token");
}

// ---- once ----

TEST_F(DeviceGrants, ACodeThatWasUsedGivesNothingMore) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    const Reply given = poll(asked);
    ASSERT_EQ(given.status, 200);
    ASSERT_TRUE(is_good(given.member("access_token")));
    EXPECT_EQ(heard(asked), "invalid_grant");
    EXPECT_TRUE(is_good(given.member("access_token"))) << "and takes nothing";
    const Asked second = ask();
    ASSERT_EQ(decide(person, second, "allow").status, 200);
    ASSERT_EQ(refresh(poll(second).member("refresh_token")).status, 200);
    EXPECT_EQ(heard(second), "invalid_grant");
}

TEST_F(DeviceGrants, ALostAnswerIsGivenAgainForHalfAMinute) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    const Reply lost = poll(asked);
    const Reply given = poll(asked);
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_EQ(sql("SELECT count(*) FROM token_families WHERE came_by = 'device'"), "1");
    EXPECT_FALSE(is_good(lost.member("access_token")));
    EXPECT_EQ(refresh(lost.member("refresh_token")).status, 400);
    change("redeemed_at = redeemed_at - interval '31 seconds'");
    EXPECT_EQ(heard(asked), "invalid_grant");
    EXPECT_TRUE(is_good(given.member("access_token")));
    EXPECT_EQ(refresh(given.member("refresh_token")).status, 200);
}

TEST_F(DeviceGrants, InARaceOneSetOfTokensIsGood) {
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    std::vector<std::future<Reply>> racers;
    for (int i = 0; i < 8; ++i) {
        racers.push_back(std::async(std::launch::async, [&] {
            HttpClient racer = server.client();
            return post_form(racer, "/oauth/token", poll_form(asked));
        }));
    }
    std::vector<Reply> replies;
    for (auto& racer : racers) {
        replies.push_back(racer.get());
    }
    int good = 0;
    for (const Reply& reply : replies) {
        EXPECT_TRUE(reply.status == 200 || reply.status == 400) << reply.status;
        good += reply.status == 200 && is_good(reply.member("access_token")) ? 1 : 0;
    }
    EXPECT_EQ(good, 1);
    EXPECT_EQ(sql("SELECT count(*) FROM token_families WHERE came_by = 'device'"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM refresh_tokens JOIN token_families ON id = family_id WHERE "
                  "came_by = 'device'"),
              "1");
}

TEST_F(DeviceGrants, InARaceOneDecisionStands) {
    const Asked asked = ask();
    std::vector<std::future<int>> racers;
    for (int i = 0; i < 6; ++i) {
        racers.push_back(std::async(std::launch::async, [&, i] {
            HttpClient racer = with_token(person.token);
            return decide(racer, asked, i % 2 == 0 ? "allow" : "deny").status;
        }));
    }
    int done = 0;
    for (auto& racer : racers) {
        const int status = racer.get();
        EXPECT_TRUE(status == 200 || status == 409) << status;
        done += status == 200 ? 1 : 0;
    }
    EXPECT_EQ(done, 3);
}

// ---- whose word it was ----

TEST_F(DeviceGrants, WhatSomebodyElseAllowedInAStolenLogInIsNotGiven) {
    const auto heard_after = [&](const std::string& why) {
        const Asked asked = ask();
        EXPECT_EQ(decide(person, asked, "allow").status, 200);
        sql_do(server.config().database_url,
               std::format("UPDATE token_families SET revoked_at = now(), revoked_why = '{}' FROM "
                           "device_grants WHERE token_families.id = decided_in",
                           why));
        const std::string said = heard(asked);
        sql_do(server.config().database_url,
               "UPDATE token_families SET revoked_at = NULL, revoked_why = NULL");
        return said;
    };
    EXPECT_EQ(heard_after("password_changed"), "access_denied");
    EXPECT_EQ(heard_after("reused"), "access_denied");
    EXPECT_EQ(heard_after("ended"), "access_denied");
    EXPECT_EQ(heard_after("logged_out"), "tokens") << "by who allowed it and went";
    const Asked asked = ask();
    ASSERT_EQ(decide(person, asked, "allow").status, 200);
    ASSERT_EQ(person.remove("/v1/users/me").status, 204);
    EXPECT_EQ(heard(asked), "access_denied") << "nobody's account";
}

TEST_F(DeviceGrants, EachWordIsOnRecordAndSoAreTheTokens) {
    const auto rows_of = [&](const Reply& reply, const std::string& columns) {
        return sql(std::format("SELECT string_agg(concat_ws(' ', {}), ', ' ORDER BY id) FROM "
                               "audit_logs WHERE request_id = '{}'",
                               columns, reply.headers.at("x-request-id")));
    };
    const Asked asked = ask();
    const Reply allowed = decide(person, asked, "allow");
    EXPECT_EQ(rows_of(allowed, "user_id, action, response_status"),
              person.id + " device_grant_decide 200");
    EXPECT_EQ(json_at(rows_of(allowed, "changes_made"), "/device_grants/status"),
              R"({"after":"allowed","before":"pending"})");
    EXPECT_EQ(rows_of(poll(asked), "user_id, action, response_status"), person.id + " token 200");
    const Asked second = ask();
    EXPECT_EQ(rows_of(poll(second), "1"), "NULL") << "that nobody has decided is no news";
    const Reply denied = decide(person, second, "deny");
    EXPECT_EQ(json_at(rows_of(denied, "changes_made"), "/device_grants/status/after"), "denied");
    EXPECT_EQ(rows_of(person.get(path_of("BBBB-BBBB")), "action, response_status"),
              "device_grant_read 404");
}

// ---- guessing ----

TEST_F(DeviceGrants, TheSixthWrongTryIsRefusedAndARightOneBringsNoneBack) {
    const Asked asked = ask();
    const std::array wrong{"BBBB-BBBB", "BBBB-BBBC", "BBBB-BBBD", "BBBB-BBBF", "BBBB-BBBG"};
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        EXPECT_EQ(person.get(path_of(wrong.at(i))).status, 404) << i;
        if (i == 2) {
            EXPECT_EQ(person.get(path_of(asked.user_code)).status, 200) << "no guess";
        }
    }
    const Reply sixth = decide(person, {.device_code = {}, .user_code = "BBBB-BBBH"}, "allow");
    EXPECT_EQ(sixth.status, 429);
    EXPECT_TRUE(sixth.headers.contains("retry-after"));
    EXPECT_TRUE(sixth.headers.contains("ratelimit"));
    EXPECT_EQ(decide(person, asked, "allow").status, 429) << "not even the right one";
    EXPECT_EQ(heard(asked), "authorization_pending");
    HttpClient other = server.new_user();
    EXPECT_EQ(decide(other, asked, "allow").status, 200) << "somebody else's tries are theirs";
}

TEST_F(DeviceGrants, WrongTriesTogetherAreCountedExactly) {
    std::vector<std::future<int>> tries;
    for (int i = 0; i < 12; ++i) {
        tries.push_back(std::async(std::launch::async, [&] {
            HttpClient client = with_token(person.token);
            return client.get(path_of("BBBB-BBBB")).status;
        }));
    }
    int heard_out = 0;
    for (auto& each : tries) {
        heard_out += each.get() == 404 ? 1 : 0;
    }
    EXPECT_EQ(heard_out, 5);
}

TEST_F(DeviceGrants, ANetworkAndAllTogetherAreLimitedToo) {
    for (int account = 0; account < 4; ++account) {
        HttpClient one = server.new_user();
        for (int i = 0; i < 5; ++i) {
            EXPECT_EQ(one.get(path_of("BBBB-BBBB")).status, 404);
        }
    }
    EXPECT_EQ(person.get(path_of("BBBB-BBBB")).status, 429) << "the first of theirs";
    sql_do(server.config().database_url, "DELETE FROM attempts");
    EXPECT_EQ(person.get(path_of("BBBB-BBBB")).status, 404);
    sql_do(server.config().database_url,
           "UPDATE attempts SET attempts = 300 WHERE scope = 'device-code in all'");
    EXPECT_EQ(person.get(path_of("BBBB-BBBB")).status, 429);
}

// ---- what programs read first ----

TEST_F(DeviceGrants, WhatTheMetadataNamesIsThere) {
    const TestServer alone({}, {}, Company::none);
    HttpClient program = alone.client();
    const Reply metadata = program.get("/.well-known/oauth-authorization-server");
    ASSERT_EQ(metadata.status, 200);
    EXPECT_TRUE(metadata.headers.at("content-type").starts_with("application/json"));
    EXPECT_EQ(metadata.member("issuer"), alone.url());
    for (const char* name :
         {"token_endpoint", "device_authorization_endpoint", "revocation_endpoint"}) {
        const std::string endpoint = metadata.member(name);
        ASSERT_TRUE(endpoint.starts_with(alone.url())) << endpoint;
        const Reply asked = post_form(program, endpoint.substr(alone.url().size()), "");
        EXPECT_EQ(asked.member("error"), "invalid_request") << endpoint;
    }
    for (const int place : {0, 1}) {
        const std::string type =
            json_at(metadata.body, std::format("/grant_types_supported/{}", place));
        const Reply asked =
            post_form(program, "/oauth/token", "client_id=haven-xr&grant_type=" + type);
        EXPECT_EQ(asked.member("error"), "invalid_request") << type;
    }
    EXPECT_EQ(json_at(metadata.body, "/token_endpoint_auth_methods_supported"), R"(["none"])");
}

TEST_F(DeviceGrants, TheServerIsCalledAsItIsSet) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.public_url = "https://haven.example.org";
    const TestServer named({}, config, Company::none);
    HttpClient program = named.client();
    EXPECT_EQ(program.get("/.well-known/oauth-authorization-server").member("issuer"),
              "https://haven.example.org");
    const Reply asked = post_form(program, "/oauth/device_authorization", "client_id=haven-xr");
    EXPECT_EQ(asked.member("verification_uri"), "https://haven.example.org/link");
}

} // namespace
} // namespace haven::test
