// The one reader of JSON: what it takes, and that what means the same is spelled the same.
#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/api/json.hpp"
#include "net/api/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::api {
namespace {

std::string spelled(std::string_view text) {
    const auto read = canonical_json(text);
    return read ? *read : "fault: " + read.error().pointer + " " + read.error().detail;
}

TEST(Json, WhatMeansTheSameIsSpelledTheSame) {
    EXPECT_EQ(spelled(" { \"b\" :\t[ 1.0 , 10e-1,1 ],\n\"a\" : null } "),
              R"({"a":null,"b":[1,1,1]})");
    EXPECT_EQ(spelled(R"({"é":1,"e":2,"E":3,"":4,"ea":5})"),
              "{\"\":4,\"E\":3,\"e\":2,\"ea\":5,\"\xC3\xA9\":1}");
    EXPECT_EQ(spelled(R"("\u0041\/\u00e9\u0001\n\ud83d\ude00")"),
              "\"A/\xC3\xA9\\u0001\\n\xF0\x9F\x98\x80\"");
    EXPECT_EQ(spelled("[true,false,null,[],{}]"), "[true,false,null,[],{}]");
}

TEST(Json, ANumberHasOneSpellingAndIsNeverRounded) {
    const std::vector<std::vector<std::string_view>> same = {
        {"0", "-0", "0.0", "-0.000", "0e7", "0E-7"},
        {"1", "1.0", "10e-1", "0.1e1", "0.01E+2", "1e0"},
        {"20", "2e1", "20.0", "200e-1", "0.2E2"},
        {"-4", "-4.0", "-40e-1"},
        {"0.1", "0.10", "1e-1", "100e-3"},
        {"1234567890123456789", "1234567890123456789.0", "123456789012345678.9e1"},
        {"12345678901234567890123", "1.2345678901234567890123e22"},
        {"1e300", "10e299", "0.1E301", "1.0e+300"},
        {"1e-300", "10e-301"},
        {"0.0000001", "1e-7"},
        {"0.1000000000000000055511151231257827", "1.000000000000000055511151231257827e-1"}};
    std::vector<std::string> seen;
    for (const auto& spellings : same) {
        const auto first = canonical_number(spellings.front());
        ASSERT_TRUE(first) << spellings.front();
        for (const std::string_view spelling : spellings) {
            EXPECT_EQ(canonical_number(spelling), first) << spelling;
        }
        EXPECT_EQ(std::ranges::count(seen, *first), 0) << *first << " means two things";
        seen.push_back(*first);
        EXPECT_EQ(canonical_number(*first), first) << "the spelling is not its own";
    }
}

TEST(Json, ANumberThatCannotBeKeptIsNone) {
    for (const std::string& number :
         {std::string("1e400"), std::string("-1e400"), std::string("1.8e308"),
          std::string("1e-400"), std::string("1e99999999999999999999"), std::string(309, '9'),
          "0." + std::string(1001, '1')}) {
        EXPECT_FALSE(canonical_number(number)) << number;
        const auto read = canonical_json("{\"a\":[" + number + "]}");
        ASSERT_FALSE(read) << number;
        EXPECT_FALSE(read.error().malformed);
        EXPECT_EQ(read.error().pointer, "/a/0");
    }
    EXPECT_TRUE(canonical_number("1.7e308"));
    EXPECT_TRUE(canonical_number("0e99999999999999999999"));
}

TEST(Json, AWholeNumberIsOneHoweverItIsSpelled) {
    EXPECT_EQ(whole_number("20"), 20);
    EXPECT_EQ(whole_number("20.0"), 20);
    EXPECT_EQ(whole_number("2e1"), 20);
    EXPECT_EQ(whole_number("-0.0"), 0);
    EXPECT_EQ(whole_number("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(whole_number("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(whole_number("9.223372036854775807e18"), INT64_MAX);
    for (const std::string_view none : {"20.5",
                                        "2e-1",
                                        "9223372036854775808",
                                        "-9223372036854775809",
                                        "1e30",
                                        "1e400",
                                        "",
                                        "-",
                                        "+1",
                                        "01",
                                        "1.",
                                        ".5",
                                        "1e",
                                        "0x1",
                                        "1 ",
                                        " 1",
                                        "NaN",
                                        "Infinity",
                                        "1e+",
                                        "--1"}) {
        EXPECT_FALSE(whole_number(none)) << none;
    }
}

TEST(Json, AMemberThatIsThereTwiceIsMalformedWhereverItStands) {
    const std::vector<std::pair<std::string_view, std::string_view>> twice = {
        {R"({"a":1,"a":1})", "/a"},
        {R"({"b":{"a":1,"c":2,"a":3}})", "/b/a"},
        {R"([[{"x":{}},{"x":1,"\u0078":2}]])", "/0/1/x"},
        {R"({"":{"~/":1,"~/":1}})", "//~0~1"}};
    for (const auto& [text, pointer] : twice) {
        const auto fault = json_fault(text);
        ASSERT_TRUE(fault) << text;
        EXPECT_TRUE(fault->malformed) << text;
        EXPECT_EQ(fault->pointer, pointer);
    }
    EXPECT_FALSE(json_fault(R"([{"a":1},{"a":1},{"A":{"a":1}}])"));
}

TEST(Json, TheCharacterU0000IsNotTakenAndSaidWhere) {
    for (const auto& [text, pointer] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"({"a":["b","\u0000"]})", "/a/1"}, {R"({"a":{"x\u0000":1}})", ""}}) {
        const auto fault = json_fault(text);
        ASSERT_TRUE(fault) << text;
        EXPECT_FALSE(fault->malformed) << text;
        EXPECT_TRUE(fault->pointer.starts_with(pointer)) << fault->pointer;
        EXPECT_FALSE(fault->pointer.empty());
    }
}

TEST(Json, ItIsReadToADepthAndNoFurther) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_FALSE(json_fault(nested(json_depth_max)));
    ASSERT_TRUE(json_fault(nested(json_depth_max + 1)));
    EXPECT_TRUE(json_fault(nested(json_depth_max + 1))->malformed);
    EXPECT_TRUE(json_fault(nested(200'000))) << "and it costs no stack";
    EXPECT_TRUE(json_fault(std::string(200'000, '[')));
}

// The kinds of case that JSONTestSuite has: what RFC 8259 has, and what only looks like it.
// clang-format off
const std::vector<std::string_view> taken_texts = {
    "[[]   ]", "[\"\"]", "[]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[1\n]", " [1]",
    "[2] ", "[1,null,null,null,2]", "[123e65]", "[0e+1]", "[0e1]", "[ 4]", "[-0]", "[-123]",
    "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]",
    "[123]", "[123.456789]", R"({"asd":"sdf", "dfg":"fgh"})", R"({"asd":"sdf"})", "{}",
    R"({"":0})", R"({"a":[]})", R"({"title":"\u041f\u043e\u043b"})", R"(["\u0060\u012a\u12AB"])",
    R"(["\uD801\udc37"])", R"(["\"\\\/\b\f\n\r\t"])", R"(["\\u0000"])", R"(["a/*b*/c/*d//e"])",
    R"(["\\a"])", R"(["\\n"])", R"(["\u0012"])", R"(["\uFFFF"])", "[\"asd\"]",
    R"(["\uDBFF\uDFFF"])", "[\"\xEF\xBF\xBF\"]", "[\"\xE2\x80\xA8\"]", "[\"\x7F\"]", "\"\"",
    "42", "-0.1", "null", "true", "\"asd\"", "[true]", "[\"a\"]\n", "\t[ ]\r\n ",
};
// clang-format on

TEST(Json, WhatTheStandardHasIsTaken) {
    for (const std::string_view text : taken_texts) {
        EXPECT_FALSE(json_fault(text)) << text << ": " << json_fault(text)->detail;
    }
}

// clang-format off
const std::vector<std::string> malformed_texts = {
    "", " ", "[1 true]", "[a\xE5]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]",
    "[\"x\"]]", "[\"\",]", "[\"x\"", "[x", "[3[4]]", "[\xFF]", "[1:2]", "[,]", "[-]",
    "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[*]", "[\"\"", "[1,", "[{}", "[fals]",
    "[nul]", "[tru]", "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]",
    "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]", "[0E+]", "[0E]", "[0e+]",
    "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]",
    "[2.e3]", "[9.e+]", "[Inf]", "[NaN]", "[\xEF\xBC\x91]", "[1+2]", "[0x1]", "[0x42]",
    "[Infinity]", "[0e+-1]", "[-123.123foo]", "[123\xE5]", "[1e1\xE5]", "[0\xE5]", "[-Infinity]",
    "[-foo]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1e\xE5]", "[1.]", "[.123]",
    "[1.2a-3]", "[1.8011670033376514H-308]", "[012]", "[\"x\", truth]", "{[: \"x\"}\n",
    "{\"x\", null}", "{\"x\"::\"b\"}", "{\xF0\x9F\x87\xA8}", "{\"a\":\"a\" 123}",
    "{key: 'value'}", "{\"\xB9\":\"0\",}", "{\"a\" b}", "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":",
    "{\"a\"", "{1:1}", "{9999E9999:1}", "{null:null,null:null}", "{\"id\":0,,,,,}", "{'a':0}",
    "{\"id\":0,}", "{\"a\":\"b\"}/**/", "{\"a\":\"b\"}/**//", "{\"a\":\"b\"}//",
    "{\"a\":\"b\"}/", "{\"a\":\"b\",,\"c\":\"d\"}", "{a: \"b\"}", "{\"a\":\"a",
    "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\"}#", R"(["\uD800\"])", R"(["\uD800\u"])",
    R"(["\uD800\u1"])", R"(["\uD800\u1x"])", "[\xC3\xA9]", R"(["\x00"])", R"(["\\\"])",
    "[\"\\\t\"]", R"(["\🌀"])", R"(["\"])", R"(["\u00A"])", R"(["\uD834\uDd"])",
    R"(["\uD800\uD800\x"])", R"(["\u)", R"(["\a"])", R"(["\uqqqq"])", "[\"\\\xE5\"]",
    "[\\u0020\"asd\"]", "[\\n]", "\"", "['single quote']", "abc", "[\"\\", "[\"new\nline\"]",
    "[\"\t\"]", "\"\\UA66D\"", "\"\"x", "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]",
    "a\xC3\xA5", "[True]", "1]", "{\"x\": true,", "[][]", "]", "\xEF\xBB\xBF{}", "\xE5", "[",
    "2@", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}", "{\"a\": true} \"x\"", "['", "[,", "[\"a",
    "[\"a\"", "{", "{]", "{,", "{[", "{\"a", "{'a'", "*", "[\xE2\x81\xA0]", "\xEF\xBB\xBF",
    "[\x0C]", R"(["\uDFAA"])", R"(["\uDd1e\uD834"])", R"(["\uD800"])", "[\"\xF4\xBF\xBF\xBF\"]",
    "[\"\xED\xA0\x80\"]", "[\"\xE0\xFF\"]", "[\"\xFC\x80\x80\x80\x80\x80\"]", "[\"\xC0\xAF\"]",
    std::string("[\"a\0a\"]", 7), std::string("[\0]", 3),
};
// clang-format on

TEST(Json, WhatIsNotTheStandardIsMalformed) {
    for (const std::string& text : malformed_texts) {
        const auto fault = json_fault(text);
        ASSERT_TRUE(fault) << text;
        EXPECT_TRUE(fault->malformed) << text << ": " << fault->detail;
    }
}

/// What is handed on piece by piece is the whole.
TEST(Json, PiecesAreTheWhole) {
    std::mt19937 random(7);
    std::string text = "[";
    for (int i = 0; i < 60'000; ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(random() % 1000) + ".50";
    }
    text += "]";
    std::string pieces;
    std::size_t count = 0;
    ASSERT_TRUE(canonical_json(text, [&](std::string_view piece) {
        pieces += piece;
        ++count;
    }));
    EXPECT_GT(count, 2U);
    EXPECT_EQ(pieces, spelled(text));
}

TEST(Json, PointersAreThoseOfRfc6901) {
    EXPECT_EQ(pointer_below("", ""), "/");
    EXPECT_EQ(pointer_below("/a", "~/"), "/a/~0~1");
}

TEST(Json, TheInkThatHavenWritesIsInItsOneSpelling) {
    const Stroke stroke{.points = {{.time_ns = 20'000'000, .position_m = {-0.2F, 1.3F, -0.5F}}}};
    Stroke copy = stroke;
    copy.derived_from = stroke.id;
    const std::string ink = encode_ink(Hand::left, std::vector{stroke, copy});
    EXPECT_EQ(spelled(ink), ink);
}

TEST(Json, WhatIsReadInOnePassIsInItsOneSpelling) {
    std::mt19937 engine{11};
    Stroke stroke{.points = {{.time_ns = 20'000'000, .position_m = {-0.2F, 1.3F, -0.5F}}}};
    stroke.brush.colour_linear = {0.025F, 0.5F, 0.0F};
    const std::string written = encode_ink(Hand::left, std::vector{stroke});
    int taken = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string ink = written;
        for (auto edits = 1 + engine() % 3; edits > 0; --edits) {
            ink[engine() % ink.size()] = "00123456789-.,e"[engine() % 15];
        }
        if (read_written_ink(ink, Hand::left)) {
            ASSERT_EQ(spelled(ink), ink);
            ++taken;
        }
    }
    EXPECT_GT(taken, 1'000);
}

} // namespace
} // namespace haven::api
