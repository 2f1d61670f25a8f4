// Browsers: log-ins in a cookie, what every answer tells a browser, other sites' scripts, and the
// server's own pages.
#include "server/config.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <format>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using Fields = std::vector<std::string>;
constexpr std::string_view cross_site = "/problems/cross-site";
constexpr const char* current = "/v1/auth/tokens/current";
constexpr const char* json_type = "Content-Type: application/json";

Fields operator+(Fields one, const Fields& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

/// What a page of ours has of a log-in.
struct Session {
    std::string cookie; ///< "name=value"
    std::string csrf;

    [[nodiscard]] Fields fields() const { return {"Cookie: " + cookie}; }
};

class Cookies : public ::testing::Test {
  protected:
    Cookies() { email = server.new_user().get("/v1/users/me").member("email"); }

    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void change(const std::string& text) const { sql_do(server.config().database_url, text); }
    Reply log_in(const Fields& fields) {
        return client.send("POST", "/v1/auth/tokens",
                           std::format(R"({{"email":"{}","password":"quiet-harbour-lamp",)"
                                       R"("cookie":true}})",
                                       email),
                           Fields{json_type} + fields);
    }
    static std::string cookie_of(const Reply& reply) {
        const auto set = reply.headers.find("set-cookie");
        return set == reply.headers.end() ? "" : set->second.substr(0, set->second.find(';'));
    }
    Session session() {
        const Reply reply = log_in(from_ours);
        EXPECT_EQ(reply.status, 204) << reply.body;
        Session made{.cookie = cookie_of(reply), .csrf = ""};
        made.csrf = see(made).member("csrf_token");
        return made;
    }
    Reply see(const Session& one) { return client.send("GET", current, "", one.fields()); }
    Reply put_session(const Fields& fields) {
        return client.send("PUT", "/v1/sessions/" + new_id(), session_body(),
                           Fields{json_type} + fields);
    }
    static std::string value_of(const Session& one) {
        return one.cookie.substr(one.cookie.find('=') + 1);
    }

    TestServer server{{}, {}, Company::none};
    HttpClient client = server.client();
    std::string email;
    Fields from_ours{"Origin: " + server.url()};
};

TEST_F(Cookies, ALogInOfAPageIsInACookieAndNowhereElse) {
    const Reply reply = log_in(from_ours);
    ASSERT_EQ(reply.status, 204) << reply.body;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
    EXPECT_TRUE(std::regex_match(reply.headers.at("set-cookie"),
                                 std::regex("__Host-haven=[A-Za-z0-9_-]{43}; Path=/; Secure; "
                                            "HttpOnly; SameSite=Strict")))
        << reply.headers.at("set-cookie");
    const Session one{.cookie = cookie_of(reply), .csrf = ""};
    const Reply bearer = see(one);
    EXPECT_EQ(bearer.status, 200);
    EXPECT_EQ(bearer.member("scope"), "account journal drawing");
    EXPECT_EQ(bearer.member("csrf_token").size(), 64U);
    EXPECT_NE(session().csrf, bearer.member("csrf_token")) << "each log-in has its own";
    EXPECT_EQ(sql("SELECT concat_ws(' ', came_by, in_cookie, extract(epoch FROM f.expires_at - "
                  "f.created_at)::integer, extract(epoch FROM idle_lifetime)::integer, (SELECT "
                  "count(*) FROM refresh_tokens WHERE family_id = f.id)) FROM token_families AS f "
                  "JOIN access_tokens AS t ON t.family_id = f.id WHERE t.token_hash = sha256('" +
                  value_of(one) + "')"),
              "password t 43200 1800 0");
    HttpClient with_token = server.new_user();
    EXPECT_EQ(with_token.get(current).member("csrf_token"), "") << "for cookies alone";
}

TEST_F(Cookies, OnlyAPageOfOursGetsOne) {
    const std::vector<std::pair<int, Fields>> cases{
        {403, {}},
        {403, {"Origin: https://evil.example"}},
        {403, {"Origin: null"}},
        {403, {"Origin: " + server.url() + ".evil.example"}},
        {403, {"Origin: " + server.url() + "/"}},
        {403, {"Origin: https" + server.url().substr(server.url().find(':'))}},
        {403, {"Origin: " + server.url().substr(0, server.url().rfind(':'))}},
        {204, {"Origin: http://localhost:1", "Host: localhost:1"}},
        {403, {"Origin: http://localhost:1", "Host: localhost"}},
        {403, {"Origin: https://localhost:1", "Host: localhost:1"}},
        {403, {"Sec-Fetch-Site: same-site"}},
        {403, {"Sec-Fetch-Site: cross-site"}},
        {403, {"Sec-Fetch-Site: none"}},
        {403, {"Origin: https://evil.example", "Sec-Fetch-Site: same-origin"}},
        {400, {from_ours[0], from_ours[0]}},
        {204, {"Sec-Fetch-Site: same-origin"}},
        {204, from_ours},
    };
    for (const auto& [status, fields] : cases) {
        const Reply reply = log_in(fields);
        EXPECT_EQ(reply.status, status) << (fields.empty() ? "nothing" : fields[0]);
        EXPECT_EQ(reply.headers.contains("set-cookie"), status == 204);
        EXPECT_EQ(reply.member("type") == cross_site, status == 403);
    }
    EXPECT_EQ(sql("SELECT count(*) FROM token_families WHERE in_cookie"), "3");
}

TEST_F(Cookies, WhatChangesSomethingNeedsOurOriginAndTheTokenOfTheLogIn) {
    const Session one = session();
    const Session other = session();
    const std::string token = "X-CSRF-Token: " + one.csrf;
    const std::vector<Fields> refused{
        {},
        from_ours,
        {token},
        {token, "Origin: https://evil.example"},
        {token, "Sec-Fetch-Site: cross-site"},
        from_ours + Fields{"X-CSRF-Token: " + other.csrf},
        from_ours + Fields{"X-CSRF-Token: " + value_of(one)},
        from_ours + Fields{token + "0"},
    };
    for (const Fields& fields : refused) {
        const Reply reply = put_session(one.fields() + fields);
        EXPECT_EQ(reply.status, 403);
        EXPECT_EQ(reply.member("type"), cross_site);
    }
    EXPECT_EQ(sql("SELECT count(*) FROM sessions"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE response_status = 403 AND user_id IS NOT "
                  "NULL"),
              std::to_string(refused.size()));
    EXPECT_EQ(put_session(one.fields() + from_ours + Fields{token}).status, 201);
    EXPECT_EQ(put_session(one.fields() + Fields{token, "Sec-Fetch-Site: same-origin"}).status, 201);
    EXPECT_EQ(client.send("DELETE", "/v1/auth/devices", "", one.fields() + from_ours).status, 403);
    EXPECT_EQ(see(one).status, 200) << "to look needs neither";
    EXPECT_EQ(client.send("GET", "/v1/sessions", "", one.fields()).status, 200);
}

TEST_F(Cookies, WhereThereIsAnAuthorizationTheCookieIsNotLookedAt) {
    const Session one = session();
    HttpClient other = server.new_user();
    EXPECT_EQ(other.send("GET", current, "", one.fields()).member("bearer_id"), other.id);
    EXPECT_EQ(other
                  .send("PUT", "/v1/sessions/" + new_id(), session_body(),
                        Fields{json_type} + one.fields())
                  .status,
              201)
        << "nothing a page could forge";
    for (const char* wrong : {"Authorization: Bearer nobody", "Authorization: Basic YTpi"}) {
        EXPECT_EQ(client.send("GET", current, "", one.fields() + Fields{wrong}).status, 401);
    }
    EXPECT_EQ(log_in(from_ours + one.fields() + Fields{"Authorization: Bearer nobody"}).status,
              204);
    EXPECT_EQ(see(one).status, 200) << "not even to end it";
}

TEST_F(Cookies, ATokenIsGoodWhereItIsToBeKeptAndNowhereElse) {
    const Session one = session();
    HttpClient as_bearer = server.client();
    as_bearer.token = value_of(one);
    EXPECT_EQ(as_bearer.get(current).status, 401);
    const std::string token = server.new_user().token;
    EXPECT_EQ(see({.cookie = "__Host-haven=" + token, .csrf = ""}).status, 401);
    EXPECT_EQ(see(one).status, 200);
}

TEST_F(Cookies, ThereIsOneAndOthersArePassedOver) {
    const Session one = session();
    const std::vector<std::pair<int, std::string>> cases{
        {200, one.cookie + "; theme=dark"},
        {200, "=; a; theme=\"dark\"; " + one.cookie},
        {200, "__Host-haven-other=1; " + one.cookie},
        {400, one.cookie + "; " + one.cookie},
        {400, "__Host-haven=; " + one.cookie},
        {401, "__Host-haven=" + value_of(one) + "x"},
        {401, "__Host-haven=\"" + value_of(one) + "\""},
        {401, "__host-haven=" + value_of(one)},
        {401, "haven=" + value_of(one)},
        {401, "theme=" + one.cookie},
    };
    for (const auto& [status, cookies] : cases) {
        EXPECT_EQ(see({.cookie = cookies, .csrf = ""}).status, status) << cookies;
    }
    EXPECT_EQ(client.send("GET", current, "", one.fields() + one.fields()).status, 400)
        << "in two fields";
    EXPECT_EQ(client.send("GET", current, "", Fields{"Cookie: a=b"} + one.fields()).status, 200);
}

TEST_F(Cookies, WhatWasThereBeforeIsNotTakenOverAndEnds) {
    const Session before = session();
    const Reply again = log_in(from_ours + before.fields());
    ASSERT_EQ(again.status, 204);
    EXPECT_NE(cookie_of(again), before.cookie);
    EXPECT_EQ(see(before).status, 401);
    EXPECT_EQ(see({.cookie = cookie_of(again), .csrf = ""}).status, 200);
    EXPECT_EQ(sql("SELECT string_agg(revoked_why, ' ') FROM token_families WHERE in_cookie"),
              "logged_out");
    const std::string planted = "__Host-haven=" + std::string(43, 'A');
    const Reply fixed = log_in(from_ours + Fields{"Cookie: " + planted});
    EXPECT_NE(cookie_of(fixed), planted);
    EXPECT_EQ(see({.cookie = planted, .csrf = ""}).status, 401);
    HttpClient device = server.new_user();
    EXPECT_EQ(log_in(from_ours + Fields{"Cookie: __Host-haven=" + device.token}).status, 204);
    EXPECT_EQ(device.get(current).status, 200) << "what was in no cookie goes on";
    const Reply wrong =
        client.send("POST", "/v1/auth/tokens",
                    R"({"email":"nobody@example.org","password":"not-the-one","cookie":true})",
                    Fields{json_type} + from_ours + Fields{"Cookie: " + cookie_of(again)});
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(see({.cookie = cookie_of(again), .csrf = ""}).status, 200) << "a try ends nothing";
}

TEST_F(Cookies, LoggingOutEndsItAndTakesItAway) {
    const std::string gone = "__Host-haven=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
    for (const char* path : {current, "/v1/auth/devices"}) {
        const Session one = session();
        const Reply out = client.send(
            "DELETE", path, "", one.fields() + from_ours + Fields{"X-CSRF-Token: " + one.csrf});
        EXPECT_EQ(out.status, 204);
        EXPECT_EQ(out.headers.at("set-cookie"), gone);
        EXPECT_EQ(see(one).status, 401);
    }
    HttpClient with_token = server.new_user();
    EXPECT_FALSE(with_token.remove(current).headers.contains("set-cookie"));
}

TEST_F(Cookies, EachUseKeepsItFromBeingIdleAndNothingLongerThanItsLife) {
    const Session one = session();
    const std::string left = "SELECT extract(epoch FROM idle_expires_at - now()) > 1700 FROM "
                             "token_families WHERE in_cookie";
    change("UPDATE token_families SET idle_expires_at = now() + interval '1 minute' WHERE "
           "in_cookie");
    EXPECT_EQ(see(one).status, 200);
    EXPECT_EQ(sql(left), "f") << "not more than once a minute";
    change("UPDATE token_families SET last_used_at = now() - interval '2 minutes' WHERE in_cookie");
    EXPECT_EQ(see(one).status, 200);
    EXPECT_EQ(sql(left), "t");
    change("UPDATE token_families SET last_used_at = now() - interval '2 minutes', idle_expires_at "
           "= now() + interval '1 minute', expires_at = now() + interval '5 minutes' WHERE "
           "in_cookie");
    EXPECT_EQ(see(one).status, 200);
    EXPECT_EQ(sql("SELECT idle_expires_at = expires_at FROM token_families WHERE in_cookie"), "t");
    change("UPDATE token_families SET idle_expires_at = now() WHERE in_cookie");
    EXPECT_EQ(see(one).status, 401) << "idle";
    HttpClient other = server.new_user();
    change("UPDATE token_families SET last_used_at = now() - interval '2 minutes', idle_expires_at "
           "= now() + interval '1 minute' WHERE NOT in_cookie");
    EXPECT_EQ(other.get(current).status, 200);
    EXPECT_EQ(sql("SELECT bool_and(idle_expires_at < now() + interval '2 minutes') FROM "
                  "token_families WHERE NOT in_cookie"),
              "t")
        << "what is refreshed lives by that";
}

TEST_F(Cookies, ItIsADeviceLikeAnyAndEndsLikeOne) {
    const Session one = session();
    HttpClient owner = server.client();
    owner.token = owner.post("/v1/auth/tokens", credentials_body(email)).member("access_token");
    const std::string id = sql("SELECT id FROM token_families WHERE in_cookie");
    EXPECT_TRUE(owner.get("/v1/auth/devices").body.contains(id));
    EXPECT_EQ(owner.remove("/v1/auth/devices/" + id).status, 204);
    EXPECT_EQ(see(one).status, 401);
    const Session next = session();
    EXPECT_EQ(
        owner
            .put("/v1/users/me/password",
                 R"({"current_password":"quiet-harbour-lamp","new_password":"another-quiet-lamp"})")
            .status,
        200);
    EXPECT_EQ(see(next).status, 401) << "another password ends it, too";
}

// ---- what every answer tells a browser ----

constexpr const char* of_answers =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

TEST(AnswerFields, EveryAnswerSaysWhatABrowserMayDoWithIt) {
    const TestServer server({}, {}, Company::none);
    HttpClient user = server.new_user();
    std::vector<Reply> replies{
        user.get("/v1/users/me"),
        user.get("/v1/nothing"),
        server.client().get("/v1/users/me"),
        user.send("OPTIONS", "/v1/users/me", "", {}),
        user.put("/v1/sessions/" + new_id(), "{"),
        user.get("/v1/openapi.yaml"),
        user.send("GET", "/v1/users/me", "", {"Host: a b"}),
        user.get("/assets/haven.css"),
    };
    const std::string tag = user.get("/assets/haven.css").headers.at("etag");
    replies.push_back(user.send("GET", "/assets/haven.css", "", {"If-None-Match: " + tag}));
    EXPECT_EQ(replies.back().status, 304);
    EXPECT_EQ(replies.back().body, "");
    for (const Reply& reply : replies) {
        EXPECT_EQ(reply.headers.at("content-security-policy"), of_answers) << reply.status;
        EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff");
        EXPECT_EQ(reply.headers.at("referrer-policy"), "no-referrer");
        EXPECT_EQ(reply.headers.at("cross-origin-resource-policy"), "same-origin");
        EXPECT_FALSE(reply.headers.contains("strict-transport-security")) << "not over TLS";
        EXPECT_FALSE(reply.headers.contains("vary")) << "no other origin is listed";
    }
    const Reply page = user.get("/log-in");
    const std::string& policy = page.headers.at("content-security-policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "))
        << policy;
    for (const char* rule : {"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}) {
        EXPECT_TRUE(policy.contains(rule)) << rule;
    }
    EXPECT_FALSE(policy.contains("unsafe"));
    EXPECT_EQ(page.headers.at("cross-origin-opener-policy"), "same-origin");
}

TEST(AnswerFields, WhereItIsReachedByTlsItIsToBeForAYear) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.public_url = "https://haven.example.org";
    const TestServer server({}, config, Company::none);
    HttpClient client = server.client();
    for (const char* path : {"/log-in", "/v1/users/me", "/nothing"}) {
        EXPECT_EQ(client.get(path).headers.at("strict-transport-security"),
                  "max-age=31536000; includeSubDomains")
            << path;
    }
    const std::string host = server.url().substr(server.url().find("://") + 3);
    const std::vector<std::pair<std::string, int>> origins{
        {"https://haven.example.org", 401}, // which is its own
        {"https://" + host, 401},           // as it was asked for, by TLS before it
        {"http://haven.example.org", 403},
        {"http://" + host, 403}, // by whoever stands between
        {"https://haven.example.org:443", 403},
        {"https://haven.example.org:8443", 403},
    };
    for (const auto& [origin, status] : origins) {
        const Reply reply =
            client.send("POST", "/v1/auth/tokens",
                        R"({"email":"nobody@example.org","password":"not-the-one","cookie":true})",
                        {json_type, "Origin: " + origin});
        EXPECT_EQ(reply.status, status) << origin;
    }
}

// ---- other sites' scripts ----

class Cors : public ::testing::Test {
  protected:
    static ServerConfig listing(const TempDirectory& directory) {
        ServerConfig config = TestServer::fresh_config(directory);
        config.cors_origins = {"https://journal.example", "http://localhost:3000"};
        return config;
    }
    /// What of CORS an answer says.
    static std::map<std::string, std::string> said(const Reply& reply) {
        std::map<std::string, std::string> fields;
        for (const auto& [name, value] : reply.headers) {
            if (name.starts_with("access-control-")) {
                fields[name] = value;
            }
        }
        return fields;
    }
    Reply ask(const std::string& method, const std::string& path, const std::string& origin) {
        return client.send(method, path, "",
                           {"Origin: " + origin, "Access-Control-Request-Method: PUT",
                            "Access-Control-Request-Headers: authorization,content-type"});
    }

    TempDirectory directory;
    TestServer server{{}, listing(directory), Company::none};
    HttpClient client = server.client();
};

TEST_F(Cors, AListedOriginIsToldWhatItMayAskAndReadsWhatIsAnswered) {
    const Reply preflight = ask("OPTIONS", "/v1/users/me", "https://journal.example");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(said(preflight), (std::map<std::string, std::string>{
                                   {"access-control-allow-origin", "https://journal.example"},
                                   {"access-control-allow-methods", preflight.headers.at("allow")},
                                   {"access-control-allow-headers",
                                    "Authorization, Content-Digest, Content-Encoding, "
                                    "Content-Type, Idempotency-Key, If-Match, If-None-Match"},
                                   {"access-control-max-age", "7200"}}));
    EXPECT_TRUE(preflight.headers.at("allow").contains("PATCH"));
    HttpClient user = server.new_user();
    const Fields from{"Origin: http://localhost:3000"};
    const std::vector<Reply> replies{
        user.send("GET", "/v1/users/me", "", from), client.send("GET", "/v1/users/me", "", from),
        client.send("GET", "/v1/nothing", "", from),
        client.send("GET", "/.well-known/oauth-authorization-server", "", from),
        client.send("POST", "/oauth/token", "grant_type=refresh_token",
                    from + Fields{"Content-Type: application/x-www-form-urlencoded"})};
    for (const Reply& reply : replies) {
        EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "http://localhost:3000");
        EXPECT_EQ(reply.headers.at("vary"), "Origin");
        for (const char* name : {"ETag", "Link", "Location", "Retry-After", "RateLimit",
                                 "RateLimit-Policy", "WWW-Authenticate"}) {
            EXPECT_TRUE((reply.headers.at("access-control-expose-headers") + ",")
                            .contains(std::string(name) + ","))
                << name;
        }
        EXPECT_FALSE(reply.headers.contains("access-control-allow-credentials"));
    }
}

TEST_F(Cors, WhoIsNotListedIsToldNothingAndAnsweredAsEver) {
    HttpClient user = server.new_user();
    for (const char* origin : {"https://evil.example", "https://journal.example.evil", "null",
                               "https://JOURNAL.example", "https://journal.example/", "*"}) {
        for (const char* method : {"OPTIONS", "GET"}) {
            const Reply reply =
                user.send(method, "/v1/users/me", "",
                          {std::string("Origin: ") + origin, "Access-Control-Request-Method: GET"});
            EXPECT_EQ(reply.status, method == std::string_view("GET") ? 200 : 204);
            EXPECT_TRUE(said(reply).empty()) << origin;
            EXPECT_EQ(reply.headers.at("vary"), "Origin") << "a cache keeps them apart";
        }
    }
    EXPECT_EQ(user.get("/v1/users/me").headers.at("vary"), "Origin");
}

TEST_F(Cors, AListedOriginIsNoPageOfOurs) {
    const Reply reply =
        client.send("POST", "/v1/auth/tokens",
                    R"({"email":"nobody@example.org","password":"not-the-one","cookie":true})",
                    {json_type, "Origin: https://journal.example"});
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.member("type"), cross_site);
}

// ---- the pages ----

constexpr std::array<const char*, 9> page_paths{
    "/",      "/log-in",     "/link",         "/verification",      "/address",
    "/reset", "/invitation", "/factor-reset", "/factor-reset-asked"};

std::set<std::string> all_of(const std::string& text, const std::string& pattern) {
    const std::regex expression(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator one(text.begin(), text.end(), expression), end; one != end; ++one) {
        found.insert((*one)[1]);
    }
    return found;
}

TEST(Pages, AreServedWithAllThatTheyNameAndNothingInline) {
    const TestServer server({}, {}, Company::none);
    HttpClient client = server.client();
    std::set<std::string> assets;
    for (const char* path : page_paths) {
        const Reply page = client.get(path);
        ASSERT_EQ(page.status, 200) << path;
        EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
        EXPECT_EQ(page.headers.at("cache-control"), "no-store");
        EXPECT_TRUE(page.body.starts_with("<!doctype html>\n<html lang=\"en\">"));
        EXPECT_TRUE(
            all_of(page.body, R"((<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|//))").empty())
            << path;
        assets.merge(all_of(page.body, "(?:src|href)=\"(/assets/[^\"]+)\""));
        const RawConnection raw(server.port());
        raw.send(std::format("HEAD {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path));
        const std::string head = raw.read_to_end();
        EXPECT_TRUE(head.starts_with("HTTP/1.1 200 ")) << head;
        EXPECT_TRUE(head.contains(std::format("Content-Length: {}\r\n", page.body.size())));
        EXPECT_TRUE(head.ends_with("\r\n\r\n")) << "and no body";
    }
    EXPECT_GE(assets.size(), 6U);
    for (const char* script : {"/assets/api.js", "/assets/words.js"}) {
        assets.insert(script);
    }
    for (const std::string& path : assets) {
        const Reply asset = client.get(path);
        EXPECT_EQ(asset.status, 200) << path;
        EXPECT_EQ(asset.headers.at("cache-control"), "no-cache");
        EXPECT_TRUE(asset.headers.contains("etag"));
    }
    EXPECT_EQ(client.get("/assets/link.html").status, 404) << "pages have paths of their own";
    EXPECT_EQ(client.get("/assets/nothing.js").status, 404);
    EXPECT_EQ(client.send("POST", "/log-in", "", {}).status, 405);
    EXPECT_EQ(client.get("/link?user_code=WDJB-MJHT").status, 200);
    EXPECT_EQ(client.get("/log-in?next=%2Flink").status, 200);
}

TEST(Pages, LettersLeadToThemWhereNoOtherSiteIsNamed) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.public_url = "https://haven.example.org";
    config.jobs_enabled = true;
    config.mail_dir = directory.path() / "letters";
    const TestServer server({}, config, Company::none);
    HttpClient client = server.client();
    ASSERT_EQ(client.post("/v1/users", registration_body("new@example.org")).status, 202);
    const Mailbox mailbox(config.mail_dir);
    const std::string link = "\nhttps://haven.example.org/verification#token=";
    EXPECT_TRUE(mailbox.await_to("new@example.org", 1).front().body.contains(link));
}

TEST(Pages, HaveEveryWordInEachLanguageOfLetters) {
    const TestServer server({}, {}, Company::none);
    HttpClient client = server.client();
    const std::string words = client.get("/assets/words.js").body;
    std::set<std::string> of_scripts;
    for (const char* script : {"api", "home", "letters", "link", "log-in"}) {
        const std::string text = client.get(std::format("/assets/{}.js", script)).body;
        of_scripts.merge(all_of(text, "say\\(\"([a-z_]+)\"\\)"));
    }
    std::set<std::string> keys = of_scripts;
    for (const char* path : page_paths) {
        keys.merge(all_of(client.get(path).body, "data-say=\"([a-z_]+)\""));
    }
    EXPECT_GT(keys.size(), 50U);
    for (const char* language : {"en", "de", "es", "fr"}) {
        const std::size_t begin = words.find(std::format("\n    {}: {{", language));
        ASSERT_NE(begin, std::string::npos) << language;
        const std::string part = words.substr(begin, words.find("\n    },", begin) - begin);
        EXPECT_EQ(all_of(part, "\n        ([a-z_]+): "),
                  language == std::string_view("en") ? of_scripts : keys)
            << language;
    }
}

} // namespace
} // namespace haven::test
