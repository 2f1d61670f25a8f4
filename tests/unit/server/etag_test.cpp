// Conditional requests: entity-tags and the fields that carry them (RFC 9110 8.8.3, 13.1).
#include "server/http/etag.hpp"
#include "server/http/idempotency_key.hpp"
#include "server/http/message.hpp"
#include "server/http/problem.hpp"
#include "server/http/routes.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <format>
#include <string>
#include <string_view>

namespace haven::http {
namespace {

constexpr Route read{Method::get, "/v1/x", Policy::open("x"), no_body, nullptr};
constexpr Route change{Method::put, "/v1/x", Policy::open("x"), whole_body, nullptr};
constexpr Route write{Method::put, "/v1/x", Policy::open("x"), json_body, nullptr};

int refused(const Route& route, const RequestHead& head) {
    const auto problem = check_conditions(route, head);
    return problem ? status(problem->type) : 0;
}

Response asked_again(const std::string& held, std::string body = R"({"a":1})") {
    Request request;
    request.route = &read;
    request.head.if_none_match = held;
    return conditional(request, json(200, std::move(body)));
}

std::string etag_in(const Response& answer) {
    for (const auto& [name, value] : answer.headers) {
        if (name == "ETag") {
            return value;
        }
    }
    return "";
}

TEST(Etag, IsOfTheBytesOfTheBody) {
    EXPECT_EQ(etag_of(""), "\"e3b0c44298fc1c149afbf4c8996fb924\""); // SHA-256 of nothing
    EXPECT_NE(etag_of("{}"), etag_of("{ }"));
}

TEST(Etag, AnAnswerHasItAndWhoHoldsItGetsNoBody) {
    const Response first = asked_again("");
    EXPECT_EQ(etag_in(first), etag_of(R"({"a":1})"));
    const std::string etag = etag_in(first);
    for (const std::string& held : {etag, "W/" + etag, "\"other\", " + etag, etag + " , \"other\"",
                                    std::string("*"), ",, " + etag + ","}) {
        const Response again = asked_again(held);
        EXPECT_EQ(again.status, 304) << held;
        EXPECT_TRUE(again.body.empty()) << held;
        EXPECT_TRUE(again.content_type.empty()) << held;
        EXPECT_EQ(etag_in(again), etag) << held;
    }
    for (const std::string held : {"\"other\"", "W/\"\"", "\"a\",\"b\""}) {
        EXPECT_EQ(asked_again(held).status, 200) << held;
    }
}

TEST(Etag, WhatIsLargeOrNoJsonOrNoReadingHasNone) {
    EXPECT_EQ(etag_in(asked_again("*", std::string((std::size_t{1} << 20U) + 1, ' '))), "");
    Request request;
    request.route = &read;
    EXPECT_EQ(etag_in(conditional(request, {.content_type = "image/png", .body = "x"})), "");
    EXPECT_EQ(etag_in(conditional(request, json(201, "{}"))), "");
    EXPECT_EQ(etag_in(conditional(request, {.content_type = "application/json",
                                            .body = "{}",
                                            .headers = {{"ETag", "\"a\""}}})),
              "\"a\"")
        << "or one of its own";
    request.route = &change; // what it answers may be no resource: written() says which is one
    EXPECT_EQ(etag_in(conditional(request, json(200, "{}"))), "");
}

TEST(Etag, AWriteSaysWhereItsAnswerIsFoundAndItsTag) {
    const auto named = [](const Response& answer) {
        std::string names;
        for (const auto& [name, value] : answer.headers) {
            names += std::format("{}={} ", name, value);
        }
        return names;
    };
    const std::string tag = etag_of("{}");
    EXPECT_EQ(named(written(200, "{}", "/v1/x")),
              std::format("Cache-Control=no-store ETag={} Content-Location=/v1/x ", tag));
    EXPECT_EQ(
        named(written(201, "{}", "/v1/x")),
        std::format("Cache-Control=no-store ETag={} Content-Location=/v1/x Location=/v1/x ", tag));
}

TEST(Etag, AChangeSaysWhatItWasMadeOn) {
    EXPECT_EQ(refused(change, {}), 428);
    EXPECT_EQ(refused(change, {.if_match = "\"a\""}), 0);
    EXPECT_EQ(refused(change, {.if_match = "*"}), 0);
    EXPECT_EQ(refused(change, {.if_none_match = "*"}), 0) << "begins what is not there";
    EXPECT_EQ(refused(change, {.if_none_match = "\"a\""}), 400);
    EXPECT_EQ(refused(write, {}), 0);
    EXPECT_EQ(refused(read, {.if_none_match = "\"a\""}), 0);
}

TEST(Etag, AConditionThatNobodyLooksAtIsRefused) {
    EXPECT_EQ(refused(write, {.if_match = "\"a\""}), 400);
    EXPECT_EQ(refused(read, {.if_match = "\"a\""}), 400);
    EXPECT_EQ(refused(write, {.if_none_match = "*"}), 400);
    EXPECT_EQ(refused(change, {.if_match = "*", .if_none_match = "*"}), 400);
}

TEST(IdempotencyKey, IsAStringOrAToken) {
    EXPECT_EQ(read_idempotency_key(R"("8e03 \"x\" \\")"), R"(8e03 "x" \)");
    EXPECT_EQ(read_idempotency_key("8e03978e-40d5"), "8e03978e-40d5");
    EXPECT_EQ(read_idempotency_key(R"("8e03978e-40d5")"), "8e03978e-40d5");
    EXPECT_TRUE(read_idempotency_key(std::string(255, 'a')));
    for (const std::string& wrong :
         {std::string(), std::string(R"("")"), std::string("\""), std::string("a b"),
          std::string(R"("a)"), std::string(R"("a"b")"), std::string(R"("a\")"),
          std::string(R"("\n")"), std::string("\"\x01\""), std::string("\"\xc3\xa4\""),
          std::string("a;b"), std::string(R"("a";b=1)"), std::string(256, 'a')}) {
        EXPECT_FALSE(read_idempotency_key(wrong)) << wrong;
    }
}

TEST(Etag, ABadlyWrittenConditionIsRefused) {
    std::string many;
    for (int i = 0; i < 33; ++i) {
        many += "\"a\",";
    }
    for (const std::string& field :
         {std::string("a"), std::string("\"a"), std::string("a\""), std::string("w/\"a\""),
          std::string("\"a\" \"b\""), std::string("\"a b\""), std::string("*, \"a\""),
          std::string("W/"), std::string(","), many}) {
        EXPECT_EQ(refused(change, {.if_match = field}), 400) << field;
        EXPECT_EQ(refused(read, {.if_none_match = field}), 400) << field;
    }
}

TEST(Etag, WeakTagsNeverMatchAChange) {
    EXPECT_EQ(if_match_json(R"("a", W/"b", "c\d")"), R"(["\"a\"","\"c\\d\""])");
    EXPECT_EQ(if_match_json("*"), R"(["*"])");
    EXPECT_EQ(if_match_json(R"(W/"b")"), "[]");
}

} // namespace
} // namespace haven::http
