#pragma once

#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <format>
#include <optional>
#include <string>
#include <string_view>

namespace haven::test {

/// A server, a person at it, and a device that asks to be linked. Time is moved by changing rows.
class DeviceGrants : public testing::Test {
  protected:
    struct Asked {
        std::string device_code;
        std::string user_code;
    };

    static Reply post_form(HttpClient& client, const std::string& path, std::string_view form) {
        return client.send("POST", path, form, {"Content-Type: application/x-www-form-urlencoded"});
    }
    Reply ask_with(std::string_view form) {
        return post_form(device, "/oauth/device_authorization", form);
    }
    Asked ask() {
        const Reply reply = ask_with("client_id=haven-xr&scope=drawing&device_name=Reading+corner");
        EXPECT_EQ(reply.status, 200) << reply.body;
        return {.device_code = reply.member("device_code"), .user_code = reply.member("user_code")};
    }
    static std::string poll_form(const Asked& asked) {
        return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=haven-"
               "xr&device_code=" +
               asked.device_code;
    }
    Reply poll(const Asked& asked) { return post_form(device, "/oauth/token", poll_form(asked)); }
    /// What a poll says: OAuth's error, or "tokens".
    std::string heard(const Asked& asked) {
        const Reply reply = poll(asked);
        EXPECT_EQ(reply.headers.at("cache-control"), "no-store");
        return reply.status == 200   ? "tokens"
               : reply.status == 400 ? reply.member("error")
                                     : std::format("{} {}", reply.status, reply.body);
    }
    static std::string path_of(std::string_view user_code) {
        return std::format("/v1/auth/device-grants/{}", user_code);
    }
    static Reply decide(HttpClient& who, const Asked& asked, std::string_view decision) {
        return who.put(path_of(asked.user_code), std::format(R"({{"decision":"{}"}})", decision));
    }
    Reply refresh(const std::string& token) {
        return post_form(device, "/oauth/token",
                         "grant_type=refresh_token&client_id=haven-xr&refresh_token=" + token);
    }
    HttpClient with_token(const std::string& token) const {
        HttpClient client = server.client();
        client.token = token;
        return client;
    }
    bool is_good(const std::string& token) const {
        return with_token(token).get("/v1/auth/tokens/current").status == 200;
    }
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void change(const std::string& set) const {
        sql_do(server.config().database_url, "UPDATE device_grants SET " + set);
    }

    TestServer server{};
    HttpClient device = server.client();
    HttpClient person = server.new_user();
};

} // namespace haven::test
