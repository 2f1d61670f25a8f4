// What stands before every route: methods, queries and forms of HTTP, how often one may ask, and
// who is behind a proxy.
#include "server/config.hpp"
#include "server/http/routing_table.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

class HttpDoors : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    /// What comes back for these bytes until the server closes.
    std::string exchange(const std::string& bytes) const {
        const RawConnection connection(server.port());
        connection.send(bytes);
        return connection.read_to_end();
    }
    static std::string status_of(const std::string& answer) {
        return answer.substr(0, answer.find("\r\n"));
    }

    TestServer server;
};

TEST_F(HttpDoors, HeadIsGetWithoutABodyAndTheConnectionGoesOn) {
    HttpClient user = server.new_user();
    const Ids ids = write_drawing(user);
    const std::string fields = "Host: x\r\nAuthorization: Bearer " + user.token + "\r\n";
    for (const std::string& path :
         {std::string("/livez"), "/v1/sessions/" + ids.session, "/v1/sessions/" + new_id(),
          "/v1/bilateral-drawings/" + ids.drawing, std::string("/v1/sessions?zz=1"),
          std::string("/nowhere"), std::string("/v1/openapi.yaml")}) {
        const std::string target = path + " HTTP/1.1\r\n" + fields;
        const std::string both =
            exchange("HEAD " + target + "\r\n" + "GET " + target + "Connection: close\r\n\r\n");
        const std::size_t end = both.find("\r\n\r\n");
        ASSERT_NE(end, std::string::npos) << path;
        const std::string second = both.substr(end + 4);
        EXPECT_TRUE(second.starts_with("HTTP/1.1 ")) << path << "\n" << second.substr(0, 200);
        EXPECT_EQ(status_of(both), status_of(second)) << path;
        EXPECT_NE(both.substr(0, end).find("Content-Length: "), std::string::npos) << path;
    }
}

TEST_F(HttpDoors, OptionsNamesTheMethodsOfAPathAndOfTheServer) {
    HttpClient client = server.client();
    const Reply of_session = client.send("OPTIONS", "/v1/sessions/" + new_id(), "", {});
    EXPECT_EQ(of_session.status, 204);
    EXPECT_EQ(of_session.headers.at("allow"), "OPTIONS, HEAD, GET, PUT, DELETE");
    EXPECT_EQ(client.send("OPTIONS", "/nowhere", "", {}).status, 404);
    const std::string all = exchange("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(all.starts_with("HTTP/1.1 204")) << all;
    EXPECT_TRUE(exchange("GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(exchange("OPTIONS /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
                    .starts_with("HTTP/1.1 413"));
}

TEST_F(HttpDoors, AParameterThatIsNotKnownIsRefusedOnEveryRoute) {
    HttpClient user = server.new_user();
    HttpClient clinician = server.new_clinician("supervisor");
    HttpClient service = server.new_service("web");
    std::size_t refused = 0;
    for (const http::Route& route : http::api_routes()) {
        std::string path(route.path);
        for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
            path.replace(at, path.find('}') - at + 1, new_id());
        }
        for (HttpClient* const client : {&user, &clinician, &service}) {
            const std::string method(http::to_string(route.method));
            const Reply reply = client->send(method, path + "?zz=1", "", {});
            if (reply.status == 403) {
                continue; // not this one's
            }
            EXPECT_EQ(reply.status, 400) << method << " " << path << reply.body;
            EXPECT_NE(reply.body.find("/problems/invalid-parameter"), std::string::npos);
            EXPECT_NE(reply.body.find("`zz`"), std::string::npos) << reply.body;
            ++refused;
        }
    }
    EXPECT_GT(refused, http::api_routes().size());
}

TEST_F(HttpDoors, WhatIsNoJsonIsMalformedAndWhatBreaksARuleIsNot) {
    HttpClient user = server.new_user();
    HttpClient nobody = server.client();
    const std::string session = "/v1/sessions/" + new_id();
    for (const char* body :
         {"[1,2", "", "{", "{\"modality\":}", "\xFF", "{\"a\":\"\xC3\"}", "nul"}) {
        for (const std::string& path :
             {session, "/v1/bilateral-drawings/" + new_id(), "/v1/reflections/" + new_id()}) {
            const Reply reply = user.put(path, body);
            EXPECT_EQ(reply.status, 400) << path << body;
            EXPECT_NE(reply.body.find("/problems/malformed"), std::string::npos) << reply.body;
        }
        EXPECT_EQ(nobody.post("/v1/auth/tokens", body).status, 400) << body;
    }
    EXPECT_EQ(user.put(session, "[1,2]").status, 422);
    EXPECT_EQ(user.put(session, "{}").status, 422);
}

TEST_F(HttpDoors, TheFormsOfHttpAreThoseOfItsStandard) {
    const std::string live = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    EXPECT_TRUE(exchange("\r\n\r\n" + live).starts_with("HTTP/1.1 200")) << "empty lines";
    EXPECT_TRUE(exchange("GET /livez HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 200"));
    for (const char* host :
         {"a b", "a/b", "x@y", "a\\b", "\xFF", "<x>", "a:80:80", "a:b", ":80", "%zz", "a%2", "[",
          "[::1", "[]", "[x]", "[::1]x", "[::1]:x", "::1", "a]"}) {
        EXPECT_TRUE(exchange(std::format("GET /livez HTTP/1.1\r\nHost: {}\r\n\r\n", host))
                        .starts_with("HTTP/1.1 400"))
            << host;
    }
    for (const char* host :
         {"", "example.org:8080", "[2001:db8::1]:80", "192.0.2.1", "a:", "a_b", "x%20y", "[::1]"}) {
        EXPECT_TRUE(
            exchange(
                std::format("GET /livez HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", host))
                .starts_with("HTTP/1.1 200"))
            << host;
    }
    HttpClient user = server.new_user();
    const std::string path = "/v1/sessions/" + new_id();
    const std::string json = "Content-Type: application/json";
    EXPECT_EQ(user.send("PUT", path, session_body(), {json, "Content-Encoding: gzip"}).status, 415);
    EXPECT_EQ(user.send("PUT", path, session_body(), {json, "Content-Encoding: identity"}).status,
              201);
}

TEST_F(HttpDoors, AConnectionGoesOnAsAllItsFieldsSay) {
    const auto answers = [this](const std::string& version, const std::string& fields) {
        const std::string request = "GET /livez HTTP/" + version + "\r\nHost: x\r\n";
        return exchange(request + fields + "\r\n" + request + "Connection: close\r\n\r\n");
    };
    const auto count = [](const std::string& text, std::string_view part) {
        std::size_t found = 0;
        for (std::size_t at = text.find(part); at != std::string::npos;
             at = text.find(part, at + 1)) {
            ++found;
        }
        return found;
    };
    for (const char* ends :
         {"Connection: close\r\n", "Connection: keep-alive\r\nConnection: close\r\n",
          "Connection: keep-alive, CLOSE\r\n", "Connection: x\r\nConnection: y , close\r\n"}) {
        for (const char* version : {"1.1", "1.0"}) {
            const std::string one = answers(version, ends);
            EXPECT_EQ(count(one, "HTTP/1.1 200"), 1U) << ends << version;
            EXPECT_EQ(count(one, "Connection: close\r\n"), 1U) << ends << version;
        }
    }
    EXPECT_EQ(count(answers("1.1", ""), "HTTP/1.1 200"), 2U);
    EXPECT_EQ(count(answers("1.0", ""), "HTTP/1.1 200"), 1U);
    const std::string kept = answers("1.0", "Connection: x\r\nConnection: Keep-Alive\r\n");
    EXPECT_EQ(count(kept, "HTTP/1.1 200"), 2U);
    EXPECT_EQ(count(kept, "Connection: keep-alive\r\n"), 1U) << "a client of HTTP/1.0 waits for it";
}

TEST_F(HttpDoors, NothingElseIsExpectedThanToGoOn) {
    const std::string get = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (const char* odd :
         {"Expect: x\r\n", "Expect: 100-continue\r\nExpect: x\r\n", "Expect:\r\n"}) {
        EXPECT_TRUE(exchange(get + odd + "\r\n").starts_with("HTTP/1.1 417")) << odd;
    }
}

TEST_F(HttpDoors, AnAddressMayBeWrittenWhole) {
    HttpClient user = server.new_user();
    const Ids ids = write_drawing(user);
    const auto status = [&](const std::string& line) {
        const std::string answer =
            exchange(line + " HTTP/1.1\r\nHost: other.example\r\nAuthorization: Bearer " +
                     user.token + "\r\nConnection: close\r\n\r\n");
        return answer.substr(0, std::string_view("HTTP/1.1 200").size());
    };
    EXPECT_EQ(status("GET http://haven.example/livez"), "HTTP/1.1 200");
    EXPECT_EQ(status("GET HTTPS://haven.example:8443/v1/sessions/" + ids.session), "HTTP/1.1 200");
    EXPECT_EQ(status("GET http://haven.example/v1/sessions?limit=1"), "HTTP/1.1 200");
    EXPECT_EQ(status("GET http://[2001:db8::1]/v1/sessions?zz=1"), "HTTP/1.1 400");
    EXPECT_EQ(status("GET http://haven.example"), "HTTP/1.1 200") << "its path is /";
    EXPECT_EQ(status("OPTIONS http://haven.example"), "HTTP/1.1 204") << "the server itself";
    for (const char* odd :
         {"GET http:///livez", "GET http://", "GET ftp://haven.example/livez", "GET livez",
          "GET http://a b/livez", "GET http://user@haven.example/livez", "GET //haven.example",
          "GET http:/livez", "GET haven.example:80"}) {
        EXPECT_TRUE(status(odd) == "HTTP/1.1 400" || status(odd) == "HTTP/1.1 404") << odd;
    }
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE request_path LIKE 'http%'"), "0");
}

TEST_F(HttpDoors, OneAddressMayNotTryAPasswordOfEverybody) {
    HttpClient client = server.client();
    const std::string email = new_id() + "@example.org";
    ASSERT_EQ(client.post("/v1/users", registration_body(email)).status, 202);
    server.confirm(email);
    Reply last;
    int tried = 0;
    for (int i = 0; i < 200 && last.status != 429; ++i) {
        last =
            client.post("/v1/auth/tokens", credentials_body(std::format("nobody{}@example.org", i),
                                                            i % 2 == 0 ? "user" : "clinician"));
        tried += last.status == 401 ? 1 : 0;
    }
    EXPECT_EQ(last.status, 429) << tried;
    EXPECT_TRUE(last.headers.contains("retry-after"));
    EXPECT_EQ(last.headers.at("ratelimit").substr(0, 12), "\"log-in\";r=0");
    EXPECT_TRUE(last.headers.contains("ratelimit-policy"));
    EXPECT_EQ(client.post("/v1/auth/tokens", credentials_body(email)).status, 429)
        << "whoever it is, from there";
}

TEST(HttpRates, ReadingTooMuchKeepsNothingFromBeingSaved) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.requests_per_minute = 60;
    const TestServer server({}, config, Company::none); // each server counts its own
    HttpClient user = server.new_user();
    HttpClient other = server.new_user();
    Reply reply = user.get("/v1/sessions");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("ratelimit-policy"), "\"reading\";q=60;w=60");
    EXPECT_EQ(reply.headers.at("ratelimit").substr(0, 14), "\"reading\";r=59");
    for (int i = 0; i < 100 && reply.status == 200; ++i) {
        reply = user.get("/v1/sessions");
    }
    EXPECT_EQ(reply.status, 429);
    EXPECT_TRUE(reply.headers.contains("retry-after"));
    EXPECT_EQ(reply.headers.at("ratelimit").substr(0, 13), "\"reading\";r=0");
    EXPECT_EQ(user.get("/v1/notifications").status, 429) << "all reading";
    const Reply saved = user.put("/v1/sessions/" + new_id(), session_body());
    EXPECT_EQ(saved.status, 201);
    EXPECT_EQ(saved.headers.at("ratelimit-policy"), "\"saving\";q=60;w=60");
    EXPECT_EQ(other.get("/v1/sessions").status, 200);
}

TEST(HttpRates, WhatNobodyMayDoIsCountedBeforeItIsWrittenDown) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.requests_per_minute = 60;
    const TestServer server({}, config, Company::none); // each server counts its own
    HttpClient user = server.new_user();
    Reply reply;
    int refused = 0;
    for (int i = 0; i < 100 && reply.status != 429; ++i) {
        reply = user.put("/v1/clinicians/" + new_id(), "{}");
        refused += reply.status == 403 ? 1 : 0;
        EXPECT_TRUE(reply.headers.contains("ratelimit"));
    }
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(refused, 60);
    EXPECT_EQ(sql_text(config.database_url,
                       "SELECT count(*) FROM audit_logs WHERE response_status = 403"),
              "60");
}

TEST(HttpRates, TokensThatAreNobodysAreCountedByNetwork) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.trusted_proxies = "127.0.0.0/8";
    const TestServer server({}, config, Company::none);
    HttpClient user = server.new_user();
    const auto status = [&](const std::string& token, const char* address) {
        HttpClient client = server.client();
        return client
            .send("GET", "/v1/users/me", "",
                  {"Authorization: Bearer " + token, std::string("X-Forwarded-For: ") + address})
            .status;
    };
    const auto nobodys = [] { return sha256_hex(new_id()).substr(0, 43); };
    ASSERT_EQ(status(user.token, "203.0.113.5"), 200);
    int asked = 0;
    while (asked < 1000 && status(nobodys(), "203.0.113.5") == 401) {
        ++asked;
    }
    EXPECT_EQ(asked, 300);
    EXPECT_EQ(status(nobodys(), "203.0.113.5"), 429);
    EXPECT_EQ(status(user.token, "203.0.113.5"), 200) << "who is known goes on";
    EXPECT_EQ(status(server.new_user().token, "203.0.113.5"), 200) << "who logged in is known";
    EXPECT_EQ(status(nobodys(), "203.0.113.6"), 401);
}

TEST(HttpProxies, BehindATrustedProxyEachPersonIsAnAddress) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    config.trusted_proxies = "127.0.0.0/8";
    const TestServer server({}, config);
    HttpClient client = server.client();
    const auto addresses = [&](const std::vector<std::string>& fields) {
        const std::string email = new_id() + "@example.org";
        std::vector<std::string> headers = fields;
        headers.emplace_back("Content-Type: application/json");
        EXPECT_EQ(client.send("POST", "/v1/users", registration_body(email), headers).status, 202);
        return sql_text(config.database_url,
                        "SELECT host(ip_address) FROM audit_logs ORDER BY id DESC LIMIT 1");
    };
    EXPECT_EQ(addresses({}), "127.0.0.1");
    EXPECT_EQ(addresses({"X-Forwarded-For: 203.0.113.5"}), "203.0.113.5");
    EXPECT_EQ(addresses({"X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 203.0.113.6"}),
              "203.0.113.6");
    EXPECT_EQ(addresses({R"(Forwarded: for="[2001:db8::9]:4711";proto=https)"}), "2001:db8::9");
    EXPECT_EQ(addresses({"X-Forwarded-For: fe80::1%eth0"}), "127.0.0.1");
    EXPECT_EQ(addresses({"Forwarded: for=1.1.1.1", "X-Forwarded-For: 203.0.113.6"}), "127.0.0.1");
    Reply last;
    for (int i = 0; i < 200 && last.status != 429; ++i) {
        last = client.send("POST", "/v1/auth/tokens",
                           credentials_body(std::format("nobody{}@example.org", i)),
                           {"Content-Type: application/json", "X-Forwarded-For: 203.0.113.7"});
    }
    EXPECT_EQ(last.status, 429);
    EXPECT_EQ(client
                  .send("POST", "/v1/auth/tokens", credentials_body("nobody@example.org"),
                        {"Content-Type: application/json", "X-Forwarded-For: 203.0.113.8"})
                  .status,
              401)
        << "another person behind the same proxy";
}

TEST(HttpProxies, WhoIsNoTrustedProxyIsNotBelieved) {
    const TestServer server;
    HttpClient client = server.client();
    EXPECT_EQ(client
                  .send("POST", "/v1/users", registration_body("a@example.org"),
                        {"Content-Type: application/json", "X-Forwarded-For: 203.0.113.5",
                         "Forwarded: for=203.0.113.5"})
                  .status,
              202);
    EXPECT_EQ(sql_text(server.config().database_url,
                       "SELECT host(ip_address) FROM audit_logs ORDER BY id DESC LIMIT 1"),
              "127.0.0.1");
}

} // namespace
} // namespace haven::test
